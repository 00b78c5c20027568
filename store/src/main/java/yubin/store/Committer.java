package yubin.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import yubin.ledger.Counters;
import yubin.store.Keys.Family;

/// The one hand that writes: merges the batches of all sessions into one synced write.
///
/// Sessions are virtual threads; a synced write from one of them would hold its carrier in native
/// code. So they queue their batch and park, a single platform thread writes all that have queued
/// up since its last write and syncs once for all of them. While the disk works, the next group
/// gathers by itself: there is no timer.
///
/// **Order.** Batches are written, and their announcements run, in the order of [#submit]. A batch
/// is announced before its owner is woken. **Failure.** When a group cannot be written, each of its
/// batches is told so, and every batch that was prepared before the failure and comes later is
/// refused as well ([#epoch]): it may rest on values of a batch that never happened.
public final class Committer implements AutoCloseable {
    /// Octets of one group. Bounds the memory and the latency of one write.
    private static final int GROUP_OCTETS_MAX = 16 << 20;

    private static final Counters.Counter GROUPS = Counters.of("store.commit.groups");
    private static final Counters.Counter BATCHES = Counters.of("store.commit.batches");

    private final Keys keys;
    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean sleeping = new AtomicBoolean();
    private final AtomicInteger epoch = new AtomicInteger();
    private final Thread thread;
    private volatile boolean closing;

    Committer(Keys keys) {
        this.keys = keys;
        this.thread = Thread.ofPlatform().name("committer").unstarted(this::run);
        thread.setDaemon(true);
        thread.start();
    }

    /// A batch on its way to the disk. The owner waits with [#await].
    public static final class Pending {
        private final Batch batch;
        private final int epoch;
        private final Thread owner = Thread.currentThread();
        private volatile boolean done;
        private StoreTrouble trouble; // written before done

        private Pending(Batch batch, int epoch) {
            this.batch = batch;
            this.epoch = epoch;
        }

        /// Returns when the batch is on disk.
        ///
        /// The disk's answer is the deadline: a sync that hangs for ever hangs the post office, and
        /// saying 250 without it would be a lie.
        ///
        /// @throws StoreTrouble when nothing of it was written
        public void await() throws StoreTrouble {
            boolean interrupted = false;
            while (!done) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) Thread.currentThread().interrupt();
            if (trouble != null) throw trouble;
        }

        public boolean isDone() {
            return done;
        }

        private void finish(StoreTrouble result) {
            trouble = result;
            done = true;
            LockSupport.unpark(owner);
        }
    }

    /// Grows with each failed write. Whoever keeps values of uncommitted batches in memory notes
    /// the epoch with them and reads them again from disk when it has changed.
    public int epoch() {
        return epoch.get();
    }

    /// Queues a batch that rests on nothing uncommitted.
    public Pending submit(Batch batch) {
        return submit(batch, epoch.get());
    }

    /// Queues a batch that was prepared in `preparedEpoch`. Only the calling thread may await it.
    public Pending submit(Batch batch, int preparedEpoch) {
        Pending pending = new Pending(batch, preparedEpoch);
        if (closing) {
            batch.undo();
            pending.finish(new StoreTrouble.NotCommitted("the store is closing", null));
            return pending;
        }
        queue.add(pending);
        if (sleeping.get() && sleeping.compareAndSet(true, false)) LockSupport.unpark(thread);
        return pending;
    }

    /// Queues and waits.
    public void commit(Batch batch) throws StoreTrouble {
        submit(batch).await();
    }

    private void run() {
        List<Pending> group = new ArrayList<>();
        while (true) {
            Pending first = queue.poll();
            if (first == null) {
                if (closing) return;
                sleeping.set(true);
                if (queue.isEmpty() && !closing) LockSupport.park(this);
                sleeping.set(false);
                continue;
            }
            group.clear();
            group.add(first);
            int octets = first.batch.size();
            for (Pending next; octets < GROUP_OCTETS_MAX && (next = queue.poll()) != null; ) {
                group.add(next);
                octets += next.batch.size();
            }
            write(group);
        }
    }

    private void write(List<Pending> group) {
        GROUPS.increment();
        BATCHES.add(group.size());
        List<Pending> going = new ArrayList<>(group.size());
        for (Pending pending : group) {
            if (!pending.batch.conditions().isEmpty() && !going.isEmpty()) {
                flush(going); // a condition must see the batches before it
                going.clear();
            }
            StoreTrouble refused = refusal(pending, epoch.get());
            if (refused == null) refused = unmet(pending.batch);
            if (refused == null) {
                going.add(pending);
            } else {
                pending.batch.undo();
                pending.finish(refused);
            }
        }
        if (!going.isEmpty()) flush(going);
    }

    private void flush(List<Pending> going) {
        try {
            keys.write(merged(going), true);
        } catch (StoreTrouble trouble) {
            epoch.incrementAndGet();
            for (Pending pending : going) pending.batch.undo();
            for (Pending pending : going) pending.finish(trouble);
            return;
        }
        for (Pending pending : going) {
            try {
                pending.batch.announce();
            } catch (RuntimeException bug) {
                System.getLogger("yubin.store")
                        .log(System.Logger.Level.ERROR, "an announcement failed", bug);
            }
            pending.finish(null);
        }
    }

    private static Batch merged(List<Pending> going) {
        if (going.size() == 1) return going.getFirst().batch;
        List<Batch> batches = new ArrayList<>(going.size());
        for (Pending pending : going) batches.add(pending.batch);
        Batch merged = Batch.roomFor(batches);
        for (Batch batch : batches) merged.append(batch);
        return merged;
    }

    private static StoreTrouble refusal(Pending pending, int now) {
        return pending.epoch == now
                ? null
                : new StoreTrouble.NotCommitted("an earlier write failed: try again", null);
    }

    private StoreTrouble unmet(Batch batch) {
        for (Batch.Condition condition : batch.conditions()) {
            try {
                byte[] found = keys.get(Family.RECORDS, condition.key());
                if (!java.util.Arrays.equals(found, condition.expected())) {
                    // Values prepared after this batch may rest on it.
                    epoch.incrementAndGet();
                    return new StoreTrouble.NotCommitted("somebody was quicker", null);
                }
            } catch (StoreTrouble trouble) {
                return trouble;
            }
        }
        return null;
    }

    /// Writes what is queued and ends. Later batches are refused.
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (Pending late; (late = queue.poll()) != null; ) {
            late.batch.undo();
            late.finish(new StoreTrouble.NotCommitted("the store is closing", null));
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
