package yubin.mime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/// The start of the readable text of a message, for lists.
final class Preview {
    static final int CHARS_MAX = 256;

    /// Elements whose text is not read.
    private static final String[] HIDDEN = {"style", "script", "head", "title", "template", "svg"};

    private static final Map<String, String> ENTITIES =
            Map.ofEntries(
                    Map.entry("amp", "&"),
                    Map.entry("lt", "<"),
                    Map.entry("gt", ">"),
                    Map.entry("quot", "\""),
                    Map.entry("apos", "'"),
                    Map.entry("nbsp", " "),
                    Map.entry("copy", "\u00A9"),
                    Map.entry("reg", "\u00AE"),
                    Map.entry("hellip", "\u2026"),
                    Map.entry("ndash", "\u2013"),
                    Map.entry("mdash", "\u2014"),
                    Map.entry("lsquo", "\u2018"),
                    Map.entry("rsquo", "\u2019"),
                    Map.entry("ldquo", "\u201C"),
                    Map.entry("rdquo", "\u201D"),
                    Map.entry("yen", "\u00A5"),
                    Map.entry("euro", "\u20AC"),
                    Map.entry("zwnj", ""),
                    Map.entry("zwj", ""),
                    Map.entry("shy", ""));

    private Preview() {}

    /// @param plain the start of the first text/plain, null when there is none
    /// @param html the same of text/html; read when the other says nothing
    static String of(PartStack.Sample plain, PartStack.Sample html) {
        if (plain != null) {
            String text = condense(withoutQuotes(text(plain)));
            if (!text.isEmpty()) return text;
        }
        return html == null ? "" : condense(strip(text(html)));
    }

    private static String text(PartStack.Sample sample) {
        Part part = sample.part;
        byte[] body = Arrays.copyOf(sample.octets, sample.length);
        String text = Charsets.decode(part.charset(), part.decodedBody(body));
        if (sample.length < sample.max) return text;
        // The last character may have been cut.
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '\uFFFD') end--;
        return text.substring(0, end);
    }

    /// Leaves lines out that quote with `>`.
    private static String withoutQuotes(String text) {
        if (text.indexOf('>') < 0) return text;
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            int next = end < 0 ? text.length() : end + 1;
            if (text.charAt(at) != '>') out.append(text, at, next);
            at = next;
        }
        return out.toString();
    }

    /// One line, blanks folded, characters that nobody sees left out.
    static String condense(String text) {
        StringBuilder out = new StringBuilder(CHARS_MAX + 2);
        boolean gap = false;
        for (int i = 0; i < text.length() && out.length() < CHARS_MAX; i++) {
            char c = text.charAt(i);
            if (isInvisible(c)) continue;
            if (c <= ' ' || c == '\u00A0' || c == '\u3000' || c == '\u007F') {
                gap = true;
                continue;
            }
            if (gap && !out.isEmpty()) out.append(' ');
            gap = false;
            out.append(c);
        }
        if (out.length() > CHARS_MAX) out.setLength(CHARS_MAX);
        int last = out.length() - 1;
        if (last >= 0 && Character.isHighSurrogate(out.charAt(last))) out.setLength(last);
        return out.toString();
    }

    /// What newsletters fill their preview with.
    private static boolean isInvisible(char c) {
        return c == '\u200B'
                || c == '\u200C'
                || c == '\u200D'
                || c == '\u2060'
                || c == '\u034F'
                || c == '\u00AD'
                || c == '\uFEFF';
    }

    /// The text of HTML: no safe HTML, only words. Linear.
    static String strip(String html) {
        StringBuilder out = new StringBuilder(1024);
        int length = html.length();
        int at = 0;
        while (at < length && out.length() < 8 * CHARS_MAX) {
            char c = html.charAt(at);
            if (c == '&') {
                at = entity(html, at, out);
            } else if (c != '<') {
                out.append(c);
                at++;
            } else if (html.startsWith("<!--", at)) {
                int end = html.indexOf("-->", at + 4);
                at = end < 0 ? length : end + 3;
            } else {
                int end = tagEnd(html, at);
                String name = tagName(html, at + 1);
                boolean inline = isInline(name);
                if (!inline) out.append(' ');
                at = end;
                for (String hidden : HIDDEN) {
                    if (name.equals(hidden) && html.charAt(end - 1) == '>') {
                        at = closing(html, end, name);
                    }
                }
            }
        }
        return out.toString();
    }

    private static boolean isInline(String name) {
        return switch (name) {
            case "b", "i", "u", "a", "em", "strong", "span", "font", "small", "big", "sub", "sup" ->
                    true;
            default -> false;
        };
    }

    private static String tagName(String html, int from) {
        int start = from < html.length() && html.charAt(from) == '/' ? from + 1 : from;
        int end = start;
        while (end < html.length() && end - start < 12 && Character.isLetter(html.charAt(end))) {
            end++;
        }
        String name = html.substring(start, end).toLowerCase(Locale.ROOT);
        return start > from && isInline(name) ? name : start > from ? "/" + name : name;
    }

    private static int tagEnd(String html, int at) {
        char quote = 0;
        int bound = Math.min(html.length(), at + 4_096);
        for (int i = at + 1; i < bound; i++) {
            char c = html.charAt(i);
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return i + 1;
            }
        }
        int end = html.indexOf('>', at);
        return end < 0 ? html.length() : end + 1;
    }

    /// After the closing tag of a hidden element; all the rest when it is missing.
    private static int closing(String html, int from, String name) {
        int at = html.indexOf("</", from);
        while (at >= 0) {
            if (html.regionMatches(true, at + 2, name, 0, name.length())) {
                int end = html.indexOf('>', at);
                return end < 0 ? html.length() : end + 1;
            }
            at = html.indexOf("</", at + 2);
        }
        return html.length();
    }

    private static int entity(String html, int at, StringBuilder out) {
        int end = html.indexOf(';', at);
        if (end < 0 || end - at > 10 || end == at + 1) {
            out.append('&');
            return at + 1;
        }
        String name = html.substring(at + 1, end);
        String known = ENTITIES.get(name);
        if (known != null) {
            out.append(known);
            return end + 1;
        }
        int codePoint = name.charAt(0) == '#' ? codePoint(name) : -1;
        if (codePoint < 0) {
            out.append('&');
            return at + 1;
        }
        out.appendCodePoint(codePoint);
        return end + 1;
    }

    private static int codePoint(String name) {
        try {
            boolean hex = name.length() > 2 && (name.charAt(1) | 32) == 'x';
            int value = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
            boolean good = value > 0 && Character.isValidCodePoint(value);
            return good && (value < 0xD800 || value > 0xDFFF) ? value : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
