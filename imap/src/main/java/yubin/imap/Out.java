package yubin.imap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import yubin.wire.Wire;

/// Responses on their way to the wire, written octet by octet into one array that belongs to the
/// session while it works on a command.
///
/// Nothing here waits except [#drain], which hands the octets to the wire. Rows call it when
/// [#isFull], so the array stays near its first size: one row (kept header fields are bounded by
/// `mime`) on top of [#DRAIN_AT].
final class Out {
    static final int DRAIN_AT = 16 * 1024;

    private static final byte[] NIL = {'N', 'I', 'L'};

    private byte[] octets;
    private int length;

    Out() {
        this(DRAIN_AT + 4096);
    }

    Out(int octets) {
        this.octets = new byte[octets];
    }

    boolean isFull() {
        return length >= DRAIN_AT;
    }

    int length() {
        return length;
    }

    /// Takes back what was written after `length`.
    void cut(int length) {
        this.length = length;
    }

    byte[] toArray() {
        return Arrays.copyOf(octets, length);
    }

    void drain(Wire wire) throws IOException {
        if (length == 0) return;
        wire.write(octets, 0, length);
        length = 0;
        if (octets.length > 4 * DRAIN_AT) octets = new byte[DRAIN_AT + 4096];
    }

    private void room(int more) {
        if (octets.length - length < more) {
            octets = Arrays.copyOf(octets, Math.max(octets.length * 2, length + more));
        }
    }

    Out octet(int octet) {
        room(1);
        octets[length++] = (byte) octet;
        return this;
    }

    /// Text of ASCII characters only.
    @SuppressWarnings("deprecation")
    Out ascii(String text) {
        int n = text.length();
        room(n);
        // The deprecated copy takes the low octet of each character: for ASCII the text itself.
        text.getBytes(0, n, octets, length);
        length += n;
        return this;
    }

    Out utf8(String text) {
        return octets(text.getBytes(StandardCharsets.UTF_8));
    }

    Out octets(byte[] more) {
        return octets(more, 0, more.length);
    }

    Out octets(byte[] more, int offset, int count) {
        room(count);
        System.arraycopy(more, offset, octets, length, count);
        length += count;
        return this;
    }

    /// A number that is not negative.
    Out number(long value) {
        room(20);
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) digits++;
        for (int at = length + digits - 1; at >= length; at--) {
            octets[at] = (byte) ('0' + value % 10);
            value /= 10;
        }
        length += digits;
        return this;
    }

    /// A number of 32 bits, unsigned: a UID.
    Out unsigned(int value) {
        return number(Integer.toUnsignedLong(value));
    }

    Out twoDigits(int value) {
        room(2);
        octets[length++] = (byte) ('0' + value / 10 % 10);
        octets[length++] = (byte) ('0' + value % 10);
        return this;
    }

    Out crlf() {
        room(2);
        octets[length++] = '\r';
        octets[length++] = '\n';
        return this;
    }

    Out nil() {
        return octets(NIL);
    }

    /// `{n}` and CRLF, which go before the octets of a literal.
    Out literalHead(long size) {
        return octet('{').number(size).octet('}').crlf();
    }

    /// `nstring`: NIL for null, else [#string].
    Out nstring(String text, boolean utf8) {
        return text == null ? nil() : string(text, utf8);
    }

    /// `string`: quoted where all characters may be, else a literal of UTF-8. A client that enabled
    /// UTF8=ACCEPT gets characters beyond ASCII in quotes, RFC 6855 §3.
    Out string(String text, boolean utf8) {
        boolean quotable = text.length() <= 4096;
        boolean ascii = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128) ascii = false;
            if (c == '\r' || c == '\n' || c == 0) quotable = false;
        }
        if (quotable && (ascii || utf8)) return quoted(text, ascii);
        byte[] literal = text.getBytes(StandardCharsets.UTF_8);
        // NUL may not be in a literal (RFC 3501 §9, CHAR8).
        for (int i = 0; i < literal.length; i++) if (literal[i] == 0) literal[i] = '?';
        return literalHead(literal.length).octets(literal);
    }

    private Out quoted(String text, boolean ascii) {
        octet('"');
        if (text.indexOf('"') >= 0 || text.indexOf('\\') >= 0) {
            text = text.replace("\\", "\\\\").replace("\"", "\\\"");
        }
        if (ascii) ascii(text);
        else utf8(text);
        return octet('"');
    }

    /// Numbers in ascending order as `sequence-set`, runs joined: `1:4,7`.
    Out set(int[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            int from = i;
            while (i + 1 < numbers.length && numbers[i + 1] == numbers[i] + 1) i++;
            if (from > 0) octet(',');
            unsigned(numbers[from]);
            if (i > from) octet(':').unsigned(numbers[i]);
        }
        return this;
    }
}
