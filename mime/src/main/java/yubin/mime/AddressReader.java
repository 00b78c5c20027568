package yubin.mime;

import java.util.ArrayList;
import java.util.List;

/// Reads one address list. RFC 5322 §3.4.
///
/// Goes over the text once; a mailbox is what was gathered when a comma, a semicolon or the end
/// comes. Blind to case and to what an address means.
final class AddressReader {
    private final String body;
    private final boolean decode;
    private final List<Addresses.Entry> entries = new ArrayList<>(1);
    private List<Addresses.Mailbox> members;
    private String groupName;
    private int count;

    /// What was read of the current mailbox.
    private final StringBuilder phrase = new StringBuilder();

    private final StringBuilder comment = new StringBuilder();
    private String angle;
    private boolean quotedLocal;
    private boolean gap;

    AddressReader(String body, boolean decode) {
        this.body = Field.unfold(body);
        this.decode = decode;
    }

    List<Addresses.Entry> list() {
        int at = 0;
        int length = body.length();
        while (at < length && count < Addresses.ADDRESSES_MAX) {
            char c = body.charAt(at);
            switch (c) {
                case '(' -> {
                    int end = Addresses.skipComment(body, at);
                    addComment(at + 1, end);
                    gap = true;
                    at = end;
                }
                case '"' -> at = quoted(at);
                case '<' -> at = angle(at);
                case ',' -> {
                    endMailbox();
                    at++;
                }
                case ';' -> {
                    endMailbox();
                    endGroup();
                    at++;
                }
                case ':' -> {
                    if (members == null && angle == null && phrase.indexOf("@") < 0) {
                        startGroup();
                    } else {
                        append(c);
                    }
                    at++;
                }
                case ' ', '\t', '\r', '\n' -> {
                    gap = true;
                    at++;
                }
                default -> at = atom(at);
            }
        }
        endMailbox();
        endGroup();
        return entries;
    }

    private int atom(int at) {
        int end = encodedWordEnd(at);
        if (end < 0) {
            append(body.charAt(at));
            return at + 1;
        }
        if (gap && !phrase.isEmpty()) phrase.append(' ');
        gap = false;
        phrase.append(body, at, end);
        return end;
    }

    /// After an encoded-word that starts at `at`, -1 when none does.
    private int encodedWordEnd(int at) {
        if (!body.startsWith("=?", at)) return -1;
        int q = body.indexOf('?', at + 2);
        if (q < 0 || q - at > 62) return -1;
        int text = q + 3;
        if (text > body.length() || body.charAt(text - 1) != '?') return -1;
        int end = body.indexOf("?=", text);
        if (end < 0) return -1;
        for (int i = text; i < end; i++) {
            char c = body.charAt(i);
            if (c == '<' || c == '"') return -1;
        }
        return end + 2;
    }

    private void append(char c) {
        if (gap && !phrase.isEmpty() && !isGlued(c)) phrase.append(' ');
        gap = false;
        phrase.append(c);
    }

    /// Blanks around `@` and `.` of an address are none. RFC 5322 §4.4.
    private boolean isGlued(char c) {
        char before = phrase.charAt(phrase.length() - 1);
        return c == '@' || before == '@' || (c == '.' || before == '.') && isAddressSoFar();
    }

    private boolean isAddressSoFar() {
        return phrase.indexOf("@") > 0 && phrase.indexOf(" ") < 0;
    }

    private int quoted(int at) {
        StringBuilder text = new StringBuilder();
        int i = at + 1;
        boolean closed = false;
        while (i < body.length() && !closed) {
            char c = body.charAt(i++);
            if (c == '"') {
                closed = true;
            } else if (c == '\\' && i < body.length()) {
                text.append(body.charAt(i++));
            } else {
                text.append(c);
            }
        }
        if (!closed) {
            // A lone quote sign: goes on as if it were not there.
            return at + 1;
        }
        if (phrase.isEmpty() && i < body.length() && body.charAt(i) == '@') quotedLocal = true;
        if (gap && !phrase.isEmpty()) phrase.append(' ');
        gap = i >= body.length() || body.charAt(i) != '@';
        phrase.append(text);
        return i;
    }

