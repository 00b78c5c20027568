package yubin.html;

import java.util.Locale;
import java.util.Set;

/// Which addresses may stand in a link or behind an image.
final class Links {
    /// Longer addresses are left out.
    private static final int LINK_CHARS_MAX = 8 * 1024;

    /// Embedded images are part of the mail, and mails have a limit of their own.
    private static final int DATA_CHARS_MAX = 32 << 20;

    private static final Set<String> FOLLOWED =
            Set.of("http", "https", "mailto", "tel", "sms", "ftp", "cid", "mid", "webcal", "xmpp");

    /// No SVG: it is a document of its own.
    private static final Set<String> PICTURES =
            Set.of(
                    "image/png",
                    "image/gif",
                    "image/jpeg",
                    "image/jpg",
                    "image/webp",
                    "image/avif",
                    "image/bmp",
                    "image/x-icon",
                    "image/vnd.microsoft.icon");

    private Links() {}

    /// What a person may follow by a click: a scheme of the list or a place in the same mail.
    ///
    /// @return the address as it may be written, or null
    static String followed(String address) {
        String link = trimmed(address);
        if (link.isEmpty() || link.length() > LINK_CHARS_MAX) return null;
        if (link.startsWith("#")) return "#" + Elements.named(link.substring(1));
        if (link.startsWith("//")) return "https:" + link;
        String scheme = scheme(link);
        // Without a scheme it would lead into the web client itself.
        return scheme != null && FOLLOWED.contains(scheme) ? link : null;
    }

    /// True when showing this image asks nobody: it is part of the mail.
    static boolean isEnclosed(String address) {
        String link = trimmed(address);
        String scheme = scheme(link);
        if (scheme == null) return false;
        return switch (scheme) {
            case "cid" -> link.length() <= LINK_CHARS_MAX;
            case "data" -> link.length() <= DATA_CHARS_MAX && PICTURES.contains(dataType(link));
            default -> false;
        };
    }

    /// True when this image would be fetched from elsewhere, in a way that may be kept.
    static boolean isRemote(String address) {
        String link = trimmed(address);
        if (link.isEmpty() || link.length() > LINK_CHARS_MAX) return false;
        String scheme = scheme(link);
        return scheme == null || scheme.equals("http") || scheme.equals("https");
    }

    /// Without the characters that a browser skips: RFC 3986 knows none of them, the URL standard
    /// drops tabs and line ends anywhere and control characters and spaces at both ends.
    static String trimmed(String address) {
        StringBuilder kept = new StringBuilder(address.length());
        boolean query = false;
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            query |= c == '?' || c == '#';
            boolean skipped = c == '\t' || c == '\n' || c == '\r' || c == '\0';
            // A browser reads `\` as `/` there.
            if (!skipped) kept.append(c == '\\' && !query ? '/' : c);
        }
        int from = 0;
        int to = kept.length();
        while (from < to && isBlank(kept.charAt(from))) from++;
        while (to > from && isBlank(kept.charAt(to - 1))) to--;
        return kept.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c <= ' ' || c == 0x7f || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`; null when there is none. What has a
    /// colon before any slash, and no clean scheme, is no relative address either: `""`.
    private static String scheme(String link) {
        for (int i = 0; i < link.length(); i++) {
            char c = link.charAt(i);
            if (c == ':') {
                String scheme = link.substring(0, i);
                return scheme.matches("[A-Za-z][A-Za-z0-9+.-]*")
                        ? scheme.toLowerCase(Locale.ROOT)
                        : "";
            }
            if (c == '/' || c == '?' || c == '#') return null;
        }
        return null;
    }

    private static String dataType(String link) {
        int from = "data:".length();
        int to = from;
        while (to < link.length() && link.charAt(to) != ';' && link.charAt(to) != ',') to++;
        return link.substring(from, to).strip().toLowerCase(Locale.ROOT);
    }
}
