package yubin.mail;

import java.util.Optional;

/// The number under which an accepted letter is known in replies, Received fields, `yubin trace`.
///
/// Every letter gets one, also one that never waits in the queue. Written as Crockford base 32
/// without vowels' look-alikes, 12 characters: short enough to read over a telephone.
///
/// @param value 1 to 2^60 - 1
public record QueueId(long value) implements Comparable<QueueId> {
    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 12;

    public QueueId {
        if (value < 1 || value >= 1L << 60) throw new IllegalArgumentException("queue id " + value);
    }

    /// Reads the written form in either case; empty when it is none.
    public static Optional<QueueId> parse(String text) {
        if (text.length() != LENGTH) return Optional.empty();
        long value = 0;
        for (int i = 0; i < LENGTH; i++) {
            int digit = DIGITS.indexOf(Character.toUpperCase(text.charAt(i)));
            if (digit < 0) return Optional.empty();
            value = value << 5 | digit;
        }
        return value < 1 ? Optional.empty() : Optional.of(new QueueId(value));
    }

    @Override
    public int compareTo(QueueId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        char[] out = new char[LENGTH];
        long rest = value;
        for (int i = LENGTH - 1; i >= 0; i--) {
            out[i] = DIGITS.charAt((int) (rest & 31));
            rest >>>= 5;
        }
        return new String(out);
    }
}
