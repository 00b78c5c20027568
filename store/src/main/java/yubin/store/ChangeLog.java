package yubin.store;

import yubin.store.Keys.Family;

/// What happened to an account, one record per commit, under the modseq of that commit. Serves
/// QRESYNC (what vanished) and, with the modseq of the rows, JMAP's `/changes`.
///
/// ```
/// key    account | LOG | 8 octets modseq
/// value  version 1 | time, seconds since 1970 | entries:
///          1 added     mailbox, UID (4), email
///          2 flagged   mailbox, count, UIDs (4 each)
///          3 removed   mailbox, count, then UID (4) and email of each
///          4 mailbox   id, 1 made | 2 changed | 3 deleted
///          5 kept      0, email: it was there before and is there after its places changed
///          6 gone      0, email, thread: it has left its last place
///          7 hidden    0, email: it got `\Deleted`
///          8 shown     0, email: it lost `\Deleted`
///          9 object    type, id (8), 1 made | 2 changed | 3 deleted
/// ```
/// An email that is added and neither removed nor kept in the same commit is new. Records of
/// earlier versions have entries 1 to 4 only; no email had more than one place then.
public final class ChangeLog {
    private static final int VERSION = 1;
    static final int ADDED = 1;
    static final int FLAGGED = 2;
    static final int REMOVED = 3;
    static final int MAILBOX = 4;
    static final int KEPT = 5;
    static final int GONE = 6;
    static final int HIDDEN = 7;
    static final int SHOWN = 8;
    static final int OBJECT = 9;

    /// What happened to a mailbox or an object.
    public static final int MADE = 1;

    public static final int CHANGED = 2;
    public static final int DELETED = 3;

    private final Octets.Writer out;

    ChangeLog(long seconds) {
        out = new Octets.Writer(64).octet(VERSION).varint(Math.max(0, seconds));
    }

    ChangeLog added(int mailbox, int uid, long email) {
        out.octet(ADDED).varint(mailbox).fixedInt(uid).varint(email);
        return this;
    }

    ChangeLog flagged(int mailbox, int[] uids) {
        out.octet(FLAGGED).varint(mailbox).varint(uids.length);
        for (int uid : uids) out.fixedInt(uid);
        return this;
    }

    ChangeLog removed(int mailbox, int[] uids, long[] emails) {
        out.octet(REMOVED).varint(mailbox).varint(uids.length);
        for (int i = 0; i < uids.length; i++) out.fixedInt(uids[i]).varint(emails[i]);
        return this;
    }

    ChangeLog mailbox(int id, int what) {
        out.octet(MAILBOX).varint(id).octet(what);
        return this;
    }

    ChangeLog kept(long email) {
        out.octet(KEPT).varint(0).varint(email);
        return this;
    }

    ChangeLog gone(long email, long thread) {
        out.octet(GONE).varint(0).varint(email).varint(thread);
        return this;
    }

    ChangeLog hidden(long email) {
        out.octet(HIDDEN).varint(0).varint(email);
        return this;
    }

    ChangeLog shown(long email) {
        out.octet(SHOWN).varint(0).varint(email);
        return this;
    }

    ChangeLog object(int type, long id, int what) {
        out.octet(OBJECT).varint(type).fixedLong(id).octet(what);
        return this;
    }

    void put(Batch batch, long account, long modSeq) {
        batch.put(Kind.LOG.keyLong(account, modSeq), out.done());
    }

    /// Told what a record says, entry by entry.
    public interface Visitor {
        /// A commit begins.
        ///
        /// @return false to read no further
        default boolean commit(long modSeq) {
            return true;
        }

        default void added(int mailbox, int uid, long email) {}

        default void flagged(int mailbox, int uid) {}

        default void removed(int mailbox, int uid, long email) {}

        default void mailbox(int id, int what) {}

        default void kept(long email) {}

        default void gone(long email, long thread) {}

        default void hidden(long email) {}

        default void shown(long email) {}

        default void object(int type, long id, int what) {}
    }

    /// Reads all records after `modSeq` up to `newest`.
    static void read(Keys keys, long account, long modSeq, long newest, Visitor visitor)
            throws StoreTrouble {
        byte[] from = Kind.LOG.keyLong(account, modSeq + 1);
        byte[] to = Kind.after(Kind.LOG.key(account, 0));
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                long at = Octets.getLong(cursor.key(), 9);
                if (at > newest || !visitor.commit(at)) return;
                read(cursor.value(), visitor);
            }
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("log of account " + account + ": " + e.getMessage());
        }
    }

    /// The modseq up to which all records behind `floor` are older than `seconds`, looking at no
    /// more than `most` of them; `floor` when the next one is younger or cannot be read.
    static long lastBefore(Keys keys, long account, long floor, long seconds, int most)
            throws StoreTrouble {
        long last = floor;
        byte[] from = Kind.LOG.keyLong(account, floor + 1);
        byte[] to = Kind.after(Kind.LOG.key(account, 0));
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, to)) {
            for (int i = 0; i < most && cursor.next(); i++) {
                Octets.Reader in = new Octets.Reader(cursor.value()).version(VERSION);
                if (in.varint() >= seconds) return last;
                last = Octets.getLong(cursor.key(), 9);
            }
        } catch (Octets.Malformed e) {
            return last; // by count it goes all the same
        }
        return last;
    }

    private static void read(byte[] value, Visitor visitor) {
        Octets.Reader in = new Octets.Reader(value).version(VERSION);
        in.varint();
        while (in.hasMore()) {
            int entry = in.octet();
            int mailbox = (int) in.varint();
            switch (entry) {
                case ADDED -> visitor.added(mailbox, in.fixedInt(), in.varint());
                case FLAGGED -> {
                    for (long left = in.varint(); left > 0; left--) {
                        visitor.flagged(mailbox, in.fixedInt());
                    }
                }
                case REMOVED -> {
                    for (long left = in.varint(); left > 0; left--) {
                        visitor.removed(mailbox, in.fixedInt(), in.varint());
                    }
                }
                case MAILBOX -> visitor.mailbox(mailbox, in.octet());
                case KEPT -> visitor.kept(in.varint());
                case GONE -> visitor.gone(in.varint(), in.varint());
                case HIDDEN -> visitor.hidden(in.varint());
                case SHOWN -> visitor.shown(in.varint());
                case OBJECT -> visitor.object(mailbox, in.fixedLong(), in.octet());
                default -> throw new Octets.Malformed("log entry " + entry);
            }
        }
    }
}
