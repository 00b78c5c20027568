package yubin.mime;

import java.util.List;
import java.util.Map;

/// One node of a message: the whole message, a body part, or the message inside message/rfc822.
///
/// Where it lies is given in octets from the start of the whole message:
///
/// ```
/// headerStart   header fields and the empty line
/// bodyStart     body, still in its transfer encoding
/// end           (the line end before the next boundary is not part of it, RFC 2046 §5.1.1)
/// ```
///
/// A message/rfc822 part has one child, the message in it, whose `headerStart` is this part's
/// `bodyStart`; when it was sent base64 or quoted-printable (forbidden, RFC 2046 §5.2.1, and done)
/// it has none, [#isMessage] is false, and only [#decoded] shows what is inside.
public final class Part {
    public int headerStart() {
        return Later.later();
    }

    public int bodyStart() {
        return Later.later();
    }

    public int end() {
        return Later.later();
    }

    /// Octets of the body as it is encoded.
    public int octets() {
        return end() - bodyStart();
    }

    /// Lines of the body as it is encoded; a last line without line end counts.
    public int lines() {
        return Later.later();
    }

    /// 0 for the root; a part inside lies one deeper, so does a message inside message/rfc822.
    public int depth() {
        return Later.later();
    }

    public List<Part> children() {
        return Later.later();
    }

    public boolean isMultipart() {
        return Later.later();
    }

    /// True for message/rfc822 and message/global whose message was parsed: `children().get(0)`.
    public boolean isMessage() {
        return Later.later();
    }

    /// True for the root and for a message inside message/rfc822: it has an envelope.
    public boolean isMessageRoot() {
        return Later.later();
    }

    /// In lower case, defaults of RFC 2045 §5.2 and RFC 2046 §5.1.5 applied, such as `text`.
    public String type() {
        return Later.later();
    }

    /// In lower case, such as `plain`.
    public String subtype() {
        return Later.later();
    }

    /// `type/subtype`.
    public String mediaType() {
        return type() + "/" + subtype();
    }

    /// As written and in order, for BODYSTRUCTURE; empty when the type is a default.
    public List<Parameter> parameters() {
        return Later.later();
    }

    /// The decoded value of a Content-Type parameter: RFC 2231 pieces joined, encoded-words read;
    /// null when absent.
    public String parameter(String name) {
        return Later.later();
    }

    /// Content-Disposition, null when absent.
    public Disposition disposition() {
        return Later.later();
    }

    /// The name of the file this part says it is (`filename`, else `name`), decoded; else null.
    public String filename() {
        return Later.later();
    }

    /// Content-Transfer-Encoding in lower case; `7bit` when absent. RFC 2045 §6.1.
    public String encoding() {
        return Later.later();
    }

    /// Content-ID as written with its angle brackets, null when absent.
    public String contentId() {
        return unfolded("content-id");
    }

    /// Content-Description as written, null when absent.
    public String description() {
        return unfolded("content-description");
    }

    public String md5() {
        return unfolded("content-md5");
    }

    public String location() {
        return unfolded("content-location");
    }

    /// Content-Language tags, empty when absent.
    public List<String> languages() {
        return Later.later();
    }

    /// The charset label that the part gives (or that its default is), null for what is no text.
    public String charset() {
        return Later.later();
    }

    /// The kept header fields, raw lines with their line ends, in order: Content-* of every part,
    /// and for a message root all that [Message#keepsField] names. Do not change the array.
    public byte[] keptHeader() {
        return Later.later();
    }

    /// False when a bound dropped kept fields: then the header in the message must be asked.
    public boolean keptHeaderIsWhole() {
        return Later.later();
    }

    /// The first kept field of this name (any case), null when absent.
    public Field field(String name) {
        return Later.later();
    }

    /// The kept fields, in order.
    public List<Field> fields() {
        return Later.later();
    }

    /// The first kept field of this name, unfolded but not decoded; null when absent.
    public String unfolded(String name) {
        Field field = field(name);
        return field == null ? null : field.unfolded();
    }

    /// The addresses of all kept fields of this name, decoded. ENVELOPE wants encoded-words left
    /// alone: [Addresses#parseRaw] of [#unfolded].
    public List<Addresses.Entry> addresses(String name) {
        return Later.later();
    }

    /// The body without its transfer encoding.
    ///
    /// @param message the octets of the whole message
    public byte[] decoded(byte[] message) {
        return Later.later();
    }

    /// The same where only the body is at hand.
    ///
    /// @param body the octets from [#bodyStart] to [#end]
    public byte[] decodedBody(byte[] body) {
        return Later.later();
    }

    /// A text part as characters, transfer encoding and charset undone; line ends as they are.
    public String text(byte[] message) {
        return Later.later();
    }

    /// All parameters decoded, by lower-case name without `*`.
    public Map<String, String> decodedParameters() {
        return Later.later();
    }
}
