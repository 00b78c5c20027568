package yubin.directory;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Where password hashes are computed: a platform thread for each core, so that sessions on their
/// carriers go on meanwhile, and memory stays at 19 MiB for each core.
final class HashPool implements AutoCloseable {
    /// Logins that may wait; more are told to come back.
    private static final int WAITING_MAX = 256;

    private static final int DEADLINE_SECONDS = 30;

    private final ExecutorService threads;
    private final int size;
    private final Semaphore places = new Semaphore(WAITING_MAX);

    HashPool() {
        size = Math.max(1, Runtime.getRuntime().availableProcessors());
        threads =
                Executors.newFixedThreadPool(
                        size, Thread.ofPlatform().name("password-", 0).daemon().factory());
    }

    int size() {
        return size;
    }

    /// There is no room, or it took too long.
    static final class Busy extends Exception {
        private static final long serialVersionUID = 1;

        Busy(String message) {
            super(message);
        }
    }

    /// Computes on the pool and waits, at most 30 seconds.
    <T> T compute(Callable<T> work) throws Busy {
        if (!places.tryAcquire()) throw new Busy("too many logins at the same time");
        try {
            return begin(work).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Busy("the login took over " + DEADLINE_SECONDS + " seconds");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy("interrupted");
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            places.release();
        }
    }

    /// Computes on the pool; for imports, which bound themselves.
    <T> CompletableFuture<T> begin(Callable<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return work.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                threads);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
