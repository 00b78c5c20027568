package yubin.assist;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fills the places in an explanation: `{recipient}`, `{domain}`, `{limit}`, `{list}`.
///
/// A sentence `[[…]]` with a place that cannot be filled is left out.
final class Slots {
    private static final Pattern OPTIONAL = Pattern.compile("\\[\\[([^\\]]*)]]");
    private static final Pattern LIMIT =
            Pattern.compile(
                    "(?i)(?:limit|maximum|max)[^.\\d]{0,40}?(\\d[\\d,.]{0,14} ?(?:[kmg]i?b|bytes|octets)?)\\b");
    private static final Pattern LIST =
            Pattern.compile(
                    "(?i)(?:using|blocked by|listed (?:at|in|on|by)|list(?:ed)? ?:) *((?:[a-z0-9-]+\\.)+[a-z]{2,})|(https?://[^\\s\"'<>()\\]]{4,200})");

    private Slots() {}

    static String fill(String text, Bounce bounce, boolean japanese) {
        StringBuilder kept = new StringBuilder();
        Matcher m = OPTIONAL.matcher(text);
        while (m.find()) {
            String sentence = m.group(1);
            boolean fillable =
                    (!sentence.contains("{limit}") || !limit(bounce).isEmpty())
                            && (!sentence.contains("{list}") || !list(bounce).isEmpty());
            m.appendReplacement(kept, fillable ? Matcher.quoteReplacement(sentence) : "");
        }
        m.appendTail(kept);
        String recipient = bounce.recipient();
        String domain = recipient.substring(recipient.lastIndexOf('@') + 1);
        if (recipient.isEmpty()) {
            recipient = japanese ? "宛先" : "the recipient";
            domain = japanese ? "宛先のドメイン" : "the recipient's domain";
        }
        return kept.toString()
                .replace("{limit}", limit(bounce))
                .replace("{list}", list(bounce))
                .replace("{domain}", domain)
                .replace("{recipient}", recipient)
                .strip();
    }

    private static String limit(Bounce bounce) {
        Matcher m = LIMIT.matcher(bounce.diagnostic());
        return m.find() ? m.group(1).strip() : "";
    }

    private static String list(Bounce bounce) {
        Matcher m = LIST.matcher(bounce.diagnostic());
        if (!m.find()) return "";
        return m.group(1) != null ? m.group(1).toLowerCase(Locale.ROOT) : m.group(2);
    }
}
