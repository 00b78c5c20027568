package yubin.assist;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds recipients, and what is said of each, in a notice without machine-readable parts.
///
/// Notices of all systems name the recipient in one of few ways: alone on a line with the words
/// below it (Exim, qmail, Gmail, Exchange), at the start of a line with the words after it
/// (Postfix, OpenSMTPD, Zoho), after a label (`Could not be delivered to:`), in a transcript of
/// the session (old sendmail). They are tried in this order.
final class FreeText {
    /// @param words what is said of this recipient, one line
    record Found(String address, String words, String source) {}

    private static final String ADDRESS =
            "((?:\"[^\"\\s]{1,64}\"|[^\\s<>\"'(),:;\\[\\]*@]{1,128})@[\\p{L}\\p{N}](?:[\\p{L}\\p{N}.-]{0,250}[\\p{L}\\p{N}])?)";
    private static final Pattern ALONE =
            Pattern.compile(
                    "\\s*(?:[>*\\u2022-]+ *)?[<\"]?"
                            + ADDRESS
                            + "[>\"]?(?:[<(](?:mailto:)?[^>)]*[>)]| <[^>]*>| +on [\\d\\p{L}].{4,60}| +\\[(.{1,200})\\])?\\s*:?\\s*");
    private static final Pattern FIRST =
            Pattern.compile(
                    "\\s*(?:(?=[^\\s<@]{1,128}+@)[^\\s<]{3,384}+ )?<?"
                            + ADDRESS
                            + ">?(?::| (?=\\p{Lu}.{0,60}(?:ERROR_CODE|Error|error|said)))\\s*(.+)");
    private static final Pattern LABEL =
            Pattern.compile(
                    "(?i)(?:^\\W*recipients?(?: address)?|rcpt to|delivered to|deliver(?:ed)? (?:the |your )?(?:message|mail) to|delivering (?:your )?(?:mail|message) to"
                            + "|undeliverable to|unknown user|unknown recipient|mailbox is full|following recipient|mailing list|message-id in|, address|wasn't delivered to|couldn't be delivered to|failed recipient|original-rcpt-to)\\W{1,4}"
                            + ADDRESS);
    private static final String[] LABEL_WORDS = {
        "recipient",
        "rcpt",
        "deliver",
        "unknown user",
        "mailbox is full",
        "mailing list",
        "message-id in",
        ", address"
    };
    private static final Pattern REPLY_ABOUT =
            Pattern.compile("[45]\\d\\d[ -]<?" + ADDRESS + ">?\\s*\\.{3}\\s*(.*)");
    private static final Pattern ANY = Pattern.compile(ADDRESS);
    private static final Pattern NOT_ABOUT =
            Pattern.compile(
                    "(?i).*(?:sent by|from|contact|address is|to the address|sender|reply to|administrator)\\W*");

    private FreeText() {}

    static List<Found> find(Notice notice) {
        List<String> lines = notice.lines();
        String all = String.join(" ", lines).strip();
        Map<String, Found> found = new LinkedHashMap<>();
        failedHeader(notice, lines, all, found);
        Map<String, Found> listed = new LinkedHashMap<>();
        alone(notice, lines, listed);
        // The header of an alias may differ from the list in the text, which then is right.
        if (found.isEmpty() || found.size() == listed.size()) found = listed;
        if (found.isEmpty()) transcript(lines, found);
        if (found.isEmpty()) labelled(lines, all, found);
        if (found.isEmpty()) {
            for (String name : List.of("x-failed-recipients", "to", "x-original-to")) {
                Matcher m = ANY.matcher(shorter(notice.returnedField(name)));
                while (m.find()) put(found, m.group(1), all, "returned header");
                if (!found.isEmpty()) break;
            }
        }
        if (found.isEmpty()) anywhere(notice, all, found);
        return new ArrayList<>(found.values());
    }

    private static void failedHeader(
            Notice notice, List<String> lines, String all, Map<String, Found> found) {
        Matcher m = ANY.matcher(shorter(notice.field("x-failed-recipients")));
        About about = null;
        while (m.find()) {
            String address = m.group(1);
            if (about == null) about = new About(lines);
            put(found, address, about.of(address, all), "X-Failed-Recipients");
        }
    }

