package yubin.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Encoded-words: text beyond ASCII in header fields. RFC 2047.
///
/// ```
/// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
/// ```
/// Neighbours of one charset are joined as octets before they are read, because many writers cut a
/// character in two; read loosely otherwise: blanks and folds inside a word, a language after the
/// charset (RFC 2231 §5), words inside quotes or glued to text, a last word that was cut off.
public final class EncodedWords {
    /// RFC 2047 §2.
    private static final int WORD_CHARS_MAX = 75;

    private static final String PREFIX = "=?UTF-8?B?";
    private static final int TEXT_CHARS_MAX = WORD_CHARS_MAX - PREFIX.length() - 2;

    private EncodedWords() {}

    /// Decodes all encoded-words in a text, unfolds it where it is folded. Total; what is no
    /// encoded-word stays as it is.
    public static String decode(String text) {
        return text.contains("=?") ? decodeMarked(Field.unfold(text, '\n')) : Field.unfold(text);
    }

    /// The same where each fold is one LF.
    private static String decodeMarked(String text) {
        int at = text.indexOf("=?");
        StringBuilder out = new StringBuilder(text.length());
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        String charset = null;
        int plainFrom = 0;
        while (at >= 0) {
            Word word = word(text, at);
            if (word == null) {
                at = text.indexOf("=?", at + 2);
                continue;
            }
            if (charset != null && isBlank(text, plainFrom, at)) {
                if (Charsets.same(charset, word.charset)) {
                    join(octets, word);
                } else {
                    flush(charset, octets, out);
                    octets.writeBytes(word.octets);
                    charset = word.charset;
                }
            } else {
                if (charset != null) flush(charset, octets, out);
                appendPlain(text, plainFrom, at, out);
                octets.writeBytes(word.octets);
                charset = word.charset;
            }
            plainFrom = word.end;
            at = text.indexOf("=?", word.end);
        }
        if (charset != null) flush(charset, octets, out);
        appendPlain(text, plainFrom, text.length(), out);
        return out.toString();
    }