    private int angle(int at) {
        int i = at + 1;
        boolean inQuotes = false;
        StringBuilder inside = new StringBuilder();
        while (i < body.length()) {
            char c = body.charAt(i);
            if (c == '"') {
                inQuotes = !inQuotes;
            } else if (c == '\\' && inQuotes && i + 1 < body.length()) {
                inside.append(c);
                c = body.charAt(++i);
            } else if (!inQuotes && c == '(') {
                int end = Addresses.skipComment(body, i);
                addComment(i + 1, end);
                i = end;
                continue;
            } else if (!inQuotes && c == '>') {
                break;
            } else if (!inQuotes && c == '<') {
                // `<<ann@example.com>>`
                inside.setLength(0);
                i++;
                continue;
            } else if (!inQuotes && c == ',' && inside.indexOf("@") > 0) {
                // The closing sign is missing.
                setAngle(inside.toString());
                return i;
            }
            inside.append(c);
            i++;
        }
        setAngle(inside.toString());
        while (i + 1 < body.length() && body.charAt(i + 1) == '>') i++;
        return Math.min(i + 1, body.length());
    }

    private void setAngle(String text) {
        if (angle == null || angle.isEmpty()) angle = text.strip();
        gap = true;
    }

    private void addComment(int from, int end) {
        int to = end > from && body.charAt(end - 1) == ')' ? end - 1 : end;
        if (to <= from) return;
        if (!comment.isEmpty()) comment.append(' ');
        for (int i = from; i < to; i++) {
            char c = body.charAt(i);
            if (c == '\\' && i + 1 < to) c = body.charAt(++i);
            comment.append(c);
        }
    }

    private void startGroup() {
        groupName = text(phrase.isEmpty() ? comment.toString() : phrase.toString());
        members = new ArrayList<>();
        clear();
    }

    private void endGroup() {
        if (members == null) return;
        entries.add(new Addresses.Group(groupName, members));
        members = null;
    }

    private void endMailbox() {
        if (!phrase.isEmpty() || angle != null) {
            Addresses.Mailbox mailbox = mailbox();
            if (mailbox != null) {
                count++;
                if (members == null) {
                    entries.add(mailbox);
                } else {
                    members.add(mailbox);
                }
            }
        }
        clear();
    }

    private void clear() {
        phrase.setLength(0);
        comment.setLength(0);
        angle = null;
        quotedLocal = false;
        gap = false;
    }

    private Addresses.Mailbox mailbox() {
        String name = phrase.toString().strip();
        if (angle != null) {
            if (name.isEmpty()) name = comment.toString().strip();
            return address(name, angle);
        }
        if (name.isEmpty()) return null;
        String remark = comment.toString().strip();
        int at = name.lastIndexOf('@');
        int space = name.lastIndexOf(' ');
        if (quotedLocal && at > 0) {
            // `"odd local"@example.com`, its quotes gone already.
            return new Addresses.Mailbox(
                    remark.isEmpty() ? null : text(remark),
                    name.substring(0, at),
                    withoutBlanks(name.substring(at + 1)),
                    null);
        }
        if (at > 0 && space > at) {
            // `ann@example.com Ann`
            return address(name.substring(space + 1), name.substring(0, space));
        }
        if (at > 0 && space > 0) {
            // `Ann ann@example.com`
            return address(name.substring(0, space), name.substring(space + 1));
        }
        if (at < 0 && (space > 0 || name.startsWith("=?"))) {
            return new Addresses.Mailbox(text(name), "", "", null);
        }
        return address(remark, name);
    }

    private Addresses.Mailbox address(String name, String written) {
        String spec = written;
        String route = null;
        int colon = spec.indexOf(':');
        if (spec.startsWith("@") && colon > 0) {
            route = spec.substring(0, colon);
            spec = spec.substring(colon + 1).strip();
        }
        int at = spec.lastIndexOf('@');
        String local = at < 0 ? spec : spec.substring(0, at);
        String domain = at < 0 ? "" : withoutBlanks(spec.substring(at + 1));
        return new Addresses.Mailbox(
                name.isEmpty() ? null : text(name), unquote(local.strip()), domain, route);
    }

    private static String unquote(String local) {
        if (local.length() < 2 || !local.startsWith("\"") || !local.endsWith("\"")) {
            return local.indexOf('"') < 0 ? withoutBlanks(local) : local;
        }
        StringBuilder out = new StringBuilder(local.length());
        for (int i = 1; i < local.length() - 1; i++) {
            char c = local.charAt(i);
            if (c == '\\' && i + 1 < local.length() - 1) c = local.charAt(++i);
            out.append(c);
        }
        return out.toString();
    }

    private static String withoutBlanks(String text) {
        if (text.indexOf(' ') < 0 && text.indexOf('\t') < 0) return text;
        return text.replace(" ", "").replace("\t", "");
    }

    private String text(String written) {
        return decode ? EncodedWords.decode(written).strip() : written;
    }
}