    /// Recipients at the start of a line; the words are on it and below, up to the next one.
    private static void alone(Notice notice, List<String> lines, Map<String, Found> found) {
        String address = null;
        String before = "";
        StringBuilder words = new StringBuilder();
        String leading = "";
        String sender = shorter(notice.returnedField("from"));
        for (String line : lines) {
            boolean names = line.indexOf('@') >= 0;
            Matcher alone = ALONE.matcher(line);
            Matcher first = FIRST.matcher(line);
            boolean isAlone = names && alone.matches();
            if ((isAlone || names && first.matches()) && !NOT_ABOUT.matcher(before).matches()) {
                if (address != null) put(found, address, words.toString(), "text");
                else leading = words.toString();
                words.setLength(0);
                address = clean(isAlone ? alone.group(1) : first.group(1));
                String rest = isAlone ? alone.group(2) : first.group(2);
                if (rest != null) words.append(rest).append(' ');
            } else if (words.length() < Codes.TEXT_MAX) {
                words.append(line.strip()).append(' ');
            }
            if (!line.isBlank()) before = line;
        }
        if (address != null) put(found, address, words.toString(), "text");
        if (found.size() > 1 && !notice.returnedField("to").contains(sender)) {
            found.keySet().removeIf(key -> sender.toLowerCase(Locale.ROOT).contains(key));
        }
        // A reason that stands above the list holds for all of it.
        String above = leading;
        found.replaceAll(
                (key, value) ->
                        value.words().length() < 12
                                ? new Found(value.address(), value.words() + " " + above, "text")
                                : value);
    }

    /// `550 <a@b>... User unknown` after `<<< 550 …`: a session of old sendmail.
    private static void transcript(List<String> lines, Map<String, Found> found) {
        String heard = "";
        for (String line : lines) {
            String bare = line.strip();
            if (bare.startsWith("<<<") || bare.startsWith(">>>")) heard += bare + " ";
            Matcher m = REPLY_ABOUT.matcher(bare);
            if (bare.indexOf('@') < 0 || !m.matches()) continue;
            put(found, m.group(1), heard + bare, "transcript");
            heard = "";
        }
    }

    private static void labelled(List<String> lines, String all, Map<String, Found> found) {
        for (String line : lines) {
            if (line.indexOf('@') < 0 || !maySayLabel(line)) continue;
            Matcher m = LABEL.matcher(line);
            if (m.find()) put(found, m.group(1), all, "text");
        }
    }

    /// Whether one of the words of LABEL stands in the line.
    private static boolean maySayLabel(String line) {
        String low = line.toLowerCase(Locale.ROOT);
        for (String word : LABEL_WORDS) if (low.contains(word)) return true;
        return false;
    }

    private static void anywhere(Notice notice, String all, Map<String, Found> found) {
        Matcher m = ANY.matcher(all.length() > 8000 ? all.substring(0, 8000) : all);
        String not = (notice.field("from") + notice.field("to")).toLowerCase(Locale.ROOT);
        while (m.find()) {
            String address = m.group(1).toLowerCase(Locale.ROOT);
            if (not.contains(address) || address.startsWith("postmaster@")) continue;
            put(found, m.group(1), all, "text");
            return;
        }
    }

    /// What the lines of a notice say about one recipient after the other. Which lines name
    /// somebody alone is found out once for all of them.
    static final class About {
        private final List<String> lines;
        private final BitSet naming = new BitSet();
        private final BitSet alone = new BitSet();

        About(List<String> lines) {
            this.lines = lines;
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).indexOf('@') < 0) continue;
                naming.set(i);
                if (ALONE.matcher(lines.get(i)).matches()) alone.set(i);
            }
        }

        /// The lines from the one that names `address` to the next that names another recipient.
        String of(String address, String otherwise) {
            boolean named = address.indexOf('@') >= 0;
            StringBuilder words = new StringBuilder();
            boolean on = false;
            for (int i = 0; i < lines.size(); i++) {
                boolean here = (!named || naming.get(i)) && lines.get(i).contains(address);
                if (here && (!on || alone.get(i))) {
                    words.setLength(0);
                    on = true;
                } else if (on && alone.get(i)) {
                    break;
                }
                if (on && words.length() < Codes.TEXT_MAX) {
                    words.append(lines.get(i).strip()).append(' ');
                }
            }
            return words.isEmpty() ? otherwise : words.toString();
        }
    }

    private static void put(Map<String, Found> found, String address, String words, String source) {
        if (found.size() >= 1000) return;
        String bare = clean(address);
        found.putIfAbsent(bare.toLowerCase(Locale.ROOT), new Found(bare, words.strip(), source));
    }

    static String clean(String address) {
        String bare = address.strip();
        while (bare.endsWith(".")) bare = bare.substring(0, bare.length() - 1);
        return bare;
    }

    private static String shorter(String text) {
        return text.length() > 4000 ? text.substring(0, 4000) : text;
    }
}
