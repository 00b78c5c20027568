package yubin.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Questions of our own rooms and of clients, each answered within the deadline.
///
/// Equal questions at the same time are one. Who asks waits for the deadline at most; the work goes
/// on for longer, into the cache. A failure is remembered for a short time, which doubles while it
/// lasts (RFC 9520 §3.2); when nobody can say better, what was known before helps (RFC 8767 §5).
final class Inquiries {
    /// Work goes on for so much longer than its asker waits.
    private static final int PATIENCE = 3;

    /// Between two looks at the deadlines.
    private static final int LOOK_MILLIS_MOST = 100;

    private static final int FAILURE_SECONDS_LEAST = 5;
    private static final int FAILURE_SECONDS_MOST = 30;
    private static final long FAILURE_OCTETS_MAX = 4 << 20;

    /// RFC 8914 §4.23.
    private static final int EDE_NO_ANSWER = 22;

    private static final System.Logger LOG = System.getLogger("yubin.dns.Inquiries");

    private final Recursion recursion;
    private final boolean prefetch;
    private final Cache<Resolution> failures;
    private final ConcurrentHashMap<Asked, Running> running = new ConcurrentHashMap<>();

    /// A thread looks after the deadlines.
    private final AtomicBoolean watching = new AtomicBoolean();

    private final ConcurrentHashMap<Question, Boolean> refreshing = new ConcurrentHashMap<>();

    private record Asked(Question question, boolean checkingDisabled) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Asked asked
                    && asked.checkingDisabled == checkingDisabled
                    && asked.question.equals(question);
        }

        @Override
        public int hashCode() {
            return question.hashCode() * 2 + (checkingDisabled ? 1 : 0);
        }
    }

    /// Who waits for an answer, and until when.
    private record Waiter(long deadline, Consumer<Resolution> told) {}

    /// One question being worked on.
    private static final class Running {
        final Work work;

        /// Null when the answer is there.
        private List<Waiter> waiters = new ArrayList<>(1);

        Running(Work work) {
            this.work = work;
        }

        /// False when it is too late to wait here.
        synchronized boolean join(Waiter waiter) {
            return waiters != null && waiters.add(waiter);
        }

        synchronized List<Waiter> end() {
            List<Waiter> all = waiters;
            waiters = null;
            return all;
        }

        /// Those whose time is over; they wait no longer.
        synchronized List<Waiter> overdue(long now) {
            if (waiters == null || waiters.isEmpty()) return List.of();
            List<Waiter> gone = new ArrayList<>();
            for (Waiter waiter : waiters) if (waiter.deadline - now <= 0) gone.add(waiter);
            waiters.removeAll(gone);
            return gone;
        }
    }

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
        CompletableFuture<Resolution> outcome = new CompletableFuture<>();
        ask(question, checkingDisabled, outcome::complete);
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Resolution.failed("interrupted", 1, -1);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Asks; `told` is called once, by another thread, within the deadline (and one look at the
    /// deadlines). It must not wait for anything.
    void ask(Question question, boolean checkingDisabled, Consumer<Resolution> told) {
        long now = System.nanoTime();
        long patience = recursion.settings.deadline().toNanos();
        Waiter waiter = new Waiter(now + patience, told);
        Asked key = new Asked(question, checkingDisabled);
        while (true) {
            Running running = this.running.get(key);
            if (running != null && running.join(waiter)) return;
            Running mine = new Running(new Work(now + PATIENCE * patience));
            mine.join(waiter);
            if (this.running.putIfAbsent(key, mine) != null) continue;
            Thread.ofVirtual().name("dns-work").start(() -> resolve(key, mine));
            if (!watching.get() && watching.compareAndSet(false, true)) {
                Thread.ofVirtual().name("dns-deadlines").start(this::watch);
            }
            return;
        }
    }

    /// Looks after the deadlines while there is work: one sleep for all is cheaper than a timer for
    /// each.
    private void watch() {
        long patience = recursion.settings.deadline().toMillis();
        long look = Math.clamp(patience / 20, 5, LOOK_MILLIS_MOST);
        do {
            while (!running.isEmpty()) {
                try {
                    Thread.sleep(look);
                    long now = System.nanoTime();
                    running.forEach((asked, each) -> tellOverdue(asked.question, each, now));
                } catch (InterruptedException | RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "deadlines", e);
                }
            }
            watching.set(false);
        } while (!running.isEmpty() && watching.compareAndSet(false, true));
    }

    private void tellOverdue(Question question, Running running, long now) {
        List<Waiter> gone = running.overdue(now);
        if (gone.isEmpty()) return;
        Resolution stale = recursion.stale(question);
        tell(gone, stale != null ? stale : late(question, running.work));
    }

    private static void tell(List<Waiter> waiters, Resolution resolution) {
        for (Waiter waiter : waiters) {
            try {
                waiter.told.accept(resolution);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "an answer was not given", e);
            }
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
            boolean failed = resolution.kind() == Resolution.Kind.FAILED;
            if (failed && resolution.answer().isEmpty()) {
                resolution = failed(key.question, resolution);
                Resolution stale = recursion.stale(key.question);
                if (stale != null) resolution = stale;
            }
        } finally {
            // Kept before it leaves the list, so that the next asker finds it in one of them.
            running.remove(key, mine);
            tell(mine.end(), resolution);
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
