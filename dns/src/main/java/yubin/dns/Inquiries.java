package yubin.dns;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Questions of our own rooms and of clients, each answered within the deadline.
///
/// Equal questions at the same time are one. Who asks waits for the deadline at most; the work goes
/// on for longer, into the cache. A failure is remembered for a short time, which doubles while it
/// lasts (RFC 9520 §3.2); when nobody can say better, what was known before helps (RFC 8767 §5).
final class Inquiries {
    /// Work goes on for so much longer than its asker waits.
    private static final int PATIENCE = 3;

    private static final int FAILURE_SECONDS_LEAST = 5;
    private static final int FAILURE_SECONDS_MOST = 30;
    private static final long FAILURE_OCTETS_MAX = 4 << 20;

    /// RFC 8914 §4.23.
    private static final int EDE_NO_ANSWER = 22;

    private final Recursion recursion;
    private final boolean prefetch;
    private final Cache<Resolution> failures;
    private final ConcurrentHashMap<Asked, Running> running = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Question, Boolean> refreshing = new ConcurrentHashMap<>();

    private record Asked(Question question, boolean checkingDisabled) {}

    private record Running(CompletableFuture<Resolution> outcome, Work work) {}

    /// @param prefetch ask again for what is popular before it has run out
    Inquiries(Recursion recursion, boolean prefetch) {
        this.recursion = recursion;
        this.prefetch = prefetch;
        this.failures =
                new Cache<>(recursion.settings.clock(), FAILURE_OCTETS_MAX, Resolution::octets);
    }

    void clear() {
        failures.clear();
    }

    /// Forgets failures at and below a name.
    int clear(Name name) {
        return failures.removeUnder(name);
    }

    /// What is known already; null when somebody has to be asked.
    Resolution known(Question question, boolean checkingDisabled) {
        Resolution known = recursion.known(question, checkingDisabled);
        if (known != null) {
            if (prefetch && recursion.isNearlyOld(question)) refresh(question);
            return known;
        }
        Cache.Entry<Resolution> failed = failures.fresh(question.name(), question.type());
        if (failed == null) return null;
        int left = (int) Math.max(1, failed.left(recursion.links.now()));
        return Resolution.failed(failed.value().why(), left, failed.value().extendedError());
    }

    /// Asks, and waits for the deadline. Never null.
    Resolution ask(Question question, boolean checkingDisabled) {
        long patience = recursion.settings.deadline().toNanos();
        Asked key = new Asked(question, checkingDisabled);
        Work work = new Work(System.nanoTime() + PATIENCE * patience);
        Running mine = new Running(new CompletableFuture<>(), work);
        Running shared = running.putIfAbsent(key, mine);
        if (shared == null) {
            shared = mine;
            Thread.ofVirtual().name("dns-work").start(() -> resolve(key, mine));
        }
        try {
            return shared.outcome.get(patience, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            Resolution stale = recursion.stale(question);
            return stale != null ? stale : late(question, shared.work);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Resolution.failed("interrupted", 1, -1);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Resolution late(Question question, Work work) {
        Name zone = work.asking();
        Duration deadline = recursion.settings.deadline();
        String within =
                deadline.toSeconds() > 0
                        ? deadline.toSeconds() + " s"
                        : deadline.toMillis() + " ms";
        String who = zone == null ? "the name servers" : Recursion.serversOf(zone);
        return Resolution.failed(
                Recursion.sentence(question, who + " have not answered within " + within),
                FAILURE_SECONDS_MOST,
                EDE_NO_ANSWER);
    }

    private void resolve(Asked key, Running mine) {
        Resolution resolution = Resolution.failed("our own mistake in the resolver", 30, -1);
        try {
            resolution = recursion.resolve(key.question, key.checkingDisabled, mine.work);
            if (resolution.kind() == Resolution.Kind.FAILED) {
                resolution = failed(key.question, resolution);
                Resolution stale = recursion.stale(key.question);
                if (stale != null) resolution = stale;
            }
        } finally {
            // Kept before it leaves the list, so that the next asker finds it in one of them.
            running.remove(key, mine);
            mine.outcome.complete(resolution);
        }
    }

    private Resolution failed(Question question, Resolution resolution) {
        Cache.Entry<Resolution> before = failures.entry(question.name(), question.type());
        int seconds = FAILURE_SECONDS_LEAST;
        if (before != null && before.left(recursion.links.now()) > -FAILURE_SECONDS_MOST) {
            seconds = Math.min(2 * before.ttl(), FAILURE_SECONDS_MOST);
        }
        Resolution kept = Resolution.failed(resolution.why(), seconds, resolution.extendedError());
        failures.put(question.name(), question.type(), kept, seconds);
        return kept;
    }

    private void refresh(Question question) {
        if (refreshing.putIfAbsent(question, true) != null) return;
        Work work = new Work(System.nanoTime() + recursion.settings.deadline().toNanos());
        Thread.ofVirtual()
                .name("dns-refresh")
                .start(
                        () -> {
                            try {
                                recursion.refresh(question, work);
                            } finally {
                                refreshing.remove(question);
                            }
                        });
    }
}
