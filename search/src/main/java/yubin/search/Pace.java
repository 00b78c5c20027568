package yubin.search;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// Keeps the indexing out of the way of letters that come in: while many commits are made, it takes
/// a fifth of one core and is content to be behind; answers look through the rest meanwhile. When
/// fewer come, it goes on at full speed.
final class Pace {
    /// Commits a second from which on the store is busy. Up to there one core keeps up with them.
    static final int BUSY_COMMITS = 200;

    private static final long SAMPLE_NANOS = Duration.ofMillis(100).toNanos();

    /// How much longer than the work the rest after it is.
    private static final int REST = 4;

    private static final long REST_NANOS_MAX = Duration.ofMillis(50).toNanos();

    private final LongAdder commits = new LongAdder();
    private long sampledAt = System.nanoTime(); // this and below: under `this`
    private long sampled;
    private boolean busy;

    /// On the committer's thread.
    void committed() {
        commits.increment();
    }

    synchronized boolean isBusy() {
        long now = System.nanoTime();
        long passed = now - sampledAt;
        if (passed >= SAMPLE_NANOS) {
            long sum = commits.sum();
            busy = (sum - sampled) * 1e9 / passed > BUSY_COMMITS;
            sampled = sum;
            sampledAt = now;
        }
        return busy;
    }

    /// Rests after a piece of work that took so long.
    void rest(long nanos) {
        if (!isBusy()) return;
        try {
            Thread.sleep(Duration.ofNanos(Math.min(REST * nanos, REST_NANOS_MAX)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the next step sees that it is to end
        }
    }
}
