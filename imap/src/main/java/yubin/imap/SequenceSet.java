package yubin.imap;

import java.util.Arrays;

/// `sequence-set`: message sequence numbers or UIDs, in any order, overlaps allowed. RFC 3501 §9.
///
/// Numbers are unsigned 32 bits in `long`; 0 stands for `*`. How many ranges there are is bounded
/// by the octets of a command.
final class SequenceSet {
    private static final long STAR = 0;

    /// from, to, from, to...
    private final long[] ranges;

    private SequenceSet(long[] ranges) {
        this.ranges = ranges;
    }

    /// A set with all messages.
    static SequenceSet all() {
        return new SequenceSet(new long[] {1, STAR});
    }

    /// `sequence-set = (seq-number / seq-range) *("," sequence-set)`
    static SequenceSet parse(Cursor in) throws Cursor.Unreadable {
        long[] ranges = new long[8];
        int n = 0;
        do {
            if (n == ranges.length) ranges = Arrays.copyOf(ranges, n * 2);
            long from = seqNumber(in);
            ranges[n++] = from;
            ranges[n++] = in.take(':') ? seqNumber(in) : from;
        } while (in.take(','));
        return new SequenceSet(Arrays.copyOf(ranges, n));
    }

    private static long seqNumber(Cursor in) throws Cursor.Unreadable {
        return in.take('*') ? STAR : in.nzNumber();
    }

    boolean hasStar() {
        for (long number : ranges) if (number == STAR) return true;
        return false;
    }

    /// The messages of `known` whose sequence numbers are in the set, as disjoint ascending
    /// pairs of indexes `[from, to)`.
    ///
    /// Null when it names a message that is not there, for which RFC 3501 §9 asks for BAD. A range
    /// that ends in `*` is let through, as clients ask for `7:*` to learn what is new.
    int[] indexes(Known known) {
        long count = known.count();
        int[] pairs = new int[ranges.length];
        int n = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            boolean open = ranges[i] == STAR || ranges[i + 1] == STAR;
            if (count == 0 && open && ranges[i] != ranges[i + 1]) continue;
            long a = ranges[i] == STAR ? count : ranges[i];
            long b = ranges[i + 1] == STAR ? count : ranges[i + 1];
            long from = Math.min(a, b);
            long to = Math.max(a, b);
            if (open) {
                from = Math.min(from, count);
                to = count;
            }
            if (from < 1 || to > count) return null;
            pairs[n++] = (int) from - 1;
            pairs[n++] = (int) to;
        }
        return merged(pairs, n);
    }

    /// The same for UIDs; those that are not there are passed over. RFC 3501 §6.4.8.
    int[] uidIndexes(Known known) {
        int count = known.count();
        long last =
                count == 0
                        ? Integer.toUnsignedLong(known.uidNext())
                        : Integer.toUnsignedLong(known.uid(count - 1));
        int[] pairs = new int[ranges.length];
        int n = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            long a = ranges[i] == STAR ? last : ranges[i];
            long b = ranges[i + 1] == STAR ? last : ranges[i + 1];
            int from = known.indexFrom((int) Math.min(a, b));
            long past = Math.max(a, b) + 1;
            int to = past > 0xffffffffL ? count : known.indexFrom((int) past);
            if (from == to) continue;
            pairs[n++] = from;
            pairs[n++] = to;
        }
        return merged(pairs, n);
    }

    /// The numbers themselves, in the order given, at most `max` of them; for sets without `*`.
    int[] numbers(int max) {
        int[] numbers = new int[16];
        int n = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            long from = Math.min(ranges[i], ranges[i + 1]);
            long to = Math.max(ranges[i], ranges[i + 1]);
            for (long number = from; number <= to && n < max; number++) {
                if (n == numbers.length) numbers = Arrays.copyOf(numbers, n * 2);
                numbers[n++] = (int) number;
            }
        }
        return Arrays.copyOf(numbers, n);
    }

    /// Those of `numbers` that are in the set. Numbers above all others are those of `*`.
    int[] among(int[] numbers) {
        long[] sorted = sorted();
        int[] found = new int[numbers.length];
        int n = 0;
        for (int number : numbers) {
            long value = Integer.toUnsignedLong(number);
            int low = 0;
            int high = sorted.length / 2;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (sorted[2 * middle + 1] < value) low = middle + 1;
                else high = middle;
            }
            if (low < sorted.length / 2 && sorted[2 * low] <= value) found[n++] = number;
        }
        return Arrays.copyOf(found, n);
    }

    /// Disjoint ascending pairs, both ends in; `*` is the largest number there can be.
    long[] sorted() {
        long[] starts = new long[ranges.length / 2];
        long[] ends = new long[starts.length];
        Integer[] order = new Integer[starts.length];
        for (int i = 0; i < starts.length; i++) {
            long a = ranges[2 * i] == STAR ? 0xffffffffL : ranges[2 * i];
            long b = ranges[2 * i + 1] == STAR ? 0xffffffffL : ranges[2 * i + 1];
            starts[i] = Math.min(a, b);
            ends[i] = Math.max(a, b);
            order[i] = i;
        }
        Arrays.sort(order, (x, y) -> Long.compare(starts[x], starts[y]));
        long[] sorted = new long[ranges.length];
        int n = 0;
        for (int i : order) {
            if (n > 0 && starts[i] <= sorted[n - 1] + 1) {
                sorted[n - 1] = Math.max(sorted[n - 1], ends[i]);
            } else {
                sorted[n++] = starts[i];
                sorted[n++] = ends[i];
            }
        }
        return Arrays.copyOf(sorted, n);
    }

    /// Sorts pairs and joins those that touch. Mostly there is one, or they are in order already.
    private static int[] merged(int[] pairs, int n) {
        boolean inOrder = true;
        for (int i = 2; i < n && inOrder; i += 2) inOrder = pairs[i] > pairs[i - 1];
        if (inOrder) return n == pairs.length ? pairs : Arrays.copyOf(pairs, n);
        long[] sorted = new long[n / 2];
        for (int i = 0; i < n; i += 2) sorted[i / 2] = (long) pairs[i] << 32 | pairs[i + 1];
        Arrays.sort(sorted);
        int[] merged = new int[n];
        int m = 0;
        for (long pair : sorted) {
            int from = (int) (pair >> 32);
            int to = (int) pair;
            if (m > 0 && from <= merged[m - 1]) {
                merged[m - 1] = Math.max(merged[m - 1], to);
            } else {
                merged[m++] = from;
                merged[m++] = to;
            }
        }
        return Arrays.copyOf(merged, m);
    }

    /// How many messages such pairs hold.
    static int size(int[] pairs) {
        int size = 0;
        for (int i = 0; i < pairs.length; i += 2) size += pairs[i + 1] - pairs[i];
        return size;
    }

    /// The UIDs of the messages in such pairs, ascending.
    static int[] uids(Known known, int[] pairs) {
        int[] uids = new int[size(pairs)];
        int n = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            for (int index = pairs[i]; index < pairs[i + 1]; index++) {
                uids[n++] = known.uid(index);
            }
        }
        return uids;
    }
}
