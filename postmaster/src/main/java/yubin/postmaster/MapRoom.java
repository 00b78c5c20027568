package yubin.postmaster;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import yubin.dns.Authority;
import yubin.dns.Resolver;
import yubin.dns.Zone;
import yubin.ledger.Counters;

/// The DNS of a running post office: the resolver that its rooms ask, and the zones that it
/// publishes.
final class MapRoom implements AutoCloseable {
    private final Resolver resolver;
    private final Authority authority = new Authority(List.of());

    MapRoom(Resolver resolver) {
        this.resolver = resolver;
    }

    Resolver resolver() {
        return resolver;
    }

    /// Publishes these zones from now on, and no others. A zone never changes: whoever makes a new
    /// version hands in all zones again, at any time and on any thread; each answer shows the old
    /// ones or the new ones.
    void publish(Collection<Zone> zones) {
        authority.replace(zones);
    }

    /// What was counted since the start, and what the caches hold, by name.
    SortedMap<String, Long> stats() {
        SortedMap<String, Long> stats = new TreeMap<>();
        Counters.all()
                .forEach(
                        (name, value) -> {
                            if (name.startsWith("dns."))
                                stats.put(name.substring("dns.".length()), value);
                        });
        return stats;
    }

    @Override
    public void close() {
        authority.close();
        resolver.close();
    }
}
