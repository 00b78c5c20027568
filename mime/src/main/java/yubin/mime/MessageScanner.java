package yubin.mime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads a message in one pass, in pieces of any size, in constant memory.
///
/// The pass goes line by line. Each open entity is a frame on a stack: a multipart waits for its
/// boundary, a message/rfc822 holds the message inside, the top frame is a header or a leaf. A line
/// that starts with `--` is held against the boundaries of all open multiparts; the longest that
/// fits wins, the innermost of equals (so `--ab` ends neither `a` nor its child by mistake), and
/// closes every frame above it: an unterminated inner multipart ends where the outer goes on.
///
/// ```
/// HEADER --empty line--> LEAF | MULTIPART (preamble) | MESSAGE (the HEADER of its child)
/// any    --boundary----> HEADER of the next part of that multipart
/// any    --boundary----> MULTIPART (epilogue), when followed by `--`
/// ```
///
/// LF and CRLF end a line; a bare CR does only where the first line of the message ends in one.
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

    /// The start of a body that preview is made of; HTML often begins with much style.
    private static final int PLAIN_SAMPLE_OCTETS = 2_048;

    private static final int HTML_SAMPLE_OCTETS = 24 * 1024;

    /// RFC 5322 §2.1.1.
    private static final int LINE_OCTETS_MAX = 998;

    private static final int CARRY_OCTETS = BOUNDARY_OCTETS_MAX + 192;

    private enum State {
        HEADER,
        LEAF,
        MULTIPART
    }

    private final List<Part> parts = new ArrayList<>(1);

    /// The frames, outermost first; `boundaries[i]` is null for what is no multipart or is over.
    private final Part[] frames = new Part[NESTING_MAX + 2];

    private final byte[][] boundaries = new byte[NESTING_MAX + 2][];
    private int depth;
    private int openBoundaries;
    private State state = State.HEADER;

    /// Octets of the current header.
    private byte[] header = new byte[1024];

    private int headerLength;
    private boolean hasField = false;

    /// The start of a line whose end has not come yet.
    private byte[] carry;

    private int carryLength;
    private boolean inLine;

    /// In a boundary line so long that it comes in pieces.
    private boolean skipping;

    private int position;
    private int lineEnds;
    private int lastEolOctets;
    private boolean lastLineEmpty;
    private int lineOctets;
    private int keptOctets;
    private boolean eightBit;
    private boolean binary;
    private boolean utf8Header;
    private boolean cut;

    /// 0 before the first line end, then '\n' or '\r'.
    private byte lineEnd;

    private Sample plain;
    private Sample html;
    private Sample sample;

    public MessageScanner() {
        frames[0] = open(null, 0);
    }

    /// The first octets of a text body.
    static final class Sample {
        final Part part;
        final int max;
        byte[] octets = new byte[512];
        int length;

        Sample(Part part, int max) {
            this.part = part;
            this.max = max;
        }

        void add(byte[] from, int start, int end) {
            int count = Math.min(end - start, max - length);
            if (count <= 0) return;
            if (length + count > octets.length) {
                octets =
                        Arrays.copyOf(
                                octets, Math.min(max, Math.max(length + count, 2 * octets.length)));
            }
            System.arraycopy(from, start, octets, length, count);
            length += count;
        }
    }

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
                if (sum < 0) markEightBit();
                if (lineEnd == 0) lineEnd = '\n';
                return i;
            }
            if (octet == '\r') {
                if (i < end && octets[i] == '\n') continue;
                if (i == end) break;
                if (lineEnd == 0) lineEnd = '\r';
                markBinary();
                if (lineEnd == '\r') {
                    if (sum < 0) markEightBit();
                    return i;
                }
            } else if (octet == 0) {
                markBinary();
            }
        }
        if (sum < 0) markEightBit();
        return -1;
    }

    private void markEightBit() {
        eightBit = true;
        if (state != State.HEADER) {
            frames[depth].markEightBit();
        } else if (!frames[depth].insideMessage()) {
            // The header of a message inside is only body to the hop.
            utf8Header = true;
        }
    }

    private void markBinary() {
        binary = true;
        if (state != State.HEADER) frames[depth].markBinary();
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
        if (lineOctets > LINE_OCTETS_MAX || eol == 1) markBinary();
        if (starts ? !isBoundary(octets, from, to, eol) : !skipping) {
            switch (state) {
                case HEADER -> headerLine(octets, from, to, eol, starts);
                case LEAF -> {
                    if (sample != null) sample.add(octets, from, to + eol);
                }
                case MULTIPART -> {}
            }
        }
        position += to - from + eol;
        if (eol > 0) {
            lineEnds++;
            lastEolOctets = eol;
            lastLineEmpty = starts && to == from;
            if (skipping) frames[depth].headerStart = position;
            skipping = false;
        }
    }

    /// ```
    /// delimiter := CRLF "--" boundary
    /// close-delimiter := delimiter "--"
    /// ```
    /// RFC 2046 §5.1.1; after it only blanks should come, and it is enough that a line starts so.
    private boolean isBoundary(byte[] octets, int from, int to, int eol) {
        if (openBoundaries == 0 || to - from < 3) return false;
        if (octets[from] != '-' || octets[from + 1] != '-') return false;
        int start = from + 2;
        int best = -1;
        for (int i = depth; i >= 0; i--) {
            byte[] boundary = boundaries[i];
            if (boundary == null || best >= 0 && boundary.length <= boundaries[best].length) {
                continue;
            }
            if (fits(octets, start, to, boundary)) best = i;
        }
        if (best < 0) return false;
        int after = start + boundaries[best].length;
        boolean closes = to - after >= 2 && octets[after] == '-' && octets[after + 1] == '-';
        if (!closes && parts.size() >= PARTS_MAX) {
            cut = true;
            return false;
        }
        closeTo(best);
        if (closes) {
            boundaries[best] = null;
            openBoundaries--;
            state = State.MULTIPART;
        } else {
            depth = best + 1;
            frames[depth] = open(frames[best], position + to - from + eol);
        }
        sample = null;
        skipping = eol == 0 && !closes;
        return true;
    }

    private static boolean fits(byte[] octets, int start, int to, byte[] boundary) {
        int end = start + boundary.length;
        if (end > to) return false;
        return Arrays.equals(octets, start, end, boundary, 0, boundary.length);
    }

    /// Ends every frame above `frame`, at the line end before the current line.
    private void closeTo(int frame) {
        endHeaderAtBoundary();
        for (int i = depth; i > frame; i--) {
            Part part = frames[i];
            int end = Math.max(part.bodyStart, position - lastEolOctets);
            int lines = lineEnds - part.lineEndsBefore;
            if (lastLineEmpty && lines > 0) lines--;
            if (end == part.bodyStart) lines = 0;
            part.close(end, lines);
            dropBoundary(i);
        }
        depth = frame;
    }

    private void dropBoundary(int frame) {
        if (boundaries[frame] == null) return;
        boundaries[frame] = null;
        openBoundaries--;
    }

    /// A boundary (or the end) inside a header: the entity has no body.
    private void endHeaderAtBoundary() {
        if (state == State.HEADER) endHeader(position, lineEnds);
        // The child of a message/rfc822 without body is again a header.
        if (state == State.HEADER) endHeader(position, lineEnds);
    }

    private Part open(Part parent, int headerStart) {
        Part part = new Part(parent, headerStart);
        parts.add(part);
        state = State.HEADER;
        headerLength = 0;
        hasField = false;
        return part;
    }

    private void headerLine(byte[] octets, int from, int to, int eol, boolean starts) {
        if (starts && isBlank(octets, from, to) && eol > 0) {
            endHeader(position + to - from + eol, lineEnds + 1);
            return;
        }
        if (starts && !hasField) hasField = HeaderFields.nameEnd(octets, from, to) >= 0;
        int count = to - from + eol;
        if (headerLength + count > HEADER_OCTETS_MAX) {
            cut = true;
            frames[depth].markKeptCut();
            return;
        }
        if (headerLength + count > header.length) {
            header = Arrays.copyOf(header, Math.max(headerLength + count, 2 * header.length));
        }
        System.arraycopy(octets, from, header, headerLength, to - from);
        headerLength += to - from;
        if (eol == 2) header[headerLength++] = '\r';
        if (eol > 0) header[headerLength++] = '\n';
    }

    /// Nothing, or only the CRs that some gateways double.
    private static boolean isBlank(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) if (octets[i] != '\r') return false;
        return true;
    }

    /// The header of the top frame is complete: says what its body is.
    private void endHeader(int bodyStart, int lineEndsBefore) {
        Part part = frames[depth];
        if (!hasField && headerLength > 0) {
            textWithoutHeader(part);
            return;
        }
        keptOctets += part.endHeader(header, headerLength, bodyStart, lineEndsBefore, keptOctets);
        state = State.LEAF;
        if (part.type().equals("multipart")) {
            byte[] boundary = part.boundary();
            if (boundary == null) {
                part.markNoBoundary();
            } else if (depth >= NESTING_MAX || boundary.length > BOUNDARY_OCTETS_MAX) {
                part.markTooDeep();
                cut = true;
            } else {
                part.markMultipart();
                boundaries[depth] = boundary;
                openBoundaries++;
                state = State.MULTIPART;
            }
        } else if (part.wantsMessage()) {
            if (depth >= NESTING_MAX || parts.size() >= PARTS_MAX) {
                cut = true;
            } else {
                part.markMessage();
                depth++;
                frames[depth] = open(part, bodyStart);
            }
        }
        if (state == State.LEAF) chooseSample(part);
    }

    /// Lines up to an empty line of which none is a field: a text that has no header.
    private void textWithoutHeader(Part part) {
        int lines = 0;
        for (int i = 0; i < headerLength; i++) if (header[i] == '\n') lines++;
        int length = headerLength;
        headerLength = 0;
        endHeader(part.headerStart, lineEnds - lines);
        if (sample != null) sample.add(header, 0, length);
        if (state == State.HEADER) {
            // The message in a message/rfc822 of a digest: its lines are these.
            headerLength = length;
            textWithoutHeader(frames[depth]);
        }
    }

    private void chooseSample(Part part) {
        sample = null;
        if (!part.type().equals("text") || part.insideMessage()) return;
        boolean isHtml = part.subtype().equals("html");
        if (isHtml ? html != null : plain != null) return;
        Disposition disposition = part.disposition();
        if (disposition != null && disposition.isAttachment()) return;
        if (isHtml) {
            html = new Sample(part, HTML_SAMPLE_OCTETS);
            sample = html;
        } else if (part.subtype().equals("plain")) {
            plain = new Sample(part, PLAIN_SAMPLE_OCTETS);
            sample = plain;
        }
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
        boolean unterminated = inLine;
        // A boundary was the last that came.
        boolean nothing =
                state == State.HEADER && headerLength == 0 && !frames[depth].isMessageRoot();
        if (nothing && frames[depth].headerStart == position) {
            parts.removeLast();
            frames[--depth].removeLastChild();
            state = State.MULTIPART;
        }
        // A line without end in a header is one all the same.
        if (state == State.HEADER) endHeader(position, lineEnds);
        if (state == State.HEADER) endHeader(position, lineEnds);
        for (int i = depth; i >= 0; i--) {
            Part part = frames[i];
            int lines = lineEnds - part.lineEndsBefore + (unterminated ? 1 : 0);
            part.close(Math.max(part.bodyStart, position), position <= part.bodyStart ? 0 : lines);
        }
        String preview = Preview.of(plain, html);
        return new Message(parts, position, eightBit, binary, utf8Header, cut, preview);
    }
}
