package yubin.jmap;

import java.util.Set;
import java.util.TreeSet;
import yubin.mime.Message;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Flags;
import yubin.store.MailboxView;
import yubin.store.Snapshot;
import yubin.store.StoreTrouble;

/// An email as JMAP sees it: its record, and what its places say. A place with `\Deleted` is not
/// one (RFC 8621 §4.1.1).
///
/// @param flags of all its places together
record Letter(Email email, Set<Integer> mailboxes, long flags) {
    /// Null when there is no such email, or all of its places are hidden.
    static Letter find(Boxes boxes, long id) throws StoreTrouble {
        if (id == 0) return null;
        Email email = boxes.email(id);
        return email == null ? null : of(boxes, email);
    }

    private static Letter of(Boxes boxes, Email email) throws StoreTrouble {
        Set<Integer> mailboxes = null;
        long flags = 0;
        for (Email.Place place : email.places()) {
            if (boxes.mailbox(place.mailbox()).isEmpty()) continue; // deleted this moment
            MailboxView view = boxes.view(place.mailbox());
            Snapshot now = view.now();
            int index = now.indexOf(place.uid());
            if (index < 0) continue;
            long here = now.flags(index);
            if ((here & Flags.DELETED) != 0) continue;
            flags |= here;
            if (mailboxes == null && email.places().size() == 1) {
                return new Letter(email, Set.of(place.mailbox()), flags);
            }
            if (mailboxes == null) mailboxes = new TreeSet<>();
            mailboxes.add(place.mailbox());
        }
        return mailboxes == null ? null : new Letter(email, mailboxes, flags);
    }

    /// @throws StoreTrouble.Damaged when the record cannot be read
    Message message() throws StoreTrouble {
        try {
            return email.message();
        } catch (IllegalArgumentException e) {
            throw new StoreTrouble.Damaged("record of email " + email.id() + ": " + e.getMessage());
        }
    }
}
