package yubin.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// What is known of each server: how fast it is, whether it lives, what it can do.
///
/// The choice: of the servers not tried yet, one at random among those not much slower than the
/// fastest. An unknown server counts as fast, so that each is tried; one that stayed silent counts
/// as slow for a while.
final class Servers {
    /// Servers remembered; beyond that the table starts anew.
    private static final int MAX = 50_000;

    private static final int CANDIDATES_MAX = 64;

    private static final long WAIT_MIN_NANOS = 200_000_000L;
    private static final long WAIT_MAX_NANOS = 2_000_000_000L;

    /// Servers within this of the fastest share the load.
    private static final long BAND_NANOS = 100_000_000L;

    private static final long SILENT_NANOS = 60_000_000_000L;

    /// One server; races between its writers cost precision only.
    static final class Server {
        volatile long smoothNanos;
        volatile long varianceNanos;
        volatile int silences;
        volatile long silentSince;
        volatile boolean withoutEdns;
        volatile boolean keepsNoCase;
        volatile byte[] cookie;

        private final long firstWaitNanos;

        Server(long firstWaitNanos) {
            this.firstWaitNanos = firstWaitNanos;
        }

        long waitNanos() {
            long base = smoothNanos == 0 ? firstWaitNanos : smoothNanos + 4 * varianceNanos;
            long wait = Math.clamp(base, WAIT_MIN_NANOS, WAIT_MAX_NANOS);
            return Math.min(wait << Math.min(silences, 3), WAIT_MAX_NANOS);
        }

        /// RFC 6298's smoothing.
        void answered(long nanos) {
            silences = 0;
            if (smoothNanos == 0) {
                smoothNanos = nanos;
                varianceNanos = nanos / 2;
            } else {
                varianceNanos = (3 * varianceNanos + Math.abs(smoothNanos - nanos)) / 4;
                smoothNanos = (7 * smoothNanos + nanos) / 8;
            }
        }

        synchronized void silent() {
            silences++;
            silentSince = System.nanoTime();
        }

        private long cost(long now) {
            if (silences > 0 && now - silentSince < SILENT_NANOS) {
                return waitNanos() + silences * 1_000_000_000L;
            }
            return smoothNanos;
        }
    }

    private final ConcurrentHashMap<InetSocketAddress, Server> known = new ConcurrentHashMap<>();
    private final long firstWaitNanos;

    /// @param firstWait for an answer of a server that was never asked
    Servers(Duration firstWait) {
        this.firstWaitNanos = firstWait.toNanos();
    }

    Server of(InetSocketAddress address) {
        Server server = known.get(address);
        if (server != null) return server;
        if (known.size() > MAX) known.clear();
        return known.computeIfAbsent(address, _ -> new Server(firstWaitNanos));
    }

    /// Those of the first 64 addresses.
    Server[] of(List<InetSocketAddress> addresses) {
        Server[] all = new Server[Math.min(addresses.size(), CANDIDATES_MAX)];
        for (int i = 0; i < all.length; i++) all[i] = of(addresses.get(i));
        return all;
    }

    /// The place of the one to ask next; -1 when all were tried.
    ///
    /// @param tried one bit for each candidate, so 64 at most
    static int choose(Server[] candidates, long tried) {
        long now = System.nanoTime();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < candidates.length; i++) {
            if ((tried >> i & 1) == 0) best = Math.min(best, candidates[i].cost(now));
        }
        if (best == Long.MAX_VALUE) return -1;
        int eligible = 0;
        int chosen = -1;
        for (int i = 0; i < candidates.length; i++) {
            if ((tried >> i & 1) != 0 || candidates[i].cost(now) > best + BAND_NANOS) continue;
            if (++eligible == 1 || Entropy.below(eligible) == 0) chosen = i;
        }
        return chosen;
    }

    void clear() {
        known.clear();
    }
}
