package yubin.store;

import java.time.Instant;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.store.Keys.Family;

/// Accounts that were removed, and the clearing of what they left.
///
/// The directory puts a row into the commit that removes an account ([#put]). When deleted messages
/// are no longer kept, its boxes are cleared in bounded steps: the messages first, each letting its
/// blob go in the commit that deletes it, at last everything else of the account with the mark that
/// it is done. A crash between two steps leaves fewer messages and the row, so that the next run
/// goes on. The row stays for ever: nobody makes boxes for a number that is gone.
///
/// ```
/// key    office | ACCOUNT_GONE | 8 octets account
/// value  version 1 | removed, ms since 1970 | 0 to be cleared, 1 cleared
/// ```
public final class Departed {
    /// Messages of one commit.
    private static final int STEP = 1000;

    private static final System.Logger LOG = System.getLogger("yubin.store");
    private static final Counters.Counter CLEARED = Counters.of("store.accounts-cleared");

    private final Store store;

    Departed(Store store) {
        this.store = store;
    }

    /// Says in `batch` that the account is gone.
    public static void put(Batch batch, AccountId account, Instant at) {
        batch.put(key(account), row(at.toEpochMilli(), false));
    }

    static boolean isGone(Keys keys, AccountId account) throws StoreTrouble {
        return keys.get(Family.RECORDS, key(account)) != null;
    }

    private static byte[] key(AccountId account) {
        return Kind.ACCOUNT_GONE.keyLong(AccountId.OFFICE.value(), account.value());
    }

    private static byte[] row(long removed, boolean cleared) {
        return new Octets.Writer(16).octet(1).varint(removed).octet(cleared ? 1 : 0).done();
    }

    /// Clears the boxes of those that went before `before` (ms since 1970).
    void clear(long before) throws StoreTrouble {
        byte[] from = Kind.ACCOUNT_GONE.key(0, 0);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                AccountId account = new AccountId(Octets.getLong(cursor.key(), 9));
                try {
                    Octets.Reader in = new Octets.Reader(cursor.value()).version(1);
                    long removed = in.varint();
                    if (in.octet() == 0 && removed < before) clear(account, removed);
                } catch (Octets.Malformed e) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "removed account " + account + ": " + e.getMessage());
                }
            }
        }
    }

    private void clear(AccountId account, long removed) throws StoreTrouble {
        begin(account, Integer.MAX_VALUE);
        store.uploads().dropAll(account);
        byte[] all = new byte[8];
        Octets.putLong(all, 0, account.value());
        Batch last = new Batch(64).deleteRange(Family.RECORDS, all, Kind.after(all));
        store.committer().commit(last.put(key(account), row(removed, true)));
        CLEARED.increment();
        store.watcher().accept(account);
    }

    /// Clears the messages, or the first `steps` of them.
    void begin(AccountId account, int steps) throws StoreTrouble {
        store.leave(account);
        // From here on nobody loads the boxes, and behind this commit lie all earlier ones.
        Batch first = new Batch(64).delete(Kind.ACCOUNT_STATE.key(account.value(), 0));
        store.committer().commit(first);
        for (int i = 0; i < steps; i++) {
            if (!step(account, Kind.TOMBSTONE) && !step(account, Kind.EMAIL)) return;
        }
    }

    /// Deletes up to [#STEP] messages; false when there are none left.
    private boolean step(AccountId account, Kind kind) throws StoreTrouble {
        Batch batch = new Batch();
        int messages = 0;
        byte[] from = kind.key(account.value(), 0);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (messages < STEP && cursor.next()) {
                byte[] key = cursor.key();
                long email = Octets.getLong(key, key.length - 8);
                batch.delete(key);
                messages++;
                try {
                    byte[] record = cursor.value();
                    if (kind == Kind.TOMBSTONE) {
                        record = Remover.emailOf(record);
                        batch.delete(Remover.dueKey(account.value(), key));
                    }
                    Blob blob = Email.decode(email, record).blob();
                    store.blobs().unlink(batch, blob, account.value(), email);
                } catch (Octets.Malformed e) {
                    // Its octets stay, as nobody knows which they are; `verify` counts them.
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "email " + email + " of removed account " + account + ": " + e);
                }
            }
        }
        if (messages > 0) store.committer().commit(batch);
        return messages > 0;
    }
}
