package yubin.store;

import yubin.mail.AccountId;
import yubin.store.Keys.Family;

/// How far an account has come, read from its committed record without opening its boxes: for who
/// follows all accounts.
///
/// @param modSeq of the newest commit
/// @param lastEmail the highest email id given so far; the email may be gone
public record AccountHead(AccountId account, long modSeq, long lastEmail) {
    /// Null when the account has no boxes.
    public static AccountHead of(Store store, AccountId account) throws StoreTrouble {
        byte[] key = Kind.ACCOUNT_STATE.key(account.value(), 0);
        byte[] head = store.keys().get(Family.RECORDS, key);
        if (head == null) return null;
        BoxesState state = new BoxesState(account.value());
        try {
            state.resetHead(head);
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("account " + account + ": " + e.getMessage());
        }
        return new AccountHead(account, state.modSeq, state.nextEmail - 1);
    }

    /// The next account that has boxes, by number; null when there is none. One whose record is
    /// damaged is passed over.
    public static AccountHead after(Store store, AccountId account) throws StoreTrouble {
        long at = account.value();
        byte[] end = {(byte) 0x80};
        while (at < Long.MAX_VALUE) {
            byte[] from = new byte[8];
            Octets.putLong(from, 0, at + 1);
            try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, end)) {
                if (!cursor.next()) return null;
                at = Octets.getLong(cursor.key(), 0);
            }
            try {
                AccountHead head = of(store, new AccountId(at));
                if (head != null) return head;
            } catch (StoreTrouble.Damaged e) {
                System.getLogger("yubin.store").log(System.Logger.Level.ERROR, e.getMessage());
            }
        }
        return null;
    }
}
