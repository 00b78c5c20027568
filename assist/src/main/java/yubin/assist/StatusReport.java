package yubin.assist;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The machine-readable part of an error mail, also damaged. RFC 3464 §2.
final class StatusReport {
    /// One group of per-recipient fields by lower-case name. RFC 3464 §2.3.
    record Group(Map<String, String> fields) {
        String get(String name) {
            return fields.getOrDefault(name, "");
        }

        /// `rfc822; a@b` without its type; `utf-8;` as well. RFC 6533 §4.
        String address(String name) {
            String value = get(name);
            int type = value.indexOf(';');
            int space = value.indexOf(' ');
            if (type >= 0 && (space < 0 || type < space)
                    || type >= 0 && type < value.indexOf('@')) {
                value = value.substring(type + 1);
            }
            return value.strip();
        }

        String action() {
            return get("action").toLowerCase(Locale.ROOT);
        }

        boolean isDelay() {
            return action().startsWith("delay");
        }

        boolean isGood() {
            String action = action();
            return action.startsWith("deliv")
                    || action.startsWith("relay")
                    || action.startsWith("expand");
        }
    }

    private static final int GROUPS_MAX = 1000;
    private static final Pattern FIELD = Pattern.compile("([A-Za-z][A-Za-z-]{2,40})\\s?:\\s*(.*)");

    private StatusReport() {}

    /// Groups that name a recipient, and the fields about the message (under `""` they are last).
    static List<Group> groups(CharSequence text, Map<String, String> perMessage) {
        List<Group> groups = new ArrayList<>();
        Map<String, String> fields = new LinkedHashMap<>();
        String name = null;
        for (String line : Notice.lines(text)) {
            if (line.isBlank()) {
                close(fields, groups, perMessage);
                fields = new LinkedHashMap<>();
                name = null;
                continue;
            }
            Matcher m = FIELD.matcher(line);
            if (m.matches()) {
                name = m.group(1).toLowerCase(Locale.ROOT);
                boolean again = fields.containsKey(name) && name.equals("final-recipient");
                if (again) {
                    close(fields, groups, perMessage);
                    fields = new LinkedHashMap<>();
                }
                if (fields.containsKey(name)) name = name + "+";
                fields.put(name, m.group(2).strip());
            } else if (name != null && fields.get(name).length() < Codes.TEXT_MAX) {
                fields.merge(name, " " + line.strip(), String::concat);
            }
        }
        close(fields, groups, perMessage);
        return groups;
    }

    private static void close(
            Map<String, String> fields, List<Group> groups, Map<String, String> perMessage) {
        boolean recipient =
                fields.containsKey("final-recipient")
                        || fields.containsKey("original-recipient") && fields.containsKey("action")
                        || fields.containsKey("x-actual-recipient") && fields.containsKey("action");
        if (!recipient) fields.forEach(perMessage::putIfAbsent);
        else if (groups.size() < GROUPS_MAX) groups.add(new Group(fields));
    }
}