    private static void appendPlain(String text, int from, int to, StringBuilder out) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            out.append(c == '\n' ? ' ' : c);
        }
    }

    private static void flush(String charset, ByteArrayOutputStream octets, StringBuilder out) {
        out.append(Charsets.decode(charset, octets.toByteArray()));
        octets.reset();
    }

    private static void join(ByteArrayOutputStream octets, Word word) {
        if (Charsets.isJis(word.charset) && !Jis.continues(octets.toByteArray(), word.octets)) {
            octets.writeBytes(Jis.TO_ASCII);
        }
        octets.writeBytes(word.octets);
    }

    private static boolean isBlank(String text, int from, int to) {
        for (int i = from; i < to; i++) if (text.charAt(i) > ' ') return false;
        return true;
    }

    private record Word(String charset, byte[] octets, int end) {}

    /// The word at `at`, null when there is none.
    private static Word word(String text, int at) {
        int q = text.indexOf('?', at + 2);
        if (q < 0 || q - at > 62 || q == at + 2) return null;
        String charset = text.substring(at + 2, q).strip();
        if (charset.isEmpty() || charset.indexOf('=') >= 0 || charset.indexOf(' ') >= 0)
            return null;
        int star = charset.indexOf('*');
        if (star > 0) charset = charset.substring(0, star);
        int e = q + 1;
        while (e < text.length() && text.charAt(e) == ' ') e++;
        if (e >= text.length()) return null;
        char encoding = Character.toLowerCase(text.charAt(e));
        int start = e + 1;
        while (start < text.length() && text.charAt(start) == ' ') start++;
        if (start >= text.length() || text.charAt(start) != '?') return null;
        if (encoding != 'b' && encoding != 'q') return null;
        start++;
        int stop = text.indexOf("?=", start);
        int end = stop + 2;
        if (stop < 0) {
            // The last word of a field that was cut: read what is there.
            if (start == text.length() || !isOneWord(text, start)) return null;
            stop = text.length();
            end = stop;
            if (text.charAt(stop - 1) == '?') stop--;
            if (encoding == 'q' && stop - start > 1) {
                if (text.charAt(stop - 1) == '=') stop--;
                else if (stop - start > 2 && text.charAt(stop - 2) == '=') stop -= 2;
            }
        } else if (encoding == 'q') {
            // `?=` may be a question mark that was not encoded and the start of `=XX`.
            while (isHexPair(text, stop + 2) && text.indexOf("?=", stop + 2) > 0) {
                int next = text.indexOf("?=", stop + 2);
                if (!isOneWordBetween(text, stop, next)) break;
                stop = next;
                end = stop + 2;
            }
        }
        byte[] octets = encoding == 'b' ? base64(text, start, stop) : q(text, start, stop);
        return new Word(charset, octets, end);
    }

    private static boolean isHexPair(String text, int at) {
        return at + 1 < text.length()
                && Character.digit(text.charAt(at), 16) >= 0
                && Character.digit(text.charAt(at + 1), 16) >= 0;
    }

    private static boolean isOneWord(String text, int from) {
        return isOneWordBetween(text, from, text.length());
    }

    private static boolean isOneWordBetween(String text, int from, int to) {
        for (int i = from; i < to; i++) if (text.charAt(i) <= ' ') return false;
        return true;
    }

    private static byte[] base64(String text, int from, int to) {
        byte[] octets = text.substring(from, to).getBytes(StandardCharsets.ISO_8859_1);
        return TransferEncoding.base64(octets, 0, octets.length);
    }

    /// ```
    /// "=" two hexadecimal digits; "_" is a blank
    /// ```
    /// RFC 2047 §4.2. Blanks at a fold are not part of the text, other blanks are.
    private static byte[] q(String text, int from, int to) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
        String inside = text.substring(from, to).replace("\n", "");
        for (int i = 0; i < inside.length(); i++) {
            char c = inside.charAt(i);
            if (c == '_') {
                out.write(' ');
            } else if (c == '=' && isHexPair(inside, i + 1)) {
                out.write(
                        Character.digit(inside.charAt(i + 1), 16) << 4
                                | Character.digit(inside.charAt(i + 2), 16));
                i += 2;
            } else if (c < 128) {
                out.write(c);
            } else {
                out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    /// `text` as ASCII: itself where that reads back the same, else with UTF-8 encoded-words of at
    /// most 75 octets, each of whole characters, separated by single blanks. RFC 2047 §2, §5.
    ///
    /// Words at the start and the end that are ASCII stay readable: `Re: =?UTF-8?B?...?=`.
    public static String encode(String text) {
        return encode(text, 0);
    }

    /// The same for a text that starts at `column` of its line: a first word that would pass column
    /// 76 is made shorter. RFC 2047 §2.
    static String encode(String text, int column) {
        if (!needsEncoding(text)) return text;
        int from = plainPrefix(text);
        int to = plainSuffix(text, from);
        StringBuilder out = new StringBuilder(text.length() * 2);
        out.append(text, 0, from);
        encodeWords(text.substring(from, to), from == 0 ? column : 0, out);
        return out.append(text, to, text.length()).toString();
    }

    /// A whole text as encoded-words that may stand in a phrase. RFC 2047 §5.
    static String encodePhrase(String text) {
        StringBuilder out = new StringBuilder(text.length() * 2);
        encodeWords(text, 12, out);
        return out.toString();
    }

    /// True when a text cannot stand in a header as it is.
    static boolean needsEncoding(String text) {
        if (text.contains("=?")) return true;
        if (!text.isEmpty() && (text.charAt(0) <= ' ' || text.charAt(text.length() - 1) <= ' ')) {
            return true;
        }
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > 126) return true;
            run = c == ' ' ? 0 : run + 1;
            // A word that no line holds, beside a field name.
            if (run > 900) return true;
        }
        return false;
    }

    /// Where the first word that must be encoded starts, if what is before it needs no encoding.
    private static int plainPrefix(String text) {
        int from = 0;
        int space = text.indexOf(' ');
        while (space > 0
                && !needsEncoding(text.substring(from, space))
                && space + 1 < text.length()
                && text.charAt(space + 1) != ' ') {
            from = space + 1;
            space = text.indexOf(' ', from);
        }
        return from;
    }

    private static int plainSuffix(String text, int from) {
        int to = text.length();
        int space = text.lastIndexOf(' ');
        while (space > from
                && space + 1 < to
                && !needsEncoding(text.substring(space + 1, to))
                && text.charAt(space - 1) != ' ') {
            to = space;
            space = text.lastIndexOf(' ', to - 1);
        }
        return to;
    }

    private static void encodeWords(String text, int column, StringBuilder out) {
        int bound = TEXT_CHARS_MAX - Math.min(column, 30);
        boolean base64 = qLength(text) > text.getBytes(StandardCharsets.UTF_8).length * 4 / 3;
        StringBuilder q = new StringBuilder();
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        boolean first = true;
        int i = 0;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (codePoint >= 0xD800 && codePoint < 0xE000) codePoint = 0xFFFD;
            byte[] octets = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
            boolean full =
                    base64
                            ? b.size() + octets.length > bound / 4 * 3
                            : q.length() + qLength(octets) > bound;
            if (full) {
                first = appendWord(base64, b, q, first, out);
                bound = TEXT_CHARS_MAX;
            }
            if (base64) {
                b.writeBytes(octets);
            } else {
                appendQ(octets, q);
            }
            i += Character.charCount(text.codePointAt(i));
        }
        if (b.size() > 0 || !q.isEmpty()) appendWord(base64, b, q, first, out);
    }

    private static boolean appendWord(
            boolean base64,
            ByteArrayOutputStream b,
            StringBuilder q,
            boolean first,
            StringBuilder out) {
        if (!first) out.append(' ');
        if (base64) {
            out.append(PREFIX).append(Base64.getEncoder().encodeToString(b.toByteArray()));
        } else {
            out.append("=?UTF-8?Q?").append(q);
        }
        out.append("?=");
        b.reset();
        q.setLength(0);
        return false;
    }

    /// What stands for itself also in a phrase. RFC 2047 §5.
    private static boolean standsForItself(byte octet) {
        return octet >= 'a' && octet <= 'z'
                || octet >= 'A' && octet <= 'Z'
                || octet >= '0' && octet <= '9'
                || octet == '!'
                || octet == '*'
                || octet == '+'
                || octet == '-'
                || octet == '/';
    }

    private static int qLength(String text) {
        return qLength(text.getBytes(StandardCharsets.UTF_8));
    }

    private static int qLength(byte[] octets) {
        int length = 0;
        for (byte octet : octets) length += octet == ' ' || standsForItself(octet) ? 1 : 3;
        return length;
    }

    private static void appendQ(byte[] octets, StringBuilder out) {
        for (byte octet : octets) {
            if (octet == ' ') {
                out.append('_');
            } else if (standsForItself(octet)) {
                out.append((char) octet);
            } else {
                out.append('=')
                        .append(Character.toUpperCase(Character.forDigit(octet >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(octet & 15, 16)));
            }
        }
    }
}
