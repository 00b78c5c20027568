package yubin.imap;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import yubin.imap.FetchItem.Section;
import yubin.imap.FetchItem.What;
import yubin.mime.Message;
import yubin.mime.Part;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.StoreTrouble;

/// Finds the octets that a section of FETCH names. RFC 3501 §6.4.5.
final class Sections {
    /// A header that is filtered field by field is read up to here; the rest of a longer one is not
    /// looked at.
    static final int HEADER_OCTETS_MAX = 1 << 20;

    private Sections() {}

    /// What a section is.
    sealed interface Found {}

    /// Octets of the message, `from` to `to` (not included).
    record Range(long from, long to) implements Found {}

    record Made(byte[] octets) implements Found {}

    /// There is no such part.
    record Nothing() implements Found {}

    static Found find(Section section, Boxes boxes, Rows.Row row) throws StoreTrouble {
        Email email = row.email();
        if (section.part().length == 0 && section.what() == What.ALL) {
            return new Range(0, email.size());
        }
        Message message = row.message();
        Part part = message.root();
        if (section.part().length > 0) {
            part = message.section(section.part());
            if (part == null) return new Nothing();
            switch (section.what()) {
                case ALL -> {
                    return new Range(body(email, part), end(email, part));
                }
                case MIME -> {
                    return new Range(start(email, part), body(email, part));
                }
                default -> {
                    // HEADER and TEXT of a part are those of the message in it, if it is one.
                    if (!part.isMessage()) return new Nothing();
                    part = part.children().get(0);
                }
            }
        }
        return switch (section.what()) {
            case HEADER -> new Range(start(email, part), body(email, part));
            case TEXT -> new Range(body(email, part), end(email, part));
            case FIELDS -> new Made(fields(section.fields(), boxes, email, part));
            case FIELDS_NOT ->
                    new Made(filter(header(boxes, email, part), section.fields(), false));
            default -> new Nothing();
        };
    }

    /// Most clients ask for fields that are kept with the record: no octet of the message is read.
    private static byte[] fields(List<String> names, Boxes boxes, Email email, Part part)
            throws StoreTrouble {
        boolean kept = part.keptHeaderIsWhole();
        for (int i = 0; i < names.size() && kept; i++) kept = isKept(names.get(i), email, part);
        return filter(kept ? part.keptHeader() : header(boxes, email, part), names, true);
    }

    /// True when `mime` kept the field; the lines of this copy alone it has never seen.
    ///
    /// @param name in lower case
    static boolean isKept(String name, Email email, Part part) {
        boolean ofThisCopy = name.equals("return-path") || name.equals("delivered-to");
        if (ofThisCopy && part.depth() == 0 && email.prefix().length > 0) return false;
        return Message.keepsField(name);
    }

    static byte[] header(Boxes boxes, Email email, Part part) throws StoreTrouble {
        long from = start(email, part);
        int length = (int) Math.min(body(email, part) - from, HEADER_OCTETS_MAX);
        return read(boxes, email, from, length);
    }

    /// Where the header of a part begins in what a reader sees. The header of the whole message
    /// begins with the lines of this copy alone ([Email#prefix]).
    private static long start(Email email, Part part) {
        boolean whole = part.depth() == 0 && part.headerStart() == 0;
        return whole ? 0 : (long) email.prefix().length + part.headerStart();
    }

    /// Where the body of a part begins in what a reader sees.
    static long body(Email email, Part part) {
        return (long) email.prefix().length + part.bodyStart();
    }

    private static long end(Email email, Part part) {
        return (long) email.prefix().length + part.end();
    }

    /// Reads a bounded piece of a message, in as many steps as the store likes.
    static byte[] read(Boxes boxes, Email email, long offset, int length) throws StoreTrouble {
        if (length <= 0) return new byte[0];
        byte[] octets = boxes.read(email, offset, Math.min(length, Fetch.CHUNK_OCTETS));
        if (octets.length >= length) return octets;
        byte[] all = new byte[length];
        int n = 0;
        while (octets.length > 0 && n < length) {
            System.arraycopy(octets, 0, all, n, octets.length);
            n += octets.length;
            if (n == length) break;
            octets = boxes.read(email, offset + n, Math.min(length - n, Fetch.CHUNK_OCTETS));
        }
        return n == length ? all : Arrays.copyOf(all, n);
    }

    /// The fields of `header` whose name is (or is not) among `names`, as they were written, and an
    /// empty line. RFC 3501 §6.4.5.
    ///
    /// @param names in lower case
    static byte[] filter(byte[] header, List<String> names, boolean wanted) {
        byte[][] lower = new byte[names.size()][];
        for (int i = 0; i < lower.length; i++) {
            lower[i] = names.get(i).getBytes(StandardCharsets.ISO_8859_1);
        }
        byte[] kept = new byte[header.length + 4];
        int n = 0;
        int at = 0;
        while (at < header.length) {
            int end = fieldEnd(header, at);
            if (isBlank(header, at, end)) break;
            if (isAmong(lower, header, at, end) == wanted) {
                System.arraycopy(header, at, kept, n, end - at);
                n += end - at;
                if (n > 0 && kept[n - 1] != '\n') {
                    kept[n++] = '\r';
                    kept[n++] = '\n';
                }
            }
            at = end;
        }
        kept[n++] = '\r';
        kept[n++] = '\n';
        return Arrays.copyOf(kept, n);
    }

    /// Behind the line end of the field that begins at `at`: the next line that is no fold.
    private static int fieldEnd(byte[] header, int at) {
        int i = at;
        while (i < header.length) {
            while (i < header.length && header[i] != '\n') i++;
            i = Math.min(i + 1, header.length);
            if (i == header.length || header[i] != ' ' && header[i] != '\t') break;
        }
        return i;
    }

    private static boolean isBlank(byte[] header, int from, int to) {
        return header[from] == '\n' || header[from] == '\r' && to - from <= 2;
    }

    private static boolean isAmong(byte[][] names, byte[] header, int from, int to) {
        int colon = from;
        while (colon < to && header[colon] != ':') colon++;
        int end = colon;
        while (end > from && (header[end - 1] == ' ' || header[end - 1] == '\t')) end--;
        for (byte[] name : names) {
            if (name.length != end - from) continue;
            int i = 0;
            while (i < name.length && lower(header[from + i]) == name[i]) i++;
            if (i == name.length) return true;
        }
        return false;
    }

    private static byte lower(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
    }
}
