package yubin.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// Writes messages that conform: RFC 5322 folding, encoded-words, RFC 2231 parameters, the transfer
/// encoding that fits. Lines end in CRLF; what is built parses back to the same.
///
/// ```java
/// byte[] octets = new MessageBuilder()
///         .addresses("From", Addresses.parse("Ann <ann@example.com>"))
///         .subject("会議")
///         .content(Content.text("..."))
///         .build();
/// ```
public final class MessageBuilder {
    /// What a body consists of.
    public sealed interface Content {
        /// text/SUBTYPE in UTF-8, lines ended by LF or CRLF.
        record Text(String subtype, String text, List<String> languages) implements Content {}

        /// A file, base64.
        ///
        /// @param filename as people see it, any characters but control characters; null for none
        /// @param disposition `attachment` or `inline`
        /// @param contentId without angle brackets, null for none
        record File(
                String mediaType,
                String filename,
                String disposition,
                String contentId,
                byte[] octets)
                implements Content {}

        /// A leaf whose octets are given, such as message/delivery-status.
        ///
        /// @param mayEncode whether the type lets it be base64 or quoted-printable; else it goes as
        ///     it is, as 7bit or 8bit
        record Raw(
                String mediaType,
                List<Parameter> parameters,
                String description,
                byte[] octets,
                boolean mayEncode)
                implements Content {}

        /// multipart/SUBTYPE.
        record Multipart(String subtype, List<Parameter> parameters, List<Content> parts)
                implements Content {}

        /// A part as the caller wants it: a leaf, or a multipart.
        ///
        /// @param name of the file, null for none
        /// @param disposition null for no Content-Disposition
        /// @param fields further ones, their values made by [HeaderWriter]
        /// @param octets null for a multipart; text has CRLF at its line ends
        /// @param parts null for a leaf
        record Free(
                String mediaType,
                List<Parameter> parameters,
                String name,
                String disposition,
                List<FieldLine> fields,
                byte[] octets,
                List<Content> parts)
                implements Content {}

        /// A field whose value may stand as it is.
        record FieldLine(String name, String value) {}

        static Content text(String text) {
            return new Text("plain", text, List.of());
        }

        static Content html(String html) {
            return new Text("html", html, List.of());
        }

        static Content attachment(String mediaType, String filename, byte[] octets) {
            return new File(mediaType, filename, "attachment", null, octets);
        }

        static Content inline(String mediaType, String filename, String contentId, byte[] octets) {
            return new File(mediaType, filename, "inline", contentId, octets);
        }

        /// A message carried whole: message/rfc822, or message/global when its header is UTF-8.
        /// RFC 6532 §3.7.
        static Content message(byte[] message) {
            boolean global = Message.parse(message).needsSmtpUtf8();
            String type = global ? "message/global" : "message/rfc822";
            return new Raw(type, List.of(), null, message, false);
        }

        /// Groups of `Name: value` lines, the first about the message, one more for each recipient:
        /// message/delivery-status (RFC 3464 §2.1) or, where they are not ASCII,
        /// message/global-delivery-status (RFC 6533 §4.1).
        static Content deliveryStatus(List<List<Field>> groups) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            boolean ascii = true;
            for (List<Field> group : groups) {
                if (out.size() > 0) out.writeBytes(CRLF);
                for (Field field : group) {
                    String value = new String(field.raw(), StandardCharsets.UTF_8).strip();
                    ascii &= Charsets.isAscii(field.raw(), 0, field.raw().length);
                    HeaderWriter.write(
                            field.name(), HeaderWriter.structured(field.name(), value, true), out);
                }
            }
            String type = ascii ? "message/delivery-status" : "message/global-delivery-status";
            return new Raw(type, List.of(), "Delivery report", out.toByteArray(), !ascii);
        }

        /// The header of a returned message: text/rfc822-headers (RFC 6522 §4) or
        /// message/global-headers (RFC 6533 §4.3).
        static Content headers(byte[] header) {
            boolean ascii = Charsets.isAscii(header, 0, header.length);
            String type = ascii ? "text/rfc822-headers" : "message/global-headers";
            return new Raw(type, List.of(), "Undelivered message header", header, true);
        }

