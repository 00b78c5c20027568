package yubin.postmaster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import yubin.dns.Authority;
import yubin.dns.DnsOverHttps;
import yubin.dns.DnsServer;
import yubin.dns.Name;
import yubin.dns.Resolver;
import yubin.dns.ResolverSettings;
import yubin.dns.Transfers;
import yubin.dns.Zone;
import yubin.ledger.Counters;
import yubin.wire.Listener;

/// The DNS of a running post office: the resolver that its rooms and its users ask, and the zones
/// that it publishes.
final class MapRoom implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("yubin.postmaster");

    /// Until the next look, when DNSSEC did not reach us and when nobody answered.
    private static final Duration PROBE_AGAIN = Duration.ofMinutes(10);

    private static final Duration ANCHORS_AGAIN = Duration.ofMinutes(10);

    private static final Duration PROBE_UNANSWERED = Duration.ofSeconds(30);

    private final Resolver resolver;
    private final Authority authority = new Authority(List.of());
    private final DnsServer server;
    private Thread watcher;
    private Thread anchors;

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
    ///
    /// @param data the data folder, where what became of the trust anchors is kept
    static MapRoom open(ResolverConfig config, Path data) throws Trouble {
        ResolverSettings settings = config.settings();
        if (config.followAnchors()) {
            Path file = data.resolve("resolver").resolve("trust-anchors");
            settings =
                    new ResolverSettings(
                            settings.recursion().change().anchorsFile(file).build(),
                            settings.hosts(),
                            settings.prefetch());
        }
        try {
            return new MapRoom(new Resolver(settings), config);
        } catch (IOException e) {
            throw Trouble.server("the resolver cannot start: " + ConfigFile.reason(e));
        }
    }

    /// Watches, beside everything else, whether DNSSEC reaches us through the servers that we
    /// forward to, and says loudly when it does not: then nothing is validated, and letters go on.
    void watch() {
        watcher = Thread.ofVirtual().name("dns-watch").start(this::look);
        anchors = Thread.ofVirtual().name("dns-anchors").start(this::follow);
    }

    /// Follows the trust anchors' zones through changes of their keys. RFC 5011
    private void follow() {
        try {
            while (true) {
                Duration next = resolver.followAnchors();
                if (next.isZero()) return;
                // Not longer: the clock may be one that a test sets, or be corrected.
                Thread.sleep(next.compareTo(ANCHORS_AGAIN) < 0 ? next : ANCHORS_AGAIN);
            }
        } catch (InterruptedException e) {
            // The post office closes.
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the trust anchors are no longer followed", e);
        }
    }

    private void look() {
        boolean told = false;
        try {
            while (true) {
                Optional<Boolean> sees = resolver.probe();
                if (sees.isPresent() && !sees.get() && !told) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the name servers of resolver.servers hand no DNSSEC on to us: NOTHING"
                                    + " IS VALIDATED. Name other servers, or none to resolve from the"
                                    + " root");
                    told = true;
                    server.flush();
                } else if (sees.isPresent() && sees.get()) {
                    if (!told) return;
                    LOG.log(System.Logger.Level.WARNING, "DNSSEC reaches us: validating again");
                    told = false;
                    server.flush();
                }
                Thread.sleep(told ? PROBE_AGAIN : PROBE_UNANSWERED);
            }
        } catch (InterruptedException e) {
            // The post office closes.
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

    /// Hands zones to secondaries from now on, and takes what primaries tell; to be said before
    /// anything is published.
    void transfers(Transfers rules) {
        authority.transfers(rules);
    }

    /// Answers clients over UDP and TCP at an address, and returns it with its real port.
    InetSocketAddress listen(InetSocketAddress at) throws IOException {
        return server.open(at);
    }

    /// What is spoken over TLS.
    Listener.Session overTls() {
        return server.overTls();
    }

    /// What the web server's `/dns-query` asks.
    DnsOverHttps overHttps() {
        return server.overHttps();
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
        if (watcher != null) watcher.interrupt();
        if (anchors != null) anchors.interrupt();
        server.close();
        authority.close();
        resolver.close();
    }
}
