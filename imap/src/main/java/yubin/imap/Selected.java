package yubin.imap;

import java.util.Arrays;
import yubin.store.Boxes;
import yubin.store.Flags;
import yubin.store.MailboxView;
import yubin.store.Snapshot;

/// The mailbox that a session has open: what its client knows of it, and how it is told of more.
///
/// The boxes here need not be those of the login: mailboxes of others come in by [Place].
final class Selected {
    /// Ranges of recent UIDs that are remembered; a mailbox needs more only when several sessions
    /// take turns at claiming.
    private static final int RECENT_RANGES_MAX = 64;

    /// What untagged responses look like for this client.
    ///
    /// @param modSeq CONDSTORE is on: FETCH tells modseqs, RFC 7162 §3.2
    /// @param vanished QRESYNC is on: VANISHED in place of EXPUNGE, RFC 7162 §3.2.10
    /// @param uid FETCH tells the UID
    record Manner(boolean modSeq, boolean vanished, boolean uid) {}

    private final Place place;
    private final int mailbox;
    private final MailboxView view;
    private final boolean readOnly;
    private final FlagNames names;
    private Known known;

    /// Recent UIDs: from, to (not included), from, to...
    private long[] recent = new long[0];

    /// Modseqs of changes that this session's own commands have told, or were asked not to tell.
    private long[] told = new long[4];

    private int toldCount;

    Selected(Place place, int mailbox, MailboxView view, boolean readOnly) {
        this.place = place;
        this.mailbox = mailbox;
        this.view = view;
        this.readOnly = readOnly;
        this.names = new FlagNames(place.boxes());
        int from = view.recentFrom(!readOnly);
        Snapshot now = view.now();
        this.known = new Known(now);
        addRecent(from, now.uidNext());
    }

    Boxes boxes() {
        return place.boxes();
    }

    Place place() {
        return place;
    }

    int mailbox() {
        return mailbox;
    }

    MailboxView view() {
        return view;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    FlagNames names() {
        return names;
    }

    Known known() {
        return known;
    }

    private void addRecent(int from, int to) {
        long first = Integer.toUnsignedLong(from);
        long past = Integer.toUnsignedLong(to);
        if (first >= past) return;
        if (recent.length > 0 && recent[recent.length - 1] >= first) {
            recent[recent.length - 1] = Math.max(past, recent[recent.length - 1]);
            return;
        }
        if (recent.length >= 2 * RECENT_RANGES_MAX) {
            recent = Arrays.copyOfRange(recent, 2, recent.length);
        }
        recent = Arrays.copyOf(recent, recent.length + 2);
        recent[recent.length - 2] = first;
        recent[recent.length - 1] = past;
    }

    boolean isRecent(int uid) {
        long value = Integer.toUnsignedLong(uid);
        for (int i = recent.length - 2; i >= 0; i -= 2) {
            if (value >= recent[i]) return value < recent[i + 1];
        }
        return false;
    }

    int recentCount() {
        int count = 0;
        for (int i = 0; i < recent.length; i += 2) {
            int past = recent[i + 1] > 0xffffffffL ? known.count() : indexFrom(recent[i + 1]);
            count += past - indexFrom(recent[i]);
        }
        return count;
    }

    private int indexFrom(long uid) {
        return known.indexFrom((int) uid);
    }

    /// Remembers that the change with this modseq need not be told again.
    void told(long modSeq) {
        if (modSeq == 0) return;
        if (toldCount == told.length) told = Arrays.copyOf(told, toldCount * 2);
        told[toldCount++] = modSeq;
    }

    private boolean isTold(long modSeq) {
        for (int i = 0; i < toldCount; i++) if (told[i] == modSeq) return true;
        return false;
    }

    /// Tells the client what is different now, and takes that as known.
    ///
    /// @param expunges whether sequence numbers may shift here, RFC 3501 §7.4.1
    void sync(Out out, Manner manner, boolean expunges) {
        Snapshot newest = view.now();
        if (newest == known.now() && !(expunges && known.isBehind())) return;
        int before = known.count();
        Snapshot.Difference difference = newest.since(known.now());
        int[] gone = known.goneWith(difference);
        if (gone.length == 0) {
            known = new Known(newest);
        } else if (expunges) {
            tellGone(out, manner, gone);
            before -= gone.length;
            known = new Known(newest);
        } else {
            known = known.behind(newest, gone);
        }
        if (names.isOld()) writeFlags(out);
        if (known.count() > before) {
            if (!readOnly) addRecent(view.recentFrom(true), newest.uidNext());
            out.ascii("* ").number(known.count()).ascii(" EXISTS\r\n");
            out.ascii("* ").number(recentCount()).ascii(" RECENT\r\n");
        }
        for (int index : difference.changed()) {
            if (!isTold(newest.modSeq(index))) fetchFlags(out, manner, known.fromNow(index));
        }
        toldCount = 0;
    }

    /// EXPUNGE from the last to the first, so that no number shifts before it is told; or VANISHED.
    private void tellGone(Out out, Manner manner, int[] gone) {
        if (manner.vanished()) {
            int[] uids = new int[gone.length];
            for (int i = 0; i < gone.length; i++) uids[i] = known.uid(gone[i]);
            out.ascii("* VANISHED ").set(uids).crlf();
            return;
        }
        for (int i = gone.length - 1; i >= 0; i--) {
            out.ascii("* ").number(gone[i] + 1).ascii(" EXPUNGE\r\n");
        }
    }

    /// `* FLAGS` and PERMANENTFLAGS. RFC 3501 §7.2.6.
    void writeFlags(Out out) {
        out.ascii("* FLAGS ");
        names.writeAll(out, false);
        out.crlf();
        if (readOnly) {
            out.ascii("* OK [PERMANENTFLAGS ()] Read-only mailbox\r\n");
            return;
        }
        out.ascii("* OK [PERMANENTFLAGS ");
        names.writeAll(out, boxes().keywords().size() < Flags.KEYWORDS_MAX);
        out.ascii("] Flags permitted\r\n");
    }

    /// An untagged FETCH with the flags of the message at `index`.
    void fetchFlags(Out out, Manner manner, int index) {
        out.ascii("* ").number(index + 1).ascii(" FETCH (");
        if (manner.uid()) out.ascii("UID ").unsigned(known.uid(index)).octet(' ');
        names.write(out, known.flags(index), isRecent(known.uid(index)));
        if (manner.modSeq()) out.ascii(" MODSEQ (").number(known.modSeq(index)).octet(')');
        out.ascii(")\r\n");
    }

    /// An untagged FETCH with the modseq alone: what a silent STORE says. RFC 7162 §3.1.3.
    void fetchModSeq(Out out, Manner manner, int index) {
        out.ascii("* ").number(index + 1).ascii(" FETCH (");
        if (manner.uid()) out.ascii("UID ").unsigned(known.uid(index)).octet(' ');
        out.ascii("MODSEQ (").number(known.modSeq(index)).ascii("))\r\n");
    }
}
