package yubin.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How a [Recursion] works.
///
/// @param rootHints where to begin
/// @param stubs zones whose authoritative servers are given
/// @param forwards names that are asked of recursive servers
/// @param anchors DS or DNSKEY RRsets to trust; none: nothing is validated
/// @param insecure names below which nothing is validated
/// @param clock for TTLs and signatures
/// @param minimise ask each zone no more of the name than it needs (RFC 9156)
/// @param prime ask the root servers for their current list first (RFC 8109)
/// @param allowPrivate servers may have private and loopback addresses
/// @param oldAlgorithms RSA/SHA-1 and DSA signatures count; otherwise zones with only those are
///     insecure
/// @param deadline of one resolution as the asker sees it
/// @param cacheOctets bound of the cache of links
/// @param port of servers found by delegation: 53 but in tests
/// @param sending how questions go out
public record RecursionSettings(
        List<Hint> rootHints,
        Map<Name, List<InetSocketAddress>> stubs,
        Map<Name, List<InetSocketAddress>> forwards,
        List<RRset> anchors,
        Set<Name> insecure,
        InstantSource clock,
        boolean minimise,
        boolean ipv4,
        boolean ipv6,
        boolean prime,
        boolean allowPrivate,
        boolean cookies,
        boolean case0x20,
        boolean oldAlgorithms,
        Duration deadline,
        long cacheOctets,
        int port,
        Sending sending) {
    /// A root server's name and one address of it.
    public record Hint(Name name, InetSocketAddress address) {
        /// True for an address that the Internet does not lead to.
        public boolean isPrivate() {
            return isPrivate(address.getAddress());
        }

        static boolean isPrivate(InetAddress address) {
            boolean uniqueLocal =
                    address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
            return address.isLoopbackAddress()
                    || address.isSiteLocalAddress()
                    || address.isLinkLocalAddress()
                    || address.isAnyLocalAddress()
                    || address.isMulticastAddress()
                    || uniqueLocal;
        }
    }

    /// @param ednsOctets the largest datagram that we take, 512 to 4096
    /// @param portLeast the first UDP port that questions may leave from; 0: the system chooses
    /// @param portMost the last one
    /// @param tries that a silent server is asked, each waiting twice as long as the one before
    /// @param firstWait for a server whose speed is not known yet
    public record Sending(
            int ednsOctets, int portLeast, int portMost, int tries, Duration firstWait) {
        public static final Sending DEFAULT =
                new Sending(Edns.UDP_OCTETS, 0, 0, 3, Duration.ofMillis(400));
    }

    static RecursionSettings defaults(InstantSource clock) {
        return new RecursionSettings(
                RootHints.BUILT_IN,
                Map.of(),
                Map.of(),
                RootHints.anchors(),
                Set.of(),
                clock,
                true,
                true,
                true,
                true,
                false,
                true,
                false,
                false,
                Duration.ofSeconds(5),
                64 << 20,
                53,
                Sending.DEFAULT);
    }
}
