package yubin.imap;

import java.io.IOException;
import java.util.Arrays;
import yubin.imap.ImapCommand.Resync;
import yubin.store.Boxes;
import yubin.store.Flags;
import yubin.store.Mailbox;
import yubin.store.StoreTrouble;
import yubin.wire.Wire;

/// What SELECT and EXAMINE say of a mailbox: RFC 3501 §6.3.1, and with QRESYNC what happened since
/// the client was here last, RFC 7162 §3.2.5.
final class Opening {
    private final Selected selected;
    private final Known known;
    private final Out out;
    private final Wire wire;

    Opening(Selected selected, Out out, Wire wire) {
        this.selected = selected;
        this.known = selected.known();
        this.out = out;
        this.wire = wire;
    }

    void tell(Resync resync, Selected.Manner manner) throws IOException {
        Mailbox mailbox = selected.view().mailbox();
        int uidValidity = mailbox == null ? 1 : mailbox.uidValidity();
        selected.writeFlags(out);
        out.ascii("* ").number(known.count()).ascii(" EXISTS\r\n");
        out.ascii("* ").number(selected.recentCount()).ascii(" RECENT\r\n");
        int unseen = firstUnseen();
        if (unseen > 0) out.ascii("* OK [UNSEEN ").number(unseen).ascii("] First unseen\r\n");
        out.ascii("* OK [UIDVALIDITY ").unsigned(uidValidity).ascii("] UIDs valid\r\n");
        out.ascii("* OK [UIDNEXT ").unsigned(known.uidNext()).ascii("] Next UID\r\n");
        out.ascii("* OK [HIGHESTMODSEQ ").number(known.highestModSeq()).ascii("] Highest\r\n");
        boolean same =
                resync != null && resync.uidValidity() == Integer.toUnsignedLong(uidValidity);
        if (!same) return;
        Resync matched = resync.sequences() == null ? null : resync;
        vanished(selected, out, resync.modSeq(), resync.knownUids(), matched);
        int[] changed = new int[64];
        int n = 0;
        for (int index = 0; index < known.count(); index++) {
            if (known.modSeq(index) <= resync.modSeq()) continue;
            if (n == changed.length) changed = Arrays.copyOf(changed, n * 2);
            changed[n++] = known.uid(index);
        }
        changed = Arrays.copyOf(changed, n);
        if (resync.knownUids() != null) changed = resync.knownUids().among(changed);
        for (int uid : changed) {
            selected.fetchFlags(out, manner, known.indexFrom(uid));
            if (out.isFull()) out.drain(wire);
        }
    }

    /// The sequence number of the first message without `\Seen`, 0 when all have it.
    private int firstUnseen() {
        Mailbox mailbox = selected.view().mailbox();
        if (mailbox != null && mailbox.unseen() == 0) return 0;
        for (int index = 0; index < known.count(); index++) {
            if ((known.flags(index) & Flags.SEEN) == 0) return index + 1;
        }
        return 0;
    }

    /// `* VANISHED (EARLIER)` with what was expunged after `modSeq`, among `wanted`.
    ///
    /// Where the log does not reach back so far, every UID that is not there is named: RFC 7162
    /// §3.2.6 allows to say more than happened. A client that named pairs of numbers and UIDs
    /// (RFC 7162 §3.2.5.2) then hears only of those behind the last pair that still fits.
    ///
    /// @param wanted null for all UIDs there have been
    static void vanished(
            Selected selected, Out out, long modSeq, SequenceSet wanted, Resync matched)
            throws StoreTrouble {
        Known known = selected.known();
        Boxes.Vanished log = selected.boxes().vanishedSince(selected.mailbox(), modSeq);
        if (log.complete()) {
            int[] vanished = log.vanished();
            int n = 0;
            for (int uid : vanished) {
                // What came and went after the client's modseq is named too; it does no harm.
                int index = known.indexFrom(uid);
                boolean there = index < known.count() && known.uid(index) == uid;
                if (!there) vanished[n++] = uid;
            }
            vanished = Arrays.copyOf(vanished, n);
            if (wanted != null) vanished = wanted.among(vanished);
            if (vanished.length > 0) out.ascii("* VANISHED (EARLIER) ").set(vanished).crlf();
            return;
        }
        long[] ranges = wanted == null ? new long[] {1, 0xffffffffL} : wanted.sorted();
        long from = matched == null ? 1 : firstDoubtful(known, matched);
        gaps(known, ranges, from, out);
    }

    /// The UID behind the last pair of number and UID that the client and we agree on.
    private static long firstDoubtful(Known known, Resync matched) {
        // A line has no room for more pairs than this.
        int max = CommandReader.COMMAND_OCTETS_MAX;
        int[] numbers = matched.sequences().numbers(max);
        int[] uids = matched.uids().numbers(max);
        long from = 1;
        for (int i = 0; i < Math.min(numbers.length, uids.length); i++) {
            int index = numbers[i] - 1;
            if (index < 0 || index >= known.count() || known.uid(index) != uids[i]) break;
            from = Integer.toUnsignedLong(uids[i]) + 1;
        }
        return from;
    }

    /// Writes the UIDs in `ranges` that no message has, below UIDNEXT, as one VANISHED.
    private static void gaps(Known known, long[] ranges, long least, Out out) {
        long past = Integer.toUnsignedLong(known.uidNext());
        boolean any = false;
        for (int i = 0; i < ranges.length; i += 2) {
            long from = Math.max(ranges[i], least);
            long to = Math.min(ranges[i + 1], past - 1);
            int index = from > 0xffffffffL ? known.count() : known.indexFrom((int) from);
            while (from <= to) {
                long next = index < known.count() ? Integer.toUnsignedLong(known.uid(index)) : past;
                long end = Math.min(next - 1, to);
                if (from <= end) {
                    out.ascii(any ? "," : "* VANISHED (EARLIER) ").number(from);
                    if (end > from) out.octet(':').number(end);
                    any = true;
                }
                from = next + 1;
                index++;
            }
        }
        if (any) out.crlf();
    }
}
