package yubin.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
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
/// it has none, [#isMessage] is false, and only [#decoded] shows what is inside. A multipart in
/// which no boundary was found has no children.
public final class Part {
    static final int MULTIPART = 1;
    static final int MESSAGE = 2;
    static final int IN_DIGEST = 4;
    static final int ROOT = 8;
    static final int INSIDE_MESSAGE = 16;
    static final int EIGHT_BIT = 32;
    static final int KEPT_CUT = 64;
    static final int NO_BOUNDARY = 128;
    static final int TOO_DEEP = 256;
    static final int BINARY = 512;

    final Part parent;
    int headerStart;
    int bodyStart;
    int end;
    int lines;
    int flags;

    /// Line ends of the message before the body; only while scanning.
    int lineEndsBefore;

    private List<Part> children = List.of();
    private KeptHeader kept = KeptHeader.NONE;
    private Parameters contentType;
    private String mediaType;

    /// A part that a scanner opens.
    Part(Part parent, int headerStart) {
        this.parent = parent;
        this.headerStart = headerStart;
        this.bodyStart = headerStart;
        this.end = headerStart;
        if (parent == null) {
            flags = ROOT;
            return;
        }
        if (parent.isMessage()) {
            flags = ROOT | INSIDE_MESSAGE;
        } else {
            flags = parent.flags & INSIDE_MESSAGE;
            if (parent.subtype().equals("digest")) flags |= IN_DIGEST;
        }
        parent.addChild(this);
    }

    /// A part that was stored.
    Part(Part parent, int flags, byte[] record, int keptFrom, int keptTo) {
        this.parent = parent;
        this.flags = flags;
        this.kept = new KeptHeader(record, keptFrom, keptTo);
        if (parent != null) parent.addChild(this);
    }

    private void addChild(Part child) {
        if (children.isEmpty()) children = new ArrayList<>(2);
        children.add(child);
    }

    void removeLastChild() {
        children.removeLast();
    }

    /// The header is complete: keeps its fields, sorted out inside `header` itself.
    ///
    /// @return octets kept
    int endHeader(byte[] header, int length, int bodyStart, int lineEndsBefore, int keptBefore) {
        this.bodyStart = bodyStart;
        this.lineEndsBefore = lineEndsBefore;
        kept =
                KeptHeader.pick(
                        header,
                        length,
                        isMessageRoot(),
                        MessageScanner.KEPT_OCTETS_MAX - keptBefore);
        if (!kept.isWhole()) flags |= KEPT_CUT;
        return kept.length();
    }

    void close(int end, int lines) {
        this.end = end;
        this.lines = lines;
    }

    void markEightBit() {
        flags |= EIGHT_BIT;
    }

    void markBinary() {
        flags |= BINARY;
    }

    void markKeptCut() {
        flags |= KEPT_CUT;
    }

    void markMultipart() {
        flags |= MULTIPART;
    }

    void markMessage() {
        flags |= MESSAGE;
    }

    void markNoBoundary() {
        flags |= NO_BOUNDARY;
        mediaType = null;
    }

    void markTooDeep() {
        flags |= TOO_DEEP;
        mediaType = null;
    }

    boolean insideMessage() {
        return (flags & INSIDE_MESSAGE) != 0;
    }

    /// True when the body itself (not that of a child) holds octets above 127.
    boolean isEightBit() {
        return (flags & EIGHT_BIT) != 0;
    }

    /// True when the body holds octets above 127, NUL, a bare CR or LF, or a line too long.
    boolean isNotSevenBit() {
        return (flags & (EIGHT_BIT | BINARY)) != 0;
    }

    /// A message that lies open, not encoded.
    boolean wantsMessage() {
        if (!isMessageType()) return false;
        String encoding = encoding();
        return !encoding.equals("base64") && !encoding.equals("quoted-printable");
    }

