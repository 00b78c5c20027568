package yubin.dns;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/// Values by name and type until their TTL has passed, bounded by octets; what was not used for
/// longest goes first.
///
/// Ages follow the clock given. When it steps back behind the time of an entry, that entry counts
/// as old: nothing lives longer for a wrong clock.
final class Cache<V> {
    /// Nothing is believed for longer. RFC 8767 §4.
    static final int TTL_MAX = 604_800;

    private static final int SHARDS = 16;

    private static final int SHARD_SHIFT = 32 - 4;

    /// Written out like those of [Question].
    private record Key(Name name, int type) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.type == type && key.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode() * 31 + type;
        }
    }

    /// @param at second of its arrival
    record Entry<V>(V value, long at, int ttl) {
        /// Seconds left at `now`; 0 or less when it is old.
        long left(long now) {
            return now < at ? 0 : at + ttl - now;
        }

        int age(long now) {
            return Math.clamp(now - at, 0, Integer.MAX_VALUE);
        }
    }

    private final InstantSource clock;
    private final long octetsMax;
    private final ToLongFunction<V> weight;
    private final Shard<V>[] shards;

    private static final class Shard<V> {
        final LinkedHashMap<Key, Entry<V>> entries = new LinkedHashMap<>(64, 0.75f, true);
        long octets;
    }

    /// @param weight about the octets that a value takes on the heap
    @SuppressWarnings({"unchecked", "rawtypes"})
    Cache(InstantSource clock, long octetsMax, ToLongFunction<V> weight) {
        this.clock = clock;
        this.octetsMax = octetsMax;
        this.weight = weight;
        this.shards = new Shard[SHARDS];
        for (int i = 0; i < SHARDS; i++) shards[i] = new Shard<>();
    }

    /// By other bits than the shard's own table uses, else its buckets would fill unevenly.
    private Shard<V> shard(Key key) {
        return shards[key.hashCode() * 0x9e3779b9 >>> SHARD_SHIFT];
    }

    long now() {
        return Math.floorDiv(clock.millis(), 1000L);
    }

    /// The entry whatever its age; null when there is none.
    Entry<V> entry(Name name, int type) {
        Key key = new Key(name, type);
        Shard<V> shard = shard(key);
        synchronized (shard) {
            return shard.entries.get(key);
        }
    }

    /// The entry if its TTL has not passed.
    Entry<V> fresh(Name name, int type) {
        Entry<V> entry = entry(name, type);
        return entry == null || entry.left(now()) <= 0 ? null : entry;
    }

    /// Keeps a value for its TTL; one with TTL 0 is not kept.
    void put(Name name, int type, V value, int ttl) {
        if (ttl <= 0) return;
        Key key = new Key(name, type);
        Entry<V> entry = new Entry<>(value, now(), Math.min(ttl, TTL_MAX));
        long size = octets(key, entry);
        Shard<V> shard = shard(key);
        synchronized (shard) {
            Entry<V> old = shard.entries.put(key, entry);
            shard.octets += size - (old == null ? 0 : octets(key, old));
            Iterator<Map.Entry<Key, Entry<V>>> oldest = shard.entries.entrySet().iterator();
            while (shard.octets > octetsMax / SHARDS && oldest.hasNext()) {
                Map.Entry<Key, Entry<V>> victim = oldest.next();
                shard.octets -= octets(victim.getKey(), victim.getValue());
                oldest.remove();
            }
        }
    }

    void remove(Name name, int type) {
        Key key = new Key(name, type);
        Shard<V> shard = shard(key);
        synchronized (shard) {
            Entry<V> old = shard.entries.remove(key);
            if (old != null) shard.octets -= octets(key, old);
        }
    }

    /// Removes what is kept at and below a name; returns how many.
    int removeUnder(Name name) {
        int removed = 0;
        for (Shard<V> shard : shards) {
            synchronized (shard) {
                Iterator<Map.Entry<Key, Entry<V>>> all = shard.entries.entrySet().iterator();
                while (all.hasNext()) {
                    Map.Entry<Key, Entry<V>> each = all.next();
                    if (!each.getKey().name.isUnder(name)) continue;
                    shard.octets -= octets(each.getKey(), each.getValue());
                    all.remove();
                    removed++;
                }
            }
        }
        return removed;
    }

    void clear() {
        for (Shard<V> shard : shards) {
            synchronized (shard) {
                shard.entries.clear();
                shard.octets = 0;
            }
        }
    }

    long octets() {
        long sum = 0;
        for (Shard<V> shard : shards) {
            synchronized (shard) {
                sum += shard.octets;
            }
        }
        return sum;
    }

    int size() {
        int sum = 0;
        for (Shard<V> shard : shards) {
            synchronized (shard) {
                sum += shard.entries.size();
            }
        }
        return sum;
    }

    private long octets(Key key, Entry<V> entry) {
        return 160 + key.name.length() + weight.applyAsLong(entry.value);
    }

    /// About what RRsets take on the heap.
    static long octets(List<RRset> sets) {
        long sum = 40;
        for (RRset set : sets) {
            sum += 120 + set.owner().length();
            for (byte[] rdata : set.rdata()) sum += 24 + rdata.length;
            for (byte[] rdata : set.signatures()) sum += 24 + rdata.length;
        }
        return sum;
    }

    static List<RRset> aged(List<RRset> sets, int age) {
        if (age == 0 || sets.isEmpty()) return sets;
        return sets.stream().map(set -> set.withTtl(Math.max(0, set.ttl() - age))).toList();
    }
}
