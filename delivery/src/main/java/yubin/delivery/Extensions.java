package yubin.delivery;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a server said to EHLO. RFC 5321 §4.1.1.1.
///
/// @param keywords in upper case with their parameters; empty after HELO
record Extensions(Map<String, String> keywords) {
    static final Extensions NONE = new Extensions(Map.of());

    /// Lines of an EHLO reply that are looked at.
    private static final int LINES_MAX = 100;

    /// @param lines of the reply; the first names the server
    static Extensions parse(List<String> lines) {
        Map<String, String> keywords = new HashMap<>();
        for (int i = 1; i < lines.size() && i < LINES_MAX; i++) {
            String line = lines.get(i).strip();
            int blank = line.indexOf(' ');
            String keyword = blank < 0 ? line : line.substring(0, blank);
            String rest = blank < 0 ? "" : line.substring(blank + 1).strip();
            keywords.putIfAbsent(keyword.toUpperCase(Locale.ROOT), rest);
        }
        return new Extensions(Map.copyOf(keywords));
    }

    boolean has(String keyword) {
        return keywords.containsKey(keyword);
    }

    /// The size that the server states, RFC 1870 §4; `Long.MAX_VALUE` when it states none.
    long sizeMax() {
        String size = keywords.get("SIZE");
        if (size == null || size.isEmpty() || size.length() > 18) return Long.MAX_VALUE;
        long value = 0;
        for (int i = 0; i < size.length(); i++) {
            char c = size.charAt(i);
            if (c < '0' || c > '9') return Long.MAX_VALUE;
            value = value * 10 + (c - '0');
        }
        return value == 0 ? Long.MAX_VALUE : value;
    }

    /// True when the server knows this SASL mechanism, RFC 4954 §3.
    boolean hasAuth(String mechanism) {
        String auth = keywords.get("AUTH");
        return auth != null
                && List.of(auth.toUpperCase(Locale.ROOT).split(" ")).contains(mechanism);
    }
}
