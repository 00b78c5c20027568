package yubin.mime;

import java.util.List;
import java.util.Locale;

/// A subject without what answering and forwarding put before and after it. RFC 5256 §2.1.
///
/// @param text what is left, blanks folded
/// @param isReply whether something was taken away that marks an answer or a forward
public record BaseSubject(String text, boolean isReply) {
    /// What mail programs write in front, in lower case, without the colon. RFC 5256 §5 has re, fw
    /// and fwd; the others are those of translated programs.
    private static final List<String> PREFIXES =
            List.of(
                    "re", "fw", "fwd", "forward", // English
                    "aw", "wg", "antw", "antwort", // German, Dutch
                    "tr", "rép", "rep", // French
                    "r", "i", "rif", "inoltra", // Italian
                    "rv", "reenv", "res", "enc", // Spanish, Portuguese
                    "sv", "vs", "vb", "vl", "vid", "doorst", // Nordic, Dutch
                    "odp", "pd", // Polish
                    "ynt", "ilt", // Turkish
                    "на", "ответ", "отв", "пер", // Russian
                    "返信", "返", "転送", "回复", "回覆", "答复", "转发", "轉寄", "轉發", "전달", "회신", "답장");

    private static final int ROUNDS_MAX = 50;

    /// @param subject decoded, null when absent
    public static BaseSubject of(String subject) {
        if (subject == null) return new BaseSubject("", false);
        String text = subject.strip().replaceAll("\\s+", " ");
        boolean reply = false;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            String before = text;
            String lower = text.toLowerCase(Locale.ROOT);
            if (lower.endsWith("(fwd)")) {
                text = text.substring(0, text.length() - 5).strip();
                reply = true;
                continue;
            }
            int start = skipBlob(text);
            int colon = colon(text, start);
            if (colon > start && isPrefix(text.substring(start, colon))) {
                text = text.substring(colon + 1).strip();
                reply = true;
                continue;
            }
            if (start > 0 && start < text.length()) text = text.substring(start).strip();
            if (lower.startsWith("[fwd:") && text.endsWith("]")) {
                text = text.substring(5, text.length() - 1).strip();
                reply = true;
            }
            if (text.equals(before)) break;
        }
        return new BaseSubject(text, reply);
    }

    /// ```
    /// subj-blob = "[" *BLOBCHAR "]" *WSP
    /// ```
    /// RFC 5256 §5: the tag of a mailing list.
    private static int skipBlob(String text) {
        if (!text.startsWith("[") || text.toLowerCase(Locale.ROOT).startsWith("[fwd:")) return 0;
        int end = text.indexOf(']');
        if (end < 0) return 0;
        int at = end + 1;
        while (at < text.length() && text.charAt(at) == ' ') at++;
        return at;
    }

    private static int colon(String text, int from) {
        int bound = Math.min(text.length(), from + 16);
        for (int i = from; i < bound; i++) {
            char c = text.charAt(i);
            if (c == ':' || c == '\uFF1A') return i;
        }
        return -1;
    }

    /// `Re`, `Re[2]`, `Re(3)`, `Re^2`, `RE 2`.
    private static boolean isPrefix(String word) {
        int end = word.length();
        String bare = word.strip();
        int cut = 0;
        while (cut < bare.length() && Character.isLetter(bare.charAt(cut))) cut++;
        String name = bare.substring(0, cut).toLowerCase(Locale.ROOT);
        if (end == 0 || !PREFIXES.contains(name)) return false;
        for (int i = cut; i < bare.length(); i++) {
            char c = bare.charAt(i);
            if (!Character.isDigit(c) && "[]()^* ".indexOf(c) < 0) return false;
        }
        return true;
    }
}
