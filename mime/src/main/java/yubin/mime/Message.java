package yubin.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What one pass over the octets of a message found: the tree of parts, and what lists, threads and
/// windows ask for. Holds no octet of any body. At most 2^31 - 1 octets.
///
/// The record that the store keeps, numbers as varints (7 bits an octet, low first, as in
/// Protocol Buffers):
///
/// ```
/// octet   version, 1
/// varint  flags: 1 eight-bit, 2 binary, 4 UTF-8 header, 8 cut, 16 attachment
/// varint  size of the message
/// varint  number of parts, then for each:
///   varint  index of the parent + 1, 0 for the root
///   varint  flags of the part
///   varint  header start, counted from that of the part before
///   varint  body start, counted from the header start
///   varint  octets of the body
///   varint  lines of the body
///   varint  octets of the kept header
/// varint  octets of the preview, then the preview in UTF-8
/// octets  the kept headers, one after the other
/// ```
/// Only the numbers are read at once; fields are looked for when they are asked for.
public final class Message {
    private static final int VERSION = 1;
    private static final int EIGHT_BIT = 1;
    private static final int BINARY = 2;
    private static final int UTF8_HEADER = 4;
    private static final int CUT = 8;
    private static final int ATTACHMENT = 16;

    private final List<Part> parts;
    private final int size;
    private final int flags;
    private final String preview;

    Message(
            List<Part> parts,
            int size,
            boolean eightBit,
            boolean binary,
            boolean utf8Header,
            boolean cut,
            String preview) {
        this.parts = parts;
        this.size = size;
        this.preview = preview;
        this.flags =
                (eightBit ? EIGHT_BIT : 0)
                        | (binary ? BINARY : 0)
                        | (utf8Header ? UTF8_HEADER : 0)
                        | (cut ? CUT : 0)
                        | (Attachments.any(parts) ? ATTACHMENT : 0);
    }

    private Message(List<Part> parts, int size, int flags, String preview) {
        this.parts = parts;
        this.size = size;
        this.flags = flags;
        this.preview = preview;
    }

    /// Parses a message that is whole in memory. Total: never throws, never null.
    public static Message parse(byte[] octets) {
        MessageScanner scanner = new MessageScanner();
        scanner.feed(octets, 0, octets.length);
        return scanner.finish();
    }

    /// Reads what [#encode] wrote. Looks only at what is asked for: cheap for lists.
    ///
    /// @throws IllegalArgumentException when the record is damaged or of an unknown version
    public static Message decode(byte[] record) {
        try {
            return new RecordReader(record).message();
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("message record is cut", e);
        }
    }

    private static final class RecordReader {
        private final byte[] record;
        private int at;

        RecordReader(byte[] record) {
            this.record = record;
        }

        Message message() {
            int version = record[at++];
            if (version != VERSION) throw new IllegalArgumentException("message record " + version);
            int flags = number();
            int size = number();
            int count = number();
            if (count < 1 || count > MessageScanner.PARTS_MAX) {
                throw new IllegalArgumentException("message record of " + count + " parts");
            }
            int[] numbers = new int[count * 7];
            int keptOctets = 0;
            for (int i = 0; i < numbers.length; i++) numbers[i] = number();
            for (int i = 6; i < numbers.length; i += 7) keptOctets += numbers[i];
            int previewOctets = number();
            if (previewOctets < 0
                    || keptOctets < 0
                    || at + previewOctets + keptOctets != record.length) {
                throw new IllegalArgumentException(
                        "message record of " + record.length + " octets");
            }
            String preview = new String(record, at, previewOctets, StandardCharsets.UTF_8);
            int keptAt = at + previewOctets;
            List<Part> parts = new ArrayList<>(count);
            int headerStart = 0;
            for (int i = 0; i < numbers.length; i += 7) {
                int parent = numbers[i] - 1;
                if (parent >= parts.size() || parent < 0 != parts.isEmpty()) {
                    throw new IllegalArgumentException("message record with a part astray");
                }
                int kept = numbers[i + 6];
                Part part =
                        new Part(
                                parent < 0 ? null : parts.get(parent),
                                numbers[i + 1],
                                record,
                                keptAt,
                                keptAt + kept);
                headerStart += numbers[i + 2];
                part.headerStart = headerStart;
                part.bodyStart = headerStart + numbers[i + 3];
                part.end = part.bodyStart + numbers[i + 4];
                part.lines = numbers[i + 5];
                long end = 0L + headerStart + numbers[i + 3] + numbers[i + 4];
                if (headerStart < 0 || end > size) {
                    throw new IllegalArgumentException("message record with a part outside");
                }
                keptAt += kept;
                parts.add(part);
            }
            return new Message(parts, size, flags, preview);
        }

        private int number() {
            int value = 0;
            for (int shift = 0; shift < 35; shift += 7) {
                byte octet = record[at++];
                value |= (octet & 127) << shift;
                if (octet >= 0 && value >= 0) return value;
            }
            throw new IllegalArgumentException("message record with a bad number");
        }
    }

