package yubin.pop3;

import java.io.IOException;
import java.util.BitSet;
import yubin.mail.AccountId;
import yubin.mime.Message;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Mailbox;
import yubin.store.Role;
import yubin.store.Snapshot;
import yubin.store.Store;

/// The maildrop of one session: the inbox as it was at login, and what the client wants deleted.
///
/// No lock is taken (RFC 1939 §4 asks for one so that numbers stay put): the snapshot is this
/// session's own, so any number of clients and windows may read at the same time. What somebody
/// else removes meanwhile keeps its number here and can no longer be retrieved.
final class Drop {
    /// Octets of a message that are in memory at once.
    static final int PIECE_OCTETS = 256 << 10;

    private final AccountId account;
    private final Boxes boxes;
    private final int mailbox;
    private final Snapshot messages;
    private final BitSet deleted = new BitSet(0);
    private final long octets;
    private long octetsDeleted;

    private Drop(AccountId account, Boxes boxes, int mailbox, Snapshot messages) {
        this.account = account;
        this.boxes = boxes;
        this.mailbox = mailbox;
        this.messages = messages;
        long sum = 0;
        for (int i = 0; i < messages.count(); i++) sum += messages.size(i);
        this.octets = sum;
    }

    static Drop open(Store store, AccountId account) throws IOException {
        Boxes boxes = store.boxes(account);
        Mailbox inbox = boxes.ensure(Role.INBOX);
        return new Drop(account, boxes, inbox.id(), boxes.view(inbox.id()).now());
    }

    /// The highest message number, deleted ones included.
    int last() {
        return messages.count();
    }

    /// Messages that are not deleted.
    int count() {
        return messages.count() - deleted.cardinality();
    }

    /// Octets of those. A message with a LF alone is counted as it is kept: without the CR that is
    /// added on its way (RFC 1939 §11 counts it).
    long octets() {
        return octets - octetsDeleted;
    }

    /// True for a number that the client may use.
    boolean has(int number) {
        return number >= 1 && number <= messages.count() && !deleted.get(number - 1);
    }

    long size(int number) {
        return messages.size(number - 1);
    }

    /// The unique-id: account, email and the second of its arrival, each to the base of 36. Stays
    /// the same when the message leaves the inbox and comes back; the second keeps it apart from
    /// that of a data folder begun anew.
    String uidl(int number) {
        int index = number - 1;
        return Long.toString(account.value(), 36)
                + "-"
                + Long.toString(messages.emailId(index), 36)
                + "-"
                + Long.toString(messages.receivedMillis(index) / 1000, 36);
    }

    void delete(int number) {
        deleted.set(number - 1);
        octetsDeleted += size(number);
    }

    void undelete() {
        deleted.clear();
        octetsDeleted = 0;
    }

    /// Null when somebody else has removed it meanwhile.
    Email email(int number) throws IOException {
        return boxes.email(messages.emailId(number - 1));
    }

    /// Octets of the message's header with the lines of this copy; 0 when it is ASCII.
    int utf8HeaderOctets(Email email) {
        try {
            Message message = email.message();
            return message.needsSmtpUtf8() ? email.prefix().length + message.root().bodyStart() : 0;
        } catch (IllegalArgumentException damaged) {
            return 0; // the octets themselves may be good
        }
    }

    byte[] read(Email email, long offset) throws IOException {
        return boxes.read(email, offset, PIECE_OCTETS);
    }

    /// Removes what is marked, in one commit. What is gone already is no trouble.
    int commit() throws IOException {
        if (deleted.isEmpty()) return 0;
        int[] uids = deleted.stream().map(messages::uid).toArray();
        boxes.remove(mailbox, uids);
        return uids.length;
    }
}
