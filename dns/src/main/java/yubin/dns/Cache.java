package yubin.dns;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Answers by name and type until their TTL has passed, bounded by octets; what was not used for
/// longest goes first.
///
/// Ages follow the clock given. When it steps back behind the time of an entry, that entry counts
/// as old: nothing lives longer for a wrong clock.
final class Cache {
    /// Nothing is believed for longer. RFC 8767 §4.
    static final int TTL_MAX = 604_800;

    private static final int SHARDS = 16;

    private record Key(Name name, int type) {}

    /// @param at second of its arrival
    record Entry(Resolution resolution, long at) {
        int age(long now) {
            return (int) Math.min(now - at, Integer.MAX_VALUE);
        }
    }

    private final InstantSource clock;
    private final long octetsMax;
    private final Shard[] shards = new Shard[SHARDS];

    private static final class Shard {
        final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
        long octets;
    }

    Cache(InstantSource clock, long octetsMax) {
        this.clock = clock;
        this.octetsMax = octetsMax;
        for (int i = 0; i < SHARDS; i++) shards[i] = new Shard();
    }

    private Shard shard(Key key) {
        int hash = key.hashCode();
        return shards[(hash ^ hash >>> 16) & SHARDS - 1];
    }

    /// What is known of this question, its TTLs counted down; null when nothing.
    Resolution get(Name name, int type) {
        long now = clock.instant().getEpochSecond();
        Key key = new Key(name, type);
        Shard shard = shard(key);
        Entry entry;
        synchronized (shard) {
            entry = shard.entries.get(key);
        }
        if (entry == null || now < entry.at || entry.age(now) >= entry.resolution.ttl())
            return null;
        return aged(entry.resolution, entry.age(now));
    }

    static Resolution aged(Resolution fresh, int age) {
        if (age == 0) return fresh;
        return new Resolution(
                fresh.kind(),
                aged(fresh.answer(), age),
                aged(fresh.authority(), age),
                fresh.secure(),
                fresh.ttl() - age,
                fresh.why(),
                fresh.extendedError());
    }

    private static List<RRset> aged(List<RRset> sets, int age) {
        return sets.stream().map(set -> set.withTtl(Math.max(0, set.ttl() - age))).toList();
    }

    /// Keeps an outcome for its TTL; one with TTL 0 is not kept.
    void put(Name name, int type, Resolution resolution) {
        if (resolution.ttl() <= 0) return;
        Key key = new Key(name, type);
        Entry entry = new Entry(resolution, clock.instant().getEpochSecond());
        long size = octets(key, entry);
        Shard shard = shard(key);
        synchronized (shard) {
            Entry old = shard.entries.put(key, entry);
            shard.octets += size - (old == null ? 0 : octets(key, old));
            Iterator<Map.Entry<Key, Entry>> oldest = shard.entries.entrySet().iterator();
            while (shard.octets > octetsMax / SHARDS && oldest.hasNext()) {
                Map.Entry<Key, Entry> victim = oldest.next();
                shard.octets -= octets(victim.getKey(), victim.getValue());
                oldest.remove();
            }
        }
    }

    void clear() {
        for (Shard shard : shards) {
            synchronized (shard) {
                shard.entries.clear();
                shard.octets = 0;
            }
        }
    }

    long octets() {
        long sum = 0;
        for (Shard shard : shards) {
            synchronized (shard) {
                sum += shard.octets;
            }
        }
        return sum;
    }

    /// About what it takes on the heap.
    private static long octets(Key key, Entry entry) {
        return 200
                + key.name.length()
                + octets(entry.resolution.answer())
                + octets(entry.resolution.authority());
    }

    static long octets(List<RRset> sets) {
        long sum = 0;
        for (RRset set : sets) {
            sum += 120 + set.owner().length();
            for (byte[] rdata : set.rdata()) sum += 24 + rdata.length;
            for (byte[] rdata : set.signatures()) sum += 24 + rdata.length;
        }
        return sum;
    }
}
