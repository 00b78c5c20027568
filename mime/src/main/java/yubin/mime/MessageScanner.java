package yubin.mime;

/// Reads a message in one pass, in pieces of any size, in constant memory.
///
/// Here octets become lines, of which [PartStack] makes the parts. LF and CRLF end a line; a bare
/// CR does only where the first line of the message ends in one. A line that is cut by the end of a
/// piece waits in `carry`; one that is too long to wait goes on in pieces.
public final class MessageScanner {
    /// Header octets of one entity that are looked at; what is beyond is passed over.
    static final int HEADER_OCTETS_MAX = 512 * 1024;

    /// Parts of one message; the boundaries of later ones are taken for text.
    static final int PARTS_MAX = 1_000;

    /// Depth of parts; a multipart or message that lies deeper is taken for a leaf.
    static final int NESTING_MAX = 50;

    /// RFC 2046 §5.1.1 allows 70.
    static final int BOUNDARY_OCTETS_MAX = 8_000;

    /// Kept header octets of one field, and of all of one message.
    static final int FIELD_KEPT_OCTETS_MAX = 64 * 1024;

    static final int KEPT_OCTETS_MAX = 256 * 1024;

    /// RFC 5322 §2.1.1.
    private static final int LINE_OCTETS_MAX = 998;

    /// Half of it must hold any boundary line.
    private static final int CARRY_OCTETS = 2 * (BOUNDARY_OCTETS_MAX + 192);

    private final PartStack parts = new PartStack();

    /// The start of a line whose end has not come yet.
    private byte[] carry;

    private int carryLength;

    /// True after a piece of a line that goes on.
    private boolean inLine;

    private int lineOctets;

    /// 0 before the first line end, then LF or CR.
    private byte lineEnd;

    /// Takes the next octets. Total: never throws, keeps no reference to `octets`.
    public void feed(byte[] octets, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (carryLength > 0) {
                at = fillCarry(octets, at, end);
                continue;
            }
            int stop = lineEndAt(octets, at, end);
            if (stop < 0) {
                keepTail(octets, at, end);
                return;
            }
            int eol = eolOctets(octets, at, stop);
            piece(octets, at, stop - eol, eol);
            at = stop;
        }
    }

    /// After the line end of the line that starts at `at`, or -1 when it is not there yet. Looks at
    /// each octet once and notes what it is: the hottest loop of the room. One comparison passes
    /// over nearly every octet of ASCII, two over the others.
    private int lineEndAt(byte[] octets, int at, int end) {
        int i = at;
        byte sum = 0;
        while (i < end) {
            byte octet = octets[i++];
            if (octet > '\r') continue;
            sum |= octet;
            if (octet < 0) continue;
            if (octet == '\n') {
                if (sum < 0) parts.markEightBit();
                if (lineEnd == 0) lineEnd = '\n';
                return i;
            }
            if (octet == '\r') {
                if (i < end && octets[i] == '\n') continue;
                if (i == end) break;
                if (lineEnd == 0) lineEnd = '\r';
                parts.markBinary();
                if (lineEnd == '\r') {
                    if (sum < 0) parts.markEightBit();
                    return i;
                }
            } else if (octet == 0) {
                parts.markBinary();
            }
        }
        if (sum < 0) parts.markEightBit();
        return -1;
    }

    private static int eolOctets(byte[] octets, int start, int lineEndAt) {
        if (octets[lineEndAt - 1] == '\r') return 1;
        return lineEndAt - 2 >= start && octets[lineEndAt - 2] == '\r' ? 2 : 1;
    }

    /// Keeps the start of a line until its end comes; of one that is too long only a final CR,
    /// which may be half a line end.
    private void keepTail(byte[] octets, int at, int end) {
        int from = at;
        if (end - at > CARRY_OCTETS / 2) {
            from = octets[end - 1] == '\r' ? end - 1 : end;
            piece(octets, at, from, 0);
        }
        if (carry == null) carry = new byte[CARRY_OCTETS];
        carryLength = end - from;
        System.arraycopy(octets, from, carry, 0, carryLength);
    }

    /// Completes the carried start of a line with what came now; returns how far it got.
    private int fillCarry(byte[] octets, int at, int end) {
        int i = at;
        boolean complete = false;
        while (!complete && i < end && carryLength < CARRY_OCTETS) {
            byte octet = octets[i++];
            complete = octet == '\n' || carry[carryLength - 1] == '\r' && lineEnd != '\n';
            carry[carryLength++] = octet;
        }
        if (!complete && carryLength < CARRY_OCTETS) return i;
        int length = carryLength;
        int stop = lineEndAt(carry, 0, length);
        carryLength = 0;
        if (stop < 0) {
            stop = carry[length - 1] == '\r' ? length - 1 : length;
            piece(carry, 0, stop, 0);
        } else {
            int eol = eolOctets(carry, 0, stop);
            piece(carry, 0, stop - eol, eol);
        }
        // At most one octet is left, and it came last.
        return i - (length - stop);
    }

    /// One line, or a piece of a long one: `from` to `to` without its line end of `eol` octets
    /// (0: the line goes on).
    private void piece(byte[] octets, int from, int to, int eol) {
        boolean starts = !inLine;
        inLine = eol == 0;
        lineOctets = (starts ? 0 : lineOctets) + to - from;
        if (lineOctets > LINE_OCTETS_MAX || eol == 1) parts.markBinary();
        parts.line(octets, from, to, eol, starts);
    }

    /// The end of the message; the scanner cannot be used afterwards.
    public Message finish() {
        if (carryLength > 0) {
            int length = carryLength;
            carryLength = 0;
            lineEndAt(carry, 0, length);
            int eol = carry[length - 1] == '\r' && lineEnd == '\r' ? 1 : 0;
            piece(carry, 0, length - eol, eol);
        }
        return parts.finish(inLine);
    }
}
