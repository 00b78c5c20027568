package yubin.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import yubin.ledger.Counters;
import yubin.mail.Domain;

/// Asks the DNS for the rooms. Safe for many threads; blocks the calling one until its deadline.
///
/// Order: fixed answers, then the cache, then name servers, by its own recursion from the root or
/// through the servers configured; what comes is validated either way.
public final class Resolver implements AutoCloseable {
    /// A person who looks at a trace waits for longer than a letter.
    private static final Duration TRACE_PATIENCE = Duration.ofSeconds(15);

    private static final Counters.Counter ASKED = Counters.of("dns.resolver.asked");
    private static final Counters.Counter FROM_CACHE = Counters.of("dns.resolver.cached");

    private final FixedAnswers hosts;

    /// Both null when nobody is asked.
    private final Recursion recursion;

    private final Inquiries inquiries;
    private volatile boolean sees = true;

    /// @throws IOException when no socket can be had
    public Resolver(ResolverSettings settings) throws IOException {
        this.hosts = settings.hosts();
        this.recursion = settings.recursion() == null ? null : new Recursion(settings.recursion());
        this.inquiries = recursion == null ? null : new Inquiries(recursion, settings.prefetch());
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
        Thread.ofVirtual().name("dns-lookup").start(() -> six.complete(family(host, Type.AAAA)));
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

    /// The name at the end of the aliases of another, where the first of these types is found: the
    /// name itself without any. Lower-case without the final dot.
    public Lookup<String> canonical(String text, int... types) {
        Optional<Name> name = Name.parse(text);
        Lookup<RRset> found = new Lookup.NxDomain<>(false);
        for (int type : types) {
            if (name.isEmpty()) break;
            found = rrset(name.get(), type);
            if (found instanceof Lookup.Answer) break;
        }
        return found.map(set -> set.owner().host());
    }

    /// Where a host's CNAME leads.
    public Lookup<String> alias(String host) {
        return named(host, Type.CNAME, rdata -> host(rdata, 0)).map(List::getFirst);
    }

    /// Host names of an address (RFC 1035 §3.5), lower-case without the final dot.
    public Lookup<List<String>> ptr(InetAddress address) {
        return named(reverse(address), Type.PTR, rdata -> host(rdata, 0));
    }

    /// The name under which an address has its PTR records.
    public static String reverse(InetAddress address) {
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
        return name.toString();
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
        return resolve(question, this::outside);
    }

    /// The same, at once and with each step told, for as long as work may go on.
    Resolution traced(Question question, Consumer<String> trace) {
        return resolve(
                question,
                rest -> {
                    if (!rest.equals(question)) trace.accept("    fixed answers lead to " + rest);
                    if (recursion == null) return outside(rest);
                    long end = System.nanoTime() + TRACE_PATIENCE.toNanos();
                    return recursion.resolve(rest, false, new Work(end, trace));
                });
    }

    private Resolution resolve(Question question, Function<Question, Resolution> outside) {
        return hosts == null ? outside.apply(question) : hosts.resolve(question, outside);
    }

    private Resolution outside(Question question) {
        if (inquiries == null) {
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
        Resolution known = inquiries.known(question, false);
        if (known == null) return inquiries.ask(question, false);
        FROM_CACHE.increment();
        return known;
    }

    /// Finds out whether the servers that we forward to hand DNSSEC on to us, and validates nothing
    /// while they do not. True too when we do not forward, or were told to validate nothing.
    ///
    /// @return empty when they did not answer
    public Optional<Boolean> probe() {
        if (recursion == null) return Optional.of(true);
        try {
            long end = System.nanoTime() + recursion.settings.deadline().toNanos();
            boolean before = sees;
            sees = recursion.seesSignatures(new Work(end));
            // What was judged in the other state is judged anew.
            if (before != sees) flush();
            return Optional.of(sees);
        } catch (Trouble e) {
            return Optional.empty();
        }
    }

    /// Looks at the keys of zones with trust anchors where that is due, and follows them.
    /// RFC 5011
    ///
    /// @return how long it may be left alone; zero when there is nothing to follow
    public Duration followAnchors() {
        return recursion == null ? Duration.ZERO : Duration.ofSeconds(recursion.followAnchors());
    }

    /// Forgets what is known of a name and of all below it.
    ///
    /// @return how many answers and delegations were forgotten
    public int flush(Name name) {
        return recursion == null ? 0 : recursion.clear(name) + inquiries.clear(name);
    }

    /// Forgets everything learned: answers, failures, round trip times.
    public void flush() {
        if (recursion == null) return;
        recursion.clear();
        inquiries.clear();
    }

    /// About what the caches take on the heap.
    public long cacheOctets() {
        return recursion == null ? 0 : recursion.cacheOctets();
    }

    /// Answers and delegations that are kept.
    public long cacheEntries() {
        return recursion == null ? 0 : recursion.cacheEntries();
    }

    /// For what answers clients beside us; null when nobody is asked.
    Recursion recursion() {
        return recursion;
    }

    /// Null for none.
    FixedAnswers hosts() {
        return hosts;
    }

    Inquiries inquiries() {
        return inquiries;
    }

    @Override
    public void close() {
        if (recursion != null) recursion.close();
    }
}
