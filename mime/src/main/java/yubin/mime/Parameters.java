package yubin.mime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A structured field body with parameters: Content-Type, Content-Disposition.
///
/// ```
/// content := type "/" subtype *(";" parameter)
/// parameter := attribute "=" value
/// value := token / quoted-string
/// ```
/// RFC 2045 §5.1. Taken loosely: missing and doubled semicolons, missing quotes, comments, blanks
/// around every sign, encoded-words with or without quotes.
///
/// @param value what stands before the parameters, in lower case, without blanks and comments
/// @param list as written, in order
record Parameters(String value, List<Parameter> list) {
    /// Parameters of one field; more are passed over.
    static final int PARAMETERS_MAX = 200;

    static final Parameters NONE = new Parameters("", List.of());

    /// Reads an unfolded field body. Total.
    static Parameters parse(String body) {
        int at = 0;
        int length = body.length();
        StringBuilder value = null;
        int start = -1;
        // The common case is one run of letters; only comments and blanks inside make a copy.
        while (at < length) {
            char c = body.charAt(at);
            if (c == ';') break;
            if (c == '(') {
                if (value == null) {
                    value = new StringBuilder(start < 0 ? "" : body.substring(start, at));
                }
                at = Addresses.skipComment(body, at);
                continue;
            }
            if (c <= ' ') {
                int next = skipBlanks(body, at);
                if (startsParameter(body, next)) break;
                if (start >= 0 && value == null && next < length && body.charAt(next) != ';') {
                    value = new StringBuilder(body.substring(start, at));
                }
                if (start >= 0 && value == null) break;
                at = next;
                continue;
            }
            if (start < 0) start = at;
            if (value != null) value.append(c);
            at++;
        }
        String head =
                value != null
                        ? value.toString()
                        : start < 0 ? "" : body.substring(start, Math.min(at, length));
        List<Parameter> list = at >= length ? List.of() : parameters(body, at);
        return new Parameters(head.toLowerCase(Locale.ROOT), list);
    }

    /// True where an attribute and `=` stand: the semicolon before it is missing.
    private static boolean startsParameter(String body, int at) {
        int i = at;
        while (i < body.length() && isNameChar(body.charAt(i))) i++;
        return i > at && i < body.length() && body.charAt(i) == '=';
    }

    private static boolean isNameChar(char c) {
        return c > ' ' && c != '=' && c != ';' && c != '/' && c != '"' && c != '(' && c != ',';
    }

    private static List<Parameter> parameters(String body, int from) {
        List<Parameter> list = new ArrayList<>(3);
        int length = body.length();
        int at = from;
        while (at < length && list.size() < PARAMETERS_MAX) {
            char c = body.charAt(at);
            if (c == ';' || c <= ' ') {
                at++;
                continue;
            }
            if (c == '(') {
                at = Addresses.skipComment(body, at);
                continue;
            }
            int start = at;
            while (at < length && isNameChar(body.charAt(at))) at++;
            String name = body.substring(start, at).toLowerCase(Locale.ROOT);
            at = skipBlanksAndComments(body, at);
            if (at >= length || body.charAt(at) != '=') {
                // No value: what stands here is no parameter.
                if (at == start) at++;
                continue;
            }
            at = skipBlanksAndComments(body, at + 1);
            if (at < length && body.charAt(at) == '"') {
                StringBuilder value = new StringBuilder();
                at = quoted(body, at, value);
                if (!name.isEmpty()) list.add(new Parameter(name, value.toString()));
                continue;
            }
            start = at;
            at = unquotedEnd(body, at);
            if (!name.isEmpty()) list.add(new Parameter(name, body.substring(start, at).strip()));
        }
        return list;
    }

    /// A value without quotes ends at `;` or a blank; blanks inside are taken in when what follows
    /// is no other parameter (`name=my file.pdf`).
    private static int unquotedEnd(String body, int from) {
        int at = from;
        while (at < body.length()) {
            char c = body.charAt(at);
            if (c == ';') return at;
            if (c == '=' && at + 1 < body.length() && body.charAt(at + 1) == '?') {
                at = Math.max(at + 1, encodedWordEnd(body, at));
                continue;
            }
            if (c <= ' ') {
                int next = skipBlanks(body, at);
                if (next >= body.length()) return at;
                char n = body.charAt(next);
                if (n == ';' || n == '(' || startsParameterLoosely(body, next)) return at;
                at = next;
                continue;
            }
            at++;
        }
        return at;
    }

    private static boolean startsParameterLoosely(String body, int at) {
        if (body.startsWith("=?", at)) return false;
        int i = at;
        while (i < body.length() && isNameChar(body.charAt(i))) i++;
        i = skipBlanks(body, i);
        return i > at && i < body.length() && body.charAt(i) == '=';
    }

    /// After `=?charset?x?text?=` at `at`, or `at` when there is none.
    private static int encodedWordEnd(String body, int at) {
        int q = body.indexOf('?', at + 2);
        if (q < 0) return at;
        int q2 = body.indexOf('?', q + 1);
        if (q2 < 0 || q2 - q > 3) return at;
        int end = body.indexOf("?=", q2 + 1);
        return end < 0 ? at : end + 2;
    }