    /// True for message/rfc822 and message/global, parsed or not. RFC 6532 §3.7.
    boolean isMessageType() {
        String type = mediaType();
        return type.equals("message/rfc822") || type.equals("message/global");
    }

    /// The boundary as octets, null when there is none.
    byte[] boundary() {
        String boundary = parameter("boundary");
        if (boundary == null || boundary.isEmpty()) return null;
        byte[] octets = boundary.getBytes(StandardCharsets.ISO_8859_1);
        if (octets.length == boundary.length() && boundary.indexOf('?') < 0) {
            if (isAscii(octets)) return octets;
        }
        // As it stands in the header, not as a person would read it.
        Field field = field("content-type");
        String raw = new String(field.raw(), StandardCharsets.ISO_8859_1);
        for (Parameter parameter : Parameters.parse(Field.unfold(raw)).list()) {
            if (parameter.name().equals("boundary")) {
                return parameter.value().getBytes(StandardCharsets.ISO_8859_1);
            }
        }
        return octets;
    }

    private static boolean isAscii(byte[] octets) {
        for (byte octet : octets) if (octet < 0) return false;
        return true;
    }

    public int headerStart() {
        return headerStart;
    }

    public int bodyStart() {
        return bodyStart;
    }

    public int end() {
        return end;
    }

    /// Octets of the body as it is encoded.
    public int octets() {
        return end - bodyStart;
    }

    /// Lines of the body as it is encoded; a last line without line end counts.
    public int lines() {
        return lines;
    }

    /// 0 for the root; a part inside lies one deeper, so does a message inside message/rfc822.
    public int depth() {
        int depth = 0;
        for (Part part = parent; part != null; part = part.parent) depth++;
        return depth;
    }

    public List<Part> children() {
        return Collections.unmodifiableList(children);
    }

    public boolean isMultipart() {
        return (flags & MULTIPART) != 0;
    }

    /// True for message/rfc822 and message/global whose message was parsed: `children().get(0)`.
    public boolean isMessage() {
        return (flags & MESSAGE) != 0;
    }

    /// True for the root and for a message inside message/rfc822: it has an envelope.
    public boolean isMessageRoot() {
        return (flags & ROOT) != 0;
    }

    /// In lower case, defaults of RFC 2045 §5.2 and RFC 2046 §5.1.5 applied, such as `text`.
    public String type() {
        String mediaType = mediaType();
        return mediaType.substring(0, mediaType.indexOf('/'));
    }

    /// In lower case, such as `plain`.
    public String subtype() {
        String mediaType = mediaType();
        return mediaType.substring(mediaType.indexOf('/') + 1);
    }

    /// `type/subtype`. A Content-Type that cannot be read, or a multipart without boundary, is
    /// text/plain; a multipart that lies too deep is application/octet-stream.
    public String mediaType() {
        if (mediaType == null) mediaType = readMediaType();
        return mediaType;
    }

    private String readMediaType() {
        if ((flags & NO_BOUNDARY) != 0) return "text/plain";
        if ((flags & TOO_DEEP) != 0) return "application/octet-stream";
        String value = contentType().value();
        int slash = value.indexOf('/');
        if (value.isEmpty()) return (flags & IN_DIGEST) != 0 ? "message/rfc822" : "text/plain";
        if (slash > 0 && slash < value.length() - 1) {
            int second = value.indexOf('/', slash + 1);
            return second < 0 ? value : value.substring(0, second);
        }
        // `Content-Type: text` came from early mailers and still does.
        if (value.equals("text") || value.equals("text/")) return "text/plain";
        if (value.equals("multipart") || value.equals("multipart/")) return "multipart/mixed";
        return "text/plain";
    }

    private Parameters contentType() {
        if (contentType == null) {
            String body = unfolded("content-type");
            contentType = body == null ? Parameters.NONE : Parameters.parse(body);
        }
        return contentType;
    }

    /// As written and in order, for BODYSTRUCTURE; empty when the type is a default.
    public List<Parameter> parameters() {
        return contentType().list();
    }

