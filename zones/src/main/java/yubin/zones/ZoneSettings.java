package yubin.zones;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import yubin.dns.TsigKey;
import yubin.mail.Domain;

/// What the configuration says about what we publish.
///
/// @param hostname of this post office: where MX and the services lead
/// @param addresses of it, as the world sees them
/// @param nameServers of every zone, the primary first; empty: `hostname` alone
/// @param secondaries servers that get our zones and are told of changes
/// @param keys shared with them
/// @param contact mail address of who answers for the zones; null: hostmaster of each zone
/// @param authorities that may issue certificates (CAA); empty: any
/// @param dmarc policy to ask for: none, quarantine or reject
/// @param mtaSts mode of the MTA-STS policy: none (publish nothing), testing or enforce
/// @param mtaStsObstacle why that policy cannot be published; null: nothing is in its way
/// @param services port of each one offered, by its name in SRV records (RFC 6186)
/// @param keyAge after which a zone's key is replaced; zero: never by itself
public record ZoneSettings(
        Domain hostname,
        List<InetAddress> addresses,
        List<Domain> nameServers,
        List<Secondary> secondaries,
        List<TsigKey> keys,
        String contact,
        List<String> authorities,
        String dmarc,
        String mtaSts,
        String mtaStsObstacle,
        Map<String, Integer> services,
        Duration keyAge) {
    /// @param keyName of the TSIG key that it signs with; null: its address is enough
    public record Secondary(InetSocketAddress address, String keyName) {}

    /// Of a mail client, in the order in which they are published. RFC 6186, RFC 8314 §5.1.
    public static final List<String> SERVICES =
            List.of("submissions", "submission", "imaps", "imap", "pop3s", "pop3");

    public ZoneSettings {
        addresses = List.copyOf(addresses);
        nameServers = nameServers.isEmpty() ? List.of(hostname) : List.copyOf(nameServers);
        secondaries = List.copyOf(secondaries);
        keys = List.copyOf(keys);
        authorities = List.copyOf(authorities);
        services = Map.copyOf(services);
    }

    /// With nothing but a name and addresses.
    public static ZoneSettings of(Domain hostname, List<InetAddress> addresses) {
        return new ZoneSettings(
                hostname,
                addresses,
                List.of(),
                List.of(),
                List.of(),
                null,
                List.of(),
                "none",
                "none",
                null,
                Map.of("submissions", 465, "submission", 587, "imaps", 993),
                Duration.ofDays(365));
    }

    /// True when there is a policy, and the world can fetch it.
    boolean publishesMtaSts() {
        return !mtaSts.equals("none") && mtaStsObstacle == null;
    }

    /// Null when there is no such key.
    TsigKey key(String name) {
        for (TsigKey key : keys) {
            if (key.name().host().equalsIgnoreCase(name)) return key;
        }
        return null;
    }
}
