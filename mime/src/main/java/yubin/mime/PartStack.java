package yubin.mime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes the tree of parts of the lines of a message.
///
/// Each open entity is a frame on a stack: a multipart waits for its boundary, a message/rfc822
/// holds the message inside, the top frame is a header or a leaf. A line that starts with `--` is
/// held against the boundaries of all open multiparts; the longest that fits wins, the innermost of
/// equals (so `--ab` is never taken for `--a` while both are open), and closes every frame above
/// it: an unterminated inner multipart ends where the outer goes on.
///
/// ```
/// HEADER --empty line--> LEAF | MULTIPART (preamble) | MESSAGE (the HEADER of its child)
/// any    --boundary----> HEADER of the next part of that multipart
/// any    --boundary----> MULTIPART (epilogue), when followed by `--`
/// ```
final class PartStack {
    /// The start of a body that preview is made of; HTML often begins with much style.
    private static final int PLAIN_SAMPLE_OCTETS = 2_048;

    private static final int HTML_SAMPLE_OCTETS = 24 * 1024;

    private enum State {
        HEADER,
        LEAF,
        MULTIPART
    }

    private final List<Part> parts = new ArrayList<>(1);

    /// The frames, outermost first; `boundaries[i]` is null for what is no multipart or is over.
    private final Part[] frames = new Part[MessageScanner.NESTING_MAX + 2];

    private final byte[][] boundaries = new byte[MessageScanner.NESTING_MAX + 2][];
    private int depth;
    private int openBoundaries;
    private State state = State.HEADER;

    /// Octets of the current header, and what was seen in them.
    private byte[] header = new byte[1024];

    private int headerLength;
    private boolean hasField;
    private boolean headerEightBit;
    private boolean headerBinary;

    /// In a boundary line so long that it comes in pieces.
    private boolean skipping;

    private int position;
    private int lineEnds;
    private int lastEolOctets;
    private boolean lastLineEmpty;
    private int keptOctets;
    private boolean eightBit;
    private boolean binary;
    private boolean utf8Header;
    private boolean cut;
    private Sample plain;
    private Sample html;
    private Sample sample;

    PartStack() {
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

    /// An octet above 127 is in the current line.
    void markEightBit() {
        eightBit = true;
        if (state == State.HEADER) headerEightBit = true;
        else frames[depth].markEightBit();
    }

    /// What only BINARYMIME carries is in the current line.
    void markBinary() {
        binary = true;
        if (state == State.HEADER) headerBinary = true;
        else frames[depth].markBinary();
    }

    /// One line, or a piece of a long one: `from` to `to` without its line end of `eol` octets
    /// (0: the line goes on).
    void line(byte[] octets, int from, int to, int eol, boolean starts) {
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
        if (!closes && parts.size() >= MessageScanner.PARTS_MAX) {
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
        headerEightBit = false;
        headerBinary = false;
        return part;
    }

    private void headerLine(byte[] octets, int from, int to, int eol, boolean starts) {
        if (starts && isBlank(octets, from, to) && eol > 0) {
            endHeader(position + to - from + eol, lineEnds + 1);
            return;
        }
        if (starts && !hasField) hasField = HeaderFields.nameEnd(octets, from, to) >= 0;
        int count = to - from + eol;
        if (headerLength + count > MessageScanner.HEADER_OCTETS_MAX) {
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
        // The header of a message inside is only body to the next hop.
        if (headerEightBit && headerLength > 0 && !part.insideMessage()) utf8Header = true;
        keptOctets += part.endHeader(header, headerLength, bodyStart, lineEndsBefore, keptOctets);
        state = State.LEAF;
        if (part.type().equals("multipart")) {
            byte[] boundary = part.boundary();
            if (boundary == null) {
                part.markNoBoundary();
            } else if (depth >= MessageScanner.NESTING_MAX
                    || boundary.length > MessageScanner.BOUNDARY_OCTETS_MAX) {
                part.markTooDeep();
                cut = true;
            } else {
                part.markMultipart();
                boundaries[depth] = boundary;
                openBoundaries++;
                state = State.MULTIPART;
            }
        } else if (part.wantsMessage()) {
            if (depth >= MessageScanner.NESTING_MAX || parts.size() >= MessageScanner.PARTS_MAX) {
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
        boolean textEightBit = headerEightBit;
        boolean textBinary = headerBinary;
        int lines = 0;
        for (int i = 0; i < headerLength; i++) if (header[i] == '\n') lines++;
        int length = headerLength;
        headerLength = 0;
        endHeader(part.headerStart, lineEnds - lines);
        if (state == State.HEADER) {
            // In a digest it is a message, and these are the first lines of that.
            headerLength = length;
            headerEightBit = textEightBit;
            headerBinary = textBinary;
            textWithoutHeader(frames[depth]);
            return;
        }
        if (textEightBit) frames[depth].markEightBit();
        if (textBinary) frames[depth].markBinary();
        if (sample != null) sample.add(header, 0, length);
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

    /// The end of the message.
    ///
    /// @param unterminated whether the last line has no line end
    Message finish(boolean unterminated) {
        // A boundary was the last that came.
        boolean nothing =
                state == State.HEADER && headerLength == 0 && !frames[depth].isMessageRoot();
        if (nothing && frames[depth].headerStart == position) {
            parts.removeLast();
            frames[--depth].removeLastChild();
            state = State.MULTIPART;
        }
        // Lines without an empty one among them are a header, were they never so odd.
        if (depth == 0) hasField = true;
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
