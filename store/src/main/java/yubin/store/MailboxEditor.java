package yubin.store;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import yubin.store.StoreTrouble.Refused;
import yubin.store.StoreTrouble.Refused.Why;

/// Makes and changes mailboxes by their properties instead of their paths: JMAP's Mailbox/set.
/// RFC 8621 §2.5.
public final class MailboxEditor {
    /// Octets of one name in UTF-8.
    public static final int NAME_OCTETS_MAX = 255;

    private final Boxes boxes;

    /// What a mailbox is to be like.
    ///
    /// @param parent 0 for the top
    /// @param role null for none
    public record Wanted(int parent, String name, Role role, int sortOrder, boolean subscribed) {
        public static Wanted of(Mailbox mailbox) {
            return new Wanted(
                    mailbox.parent(),
                    mailbox.name(),
                    mailbox.role(),
                    mailbox.sortOrder(),
                    mailbox.subscribed());
        }
    }

    public MailboxEditor(Boxes boxes) {
        this.boxes = boxes;
    }

    /// @return the id of the new mailbox
    /// @throws Refused with the reason
    public int create(Wanted wanted) throws StoreTrouble {
        try (Change change = boxes.begin()) {
            Change.Part part = change.part(boxes.account());
            String name = check(part.state, 0, wanted);
            if (part.state.boxes.size() >= Boxes.MAILBOXES_MAX) {
                throw new Refused(Why.LIMIT, "this account has too many mailboxes");
            }
            BoxesState.Box box = part.make(wanted.parent(), name, wanted.role());
            box.sortOrder = wanted.sortOrder();
            box.subscribed = wanted.subscribed();
            change.commit();
            return box.id;
        }
    }

    public void change(int id, Wanted wanted) throws StoreTrouble {
        try (Change change = boxes.begin()) {
            Change.Part part = change.part(boxes.account());
            BoxesState.Box known = part.state.boxes.get(id);
            if (known == null) throw Boxes.noSuchMailbox();
            String name = check(part.state, id, wanted);
            boolean inbox = known.role == Role.INBOX;
            if (inbox && (wanted.role() != Role.INBOX || wanted.parent() != 0)) {
                throw new Refused(Why.NAME_NOT_ALLOWED, "the inbox stays what it is");
            }
            if (inbox && !name.equals(known.name)) {
                throw new Refused(Why.NAME_NOT_ALLOWED, "the inbox cannot be renamed");
            }
            boolean elsewhere = known.parent != wanted.parent() || !known.name.equals(name);
            BoxesState.Box box = part.touch(id);
            box.parent = wanted.parent();
            box.name = name;
            box.role = wanted.role();
            box.sortOrder = wanted.sortOrder();
            box.subscribed = wanted.subscribed();
            part.log().mailbox(id, ChangeLog.CHANGED);
            if (elsewhere) part.republishAll = true;
            change.commit();
        }
    }

    /// @param id 0 for a new one
    /// @return the name as it is kept
    private static String check(BoxesState state, int id, Wanted wanted) throws Refused {
        String name = Normalizer.normalize(wanted.name(), Normalizer.Form.NFC);
        if (name.indexOf(Mailbox.SEPARATOR) >= 0) {
            throw new Refused(Why.NAME_NOT_ALLOWED, "a name cannot have a \"/\" here");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_OCTETS_MAX) {
            throw new Refused(Why.NAME_NOT_ALLOWED, "the name is too long");
        }
        Boxes.names(name);
        int parent = wanted.parent();
        int depth = 1;
        for (int above = parent; above != 0; depth++) {
            if (above == id) throw new Refused(Why.NAME_NOT_ALLOWED, "a mailbox inside itself");
            BoxesState.Box box = state.boxes.get(above);
            if (box == null) throw Boxes.noSuchMailbox();
            above = box.parent;
        }
        if (depth > Boxes.DEPTH_MAX) throw new Refused(Why.NAME_NOT_ALLOWED, "too deep");
        BoxesState.Box sibling = state.child(parent, name);
        if (sibling != null && sibling.id != id) {
            throw new Refused(Why.ALREADY_EXISTS, "a mailbox of this name is there already");
        }
        if (wanted.role() != null) {
            BoxesState.Box other = state.role(wanted.role());
            if (other != null && other.id != id) {
                throw new Refused(Why.IN_USE, "another mailbox has this role");
            }
        }
        return name;
    }
}
