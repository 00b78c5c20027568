package yubin.mime;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;

/// Writes messages that conform: RFC 5322 folding, encoded-words, RFC 2231 parameters, the transfer
/// encoding that fits. Lines end in CRLF.
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
        record File(
                String mediaType,
                String filename,
                String disposition,
                String contentId,
                byte[] octets)
                implements Content {}

        /// A leaf whose octets are given and 7bit or 8bit lines already, such as
        /// message/delivery-status; encoded only if `mayEncode` and it is needed.
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
        static Content message(byte[] message) {
            boolean global = Message.parse(message).needsSmtpUtf8();
            return new Raw(
                    global ? "message/global" : "message/rfc822", List.of(), null, message, false);
        }

        /// Groups of `Name: value` lines: message/delivery-status (RFC 3464 §2.1) or, where they
        /// are not ASCII, message/global-delivery-status (RFC 6533 §3).
        static Content deliveryStatus(List<List<Field>> groups) {
            return Later.later();
        }

        /// The header of a returned message: text/rfc822-headers (RFC 6522 §4) or
        /// message/global-headers (RFC 6533 §4).
        static Content headers(byte[] header) {
            return Later.later();
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

    /// A line of a delivery status: ASCII or UTF-8 value, no line ends.
    public static Field line(String name, String value) {
        return new Field(name, (" " + value).getBytes(StandardCharsets.UTF_8));
    }

    /// Adds an unstructured field.
    ///
    /// @throws IllegalArgumentException when name or text hold CR, LF, NUL or what a field cannot
    public MessageBuilder text(String name, String text) {
        return Later.later();
    }

    /// Adds a field whose value is structured and ASCII already (`Auto-Submitted`, ids); folded
    /// only at blanks.
    public MessageBuilder structured(String name, String value) {
        return Later.later();
    }

    public MessageBuilder addresses(String name, List<? extends Addresses.Entry> entries) {
        return Later.later();
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
        return Later.later();
    }

    public MessageBuilder content(Content content) {
        return Later.later();
    }

    public byte[] build() {
        return Later.later();
    }
}