    /// The decoded value of a Content-Type parameter: RFC 2231 pieces joined, encoded-words read;
    /// null when absent.
    ///
    /// @param name in lower case
    public String parameter(String name) {
        return contentType().decoded(name);
    }

    /// All parameters of Content-Type decoded, by lower-case name without `*`.
    public Map<String, String> decodedParameters() {
        return contentType().decodedAll();
    }

    /// Content-Disposition, null when absent.
    public Disposition disposition() {
        String body = unfolded("content-disposition");
        if (body == null) return null;
        Parameters parameters = Parameters.parse(body);
        return new Disposition(parameters.value(), parameters.list());
    }

    /// The name of the file this part says it is (`filename`, else `name`), decoded; else null.
    public String filename() {
        String body = unfolded("content-disposition");
        String name = body == null ? null : Parameters.parse(body).decoded("filename");
        if (name == null || name.isEmpty()) name = parameter("name");
        return name == null || name.isEmpty() ? null : name;
    }

    /// Content-Transfer-Encoding in lower case; `7bit` when absent. RFC 2045 §6.1.
    public String encoding() {
        String body = unfolded("content-transfer-encoding");
        if (body == null) return "7bit";
        String value = Parameters.parse(body).value();
        return value.isEmpty() ? "7bit" : value;
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
        String body = unfolded("content-language");
        if (body == null) return List.of();
        List<String> tags = new ArrayList<>(1);
        for (String tag : body.split(",", 20)) if (!tag.isBlank()) tags.add(tag.strip());
        return tags;
    }

    /// The charset label that the part gives; `us-ascii` for text that gives none, null for what is
    /// no text.
    public String charset() {
        if (!type().equals("text")) return null;
        String label = parameter("charset");
        return label == null || label.isBlank() ? "us-ascii" : label.strip();
    }

    /// The kept header fields, raw lines with their line ends, in order: Content-* of every part,
    /// and for a message root all that [Message#keepsField] names.
    public byte[] keptHeader() {
        return kept.octets();
    }

    /// Calls `sink` for each kept field; makes no objects.
    public void eachKept(HeaderFields.Sink sink) {
        kept.each(sink);
    }

    int keptLength() {
        return kept.length();
    }

    void copyKept(byte[] to, int at) {
        kept.copyTo(to, at);
    }

    /// False when a bound dropped kept fields: then the header in the message must be asked.
    public boolean keptHeaderIsWhole() {
        return (flags & KEPT_CUT) == 0;
    }

    /// The first kept field of this name (any case), null when absent.
    public Field field(String name) {
        return kept.field(name);
    }

    /// The kept fields, in order.
    public List<Field> fields() {
        return kept.list();
    }

    /// The first kept field of this name, unfolded but not decoded; null when absent.
    public String unfolded(String name) {
        Field field = field(name);
        return field == null ? null : field.unfolded();
    }

    /// The addresses of all kept fields of this name, decoded. ENVELOPE wants encoded-words left
    /// alone: [Addresses#parseRaw] of [#unfolded].
    public List<Addresses.Entry> addresses(String name) {
        List<Addresses.Entry> entries = new ArrayList<>();
        for (Field field : fields()) {
            if (field.is(name)) entries.addAll(Addresses.parse(field.unfolded()));
        }
        return entries;
    }

    /// The body without its transfer encoding.
    ///
    /// @param message the octets of the whole message
    public byte[] decoded(byte[] message) {
        return TransferEncoding.decode(
                encoding(), message, bodyStart, Math.min(end, message.length));
    }

    /// The same where only the body is at hand.
    ///
    /// @param body the octets from [#bodyStart] to [#end]
    public byte[] decodedBody(byte[] body) {
        return TransferEncoding.decode(encoding(), body, 0, body.length);
    }

    /// A text part as characters, transfer encoding and charset undone; line ends as they are.
    public String text(byte[] message) {
        return Charsets.decode(charset(), decoded(message));
    }
}
