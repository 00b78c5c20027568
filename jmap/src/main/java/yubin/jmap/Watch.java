package yubin.jmap;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;

/// Somebody who waits for the changes of an account: one EventSource, one WebSocket, one push
/// subscription. RFC 8620 §7.1.
///
/// Changes that come while nobody waits are told together at the next [#next].
public final class Watch implements AutoCloseable {
    private final Boxes boxes;
    private final Set<String> types;
    private final Runnable waker = this::wake;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private boolean closed; // under lock
    private volatile long told; // modseq; written by the one who calls `next`

    Watch(Boxes boxes, Set<String> types, String since) {
        this.boxes = boxes;
        this.types = types;
        boxes.listen(waker);
        long now = boxes.modSeq();
        State known = since == null ? new State(now, 0) : State.parse(since);
        // A state of the future is none of ours: everything is told.
        told = known == null || known.modSeq() > now ? 0 : known.modSeq();
    }

    /// Up to where changes were told: with it a later watch goes on from here.
    public String pushState() {
        return State.of(told);
    }

    /// Waits for a change.
    ///
    /// @return a StateChange; null when `patience` is over or the watch was closed
    public ObjectNode next(Duration patience) throws IOException, InterruptedException {
        long left = patience.toNanos();
        while (true) {
            lock.lockInterruptibly();
            try {
                while (!closed && boxes.modSeq() == told) {
                    if (left <= 0) return null;
                    left = woken.awaitNanos(left);
                }
                if (closed) return null;
            } finally {
                lock.unlock();
            }
            ObjectNode change = change();
            if (change != null) return change;
        }
    }

    /// As [#next] without waiting.
    public ObjectNode poll() throws IOException, InterruptedException {
        return next(Duration.ZERO);
    }

    /// Null when only types changed that nobody asked for.
    private ObjectNode change() throws IOException {
        long newest = boxes.modSeq();
        Set<String> changed = new LinkedHashSet<>();
        boolean complete = boxes.changesSince(told, new ChangedTypes(changed));
        if (!complete) changed.addAll(ChangedTypes.ALL);
        told = newest;
        if (types != null) changed.retainAll(types);
        if (changed.isEmpty()) return null;
        ObjectNode states = Api.JSON.createObjectNode();
        for (String type : changed) states.put(type, State.of(newest));
        ObjectNode change = Api.JSON.createObjectNode().put("@type", "StateChange");
        change.putObject("changed").set(Ids.account(boxes.account()), states);
        return change;
    }

    private void wake() {
        lock.lock();
        try {
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Ends the waiting of whoever waits.
    @Override
    public void close() {
        boxes.unlisten(waker);
        lock.lock();
        try {
            closed = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
