package yubin.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
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
/// @param anchorsFile where what became of the anchors is kept (RFC 5011); null: they stay as they
///     are
/// @param insecure names below which nothing is validated
/// @param clock for TTLs and signatures
/// @param aggressive proofs of absence answer for all that they cover (RFC 8198)
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
        Path anchorsFile,
        Set<Name> insecure,
        InstantSource clock,
        boolean aggressive,
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

    /// As a resolver on the Internet has it.
    public static RecursionSettings defaults(InstantSource clock) {
        return new Builder(clock).build();
    }

    /// The same with some of it changed.
    public Builder change() {
        Builder builder = new Builder(clock);
        builder.rootHints = rootHints;
        builder.stubs = stubs;
        builder.forwards = forwards;
        builder.anchors = anchors;
        builder.anchorsFile = anchorsFile;
        builder.insecure = insecure;
        builder.aggressive = aggressive;
        builder.minimise = minimise;
        builder.ipv4 = ipv4;
        builder.ipv6 = ipv6;
        builder.prime = prime;
        builder.allowPrivate = allowPrivate;
        builder.cookies = cookies;
        builder.case0x20 = case0x20;
        builder.oldAlgorithms = oldAlgorithms;
        builder.deadline = deadline;
        builder.cacheOctets = cacheOctets;
        builder.port = port;
        builder.sending = sending;
        return builder;
    }

    /// Settings in the making; each word is explained above.
    public static final class Builder {
        private List<Hint> rootHints = RootHints.BUILT_IN;
        private Map<Name, List<InetSocketAddress>> stubs = Map.of();
        private Map<Name, List<InetSocketAddress>> forwards = Map.of();
        private List<RRset> anchors = RootHints.anchors();
        private Path anchorsFile;
        private Set<Name> insecure = Set.of();
        private final InstantSource clock;
        private boolean aggressive = true;
        private boolean minimise = true;
        private boolean ipv4 = true;
        private boolean ipv6 = true;
        private boolean prime = true;
        private boolean allowPrivate;
        private boolean cookies = true;
        private boolean case0x20;
        private boolean oldAlgorithms;
        private Duration deadline = Duration.ofSeconds(5);
        private long cacheOctets = 64 << 20;
        private int port = 53;
        private Sending sending = Sending.DEFAULT;

        private Builder(InstantSource clock) {
            this.clock = clock;
        }

        public Builder rootHints(List<Hint> now) {
            rootHints = List.copyOf(now);
            return this;
        }

        public Builder stubs(Map<Name, List<InetSocketAddress>> now) {
            stubs = Map.copyOf(now);
            return this;
        }

        public Builder forwards(Map<Name, List<InetSocketAddress>> now) {
            forwards = Map.copyOf(now);
            return this;
        }

        public Builder anchors(List<RRset> now) {
            anchors = List.copyOf(now);
            return this;
        }

        public Builder anchorsFile(Path now) {
            anchorsFile = now;
            return this;
        }

        public Builder insecure(Set<Name> now) {
            insecure = Set.copyOf(now);
            return this;
        }

        public Builder aggressive(boolean now) {
            aggressive = now;
            return this;
        }

        public Builder minimise(boolean now) {
            minimise = now;
            return this;
        }

        public Builder ipv4(boolean now) {
            ipv4 = now;
            return this;
        }

        public Builder ipv6(boolean now) {
            ipv6 = now;
            return this;
        }

        public Builder prime(boolean now) {
            prime = now;
            return this;
        }

        public Builder allowPrivate(boolean now) {
            allowPrivate = now;
            return this;
        }

        public Builder cookies(boolean now) {
            cookies = now;
            return this;
        }

        public Builder case0x20(boolean now) {
            case0x20 = now;
            return this;
        }

        public Builder oldAlgorithms(boolean now) {
            oldAlgorithms = now;
            return this;
        }

        public Builder deadline(Duration now) {
            deadline = now;
            return this;
        }

        public Builder cacheOctets(long now) {
            cacheOctets = now;
            return this;
        }

        public Builder port(int now) {
            port = now;
            return this;
        }

        public Builder sending(Sending now) {
            sending = now;
            return this;
        }

        public RecursionSettings build() {
            return new RecursionSettings(
                    rootHints,
                    stubs,
                    forwards,
                    anchors,
                    anchorsFile,
                    insecure,
                    clock,
                    aggressive,
                    minimise,
                    ipv4,
                    ipv6,
                    prime,
                    allowPrivate,
                    cookies,
                    case0x20,
                    oldAlgorithms,
                    deadline,
                    cacheOctets,
                    port,
                    sending);
        }
    }
}
