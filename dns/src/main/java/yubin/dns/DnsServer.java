package yubin.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import yubin.wire.Listener;

/// The doors of the map room: questions of clients over UDP and TCP and over TLS, answered from our
/// own zones for everybody, and by the resolver for the networks of our clients. Others are
/// REFUSED.
public final class DnsServer implements AutoCloseable {
    /// One for each address; the cores have letters to carry.
    private static final int UDP_THREADS = 1;

    private final Front front;
    private final Authority zones;
    private final List<DnsListener> listeners = new CopyOnWriteArrayList<>();

    /// @param clients networks that the resolver works for
    /// @param rateLimit UDP answers a second to each network that is none of them; 0: no limit
    /// @param minimalResponses leave out what was not asked for
    public record Settings(Networks clients, int rateLimit, boolean minimalResponses) {}

    /// @param resolver one that asks name servers
    /// @param zones answers for our own
    public DnsServer(Resolver resolver, Authority zones, Settings settings) {
        this.zones = zones;
        if (settings.minimalResponses) zones.minimalResponses();
        this.front =
                new Front(
                        resolver.recursion(),
                        resolver.inquiries(),
                        resolver.hosts(),
                        zones,
                        settings.clients,
                        settings.rateLimit,
                        Front.Limited.STRANGERS,
                        settings.minimalResponses);
    }

    /// Publishes these zones from now on, and no others. What the resolver knew of their names is
    /// no longer shown.
    public void publish(Collection<Zone> newZones) {
        zones.replace(newZones);
        front.clearTable();
    }

    /// Answers at an address (port 0: any free one) over UDP and TCP, and returns it.
    ///
    /// @throws IOException when it is occupied or not ours
    public InetSocketAddress open(InetSocketAddress at) throws IOException {
        DnsListener listener = DnsListener.open(at, front, UDP_THREADS);
        listeners.add(listener);
        return listener.address();
    }

    /// What is spoken on a connection with TLS (RFC 7858), for a [Listener].
    public Listener.Session overTls() {
        return new DnsOverTls(front);
    }

    /// Questions that come by HTTPS, for who owns the web server.
    public DnsOverHttps overHttps() {
        return new DnsOverHttps(front);
    }

    /// Forgets finished answers. What they were made from is the resolver's ([Resolver#flush]).
    public void flush() {
        front.clearTable();
    }

    /// Octets of finished answers that are kept.
    public long tableOctets() {
        return front.tableOctets();
    }

    @Override
    public void close() {
        for (DnsListener listener : listeners) listener.close();
    }
}
