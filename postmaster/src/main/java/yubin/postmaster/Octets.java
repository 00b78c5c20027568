package yubin.postmaster;

import java.util.OptionalLong;

/// Sizes as people write them: `512`, `64K`, `50M`, `5G`; K, M and G are powers of 1024.
final class Octets {
    static final String ALLOWED = "a number of octets, with K, M or G for powers of 1024: \"50M\"";

    private Octets() {}

    /// Reads a size in either case; empty when it is none, or over 2^53.
    static OptionalLong parse(String text) {
        String digits = text.strip();
        int shift = 0;
        if (!digits.isEmpty()) {
            shift =
                    switch (digits.charAt(digits.length() - 1)) {
                        case 'K', 'k' -> 10;
                        case 'M', 'm' -> 20;
                        case 'G', 'g' -> 30;
                        default -> 0;
                    };
            if (shift > 0) digits = digits.substring(0, digits.length() - 1);
        }
        if (digits.isEmpty() || digits.length() > 15) return OptionalLong.empty();
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) return OptionalLong.empty();
            value = value * 10 + digit;
        }
        if (value > (1L << 53) >> shift) return OptionalLong.empty();
        return OptionalLong.of(value << shift);
    }

    /// The shortest exact form: `50M`, `1536K`, `17`.
    static String format(long octets) {
        if (octets != 0 && octets % (1L << 30) == 0) return (octets >> 30) + "G";
        if (octets != 0 && octets % (1L << 20) == 0) return (octets >> 20) + "M";
        if (octets != 0 && octets % (1L << 10) == 0) return (octets >> 10) + "K";
        return Long.toString(octets);
    }
}
