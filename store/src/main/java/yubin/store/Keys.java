package yubin.store;

/// Ordered octet keys with values, in two families. The one place that knows an engine is behind
/// this interface: RocksDB on one machine, something else on many.
///
/// Reads see what is committed. Writes go through [Committer] only.
public interface Keys extends AutoCloseable {
    /// Records are small and often rewritten; blobs are message octets, written once.
    enum Family {
        RECORDS(0),
        BLOBS(1);

        private final int number;

        Family(int number) {
            this.number = number;
        }

        /// How the family is called in a serialized batch.
        int number() {
            return number;
        }
    }

    /// The value, or null when there is none.
    byte[] get(Family family, byte[] key) throws StoreTrouble;

    /// All rows with `from <= key < to` in key order. The caller closes the cursor.
    Cursor scan(Family family, byte[] from, byte[] to);

    /// Writes every operation of the batch or none. Returns when it is on disk if `sync`.
    void write(Batch batch, boolean sync) throws StoreTrouble;

    /// Gives the disk back what deleted rows of a family still take, now rather than by and by.
    void reclaim(Family family) throws StoreTrouble;

    /// Leaves nothing on the disk of old values of the rows with `from <= key < to`: writes anew
    /// every file that may have them, now.
    void scrub(Family family, byte[] from, byte[] to) throws StoreTrouble;

    /// Writes a copy of everything as it is at this moment into a folder that does not exist yet.
    void copyTo(java.nio.file.Path folder) throws StoreTrouble;

    @Override
    void close();

    /// Walks over rows; stands before the first one until `next` was called.
    interface Cursor extends AutoCloseable {
        /// Goes to the next row; false when there is none.
        boolean next() throws StoreTrouble;

        byte[] key();

        byte[] value();

        @Override
        void close();
    }
}
