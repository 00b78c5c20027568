package yubin.mime;

import java.util.List;

/// What one pass over the octets of a message found: the tree of parts, and what lists, threads and
/// windows ask for. Holds no octet of any body. At most 2^31 - 1 octets.
public final class Message {
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
        return Later.later();
    }

    /// A compact record for the store, its version in the first octet.
    public byte[] encode() {
        return Later.later();
    }

    /// True when the fields of this name (any case) are kept with the message, so that
    /// [Part#keptHeader] answers for them without the octets (absent there is absent at all),
    /// where [Part#keptHeaderIsWhole].
    public static boolean keepsField(String name) {
        return Later.later();
    }

    /// Octets of the message.
    public int size() {
        return Later.later();
    }

    public Part root() {
        return Later.later();
    }

    /// All parts, each before its children.
    public List<Part> parts() {
        return Later.later();
    }

    /// The part that an IMAP section such as 1.2 names, null when there is none. RFC 9051 §6.4.5.1.
    ///
    /// `1` of a message that is no multipart is its body, that is, the message's own root. Of a
    /// part that is message/rfc822, HEADER and TEXT are those of `part.children().get(0)`.
    public Part section(int... numbers) {
        return Later.later();
    }

    /// The start of the readable text in one line, at most 256 characters; empty when there is
    /// none.
    public String preview() {
        return Later.later();
    }

    /// True when some part is a file that a person would look for.
    public boolean hasAttachment() {
        return Later.later();
    }

    /// Message-ID without angle brackets, null when absent or unreadable.
    public String messageId() {
        return Later.later();
    }

    /// The ids of In-Reply-To, without angle brackets.
    public List<String> inReplyTo() {
        return Later.later();
    }

    /// The ids of References, oldest first, without angle brackets; when there are too many the
    /// first and the last are kept.
    public List<String> references() {
        return Later.later();
    }

    /// Subject decoded, null when absent.
    public String subject() {
        return Later.later();
    }

    /// True when a body or header holds an octet above 127: the hop must have 8BITMIME.
    public boolean isEightBit() {
        return Later.later();
    }

    /// True when a NUL, a bare CR or LF, or a line of more than 998 octets is in it: only
    /// BINARYMIME carries it unchanged. RFC 2045 §2.9.
    public boolean isBinary() {
        return Later.later();
    }

    /// True when a header field of the message or of a part holds an octet above 127: the hop must
    /// have SMTPUTF8. RFC 6531 §3.6.
    public boolean needsSmtpUtf8() {
        return Later.later();
    }

    /// True when a bound (parts, nesting, header octets) cut the tree short.
    public boolean isCut() {
        return Later.later();
    }
}
