package yubin.store;

import java.nio.charset.StandardCharsets;

/// What a record is: the octet after the account number in its key. The one list of all of them.
///
/// ```
/// key    8 octets account number (big-endian) | 1 octet kind | the rest, as the kind says
/// value  1 octet version | the rest, as the kind says
/// ```
///
/// Numbers in keys are big-endian, so that key order is number order. A kind's number is never used
/// again for something else. An unknown version of a value is refused as damaged, never guessed at.
public enum Kind {
    // Of an account.
    ACCOUNT_STATE(1),
    MAILBOX(2),
    ROW(3),
    EMAIL(4),
    LOG(5),
    THREAD(6),
    TOMBSTONE(7),
    KEYWORD(8),
    IRREGULAR(9),
    THREAD_EMAIL(10),
    UPLOAD(11),
    OBJECT(12),
    BOUNCED(13),
    // Of the office (account 0): store.
    BLOB_HASH(32),
    BLOB_LINK(33),
    BLOB_PENDING(34),
    BLOB_PURGE(35),
    SEQUENCE(36),
    TOMBSTONE_DUE(37),
    ACCOUNT_GONE(38),
    UPLOAD_DUE(39),
    // Directory.
    TENANT(64),
    DOMAIN(65),
    ACCOUNT(66),
    ADDRESS(67),
    CREDENTIAL(68),
    ROUTE(69),
    ROLE(70),
    WEB_SESSION(71),
    // Zones.
    ZONE(80),
    ZONE_RECORDS(81),
    ZONE_KEY(82),
    DKIM_KEY(83),
    CERTIFICATE(84),
    // Queue.
    QUEUE_ENTRY(96),
    QUEUE_DUE(97),
    QUEUE_PARKED(98),
    SENT(99),
    JOURNEY(112),
    JOURNEY_INDEX(113);

    private final byte octet;

    Kind(int octet) {
        this.octet = (byte) octet;
    }

    /// The kind of a key's ninth octet, null when there is none.
    static Kind of(byte octet) {
        for (Kind kind : values()) if (kind.octet == octet) return kind;
        return null;
    }

    /// Where a key of this kind begins: account and kind, with room for `rest` more octets.
    public byte[] key(long account, int rest) {
        byte[] key = new byte[9 + rest];
        Octets.putLong(key, 0, account);
        key[8] = octet;
        return key;
    }

    /// A key that ends with a number of 8 octets.
    public byte[] keyLong(long account, long number) {
        byte[] key = key(account, 8);
        Octets.putLong(key, 9, number);
        return key;
    }

    /// A key that ends with a number of 4 octets.
    public byte[] keyInt(long account, int number) {
        byte[] key = key(account, 4);
        Octets.putInt(key, 9, number);
        return key;
    }

    /// A key that ends with the octets of `text` in UTF-8.
    public byte[] keyText(long account, String text) {
        return keyOctets(account, text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] keyOctets(long account, byte[] octets) {
        byte[] key = key(account, octets.length);
        System.arraycopy(octets, 0, key, 9, octets.length);
        return key;
    }

    /// The first key behind all keys that begin with `prefix`: the `to` of a scan.
    public static byte[] after(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xFF) {
                byte[] next = java.util.Arrays.copyOf(prefix, i + 1);
                next[i]++;
                return next;
            }
        }
        throw new IllegalArgumentException("nothing comes after this prefix");
    }
}
