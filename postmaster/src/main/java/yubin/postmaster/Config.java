package yubin.postmaster;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import yubin.mail.Domain;
import yubin.zones.ZoneSettings;

/// What is needed to start: the contents of `yubin.toml`, every default filled in.
///
/// @param file where it was read; null when there was none and everything is a default
/// @param data the data folder, absolute
/// @param listen for every service, where it listens; an empty list is off
/// @param named the services whose key the file has
/// @param certificate PEM file, absolute; null when a self-signed pair is to be made
/// @param key PEM file, absolute; null exactly when `certificate` is
record Config(
        Path file,
        Domain hostname,
        Path data,
        Map<Service, List<InetSocketAddress>> listen,
        Set<Service> named,
        Path certificate,
        Path key,
        Plaintext plaintext,
        Sender sender,
        long messageOctetsMax,
        int connectionsPerAddressMax,
        ResolverConfig resolver,
        ZoneSettings zones,
        HttpConfig http) {

    /// Where passwords may be given on a connection without TLS.
    enum Plaintext {
        NEVER,
        LOOPBACK,
        ALWAYS
    }

    /// Which envelope senders and From addresses a login may use.
    enum Sender {
        OWN,
        ANY
    }

    static final long MESSAGE_OCTETS_DEFAULT = 50L << 20;
    static final int CONNECTIONS_PER_ADDRESS_DEFAULT = 1000;

    Config {
        listen = Map.copyOf(listen);
        named = Set.copyOf(named);
    }

    /// True when `service` listens by default only: an address family that this machine lacks is
    /// then passed over in silence.
    boolean byDefault(Service service) {
        return !named.contains(service);
    }
}
