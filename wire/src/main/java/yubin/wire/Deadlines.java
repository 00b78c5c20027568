package yubin.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Watches the deadlines of all connections from one thread.
///
/// A timer for each read would cost more than the read: instead every wire leaves the time by which
/// its wait must end in a field, and this thread looks at all of them every 100 ms (10,000 fields
/// are read in less than a tenth of a millisecond). A deadline is therefore met up to 100 ms late.
final class Deadlines {
    private static final long STEP_NANOS = 100_000_000;

    private static final Set<Wire> WATCHED = ConcurrentHashMap.newKeySet();
    private static volatile Thread watcher;

    private Deadlines() {}

    static void watch(Wire wire) {
        WATCHED.add(wire);
        if (watcher == null) start();
    }

    static void forget(Wire wire) {
        WATCHED.remove(wire);
    }

    private static synchronized void start() {
        if (watcher != null) return;
        watcher = Thread.ofPlatform().daemon().name("wire-deadlines").start(Deadlines::run);
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void run() {
        while (true) {
            // With nothing to watch it looks twice a second: a new wire's wait is longer than that.
            LockSupport.parkNanos(WATCHED.isEmpty() ? 5 * STEP_NANOS : STEP_NANOS);
            long now = System.nanoTime();
            for (Wire wire : WATCHED) wire.enforce(now);
        }
    }
}
