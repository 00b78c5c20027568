package yubin.smtp;

import java.io.IOException;
import java.time.Duration;
import yubin.wire.Wire;

/// The octets behind DATA and BDAT: finds their end, takes the dots out, and sees to it that CR
/// and LF come in pairs only.
///
/// **One end only.** Data ends at CRLF.CRLF and nowhere else. A server that takes `LF.LF` or
/// `CR.CR` for the end lets a second letter hide inside the first, with an envelope of the
/// attacker's choice (RFC 5321 §4.1.1.4). Strangers' letters with a lone CR or LF are refused,
/// after all was read; those of people here are mended, as their clients mean no harm: the lone
/// octet becomes CRLF, and a dot behind it means nothing.
///
/// **The states** name what was just read, from `LINE` at the start:
///
/// ```
/// LINE    --.-->  DOT     --CR--> DOT_CR --LF--> the end
/// LINE    --x-->  TEXT    --CR--> CR     --LF--> LINE
/// ```
///
/// Each other step is a lone CR or LF, or text. The loop hands runs of octets on, not octets;
/// only a CR at the end of the buffer waits for what follows it.
final class MailData {
    /// What to do with a lone CR or LF.
    enum LoneEnds {
        REFUSE,
        MEND,
        /// BODY=BINARYMIME: octets are octets.
        KEEP
    }

    private static final int TEXT = 0;
    private static final int CR = 1;
    private static final int LINE = 2;
    private static final int DOT = 3;
    private static final int DOT_CR = 4;
    private static final int END = 5;

    private static final byte[] CRLF = {'\r', '\n'};

    /// A sender may be this slow, once `letter` has passed.
    private static final long OCTETS_PER_SECOND_MIN = 4096;

    private final Wire wire;
    private final IncomingLetter letter;
    private final LoneEnds loneEnds;
    private final long octetsMax;
    private final long start = System.nanoTime();
    private final long patienceNanos;
    private int state = LINE;
    private boolean dots;
    private boolean heldCr; // state is CR, and the CR itself was not handed on yet
    private long octets;

    /// @param octetsMax of the letter; up to twice as many are read and thrown away, so that the
    ///     sender hears why
    MailData(
            Wire wire,
            IncomingLetter letter,
            LoneEnds loneEnds,
            long octetsMax,
            Duration patience) {
        this.wire = wire;
        this.letter = letter;
        this.loneEnds = loneEnds;
        this.octetsMax = octetsMax;
        this.patienceNanos = patience.toNanos();
    }

    /// Reads up to and with CRLF.CRLF.
    ///
    /// @throws Flood when no end comes
    void readToDot() throws IOException {
        dots = true;
        while (state != END) {
            int available = wire.fill();
            pace(available);
            wire.consume(scan(wire.octets(), wire.position(), wire.position() + available));
        }
    }

    /// Reads a chunk of BDAT.
    void readChunk(long length) throws IOException {
        for (long left = length; left > 0; ) {
            int n = (int) Math.min(wire.fill(), left);
            pace(n);
            if (loneEnds == LoneEnds.KEEP) {
                letter.feed(wire.octets(), wire.position(), n);
            } else {
                scan(wire.octets(), wire.position(), wire.position() + n);
            }
            wire.consume(n);
            left -= n;
        }
    }

    /// After the last chunk: a CR that nothing follows stands alone.
    void endChunks() {
        if (state == CR) lone();
        state = END;
    }

    private void pace(int more) throws IOException {
        octets += more;
        if (octets > 2 * octetsMax + (1 << 20)) throw new Flood();
        long seconds = octets / OCTETS_PER_SECOND_MIN;
        if (System.nanoTime() - start > patienceNanos + seconds * 1_000_000_000L) {
            throw new Drip();
        }
    }

    /// Takes `b[from..end)` and returns how many octets belong to this letter.
    private int scan(byte[] b, int from, int end) {
        int state = this.state;
        int run = from; // where what was not handed on begins
        int i = from;
        if (heldCr && i < end) {
            // The buffer before ended with a CR that is still to be judged.
            heldCr = false;
            if (b[i] == '\n') {
                letter.feed(CRLF, 0, 2);
                state = LINE;
                run = ++i;
            } else if (b[i] == '\r') {
                doubled();
                state = CR;
                i++;
            } else {
                lone();
                state = TEXT;
            }
        }
        while (i < end && state != END) {
            byte c = b[i];
            switch (state) {
                case TEXT -> {
                    while (c != '\r' && c != '\n' && ++i < end) c = b[i];
                    if (i < end) {
                        if (c == '\r') {
                            state = CR;
                        } else {
                            letter.feed(b, run, i - run);
                            lone();
                            run = i + 1;
                        }
                        i++;
                    }
                }
                case CR -> {
                    if (c == '\n') {
                        state = LINE;
                        i++;
                    } else if (c == '\r') {
                        letter.feed(b, run, i - 1 - run);
                        doubled();
                        run = i++;
                    } else {
                        letter.feed(b, run, i - 1 - run);
                        lone();
                        run = i;
                        state = TEXT;
                    }
                }
                case LINE -> {
                    if (c == '.' && dots) {
                        letter.feed(b, run, i - run);
                        run = ++i;
                        state = DOT;
                    } else {
                        state = TEXT;
                    }
                }
                case DOT -> {
                    if (c == '\r') {
                        state = DOT_CR;
                        i++;
                    } else {
                        state = TEXT;
                    }
                }
                default -> { // DOT_CR: the CR lies before `i`, or in the buffer before
                    if (c == '\n') {
                        state = END;
                        run = ++i;
                    } else {
                        // No end after all: judge the CR as any other.
                        if (c == '\r') {
                            doubled();
                            run = i++;
                            state = CR;
                        } else {
                            lone();
                            run = i;
                            state = TEXT;
                        }
                    }
                }
            }
        }
        int stop = i;
        if (state == CR) {
            stop = i - 1;
            heldCr = true;
        } else if (state == DOT_CR) {
            stop = run;
        }
        if (stop > run) letter.feed(b, run, stop - run);
        this.state = state;
        return i - from;
    }

    /// A CR or LF stood alone here.
    private void lone() {
        if (loneEnds == LoneEnds.MEND) letter.feed(CRLF, 0, 2);
        else letter.spoil();
    }

    /// CR CR: the first stands alone and is dropped, the second may still have its LF.
    private void doubled() {
        if (loneEnds == LoneEnds.REFUSE) letter.spoil();
    }

    /// The letter does not end.
    static final class Flood extends Wire.Trouble {
        private static final long serialVersionUID = 1;

        Flood() {
            super("endless data");
        }
    }

    /// The letter comes too slowly.
    static final class Drip extends Wire.Trouble {
        private static final long serialVersionUID = 1;

        Drip() {
            super("data too slow");
        }
    }
}
