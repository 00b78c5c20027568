package yubin.imap;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import yubin.imap.FetchItem.Plain;
import yubin.imap.FetchItem.Section;
import yubin.store.Boxes;
import yubin.store.StoreTrouble;
import yubin.wire.Wire;

/// Answers one FETCH, row by row. RFC 3501 §6.4.5, §7.4.2.
///
/// What a row needs is decided once: flags, dates and sizes come from the snapshot's arrays; the
/// record is only looked up for what it alone has, and octets of the message are read for sections.
/// Rows are written as octets into [Out]; a literal goes to the wire in chunks of at most
/// [#CHUNK_OCTETS], so that a large message is never whole on the heap and a slow reader holds up
/// nobody but itself.
final class Fetch {
    static final int CHUNK_OCTETS = 256 * 1024;

    private static final System.Logger LOG = System.getLogger("yubin.imap");

    private final Selected selected;
    private final Boxes boxes;
    private final Rows rows;
    private final Known known;
    private final Wire wire;
    private final Out out;
    private final boolean utf8;
    private final FetchItem[] items;
    private final boolean needsRecord;
    private final boolean readsWhole;

    /// Null while messages are read one by one.
    private Ahead ahead;

    private boolean anyGone;
    private boolean anyDamaged;

    Fetch(Selected selected, Rows rows, Wire wire, Out out, boolean utf8, List<FetchItem> items) {
        this.selected = selected;
        this.boxes = selected.boxes();
        this.rows = rows;
        this.known = selected.known();
        this.wire = wire;
        this.out = out;
        this.utf8 = utf8;
        this.items = items.toArray(FetchItem[]::new);
        boolean record = false;
        for (FetchItem item : items) {
            record |=
                    item instanceof Section
                            || item == Plain.ENVELOPE
                            || item == Plain.BODY
                            || item == Plain.BODYSTRUCTURE;
        }
        needsRecord = record;
        boolean whole = false;
        for (FetchItem item : items) {
            whole |= item instanceof Section section && isWhole(section);
        }
        readsWhole = whole;
    }

    /// The whole message from its start.
    private static boolean isWhole(Section section) {
        return section.part().length == 0
                && section.what() == FetchItem.What.ALL
                && section.offset() == 0
                && section.count() == Long.MAX_VALUE;
    }

    /// True when a message was asked for that others have expunged meanwhile.
    boolean anyGone() {
        return anyGone;
    }

    boolean anyDamaged() {
        return anyDamaged;
    }

    /// Writes the rows of these messages.
    ///
    /// @param pairs of indexes
    /// @param changedSince only those with a greater modseq; -1 for all
    void run(int[] pairs, long changedSince) throws IOException {
        if (readsWhole && SequenceSet.size(pairs) >= Ahead.MESSAGES_MIN) {
            ahead = new Ahead(boxes, rows, known, pairs, changedSince);
        }
        try {
            rows(pairs, changedSince);
        } finally {
            if (ahead != null) ahead.close();
        }
    }

    private void rows(int[] pairs, long changedSince) throws IOException {
        for (int i = 0; i < pairs.length; i += 2) {
            for (int index = pairs[i]; index < pairs[i + 1]; index++) {
                if (changedSince >= 0 && known.modSeq(index) <= changedSince) continue;
                row(index);
                if (out.isFull()) out.drain(wire);
            }
        }
    }

