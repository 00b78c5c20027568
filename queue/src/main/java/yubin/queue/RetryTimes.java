package yubin.queue;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// When a letter is tried again, when its sender hears of the delay, and when we give up.
/// RFC 5321 §4.5.4.1.
///
/// The waits grow (2, 5, 10, 20, 40, 80, 160 minutes, then 4 hours) and are mixed by a fifth either
/// way, so that letters that failed together do not come back together. The last try falls on the
/// day of expiry itself.
///
/// @param expiry how long an ordinary letter is tried
/// @param nullExpiry how long a letter with a null reverse-path is tried: dead targets of bounces
///     must not fill the shelf for days
/// @param delayNotice after how long the sender is told that it takes longer
public record RetryTimes(
        Duration expiry, Duration nullExpiry, Duration delayNotice, RandomGenerator random) {
    private static final long[] WAIT_MINUTES = {2, 5, 10, 20, 40, 80, 160, 240};

    public static RetryTimes standard() {
        return new RetryTimes(
                Duration.ofDays(5),
                Duration.ofDays(1),
                Duration.ofHours(4),
                new java.util.SplittableRandom());
    }

    /// @param attempts tries that have failed, 1 and up
    long waitMillis(int attempts) {
        int step = Math.min(Math.max(attempts, 1), WAIT_MINUTES.length) - 1;
        long wait = Duration.ofMinutes(WAIT_MINUTES[step]).toMillis();
        synchronized (random) {
            return wait * 4 / 5 + random.nextLong(wait * 2 / 5 + 1);
        }
    }

    long expiryMillis(Entry entry) {
        boolean isNull = entry.from() instanceof yubin.mail.ReversePath.Null;
        return entry.startMillis() + (isNull ? nullExpiry : expiry).toMillis();
    }
}
