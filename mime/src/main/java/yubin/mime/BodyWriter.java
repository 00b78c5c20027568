package yubin.mime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/// Writes bodies: the Content-* fields of a part and its octets in the transfer encoding that fits.
final class BodyWriter {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LINE_OCTETS_MAX = 998;

    private final ByteArrayOutputStream out;

    BodyWriter(ByteArrayOutputStream out) {
        this.out = out;
    }

    /// Writes fields, empty line and body.
    void write(MessageBuilder.Content content) {
        switch (content) {
            case MessageBuilder.Content.Text text -> text(text);
            case MessageBuilder.Content.File file -> file(file);
            case MessageBuilder.Content.Raw raw -> raw(raw);
            case MessageBuilder.Content.Free free -> free(free);
            case MessageBuilder.Content.Multipart multipart -> multipart(multipart);
        }
    }

    private void text(MessageBuilder.Content.Text text) {
        byte[] octets = withCrlf(text.text()).getBytes(StandardCharsets.UTF_8);
        field("Content-Type", "text/" + text.subtype() + "; charset=utf-8");
        if (!text.languages().isEmpty()) {
            field("Content-Language", String.join(", ", text.languages()));
        }
        encoded(octets, fitting(octets));
    }

    /// Whether the body that is written last is quoted-printable.
    static boolean isQuotedPrintable(MessageBuilder.Content content) {
        return switch (content) {
            case MessageBuilder.Content.Text text -> {
                byte[] octets = withCrlf(text.text()).getBytes(StandardCharsets.UTF_8);
                yield fitting(octets).equals("quoted-printable");
            }
            case MessageBuilder.Content.Free free ->
                    free.parts() == null && encoding(free).equals("quoted-printable");
            default -> false;
        };
    }

    /// LF and CR alone become CRLF.
    private static String withCrlf(String text) {
        StringBuilder out = new StringBuilder(text.length() + 64);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                out.append("\r\n");
            } else if (c == '\r') {
                out.append("\r\n");
                if (i + 1 < text.length() && text.charAt(i + 1) == '\n') i++;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /// 7bit where it can be, else the shorter of quoted-printable and base64. RFC 2045 §6.
    static String fitting(byte[] octets) {
        int other = 0;
        int line = 0;
        boolean sevenBit = true;
        for (int i = 0; i < octets.length; i++) {
            byte octet = octets[i];
            if (octet == '\n') {
                sevenBit &= i > 0 && octets[i - 1] == '\r';
                line = 0;
                continue;
            }
            if (octet == '\r') sevenBit &= i + 1 < octets.length && octets[i + 1] == '\n';
            line++;
            if (octet <= 0) other++;
            sevenBit &= octet > 0 && line <= LINE_OCTETS_MAX;
            // `From ` at the start of a line grows a `>` in some mailboxes.
            if (line == 5 && octet == ' ' && isFrom(octets, i - 4)) sevenBit = false;
        }
        if (sevenBit) return "7bit";
        return other > octets.length / 6 ? "base64" : "quoted-printable";
    }

    private static boolean isFrom(byte[] octets, int at) {
        return octets[at] == 'F'
                && octets[at + 1] == 'r'
                && octets[at + 2] == 'o'
                && octets[at + 3] == 'm';
    }

    private void encoded(byte[] octets, String encoding) {
        field("Content-Transfer-Encoding", encoding);
        crlf();
        out.writeBytes(
                switch (encoding) {
                    case "base64" -> TransferEncoding.toBase64(octets);
                    case "quoted-printable" -> TransferEncoding.toQuotedPrintable(octets);
                    default -> octets;
                });
    }

    /// `name=` in encoded-words beside `filename*=`: RFC 2047 §5 forbids it, Outlook shows
    /// "Untitled" without it. Every reader that knows RFC 2231 takes the latter.
    private void file(MessageBuilder.Content.File file) {
        String type = file.mediaType();
        StringBuilder contentType = new StringBuilder(mediaType(type));
        StringBuilder disposition = new StringBuilder(file.disposition());
        String name = file.filename();
        if (name != null && !name.isEmpty()) {
            HeaderWriter.checkText("filename", name);
            boolean plain = !EncodedWords.needsEncoding(name) && name.length() <= 60;
            contentType.append(
                    plain
                            ? HeaderWriter.parameter("name", name)
                            : "; name=\"" + EncodedWords.encodePhrase(name) + "\"");
            disposition.append(HeaderWriter.parameter("filename", name));
        }
        field("Content-Type", contentType.toString());
        field("Content-Disposition", disposition.toString());
        if (file.contentId() != null) field("Content-ID", "<" + file.contentId() + ">");
        encoded(file.octets(), "base64");
    }

    private void raw(MessageBuilder.Content.Raw raw) {
        StringBuilder contentType = new StringBuilder(mediaType(raw.mediaType()));
        for (Parameter parameter : raw.parameters()) {
            contentType.append(HeaderWriter.parameter(parameter.name(), parameter.value()));
        }
        field("Content-Type", contentType.toString());
        if (raw.description() != null) {
            String text =
                    HeaderWriter.unstructured("Content-Description", raw.description(), false);
            HeaderWriter.write("Content-Description", text, out);
        }
        byte[] octets = raw.octets();
        if (raw.mayEncode()) {
            encoded(octets, fitting(octets));
        } else {
            field(
                    "Content-Transfer-Encoding",
                    Charsets.isAscii(octets, 0, octets.length) ? "7bit" : "8bit");
            crlf();
            out.writeBytes(octets);
        }
    }

    private void free(MessageBuilder.Content.Free free) {
        StringBuilder contentType = new StringBuilder(mediaType(free.mediaType()));
        for (Parameter parameter : free.parameters()) {
            contentType.append(HeaderWriter.parameter(parameter.name(), parameter.value()));
        }
        String name = free.name();
        if (name != null) {
            HeaderWriter.checkText("filename", name);
            boolean plain = !EncodedWords.needsEncoding(name) && name.length() <= 60;
            contentType.append(
                    plain
                            ? HeaderWriter.parameter("name", name)
                            : "; name=\"" + EncodedWords.encodePhrase(name) + "\"");
        }
        String boundary = free.parts() == null ? null : boundary();
        if (boundary != null) contentType.append("; boundary=\"" + boundary + "\"");
        field("Content-Type", contentType.toString());
        if (free.disposition() != null) {
            String filename = name == null ? "" : HeaderWriter.parameter("filename", name);
            field("Content-Disposition", free.disposition() + filename);
        }
        for (MessageBuilder.Content.FieldLine line : free.fields()) {
            HeaderWriter.write(line.name(), line.value(), out);
        }
        if (boundary != null) {
            if (anyEightBit(free.parts())) field("Content-Transfer-Encoding", "8bit");
            crlf();
            parts(boundary, free.parts());
            return;
        }
        byte[] octets = free.octets();
        if (free.mediaType().startsWith("message/")) { // may not be encoded, RFC 2046 §5.2.1
            boolean ascii = Charsets.isAscii(octets, 0, octets.length);
            field("Content-Transfer-Encoding", ascii ? "7bit" : "8bit");
            crlf();
            out.writeBytes(octets);
            return;
        }
        encoded(octets, encoding(free));
    }

    private static String encoding(MessageBuilder.Content.Free free) {
        byte[] octets = free.octets();
        String encoding = free.mediaType().startsWith("text/") ? fitting(octets) : "base64";
        // Quoted-printable would make CRLF of what is LF alone.
        boolean bare = encoding.equals("quoted-printable") && hasBareEnds(octets);
        return bare ? "base64" : encoding;
    }

    private static boolean hasBareEnds(byte[] octets) {
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r')) return true;
            if (octets[i] == '\r' && (i + 1 == octets.length || octets[i + 1] != '\n')) return true;
        }
        return false;
    }