    /// A compact record for the store, its version in the first octet.
    public byte[] encode() {
        byte[] previewOctets = preview.getBytes(StandardCharsets.UTF_8);
        int kept = 0;
        for (Part part : parts) kept += part.keptLength();
        Writer out = new Writer(20 + parts.size() * 35 + previewOctets.length + kept);
        out.octets[out.at++] = VERSION;
        out.number(flags);
        out.number(size);
        out.number(parts.size());
        int headerStart = 0;
        for (Part part : parts) {
            out.number(part.parent == null ? 0 : parts.indexOf(part.parent) + 1);
            out.number(part.flags);
            out.number(part.headerStart - headerStart);
            out.number(part.bodyStart - part.headerStart);
            out.number(part.end - part.bodyStart);
            out.number(part.lines);
            out.number(part.keptLength());
            headerStart = part.headerStart;
        }
        out.number(previewOctets.length);
        System.arraycopy(previewOctets, 0, out.octets, out.at, previewOctets.length);
        out.at += previewOctets.length;
        for (Part part : parts) {
            part.copyKept(out.octets, out.at);
            out.at += part.keptLength();
        }
        return java.util.Arrays.copyOf(out.octets, out.at);
    }

    private static final class Writer {
        private final byte[] octets;
        private int at;

        Writer(int octetsMax) {
            octets = new byte[octetsMax];
        }

        void number(int value) {
            int rest = value;
            while ((rest & ~127) != 0) {
                octets[at++] = (byte) (rest & 127 | 128);
                rest >>>= 7;
            }
            octets[at++] = (byte) rest;
        }
    }

    /// True when the fields of this name (any case) are kept with the message, so that
    /// [Part#keptHeader] answers for them without the octets (absent there is absent at all),
    /// where [Part#keptHeaderIsWhole].
    public static boolean keepsField(String name) {
        return HeaderFields.isKept(name);
    }

    /// Octets of the message.
    public int size() {
        return size;
    }

    public Part root() {
        return parts.get(0);
    }

    /// All parts, each before its children.
    public List<Part> parts() {
        return Collections.unmodifiableList(parts);
    }

    /// The part that an IMAP section such as 1.2 names, null when there is none.
    /// RFC 9051 §6.4.5.1.
    ///
    /// `1` of a message that is no multipart is its body, that is, the message's own root. Of a
    /// part that is message/rfc822, HEADER and TEXT are those of `part.children().get(0)`.
    public Part section(int... numbers) {
        Part part = root();
        // True at a message of which no number has been taken: `1` may be its body.
        boolean atMessage = true;
        for (int number : numbers) {
            if (part.isMessage() && !atMessage) {
                part = part.children().get(0);
                atMessage = true;
            }
            if (part.isMultipart()) {
                if (number < 1 || number > part.children().size()) return null;
                part = part.children().get(number - 1);
            } else if (number != 1 || !atMessage) {
                return null;
            }
            atMessage = false;
        }
        return part;
    }

    /// The start of the readable text in one line, at most 256 characters; empty when there is
    /// none.
    public String preview() {
        return preview;
    }

    /// True when some part is a file that a person would look for.
    public boolean hasAttachment() {
        return (flags & ATTACHMENT) != 0;
    }

    /// Message-ID without angle brackets, null when absent or unreadable.
    public String messageId() {
        List<String> ids = MessageIds.parse(root().unfolded("message-id"));
        return ids.isEmpty() ? null : ids.get(0);
    }

    /// The ids of In-Reply-To, without angle brackets.
    public List<String> inReplyTo() {
        return MessageIds.parse(root().unfolded("in-reply-to"));
    }

    /// The ids of References, oldest first, without angle brackets; when there are too many the
    /// first and the last are kept.
    public List<String> references() {
        return MessageIds.parse(root().unfolded("references"));
    }

    /// Subject decoded, null when absent.
    public String subject() {
        Field field = root().field("subject");
        return field == null ? null : field.text();
    }

    /// True when a body or header holds an octet above 127: the hop must have 8BITMIME.
    public boolean isEightBit() {
        return (flags & EIGHT_BIT) != 0;
    }

    /// True when a NUL, a bare CR or LF, or a line of more than 998 octets is in it: only
    /// BINARYMIME carries it unchanged. RFC 2045 §2.9.
    public boolean isBinary() {
        return (flags & BINARY) != 0;
    }

    /// True when a header field of the message or of a part holds an octet above 127: the hop must
    /// have SMTPUTF8. RFC 6531 §3.6.
    public boolean needsSmtpUtf8() {
        return (flags & UTF8_HEADER) != 0;
    }

    /// True when a bound (parts, nesting, header octets) cut the tree short.
    public boolean isCut() {
        return (flags & CUT) != 0;
    }
}
