package yubin.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import yubin.store.Keys.Family;

/// Changes that reach the disk together or not at all.
///
/// Built by one session at a time and handed to [Committer]. The operations are collected in the
/// serialized form of a RocksDB write batch, so that a commit is one native call however many rows
/// it has:
///
/// ```
/// header    8 octets sequence (0) + 4 octets count, little-endian, filled by the engine side
/// put       0x01 key value          | 0x05 family key value      (family as varint32)
/// delete    0x00 key                | 0x04 family key
/// range     0x0F from to            | 0x0E family from to
/// key/value varint32 length + octets
/// ```
///
public final class Batch {
    static final byte DELETE = 0x00;
    static final byte PUT = 0x01;
    static final byte FAMILY_DELETE = 0x04;
    static final byte FAMILY_PUT = 0x05;
    static final byte FAMILY_RANGE = 0x0E;
    static final byte RANGE = 0x0F;
    static final int HEADER = 12;

    /// What must hold for the batch to be written. See [#require].
    record Condition(byte[] key, byte[] expected) {}

    private byte[] buffer;
    private int length = HEADER;
    private int count;
    private final List<Condition> conditions = new ArrayList<>(0);
    private final List<Runnable> announcements = new ArrayList<>(1);
    private final List<Runnable> failures = new ArrayList<>(1);

    public Batch() {
        this(1024);
    }

    /// @param octets how much room to make at first
    public Batch(int octets) {
        buffer = new byte[Math.max(octets, 64)];
    }

    public Batch put(byte[] key, byte[] value) {
        return put(Family.RECORDS, key, value);
    }

    public Batch put(Family family, byte[] key, byte[] value) {
        return put(family, key, value, 0, value.length);
    }

    public Batch put(Family family, byte[] key, byte[] value, int offset, int octets) {
        ensure(key.length + octets + 16);
        if (family == Family.RECORDS) {
            buffer[length++] = PUT;
        } else {
            buffer[length++] = FAMILY_PUT;
            varint(family.number());
        }
        slice(key, 0, key.length);
        slice(value, offset, octets);
        count++;
        return this;
    }

    public Batch delete(byte[] key) {
        return delete(Family.RECORDS, key);
    }

    public Batch delete(Family family, byte[] key) {
        ensure(key.length + 16);
        if (family == Family.RECORDS) {
            buffer[length++] = DELETE;
        } else {
            buffer[length++] = FAMILY_DELETE;
            varint(family.number());
        }
        slice(key, 0, key.length);
        count++;
        return this;
    }

    /// Deletes all rows with `from <= key < to`.
    public Batch deleteRange(Family family, byte[] from, byte[] to) {
        ensure(from.length + to.length + 16);
        if (family == Family.RECORDS) {
            buffer[length++] = RANGE;
        } else {
            buffer[length++] = FAMILY_RANGE;
            varint(family.number());
        }
        slice(from, 0, from.length);
        slice(to, 0, to.length);
        count++;
        return this;
    }

    /// Asserts that the record at `key` is `expected` when the batch is written (null: that there
    /// is none); otherwise the commit fails as [StoreTrouble.NotCommitted].
    public Batch require(byte[] key, byte[] expected) {
        conditions.add(new Condition(key, expected));
        return this;
    }

    /// Runs `announcement` after the commit, in commit order, on the committer's thread: it must be
    /// short, must not wait and must not throw.
    public Batch afterCommit(Runnable announcement) {
        announcements.add(announcement);
        return this;
    }

    /// Runs `undo` when the commit failed, on the committer's thread, under the same rules.
    public Batch onFailure(Runnable undo) {
        failures.add(undo);
        return this;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /// Octets that the batch writes, roughly.
    public int size() {
        return length;
    }

    List<Condition> conditions() {
        return conditions;
    }

    void announce() {
        for (Runnable announcement : announcements) announcement.run();
    }

    void undo() {
        for (Runnable undo : failures) undo.run();
    }

    /// Adds the operations of `other` behind the own ones. Conditions and announcements stay with
    /// `other`.
    void append(Batch other) {
        int octets = other.length - HEADER;
        ensure(octets);
        System.arraycopy(other.buffer, HEADER, buffer, length, octets);
        length += octets;
        count += other.count;
    }

    /// A batch with exactly the room for the operations of `batches`.
    static Batch roomFor(List<Batch> batches) {
        int octets = HEADER;
        for (Batch batch : batches) octets += batch.length - HEADER;
        return new Batch(octets);
    }

    /// Makes room for a value that is about to be put, so that the buffer grows once.
    void expect(int octets) {
        ensure(octets);
    }

    /// The batch as RocksDB reads it. Nothing may be added afterwards.
    byte[] serialized() {
        byte[] out = length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
        for (int i = 0; i < 4; i++) out[8 + i] = (byte) (count >>> (8 * i));
        return out;
    }

    private void slice(byte[] octets, int offset, int size) {
        varint(size);
        System.arraycopy(octets, offset, buffer, length, size);
        length += size;
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            buffer[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
    }

    private void ensure(int more) {
        if (length + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
        }
    }
}
