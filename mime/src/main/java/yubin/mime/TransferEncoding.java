package yubin.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// The encodings that carry a body through seven bits: base64, quoted-printable, and uuencode of
/// old. RFC 2045 §6.
final class TransferEncoding {
    /// RFC 2045 §6.7 rule 5, §6.8.
    private static final int LINE_CHARS_MAX = 76;

    private static final byte[] BASE64 = new byte[128];
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    static {
        Arrays.fill(BASE64, (byte) -1);
        String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < 64; i++) BASE64[digits.charAt(i)] = (byte) i;
        BASE64['='] = -2;
    }

    private TransferEncoding() {}

    /// Decodes loosely; an encoding that is not known leaves the octets as they are.
    ///
    /// @param encoding in lower case
    static byte[] decode(String encoding, byte[] octets, int from, int to) {
        int start = Math.min(from, to);
        return switch (encoding) {
            case "base64", "base-64", "x-base64" ->
                    looksLikeBase64(octets, start, to)
                            ? base64(octets, start, to)
                            : Arrays.copyOfRange(octets, start, to);
            case "quoted-printable", "quotedprintable", "quoted_printable", "qp" ->
                    quotedPrintable(octets, start, to);
            case "x-uuencode", "uuencode", "x-uue", "uue" -> uuencode(octets, start, to);
            default -> Arrays.copyOfRange(octets, start, to);
        };
    }

    /// False when one of the first signs is none of base64: the label is wrong.
    private static boolean looksLikeBase64(byte[] octets, int from, int to) {
        int seen = 0;
        for (int i = from; i < to && seen < 4; i++) {
            byte octet = octets[i];
            if (octet > 0 && octet <= ' ') continue;
            if (octet < 0 || BASE64[octet] == -1) return false;
            seen++;
        }
        return true;
    }

    /// Passes over what is no base64 digit; padding ends a group, and what follows starts anew, so
    /// that pieces encoded one by one and joined are read whole.
    static byte[] base64(byte[] octets, int from, int to) {
        byte[] out = new byte[(to - from) / 4 * 3 + 3];
        int length = 0;
        int bits = 0;
        int digits = 0;
        for (int i = from; i < to; i++) {
            byte octet = octets[i];
            int digit = octet < 0 ? -1 : BASE64[octet];
            if (digit >= 0) {
                bits = bits << 6 | digit;
                if (++digits == 4) {
                    out[length++] = (byte) (bits >> 16);
                    out[length++] = (byte) (bits >> 8);
                    out[length++] = (byte) bits;
                    digits = 0;
                    bits = 0;
                }
            } else if (digit == -2 && digits > 0) {
                length = flush(bits, digits, out, length);
                digits = 0;
                bits = 0;
            }
        }
        length = flush(bits, digits, out, length);
        return length == out.length ? out : Arrays.copyOf(out, length);
    }

    /// A group that is cut; one whose left-over bits are not zero was no base64.
    private static int flush(int bits, int digits, byte[] out, int at) {
        int length = at;
        if (digits == 2 && (bits & 15) == 0) {
            out[length++] = (byte) (bits >> 4);
        } else if (digits == 3 && (bits & 3) == 0) {
            out[length++] = (byte) (bits >> 10);
            out[length++] = (byte) (bits >> 2);
        }
        return length;
    }

    /// Blanks before a line end were added under way and go; `=` and a line end join two lines;
    /// `=` with anything else but two hexadecimal digits stays. RFC 2045 §6.7.
    static byte[] quotedPrintable(byte[] octets, int from, int to) {
        byte[] out = new byte[to - from];
        int length = 0;
        int i = from;
        // Where the octets of the current line that are no blanks end.
        int solid = 0;
        while (i < to) {
            byte octet = octets[i];
            if (octet == '=') {
                int high = i + 1 < to ? hex(octets[i + 1]) : -1;
                int low = i + 2 < to ? hex(octets[i + 2]) : -1;
                if (high >= 0 && low >= 0) {
                    out[length++] = (byte) (high << 4 | low);
                    solid = length;
                    i += 3;
                    continue;
                }
                int end = softBreakEnd(octets, i + 1, to);
                if (end >= 0) {
                    solid = length;
                    i = end;
                    continue;
                }
            } else if (octet == '\n' || octet == '\r' && i + 1 < to && octets[i + 1] == '\n') {
                length = solid;
                if (octet == '\r') out[length++] = octets[i++];
                out[length++] = '\n';
                solid = length;
                i++;
                continue;
            }
            out[length++] = octet;
            if (octet != ' ' && octet != '\t') solid = length;
            i++;
        }
        return Arrays.copyOf(out, length);
    }

    /// After blanks and a line end, or -1 when something else comes first.
    private static int softBreakEnd(byte[] octets, int from, int to) {
        int i = from;
        while (i < to && (octets[i] == ' ' || octets[i] == '\t' || octets[i] == '\r')) i++;
        if (i == to) return to;
        return octets[i] == '\n' ? i + 1 : -1;
    }

    static int hex(byte octet) {
        return Character.digit(octet, 16);
    }

    /// Lines between `begin` and `end`; without `begin` all of it.
    static byte[] uuencode(byte[] octets, int from, int to) {
        byte[] out = new byte[to - from];
        int length = 0;
        int at = from;
        boolean begun = !contains(octets, from, to, "begin ");
        while (at < to) {
            int end = at;
            while (end < to && octets[end] != '\n') end++;
            int stop = end > at && octets[end - 1] == '\r' ? end - 1 : end;
            if (startsWith(octets, at, stop, "begin ")) {
                begun = true;
            } else if (begun && startsWith(octets, at, stop, "end")) {
                break;
            } else if (begun && stop > at) {
                length = uuLine(octets, at, stop, out, length);
            }
            at = end + 1;
        }
        return Arrays.copyOf(out, length);
    }

    private static int uuLine(byte[] octets, int from, int to, byte[] out, int at) {
        int count = octets[from] - 32 & 63;
        int length = at;
        for (int i = from + 1; count > 0 && i < to; i += 4) {
            int bits = 0;
            for (int k = 0; k < 4; k++)
                bits = bits << 6 | (i + k < to ? octets[i + k] - 32 & 63 : 0);
            for (int shift = 16; shift >= 0 && count > 0 && length < out.length; shift -= 8) {
                out[length++] = (byte) (bits >> shift);
                count--;
            }
        }
        return length;
    }

    private static boolean startsWith(byte[] octets, int at, int to, String prefix) {
        if (to - at < prefix.length()) return false;
        for (int i = 0; i < prefix.length(); i++) {
            if (octets[at + i] != prefix.charAt(i)) return false;
        }
        return true;
    }

    private static boolean contains(byte[] octets, int from, int to, String text) {
        for (int i = from; i < to; i++) if (startsWith(octets, i, to, text)) return true;
        return false;
    }

    /// base64 in lines of 76 characters, each ended by CRLF.
    static byte[] toBase64(byte[] octets) {
        byte[] lines = Base64.getMimeEncoder(LINE_CHARS_MAX, CRLF).encode(octets);
        if (lines.length == 0) return lines;
        byte[] out = Arrays.copyOf(lines, lines.length + 2);
        out[lines.length] = '\r';
        out[lines.length + 1] = '\n';
        return out;
    }

    private static final byte[] CRLF = {'\r', '\n'};

    /// quoted-printable of text whose lines end in CRLF; a CR or LF alone is encoded.
    static byte[] toQuotedPrintable(byte[] octets) {
        byte[] out = new byte[octets.length * 3 + octets.length / 20 + 8];
        int length = 0;
        int column = 0;
        for (int i = 0; i < octets.length; i++) {
            byte octet = octets[i];
            if (octet == '\r' && i + 1 < octets.length && octets[i + 1] == '\n') {
                out[length++] = '\r';
                out[length++] = '\n';
                i++;
                column = 0;
                continue;
            }
            boolean atLineEnd =
                    i + 1 == octets.length
                            || octets[i + 1] == '\r'
                                    && i + 2 < octets.length
                                    && octets[i + 2] == '\n';
            boolean plain =
                    octet > ' ' && octet < 127 && octet != '='
                            || (octet == ' ' || octet == '\t') && !atLineEnd;
            // A line that is a dot or starts `From ` is changed by careless hops.
            if (column == 0 && (octet == '.' || octet == 'F')) plain = false;
            int width = plain ? 1 : 3;
            if (column + width > (atLineEnd ? LINE_CHARS_MAX : LINE_CHARS_MAX - 1)) {
                out[length++] = '=';
                out[length++] = '\r';
                out[length++] = '\n';
                column = 0;
            }
            if (length + 8 > out.length) out = Arrays.copyOf(out, out.length * 2);
            if (plain) {
                out[length++] = octet;
            } else {
                out[length++] = '=';
                out[length++] = HEX[octet >> 4 & 15];
                out[length++] = HEX[octet & 15];
            }
            column += width;
        }
        return Arrays.copyOf(out, length);
    }
}
