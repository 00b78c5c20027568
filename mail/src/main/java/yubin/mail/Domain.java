package yubin.mail;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/// A domain name as mail uses it, kept as lower-case A-labels without the final dot.
/// RFC 5321 §4.1.2, RFC 5890 through [IDN].
///
/// Also holds an address literal such as `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3),
/// which keeps its brackets.
///
/// @param ascii 1 to 255 octets
public record Domain(String ascii) implements Comparable<Domain> {
    /// RFC 5321 §4.5.3.1.2.
    public static final int OCTETS_MAX = 255;

    public Domain {
        if (ascii.isEmpty() || ascii.length() > OCTETS_MAX) {
            throw new IllegalArgumentException("domain of " + ascii.length() + " octets");
        }
    }

    /// Reads a name in any case, in A-labels or U-labels; empty when it is not a domain name.
    public static Optional<Domain> parse(String text) {
        if (text.startsWith("[") && text.endsWith("]") && text.length() > 2) return literal(text);
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.isEmpty() || name.length() > OCTETS_MAX) return Optional.empty();
        String ascii;
        if (isAscii(name)) {
            ascii = name.toLowerCase(Locale.ROOT);
        } else {
            // JDK's IDN is IDNA2003: it differs from UTS 46 for a handful of characters (RFC 5895).
            try {
                ascii =
                        IDN.toASCII(
                                        Normalizer.normalize(name, Normalizer.Form.NFC),
                                        IDN.ALLOW_UNASSIGNED)
                                .toLowerCase(Locale.ROOT);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return isDomain(ascii) ? Optional.of(new Domain(ascii)) : Optional.empty();
    }

    /// The same for a name that is known to be good, such as one in a test or a constant.
    ///
    /// @throws IllegalArgumentException when it is not
    public static Domain of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("domain " + text));
    }

    /// As a person reads it: U-labels where they exist.
    public String unicode() {
        return isLiteral() || !ascii.contains("xn--") ? ascii : IDN.toUnicode(ascii);
    }

    public boolean isLiteral() {
        return ascii.startsWith("[");
    }

    @Override
    public int compareTo(Domain other) {
        return ascii.compareTo(other.ascii);
    }

    @Override
    public String toString() {
        return ascii;
    }

    private static Optional<Domain> literal(String text) {
        if (text.length() > 64) return Optional.empty();
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            boolean allowed =
                    c >= '0' && c <= '9'
                            || c >= 'a' && c <= 'f'
                            || c >= 'A' && c <= 'F'
                            || c == '.'
                            || c == ':'
                            || "IPVipv".indexOf(c) >= 0;
            if (!allowed) return Optional.empty();
        }
        return Optional.of(new Domain(text.toLowerCase(Locale.ROOT)));
    }

    /// `sub-domain *("." sub-domain)`, with the underscore that real host names carry.
    private static boolean isDomain(String name) {
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '.') {
                int length = i - start;
                if (length == 0 || length > 63) return false;
                if (name.charAt(start) == '-' || name.charAt(i - 1) == '-') return false;
                start = i + 1;
            } else {
                char c = name.charAt(i);
                boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
                if (!letterOrDigit && c != '-' && c != '_') return false;
            }
        }
        return name.length() <= OCTETS_MAX;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) > 127) return false;
        return true;
    }
}
