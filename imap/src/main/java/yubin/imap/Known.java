package yubin.imap;

import java.util.Arrays;
import yubin.store.Snapshot;

/// A mailbox as the client of one session knows it: its sequence numbers are the indexes here plus
/// one.
///
/// Mostly that is the newest snapshot. RFC 3501 §7.4.1 forbids EXPUNGE while FETCH, STORE or SEARCH
/// is answered; until it may be sent, messages that are gone stay in their places with what they
/// last had, among the newest flags of the others, and new messages stand at the end.
final class Known {
    private final Snapshot now;

    /// Indexes here of the messages that are gone, ascending; mostly empty.
    private final int[] gone;

    private final int[] goneUids;
    private final long[] goneFlags;
    private final long[] goneModSeqs;

    Known(Snapshot now) {
        this(now, new int[0], new int[0], new long[0], new long[0]);
    }

    private Known(Snapshot now, int[] gone, int[] uids, long[] flags, long[] modSeqs) {
        this.now = now;
        this.gone = gone;
        this.goneUids = uids;
        this.goneFlags = flags;
        this.goneModSeqs = modSeqs;
    }

    Snapshot now() {
        return now;
    }

    boolean isBehind() {
        return gone.length > 0;
    }

    int count() {
        return now.count() + gone.length;
    }

    long highestModSeq() {
        return now.highestModSeq();
    }

    int uidNext() {
        return now.uidNext();
    }

    /// The index in [#now] of the message at `index`, or -1 when it is gone.
    int inNow(int index) {
        if (gone.length == 0) return index;
        int place = Arrays.binarySearch(gone, index);
        return place >= 0 ? -1 : index + place + 1;
    }

    /// The index here of the message that has this index in [#now].
    int fromNow(int index) {
        int low = 0;
        int high = gone.length;
        while (low < high) { // how many of those gone stand before it
            int middle = (low + high) >>> 1;
            if (gone[middle] - middle <= index) low = middle + 1;
            else high = middle;
        }
        return index + low;
    }

    int uid(int index) {
        int at = inNow(index);
        return at >= 0 ? now.uid(at) : goneUids[Arrays.binarySearch(gone, index)];
    }

    long flags(int index) {
        int at = inNow(index);
        return at >= 0 ? now.flags(at) : goneFlags[Arrays.binarySearch(gone, index)];
    }

    long modSeq(int index) {
        int at = inNow(index);
        return at >= 0 ? now.modSeq(at) : goneModSeqs[Arrays.binarySearch(gone, index)];
    }

    /// The index of the first message whose UID is `>= uid` (unsigned); `count()` if there is none.
    int indexFrom(int uid) {
        if (gone.length == 0) return now.indexFrom(uid);
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Integer.compareUnsigned(uid(middle), uid) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// All indexes of messages that are gone, with those that `difference` finds missing in [#now].
    int[] goneWith(Snapshot.Difference difference) {
        int[] expunged = difference.expunged();
        if (expunged.length == 0) return gone;
        int[] all = Arrays.copyOf(gone, gone.length + expunged.length);
        for (int i = 0; i < expunged.length; i++) all[gone.length + i] = fromNow(expunged[i]);
        Arrays.sort(all);
        return all;
    }

    /// The newest state with the messages at `all` kept in their places.
    ///
    /// @param all what [#goneWith] gave
    Known behind(Snapshot newest, int[] all) {
        int[] uids = new int[all.length];
        long[] flags = new long[all.length];
        long[] modSeqs = new long[all.length];
        for (int i = 0; i < all.length; i++) {
            uids[i] = uid(all[i]);
            flags[i] = flags(all[i]);
            modSeqs[i] = modSeq(all[i]);
        }
        return new Known(newest, all, uids, flags, modSeqs);
    }
}
