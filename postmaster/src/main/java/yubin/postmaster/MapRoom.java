package yubin.postmaster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import yubin.dns.Authority;
import yubin.dns.DnsServer;
import yubin.dns.Name;
import yubin.dns.Resolver;
import yubin.dns.Zone;
import yubin.ledger.Counters;
import yubin.wire.Listener;

/// The DNS of a running post office: the resolver that its rooms and its users ask, and the zones
/// that it publishes.
final class MapRoom implements AutoCloseable {
    private final Resolver resolver;
    private final Authority authority = new Authority(List.of());
    private final DnsServer server;

    private MapRoom(Resolver resolver, ResolverConfig config) {
        this.resolver = resolver;
        this.server =
                new DnsServer(
                        resolver,
                        authority,
                        new DnsServer.Settings(
                                config.clients(), config.rateLimit(), config.minimalResponses()));
    }

    /// Nobody is asked and nothing listens yet.
    static MapRoom open(ResolverConfig config) throws Trouble {
        try {
            return new MapRoom(new Resolver(config.settings()), config);
        } catch (IOException e) {
            throw Trouble.server("the resolver cannot start: " + ConfigFile.reason(e));
        }
    }

    Resolver resolver() {
        return resolver;
    }

    /// Publishes these zones from now on, and no others. A zone never changes: whoever makes a new
    /// version hands in all zones again, at any time and on any thread; each answer shows the old
    /// ones or the new ones.
    void publish(Collection<Zone> zones) {
        server.publish(zones);
    }

    /// Answers clients over UDP and TCP at an address, and returns it with its real port.
    InetSocketAddress listen(InetSocketAddress at) throws IOException {
        return server.open(at);
    }

    /// What is spoken over TLS.
    Listener.Session overTls() {
        return server.overTls();
    }

    /// Forgets what the resolver knows of a name and of all below it; returns how much that was.
    int flush(Name name) {
        server.flush();
        return resolver.flush(name);
    }

    /// What was counted since the start, and what the caches hold, by name.
    SortedMap<String, Long> stats() {
        SortedMap<String, Long> stats = new TreeMap<>();
        Counters.all()
                .forEach(
                        (name, value) -> {
                            if (!name.startsWith("dns.")) return;
                            stats.put(name.substring("dns.".length()), value);
                        });
        stats.put("cache.octets", resolver.cacheOctets() + server.tableOctets());
        stats.put("cache.entries", resolver.cacheEntries());
        return stats;
    }

    /// Nobody new comes in.
    void closeDoors() {
        server.close();
    }

    @Override
    public void close() {
        server.close();
        authority.close();
        resolver.close();
    }
}
