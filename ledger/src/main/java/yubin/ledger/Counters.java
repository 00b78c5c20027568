package yubin.ledger;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// The one registry of counters. A counter is named `room.what`, `smtp.accepted`.
///
/// Counting costs one uncontended add; reading a sum is for people and health checks. The names are
/// constants of the code, never taken from the network, so the registry stays bounded.
public final class Counters {
    private static final Map<String, Counter> COUNTERS = new ConcurrentHashMap<>();
    private static final Map<String, LongSupplier> GAUGES = new ConcurrentHashMap<>();

    private Counters() {}

    /// A number that only grows until the program ends.
    public static final class Counter {
        private final LongAdder sum = new LongAdder();

        private Counter() {}

        public void increment() {
            sum.increment();
        }

        public void add(long amount) {
            sum.add(amount);
        }

        public long sum() {
            return sum.sum();
        }
    }

    /// The counter of this name, made on first use.
    public static Counter of(String name) {
        return COUNTERS.computeIfAbsent(name, n -> new Counter());
    }

    /// Registers a value that is read when somebody looks, such as the length of a queue. A later
    /// registration under the same name takes its place.
    public static void gauge(String name, LongSupplier value) {
        GAUGES.put(name, value);
    }

    /// All counters and gauges by name, as they are now.
    public static SortedMap<String, Long> all() {
        SortedMap<String, Long> all = new TreeMap<>();
        COUNTERS.forEach((name, counter) -> all.put(name, counter.sum()));
        GAUGES.forEach((name, gauge) -> all.put(name, gauge.getAsLong()));
        return all;
    }
}
