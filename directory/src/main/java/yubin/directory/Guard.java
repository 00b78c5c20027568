package yubin.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import yubin.ledger.Counters;

/// Slows guessing of passwords, per peer address and per account.
///
/// The first failures cost nothing: fingers slip. Each one after that moves the moment of the next
/// attempt further away, doubling up to a bound, and attempts at the same time queue up behind each
/// other, so that many connections are no quicker than one. Who would have to wait too long is told
/// to come back. A peer that has logged in to an account before is not slowed at that account, so
/// that a guesser cannot lock its owner out.
final class Guard {
    /// Failures that cost nothing.
    private static final int FREE = 3;

    private static final long INTERVAL_FIRST_MILLIS = 250;
    private static final long INTERVAL_MAX_MILLIS = 30_000;

    /// A longer wait is refused instead. Bounds how long an attempt holds its connection.
    private static final long WAIT_MAX_MILLIS = 10_000;

    private static final int KEYS_MAX = 100_000;
    private static final Counters.Counter SLOWED = Counters.of("directory.login.slowed");

    private static final class Failures {
        int count;

        /// When the next attempt may be made; valid when `any`.
        long nextNanos;

        boolean any;
    }

    private final Predicate<InetAddress> trusted;
    private final LongSupplier nanoTime;
    private final Cache<String, Failures> failures =
            Caffeine.newBuilder()
                    .maximumSize(KEYS_MAX)
                    .expireAfterAccess(Duration.ofMinutes(15))
                    .build();
    private final Cache<String, Boolean> known =
            Caffeine.newBuilder()
                    .maximumSize(KEYS_MAX)
                    .expireAfterAccess(Duration.ofDays(7))
                    .build();

    Guard(Predicate<InetAddress> trusted, LongSupplier nanoTime) {
        this.trusted = trusted;
        this.nanoTime = nanoTime;
    }

    /// How long to wait before this attempt, in milliseconds; negative: not now at all.
    ///
    /// @param account the account's number, or the name where there is none
    long admit(InetAddress peer, String account) {
        if (isFree(peer)) return 0;
        if (known.getIfPresent(pair(peer, account)) != null) return 0;
        long wait = Math.max(reserve(network(peer)), reserve("account " + account));
        if (wait > 0) SLOWED.increment();
        return wait > WAIT_MAX_MILLIS ? -1 : wait;
    }

    void failed(InetAddress peer, String account) {
        if (isFree(peer)) return;
        count(network(peer));
        count("account " + account);
    }

    void succeeded(InetAddress peer, String account) {
        if (isFree(peer)) return;
        known.put(pair(peer, account), Boolean.TRUE);
        failures.invalidate("account " + account);
    }

    private boolean isFree(InetAddress peer) {
        return peer.isLoopbackAddress() || trusted.test(peer);
    }

    private void count(String key) {
        Failures entry = failures.get(key, k -> new Failures());
        synchronized (entry) {
            entry.count++;
            long next = nanoTime.getAsLong() + intervalNanos(entry.count);
            if (!entry.any || next - entry.nextNanos > 0) entry.nextNanos = next;
            entry.any = true;
        }
    }

    /// Takes the next free moment for an attempt and returns the milliseconds until then.
    private long reserve(String key) {
        Failures entry = failures.getIfPresent(key);
        if (entry == null) return 0;
        synchronized (entry) {
            long now = nanoTime.getAsLong();
            long slot = entry.nextNanos - now > 0 ? entry.nextNanos : now;
            long wait = (slot - now) / 1_000_000;
            if (wait <= WAIT_MAX_MILLIS) entry.nextNanos = slot + intervalNanos(entry.count);
            return wait;
        }
    }

    private static long intervalNanos(int failures) {
        int over = failures - FREE;
        if (over < 0) return 0;
        return 1_000_000
                * Math.min(INTERVAL_MAX_MILLIS, INTERVAL_FIRST_MILLIS << Math.min(over, 10));
    }

    private static String pair(InetAddress peer, String account) {
        return network(peer) + " " + account;
    }

    /// An IPv6 peer has its whole /64.
    private static String network(InetAddress peer) {
        byte[] octets = peer.getAddress();
        return HexFormat.of()
                .formatHex(peer instanceof Inet6Address ? Arrays.copyOf(octets, 8) : octets);
    }
}
