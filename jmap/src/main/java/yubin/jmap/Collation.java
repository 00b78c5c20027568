package yubin.jmap;

import java.text.Normalizer;
import java.util.Locale;

/// How texts are compared: by their folded form. RFC 4790, RFC 5051.
final class Collation {
    private Collation() {}

    static boolean isKnown(String name) {
        return switch (name) {
            case "i;ascii-numeric", "i;ascii-casemap", "i;unicode-casemap" -> true;
            default -> false;
        };
    }

    /// What `i;unicode-casemap` compares: compatibility forms and case made equal.
    static String fold(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
            }
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /// The key of a text under a collation.
    static String key(String collation, String text) {
        if ("i;ascii-casemap".equals(collation)) return text.toUpperCase(Locale.ROOT);
        if (!"i;ascii-numeric".equals(collation)) return fold(text);
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') end++;
        if (end == 0) return "~"; // no number comes last
        String digits = text.substring(0, end).replaceFirst("^0+(?=.)", "");
        return "%05d".formatted(digits.length()) + digits;
    }
}
