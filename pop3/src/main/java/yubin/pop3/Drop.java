package yubin.pop3;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import yubin.mail.AccountId;
import yubin.mime.Message;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Irregular;
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

    private static final System.Logger LOG = System.getLogger("yubin.pop3");

    private final AccountId account;
    private final Boxes boxes;
    private final int mailbox;
    private final Snapshot messages;
    private final Map<Long, Irregular> irregular;
    private final Map<Long, Integer> surrogateGrowths = new HashMap<>(0);
    private final boolean utf8;
    private final BitSet deleted = new BitSet(0);
    private final long octets;
    private long octetsDeleted;

    private Drop(
            AccountId account,
            Boxes boxes,
            int mailbox,
            Snapshot messages,
            Map<Long, Irregular> irregular,
            boolean utf8) {
        this.account = account;
        this.boxes = boxes;
        this.mailbox = mailbox;
        this.messages = messages;
        this.irregular = irregular;
        this.utf8 = utf8;
        long sum = 0;
        for (int i = 0; i < messages.count(); i++) sum += size(i + 1);
        this.octets = sum;
    }

    /// @param utf8 whether the client said UTF8: it gets headers as they are kept
    static Drop open(Store store, AccountId account, boolean utf8) throws IOException {
        Boxes boxes = store.boxes(account);
        Mailbox inbox = boxes.ensure(Role.INBOX);
        Snapshot now = boxes.view(inbox.id()).now();
        return new Drop(account, boxes, inbox.id(), now, boxes.irregular(), utf8);
    }

    /// The highest message number, deleted ones included.
    int last() {
        return messages.count();
    }

    /// Messages that are not deleted.
    int count() {
        return messages.count() - deleted.cardinality();
    }

    /// Octets of those.
    long octets() {
        return octets - octetsDeleted;
    }

    /// True for a number that the client may use.
    boolean has(int number) {
        return number >= 1 && number <= messages.count() && !deleted.get(number - 1);
    }

    /// Octets as RETR sends them, dots not doubled: with the CR that a lone LF gets (RFC 1939 §11),
    /// and with the header that a client without UTF8 gets (RFC 6856 §2.1).
    long size(int number) {
        long size = messages.size(number - 1);
        if (irregular.isEmpty()) return size;
        long id = messages.emailId(number - 1);
        Irregular one = irregular.get(id);
        if (one == null) return size;
        if (!utf8 && one.utf8Header()) size += surrogateGrowth(id);
        return size + one.endsMissing();
    }

    /// By how much the ASCII form of the header is longer than the header; read once.
    private int surrogateGrowth(long id) {
        Integer known = surrogateGrowths.get(id);
        if (known != null) return known;
        int growth = 0;
        try {
            Email email = boxes.email(id);
            int header = email == null ? 0 : utf8HeaderOctets(email);
            if (header > 0 && header <= PIECE_OCTETS) {
                byte[] kept = boxes.read(email, 0, header);
                growth = withEnds(Surrogate.of(kept)) - withEnds(kept);
            }
        } catch (IOException damaged) {
            // RETR will say it; the other messages are not harmed.
            LOG.log(Level.DEBUG, "email {0}: {1}", id, damaged.getMessage());
        }
        surrogateGrowths.put(id, growth);
        return growth;
    }

    /// How long these lines are when each ends with CRLF.
    private static int withEnds(byte[] lines) {
        int octets = lines.length;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i] == '\n' && (i == 0 || lines[i - 1] != '\r')) octets++;
        }
        byte last = lines.length == 0 ? (byte) '\n' : lines[lines.length - 1];
        return octets + (last == '\n' ? 0 : last == '\r' ? 1 : 2);
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
