package yubin.dns;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A domain name in wire form: length octet and label, again and again, then a zero octet.
/// RFC 1035 §3.1.
///
/// Keeps the case it came in; equality, hash and order ignore the case of ASCII letters (RFC 4343
/// §3). The order is the canonical one of RFC 4034 §6.1.
public final class Name implements Comparable<Name> {
    /// RFC 1035 §2.3.4, final zero octet included.
    public static final int OCTETS_MAX = 255;

    public static final Name ROOT = new Name(new byte[] {0});

    private final byte[] wire;
    private int hash;

    /// Takes the array, which must be a well-formed name and is never changed afterwards.
    Name(byte[] wire) {
        this.wire = wire;
    }

    /// Reads a presentation form such as `mx.example.com.` (RFC 1035 §5.1); the final dot may be
    /// absent.
    public static Optional<Name> parse(String text) {
        return parse(text, ROOT);
    }

    /// The same for a name that is known to be good, such as one in a test or a constant.
    ///
    /// @throws IllegalArgumentException when it is not
    public static Name of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("name " + text));
    }

    /// Reads a presentation form; without a final dot it is relative to `origin`.
    public static Optional<Name> parse(String text, Name origin) {
        if (text.equals("@")) return Optional.of(origin);
        if (text.equals(".")) return Optional.of(ROOT);
        if (text.isEmpty()) return Optional.empty();
        byte[] out = new byte[OCTETS_MAX];
        int labelAt = 0;
        int at = 1;
        boolean absolute = false;
        for (int i = 0; i < text.length(); i++) {
            int c = text.charAt(i);
            if (c == '.') {
                if (at == labelAt + 1) return Optional.empty();
                out[labelAt] = (byte) (at - labelAt - 1);
                labelAt = at++;
                absolute = i == text.length() - 1;
                if (at >= OCTETS_MAX + (absolute ? 1 : 0)) return Optional.empty();
                continue;
            }
            if (c == '\\') {
                int escaped = escaped(text, i + 1);
                if (escaped < 0) return Optional.empty();
                i += escaped >> 8;
                c = escaped & 0xff;
            } else if (c > 255) {
                return Optional.empty();
            }
            if (at - labelAt > 63 || at >= OCTETS_MAX - 1) return Optional.empty();
            out[at++] = (byte) c;
        }
        if (absolute) {
            out[labelAt] = 0;
            return Optional.of(new Name(Arrays.copyOf(out, labelAt + 1)));
        }
        out[labelAt] = (byte) (at - labelAt - 1);
        if (at + origin.wire.length > OCTETS_MAX) return Optional.empty();
        byte[] whole = Arrays.copyOf(out, at + origin.wire.length);
        System.arraycopy(origin.wire, 0, whole, at, origin.wire.length);
        return Optional.of(new Name(whole));
    }

    /// `\DDD` or `\X` at `at`: characters used in the upper octet, value in the lower; or -1.
    private static int escaped(String text, int at) {
        if (at >= text.length()) return -1;
        char first = text.charAt(at);
        if (first < '0' || first > '9') return first > 255 ? -1 : 1 << 8 | first;
        if (at + 3 > text.length()) return -1;
        int value = 0;
        for (int i = at; i < at + 3; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') return -1;
            value = value * 10 + digit - '0';
        }
        return value > 255 ? -1 : 3 << 8 | value;
    }

    /// The octets themselves: not to be changed.
    byte[] wire() {
        return wire;
    }

    int length() {
        return wire.length;
    }

    public boolean isRoot() {
        return wire.length == 1;
    }

    /// Number of labels, the root not counted: 0 to 127.
    public int labels() {
        int count = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) count++;
        return count;
    }

    /// Without its first label; the root's parent is the root.
    public Name parent() {
        return isRoot() ? this : new Name(Arrays.copyOfRange(wire, wire[0] + 1, wire.length));
    }

    /// Its last `labels` labels.
    public Name suffix(int labels) {
        int skip = labels() - labels;
        if (skip <= 0) return this;
        int at = 0;
        for (; skip > 0; skip--) at += wire[at] + 1;
        return new Name(Arrays.copyOfRange(wire, at, wire.length));
    }

    /// True when it equals `ancestor` or lies below it.
    public boolean isUnder(Name ancestor) {
        int start = wire.length - ancestor.wire.length;
        if (start < 0) return false;
        int at = 0;
        while (at < start) at += wire[at] + 1;
        return at == start && sameOctets(wire, start, ancestor.wire, 0, ancestor.wire.length);
    }

    /// The first label in front of this name; empty when the whole would be too long.
    Optional<Name> child(byte[] label) {
        if (label.length > 63 || label.length + 1 + wire.length > OCTETS_MAX) {
            return Optional.empty();
        }
        byte[] whole = new byte[label.length + 1 + wire.length];
        whole[0] = (byte) label.length;
        System.arraycopy(label, 0, whole, 1, label.length);
        System.arraycopy(wire, 0, whole, label.length + 1, wire.length);
        return Optional.of(new Name(whole));
    }

    /// `*.` in front of this name. RFC 4592 §2.1.1.
    Optional<Name> wildcard() {
        return child(new byte[] {'*'});
    }

    boolean isWildcard() {
        return wire.length > 2 && wire[0] == 1 && wire[1] == '*';
    }

    /// This name with its ending `from` replaced by `to` (RFC 6672); empty when too long.
    Optional<Name> moved(Name from, Name to) {
        int keep = wire.length - from.wire.length;
        if (keep + to.wire.length > OCTETS_MAX) return Optional.empty();
        byte[] whole = Arrays.copyOf(wire, keep + to.wire.length);
        System.arraycopy(to.wire, 0, whole, keep, to.wire.length);
        return Optional.of(new Name(whole));
    }

    /// All letters in lower case: the canonical form of RFC 4034 §6.2.
    Name lower() {
        for (int i = 0; i < wire.length; i++) {
            if (lower(wire[i]) != wire[i]) {
                byte[] small = wire.clone();
                for (; i < small.length; i++) small[i] = lower(small[i]);
                return new Name(small);
            }
        }
        return this;
    }

    /// As mail writes it: lower-case, without the final dot; "." for the root.
    public String host() {
        String text = lower().toString();
        return isRoot() ? text : text.substring(0, text.length() - 1);
    }

    /// Length octets are below 64 and so are never taken for letters.
    static byte lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? (byte) (octet + 32) : octet;
    }

    static boolean sameOctets(byte[] a, int atA, byte[] b, int atB, int length) {
        for (int i = 0; i < length; i++) {
            byte left = a[atA + i];
            byte right = b[atB + i];
            if (left != right && lower(left) != lower(right)) return false;
        }
        return true;
    }

    @Override
    public int compareTo(Name other) {
        int[] mine = new int[128];
        int[] theirs = new int[128];
        int a = labelStarts(mine);
        int b = other.labelStarts(theirs);
        while (a > 0 && b > 0) {
            int left = mine[--a];
            int right = theirs[--b];
            int shorter = Math.min(wire[left], other.wire[right]);
            for (int i = 1; i <= shorter; i++) {
                int difference =
                        (lower(wire[left + i]) & 0xff) - (lower(other.wire[right + i]) & 0xff);
                if (difference != 0) return difference;
            }
            if (wire[left] != other.wire[right]) return wire[left] - other.wire[right];
        }
        return a - b;
    }

    private int labelStarts(int[] starts) {
        int count = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) starts[count++] = at;
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name name
                && name.wire.length == wire.length
                && sameOctets(wire, 0, name.wire, 0, wire.length);
    }

    @Override
    public int hashCode() {
        int h = hash;
        if (h == 0) {
            for (byte octet : wire) h = h * 31 + lower(octet);
            hash = h;
        }
        return h;
    }

    /// Presentation form with the final dot. RFC 1035 §5.1.
    @Override
    public String toString() {
        if (isRoot()) return ".";
        StringBuilder text = new StringBuilder(wire.length);
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
            for (int i = at + 1; i <= at + wire[at]; i++) escape(text, wire[i] & 0xff);
            text.append('.');
        }
        return text.toString();
    }

    private static void escape(StringBuilder text, int c) {
        if (".\\\"();@$".indexOf(c) >= 0) {
            text.append('\\').append((char) c);
        } else if (c > 32 && c < 127) {
            text.append((char) c);
        } else {
            text.append('\\');
            text.append((char) ('0' + c / 100));
            text.append((char) ('0' + c / 10 % 10));
            text.append((char) ('0' + c % 10));
        }
    }

    /// A label's octets for [#child].
    static byte[] label(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