    private static String boundary() {
        byte[] noise = new byte[12];
        RANDOM.nextBytes(noise);
        // `=_` stands in no quoted-printable and no base64. RFC 2045 §6.7.
        return "=_" + HexFormat.of().formatHex(noise);
    }

    private void multipart(MessageBuilder.Content.Multipart multipart) {
        String boundary = boundary();
        StringBuilder contentType =
                new StringBuilder(mediaType("multipart/" + multipart.subtype()));
        for (Parameter parameter : multipart.parameters()) {
            contentType.append(HeaderWriter.parameter(parameter.name(), parameter.value()));
        }
        field("Content-Type", contentType + "; boundary=\"" + boundary + "\"");
        if (isEightBit(multipart)) field("Content-Transfer-Encoding", "8bit");
        crlf();
        parts(boundary, multipart.parts());
    }

    private void parts(String boundary, List<MessageBuilder.Content> parts) {
        for (MessageBuilder.Content part : parts) {
            line("--" + boundary);
            write(part);
            crlf();
        }
        line("--" + boundary + "--");
    }

    /// A part in 8bit makes all around it 8bit. RFC 2045 §6.4.
    private static boolean isEightBit(MessageBuilder.Content content) {
        return switch (content) {
            case MessageBuilder.Content.Text _, MessageBuilder.Content.File _ -> false;
            case MessageBuilder.Content.Raw raw ->
                    !raw.mayEncode() && !Charsets.isAscii(raw.octets(), 0, raw.octets().length);
            case MessageBuilder.Content.Multipart multipart -> anyEightBit(multipart.parts());
            case MessageBuilder.Content.Free free ->
                    free.parts() != null
                            ? anyEightBit(free.parts())
                            : free.mediaType().startsWith("message/")
                                    && !Charsets.isAscii(free.octets(), 0, free.octets().length);
        };
    }

    private static boolean anyEightBit(List<MessageBuilder.Content> parts) {
        for (MessageBuilder.Content part : parts) if (isEightBit(part)) return true;
        return false;
    }

    private static String mediaType(String type) {
        int slash = type.indexOf('/');
        boolean good = slash > 0 && slash < type.length() - 1;
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            good &= c > ' ' && c < 127 && (i == slash || "()<>@,;:\\\"/[]?=".indexOf(c) < 0);
        }
        if (!good) throw new IllegalArgumentException("media type of " + type.length());
        return type;
    }

    private void field(String name, String value) {
        HeaderWriter.write(name, HeaderWriter.structured(name, value, false), out);
    }

    private void line(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        crlf();
    }

    private void crlf() {
        out.write('\r');
        out.write('\n');
    }
}
