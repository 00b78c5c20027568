package yubin.queue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// Which letter is tried next, and where: a line of waiting letters for each destination.
///
/// ```
/// QUEUE_DUE  destination | octet 0 | 8 octets due, ms | 8 octets queue id → version 1
/// ```
///
/// **Idea.** The disk has every due row, ordered by destination and time. Memory has, for each
/// destination, only the head of its line: up to [#LINE_MAX] rows. What lies behind the `horizon`
/// of a line is on disk alone and is read when the line gets short. So the memory is bounded
/// however many letters wait; a line that does not move takes its own share only; and a restart
/// reads one stretch of rows per destination.
///
/// **States.** A letter waits in its line, or is out (taken, being tried) until [#done]. Rows of
/// letters that are out are still on disk and are passed over when a line is read.
///
/// Called after the commit that changed the rows. One lock, held while a few hundred rows are read
/// at most, never while waiting for a peer.
final class Schedule {
    /// Letters of one line in memory.
    static final int LINE_MAX = 1000;

    /// Rows that are read at once.
    private static final int REFILL = 250;

    /// Destinations in memory. Those beyond wait on disk until others have gone.
    static final int LINES_MAX = 100_000;

    private static final byte[] ROW = {1};

    private record Due(long millis, long id) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : Long.compare(id, other.id);
        }
    }

    /// A letter whose turn it is.
    record Turn(String destination, long millis, long id) {}

    private static final class Line implements Comparable<Line> {
        final String destination;
        final TreeSet<Due> waiting = new TreeSet<>();
        final Set<Long> out = new HashSet<>();
        Due horizon; // the last row that was read; null when memory has all
        long headMillis; // order in `ready`; not changed while in it

        Line(String destination) {
            this.destination = destination;
        }

        @Override
        public int compareTo(Line other) {
            int byTime = Long.compare(headMillis, other.headMillis);
            return byTime != 0 ? byTime : destination.compareTo(other.destination);
        }
    }

    private final Store store;
    private final InstantSource clock;
    private final int outMax;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Line> lines = new HashMap<>(); // under lock
    private final TreeSet<Line> ready = new TreeSet<>(); // under lock: lines that may be taken from
    private boolean spilled; // under lock: there may be lines on disk alone
    private boolean loading; // under lock: they are being read
    private boolean missed; // under lock: a line was left on disk while they were read

    /// @param outMax letters of one destination that may be out at once
    Schedule(Store store, InstantSource clock, int outMax) {
        this.store = store;
        this.clock = clock;
        this.outMax = outMax;
    }

    static byte[] key(String destination, long millis, long id) {
        byte[] name = destination.getBytes(StandardCharsets.UTF_8);
        byte[] key = Kind.QUEUE_DUE.key(0, name.length + 17);
        System.arraycopy(name, 0, key, 9, name.length);
        Octets.putLong(key, 10 + name.length, millis);
        Octets.putLong(key, 18 + name.length, id);
        return key;
    }

    static byte[] row() {
        return ROW;
    }

    /// Reads the head of every line from the disk. Letters come and go meanwhile.
    ///
    /// @param patience after which the rest is read in the background, so that a start with very
    ///     many destinations does not take long
    void load(Duration patience) throws StoreTrouble {
        byte[] from = Kind.QUEUE_DUE.key(0, 0);
        begin();
        long due = System.nanoTime() + patience.toNanos();
        while ((from = loadNext(from)) != null) {
            if (System.nanoTime() < due) continue;
            byte[] rest = from;
            Thread.ofVirtual().name("schedule").start(() -> loadRest(rest));
            return;
        }
    }

    private void loadRest(byte[] from) {
        try {
            for (byte[] next = from; next != null; ) next = loadNext(next);
        } catch (StoreTrouble trouble) {
            System.getLogger("yubin.queue")
                    .log(System.Logger.Level.ERROR, "the due index cannot be read: " + trouble);
        }
    }

    /// Reads the head of the first line from `from` on; returns where to go on, null at the end.
    private byte[] loadNext(byte[] from) throws StoreTrouble {
        lock.lock();
        try {
            byte[] end = Kind.after(Kind.QUEUE_DUE.key(0, 0));
            String destination;
            try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, end)) {
                if (!rows.next()) {
                    loading = false;
                    spilled = missed;
                    missed = false;
                    return null;
                }
                destination = destination(rows.key());
            }
            if (!lines.containsKey(destination)) {
                if (lines.size() >= LINES_MAX) {
                    loading = false;
                    return null;
                }
                Line line = new Line(destination);
                line.horizon = new Due(0, 0);
                lines.put(destination, line);
                refill(line);
                settle(line);
                changed.signal();
            }
            return Kind.after(prefix(destination));
        } finally {
            lock.unlock();
        }
    }

    /// Lines that are made from now on look at the disk first.
    private void begin() {
        lock.lock();
        try {
            spilled = true;
            loading = true;
        } finally {
            lock.unlock();
        }
    }

    /// A row is on disk.
    void add(String destination, long millis, long id) {
        lock.lock();
        try {
            Line line = lines.get(destination);
            if (line == null) {
                if (lines.size() >= LINES_MAX) {
                    spilled = true;
                    missed = true;
                    return;
                }
                line = new Line(destination);
                lines.put(destination, line);
                if (spilled) {
                    line.horizon = new Due(0, 0);
                    refillIfShort(line);
                }
            }
            Due due = new Due(millis, id);
            if (line.horizon != null && due.compareTo(line.horizon) > 0) return;
            ready.remove(line);
            if (!line.out.contains(id)) line.waiting.add(due);
            if (line.waiting.size() > LINE_MAX) {
                line.waiting.pollLast();
                line.horizon = line.waiting.last();
            }
            settle(line);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// A row is no longer on disk.
    void remove(String destination, long millis, long id) {
        lock.lock();
        try {
            Line line = lines.get(destination);
            if (line == null) return;
            ready.remove(line);
            line.waiting.remove(new Due(millis, id));
            refillIfShort(line);
            settle(line);
        } finally {
            lock.unlock();
        }
    }

    /// The next letter that is due, waiting up to `patienceNanos`; null when none came.
    Turn take(long patienceNanos) throws InterruptedException {
        long deadline = System.nanoTime() + patienceNanos;
        lock.lock();
        try {
            while (true) {
                long now = clock.millis();
                if (!ready.isEmpty() && ready.first().headMillis <= now) {
                    return next(ready.first());
                }
                long patience = deadline - System.nanoTime();
                if (patience <= 0) return null;
                long untilDue =
                        ready.isEmpty()
                                ? Long.MAX_VALUE
                                : TimeUnit.MILLISECONDS.toNanos(ready.first().headMillis - now);
                // The second is for clocks that are set while we wait.
                long wait = Math.min(Math.min(patience, untilDue), 1_000_000_000L);
                changed.awaitNanos(wait);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Another letter that is due now for the same destination; null when there is none.
    Turn another(String destination) {
        lock.lock();
        try {
            Line line = lines.get(destination);
            if (line == null || !ready.contains(line) || line.headMillis > clock.millis()) {
                return null;
            }
            return next(line);
        } finally {
            lock.unlock();
        }
    }

    /// Letters of the same destination that are due now, taken out beyond the usual bound, to be
    /// settled together without being tried.
    Set<Long> takeAll(String destination, int max) {
        lock.lock();
        try {
            Line line = lines.get(destination);
            if (line == null) return Set.of();
            ready.remove(line);
            Set<Long> ids = new HashSet<>();
            long now = clock.millis();
            while (ids.size() < max
                    && !line.waiting.isEmpty()
                    && line.waiting.first().millis <= now) {
                long id = line.waiting.pollFirst().id;
                line.out.add(id);
                ids.add(id);
            }
            refillIfShort(line);
            settle(line);
            return ids;
        } finally {
            lock.unlock();
        }
    }

    /// A letter is no longer out. Its new row, if it has one, is on disk.
    ///
    /// @param nextMillis when it is due again; negative when it has left this line
    void done(String destination, long id, long nextMillis) {
        lock.lock();
        try {
            Line line = lines.get(destination);
            if (line == null) return;
            ready.remove(line);
            line.out.remove(id);
            if (nextMillis >= 0) {
                Due due = new Due(nextMillis, id);
                if (line.horizon == null || due.compareTo(line.horizon) <= 0) line.waiting.add(due);
            }
            refillIfShort(line);
            settle(line);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Letters in memory, for counters.
    int inMemory() {
        lock.lock();
        try {
            int sum = 0;
            for (Line line : lines.values()) sum += line.waiting.size() + line.out.size();
            return sum;
        } finally {
            lock.unlock();
        }
    }

    /// How long the oldest letter that is due has waited for its turn, in milliseconds; 0 for none.
    long oldestReadyMillis() {
        lock.lock();
        try {
            if (ready.isEmpty()) return 0;
            return Math.max(0, clock.millis() - ready.first().headMillis);
        } finally {
            lock.unlock();
        }
    }

    private Turn next(Line line) {
        ready.remove(line);
        Due due = line.waiting.pollFirst();
        line.out.add(due.id);
        refillIfShort(line);
        settle(line);
        return new Turn(line.destination, due.millis, due.id);
    }

    /// Puts a line where it belongs after a change: among the ready ones, or away.
    private void settle(Line line) {
        if (!line.waiting.isEmpty()) {
            if (line.out.size() >= outMax) return;
            line.headMillis = line.waiting.first().millis;
            ready.add(line);
        } else if (line.out.isEmpty() && line.horizon == null) {
            lines.remove(line.destination);
            if (spilled && !loading && lines.size() < LINES_MAX / 2) reload();
        }
    }

    private void refillIfShort(Line line) {
        if (line.horizon == null || line.waiting.size() >= REFILL / 5) return;
        try {
            refill(line);
        } catch (StoreTrouble trouble) {
            System.getLogger("yubin.queue")
                    .log(System.Logger.Level.ERROR, "the due index cannot be read: " + trouble);
        }
    }

    private void refill(Line line) throws StoreTrouble {
        byte[] from = key(line.destination, line.horizon.millis, line.horizon.id);
        byte[] to = Kind.after(prefix(line.destination));
        Due last = line.horizon;
        int read = 0;
        try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, to)) {
            while (read < REFILL) {
                if (!rows.next()) {
                    line.horizon = null;
                    return;
                }
                byte[] key = rows.key();
                last = new Due(Octets.getLong(key, key.length - 16), id(key));
                if (line.out.contains(last.id)) continue;
                if (line.waiting.add(last)) read++;
            }
        }
        line.horizon = last;
    }

    /// There is room again for lines that were left on disk.
    private void reload() {
        loading = true;
        byte[] start = Kind.QUEUE_DUE.key(0, 0);
        Thread.ofVirtual().name("schedule").start(() -> loadRest(start));
    }

    static long id(byte[] key) {
        return Octets.getLong(key, key.length - 8);
    }

    /// The stretch of rows of one destination.
    static byte[] prefix(String destination) {
        byte[] name = destination.getBytes(StandardCharsets.UTF_8);
        byte[] prefix = Kind.QUEUE_DUE.key(0, name.length + 1);
        System.arraycopy(name, 0, prefix, 9, name.length);
        return prefix;
    }

    private static String destination(byte[] key) {
        return new String(
                Arrays.copyOfRange(key, 9, Math.max(9, key.length - 17)), StandardCharsets.UTF_8);
    }
}
