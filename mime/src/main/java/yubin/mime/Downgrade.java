package yubin.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Rewrites body parts that are not 7bit for a hop without 8BITMIME (or BINARYMIME). RFC 6152 §3.
///
/// Only leaves that need it are touched, so a signature over parts that are 7bit stays good; one
/// over 8bit parts cannot be saved. Text becomes quoted-printable or base64, whichever is shorter,
/// the rest base64; a leaf of more than [#BUFFERED_OCTETS_MAX] is always base64 and streams.
public final class Downgrade {
    static final int BUFFERED_OCTETS_MAX = 1 << 20;

    private static final int CHUNK_OCTETS = 64 * 1024;
    private static final byte[] CRLF = {'\r', '\n'};

    private final InputStream in;
    private final OutputStream out;
    private int position;

    private Downgrade(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /// Copies the message to `out`, each leaf that is not 7bit encoded anew, everything else
    /// unchanged. The header must be ASCII ([Message#needsSmtpUtf8]); octets above 127 in other
    /// places (preambles, headers of attached messages) become question marks.
    ///
    /// @param message the parse of just these octets
    public static void toSevenBit(Message message, InputStream octets, OutputStream out)
            throws IOException {
        Downgrade downgrade = new Downgrade(octets, out);
        for (Part part : message.parts()) downgrade.part(part, message);
        downgrade.copyTo(message.size());
    }

    public static byte[] toSevenBit(byte[] octets) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(octets.length + octets.length / 8);
        try {
            toSevenBit(Message.parse(octets), new ByteArrayInputStream(octets), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private void part(Part part, Message message) throws IOException {
        copyTo(part.headerStart());
        boolean holds = part.isMultipart() || part.isMessage();
        boolean encode = !holds && part.isNotSevenBit() && isOpen(part.encoding());
        boolean relabel = holds && isEightBitLabel(part.encoding());
        if (!encode && !relabel) return;
        byte[] header = read(part.bodyStart() - position);
        if (relabel) {
            header(part, header, "7bit", null);
            return;
        }
        if (part.octets() > BUFFERED_OCTETS_MAX) {
            header(part, header, "base64", null);
            stream(part.end() - position);
            return;
        }
        byte[] body = read(part.end() - position);
        String encoding = part.type().equals("text") ? BodyWriter.fitting(body) : "base64";
        // 7bit text here means lines of LF only; say so rather than change them.
        if (encoding.equals("7bit")) encoding = "quoted-printable";
        header(part, header, encoding, body);
        byte[] encoded =
                encoding.equals("base64")
                        ? TransferEncoding.toBase64(body)
                        : TransferEncoding.toQuotedPrintable(body);
        out.write(encoded);
    }

    private static boolean isOpen(String encoding) {
        return !encoding.equals("base64") && !encoding.equals("quoted-printable");
    }

    private static boolean isEightBitLabel(String encoding) {
        return encoding.equals("8bit") || encoding.equals("binary");
    }

    /// Writes the header with another Content-Transfer-Encoding.
    private void header(Part part, byte[] header, String encoding, byte[] body) throws IOException {
        int[] written = {0};
        boolean[] seen = {false, false};
        ByteArrayOutputStream fields = new ByteArrayOutputStream(header.length + 64);
        HeaderFields.each(
                header,
                0,
                header.length,
                (octets, start, nameEnd, _, end) -> {
                    if (HeaderFields.is(octets, start, nameEnd, "content-transfer-encoding")) {
                        return true;
                    }
                    seen[0] |= HeaderFields.is(octets, start, nameEnd, "mime-version");
                    seen[1] |= HeaderFields.is(octets, start, nameEnd, "content-type");
                    fields.write(octets, start, end - start);
                    written[0]++;
                    return true;
                });
        byte[] kept = fields.toByteArray();
        mask(kept, kept.length);
        out.write(kept);
        if (kept.length > 0 && kept[kept.length - 1] != '\n') out.write(CRLF);
        if (part.isMessageRoot() && !seen[0]) line("MIME-Version: 1.0");
        if (!seen[1] && part.type().equals("text")) {
            // Text that does not say its charset, RFC 1428's name for it where it is not UTF-8.
            String charset = body == null ? "unknown-8bit" : Charsets.labelUsed("us-ascii", body);
            line("Content-Type: text/plain; charset=" + charset);
        }
        line("Content-Transfer-Encoding: " + encoding);
        out.write(CRLF);
    }

    private void line(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.write(CRLF);
    }

    private void stream(int octets) throws IOException {
        OutputStream base64 = Base64.getMimeEncoder(76, CRLF).wrap(new Unclosed(out));
        byte[] chunk = new byte[CHUNK_OCTETS];
        int left = octets;
        while (left > 0) {
            int count = in.readNBytes(chunk, 0, Math.min(left, chunk.length));
            if (count == 0) throw new java.io.EOFException("message of " + position + " octets");
            base64.write(chunk, 0, count);
            left -= count;
            position += count;
        }
        base64.close();
        out.write(CRLF);
    }

    /// Lets an encoder be closed without what is below it.
    private static final class Unclosed extends java.io.FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            out.write(octets, offset, length);
        }

        @Override
        public void close() {}
    }

    private byte[] read(int octets) throws IOException {
        byte[] read = in.readNBytes(octets);
        if (read.length < octets)
            throw new java.io.EOFException("message of " + position + " octets");
        position += octets;
        return read;
    }

    private void copyTo(int end) throws IOException {
        byte[] chunk = new byte[Math.min(CHUNK_OCTETS, Math.max(end - position, 0))];
        while (position < end) {
            int count = in.readNBytes(chunk, 0, Math.min(end - position, chunk.length));
            if (count == 0) throw new java.io.EOFException("message of " + position + " octets");
            mask(chunk, count);
            out.write(chunk, 0, count);
            position += count;
        }
    }

    private static void mask(byte[] octets, int length) {
        for (int i = 0; i < length; i++) if (octets[i] <= 0) octets[i] = '?';
    }
}
