package yubin.ledger;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes secrets out of a line before it is written. The last wall: rooms do not log secrets in the
/// first place.
///
/// Replaces what follows AUTH, LOGIN, PASS, AUTHENTICATE in a protocol line, and the value of
/// anything called password, secret or token. Control characters become `?`, so that a hostile line
/// cannot forge another; a line is cut at [#LINE_MAX] characters.
public final class Redaction {
    /// Characters of one event that are kept.
    public static final int LINE_MAX = 2000;

    private static final Pattern PROTOCOL =
            Pattern.compile(
                    "(?i)\\b(AUTH(?:ENTICATE)?\\s+[A-Z0-9-]{2,20}|PASS|LOGIN\\s+\\S+)\\s+\\S+");
    private static final Pattern NAMED =
            Pattern.compile(
                    "(?i)\\b(password|passwd|secret|token|passphrase)([\"']?\\s*[=:]\\s*)"
                            + "(\"[^\"]*\"|'[^']*'|\\S+)");

    private Redaction() {}

    public static String clean(String line) {
        String text = line.length() > LINE_MAX ? line.substring(0, LINE_MAX) + "…" : line;
        text = printable(text);
        Matcher protocol = PROTOCOL.matcher(text);
        if (protocol.find()) text = protocol.replaceAll("$1 ***");
        Matcher named = NAMED.matcher(text);
        if (named.find()) text = named.replaceAll("$1$2***");
        return text;
    }

    private static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                StringBuilder out = new StringBuilder(text);
                for (int k = i; k < out.length(); k++) {
                    if (Character.isISOControl(out.charAt(k))) out.setCharAt(k, '?');
                }
                return out.toString();
            }
        }
        return text;
    }
}
