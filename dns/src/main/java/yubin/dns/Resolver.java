package yubin.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import yubin.ledger.Counters;
import yubin.mail.Domain;

/// Asks the DNS for the rooms. Safe for many threads; blocks the calling one until its deadline.
///
/// Order: fixed answers, then the cache, then the servers. Equal questions at the same time share
/// one resolution, which goes on into the cache when its first caller has given up.
public final class Resolver implements AutoCloseable {
    private static final long CACHE_OCTETS = 16 << 20;

    /// Aliases followed through fixed answers.
    private static final int ALIASES_MAX = 12;

    private static final Counters.Counter ASKED = Counters.of("dns.resolver.asked");
    private static final Counters.Counter FROM_CACHE = Counters.of("dns.resolver.cached");

    private final FixedAnswers hosts;
    private final Duration deadline;
    private final Cache<Resolution> cache;
    private final Upstream upstream;
    private final Stub stub;
    private final ConcurrentHashMap<Question, CompletableFuture<Resolution>> running =
            new ConcurrentHashMap<>();

    public Resolver(ResolverSettings settings, InstantSource clock) {
        this.hosts = settings.hosts();
        this.deadline = settings.deadline();
        this.cache = new Cache<>(clock, CACHE_OCTETS, Resolution::octets);
        if (settings.servers().isEmpty()) {
            upstream = null;
            stub = null;
        } else {
            try {
                upstream = new Upstream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            stub = new Stub(upstream, settings.servers());
        }
    }

    /// Reads `address[:port]`, `[v6]:port` texts; an empty list means the system's servers
    /// (/etc/resolv.conf), which may be none.
    ///
    /// @throws IllegalArgumentException naming the text that is no address
    public static List<InetSocketAddress> servers(List<String> texts) {
        if (texts.isEmpty()) return systemServers();
        return texts.stream().map(Resolver::server).toList();
    }

    private static InetSocketAddress server(String text) {
        String host = text.strip();
        int port = 53;
        int colon = host.lastIndexOf(':');
        boolean bracketed = host.startsWith("[");
        boolean hasPort =
                bracketed ? host.contains("]:") : colon >= 0 && host.indexOf(':') == colon;
        try {
            if (hasPort) {
                port = Integer.parseInt(host.substring(colon + 1));
                host = host.substring(0, colon);
            }
            if (bracketed != host.endsWith("]")) throw new IllegalArgumentException("bracket");
            if (bracketed) host = host.substring(1, host.length() - 1);
            if (port < 1 || port > 65_535) throw new IllegalArgumentException("port " + port);
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("not an address[:port]: " + text, e);
        }
    }

    private static List<InetSocketAddress> systemServers() {
        Path file = Path.of("/etc/resolv.conf");
        List<InetSocketAddress> found = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                String[] words = line.strip().split("\\s+");
                if (words.length < 2 || !words[0].equals("nameserver")) continue;
                try {
                    found.add(new InetSocketAddress(InetAddress.ofLiteral(words[1]), 53));
                } catch (IllegalArgumentException e) {
                    // A line that nobody could use.
                }
            }
        } catch (IOException e) {
            // No file, no servers.
        }
        return found;
    }

    /// Mail exchangers of a domain, sorted by preference; [Mx#isNull] may be among them.
    public Lookup<List<Mx>> mx(Domain domain) {
        return named(domain.ascii(), Type.MX, rdata -> new Mx(Rdata.u16(rdata, 0), host(rdata, 2)))
                .map(list -> list.stream().sorted().toList());
    }

    /// IPv4 and IPv6 addresses of a host, aliases followed. Secure only if both answers are.
    ///
    /// When one family has addresses, trouble with the other is not reported.
    public Lookup<List<InetAddress>> addresses(String host) {
        CompletableFuture<Lookup<List<InetAddress>>> six = new CompletableFuture<>();
        Thread.startVirtualThread(() -> six.complete(family(host, Type.AAAA)));
        Lookup<List<InetAddress>> four = family(host, Type.A);
        return merge(four, six.join());
    }

    private Lookup<List<InetAddress>> family(String host, int type) {
        try {
            return named(host, type, Resolver::address);
        } catch (RuntimeException e) {
            return new Lookup.Unavailable<>("our own mistake: " + e, Duration.ofMinutes(5));
        }
    }

    private static Lookup<List<InetAddress>> merge(
            Lookup<List<InetAddress>> four, Lookup<List<InetAddress>> six) {
        if (four instanceof Lookup.Answer<List<InetAddress>> a) {
            if (six instanceof Lookup.Answer<List<InetAddress>> b) {
                List<InetAddress> both = new ArrayList<>(a.value());
                both.addAll(b.value());
                Duration ttl = a.ttl().compareTo(b.ttl()) < 0 ? a.ttl() : b.ttl();
                return new Lookup.Answer<>(both, a.secure() && b.secure(), ttl);
            }
            boolean secure = six instanceof Lookup.NoData<?>(var proven) && proven;
            return new Lookup.Answer<>(a.value(), a.secure() && secure, a.ttl());
        }
        if (six instanceof Lookup.Answer<List<InetAddress>> b) {
            boolean secure = four instanceof Lookup.NoData<?>(var proven) && proven;
            return new Lookup.Answer<>(b.value(), b.secure() && secure, b.ttl());
        }
        return rank(four) >= rank(six) ? four : six;
    }

    /// Which of two empty outcomes to report: not knowing goes before knowing that there is none.
    private static int rank(Lookup<?> lookup) {
        return switch (lookup) {
            case Lookup.Unavailable<?> _ -> 4;
            case Lookup.Bogus<?> _ -> 3;
            case Lookup.NoData<?> _ -> 2;
            case Lookup.NxDomain<?> _ -> 1;
            case Lookup.Answer<?> _ -> 0;
        };
    }

    private static InetAddress address(byte[] rdata) {
        try {
            return InetAddress.getByAddress(rdata);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// TXT records, the strings of each joined without separator, octets as ISO 8859-1.
    public Lookup<List<String>> txt(String name) {
        return named(name, Type.TXT, Resolver::joined);
    }

    private static String joined(byte[] rdata) {
        StringBuilder text = new StringBuilder(rdata.length);
        for (int at = 0; at < rdata.length; at += 1 + (rdata[at] & 0xff)) {
            text.append(new String(rdata, at + 1, rdata[at] & 0xff, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    /// TLSA records of a name such as `_25._tcp.mx.example.com`.
    public Lookup<List<Tlsa>> tlsa(String name) {
        return named(
                name,
                Type.TLSA,
                rdata ->
                        new Tlsa(
                                rdata[0] & 0xff,
                                rdata[1] & 0xff,
                                rdata[2] & 0xff,
                                Arrays.copyOfRange(rdata, 3, rdata.length)));
    }

    /// Host names of an address (RFC 1035 §3.5), lower-case without the final dot.
    public Lookup<List<String>> ptr(InetAddress address) {
        byte[] octets = address.getAddress();
        StringBuilder name = new StringBuilder(80);
        for (int i = octets.length - 1; i >= 0; i--) {
            if (address instanceof Inet4Address) {
                name.append(octets[i] & 0xff).append('.');
            } else {
                name.append(Character.forDigit(octets[i] & 15, 16)).append('.');
                name.append(Character.forDigit(octets[i] >> 4 & 15, 16)).append('.');
            }
        }
        name.append(address instanceof Inet4Address ? "in-addr.arpa." : "ip6.arpa.");
        return named(name.toString(), Type.PTR, rdata -> host(rdata, 0));
    }

    /// Any RRset, aliases followed: the owner of the answer is the canonical name.
    public Lookup<RRset> rrset(Name name, int type) {
        return lookup(resolve(new Question(name, type)), type);
    }

    private interface Reader<T> {
        T read(byte[] rdata);
    }

    private <T> Lookup<List<T>> named(String text, int type, Reader<T> reader) {
        // A name that cannot be written in the DNS cannot exist in it.
        return Name.parse(text)
                .map(name -> rrset(name, type).map(set -> values(set, reader)))
                .orElseGet(() -> new Lookup.NxDomain<>(false));
    }

    private static <T> List<T> values(RRset set, Reader<T> reader) {
        List<T> values = new ArrayList<>(set.rdata().size());
        for (byte[] rdata : set.rdata()) values.add(reader.read(rdata));
        return values;
    }

    private static String host(byte[] rdata, int at) {
        return Rdata.nameAt(rdata, at).host();
    }

    private static Lookup<RRset> lookup(Resolution resolution, int type) {
        return switch (resolution.kind()) {
            case ANSWER ->
                    new Lookup.Answer<>(
                            resolution.last(type),
                            resolution.secure(),
                            Duration.ofSeconds(resolution.ttl()));
            case NODATA -> new Lookup.NoData<>(resolution.secure());
            case NXDOMAIN -> new Lookup.NxDomain<>(resolution.secure());
            case BOGUS -> new Lookup.Bogus<>(resolution.why());
            case FAILED ->
                    new Lookup.Unavailable<>(
                            resolution.why(), Duration.ofSeconds(Math.max(1, resolution.ttl())));
        };
    }

    /// Fixed answers first, then cache and servers; an alias may lead from one to the other.
    private Resolution resolve(Question question) {
        ASKED.increment();
        List<RRset> chain = new ArrayList<>(2);
        Set<Name> seen = new HashSet<>();
        Name name = question.name();
        int ttl = Cache.TTL_MAX;
        while (hosts != null && seen.add(name) && seen.size() <= ALIASES_MAX) {
            List<RRset> held = hosts.at(name);
            if (held == null) break;
            RRset set = Message.find(held, name, question.type());
            if (set == null) set = wildcard(held, name, question.type());
            if (set == null) set = wildcard(held, name, Type.CNAME);
            if (set == null) {
                return new Resolution(
                        Resolution.Kind.NODATA, chain, List.of(), false, 3600, "", -1);
            }
            chain.add(set);
            ttl = Math.min(ttl, set.ttl());
            if (set.type() == question.type()) {
                return new Resolution(Resolution.Kind.ANSWER, chain, List.of(), false, ttl, "", -1);
            }
            name = Rdata.nameAt(set.rdata().getFirst(), 0);
        }
        boolean held = hosts != null && hosts.at(name) != null;
        if (held) {
            return Resolution.failed(
                    "aliases of " + question.name().host() + " run in a circle", 60, -1);
        }
        Resolution rest = outside(new Question(name, question.type()));
        if (chain.isEmpty()) return rest;
        chain.addAll(rest.answer());
        return new Resolution(
                rest.kind(),
                chain,
                rest.authority(),
                false,
                Math.min(ttl, rest.ttl()),
                rest.why(),
                rest.extendedError());
    }

    private static RRset wildcard(List<RRset> held, Name name, int type) {
        for (RRset set : held) {
            if (set.type() == type && !set.rdata().isEmpty()) return set.withOwner(name);
        }
        return null;
    }

    private Resolution outside(Question question) {
        if (stub == null) {
            boolean empty = hosts != null && hosts.isEmptyNonTerminal(question.name());
            return new Resolution(
                    empty ? Resolution.Kind.NODATA : Resolution.Kind.NXDOMAIN,
                    List.of(),
                    List.of(),
                    false,
                    3600,
                    "",
                    -1);
        }
        Cache.Entry<Resolution> known = cache.fresh(question.name(), question.type());
        if (known != null) {
            FROM_CACHE.increment();
            return known.value().aged(known.age(cache.now()));
        }
        CompletableFuture<Resolution> mine = new CompletableFuture<>();
        CompletableFuture<Resolution> shared = running.putIfAbsent(question, mine);
        if (shared == null) {
            shared = mine;
            long end = System.nanoTime() + deadline.toNanos();
            Thread.ofVirtual().name("dns-lookup").start(() -> work(question, end, mine));
        }
        return await(shared, question);
    }

    private void work(Question question, long end, CompletableFuture<Resolution> mine) {
        Resolution resolution = null;
        try {
            resolution = stub.resolve(question, end);
            if (resolution.kind() != Resolution.Kind.FAILED) {
                cache.put(question.name(), question.type(), resolution, resolution.ttl());
            }
        } finally {
            // Cached before it leaves the list, so that the next asker finds it in one of them.
            running.remove(question, mine);
            mine.complete(
                    resolution != null
                            ? resolution
                            : Resolution.failed("our own mistake in the resolver", 300, -1));
        }
    }

    private Resolution await(CompletableFuture<Resolution> shared, Question question) {
        try {
            return shared.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Resolution.failed(
                    "no answer for "
                            + question.name().host()
                            + " within "
                            + deadline.toSeconds()
                            + " s",
                    30,
                    22);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Resolution.failed("interrupted", 1, -1);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (upstream != null) upstream.close();
    }
}
