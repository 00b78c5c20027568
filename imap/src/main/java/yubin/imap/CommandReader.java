package yubin.imap;

import java.io.IOException;
import java.util.Arrays;
import yubin.imap.CommandParser.Tagged;
import yubin.wire.Wire;

/// Takes one command from the wire: its line, and further lines and literals while it ends in a
/// literal. RFC 3501 §4.3, RFC 7888 §3.
///
/// The message of an APPEND is left on the wire: the session takes it in pieces.
final class CommandReader {
    /// One line. RFC 7162 §4 and RFC 9051 §4 advise 8,192 octets at least; clients send long sets.
    static final int LINE_OCTETS_MAX = 64 * 1024;

    /// A command with its literals, once somebody has logged in; and before.
    static final int COMMAND_OCTETS_MAX = 256 * 1024;

    static final int STRANGER_OCTETS_MAX = 16 * 1024;

    /// A literal that came unasked and is too long is skipped up to here; for a longer one the
    /// connection ends.
    static final int SKIP_OCTETS_MAX = 1 << 20;

    private final Wire wire;

    CommandReader(Wire wire) {
        this.wire = wire;
    }

    /// Reads a command. A wait is only at its start, and inside when the client dawdles.
    ///
    /// @param line the session's line buffer
    Tagged read(byte[] line, boolean utf8, boolean stranger) throws IOException {
        byte[] octets = line;
        int length;
        try {
            length = wire.readLine(line);
            while (true) {
                long literal = literalAtEnd(octets, length);
                if (literal < 0) return CommandParser.parse(octets, length, utf8);
                Tagged append = CommandParser.parseAppend(octets, length, utf8);
                if (append != null) return append;
                boolean asked = octets[length - 2] >= '0' && octets[length - 2] <= '9';
                int max = stranger ? STRANGER_OCTETS_MAX : COMMAND_OCTETS_MAX;
                if (literal > max - length) return tooLong(octets, length, literal, asked);
                if (asked) {
                    wire.write("+ OK\r\n");
                    wire.flush();
                }
                int body = length + 2;
                octets = Arrays.copyOf(octets, body + (int) literal + 256);
                octets[length] = '\r';
                octets[length + 1] = '\n';
                wire.readFully(octets, body, (int) literal);
                length = body + (int) literal;
                byte[] rest = new byte[8192];
                int more = wire.readLine(rest);
                if (length + more > max) return bad(octets, length, "command too long");
                if (length + more > octets.length) octets = Arrays.copyOf(octets, length + more);
                System.arraycopy(rest, 0, octets, length, more);
                length += more;
            }
        } catch (Wire.LineTooLong e) {
            return bad(line, 0, "line too long");
        } catch (Wire.BareLineEnd e) {
            return bad(line, 0, "a line ends with CR and LF together");
        }
    }

    /// The size of the literal that this line announces at its end, -1 for none:
    /// `"{" number ["+" / "-"] "}"`.
    private static long literalAtEnd(byte[] octets, int length) {
        int i = length - 1;
        if (i < 2 || octets[i--] != '}') return -1;
        if (octets[i] == '+' || octets[i] == '-') i--;
        int last = i;
        while (i >= 0 && octets[i] >= '0' && octets[i] <= '9' && last - i < 19) i--;
        if (i == last || i < 0 || octets[i] != '{') return -1;
        long size = 0;
        for (int at = i + 1; at <= last; at++) {
            if (size > (Long.MAX_VALUE - 9) / 10) return Long.MAX_VALUE;
            size = size * 10 + octets[at] - '0';
        }
        return size;
    }

    /// A literal over the bound. One that was to be asked for never comes; one that comes unasked
    /// is skipped with the rest of its command.
    private Tagged tooLong(byte[] octets, int length, long literal, boolean asked)
            throws IOException {
        Tagged answer = bad(octets, length, "literal too long");
        if (asked) return answer;
        byte[] scratch = new byte[8192];
        long skipped = 0;
        while (literal >= 0) {
            skipped += literal;
            if (skipped > SKIP_OCTETS_MAX) throw new Overrun();
            skip(literal, scratch);
            int more = wire.readLine(scratch);
            literal = literalAtEnd(scratch, more);
            if (literal >= 0 && scratch[more - 2] != '+' && scratch[more - 2] != '-') break;
        }
        return answer;
    }

    void skip(long octets, byte[] scratch) throws IOException {
        for (long left = octets; left > 0; ) {
            left -= wire.read(scratch, 0, (int) Math.min(left, scratch.length));
        }
    }

    private static Tagged bad(byte[] octets, int length, String problem) {
        String tag = length == 0 ? null : CommandParser.parse(octets, length, false).tag();
        return new Tagged(tag, new ImapCommand.Malformed(problem, length));
    }

    /// More octets come unasked than anybody would skip: the session says BYE.
    static final class Overrun extends IOException {
        private static final long serialVersionUID = 1;

        Overrun() {
            super("an unasked literal too long to skip");
        }
    }
}
