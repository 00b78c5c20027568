package yubin.search;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import yubin.mime.HeaderFields;
import yubin.mime.Message;
import yubin.mime.Part;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.StoreTrouble;

/// The texts of one message, as they are looked through: what the index is made of, and what is
/// read where the index cannot answer.
final class Letter {
    /// Stands between two texts of one field; nothing is found across it.
    static final char BREAK = '\u0001';

    /// Octets of one part that are looked at, and of a header.
    static final int PART_OCTETS_MAX = 4 << 20;

    /// Octets of a PDF file as it is encoded; the text of a larger one is not looked at.
    private static final int PDF_OCTETS_MAX = 16 << 20;

    static final int HEADER_OCTETS_MAX = 1 << 20;

    /// Octets that are read at once; a message up to this is read whole.
    private static final int CHUNK_OCTETS = 1 << 20;

    /// Characters of all bodies of one message that are looked at.
    static final int CHARS_MAX = 16 << 20;

    private final Boxes boxes;
    private final Email email;
    private final Message message;
    private final PdfReader pdf;
    private final Map<Field, String> texts = new EnumMap<>(Field.class);
    private byte[] whole;
    private byte[] header;

    /// @param pdf null to pass over PDF files
    /// @throws StoreTrouble.Damaged when the record cannot be read
    Letter(Boxes boxes, Email email, PdfReader pdf) throws StoreTrouble {
        this.boxes = boxes;
        this.email = email;
        this.pdf = pdf;
        try {
            message = email.message();
        } catch (IllegalArgumentException e) {
            throw new StoreTrouble.Damaged("record of email " + email.id() + ": " + e.getMessage());
        }
    }

    Email email() {
        return email;
    }

    Message message() {
        return message;
    }

    /// The text of a field, decoded; empty when there is none. Not of [Field#ANYWHERE].
    String text(Field field) throws StoreTrouble {
        String known = texts.get(field);
        if (known == null) {
            known =
                    switch (field) {
                        case BODY -> body();
                        case FILE_NAMES -> fileNames();
                        default -> headerField(field.key);
                    };
            texts.put(field, known);
        }
        return known;
    }

    /// All header fields of this name (any case), decoded; empty when there is none.
    ///
    /// @param name in any case
    String headerField(String name) throws StoreTrouble {
        StringBuilder out = new StringBuilder();
        String lower = name.toLowerCase(Locale.ROOT);
        Part root = message.root();
        boolean ofThisCopy = lower.equals("return-path") || lower.equals("delivered-to");
        if (Message.keepsField(lower) && root.keptHeaderIsWhole() && !ofThisCopy) {
            for (yubin.mime.Field field : root.fields()) {
                if (field.is(lower)) join(out, field.text());
            }
        } else {
            byte[] octets = header();
            HeaderFields.each(
                    octets,
                    0,
                    octets.length,
                    (b, start, nameEnd, value, end) -> {
                        if (isName(b, start, nameEnd, lower)) join(out, text(b, value, end));
                        return true;
                    });
        }
        return out.toString();
    }

    private static boolean isName(byte[] octets, int start, int end, String lower) {
        return new String(octets, start, end - start, StandardCharsets.ISO_8859_1)
                .equalsIgnoreCase(lower);
    }

    private static String text(byte[] octets, int value, int end) {
        return new yubin.mime.Field("", Arrays.copyOfRange(octets, value, end)).text();
    }

    /// Told the name and the decoded body of each field of the header.
    interface FieldSink {
        void field(String name, String text);
    }

    void eachHeaderField(FieldSink sink) throws StoreTrouble {
        byte[] octets = header();
        HeaderFields.each(
                octets,
                0,
                octets.length,
                (b, start, nameEnd, value, end) -> {
                    String name =
                            new String(b, start, nameEnd - start, StandardCharsets.ISO_8859_1);
                    sink.field(name.toLowerCase(Locale.ROOT), text(b, value, end));
                    return true;
                });
    }

    /// The header as it was written, the lines of this copy alone in front.
    byte[] header() throws StoreTrouble {
        if (header == null) {
            long body = (long) email.prefix().length + message.root().bodyStart();
            header = read(0, (int) Math.min(body, HEADER_OCTETS_MAX));
        }
        return header;
    }

    private String fileNames() {
        StringBuilder out = new StringBuilder();
        for (Part part : message.parts()) {
            String name = part.isMultipart() ? null : part.filename();
            if (name != null) join(out, name);
        }
        return out.toString();
    }

    private String body() throws StoreTrouble {
        StringBuilder out = new StringBuilder((int) Math.min(email.size(), 1 << 16));
        for (Part part : message.parts()) {
            if (out.length() > CHARS_MAX) break;
            String text = text(part);
            if (text != null) join(out, text);
        }
        return out.toString();
    }

    /// The readable text of one part, null when it has none.
    private String text(Part part) throws StoreTrouble {
        if (part.isMessageRoot() && part.depth() > 0) {
            StringBuilder out = new StringBuilder();
            for (yubin.mime.Field field : part.fields()) join(out, field.text());
            if (part.type().equals("text")) join(out, partText(part));
            return out.toString();
        }
        if (part.isMultipart() || part.isMessage()) return null;
        if (part.type().equals("text")) return partText(part);
        if (pdf == null || !PdfReader.isPdf(part) || part.octets() > PDF_OCTETS_MAX) return null;
        long from = (long) email.prefix().length + part.bodyStart();
        return pdf.text(part.decodedBody(read(from, part.octets())));
    }

    private String partText(Part part) throws StoreTrouble {
        return PartText.of(part, part.decodedBody(octets(part)));
    }

    private byte[] octets(Part part) throws StoreTrouble {
        long from = (long) email.prefix().length + part.bodyStart();
        return read(from, Math.min(part.octets(), PART_OCTETS_MAX));
    }

    private static void join(StringBuilder out, String text) {
        if (text.isEmpty()) return;
        if (!out.isEmpty()) out.append(BREAK);
        out.append(text);
    }

    private byte[] read(long from, int length) throws StoreTrouble {
        if (length <= 0) return new byte[0];
        if (whole == null && email.size() <= CHUNK_OCTETS) {
            whole = readAll(0, (int) email.size());
        }
        if (whole != null) {
            int start = (int) Math.min(from, whole.length);
            return Arrays.copyOfRange(whole, start, Math.min(start + length, whole.length));
        }
        return readAll(from, length);
    }

    private byte[] readAll(long from, int length) throws StoreTrouble {
        byte[] octets = boxes.read(email, from, Math.min(length, CHUNK_OCTETS));
        if (octets.length >= length) return octets;
        byte[] all = new byte[length];
        int n = 0;
        while (octets.length > 0 && n < length) {
            System.arraycopy(octets, 0, all, n, octets.length);
            n += octets.length;
            if (n < length)
                octets = boxes.read(email, from + n, Math.min(length - n, CHUNK_OCTETS));
        }
        return n == length ? all : Arrays.copyOf(all, n);
    }
}
