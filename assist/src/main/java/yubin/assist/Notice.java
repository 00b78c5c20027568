package yubin.assist;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import yubin.mime.Charsets;
import yubin.mime.EncodedWords;
import yubin.mime.Message;
import yubin.mime.Part;

/// An error mail taken apart: its header, the words, the machine-readable parts, what came back.
final class Notice {
    /// Of each part so much is read.
    private static final int PART_OCTETS_MAX = 64 * 1024;

    /// A report on 1000 recipients has about this.
    private static final int STATUS_OCTETS_MAX = 256 * 1024;

    /// What a mail system has to say stands before the letter that it returns.
    private static final int OCTETS_MAX = 1024 * 1024;

    private static final int TEXT_MAX = 4 * PART_OCTETS_MAX;
    private static final int LINE_MAX = 1000;
    private static final int LINES_MAX = 10_000;

    private static final Pattern RETURNED_BELOW =
            Pattern.compile(
                    "(?i)^[\\W_]*(?:original message(?: follows| headers?)?\\W*$|unsent message follows"
                            + "|below this line is (?:a copy|the original)|this is a copy of (?:the|your)"
                            + "|the header of the original|message headers? follow|original message follows"
                            + "|returned message\\W*$|below is a copy of the original|original mail as follows"
                            + "|message contents? follow|--- .*original message|header of the original"
                            + "|included is a copy of|content-type: *(?:message/rfc822|text/rfc822-headers)).*");

    /// No line of RETURNED_BELOW is shorter.
    private static final int BELOW_CHARS_MIN = 12;

    private static final int RECEIVED_MAX = 50;
    private static final Pattern RECEIVED_ID = Pattern.compile("\\bid <?([\\w.-]{1,64})");
    private static final Pattern HEADER_BELOW =
            Pattern.compile("(?:Received|Return-[Pp]ath|DKIM-Signature|X-Received): .*");

    final Map<String, String> header;
    final StringBuilder text = new StringBuilder();
    final StringBuilder status = new StringBuilder();
    String returned = "";
    boolean feedback;
    boolean receipt;

    private final byte[] octets;
    private String html = "";
    private List<String> lines; // null until asked for

    private Notice(byte[] octets, Message message) {
        this.octets = octets;
        int bodyStart = Math.min(message.root().bodyStart(), octets.length);
        header = header(Charsets.decode("utf-8", octets, 0, Math.min(bodyStart, PART_OCTETS_MAX)));
        walk(message.root());
        if (text.isEmpty() && !html.isEmpty()) text.append(withoutTags(html));
        cut();
    }

    static Notice of(byte[] octets) {
        byte[] letter = withoutMailboxLine(octets);
        if (letter.length > OCTETS_MAX) letter = Arrays.copyOf(letter, OCTETS_MAX);
        return new Notice(letter, Message.parse(letter));
    }

    /// A first line `From somebody date` belongs to a mailbox file, not to the message.
    private static byte[] withoutMailboxLine(byte[] octets) {
        if (octets.length < 5
                || !new String(octets, 0, 5, StandardCharsets.ISO_8859_1).equals("From ")) {
            return octets;
        }
        for (int i = 5; i < octets.length; i++) {
            if (octets[i] == '\n') return Arrays.copyOfRange(octets, i + 1, octets.length);
        }
        return octets;
    }

    String field(String name) {
        return header.getOrDefault(name, "");
    }

    /// The lines of the notice, each at most LINE_MAX characters.
    List<String> lines() {
        if (lines == null) lines = lines(text);
        return lines;
    }

    /// The first LINES_MAX lines, which end with CRLF, CR or LF.
    static List<String> lines(CharSequence text) {
        List<String> lines = new ArrayList<>();
        String all = text.toString();
        int start = 0;
        for (int at = 0; at < all.length() && lines.size() < LINES_MAX; at++) {
            char c = all.charAt(at);
            if (c != '\r' && c != '\n') continue;
            lines.add(all.substring(start, Math.min(at, start + LINE_MAX)));
            if (c == '\r' && at + 1 < all.length() && all.charAt(at + 1) == '\n') at++;
            start = at + 1;
        }
        if (lines.size() < LINES_MAX) {
            lines.add(all.substring(start, Math.min(all.length(), start + LINE_MAX)));
        }
        return lines;
    }

    private void walk(Part part) {
        String type = part.mediaType() == null ? "" : part.mediaType();
        if (part.isMessage()) {
            if (!part.children().isEmpty()) {
                Part inner = part.children().getFirst();
                keepReturned(raw(inner.headerStart(), inner.bodyStart()));
            }
            return;
        }
        if (!part.children().isEmpty()) {
            for (Part child : part.children()) walk(child);
            return;
        }
        if (type.endsWith("delivery-status")) {
            if (status.length() < STATUS_OCTETS_MAX) {
                status.append(words(part, STATUS_OCTETS_MAX)).append("\n\n");
            }
        } else if (type.equals("message/feedback-report")) {
            feedback = true;
        } else if (type.endsWith("disposition-notification")) {
            receipt = true;
        } else if (type.startsWith("message/") || type.contains("rfc822-headers")) {
            keepReturned(words(part));
        } else if (type.equals("text/html")) {
            html = words(part);
        } else if (type.startsWith("text/")
                || type.startsWith("multipart/")
                || type.isEmpty()
                || part.depth() == 0) {
            if (text.length() < TEXT_MAX) text.append(words(part)).append('\n');
        }
    }

