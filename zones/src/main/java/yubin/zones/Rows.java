package yubin.zones;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import yubin.dns.SigningKey;
import yubin.mail.Domain;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.StoreTrouble;

/// The rows of the zones as they lie in the store, all in the office's account.
///
/// ```
/// ZONE          A-label name                  1 | chain octet | algorithm | primary | key name
///                                               | created ms
/// ZONE_RECORDS  A-label name                  1 | checked ms | zone file text
/// ZONE_KEY      A-label name, 0, number long  1 | state octet | since ms | created ms
///                                               | DNSKEY octets | PKCS #8 octets
/// DKIM_KEY      A-label name, 0, selector     1 | algorithm octet | state octet | since ms
///                                               | created ms | PKCS #8 octets | public octets
/// CERTIFICATE   SHA-256 of the public key     1 | since ms | last used ms
/// ```
///
/// Numbers are varints, texts are UTF-8 with their length. The records are the operator's own, or
/// the whole zone where we are a secondary. Octets behind the known fields are refused.
final class Rows {
    private static final int VERSION = 1;

    private Rows() {}

    static byte[] zoneKey(Domain zone) {
        return Kind.ZONE.keyText(0, zone.ascii());
    }

    static byte[] recordsKey(Domain zone) {
        return Kind.ZONE_RECORDS.keyText(0, zone.ascii());
    }

    static byte[] keyKey(Domain zone, long number) {
        byte[] start = keysOf(Kind.ZONE_KEY, zone);
        byte[] key = java.util.Arrays.copyOf(start, start.length + 8);
        Octets.putLong(key, start.length, number);
        return key;
    }

    static byte[] dkimKey(Domain domain, String selector) {
        return Kind.DKIM_KEY.keyText(0, domain.ascii() + "\0" + selector);
    }

    static byte[] keysOf(Kind kind, Domain domain) {
        return kind.keyText(0, domain.ascii() + "\0");
    }

    static byte[] certificateKey(byte[] hash) {
        return Kind.CERTIFICATE.keyOctets(0, hash);
    }

    static byte[] zone(ZoneRow row) {
        return new Octets.Writer(64)
                .octet(VERSION)
                .octet(row.chain().ordinal())
                .varint(row.algorithm())
                .text(row.primary())
                .text(row.primaryKey())
                .varint(row.created().toEpochMilli())
                .done();
    }

    static ZoneRow readZone(Domain name, byte[] value) {
        Octets.Reader in = new Octets.Reader(value).version(VERSION);
        int chain = in.octet();
        if (chain >= ZoneRow.Chain.values().length) throw new Octets.Malformed("chain " + chain);
        ZoneRow row =
                new ZoneRow(
                        name,
                        ZoneRow.Chain.values()[chain],
                        (int) in.varint(),
                        in.text(),
                        in.text(),
                        Instant.ofEpochMilli(in.varint()));
        end(in);
        boolean known =
                row.algorithm() == SigningKey.ECDSAP256 || row.algorithm() == SigningKey.ED25519;
        if (!known) throw new Octets.Malformed("algorithm " + row.algorithm());
        if (row.isSecondary() && Secondaries.address(row.primary()).isEmpty()) {
            throw new Octets.Malformed("primary " + row.primary());
        }
        return row;
    }

    /// @param checked when a secondary last heard that this is the newest; 0 for our own
    record Records(long checked, String text) {}

    static byte[] records(Records records) {
        return new Octets.Writer(records.text.length() + 16)
                .octet(VERSION)
                .varint(records.checked)
                .text(records.text)
                .done();
    }

    static Records readRecords(byte[] value) {
        if (value == null) return new Records(0, "");
        Octets.Reader in = new Octets.Reader(value).version(VERSION);
        Records records = new Records(in.varint(), in.text());
        end(in);
        if (records.text == null) throw new Octets.Malformed("no text");
        return records;
    }

    static byte[] key(ZoneKey key) {
        return new Octets.Writer(256)
                .octet(VERSION)
                .octet(key.state().ordinal())
                .varint(key.since().toEpochMilli())
                .varint(key.created().toEpochMilli())
                .octets(key.key().dnskey())
                .octets(key.key().pkcs8())
                .done();
    }

