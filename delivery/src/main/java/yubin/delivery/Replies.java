package yubin.delivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import yubin.mail.EnhancedStatus;
import yubin.mail.Reply;
import yubin.wire.Wire;

/// Reads the replies of a server, which may be hostile or broken. RFC 5321 §4.2.
///
/// Bounds: [#LINE_OCTETS] of a line are looked at (512 by RFC 5321 §4.5.3.1.5; many send more),
/// [#LINES_MAX] lines of a reply are read, and a reply as a whole has the deadline of one command.
final class Replies {
    private static final int LINE_OCTETS = 2048;
    private static final int LINES_MAX = 100;

    /// Characters of a line that are kept.
    private static final int LINE_CHARS_MAX = 500;

    private Replies() {}

    /// The server did not speak SMTP.
    static final class NoReply extends Wire.Trouble {
        private static final long serialVersionUID = 1;

        NoReply(String message) {
            super(message);
        }
    }

    /// @throws NoReply when what came is no reply
    static Reply read(Wire wire, Duration deadline) throws IOException {
        wire.deadline(deadline, deadline);
        long due = System.nanoTime() + deadline.toNanos();
        byte[] line = new byte[LINE_OCTETS];
        List<String> lines = new ArrayList<>(1);
        EnhancedStatus status = null;
        while (true) {
            int length;
            try {
                length = wire.readLine(line);
            } catch (Wire.LineTooLong tooLong) {
                length = LINE_OCTETS; // the rest of the line was skipped
            } catch (Wire.BareLineEnd bare) {
                throw new NoReply("the server ends its lines wrongly");
            }
            int code = code(line, length);
            if (code == 0) {
                throw new NoReply("the server said what is no reply: " + text(line, 0, length));
            }
            String text = length > 4 ? text(line, 4, length) : "";
            if (lines.isEmpty()) status = status(code, text);
            lines.add(status == null ? text : withoutStatus(text, status));
            if (length < 4 || line[3] != '-') return new Reply(code, status, lines);
            if (lines.size() == LINES_MAX) throw new NoReply("a reply without end");
            if (System.nanoTime() > due) throw new NoReply("a reply that took too long");
        }
    }

    /// `Reply-code = %x32-35 %x30-35 %x30-39`, followed by SP, "-" or the end; 0 for anything
    /// else.
    private static int code(byte[] line, int length) {
        if (length < 3) return 0;
        if (length > 3 && line[3] != ' ' && line[3] != '-') return 0;
        int code = 0;
        for (int i = 0; i < 3; i++) {
            if (line[i] < '0' || line[i] > '9') return 0;
            code = code * 10 + (line[i] - '0');
        }
        return code >= 200 && code < 600 ? code : 0;
    }

    /// The enhanced status code in front of the text, when its class is that of the reply.
    /// RFC 2034 §4.
    private static EnhancedStatus status(int code, String text) {
        int blank = text.indexOf(' ');
        String word = blank < 0 ? text : text.substring(0, blank);
        if (word.length() < 5 || word.length() > 9) return null;
        Optional<EnhancedStatus> status = EnhancedStatus.parse(word);
        return status.isPresent() && status.get().kind() == code / 100 ? status.get() : null;
    }

    private static String withoutStatus(String text, EnhancedStatus status) {
        String word = status.toString();
        return text.startsWith(word) ? text.substring(word.length()).strip() : text;
    }

    /// Octets of a peer as text: UTF-8, control characters as `?`, cut.
    private static String text(byte[] line, int from, int length) {
        int end = Math.min(length, from + LINE_CHARS_MAX);
        String text = new String(line, from, end - from, StandardCharsets.UTF_8);
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            if (!Character.isISOControl(text.charAt(i))) continue;
            if (out == null) out = new StringBuilder(text);
            out.setCharAt(i, '?');
        }
        return (out == null ? text : out.toString()).strip();
    }
}
