package yubin.postmaster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;
import yubin.dns.FileClock;
import yubin.dns.FixedAnswers;
import yubin.dns.Name;
import yubin.dns.Networks;
import yubin.dns.RRset;
import yubin.dns.RecursionSettings;
import yubin.dns.ResolverSettings;
import yubin.dns.RootHints;
import yubin.dns.Type;

/// `[resolver]` of yubin.toml, every default filled in. Files that it names are not read yet.
///
/// @param servers recursive servers that are asked; empty: we iterate from the root ourselves
/// @param hosts zone file of fixed answers; null for none
/// @param rootHints the root servers; empty: `rootHintsFile`, or without it the Internet's
/// @param rootHintsFile null for none
/// @param stubs zones with their authoritative servers
/// @param forwards zones with recursive servers
/// @param anchors what to trust; null: `anchorsFile`, or without it the Internet's root keys
/// @param anchorsFile null for none
/// @param followAnchors learn new keys of the zones that are trusted, and forget revoked ones
/// @param insecure names below which nothing is validated
/// @param allowPrivate delegations may lead to private and loopback addresses; null: if the root
///     hints are such addresses
/// @param aggressive proofs of absence answer for all that they cover
/// @param clients networks whose questions are answered
/// @param rateLimit UDP answers a second to each network that is none of `clients`; 0: no limit
/// @param clockFile null for the system's clock
record ResolverConfig(
        List<InetSocketAddress> servers,
        Path hosts,
        List<RecursionSettings.Hint> rootHints,
        Path rootHintsFile,
        Map<Name, List<InetSocketAddress>> stubs,
        Map<Name, List<InetSocketAddress>> forwards,
        List<RRset> anchors,
        Path anchorsFile,
        boolean followAnchors,
        Set<Name> insecure,
        Boolean allowPrivate,
        boolean aggressive,
        boolean minimise,
        boolean case0x20,
        boolean cookies,
        boolean prefetch,
        boolean prime,
        boolean ipv4,
        boolean ipv6,
        RecursionSettings.Sending sending,
        Duration deadline,
        boolean minimalResponses,
        long cacheOctets,
        Path clockFile,
        Networks clients,
        int rateLimit) {

    static final int RATE_LIMIT_DEFAULT = 100;
    static final long CACHE_OCTETS_DEFAULT = 64 << 20;

    /// Reads the files that are named.
    ///
    /// @throws Trouble naming the key, the file and what is wrong with it
    ResolverSettings settings() throws Trouble {
        InstantSource clock = clockFile == null ? InstantSource.system() : new FileClock(clockFile);
        List<RecursionSettings.Hint> hints = hints();
        boolean isPrivate = false;
        for (RecursionSettings.Hint hint : hints) isPrivate |= hint.isPrivate();
        Map<Name, List<InetSocketAddress>> everyForward = new HashMap<>(forwards);
        if (!servers.isEmpty()) everyForward.put(Name.ROOT, servers);
        RecursionSettings recursion =
                RecursionSettings.defaults(clock)
                        .change()
                        .rootHints(hints)
                        .stubs(stubs)
                        .forwards(everyForward)
                        .anchors(trusted())
                        .insecure(insecure)
                        .aggressive(aggressive)
                        .minimise(minimise)
                        .ipv4(ipv4)
                        .ipv6(ipv6)
                        .prime(prime && servers.isEmpty())
                        .allowPrivate(allowPrivate == null ? isPrivate : allowPrivate)
                        .cookies(cookies)
                        .case0x20(case0x20)
                        .deadline(deadline)
                        .cacheOctets(cacheOctets)
                        .port(hints.getFirst().address().getPort())
                        .sending(sending)
                        .build();
        return new ResolverSettings(recursion, fixedAnswers(), prefetch);
    }

    private List<RecursionSettings.Hint> hints() throws Trouble {
        if (!rootHints.isEmpty()) return rootHints;
        if (rootHintsFile == null) return RootHints.BUILT_IN;
        return read("root-hints", rootHintsFile, RootHints::read);
    }

    private List<RRset> trusted() throws Trouble {
        if (anchors != null) return anchors;
        if (anchorsFile == null) return RootHints.anchors();
        return read("trust-anchors", anchorsFile, RootHints::readAnchors);
    }

    private FixedAnswers fixedAnswers() throws Trouble {
        return hosts == null ? null : read("hosts", hosts, FixedAnswers::read);
    }

    private interface Reader<T> {
        T read(Path file) throws IOException;
    }

    private static <T> T read(String key, Path file, Reader<T> reader) throws Trouble {
        try {
            return reader.read(file);
        } catch (IOException e) {
            String reason = ConfigFile.reason(e);
            String prefix = reason.startsWith(file.toString()) ? "" : file + ": ";
            throw Trouble.server("resolver." + key + ": " + prefix + reason);
        }
    }

    /// Every value in force, for `config check`.
    ObjectNode describe() {
        ObjectNode answer = Json.object();
        put(answer, "servers", servers.isEmpty() ? "none: from the root" : format(servers));
        put(answer, "hosts", hosts == null ? "none" : hosts);
        Object hints =
                rootHints.isEmpty()
                        ? rootHintsFile == null ? "the Internet's" : rootHintsFile
                        : format(rootHints.stream().map(RecursionSettings.Hint::address).toList());
        put(answer, "root-hints", hints);
        put(answer, "stubs", format(stubs));
        put(answer, "forwards", format(forwards));
        Object trusted =
                anchors == null
                        ? anchorsFile == null ? "the Internet's" : anchorsFile
                        : anchors.isEmpty() ? "none: nothing is validated" : anchorsText(anchors);
        put(answer, "trust-anchors", trusted);
        put(answer, "follow-anchors", followAnchors);
        put(answer, "insecure", list(insecure.stream().map(Name::host).sorted().toList()));
        put(
                answer,
                "allow-private",
                allowPrivate == null ? "if the root is private" : allowPrivate);
        put(answer, "aggressive", aggressive);
        put(answer, "qname-minimisation", minimise);
        put(answer, "case-0x20", case0x20);
        put(answer, "cookies", cookies);
        put(answer, "prefetch", prefetch);
        put(answer, "prime", prime);
        put(answer, "edns-size", sending.ednsOctets());
        boolean chosen = sending.portLeast() > 0;
        String range = sending.portLeast() + "-" + sending.portMost();
        put(answer, "ports", chosen ? range : "the system chooses");
        put(answer, "ipv4", ipv4);
        put(answer, "ipv6", ipv6);
        put(answer, "tries", sending.tries());
        put(answer, "first-wait", sending.firstWait().toMillis() / 1000.0);
        put(answer, "deadline", deadline.toMillis() / 1000.0);
        put(answer, "minimal-responses", minimalResponses);
        put(answer, "cache", Octets.format(cacheOctets));
        put(answer, "clock-file", clockFile == null ? "none" : clockFile);
        put(answer, "clients", clients);
        put(answer, "rate-limit", rateLimit == 0 ? "off" : rateLimit + " a second");
        return answer;
    }

    private static void put(ObjectNode answer, String key, Object value) {
        answer.setAll(Json.object("resolver." + key, value));
    }

    private static String format(List<InetSocketAddress> addresses) {
        return list(addresses.stream().map(SocketAddresses::format).toList());
    }

    private static String format(Map<Name, List<InetSocketAddress>> zones) {
        return list(
                zones.entrySet().stream()
                        .map(each -> each.getKey() + " at " + format(each.getValue()))
                        .sorted()
                        .toList());
    }

    private static String anchorsText(Collection<RRset> anchors) {
        return list(
                anchors.stream()
                        .map(set -> set.owner() + " " + Type.name(set.type()))
                        .sorted()
                        .toList());
    }

    private static String list(List<String> texts) {
        return texts.isEmpty() ? "none" : String.join(", ", texts);
    }
}