        static Content mixed(Content... parts) {
            return new Multipart("mixed", List.of(), List.of(parts));
        }

        static Content alternative(Content... parts) {
            return new Multipart("alternative", List.of(), List.of(parts));
        }

        static Content related(Content... parts) {
            return new Multipart("related", List.of(), List.of(parts));
        }

        /// multipart/report; `reportType` such as `delivery-status`. RFC 6522 §3.
        static Content report(String reportType, Content... parts) {
            return new Multipart(
                    "report", List.of(new Parameter("report-type", reportType)), List.of(parts));
        }
    }

    private static final byte[] CRLF = {'\r', '\n'};

    private record Line(String name, String value) {}

    /// A field whose value is made when it is known whether UTF-8 may stand bare.
    private interface Late {
        Line line(boolean utf8);
    }

    private final List<Late> fields = new ArrayList<>();
    private boolean utf8;
    private Content content = Content.text("");

    /// A line of a delivery status: ASCII or UTF-8 value, no line ends.
    public static Field line(String name, String value) {
        HeaderWriter.checkName(name);
        HeaderWriter.checkText(name, value);
        return new Field(name, (" " + value).getBytes(StandardCharsets.UTF_8));
    }

    /// Adds an unstructured field.
    ///
    /// @throws IllegalArgumentException when name or text hold CR, LF, NUL or what a field cannot
    public MessageBuilder text(String name, String text) {
        HeaderWriter.unstructured(name, text, false);
        fields.add(utf8 -> new Line(name, HeaderWriter.unstructured(name, text, utf8)));
        return this;
    }

    /// Adds a field whose value is structured and ASCII already (`Auto-Submitted`, ids); folded
    /// only at blanks.
    ///
    /// @throws IllegalArgumentException as [#text], and when a word is too long for a line
    public MessageBuilder structured(String name, String value) {
        String good = HeaderWriter.structured(name, value, utf8);
        fields.add(_ -> new Line(name, good));
        return this;
    }

    /// Adds an address field; without entries nothing is added. An address beyond ASCII wants
    /// [#utf8Header] before.
    ///
    /// @throws IllegalArgumentException as [#text], and when an address is none
    public MessageBuilder addresses(String name, List<? extends Addresses.Entry> entries) {
        if (entries.isEmpty()) return this;
        List<Addresses.Entry> copy = List.copyOf(entries);
        HeaderWriter.addresses(name, copy, utf8);
        fields.add(utf8 -> new Line(name, HeaderWriter.addresses(name, copy, utf8)));
        return this;
    }

    public MessageBuilder subject(String subject) {
        return text("Subject", subject);
    }

    public MessageBuilder date(OffsetDateTime date) {
        return structured("Date", MailDate.format(date));
    }

    /// @param id without angle brackets
    public MessageBuilder messageId(String id) {
        return structured("Message-ID", "<" + id + ">");
    }

    /// Lets the header be UTF-8 instead of encoded-words, for SMTPUTF8 only. RFC 6532 §3.
    public MessageBuilder utf8Header() {
        utf8 = true;
        return this;
    }

    public MessageBuilder content(Content content) {
        this.content = content;
        return this;
    }

    public byte[] build() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4_096);
        for (Late field : fields) {
            Line line = field.line(utf8);
            HeaderWriter.write(line.name, line.value, out);
        }
        HeaderWriter.write("MIME-Version", "1.0", out);
        new BodyWriter(out).write(content);
        byte[] octets = out.toByteArray();
        if (octets[octets.length - 1] == '\n') return octets;
        // The last line wants its end (RFC 5321 §4.1.1.4); quoted-printable can take it back.
        if (BodyWriter.isQuotedPrintable(content)) out.write('=');
        out.writeBytes(CRLF);
        return out.toByteArray();
    }
}