    private static ZoneKey readKey(byte[] key, byte[] value) {
        Octets.Reader in = new Octets.Reader(value).version(VERSION);
        int state = in.octet();
        if (state >= ZoneKey.State.values().length) throw new Octets.Malformed("state " + state);
        Instant since = Instant.ofEpochMilli(in.varint());
        Instant created = Instant.ofEpochMilli(in.varint());
        byte[] dnskey = in.octets();
        byte[] pkcs8 = in.octets();
        end(in);
        if (dnskey == null || pkcs8 == null) throw new Octets.Malformed("no key");
        try {
            return new ZoneKey(
                    Octets.getLong(key, key.length - 8),
                    SigningKey.restore(pkcs8, dnskey),
                    ZoneKey.State.values()[state],
                    since,
                    created);
        } catch (IllegalArgumentException e) {
            throw new Octets.Malformed(e.getMessage());
        }
    }

    static byte[] dkim(DkimKey key) {
        return new Octets.Writer(2048)
                .octet(VERSION)
                .octet(key.algorithm().ordinal())
                .octet(key.state().ordinal())
                .varint(key.since().toEpochMilli())
                .varint(key.created().toEpochMilli())
                .octets(key.pkcs8())
                .octets(key.publicKey())
                .done();
    }

    private static DkimKey readDkim(Domain domain, String selector, byte[] value) {
        Octets.Reader in = new Octets.Reader(value).version(VERSION);
        int algorithm = in.octet();
        int state = in.octet();
        if (algorithm >= DkimKey.Algorithm.values().length
                || state >= DkimKey.State.values().length) {
            throw new Octets.Malformed("state of a key");
        }
        DkimKey key =
                new DkimKey(
                        domain,
                        selector,
                        DkimKey.Algorithm.values()[algorithm],
                        DkimKey.State.values()[state],
                        Instant.ofEpochMilli(in.varint()),
                        Instant.ofEpochMilli(in.varint()),
                        in.octets(),
                        in.octets());
        end(in);
        if (key.pkcs8() == null || key.publicKey() == null) throw new Octets.Malformed("no key");
        return key;
    }

    static byte[] certificate(Certificate row) {
        return new Octets.Writer(24)
                .octet(VERSION)
                .varint(row.since.toEpochMilli())
                .varint(row.used.toEpochMilli())
                .done();
    }

    /// A public key of ours that is or was published as TLSA.
    ///
    /// @param used when a server last used it; the epoch: not yet
    record Certificate(byte[] hash, Instant since, Instant used) {}

    private static void end(Octets.Reader in) {
        if (in.hasMore()) throw new Octets.Malformed("octets too many");
    }

    // ---- reading many ------------------------------------------------------------------------

    interface Taker {
        void take(byte[] key, byte[] value);
    }

    static void scan(Keys keys, byte[] from, Taker taker) throws StoreTrouble {
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) taker.take(cursor.key(), cursor.value());
        }
    }

    /// Oldest first.
    ///
    /// @throws Octets.Malformed when one is damaged: a zone cannot be signed with half its keys
    static List<ZoneKey> readKeys(Keys keys, Domain zone) throws StoreTrouble {
        TreeMap<Long, ZoneKey> found = new TreeMap<>();
        scan(
                keys,
                keysOf(Kind.ZONE_KEY, zone),
                (key, value) -> {
                    ZoneKey read = readKey(key, value);
                    found.put(read.number(), read);
                });
        return new ArrayList<>(found.values());
    }

    static List<DkimKey> readDkim(Keys keys, Domain domain) throws StoreTrouble {
        byte[] from = keysOf(Kind.DKIM_KEY, domain);
        List<DkimKey> found = new ArrayList<>();
        scan(
                keys,
                from,
                (key, value) -> {
                    String selector =
                            new String(
                                    key,
                                    from.length,
                                    key.length - from.length,
                                    java.nio.charset.StandardCharsets.UTF_8);
                    found.add(readDkim(domain, selector, value));
                });
        return found;
    }

    static List<Certificate> readCertificates(Keys keys) throws StoreTrouble {
        byte[] from = Kind.CERTIFICATE.key(0, 0);
        List<Certificate> found = new ArrayList<>();
        scan(
                keys,
                from,
                (key, value) -> {
                    Octets.Reader in = new Octets.Reader(value).version(VERSION);
                    byte[] hash = java.util.Arrays.copyOfRange(key, from.length, key.length);
                    Instant since = Instant.ofEpochMilli(in.varint());
                    found.add(new Certificate(hash, since, Instant.ofEpochMilli(in.varint())));
                });
        return found;
    }
}
