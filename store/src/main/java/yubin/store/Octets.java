package yubin.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes and reads the values of records: big-endian numbers, varints, texts with their length.
///
/// Reading past the end or over a bound throws [Malformed], which the owner of the record turns
/// into "this record is damaged".
public final class Octets {
    private Octets() {}

    public static void putLong(byte[] to, int at, long value) {
        for (int i = 0; i < 8; i++) to[at + i] = (byte) (value >>> (56 - 8 * i));
    }

    public static void putInt(byte[] to, int at, int value) {
        for (int i = 0; i < 4; i++) to[at + i] = (byte) (value >>> (24 - 8 * i));
    }

    public static long getLong(byte[] from, int at) {
        long value = 0;
        for (int i = 0; i < 8; i++) value = value << 8 | (from[at + i] & 0xFF);
        return value;
    }

    public static int getInt(byte[] from, int at) {
        int value = 0;
        for (int i = 0; i < 4; i++) value = value << 8 | (from[at + i] & 0xFF);
        return value;
    }

    /// A value that cannot be read.
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Malformed(String message) {
            super(message);
        }
    }

    /// Builds one value.
    public static final class Writer {
        private byte[] buffer;
        private int length;

        public Writer(int octets) {
            buffer = new byte[Math.max(16, octets)];
        }

        public Writer octet(int value) {
            ensure(1);
            buffer[length++] = (byte) value;
            return this;
        }

        public Writer fixedInt(int value) {
            ensure(4);
            putInt(buffer, length, value);
            length += 4;
            return this;
        }

        public Writer fixedLong(long value) {
            ensure(8);
            putLong(buffer, length, value);
            length += 8;
            return this;
        }

        /// An unsigned number of 1 to 10 octets, seven bits each, lowest first.
        public Writer varint(long value) {
            ensure(10);
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                buffer[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            buffer[length++] = (byte) rest;
            return this;
        }

        /// Length and octets; null is kept apart from empty.
        public Writer octets(byte[] value) {
            if (value == null) return varint(0);
            varint(value.length + 1L);
            return raw(value, 0, value.length);
        }

        public Writer raw(byte[] value, int offset, int octets) {
            ensure(octets);
            System.arraycopy(value, offset, buffer, length, octets);
            length += octets;
            return this;
        }

        public Writer text(String value) {
            return octets(value == null ? null : value.getBytes(StandardCharsets.UTF_8));
        }

        public byte[] done() {
            return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
        }

        private void ensure(int more) {
            if (length + more > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
            }
        }
    }

    /// Reads one value in the order in which it was written.
    public static final class Reader {
        private final byte[] from;
        private int at;

        public Reader(byte[] from) {
            this.from = from;
        }

        public int octet() {
            need(1);
            return from[at++] & 0xFF;
        }

        public int fixedInt() {
            need(4);
            at += 4;
            return getInt(from, at - 4);
        }

        public long fixedLong() {
            need(8);
            at += 8;
            return getLong(from, at - 8);
        }

        public long varint() {
            long value = 0;
            for (int shift = 0; shift < 70; shift += 7) {
                int octet = octet();
                value |= (long) (octet & 0x7F) << shift;
                if ((octet & 0x80) == 0) return value;
            }
            throw new Malformed("varint without end");
        }

        /// Null where null was written.
        public byte[] octets() {
            long length = varint();
            if (length == 0) return null;
            if (length < 0 || length - 1 > from.length - at) throw new Malformed("short value");
            at += (int) length - 1;
            return Arrays.copyOfRange(from, at - (int) length + 1, at);
        }

        public String text() {
            byte[] octets = octets();
            return octets == null ? null : new String(octets, StandardCharsets.UTF_8);
        }

        public byte[] raw(int octets) {
            need(octets);
            at += octets;
            return Arrays.copyOfRange(from, at - octets, at);
        }

        /// The octets that are left.
        public byte[] rest() {
            return Arrays.copyOfRange(from, at, from.length);
        }

        public boolean hasMore() {
            return at < from.length;
        }

        /// Reads the version octet that begins every value.
        public Reader version(int known) {
            int version = octet();
            if (version != known) throw new Malformed("version " + version + " of a record");
            return this;
        }

        private void need(int octets) {
            if (from.length - at < octets) throw new Malformed("short value");
        }
    }
}
