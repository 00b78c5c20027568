package yubin.pop3;

import java.io.IOException;
import yubin.wire.Wire;

/// Sends one message as a multi-line response. RFC 1939 §3.
///
/// Octets come in pieces of any size. A line that begins with a dot gets another one; a LF without
/// CR becomes CRLF; after the last line comes the line with the single dot. Between these places
/// the octets go from the piece into the wire's buffer as they are.
///
/// TOP stops after the header, the empty line and a count of lines (RFC 1939 §7).
final class Stuffing {
    private static final byte[] DOT = {'.'};
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] END = {'.', '\r', '\n'};
    private static final int ALL = -1;

    private final Wire wire;
    private int linesLeft;
    private boolean inHeader;

    /// Octets of the open line that came in earlier pieces, up to 2.
    private int carried;

    private byte last = '\n';

    private Stuffing(Wire wire, int lines) {
        this.wire = wire;
        this.linesLeft = lines;
        this.inHeader = lines != ALL;
    }

    static Stuffing whole(Wire wire) {
        return new Stuffing(wire, ALL);
    }

    /// @param lines of the body
    static Stuffing top(Wire wire, int lines) {
        return new Stuffing(wire, lines);
    }

    /// Takes the next octets; false when no more are wanted.
    ///
    /// The hot loop looks at LF only: a dot at the start of a line stands behind one, and so does
    /// everything that ends a line.
    boolean feed(byte[] octets, int length) throws IOException {
        if (length == 0) return true;
        int from = 0;
        int lineFrom = 0;
        if (last == '\n' && octets[0] == '.') wire.write(DOT);
        for (int i = 0; i < length; i++) {
            if (octets[i] != '\n') continue;
            byte before = i == 0 ? last : octets[i - 1];
            if (before != '\r') {
                wire.write(octets, from, i - from);
                wire.write(CRLF);
                from = i + 1;
            }
            int lineOctets = carried + i - lineFrom;
            if (linesLeft != ALL && endsHere(lineOctets - (before == '\r' ? 1 : 0))) {
                wire.write(octets, from, i + 1 - from);
                last = '\n';
                return false;
            }
            carried = 0;
            lineFrom = i + 1;
            if (i + 1 < length && octets[i + 1] == '.') {
                wire.write(octets, from, i + 1 - from);
                wire.write(DOT);
                from = i + 1;
            }
        }
        wire.write(octets, from, length - from);
        carried = Math.min(carried + length - lineFrom, 2); // more than a CR is all one asks
        last = octets[length - 1];
        return true;
    }

    /// Counts a line of so many octets, its end left out; true when it is the last one wanted.
    private boolean endsHere(int lineOctets) {
        if (!inHeader) return --linesLeft == 0;
        if (lineOctets > 0) return false;
        inHeader = false;
        return linesLeft == 0;
    }

    /// Ends an open line, then the response.
    void finish() throws IOException {
        if (last != '\n') wire.write(last == '\r' ? new byte[] {'\n'} : CRLF);
        wire.write(END);
    }
}