    /// Reads a quoted-string from its opening quote; one without closing quote goes on to the end,
    /// or to a semicolon that is followed by another parameter.
    private static int quoted(String body, int at, StringBuilder out) {
        int i = at + 1;
        int length = body.length();
        int firstSemicolon = -1;
        int lengthThere = 0;
        while (i < length) {
            char c = body.charAt(i++);
            if (c == '"') return i;
            if (c == '\\' && i < length) {
                char next = body.charAt(i);
                // Windows paths come unescaped: only quote and backslash are taken as escaped.
                if (next == '"' || next == '\\') {
                    i++;
                    c = next;
                }
            }
            if (c == ';' && firstSemicolon < 0) {
                firstSemicolon = i - 1;
                lengthThere = out.length();
            }
            out.append(c);
        }
        if (firstSemicolon < 0) return length;
        out.setLength(lengthThere);
        return firstSemicolon;
    }

    private static int skipBlanks(String body, int from) {
        int at = from;
        while (at < body.length() && body.charAt(at) <= ' ') at++;
        return at;
    }

    private static int skipBlanksAndComments(String body, int from) {
        int at = skipBlanks(body, from);
        while (at < body.length() && body.charAt(at) == '(') {
            at = skipBlanks(body, Addresses.skipComment(body, at));
        }
        return at;
    }

    /// The first parameter of this lower-case name as a person reads it, null when absent.
    String decoded(String name) {
        for (Parameter parameter : list) {
            String written = parameter.name();
            if (written.equals(name) && !hasPieces(name)) {
                return EncodedWords.decode(parameter.value());
            }
            if (written.startsWith(name)
                    && (written.equals(name) || written.charAt(name.length()) == '*')) {
                return decodedAll().get(name);
            }
        }
        return null;
    }

    private boolean hasPieces(String name) {
        for (Parameter parameter : list) {
            String written = parameter.name();
            if (written.length() > name.length()
                    && written.startsWith(name)
                    && written.charAt(name.length()) == '*') return true;
        }
        return false;
    }

    /// One piece of a parameter. RFC 2231 §3.
    private record Piece(int number, boolean encoded, String value) {}

    /// All parameters decoded, by name without `*`; where a name comes plain and in RFC 2231 form
    /// the latter is taken. RFC 2231 §3, §4, §4.1.
    Map<String, String> decodedAll() {
        Map<String, String> plain = new LinkedHashMap<>();
        Map<String, List<Piece>> pieces = new LinkedHashMap<>();
        for (Parameter parameter : list) {
            String name = parameter.name();
            int star = name.indexOf('*');
            if (star <= 0) {
                plain.putIfAbsent(name, EncodedWords.decode(parameter.value()));
                continue;
            }
            String base = name.substring(0, star);
            boolean encoded = name.endsWith("*");
            int number = number(name, star + 1);
            pieces.computeIfAbsent(base, _ -> new ArrayList<>(2))
                    .add(new Piece(number, encoded, parameter.value()));
            plain.putIfAbsent(base, "");
        }
        for (Map.Entry<String, List<Piece>> entry : pieces.entrySet()) {
            String joined = join(entry.getValue());
            if (!joined.isEmpty() || plain.get(entry.getKey()).isEmpty()) {
                plain.put(entry.getKey(), joined);
            }
        }
        return Collections.unmodifiableMap(plain);
    }

    /// The number in `name*N*`; 0 where there is none, large where it is nonsense.
    private static int number(String name, int from) {
        int at = from;
        int number = 0;
        while (at < name.length() && name.charAt(at) >= '0' && name.charAt(at) <= '9') {
            number = Math.min(number * 10 + name.charAt(at++) - '0', 1_000_000);
        }
        return number;
    }

    private static String join(List<Piece> pieces) {
        pieces.sort((a, b) -> Integer.compare(a.number, b.number));
        java.io.ByteArrayOutputStream octets = new java.io.ByteArrayOutputStream();
        String charset = null;
        boolean labelled = false;
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            String value = piece.value;
            if (piece.encoded && !labelled) {
                int quote = value.indexOf('\'');
                int second = quote < 0 ? -1 : value.indexOf('\'', quote + 1);
                if (second >= 0) {
                    charset = value.substring(0, quote);
                    value = value.substring(second + 1);
                    labelled = true;
                }
            }
            if (piece.encoded) {
                percentDecode(value, octets);
            } else if (isAscii(value)) {
                // Plain pieces may continue a character that an encoded one began.
                for (int i = 0; i < value.length(); i++) octets.write(value.charAt(i));
            } else {
                text.append(Charsets.decode(charset, octets.toByteArray())).append(value);
                octets.reset();
            }
        }
        text.append(
                charset == null || charset.isEmpty()
                        ? Charsets.guess(octets.toByteArray(), 0, octets.size())
                        : Charsets.decode(charset, octets.toByteArray()));
        // Some mailers put encoded-words into the pieces (RFC 2231 knows no such thing).
        return labelled ? text.toString() : EncodedWords.decode(text.toString());
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) > 127) return false;
        return true;
    }

    /// ```
    /// ext-octet := "%" 2(DIGIT / "A" / "B" / "C" / "D" / "E" / "F")
    /// ```
    /// RFC 2231 §7.
    private static void percentDecode(String text, java.io.ByteArrayOutputStream out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length()) {
                int high = Character.digit(text.charAt(i + 1), 16);
                int low = Character.digit(text.charAt(i + 2), 16);
                if (high >= 0 && low >= 0) {
                    out.write(high << 4 | low);
                    i += 2;
                    continue;
                }
            }
            if (c < 128) {
                out.write(c);
            } else {
                out.writeBytes(String.valueOf(c).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
    }
}