    /// One row, or none at all when the message is gone or its record is damaged: what else was
    /// asked for is not held up by it.
    private void row(int index) throws IOException {
        int at = known.inNow(index);
        if (at < 0) {
            anyGone = true;
            return;
        }
        Rows.Row row = null;
        int start = out.length();
        try {
            if (needsRecord) {
                row = rows.row(boxes, known.now().emailId(at));
                if (row == null) {
                    anyGone = true;
                    return;
                }
            }
            out.ascii("* ").number(index + 1).ascii(" FETCH (");
            for (int i = 0; i < items.length; i++) {
                if (i > 0) out.octet(' ');
                if (items[i] instanceof Section section)
                    start = section(section, index, row, start);
                else plain((Plain) items[i], index, at, row);
            }
            out.ascii(")\r\n");
        } catch (StoreTrouble e) {
            if (start < 0) throw new IOException("in the middle of a literal", e);
            out.cut(start);
            anyDamaged = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "account {0}, email {1}: {2}",
                    boxes.account(),
                    Long.toString(known.now().emailId(at)),
                    e.getMessage());
        }
    }

    private void plain(Plain item, int index, int at, Rows.Row row) throws StoreTrouble {
        switch (item) {
            case UID -> out.ascii("UID ").unsigned(known.uid(index));
            case FLAGS -> {
                int uid = known.uid(index);
                selected.names().write(out, known.flags(index), selected.isRecent(uid));
            }
            case INTERNALDATE -> {
                out.ascii("INTERNALDATE ");
                ImapDate.write(out, known.now().receivedMillis(at), known.now().zoneMinutes(at));
            }
            case SIZE -> out.ascii("RFC822.SIZE ").number(known.now().size(at));
            case MODSEQ -> out.ascii("MODSEQ (").number(known.modSeq(index)).octet(')');
            case ENVELOPE -> {
                out.ascii("ENVELOPE ");
                if (utf8) new Structures(out, true).envelope(row.message().root());
                else out.octets(row.envelope());
            }
            case BODY, BODYSTRUCTURE -> {
                boolean extended = item == Plain.BODYSTRUCTURE;
                out.ascii(extended ? "BODYSTRUCTURE " : "BODY ");
                if (utf8) new Structures(out, true).body(row.message().root(), extended);
                else out.octets(row.body(extended));
            }
        }
    }

    /// Writes a section as a literal.
    ///
    /// @param start where the row began in [#out]
    /// @return the same, or -1 when a part of the row is on the wire and cannot be taken back
    private int section(Section section, int index, Rows.Row row, int start) throws IOException {
        byte[] whole = ahead != null && isWhole(section) ? ahead.octets(index) : null;
        Sections.Found found =
                whole != null ? new Sections.Made(whole) : Sections.find(section, boxes, row);
        out.octets(section.label()).octet(' ');
        switch (found) {
            case Sections.Nothing() -> out.nil();
            case Sections.Made(byte[] octets) -> {
                int from = (int) Math.min(section.offset(), octets.length);
                int count = (int) Math.min(section.count(), octets.length - from);
                out.literalHead(count);
                if (count <= Out.DRAIN_AT) {
                    out.octets(octets, from, count);
                } else {
                    out.drain(wire);
                    wire.write(octets, from, count);
                    return -1;
                }
            }
            case Sections.Range(long first, long past) -> {
                long from = Math.min(first + Math.min(section.offset(), past), past);
                long count = Math.min(section.count(), past - from);
                return range(row, from, count, start);
            }
        }
        return start;
    }

    /// The first chunk is read before the literal is announced: trouble with the disk then costs
    /// the row, not the connection.
    private int range(Rows.Row row, long from, long count, int start) throws IOException {
        byte[] chunk = read(row, from, count);
        out.literalHead(count);
        if (count <= Out.DRAIN_AT) {
            out.octets(chunk);
            return start;
        }
        out.drain(wire);
        wire.write(chunk);
        for (long sent = chunk.length; sent < count; sent += chunk.length) {
            try {
                chunk = read(row, from + sent, count - sent);
            } catch (StoreTrouble e) {
                throw new IOException("in the middle of a literal", e);
            }
            wire.write(chunk);
        }
        return -1;
    }

    private byte[] read(Rows.Row row, long from, long count) throws StoreTrouble {
        int want = (int) Math.min(count, CHUNK_OCTETS);
        if (want == 0) return new byte[0];
        byte[] chunk = boxes.read(row.email(), from, want);
        if (chunk.length == 0 || chunk.length > want) {
            throw new StoreTrouble.Damaged("email " + row.email().id() + " ends at " + from);
        }
        if (chunk.length == want || count > Out.DRAIN_AT) return chunk;
        byte[] rest = read(row, from + chunk.length, count - chunk.length);
        byte[] whole = Arrays.copyOf(chunk, chunk.length + rest.length);
        System.arraycopy(rest, 0, whole, chunk.length, rest.length);
        return whole;
    }
}
