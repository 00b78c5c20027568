package yubin.store;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import yubin.ledger.Counters;
import yubin.store.Keys.Family;

/// Message octets: found by SHA-256 within a tenant, kept in chunks of at most 256 KiB, held by
/// links, purged some time after the last link is gone.
///
/// ```
/// BLOBS family   8 octets number | 4 octets chunk → version 1 | codec 0 | key id (2) | octets
/// BLOB_HASH      4 octets tenant | 32 octets SHA-256 → number | size
/// BLOB_LINK      8 octets number | 8 octets account | 8 octets holder → empty
/// BLOB_PENDING   8 octets number → time it was begun, ms: chunks that no commit has claimed
/// BLOB_PURGE     8 octets time, ms | 8 octets number → tenant, SHA-256: look whether it is held
/// ```
///
/// Codec 0 is "as it came" (the engine compresses); others, and key ids for encryption, are
/// refused by this version.
///
/// **Reuse against purge.** A change that finds its octets already there pins their number until
/// its commit is done; the purge skips pinned numbers and looks for links under the same lock.
public final class Blobs {
    /// Octets of message in a chunk.
    static final int CHUNK = 256 << 10;

    static final int CHUNK_HEADER = 4;

    private static final Counters.Counter PURGED = Counters.of("store.blobs.purged");

    private final Store store;
    private final InstantSource clock;
    private final ReentrantLock reuse = new ReentrantLock();
    private final Map<Long, Integer> pins = new HashMap<>(); // under reuse

