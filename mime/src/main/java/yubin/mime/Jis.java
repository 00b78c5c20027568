package yubin.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Reads the Japanese encodings that are built on JIS X 0208 rows: ISO-2022-JP in all its dialects,
/// and EUC-JP.
///
/// Rows are turned into Shift_JIS arithmetically and read by windows-31j, because mail labelled
/// iso-2022-jp holds the characters of Windows (NEC row 13: circled digits; IBM extensions: the
/// "ladder" taka) that the JDK's ISO-2022-JP turns into U+FFFD. JIS X 0212 (ESC $ ( D) goes to its
/// own reader. A pair that is none costs one replacement character, and every line end goes back to
/// ASCII, so that one lost octet spoils one line. RFC 1468 names the escapes.
final class Jis {
    private static final Charset WINDOWS_31J = Charset.forName("windows-31j");
    private static final Charset JIS_X_0212 = Charset.forName("JIS_X0212-1990");
    private static final char BAD = '\uFFFD';
    private static final int ESC = 0x1B;

    private enum Set {
        ASCII,
        KANA,
        ROWS,
        ROWS_0212
    }

    private Jis() {}

    /// True when an escape sequence of ISO-2022-JP is in it: `ESC $` or `ESC (`.
    static boolean hasEscapes(byte[] octets, int from, int to) {
        for (int i = from; i + 2 < to; i++) {
            if (octets[i] == ESC && (octets[i + 1] == '$' || octets[i + 1] == '(')) return true;
        }
        return false;
    }

    /// Total.
    static String decode(byte[] octets, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        byte[] run = new byte[2 * (to - from)];
        int length = 0;
        Set set = Set.ASCII;
        boolean shifted = false;
        int i = from;
        while (i < to) {
            int octet = octets[i] & 0xFF;
            if (octet == ESC) {
                Set next = setAfterEscape(octets, i, to);
                if (next != null) {
                    set = next;
                    i += escapeLength(octets, i, to);
                    continue;
                }
            }
            if (octet == '\n' || octet == '\r') {
                set = Set.ASCII;
                shifted = false;
            } else if (octet == 0x0E || octet == 0x0F) {
                // SO and SI of cp50222: half-width kana in seven bits.
                shifted = octet == 0x0E;
                i++;
                continue;
            }
            if (set == Set.ROWS_0212 && octet > 0x20 && octet < 0x7F) {
                out.append(new String(run, 0, length, WINDOWS_31J));
                length = 0;
                boolean pair = i + 1 < to && octets[i + 1] > 0x20 && octets[i + 1] < 0x7F;
                out.append(pair ? new String(octets, i, 2, JIS_X_0212) : String.valueOf(BAD));
                i += pair ? 2 : 1;
            } else if (set == Set.ROWS && octet > 0x20 && octet < 0x7F) {
                boolean pair = i + 1 < to && octets[i + 1] > 0x20 && octets[i + 1] < 0x7F;
                length = append(run, length, octet, pair ? octets[i + 1] : 0);
                i += pair ? 2 : 1;
            } else {
                boolean kana = (set == Set.KANA || shifted) && octet > 0x20 && octet < 0x60;
                run[length++] = (byte) (kana ? octet | 0x80 : plain(octet));
                i++;
            }
        }
        return out.append(new String(run, 0, length, WINDOWS_31J)).toString();
    }

    /// What stands in ASCII: eight-bit kana are read, anything else above 127 is a replacement.
    private static int plain(int octet) {
        return octet < 0x80 || octet > 0xA0 && octet < 0xE0 ? octet : 0xFF;
    }

    private static Set setAfterEscape(byte[] octets, int at, int to) {
        if (at + 2 >= to) return null;
        byte kind = octets[at + 1];
        byte which = octets[at + 2];
        if (kind == '(') return which == 'I' ? Set.KANA : Set.ASCII;
        if (kind == '$') {
            if (which != '(') return Set.ROWS;
            return at + 3 < to && octets[at + 3] == 'D' ? Set.ROWS_0212 : Set.ROWS;
        }
        return kind == '&' ? Set.ROWS : null;
    }

    private static int escapeLength(byte[] octets, int at, int to) {
        if (octets[at + 1] == '&') return 3;
        return octets[at + 1] == '$' && octets[at + 2] == '(' ? Math.min(4, to - at) : 3;
    }

    /// Appends row and cell (each 0x21 to 0x7E) in Shift_JIS; a cell of 0 is a bad pair.
    private static int append(byte[] run, int at, int row, int cell) {
        int length = at;
        if (cell == 0) {
            run[length++] = (byte) 0xFF;
            return length;
        }
        int high = (row + 1 >> 1) + (row < 0x5F ? 0x70 : 0xB0);
        int low = (row & 1) == 0 ? cell + 0x7E : cell + (cell < 0x60 ? 0x1F : 0x20);
        run[length++] = (byte) high;
        run[length++] = (byte) low;
        return length;
    }

    /// EUC-JP with the same characters of Windows (eucJP-ms, cp51932). Total.
    static String decodeEuc(byte[] octets, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        byte[] run = new byte[2 * (to - from)];
        int length = 0;
        int i = from;
        while (i < to) {
            int octet = octets[i] & 0xFF;
            int next = i + 1 < to ? octets[i + 1] & 0xFF : 0;
            if (octet < 0x80) {
                run[length++] = (byte) octet;
                i++;
            } else if (octet == 0x8E && next > 0xA0 && next < 0xE0) {
                run[length++] = (byte) next;
                i += 2;
            } else if (octet == 0x8F
                    && i + 2 < to
                    && next > 0xA0
                    && (octets[i + 2] & 0xFF) > 0xA0) {
                out.append(new String(run, 0, length, WINDOWS_31J));
                length = 0;
                byte[] pair = {(byte) (next & 0x7F), (byte) (octets[i + 2] & 0x7F)};
                out.append(new String(pair, JIS_X_0212));
                i += 3;
            } else if (octet > 0xA0 && octet < 0xFF && next > 0xA0 && next < 0xFF) {
                length = append(run, length, octet & 0x7F, next & 0x7F);
                i += 2;
            } else {
                run[length++] = (byte) 0xFF;
                i++;
            }
        }
        return out.append(new String(run, 0, length, WINDOWS_31J)).toString();
    }

    /// Joins two encoded-words of ISO-2022-JP: each word starts in ASCII (RFC 2047 §2), unless the
    /// first was cut inside a character or the second only ends what the first began.
    static boolean continues(byte[] first, byte[] second) {
        int pending = 0;
        boolean rows = false;
        int i = 0;
        while (i < first.length) {
            if (first[i] == ESC && setAfterEscape(first, i, first.length) != null) {
                Set set = setAfterEscape(first, i, first.length);
                rows = set == Set.ROWS || set == Set.ROWS_0212;
                pending = 0;
                i += escapeLength(first, i, first.length);
                continue;
            }
            if (rows) pending ^= 1;
            i++;
        }
        if (!rows) return false;
        if (pending == 1) return true;
        for (int k = 0; k + 1 < second.length; k++) {
            if (second[k] == ESC) return k > 0 && second[k + 1] == '(';
        }
        return false;
    }

    static final byte[] TO_ASCII = "\u001B(B".getBytes(StandardCharsets.US_ASCII);
}
