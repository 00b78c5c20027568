package yubin.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Walks over the octets of a header, field by field, without making objects. RFC 5322 §2.2.
///
/// Lines may end in CRLF or LF. A line that is no field (no colon, a blank in the name) is passed
/// over with the lines folded under it: what follows may still be a header (seen in the wild), and
/// losing Content-Type is worse than losing the line.
public final class HeaderFields {
    /// Fields whose names are kept with every message, besides Content-* and List-*: what the lists
    /// of Thunderbird, Apple Mail, Outlook, mutt, Roundcube, K-9, offlineimap and mbsync ask for.
    private static final String[] KEPT = {
        "date",
        "from",
        "sender",
        "subject",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "message-id",
        "in-reply-to",
        "references",
        "mime-version",
        "return-path",
        "delivered-to",
        "x-original-to",
        "auto-submitted",
        "precedence",
        "importance",
        "priority",
        "x-priority",
        "x-msmail-priority",
        "newsgroups",
        "followup-to",
        "mail-followup-to",
        "mail-reply-to",
        "disposition-notification-to",
        "return-receipt-to",
        "x-label",
        "x-tuid",
        "x-spam-flag",
        "x-spam-status",
        "x-spam-level",
        "user-agent",
        "x-mailer",
        "organization",
        "comments",
        "keywords",
        "lines",
        "resent-date",
        "resent-from",
        "resent-to",
        "resent-cc",
        "resent-message-id",
        "resent-sender",
        "x-uniform-type-identifier",
        "x-universally-unique-identifier",
        "x-auto-response-suppress",
        "x-loop",
        "x-mozilla-draft-info",
        "x-mozilla-keys",
        "chat-version",
        "archived-at",
        "feedback-id",
        "x-draft-info",
        "x-account-key",
        "x-gmail-labels",
        "x-keywords",
        "supersedes",
        "reply-by",
        "sensitivity",
        "original-recipient",
        "x-failed-recipients",
        "x-evolution"
    };

    private static final int SLOTS = 512;
    private static final byte[][] TABLE = new byte[SLOTS][];

    static {
        for (String name : KEPT) {
            byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
            int slot = hash(octets, 0, octets.length) & SLOTS - 1;
            while (TABLE[slot] != null) slot = slot + 1 & SLOTS - 1;
            TABLE[slot] = octets;
        }
    }

    private HeaderFields() {}

    /// Takes one field.
    @FunctionalInterface
    public interface Sink {
        /// @param start of the name
        /// @param nameEnd after the name (blanks before the colon are not part of it)
        /// @param value after the colon
        /// @param end after the line end of the last line of the field
        /// @return false to stop
        boolean field(byte[] octets, int start, int nameEnd, int value, int end);
    }

    /// Calls `sink` for each field between `from` and `to`, until an empty line or the end.
    public static void each(byte[] octets, int from, int to, Sink sink) {
        int at = from;
        while (at < to) {
            int end = fieldEnd(octets, at, to);
            int nameEnd = nameEnd(octets, at, end);
            if (nameEnd < 0) {
                if (isEmptyLine(octets, at, end)) return;
            } else {
                int colon = nameEnd;
                while (octets[colon] != ':') colon++;
                if (!sink.field(octets, at, nameEnd, colon + 1, end)) return;
            }
            at = end;
        }
    }

    /// All fields as values, for headers that are short or asked for once.
    public static List<Field> list(byte[] octets, int from, int to) {
        List<Field> fields = new ArrayList<>();
        each(
                octets,
                from,
                to,
                (b, start, nameEnd, value, end) ->
                        fields.add(field(b, start, nameEnd, value, end)));
        return fields;
    }

    static Field field(byte[] octets, int start, int nameEnd, int value, int end) {
        int stop = end;
        if (stop > value && octets[stop - 1] == '\n') stop--;
        if (stop > value && octets[stop - 1] == '\r') stop--;
        return new Field(
                new String(octets, start, nameEnd - start, StandardCharsets.US_ASCII),
                java.util.Arrays.copyOfRange(octets, value, stop));
    }

    /// The end of the field that starts at `at`, its folded lines and last line end included.
    private static int fieldEnd(byte[] octets, int at, int to) {
        int i = at;
        while (i < to) {
            if (octets[i++] == '\n' && (i == to || octets[i] != ' ' && octets[i] != '\t')) return i;
        }
        return to;
    }

    /// Where the name of the field ends, or -1 when the line is no field. RFC 5322 §3.6.8, blanks
    /// before the colon as in §4.5.
    static int nameEnd(byte[] octets, int at, int end) {
        int i = at;
        while (i < end && octets[i] > 32 && octets[i] < 127 && octets[i] != ':') i++;
        int nameEnd = i;
        while (i < end && (octets[i] == ' ' || octets[i] == '\t')) i++;
        return nameEnd > at && i < end && octets[i] == ':' ? nameEnd : -1;
    }

    private static boolean isEmptyLine(byte[] octets, int at, int end) {
        return octets[at] == '\n' || octets[at] == '\r' && at + 1 < end && octets[at + 1] == '\n';
    }

    static boolean is(byte[] octets, int start, int nameEnd, String lowerCaseName) {
        if (nameEnd - start != lowerCaseName.length()) return false;
        for (int i = start; i < nameEnd; i++) {
            if (lower(octets[i]) != lowerCaseName.charAt(i - start)) return false;
        }
        return true;
    }

    /// True for a field that describes the body it stands over: Content-*. RFC 2045 §9.
    static boolean isContent(byte[] octets, int start, int nameEnd) {
        return nameEnd - start > 8 && is(octets, start, start + 8, "content-");
    }

    /// True for a field that a message root keeps.
    static boolean isKept(byte[] octets, int start, int nameEnd) {
        if (isContent(octets, start, nameEnd)) return true;
        if (nameEnd - start > 5 && is(octets, start, start + 5, "list-")) return true;
        int slot = hash(octets, start, nameEnd) & SLOTS - 1;
        while (TABLE[slot] != null) {
            if (same(octets, start, nameEnd, TABLE[slot])) return true;
            slot = slot + 1 & SLOTS - 1;
        }
        return false;
    }

    static boolean isKept(String name) {
        byte[] octets = name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1);
        return isKept(octets, 0, octets.length);
    }

    private static boolean same(byte[] octets, int start, int end, byte[] lowerCase) {
        if (end - start != lowerCase.length) return false;
        for (int i = start; i < end; i++) {
            if (lower(octets[i]) != lowerCase[i - start]) return false;
        }
        return true;
    }

    private static int hash(byte[] octets, int start, int end) {
        int hash = end - start;
        for (int i = start; i < end; i++) hash = hash * 31 + lower(octets[i]);
        return hash ^ hash >>> 9;
    }

    static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet | 32 : octet;
    }
}
