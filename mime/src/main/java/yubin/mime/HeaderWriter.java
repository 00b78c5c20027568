package yubin.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes header fields: checked, encoded, folded. RFC 5322 §2.2.3.
///
/// No value with CR, LF, NUL or another control character comes through, so no caller can be made
/// to add a field or to end the header.
public final class HeaderWriter {
    /// RFC 5322 §2.1.1: the length that lines should keep, and must.
    private static final int LINE_CHARS = 78;

    private static final int LINE_OCTETS_MAX = 998;

    /// A line with an encoded-word. RFC 2047 §2.
    private static final int ENCODED_LINE_CHARS = 76;

    /// A file name that is longer comes in pieces. RFC 2231 §3.
    private static final int PLAIN_NAME_CHARS_MAX = 60;

    private static final String TSPECIALS = "()<>@,;:\\\"/[]?=";

    private HeaderWriter() {}

    /// ```
    /// field-name = 1*ftext        ; printable US-ASCII, no ":"
    /// ```
    /// RFC 5322 §2.2.
    static void checkName(String name) {
        boolean good = !name.isEmpty() && name.length() <= LINE_CHARS - 2;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            good &= c > ' ' && c < 127 && c != ':';
        }
        if (!good) throw new IllegalArgumentException("field name of " + name.length());
    }

    /// Refuses what would break out of a field; the text itself is not repeated in the message.
    static void checkText(String name, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == 127 || c == '\u2028' || c == '\u2029') {
                throw new IllegalArgumentException(
                        name + " with control character " + (int) c + " at " + i);
            }
        }
    }

    /// An unstructured value as it is written.
    public static String unstructured(String name, String text, boolean utf8) {
        checkName(name);
        checkText(name, text);
        if (utf8 && !needsWordsInUtf8(text)) return text;
        return EncodedWords.encode(text, name.length() + 2);
    }

    /// Even where UTF-8 may stand bare, some texts would not read back. RFC 6532 §3.2.
    private static boolean needsWordsInUtf8(String text) {
        if (text.contains("=?") || !text.equals(text.strip()) || text.indexOf('\t') >= 0)
            return true;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            run = c == ' ' ? 0 : run + (c < 128 ? 1 : 3);
            if (run > LINE_OCTETS_MAX - 100) return true;
            if (Character.isSurrogate(c) && !isPaired(text, i)) return true;
        }
        return false;
    }

    private static boolean isPaired(String text, int at) {
        char c = text.charAt(at);
        return Character.isHighSurrogate(c)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }

    /// A structured value: must be ASCII (or UTF-8 where that is asked for) already.
    public static String structured(String name, String value, boolean utf8) {
        checkName(name);
        checkText(name, value);
        int run = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 127 && !utf8)
                throw new IllegalArgumentException(name + " beyond ASCII at " + i);
            run = c == ' ' ? 0 : run + (c < 128 ? 1 : 3);
            if (run > LINE_OCTETS_MAX - 2) throw new IllegalArgumentException(name + " unfoldable");
        }
        return value.strip();
    }

    public static String addresses(
            String name, List<? extends Addresses.Entry> entries, boolean utf8) {
        checkName(name);
        List<String> written = new ArrayList<>(entries.size());
        for (Addresses.Entry entry : entries) {
            switch (entry) {
                case Addresses.Mailbox mailbox -> written.add(mailbox(name, mailbox, utf8));
                case Addresses.Group group -> {
                    List<String> members = new ArrayList<>();
                    for (Addresses.Mailbox member : group.members()) {
                        members.add(mailbox(name, member, utf8));
                    }
                    String list = String.join(", ", members);
                    String title = group.name() == null ? "" : group.name();
                    written.add(
                            phrase(name, title, utf8)
                                    + ":"
                                    + (list.isEmpty() ? "" : " ")
                                    + list
                                    + ";");
                }
            }
        }
        return String.join(", ", written);
    }

    private static String mailbox(String field, Addresses.Mailbox mailbox, boolean utf8) {
        String address = localPart(field, mailbox.local(), utf8);
        if (!mailbox.domain().isEmpty()) address += "@" + domain(field, mailbox.domain(), utf8);
        if (address.length() > 400) throw new IllegalArgumentException(field + " address too long");
        String name = mailbox.name();
        if (name == null || name.isBlank()) return address;
        return phrase(field, name, utf8) + " <" + address + ">";
    }

    private static String localPart(String field, String local, boolean utf8) {
        checkText(field, local);
        if (local.isEmpty()) throw new IllegalArgumentException(field + " without local part");
        boolean dotAtom = !local.startsWith(".") && !local.endsWith(".") && !local.contains("..");
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c > 127 && !utf8) throw new IllegalArgumentException(field + " needs SMTPUTF8");
            dotAtom &= c == '.' || isAtomText(c) || c > 127;
        }
        return dotAtom ? local : quote(local);
    }

    private static String domain(String field, String domain, boolean utf8) {
        if (utf8 && !isAscii(domain)) {
            checkText(field, domain);
            if (domain.indexOf(' ') < 0 && domain.indexOf('>') < 0 && domain.indexOf(',') < 0) {
                return domain;
            }
        }
        return yubin.mail.Domain.parse(domain)
                .map(good -> isAscii(domain) ? domain : good.ascii())
                .orElseThrow(() -> new IllegalArgumentException(field + " with a bad domain"));
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) > 127) return false;
        return true;
    }

    /// A display name: atoms as they are, else a quoted-string, else encoded-words.
    private static String phrase(String field, String text, boolean utf8) {
        checkText(field, text);
        boolean atoms = !text.isEmpty() && !text.startsWith(" ") && !text.endsWith(" ");
        boolean beyondAscii = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            beyondAscii |= c > 126 || c < ' ';
            atoms &= isAtomText(c) || c == ' ' && text.charAt(i - 1) != ' ';
        }
        boolean bare = utf8 ? !needsWordsInUtf8(text) : !EncodedWords.needsEncoding(text);
        if (!beyondAscii && atoms && bare) return text;
        // Folding may not change a quoted-string, so no two blanks in a row.
        if ((!beyondAscii || utf8) && bare && !text.contains("  ")) return quote(text);
        return EncodedWords.encodePhrase(text);
    }

    private static boolean isAtomText(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
    }

    static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') out.append('\\');
            out.append(c);
        }
        return out.append('"').toString();
    }

    /// `; name=value`, quoted where it is no token; a long or non-ASCII value in RFC 2231 form, in
    /// pieces that fit their lines.
    static String parameter(String name, String value) {
        checkText(name, value);
        if (isAscii(value) && value.length() <= PLAIN_NAME_CHARS_MAX) {
            return "; " + name + "=" + (isToken(value) ? value : quote(value));
        }
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder("UTF-8''");
        for (int i = 0; i < value.length(); ) {
            int codePoint = value.codePointAt(i);
            i += Character.charCount(codePoint);
            String escaped = percent(codePoint);
            if (piece.length() + escaped.length() > PLAIN_NAME_CHARS_MAX) {
                pieces.add(piece.toString());
                piece.setLength(0);
            }
            piece.append(escaped);
        }
        pieces.add(piece.toString());
        if (pieces.size() == 1) return "; " + name + "*=" + pieces.get(0);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pieces.size(); i++) {
            out.append("; ").append(name).append('*').append(i).append("*=").append(pieces.get(i));
        }
        return out.toString();
    }

    /// RFC 2231 §7: attribute-char.
    private static String percent(int codePoint) {
        int safe = codePoint >= 0xD800 && codePoint < 0xE000 ? 0xFFFD : codePoint;
        if (safe > ' ' && safe < 127 && TSPECIALS.indexOf(safe) < 0 && "*'%".indexOf(safe) < 0) {
            return Character.toString(safe);
        }
        StringBuilder out = new StringBuilder();
        for (byte octet : Character.toString(safe).getBytes(StandardCharsets.UTF_8)) {
            out.append(String.format("%%%02X", octet & 0xFF));
        }
        return out.toString();
    }

    private static boolean isToken(String value) {
        if (value.isEmpty()) return false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > 126 || TSPECIALS.indexOf(c) >= 0) return false;
        }
        return true;
    }

    /// Writes `name: value` folded at blanks that stand alone.
    static void write(String name, String value, ByteArrayOutputStream out) {
        StringBuilder line = new StringBuilder(name).append(": ");
        int from = 0;
        boolean first = true;
        while (from < value.length()) {
            int to = nextBreak(value, from);
            String word = value.substring(from, to);
            int bound =
                    word.contains("=?") || line.indexOf("=?") >= 0
                            ? ENCODED_LINE_CHARS
                            : LINE_CHARS;
            if (!first && octets(line) + 1 + octets(word) > bound) {
                put(line, out);
                line.setLength(0);
                line.append(' ');
            } else if (!first) {
                line.append(' ');
            }
            line.append(word);
            first = false;
            from = to + 1;
        }
        put(line, out);
    }

    private static int octets(CharSequence text) {
        int octets = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            octets += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
        }
        return octets;
    }

    private static void put(StringBuilder line, ByteArrayOutputStream out) {
        out.writeBytes(line.toString().getBytes(StandardCharsets.UTF_8));
        out.write('\r');
        out.write('\n');
    }

    /// The next blank that has no blank beside it, or the end.
    private static int nextBreak(String value, int from) {
        for (int i = from; i < value.length() - 1; i++) {
            if (value.charAt(i) != ' ' || i == 0) continue;
            if (!isBlank(value.charAt(i - 1)) && !isBlank(value.charAt(i + 1))) return i;
        }
        return value.length();
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
