package yubin.store;

import java.util.HashMap;
import java.util.Map;
import yubin.store.Keys.Family;

/// What a window that sends lines must know of a message before it reads it: how much longer it is
/// when each line ends with CRLF, and whether its header has UTF-8. Only messages have a record
/// that are not regular, which few are: what SMTP takes by DATA always is.
///
/// ```
/// key    account | IRREGULAR | 8 octets email
/// value  version 1 | ends missing | 1 for a header with UTF-8, else 0
/// ```
///
/// @param endsMissing octets that are added on the way to a client
public record Irregular(int endsMissing, boolean utf8Header) {
    static void put(Batch batch, long account, long email, NewEmail added) {
        int ends = added.upload().endsMissing();
        boolean utf8 = added.message().needsSmtpUtf8();
        if (ends > 0 || utf8) new Irregular(ends, utf8).put(batch, account, email);
    }

    void put(Batch batch, long account, long email) {
        byte[] value =
                new Octets.Writer(16).octet(1).varint(endsMissing).octet(utf8Header ? 1 : 0).done();
        batch.put(Kind.IRREGULAR.keyLong(account, email), value);
    }

    /// All of an account, by email.
    static Map<Long, Irregular> of(Keys keys, long account) throws StoreTrouble {
        byte[] from = Kind.IRREGULAR.key(account, 0);
        Map<Long, Irregular> found = Map.of();
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                if (found.isEmpty()) found = new HashMap<>();
                found.put(Octets.getLong(cursor.key(), 9), decode(cursor.value()));
            }
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("account " + account + ": " + e.getMessage());
        }
        return found;
    }

    /// Null for a regular message.
    static Irregular of(Keys keys, long account, long email) throws StoreTrouble {
        byte[] value = keys.get(Family.RECORDS, Kind.IRREGULAR.keyLong(account, email));
        return value == null ? null : decode(value);
    }

    private static Irregular decode(byte[] value) {
        Octets.Reader in = new Octets.Reader(value).version(1);
        return new Irregular((int) in.varint(), in.octet() == 1);
    }
}
