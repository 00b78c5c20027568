package yubin.search;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The words of HTML, without markup: what a person would see, and the texts that stand for
/// pictures. Makes no safe HTML. Linear, total.
final class HtmlText {
    /// Characters of a tag within which its end is looked for with regard to quotes.
    private static final int TAG_CHARS_MAX = 65_536;

    private static final Set<String> HIDDEN =
            Set.of("style", "script", "head", "template", "svg", "noscript", "object");

    /// Elements inside a line: their tags part no words.
    private static final Set<String> INLINE =
            Set.of(
                    "b", "i", "u", "a", "em", "strong", "span", "font", "small", "big", "sub",
                    "sup", "mark", "code", "s", "del", "ins", "wbr", "abbr", "cite", "tt", "strike",
                    "o:p", "ruby", "rb", "bdi", "bdo", "q", "label", "kbd", "var", "samp");

    private static final Map<String, String> ENTITIES =
            Map.ofEntries(
                    Map.entry("amp", "&"),
                    Map.entry("lt", "<"),
                    Map.entry("gt", ">"),
                    Map.entry("quot", "\""),
                    Map.entry("apos", "'"),
                    Map.entry("nbsp", " "),
                    Map.entry("ensp", " "),
                    Map.entry("emsp", " "),
                    Map.entry("thinsp", " "),
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
                    Map.entry("pound", "\u00A3"),
                    Map.entry("zwnj", ""),
                    Map.entry("zwj", ""),
                    Map.entry("shy", ""));

    /// The letters of Latin-1 from U+00C0, named as HTML names them.
    private static final String[] LATIN_1 = {
        "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave",
        "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
        "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml",
        "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig",
        "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth",
        "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave",
        "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml"
    };

    private final String html;
    private final StringBuilder out;
    private final Set<String> unclosed = new HashSet<>(2);
    private int at;

    private HtmlText(String html) {
        this.html = html;
        this.out = new StringBuilder(Math.min(html.length(), 1 << 16));
    }

    static String of(String html) {
        HtmlText reader = new HtmlText(html);
        reader.read();
        return reader.out.toString();
    }

    private void read() {
        int length = html.length();
        while (at < length) {
            char c = html.charAt(at);
            if (c == '&') {
                entity(length);
            } else if (c == '<') {
                if (html.startsWith("<!--", at)) {
                    int end = html.indexOf("-->", at + 4);
                    at = end < 0 ? length : end + 3;
                } else {
                    tag(length);
                }
            } else {
                out.append(c == '\r' || c == '\n' || c == '\t' ? ' ' : c);
                at++;
            }
        }
    }

    private void tag(int length) {
        int nameAt = at + 1;
        boolean closes = nameAt < length && html.charAt(nameAt) == '/';
        if (closes) nameAt++;
        if (nameAt >= length || !isNameStart(html.charAt(nameAt))) {
            out.append('<'); // no tag: a person wrote it
            at++;
            return;
        }
        int nameEnd = nameAt;
        while (nameEnd < length && nameEnd - nameAt < 16 && isName(html.charAt(nameEnd))) nameEnd++;
        String name = html.substring(nameAt, nameEnd).toLowerCase(Locale.ROOT);
        int end = tagEnd(nameEnd, length);
        if (name.equals("img") && !closes) alternative(nameEnd, end);
        if (!INLINE.contains(name)) out.append(name.equals("p") ? "\n\n" : "\n");
        at = end;
        boolean empty = end >= 2 && html.charAt(end - 1) == '>' && html.charAt(end - 2) == '/';
        if (!closes && !empty && HIDDEN.contains(name)) at = closing(end, name);
    }

    private static boolean isNameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '!' || c == '?';
    }

    private static boolean isName(char c) {
        return isNameStart(c) || c >= '0' && c <= '9' || c == ':';
    }

    /// The text that stands for a picture.
    private void alternative(int from, int end) {
        int alt = indexOfIgnoringCase(" alt=", from, end);
        if (alt < 0) return;
        int start = alt + 5;
        if (start >= end) return;
        char quote = html.charAt(start);
        if (quote != '"' && quote != '\'') return;
        int stop = html.indexOf(quote, start + 1);
        if (stop < 0 || stop > end) return;
        out.append(' ').append(html, start + 1, stop).append(' ');
    }

    private int indexOfIgnoringCase(String what, int from, int end) {
        for (int i = from; i + what.length() <= end; i++) {
            if (html.regionMatches(true, i, what, 0, what.length())) return i;
        }
        return -1;
    }

    private int tagEnd(int from, int length) {
        char quote = 0;
        int bound = Math.min(length, from + TAG_CHARS_MAX);
        for (int i = from; i < bound; i++) {
            char c = html.charAt(i);
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if ((c == '"' || c == '\'') && html.charAt(i - 1) == '=') {
                quote = c;
            } else if (c == '>') {
                return i + 1;
            }
        }
        int end = html.indexOf('>', from);
        return end < 0 ? length : end + 1;
    }

    /// Behind the end tag of a hidden element; right here when it is missing, so that no sender
    /// hides the rest of a letter from the search.
    private int closing(int from, String name) {
        if (unclosed.contains(name)) return from;
        int close = html.indexOf("</", from);
        while (close >= 0) {
            if (html.regionMatches(true, close + 2, name, 0, name.length())) {
                int end = html.indexOf('>', close);
                return end < 0 ? html.length() : end + 1;
            }
            close = html.indexOf("</", close + 2);
        }
        unclosed.add(name); // nobody looks for it again: that would be quadratic
        return from;
    }

    private void entity(int length) {
        int end = at + 1;
        while (end < length && end - at < 12 && html.charAt(end) != ';') end++;
        if (end < length && html.charAt(end) == ';' && end > at + 1) {
            String text = named(html.substring(at + 1, end));
            if (text != null) {
                out.append(text);
                at = end + 1;
                return;
            }
        }
        out.append('&');
        at++;
    }

    private static String named(String name) {
        String known = ENTITIES.get(name);
        if (known != null) return known;
        if (name.charAt(0) == '#') return numbered(name);
        for (int i = 0; i < LATIN_1.length; i++) {
            if (LATIN_1[i].equals(name)) return Character.toString(0xC0 + i);
        }
        return null;
    }

    private static String numbered(String name) {
        try {
            boolean hex = name.length() > 2 && (name.charAt(1) | 32) == 'x';
            int value = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
            boolean good = value > 0 && Character.isValidCodePoint(value);
            return good && (value < 0xD800 || value > 0xDFFF) ? Character.toString(value) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
