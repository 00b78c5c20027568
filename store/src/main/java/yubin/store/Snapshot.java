package yubin.store;

import java.util.Arrays;

/// The messages of a mailbox at one commit, in UID order. Immutable, shared by all its sessions.
///
/// An index here is a sequence number minus one. A session keeps the snapshot that its client knows
/// and asks [#since] what is different in the newest.
///
/// **Shape.** Chunks of up to [#CHUNK] messages as primitive arrays. A change copies only the
/// arrays it touches, so that a flag in a mailbox of a million messages costs a few microseconds,
/// and two snapshots are compared by the chunks that they do not share. A new message is written
/// into the free end of the last chunk's arrays: older snapshots share them but end before it.
public final class Snapshot {
    /// Messages of a full chunk.
    static final int CHUNK = 1024;

    private static final int CHUNK_MIN = 16;

    private final Chunk[] chunks;
    private final int[] starts; // index of the first message of each chunk
    private final int count;
    private final long highestModSeq;
    private final int uidNext;

    /// Messages in a row. `count` of them are there; the arrays may be longer.
    record Chunk(
            int[] uids,
            long[] flags,
            long[] modSeqs,
            long[] emails,
            long[] received,
            int[] sizes,
            short[] zones,
            int count) {
        static Chunk empty(int room) {
            return new Chunk(
                    new int[room],
                    new long[room],
                    new long[room],
                    new long[room],
                    new long[room],
                    new int[room],
                    new short[room],
                    0);
        }

        boolean isFull() {
            return count == uids.length;
        }

        /// Writes behind the last message, in place.
        Chunk with(Row row) {
            uids[count] = row.uid();
            flags[count] = row.flags();
            modSeqs[count] = row.modSeq();
            emails[count] = row.email();
            received[count] = row.receivedMillis();
            sizes[count] = (int) row.size();
            zones[count] = (short) row.zoneMinutes();
            return new Chunk(uids, flags, modSeqs, emails, received, sizes, zones, count + 1);
        }

        Row row(int i) {
            return new Row(
                    uids[i],
                    emails[i],
                    flags[i],
                    modSeqs[i],
                    received[i],
                    zones[i],
                    sizes[i] & 0xFFFFFFFFL);
        }

        Chunk grown(int room) {
            return new Chunk(
                    Arrays.copyOf(uids, room),
                    Arrays.copyOf(flags, room),
                    Arrays.copyOf(modSeqs, room),
                    Arrays.copyOf(emails, room),
                    Arrays.copyOf(received, room),
                    Arrays.copyOf(sizes, room),
                    Arrays.copyOf(zones, room),
                    count);
        }

        int find(int uid) {
            int low = 0;
            int high = count;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (Integer.compareUnsigned(uids[middle], uid) < 0) low = middle + 1;
                else high = middle;
            }
            return low;
        }
    }

    private Snapshot(Chunk[] chunks, int[] starts, int count, long highestModSeq, int uidNext) {
        this.chunks = chunks;
        this.starts = starts;
        this.count = count;
        this.highestModSeq = highestModSeq;
        this.uidNext = uidNext;
    }

    private static Snapshot of(Chunk[] chunks, long highestModSeq, int uidNext) {
        int[] starts = new int[chunks.length];
        int count = 0;
        for (int i = 0; i < chunks.length; i++) {
            starts[i] = count;
            count += chunks[i].count();
        }
        return new Snapshot(chunks, starts, count, highestModSeq, uidNext);
    }

    static Snapshot empty(long highestModSeq, int uidNext) {
        return of(new Chunk[0], highestModSeq, uidNext);
    }

    /// How many messages there are.
    public int count() {
        return count;
    }

    public long highestModSeq() {
        return highestModSeq;
    }

    public int uidNext() {
        return uidNext;
    }

    public int uid(int index) {
        int chunk = chunk(index);
        return chunks[chunk].uids[index - starts[chunk]];
    }

    public long flags(int index) {
        int chunk = chunk(index);
        return chunks[chunk].flags[index - starts[chunk]];
    }

    public long modSeq(int index) {
        int chunk = chunk(index);
        return chunks[chunk].modSeqs[index - starts[chunk]];
    }

    public long emailId(int index) {
        int chunk = chunk(index);
        return chunks[chunk].emails[index - starts[chunk]];
    }

    public long size(int index) {
        int chunk = chunk(index);
        return chunks[chunk].sizes[index - starts[chunk]] & 0xFFFFFFFFL;
    }

    public long receivedMillis(int index) {
        int chunk = chunk(index);
        return chunks[chunk].received[index - starts[chunk]];
    }

    public int zoneMinutes(int index) {
        int chunk = chunk(index);
        return chunks[chunk].zones[index - starts[chunk]];
    }

    /// The index of the first message whose UID is `>= uid` (unsigned); `count()` if there is none.
    public int indexFrom(int uid) {
        int low = 0;
        int high = chunks.length;
        while (low < high) { // first chunk whose last UID is >= uid
            int middle = (low + high) >>> 1;
            Chunk chunk = chunks[middle];
            if (Integer.compareUnsigned(chunk.uids[chunk.count - 1], uid) < 0) low = middle + 1;
            else high = middle;
        }
        return low == chunks.length ? count : starts[low] + chunks[low].find(uid);
    }

    /// The index of exactly this UID, or -1.
    public int indexOf(int uid) {
        int index = indexFrom(uid);
        return index < count && uid(index) == uid ? index : -1;
    }

    /// The one message with everything that the snapshot knows of it.
    Row row(int index) {
        int chunk = chunk(index);
        return chunks[chunk].row(index - starts[chunk]);
    }

    private int chunk(int index) {
        if (index < 0 || index >= count) throw new IndexOutOfBoundsException(index);
        int guess = index / CHUNK; // exact while nothing was expunged
        if (guess < starts.length
                && starts[guess] <= index
                && index - starts[guess] < chunks[guess].count) {
            return guess;
        }
        int found = Arrays.binarySearch(starts, index);
        return found >= 0 ? found : -found - 2;
    }

    /// What a session has to tell that knew `older`.
    ///
    /// @param expunged indexes in the older snapshot of messages that are gone, ascending
    /// @param changed indexes in this snapshot of messages whose flags or modseq differ, ascending;
    ///     new messages are not among them
    /// @param firstNew index in this snapshot from which all messages are new; `count()` for none
    public record Difference(int[] expunged, int[] changed, int firstNew) {
        public boolean isEmpty(Snapshot now) {
            return expunged.length == 0 && changed.length == 0 && firstNew == now.count();
        }
    }

    /// Compares with an older snapshot of the same mailbox. Costs as much as changed, not as much
    /// as is there.
    public Difference since(Snapshot older) {
        if (older == this) return new Difference(NONE, NONE, count);
        Numbers expunged = new Numbers();
        Numbers changed = new Numbers();
        int a = 0; // chunk and position in the older one
        int i = 0;
        int b = 0; // and in this one
        int k = 0;
        while (a < older.chunks.length) {
            Chunk old = older.chunks[a];
            if (i == old.count) {
                a++;
                i = 0;
                continue;
            }
            if (b == chunks.length) {
                expunged.add(older.starts[a] + i++);
                continue;
            }
            Chunk now = chunks[b];
            if (k == now.count) {
                b++;
                k = 0;
                continue;
            }
            if (i == k && share(old, now)) {
                int shared = Math.min(old.count, now.count); // the rest of `now` is new
                i = shared;
                k = shared;
                continue;
            }
            int order = Integer.compareUnsigned(old.uids[i], now.uids[k]);
            if (order < 0) {
                expunged.add(older.starts[a] + i++);
            } else if (order > 0) {
                k++; // cannot be: UIDs only grow. Passing over it ends the loop all the same.
            } else {
                if (old.modSeqs[i] != now.modSeqs[k]) changed.add(starts[b] + k);
                i++;
                k++;
            }
        }
        int firstNew = b == chunks.length ? count : starts[b] + k;
        return new Difference(expunged.done(), changed.done(), firstNew);
    }

    /// True when both hold the very same arrays: up to the shorter count nothing differs.
    @SuppressWarnings("ReferenceEquality")
    private static boolean share(Chunk a, Chunk b) {
        return a.uids == b.uids && a.flags == b.flags;
    }

    private static final int[] NONE = {};

    // ---- The next snapshot, made on the committer's thread ----

    /// With one more message; unchanged when its UID is already there.
    Snapshot added(Row row, long modSeq) {
        if (count > 0 && Integer.compareUnsigned(row.uid(), uid(count - 1)) <= 0) return this;
        Chunk last = chunks.length == 0 ? null : chunks[chunks.length - 1];
        Chunk[] next;
        if (last == null || last.count >= CHUNK) {
            next = Arrays.copyOf(chunks, chunks.length + 1);
            next[chunks.length] = Chunk.empty(chunks.length == 0 ? CHUNK_MIN : CHUNK).with(row);
        } else {
            next = chunks.clone();
            if (last.isFull()) last = last.grown(Math.min(CHUNK, last.count * 2));
            next[chunks.length - 1] = last.with(row);
        }
        int[] nextStarts = starts;
        if (next.length != starts.length) {
            nextStarts = Arrays.copyOf(starts, next.length);
            nextStarts[starts.length] = count;
        }
        return new Snapshot(
                next,
                nextStarts,
                count + 1,
                Math.max(highestModSeq, modSeq),
                uidMax(uidNext, row.uid() + 1));
    }

    /// With other flags for some messages; UIDs ascending, those that are gone are passed over.
    Snapshot flagged(int[] uids, long[] flags, long modSeq) {
        Chunk[] next = chunks.clone();
        int copied = -1;
        for (int i = 0; i < uids.length; i++) {
            int index = indexOf(uids[i]);
            if (index < 0) continue;
            int number = chunk(index);
            Chunk chunk = next[number];
            if (copied != number) {
                chunk =
                        new Chunk(
                                chunk.uids,
                                chunk.flags.clone(),
                                chunk.modSeqs.clone(),
                                chunk.emails,
                                chunk.received,
                                chunk.sizes,
                                chunk.zones,
                                chunk.count);
                next[number] = chunk;
                copied = number;
            }
            if (chunk.modSeqs[index - starts[number]] >= modSeq) continue;
            chunk.flags[index - starts[number]] = flags[i];
            chunk.modSeqs[index - starts[number]] = modSeq;
        }
        return new Snapshot(next, starts, count, Math.max(highestModSeq, modSeq), uidNext);
    }

    /// Without some messages; UIDs ascending.
    Snapshot removed(int[] uids, long modSeq) {
        Chunk[] next = new Chunk[chunks.length];
        int kept = 0;
        int at = 0;
        for (Chunk chunk : chunks) {
            int last = chunk.uids[chunk.count - 1];
            int from = at;
            while (at < uids.length && Integer.compareUnsigned(uids[at], last) <= 0) at++;
            Chunk rest = from == at ? chunk : without(chunk, uids, from, at);
            if (rest.count > 0) next[kept++] = rest;
        }
        Chunk[] result = Arrays.copyOf(next, kept);
        if (kept > 16 && kept > 2 * (count / CHUNK + 1)) result = packed(result);
        return of(result, Math.max(highestModSeq, modSeq), uidNext);
    }

    private static Chunk without(Chunk chunk, int[] uids, int from, int to) {
        Chunk rest = Chunk.empty(chunk.count);
        int at = from;
        for (int i = 0; i < chunk.count; i++) {
            while (at < to && Integer.compareUnsigned(uids[at], chunk.uids[i]) < 0) at++;
            if (at < to && uids[at] == chunk.uids[i]) continue;
            rest = rest.with(chunk.row(i));
        }
        return rest;
    }

    /// Fills chunks up again after many expunges.
    private static Chunk[] packed(Chunk[] chunks) {
        Builder builder = new Builder();
        for (Chunk chunk : chunks) {
            for (int i = 0; i < chunk.count; i++) {
                builder.add(chunk.row(i));
            }
        }
        return builder.chunks();
    }

    private static int uidMax(int a, int b) {
        return Integer.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /// Fills a snapshot from rows in UID order.
    static final class Builder {
        private Chunk[] chunks = new Chunk[4];
        private int used;

        void add(Row row) {
            if (used == 0 || chunks[used - 1].count == CHUNK) {
                if (used == chunks.length) chunks = Arrays.copyOf(chunks, used * 2);
                chunks[used++] = Chunk.empty(used == 1 ? CHUNK_MIN : CHUNK);
            }
            Chunk last = chunks[used - 1];
            if (last.isFull()) last = last.grown(Math.min(CHUNK, last.count * 2));
            chunks[used - 1] = last.with(row);
        }

        Chunk[] chunks() {
            return Arrays.copyOf(chunks, used);
        }

        Snapshot done(long highestModSeq, int uidNext) {
            return Snapshot.of(chunks(), highestModSeq, uidNext);
        }
    }

    /// A growing list of ints.
    static final class Numbers {
        private int[] numbers = NONE;
        private int size;

        void add(int number) {
            if (size == numbers.length) numbers = Arrays.copyOf(numbers, Math.max(8, size * 2));
            numbers[size++] = number;
        }

        int size() {
            return size;
        }

        int[] done() {
            return Arrays.copyOf(numbers, size);
        }
    }
}
