package yubin.mime;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The raw lines of the header fields that are kept with a part, a slice of its own array or of a
/// stored record.
final class KeptHeader {
    static final KeptHeader NONE = new KeptHeader(new byte[0], 0, 0);

    private final byte[] octets;
    private final int from;
    private final int to;
    private final boolean whole;

    /// Four ints for each field, as [HeaderFields.Sink] takes them; made when first asked for.
    private int[] index;

    KeptHeader(byte[] octets, int from, int to) {
        this(octets, from, to, true);
    }

    private KeptHeader(byte[] octets, int from, int to, boolean whole) {
        this.octets = octets;
        this.from = from;
        this.to = to;
        this.whole = whole;
    }

    /// Picks the fields to keep out of a header; moves them to the front of `header` itself.
    ///
    /// @param room octets that may still be kept
    static KeptHeader pick(byte[] header, int length, boolean ofMessage, int room) {
        Picker picker = new Picker(ofMessage, room);
        HeaderFields.each(header, 0, length, picker);
        if (picker.length == 0 && picker.whole) return NONE;
        byte[] kept = Arrays.copyOf(header, picker.length);
        return new KeptHeader(kept, 0, picker.length, picker.whole);
    }

    private static final class Picker implements HeaderFields.Sink {
        private final boolean ofMessage;
        private final int room;
        private int length;
        private boolean whole = true;

        Picker(boolean ofMessage, int room) {
            this.ofMessage = ofMessage;
            this.room = room;
        }

        @Override
        public boolean field(byte[] octets, int start, int nameEnd, int value, int end) {
            boolean keep =
                    ofMessage
                            ? HeaderFields.isKept(octets, start, nameEnd)
                            : HeaderFields.isContent(octets, start, nameEnd);
            if (!keep) return true;
            int count = end - start;
            if (count > MessageScanner.FIELD_KEPT_OCTETS_MAX || length + count > room) {
                whole = false;
                return true;
            }
            System.arraycopy(octets, start, octets, length, count);
            length += count;
            return true;
        }
    }

    /// False when a bound left fields out (only known where the header was picked).
    boolean isWhole() {
        return whole;
    }

    int length() {
        return to - from;
    }

    byte[] octets() {
        return Arrays.copyOfRange(octets, from, to);
    }

    void copyTo(byte[] into, int at) {
        System.arraycopy(octets, from, into, at, to - from);
    }

    void each(HeaderFields.Sink sink) {
        HeaderFields.each(octets, from, to, sink);
    }

    List<Field> list() {
        return HeaderFields.list(octets, from, to);
    }

    /// The first field of this name (any case), null when absent.
    Field field(String name) {
        if (index == null) {
            Indexer indexer = new Indexer();
            each(indexer);
            index = Arrays.copyOf(indexer.at, indexer.count);
        }
        String lower = name.toLowerCase(Locale.ROOT);
        for (int i = 0; i < index.length; i += 4) {
            if (HeaderFields.is(octets, index[i], index[i + 1], lower)) {
                return HeaderFields.field(
                        octets, index[i], index[i + 1], index[i + 2], index[i + 3]);
            }
        }
        return null;
    }

    private static final class Indexer implements HeaderFields.Sink {
        private int[] at = new int[64];
        private int count;

        @Override
        public boolean field(byte[] octets, int start, int nameEnd, int value, int end) {
            if (count == at.length) at = Arrays.copyOf(at, 2 * count);
            at[count++] = start;
            at[count++] = nameEnd;
            at[count++] = value;
            at[count++] = end;
            return true;
        }
    }
}
