package yubin.store;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import yubin.store.Keys.Family;

/// What other rooms keep with an account: identities, submissions. They go with the account, and
/// the change log tells what happened to them.
///
/// ```
/// key    account | OBJECT | 4 octets type | 8 octets id
/// value  version 1 | the rest is the owner's
/// ```
final class AccountObjects {
    private AccountObjects() {}

    static byte[] key(long account, int type, long id) {
        byte[] key = Kind.OBJECT.key(account, 12);
        Octets.putInt(key, 9, type);
        Octets.putLong(key, 13, id);
        return key;
    }

    static byte[] row(byte[] value) {
        return new Octets.Writer(value.length + 1).octet(1).raw(value, 0, value.length).done();
    }

    static SortedMap<Long, byte[]> all(Keys keys, long account, int type) throws StoreTrouble {
        SortedMap<Long, byte[]> all = new TreeMap<>();
        byte[] from = Arrays.copyOf(key(account, type, 0), 13);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) all.put(Octets.getLong(cursor.key(), 13), read(cursor.value()));
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("object of account " + account + ": " + e.getMessage());
        }
        return all;
    }

    static byte[] one(Keys keys, long account, int type, long id) throws StoreTrouble {
        byte[] value = keys.get(Family.RECORDS, key(account, type, id));
        if (value == null) return null;
        try {
            return read(value);
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("object " + id + ": " + e.getMessage());
        }
    }

    private static byte[] read(byte[] value) {
        return new Octets.Reader(value).version(1).rest();
    }
}
