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
    private boolean atLineStart = true;
    private boolean lineIsEmpty = true;
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
        if (atLineStart && octets[0] == '.') wire.write(DOT);
        atLineStart = false;
        for (int i = 0; i < length; i++) {
            if (octets[i] != '\n') continue;
            byte before = i == 0 ? last : octets[i - 1];
            if (before != '\r') {
                wire.write(octets, from, i - from);
                wire.write(CRLF);
                from = i + 1;
            }
            if (linesLeft != ALL && endsHere(octets, i)) {
                wire.write(octets, from, i + 1 - from);
                last = '\n';
                return false;
            }
            if (i + 1 == length) {
                atLineStart = true;
            } else if (octets[i + 1] == '.') {
                wire.write(octets, from, i + 1 - from);
                wire.write(DOT);
                from = i + 1;
            }
        }
        wire.write(octets, from, length - from);
        if (linesLeft != ALL) lineIsEmpty = isEmptySoFar(octets, length);
        last = octets[length - 1];
        return true;
    }

    /// Counts the line that ends at the LF at `at`; true when it is the last one wanted.
    private boolean endsHere(byte[] octets, int at) {
        if (!inHeader) return --linesLeft == 0;
        if (!isEmpty(octets, at)) return false;
        inHeader = false;
        return linesLeft == 0;
    }

    /// Whether the line that ends at `at` has nothing before its line end.
    private boolean isEmpty(byte[] octets, int at) {
        int before = at - 1;
        if (before >= 0 && octets[before] == '\r') before--;
        return before >= 0 ? octets[before] == '\n' : lineIsEmpty;
    }

    /// Whether the line that goes on in the next piece has nothing yet but a CR.
    private boolean isEmptySoFar(byte[] octets, int length) {
        int before = length - 1;
        if (octets[before] == '\n') return true;
        if (octets[before] != '\r') return false;
        return before == 0 ? lineIsEmpty : octets[before - 1] == '\n';
    }

    /// Ends an open line, then the response.
    void finish() throws IOException {
        if (last != '\n') wire.write(last == '\r' ? new byte[] {'\n'} : CRLF);
        wire.write(END);
    }
}