    Blobs(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Begins to take in a message for a tenant.
    public Upload upload(int tenant) {
        return new Upload(this, tenant);
    }

    /// Reads `length` octets from `offset`, fewer at the end.
    ///
    /// Blocks on the disk at worst; at most 256 KiB per call are sensible.
    ///
    /// @throws StoreTrouble.Damaged when a chunk is missing or cannot be read
    public byte[] read(Blob blob, long offset, int length) throws StoreTrouble {
        long end = Math.min(blob.size(), offset + length);
        if (offset >= end) return new byte[0];
        byte[] out = null;
        int filled = 0;
        for (long at = offset; at < end; ) {
            int number = (int) (at / CHUNK);
            int from = (int) (at % CHUNK);
            byte[] chunk = store.keys().get(Family.BLOBS, chunkKey(blob.number(), number));
            if (chunk == null) {
                throw new StoreTrouble.Damaged("octets of blob " + blob.number() + " are missing");
            }
            if (chunk.length < CHUNK_HEADER || chunk[0] != 1 || chunk[1] != 0) {
                throw new StoreTrouble.Damaged("blob " + blob.number() + " has an unknown form");
            }
            int there = Math.min(chunk.length - CHUNK_HEADER - from, (int) (end - at));
            if (there <= 0) {
                throw new StoreTrouble.Damaged("octets of blob " + blob.number() + " are missing");
            }
            int start = CHUNK_HEADER + from;
            if (at == offset && at + there == end) {
                return Arrays.copyOfRange(chunk, start, start + there);
            }
            if (out == null) out = new byte[(int) (end - offset)];
            System.arraycopy(chunk, start, out, filled, there);
            filled += there;
            at += there;
        }
        return out;
    }

    long nextNumber() throws StoreTrouble {
        return store.next("blob");
    }

    /// Writes a chunk without waiting for the disk: the log is one, in order, so the synced commit
    /// that claims the message makes all of its chunks safe, and without that nobody misses them.
    void writeChunk(Batch batch) throws StoreTrouble {
        store.requireRoom();
        store.onDisk(
                () -> {
                    store.keys().write(batch, false);
                    return null;
                });
    }

    void pending(Batch batch, long number) {
        byte[] time = new byte[8];
        Octets.putLong(time, 0, clock.millis());
        batch.put(Kind.BLOB_PENDING.keyLong(0, number), time);
    }

    /// Makes the octets of an upload part of a change: those that are there already, or its own.
    /// The number stays pinned until [#unpin].
    Blob keep(Upload upload, Batch batch) throws StoreTrouble {
        byte[] hashKey = hashKey(upload.tenant(), upload.sha256());
        reuse.lock();
        try {
            byte[] known = store.keys().get(Family.RECORDS, hashKey);
            if (known != null) {
                Octets.Reader in = new Octets.Reader(known).version(1);
                long number = in.varint();
                pins.merge(number, 1, Integer::sum);
                return new Blob(upload.tenant(), number, upload.size(), upload.sha256());
            }
        } finally {
            reuse.unlock();
        }
        boolean onDisk = upload.number() != 0;
        long number = upload.putInto(batch);
        batch.put(
                hashKey,
                new Octets.Writer(20).octet(1).varint(number).varint(upload.size()).done());
        if (onDisk) batch.delete(Kind.BLOB_PENDING.keyLong(0, number));
        pin(number);
        return new Blob(upload.tenant(), number, upload.size(), upload.sha256());
    }

    void pin(long number) {
        reuse.lock();
        try {
            pins.merge(number, 1, Integer::sum);
        } finally {
            reuse.unlock();
        }
    }

    void unpin(long number) {
        reuse.lock();
        try {
            pins.computeIfPresent(number, (n, count) -> count == 1 ? null : count - 1);
        } finally {
            reuse.unlock();
        }
    }

    void link(Batch batch, Blob blob, long account, long holder) {
        batch.put(linkKey(blob.number(), account, holder), new byte[0]);
    }

    void unlink(Batch batch, Blob blob, long account, long holder) {
        batch.delete(linkKey(blob.number(), account, holder));
        byte[] key = Kind.BLOB_PURGE.key(0, 16);
        Octets.putLong(key, 9, clock.millis());
        Octets.putLong(key, 17, blob.number());
        batch.put(
                key,
                new Octets.Writer(48)
                        .octet(1)
                        .varint(blob.tenant())
                        .raw(blob.sha256(), 0, 32)
                        .done());
    }

    /// Purges what nobody has held since `before` (ms since 1970). Returns how many blobs went.
    int purge(long before) throws StoreTrouble {
        int purged = 0;
        byte[] from = Kind.BLOB_PURGE.key(0, 0);
        byte[] to = Kind.BLOB_PURGE.keyLong(0, Math.max(0, before));
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                try {
                    Octets.Reader in = new Octets.Reader(cursor.value()).version(1);
                    int tenant = (int) in.varint();
                    byte[] hash = hashKey(tenant, in.raw(32));
                    if (purge(key, Octets.getLong(key, 17), hash)) purged++;
                } catch (Octets.Malformed | IndexOutOfBoundsException e) {
                    System.getLogger("yubin.store")
                            .log(System.Logger.Level.WARNING, "purge record: " + e.getMessage());
                }
            }
        }
        from = Kind.BLOB_PENDING.key(0, 0);
        to = Kind.after(from);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                byte[] time = cursor.value();
                if (time.length == 8 && Octets.getLong(time, 0) >= before) continue;
                if (purge(cursor.key(), Octets.getLong(cursor.key(), 9), null)) purged++;
            }
        }
        PURGED.add(purged);
        return purged;
    }

    /// Deletes a blob if it is neither linked nor pinned, and the record that asked for it.
    private boolean purge(byte[] request, long number, byte[] hashKey) throws StoreTrouble {
        reuse.lock();
        try {
            if (pins.containsKey(number)) return false;
            Batch batch = new Batch(256).delete(request);
            boolean held = isLinked(number);
            if (!held) {
                batch.deleteRange(Family.BLOBS, chunkKey(number, 0), chunkKey(number, -1));
                byte[] value = hashKey == null ? null : store.keys().get(Family.RECORDS, hashKey);
                if (value != null && new Octets.Reader(value).version(1).varint() == number) {
                    batch.delete(hashKey);
                }
            }
            store.committer().commit(batch);
            return !held;
        } finally {
            reuse.unlock();
        }
    }

    private boolean isLinked(long number) throws StoreTrouble {
        byte[] from = Kind.BLOB_LINK.keyLong(0, number);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            return cursor.next();
        }
    }

    /// The digest that names blobs.
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    static void header(byte[] chunk) {
        chunk[0] = 1;
        chunk[1] = 0;
        chunk[2] = 0;
        chunk[3] = 0;
    }

    static byte[] chunkKey(long number, int chunk) {
        byte[] key = new byte[12];
        Octets.putLong(key, 0, number);
        Octets.putInt(key, 8, chunk);
        return key;
    }

    private static byte[] hashKey(int tenant, byte[] sha256) {
        byte[] key = Kind.BLOB_HASH.key(0, 36);
        Octets.putInt(key, 9, tenant);
        System.arraycopy(sha256, 0, key, 13, 32);
        return key;
    }

    static byte[] linkKey(long number, long account, long holder) {
        byte[] key = Kind.BLOB_LINK.key(0, 24);
        Octets.putLong(key, 9, number);
        Octets.putLong(key, 17, account);
        Octets.putLong(key, 25, holder);
        return key;
    }
}
