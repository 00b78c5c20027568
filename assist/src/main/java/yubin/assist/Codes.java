package yubin.assist;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reply codes, enhanced status codes and commands named in a line of text.
final class Codes {
    /// As much of a diagnostic as is looked at.
    static final int TEXT_MAX = 4000;

    private static final Pattern STATUS =
            Pattern.compile("(?<![\\d.])([245])\\.(\\d{1,2})\\.(\\d{1,3})(?![\\d.]*\\d)");
    private static final Pattern REPLY =
            Pattern.compile(
                    "(?:^|[\\s:;#'\"<>(=,])([245][0-5]\\d|[45]7\\d)(?=[\\s:;,#-])(?!-bit)(?! *(?:days?|hours?|minutes?|octets|bytes|MB|KB)\\b)");
    private static final Pattern[] COMMANDS = {
        Pattern.compile(
                "(?i)in reply to (?:end of )?(\\w+)|(?:after|for) (?:pipelined )?(?:end of )?(RCPT|MAIL|DATA|EHLO|HELO|QUIT|TEXT)\\b|did not like our (?:final )?(RCPT|MAIL|DATA|EHLO|HELO)|\\[(RCPT|MAIL|DATA)(?:_TO|_FROM)?\\]|SMTP:(RCPT|MAIL|DATA|TEXT)|while performing the (HELO|EHLO)|SMTP command (DATA|RCPT|MAIL)\\b"),
        Pattern.compile("(?i)(?:after )(end of data|initial connection)"),
    };

    /// One of these stands where a command is named; most texts have none.
    private static final String[] BESIDE_COMMANDS = {
        "in reply to",
        "after",
        "for ",
        "did not like our",
        "[rcpt",
        "[mail",
        "[data",
        "smtp:",
        "while performing",
        "smtp command",
        "does not like recipient",
        "but sender was rejected",
        "my name was rejected",
        "refused to talk to me",
        "but greeting failed"
    };

    private Codes() {}

    static String head(String text) {
        return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) : text;
    }

    /// The most telling enhanced status code in `text`; empty when there is none.
    static String status(String text) {
        String vague = "";
        Matcher m = STATUS.matcher(text);
        while (m.find()) {
            String code = m.group();
            if (text.startsWith("]", m.end()) || text.startsWith(".", m.end() + 1)) continue;
            if (m.group(1).equals("2")) continue;
            if (!isVague(code)) return code;
            if (vague.isEmpty()) vague = code;
        }
        return vague;
    }

    /// RFC 3463 §3.1: `X.0.0` says nothing but its class.
    static boolean isVague(String status) {
        return status.isEmpty() || status.endsWith(".0.0");
    }

    static String reply(String text) {
        Matcher m = REPLY.matcher(text);
        String found = "";
        while (m.find()) {
            String code = m.group(1);
            if (code.charAt(0) == '2') continue;
            if (found.isEmpty() || code.charAt(0) > found.charAt(0) && found.equals("421")) {
                found = code;
            }
            if (!found.equals("421")) break;
        }
        return found;
    }

    static String command(String text) {
        String low = text.toLowerCase(Locale.ROOT);
        if (Arrays.stream(BESIDE_COMMANDS).noneMatch(low::contains)) return "";
        for (Pattern pattern : COMMANDS) {
            Matcher m = pattern.matcher(text);
            if (!m.find()) continue;
            for (int i = 1; i <= m.groupCount(); i++) {
                if (m.group(i) != null) return named(m.group(i));
            }
        }
        if (low.contains("does not like recipient")) return "RCPT";
        if (low.contains("failed after i sent the message")) return "DATA";
        if (low.contains("but sender was rejected")) return "MAIL";
        if (low.contains("my name was rejected")) return "HELO";
        if (low.contains("refused to talk to me") || low.contains("but greeting failed")) {
            return "CONN";
        }
        return "";
    }

    static String named(String word) {
        String up = word.toUpperCase(Locale.ROOT);
        if (up.startsWith("RCPT")) return "RCPT";
        if (up.startsWith("MAIL")) return "MAIL";
        if (up.startsWith("EHLO") || up.startsWith("HELO") || up.startsWith("LHLO")) return "HELO";
        if (up.startsWith("DATA") || up.startsWith("BDAT") || up.startsWith("END OF")) {
            return "DATA";
        }
        if (up.equals("TEXT") || up.equals("END")) return "DATA";
        if (up.startsWith("INITIAL") || up.startsWith("CONN")) return "CONN";
        return "";
    }
}
