package yubin.zones;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import yubin.store.Batch;
import yubin.store.Octets;
import yubin.store.StoreTrouble;

/// The public keys of our certificates that stand in TLSA records: the next one before it is used,
/// the last one for some time after. RFC 6698, RFC 7671.
final class Certificates {
    /// A TLSA record is in all caches or out of them: TTL, twice, and the way to the secondaries.
    static final Duration TLSA_SEEN = Duration.ofMinutes(15);

    private static final Duration TLSA_FORGOTTEN = Duration.ofHours(2);

    private static final System.Logger LOG = System.getLogger("yubin.zones");

    private final Board board;

    // Guarded by the board's lock.
    private List<Rows.Certificate> certificates = new ArrayList<>();

    /// SHA-256 of the key that the servers use; null: not known.
    private byte[] certificate;

    Certificates(Board board) {
        this.board = board;
    }

    void load() throws StoreTrouble {
        try {
            certificates = Rows.readCertificates(board.keys);
            certificate = lastUsed(certificates);
        } catch (Octets.Malformed e) {
            // They only say what else to publish for a while.
            LOG.log(System.Logger.Level.ERROR, "rows of certificates: {0}", e.getMessage());
        }
    }

    /// What the servers use until they say so themselves; null when they never did.
    private static byte[] lastUsed(List<Rows.Certificate> known) {
        Rows.Certificate last = null;
        for (Rows.Certificate each : known) {
            if (each.used().equals(Instant.EPOCH)) continue;
            if (last == null || each.used().isAfter(last.used())) last = each;
        }
        return last == null ? null : last.hash();
    }

    /// SHA-256 of the public keys to be found under `_25._tcp`.
    List<byte[]> hashes() {
        Instant now = board.clock.instant();
        List<byte[]> hashes = new ArrayList<>();
        for (Rows.Certificate known : certificates) {
            boolean current = Arrays.equals(known.hash(), certificate);
            boolean next = known.used().equals(Instant.EPOCH);
            if (current || next || now.isBefore(known.used().plus(TLSA_FORGOTTEN))) {
                hashes.add(known.hash());
            }
        }
        return hashes;
    }

    /// The servers use this public key from now on (SubjectPublicKeyInfo).
    void used(byte[] publicKey) {
        byte[] hash = Plan.sha256(publicKey);
        board.lock.lock();
        try {
            Instant now = board.clock.instant();
            List<Rows.Certificate> next = new ArrayList<>();
            Instant since = now;
            for (Rows.Certificate known : certificates) {
                if (Arrays.equals(known.hash(), hash)) {
                    since = known.since();
                } else if (Arrays.equals(known.hash(), certificate)) {
                    next.add(new Rows.Certificate(known.hash(), known.since(), now));
                } else if (now.isBefore(known.used().plus(TLSA_FORGOTTEN))) {
                    next.add(known);
                }
            }
            next.add(new Rows.Certificate(hash, since, now));
            certificate = hash;
            keepCertificates(next);
        } finally {
            board.lock.unlock();
        }
    }

    /// A certificate with this public key is to be used soon: publishes it and says from when on
    /// the servers may use it, so that nobody is left with an old TLSA record alone. RFC 7671.
    Instant coming(byte[] publicKey) {
        byte[] hash = Plan.sha256(publicKey);
        Instant ready;
        board.lock.lock();
        try {
            Instant now = board.clock.instant();
            Served zone = board.closest(board.settings.hostname());
            if (zone == null || !zone.row.isSigned() || certificate == null) return now;
            if (Arrays.equals(certificate, hash)) return now;
            for (Rows.Certificate known : certificates) {
                if (Arrays.equals(known.hash(), hash))
                    return later(now, known.since().plus(TLSA_SEEN));
            }
            List<Rows.Certificate> next = new ArrayList<>(certificates);
            next.add(new Rows.Certificate(hash, now, Instant.EPOCH));
            keepCertificates(next);
            ready = now.plus(TLSA_SEEN);
        } finally {
            board.lock.unlock();
        }
        return ready;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /// What is in memory counts for now, even when the disk is full.
    private void keepCertificates(List<Rows.Certificate> next) {
        Batch batch = new Batch();
        for (Rows.Certificate old : certificates) batch.delete(Rows.certificateKey(old.hash()));
        for (Rows.Certificate row : next) {
            batch.put(Rows.certificateKey(row.hash()), Rows.certificate(row));
        }
        certificates = next;
        try {
            board.writer.commit(batch);
        } catch (StoreTrouble e) {
            Board.trouble("keys of certificates are not kept: " + e.getMessage());
        }
    }
}
