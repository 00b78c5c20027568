package yubin.jmap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.UUID;
import yubin.mail.QueueId;
import yubin.mime.HeaderFields;
import yubin.mime.MailDate;
import yubin.mime.MessageScanner;
import yubin.mime.Part;
import yubin.store.Upload;

/// Copies a stored message into a letter: without Bcc, with our Received field on top, with Date
/// and Message-ID where it has none. RFC 8621 §7.5, RFC 6409 §8.
final class Sending {
    private static final int CHUNK = 256 << 10;

    private Sending() {}

    /// @return what one pass over the letter found
    static yubin.mime.Message write(
            Office office, QueueId id, Source email, Download octets, Upload to)
            throws IOException {
        Part root = email.message().root();
        ByteArrayOutputStream header = new ByteArrayOutputStream(2048);
        String now = MailDate.format(office.clock().instant().atOffset(ZoneOffset.UTC));
        String hostname = office.settings().hostname().ascii();
        put(header, "Received: by " + hostname + " (Yubin) with HTTP id " + id + ";\r\n\t" + now);
        if (email.fields("date").isEmpty()) put(header, "Date: " + now);
        if (email.fields("message-id").isEmpty()) {
            put(header, "Message-ID: <" + UUID.randomUUID() + "@" + hostname + ">");
        }
        byte[] own = octets.read(0, root.bodyStart());
        int[] end = {0};
        HeaderFields.each(
                own,
                0,
                own.length,
                (b, start, nameEnd, value, stop) -> {
                    String name = new String(b, start, nameEnd - start, StandardCharsets.US_ASCII);
                    if (!name.equalsIgnoreCase("bcc") && !name.equalsIgnoreCase("resent-bcc")) {
                        header.write(b, start, stop - start);
                    }
                    end[0] = stop;
                    return true;
                });
        if (end[0] < own.length) header.write(own, end[0], own.length - end[0]);
        MessageScanner scanner = new MessageScanner();
        feed(header.toByteArray(), to, scanner);
        for (long at = root.bodyStart(); at < octets.size(); ) {
            byte[] piece = octets.read(at, (int) Math.min(CHUNK, octets.size() - at));
            if (piece.length == 0) throw new IOException("a blob ends before its size");
            feed(piece, to, scanner);
            at += piece.length;
        }
        to.finish();
        return scanner.finish();
    }

    private static void feed(byte[] octets, Upload to, MessageScanner scanner) throws IOException {
        to.write(octets, 0, octets.length);
        scanner.feed(octets, 0, octets.length);
    }

    private static void put(ByteArrayOutputStream header, String line) {
        header.writeBytes((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
