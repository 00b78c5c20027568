package yubin.store;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// Rows in memory, for tests of rooms that only need rows.
public final class MemoryKeys implements Keys {
    private final ConcurrentSkipListMap<byte[], byte[]> records =
            new ConcurrentSkipListMap<>(Arrays::compareUnsigned);

    /// When set, writes fail with this.
    public volatile StoreTrouble trouble;

    public Committer committer() {
        return new Committer(this);
    }

    @Override
    public byte[] get(Family family, byte[] key) {
        return records.get(key);
    }

    @Override
    public Cursor scan(Family family, byte[] from, byte[] to) {
        Iterator<Map.Entry<byte[], byte[]>> rows = records.subMap(from, to).entrySet().iterator();
        return new Cursor() {
            private Map.Entry<byte[], byte[]> row;

            @Override
            public boolean next() {
                if (!rows.hasNext()) return false;
                row = rows.next();
                return true;
            }

            @Override
            public byte[] key() {
                return row.getKey();
            }

            @Override
            public byte[] value() {
                return row.getValue();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void write(Batch batch, boolean sync) throws StoreTrouble {
        if (trouble != null) throw trouble;
        byte[] octets = batch.serialized();
        int[] at = {Batch.HEADER};
        while (at[0] < octets.length) {
            byte operation = octets[at[0]++];
            switch (operation) {
                case Batch.PUT -> {
                    byte[] key = slice(octets, at);
                    records.put(key, slice(octets, at));
                }
                case Batch.DELETE -> records.remove(slice(octets, at));
                case Batch.RANGE -> {
                    byte[] from = slice(octets, at);
                    records.subMap(from, slice(octets, at)).clear();
                }
                default -> throw new IllegalStateException("operation " + operation);
            }
        }
    }

    private static byte[] slice(byte[] octets, int[] at) {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int octet = octets[at[0]++];
            length |= (octet & 0x7F) << shift;
            if (octet >= 0) break;
        }
        at[0] += length;
        return Arrays.copyOfRange(octets, at[0] - length, at[0]);
    }

    @Override
    public void reclaim(Family family) {}

    @Override
    public void scrub(Family family, byte[] from, byte[] to) {}

    @Override
    public void copyTo(java.nio.file.Path folder) {
        throw new UnsupportedOperationException("a store in memory has no files to copy");
    }

    @Override
    public void close() {}
}