    private void keepReturned(String header) {
        if (returned.isEmpty()) returned = header;
    }

    private String raw(int from, int to) {
        int start = Math.clamp(from, 0, octets.length);
        int end = Math.clamp(to, start, Math.min(octets.length, start + PART_OCTETS_MAX));
        return Charsets.decode("utf-8", octets, start, end - start);
    }

    private String words(Part part) {
        return words(part, PART_OCTETS_MAX);
    }

    private String words(Part part, int max) {
        byte[] body = part.decoded(octets);
        int length = Math.min(body.length, max);
        String charset = part.charset();
        if (charset == null || !Charsets.isKnown(charset)) charset = "utf-8";
        boolean ascii = charset.equalsIgnoreCase("us-ascii");
        return Charsets.decode(ascii ? "utf-8" : charset, body, 0, length);
    }

    /// The returned letter often follows the words in the same part.
    private void cut() {
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf("\n", start);
            if (end < 0) end = text.length();
            String line = text.substring(start, Math.min(end, start + 200)).stripTrailing();
            boolean below = maySayReturned(line) && RETURNED_BELOW.matcher(line).matches();
            if (below || start > 0 && isHeader(line)) {
                String rest = text.substring(below ? Math.min(end + 1, text.length()) : start);
                // Damaged mail: the parts are there, the boundary is not.
                if (status.isEmpty()) status.append(statusOf(rest));
                keepReturned(rest.stripLeading());
                text.setLength(start);
                return;
            }
            start = end + 1;
        }
    }

    /// Most lines are told apart by their first letter.
    private static boolean maySayReturned(String line) {
        if (line.length() < BELOW_CHARS_MIN) return false;
        int at = 0;
        while (at < line.length() && !isOfWord(line.charAt(at))) at++;
        if (at == line.length()) return false;
        return "oubtmrihc".indexOf(Character.toLowerCase(line.charAt(at))) >= 0
                || line.contains("--- ");
    }

    private static boolean isOfWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }

    private static boolean isHeader(String line) {
        return !line.isEmpty()
                && "RDX".indexOf(line.charAt(0)) >= 0
                && HEADER_BELOW.matcher(line).matches();
    }

    private static String statusOf(String rest) {
        int at = rest.toLowerCase(Locale.ROOT).indexOf("content-type: message/delivery-status");
        return at < 0 ? "" : rest.substring(at);
    }

    /// Takes tags away. What stands in `<>` and looks like an address is none.
    private static String withoutTags(String html) {
        StringBuilder out = new StringBuilder();
        boolean tag = false;
        int at = 0; // the next @, > and space from here on: each is looked for once
        int close = 0;
        int space = 0;
        for (int i = 0; i < html.length(); i++) {
            char c = html.charAt(i);
            if (c == '<' && i + 1 < html.length() && "/!".indexOf(html.charAt(i + 1)) < 0) {
                at = next(html, '@', at, i);
                close = next(html, '>', close, i);
                space = next(html, ' ', space, i);
                tag = at > close || close == html.length() || space < close;
                if (!tag) out.append(c);
            } else if (c == '<') {
                tag = true;
            } else if (c == '>' && tag) {
                tag = false;
                out.append('\n');
            } else if (!tag) {
                out.append(c);
            }
        }
        return out.toString().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    /// Where `c` is next at or behind `from`; the end of the text when it is not.
    ///
    /// @param known where it was next for an earlier `from`
    private static int next(String text, char c, int known, int from) {
        if (known >= from && known > 0) return known;
        int at = text.indexOf(c, from);
        return at < 0 ? text.length() : at;
    }

    /// Fields by lower-case name, unfolded; the first of each name. Stops at the first empty line.
    static Map<String, String> header(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        String name = null;
        for (String line : lines(text)) {
            if (line.isBlank()) {
                if (fields.isEmpty()) continue;
                break;
            }
            if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
                if (name != null && fields.get(name).length() < 4 * LINE_MAX) {
                    fields.merge(name, " " + line.strip(), String::concat);
                }
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) continue;
            String next = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            name = fields.containsKey(next) ? null : next;
            if (name != null) fields.put(name, line.substring(colon + 1).strip());
        }
        return fields;
    }

    /// The ids of the Received fields of the returned letter, from top to bottom.
    List<String> returnedReceivedIds() {
        List<String> ids = new ArrayList<>();
        boolean received = false;
        for (String line : lines(returned.stripLeading())) {
            if (line.isBlank() || ids.size() == RECEIVED_MAX) break;
            boolean folded = line.charAt(0) == ' ' || line.charAt(0) == '\t';
            if (!folded) received = line.regionMatches(true, 0, "Received:", 0, 9);
            Matcher id = RECEIVED_ID.matcher(line);
            if (received && id.find()) ids.add(id.group(1));
        }
        return ids;
    }

    String returnedField(String name) {
        return EncodedWords.decode(header(returned).getOrDefault(name, ""));
    }
}
