package yubin.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import yubin.mail.Reply;
import yubin.mime.Message;
import yubin.mime.MessageScanner;
import yubin.store.StoreTrouble;
import yubin.store.Upload;

/// A letter while it comes in: octets go to the store and through the parser as they arrive, so
/// that a large one is never whole in memory.
///
/// The header is watched on its way: Received fields are counted, and on submission the fields
/// that a letter must have are put in before the blank line (RFC 6409 §8.1, §8.3), and those that
/// must not travel are left out.
final class IncomingLetter implements AutoCloseable {
    /// What a submission gets if it has none of its own, without CRLF; null for other letters.
    ///
    /// @param from an address
    record Missing(String date, String messageId, String from) {}

    /// Not a field name if longer. RFC 5322 §2.1.1 bounds a line at 998.
    private static final int NAME_OCTETS_MAX = 256;

    private static final byte[] CRLF = {'\r', '\n'};

    private final Upload upload;
    private final MessageScanner scanner = new MessageScanner();
    private final Missing missing;
    private final long octetsMax;
    private long octets;
    private Reply trouble;

    // The header: where a line is looked at before it is handed on.
    private boolean inHeader = true;
    private byte[] name = new byte[NAME_OCTETS_MAX];
    private int nameLength; // octets of the line held back in `name`
    private boolean inName = true; // at a line's start, up to its colon
    private boolean dropping; // a field that must not travel
    private int receivedCount;
    private boolean hasDate;
    private boolean hasMessageId;
    private boolean hasFrom;

    /// @param received our trace field, with CRLF
    IncomingLetter(Upload upload, String received, Missing missing, long octetsMax) {
        this.upload = upload;
        this.missing = missing;
        this.octetsMax = octetsMax;
        byte[] trace = received.getBytes(StandardCharsets.UTF_8);
        store(trace, 0, trace.length);
    }

    /// Takes octets of the letter as the sender means them.
    void feed(byte[] b, int from, int length) {
        octets += length;
        if (octets > octetsMax && trouble == null) {
            trouble = Reply.of(552, "5.3.4", "letter larger than " + octetsMax + " octets");
        }
        if (trouble != null) return;
        if (inHeader) header(b, from, from + length);
        else store(b, from, length);
    }

    /// Nothing more of it is kept: it will be refused at its end.
    void spoil() {
        if (trouble == null) trouble = LONE_ENDS;
    }

    private static final Reply LONE_ENDS =
            Reply.of(550, "5.6.11", "a CR or LF stands alone: lines must end with CRLF");

    /// What is wrong with the letter, null when nothing is.
    Reply trouble() {
        return trouble;
    }

    int receivedCount() {
        return receivedCount;
    }

    Upload upload() {
        return upload;
    }

    /// The end: what the parser found, or null when there is [#trouble].
    Message finish() {
        if (trouble == null && inHeader) {
            if (!inName && missing != null) store(CRLF, 0, 2);
            endHeader(nameLength > 0);
        }
        if (trouble != null) return null;
        try {
            upload.finish();
        } catch (StoreTrouble e) {
            trouble = reply(e);
            return null;
        }
        return scanner.finish();
    }

    private void header(byte[] b, int from, int end) {
        int run = from;
        int i = from;
        while (i < end) {
            if (!inName) {
                // The rest of a line.
                while (i < end && b[i++] != '\n') {}
                if (b[i - 1] == '\n') inName = true;
                if (!dropping) store(b, run, i - run);
                run = i;
                continue;
            }
            byte c = b[i];
            if (nameLength == 0 && (c == ' ' || c == '\t')) {
                inName = false; // a fold: belongs to the field before
            } else if (nameLength == 0 && c == '\r') {
                endHeader(false);
                store(b, i, end - i);
                return;
            } else if (c == ':' && isName()) {
                field();
                run = i;
            } else if ((c >= ' ' && c < 127 && c != ':' || c == '\t')
                    && nameLength < NAME_OCTETS_MAX) {
                name[nameLength++] = c;
                run = ++i;
            } else {
                // No field: the body begins without a blank line.
                endHeader(true);
                store(b, i, end - i);
                return;
            }
        }
    }

    /// One word, with blanks behind it at most.
    private boolean isName() {
        boolean blank = false;
        for (int i = 0; i < nameLength; i++) {
            boolean isBlank = name[i] == ' ' || name[i] == '\t';
            if (blank && !isBlank) return false;
            blank = isBlank;
        }
        return nameLength > 0;
    }

    /// A field's name is complete.
    private void field() {
        String field =
                new String(name, 0, nameLength, StandardCharsets.ISO_8859_1)
                        .strip()
                        .toLowerCase(Locale.ROOT);
        dropping = false;
        switch (field) {
            case "received" -> receivedCount++;
            case "date" -> hasDate = true;
            case "from" -> hasFrom = true;
            case "message-id" -> hasMessageId = true;
            case "bcc", "resent-bcc", "return-path" -> dropping = missing != null;
            default -> {}
        }
        if (!dropping) store(name, 0, nameLength);
        nameLength = 0;
        inName = false;
    }

    /// @param open whether a line has begun that is no field: it needs a blank line before it
    private void endHeader(boolean open) {
        inHeader = false;
        if (missing != null) {
            StringBuilder added = new StringBuilder();
            if (!hasFrom) added.append("From: ").append(missing.from()).append("\r\n");
            if (!hasDate) added.append("Date: ").append(missing.date()).append("\r\n");
            if (!hasMessageId) {
                added.append("Message-ID: ").append(missing.messageId()).append("\r\n");
            }
            if (open) added.append("\r\n");
            byte[] lines = added.toString().getBytes(StandardCharsets.UTF_8);
            store(lines, 0, lines.length);
        }
        store(name, 0, nameLength);
        nameLength = 0;
        name = null;
    }

    private void store(byte[] b, int from, int length) {
        if (length == 0 || trouble != null) return;
        try {
            upload.write(b, from, length);
            scanner.feed(b, from, length);
        } catch (StoreTrouble e) {
            trouble = reply(e);
        }
    }

    private static Reply reply(StoreTrouble e) {
        return e instanceof StoreTrouble.DiskLow
                ? Reply.of(452, "4.3.1", "no room for letters now, come again later")
                : Reply.of(451, "4.3.0", "the store has trouble, come again later");
    }

    @Override
    public void close() {
        upload.close();
    }
}
