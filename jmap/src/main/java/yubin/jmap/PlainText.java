package yubin.jmap;

/// The words of an HTML text: tags and what is not shown left out. For searching, not for showing:
/// nothing that comes out is ever taken for HTML again.
final class PlainText {
    private PlainText() {}

    static String of(String html) {
        StringBuilder text = new StringBuilder(html.length() / 2);
        int at = 0;
        while (at < html.length()) {
            int open = html.indexOf('<', at);
            if (open < 0) open = html.length();
            entities(html, at, open, text);
            if (open == html.length()) break;
            if (html.startsWith("<!--", open)) {
                int end = html.indexOf("-->", open);
                at = end < 0 ? html.length() : end + 3;
                continue;
            }
            int close = html.indexOf('>', open);
            if (close < 0) break;
            at = close + 1;
            String name = name(html, open + 1, close);
            if (name.equals("style") || name.equals("script")) {
                at = after(html, name, at);
            } else if (!isInline(name)) {
                text.append(' ');
            }
        }
        return text.toString();
    }

    private static int after(String html, String name, int from) {
        String end = "</" + name;
        for (int i = html.indexOf("</", from); i >= 0; i = html.indexOf("</", i + 2)) {
            if (html.regionMatches(true, i, end, 0, end.length())) {
                int close = html.indexOf('>', i);
                return close < 0 ? html.length() : close + 1;
            }
        }
        return html.length();
    }

    private static String name(String html, int from, int to) {
        int start = from < to && html.charAt(from) == '/' ? from + 1 : from;
        int end = start;
        while (end < to && Character.isLetterOrDigit(html.charAt(end))) end++;
        return html.substring(start, end).toLowerCase(java.util.Locale.ROOT);
    }

    /// A word may go on behind these.
    private static boolean isInline(String name) {
        return switch (name) {
            case "a", "b", "i", "u", "s", "em", "strong", "span", "font", "mark", "small", "wbr" ->
                    true;
            default -> false;
        };
    }

    private static void entities(String html, int from, int to, StringBuilder text) {
        for (int i = from; i < to; i++) {
            char c = html.charAt(i);
            int end = c == '&' ? html.indexOf(';', i) : -1;
            if (end < 0 || end >= to || end - i > 10) {
                text.append(c);
                continue;
            }
            String entity = html.substring(i + 1, end);
            String meaning = meaning(entity);
            if (meaning == null) {
                text.append(c);
            } else {
                text.append(meaning);
                i = end;
            }
        }
    }

    private static String meaning(String entity) {
        switch (entity) {
            case "amp" -> {
                return "&";
            }
            case "lt" -> {
                return "<";
            }
            case "gt" -> {
                return ">";
            }
            case "quot" -> {
                return "\"";
            }
            case "nbsp" -> {
                return " ";
            }
            default -> {}
        }
        if (!entity.startsWith("#")) return null;
        try {
            boolean hex = entity.length() > 1 && (entity.charAt(1) | 32) == 'x';
            int code = Integer.parseInt(entity.substring(hex ? 2 : 1), hex ? 16 : 10);
            return Character.isValidCodePoint(code) ? Character.toString(code) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
