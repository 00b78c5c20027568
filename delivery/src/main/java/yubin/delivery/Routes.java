package yubin.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import yubin.directory.Directory;
import yubin.directory.Route;
import yubin.dns.Lookup;
import yubin.dns.Mx;
import yubin.dns.Resolver;
import yubin.dns.Tlsa;
import yubin.dns.Type;
import yubin.mail.Domain;
import yubin.mail.Reply;

/// Finds the hosts for a domain: a fixed route, the smart host, an address literal, or the DNS by
/// RFC 5321 §5.1.
final class Routes {
    /// Hosts of a domain that are looked up.
    private static final int HOSTS_MAX = 10;

    /// Addresses that are tried in one attempt.
    private static final int ADDRESSES_MAX = 20;

    /// Asks for a fixed route: the directory.
    @FunctionalInterface
    interface FixedRoutes {
        Optional<Route> route(Domain domain) throws IOException;
    }

    /// The questions that the DNS is asked.
    ///
    /// @param exchange the name at the end of a mail domain's aliases, where its MX records stand
    /// @param canonical the name at the end of a host's aliases, where its addresses stand
    /// @param alias where a host's first alias leads
    record Names(
            Function<Domain, Lookup<List<Mx>>> mx,
            Function<String, Lookup<List<InetAddress>>> addresses,
            Function<String, Lookup<String>> exchange,
            Function<String, Lookup<String>> canonical,
            Function<String, Lookup<String>> alias,
            Function<String, Lookup<List<Tlsa>>> tlsa) {
        static Names of(Resolver resolver) {
            return new Names(
                    resolver::mx,
                    resolver::addresses,
                    domain -> resolver.canonical(domain, Type.MX),
                    host -> resolver.canonical(host, Type.A, Type.AAAA),
                    resolver::alias,
                    resolver::tlsa);
        }
    }

    private final Names names;
    private final FixedRoutes fixed;
    private final Domain hostname;
    private final int port;
    private final Predicate<InetSocketAddress> isOurs;
    private final Random random;

    /// @param port of the hosts that the DNS names: 25
    /// @param isOurs true for an address where we listen ourselves
    Routes(
            Names names,
            FixedRoutes fixed,
            Domain hostname,
            int port,
            Predicate<InetSocketAddress> isOurs,
            Random random) {
        this.names = names;
        this.fixed = fixed;
        this.hostname = hostname;
        this.port = port;
        this.isOurs = isOurs;
        this.random = random;
    }

    static Routes of(
            Resolver resolver,
            Directory directory,
            Domain hostname,
            int port,
            Predicate<InetSocketAddress> isOurs) {
        return new Routes(
                Names.of(resolver), directory::route, hostname, port, isOurs, new Random());
    }

    Way find(Domain domain) {
        Optional<Route> route;
        try {
            route = fixed.route(domain);
        } catch (IOException e) {
            return later("4.3.0", "the routes cannot be read: " + e.getMessage());
        }
        if (route.isPresent()) return byRoute(route.get());
        if (domain.isLiteral()) return byLiteral(domain);
        return byMx(domain);
    }

    /// A fixed route: the addresses of its host, never its MX.
    private Way byRoute(Route route) {
        Optional<InetAddress> literal = address(route.host());
        if (literal.isPresent()) {
            InetSocketAddress at = new InetSocketAddress(literal.get(), route.port());
            if (isOurs.test(at)) return loop(route.host());
            return new Way.Hosts(List.of(new Host(route.host(), at)), route);
        }
        return switch (names.addresses().apply(route.host())) {
            case Lookup.Answer<List<InetAddress>>(var addresses, _, _) -> {
                List<Host> hosts = new ArrayList<>();
                // A login has its own demands on the certificate.
                Dane.Candidate dane =
                        route.user() == null
                                ? candidate(route.host(), List.of(route.host()))
                                : Dane.Candidate.NONE;
                for (InetAddress address : addresses) {
                    InetSocketAddress at = new InetSocketAddress(address, route.port());
                    if (!isOurs.test(at)) hosts.add(new Host(route.host(), at, dane));
                }
                yield hosts.isEmpty() ? loop(route.host()) : new Way.Hosts(hosts, route);
            }
            // A mistake in our own setup: the letters wait until it is mended.
            case Lookup.NoData<List<InetAddress>> _, Lookup.NxDomain<List<InetAddress>> _ ->
                    later("4.4.4", "the host " + route.host() + " of the route has no address");
            case Lookup.Bogus<List<InetAddress>>(var why) -> bogus(route.host(), why);
            case Lookup.Unavailable<List<InetAddress>>(var why, _) -> later("4.4.3", why);
        };
    }

    /// `[192.0.2.1]` or `[IPv6:2001:db8::1]`, RFC 5321 §4.1.3.
    private Way byLiteral(Domain domain) {
        String text = domain.ascii().substring(1, domain.ascii().length() - 1);
        String bare = text.startsWith("ipv6:") ? text.substring(5) : text;
        Optional<InetAddress> address = address(bare);
        if (address.isEmpty()) {
            return never("5.1.2", domain + " is no address of a host");
        }
        InetSocketAddress at = new InetSocketAddress(address.get(), port);
        if (isOurs.test(at)) return loop(domain.ascii());
        return new Way.Hosts(List.of(new Host(domain.ascii(), at)), null);
    }

    private Way byMx(Domain domain) {
        return switch (names.mx().apply(domain)) {
            case Lookup.Answer<List<Mx>>(var exchangers, var secure, _) -> {
                List<Mx> usable = new ArrayList<>(exchangers);
                usable.removeIf(Mx::isNull);
                if (usable.isEmpty()) {
                    // RFC 7505 §4.
                    String text = "the domain " + domain.unicode() + " accepts no mail (null MX)";
                    yield new Way.None(Reply.of(556, "5.1.10", text));
                }
                yield byHosts(domain, usable, secure);
            }
            // "as if it was associated with an implicit MX RR, with a preference of 0"
            case Lookup.NoData<List<Mx>>(var secure) ->
                    byHosts(domain, List.of(new Mx(0, domain.ascii())), secure);
            case Lookup.NxDomain<List<Mx>> _ ->
                    never("5.1.2", "the domain " + domain.unicode() + " does not exist");
            case Lookup.Bogus<List<Mx>>(var why) -> bogus(domain.unicode(), why);
            case Lookup.Unavailable<List<Mx>>(var why, _) -> later("4.4.3", why);
        };
    }

    /// Orders the exchangers, leaves out ourselves and everybody behind us, and finds addresses.
    ///
    /// @param secure the exchangers are proven; of others nobody's TLSA records are asked for
    ///     (RFC 7672 §2.2.1)
    private Way byHosts(Domain domain, List<Mx> exchangers, boolean secure) {
        List<Mx> mixed = new ArrayList<>(exchangers);
        Collections.shuffle(mixed, random);
        mixed.sort((a, b) -> Integer.compare(a.preference(), b.preference())); // stable
        List<String> nextHops = secure ? nextHops(domain) : List.of();
        List<Preferred> found = new ArrayList<>();
        int ours = Integer.MAX_VALUE; // our own preference
        Way temporary = null;
        int looked = 0;
        for (Mx mx : mixed) {
            if (mx.preference() >= ours || looked == HOSTS_MAX) break;
            if (mx.host().equals(hostname.ascii())) {
                ours = mx.preference();
                continue;
            }
            looked++;
            switch (names.addresses().apply(mx.host())) {
                case Lookup.Answer<List<InetAddress>>(var addresses, _, _) -> {
                    Dane.Candidate dane =
                            secure ? candidate(mx.host(), nextHops) : Dane.Candidate.NONE;
                    for (InetAddress address : addresses) {
                        InetSocketAddress at = new InetSocketAddress(address, port);
                        if (isOurs.test(at)) ours = Math.min(ours, mx.preference());
                        else {
                            Host host = new Host(mx.host(), at, dane);
                            found.add(new Preferred(mx.preference(), host));
                        }
                    }
                }
                case Lookup.NoData<List<InetAddress>> _, Lookup.NxDomain<List<InetAddress>> _ -> {
                    // An exchanger without address is passed over.
                }
                case Lookup.Bogus<List<InetAddress>>(var why) -> temporary = bogus(mx.host(), why);
                case Lookup.Unavailable<List<InetAddress>>(var why, _) ->
                        temporary = later("4.4.3", why);
            }
        }
        int bound = ours;
        List<Host> hosts =
                found.stream()
                        .filter(p -> p.preference < bound)
                        .limit(ADDRESSES_MAX)
                        .map(Preferred::host)
                        .toList();
        if (!hosts.isEmpty()) return new Way.Hosts(hosts, null);
        if (ours != Integer.MAX_VALUE) return loop(domain.unicode());
        if (temporary != null) return temporary;
        String text = "no mail server of " + domain.unicode() + " has an address";
        return never("5.4.4", text);
    }

    /// The domain and what it is an alias of: names that a certificate may be for.
    private List<String> nextHops(Domain domain) {
        String own = domain.ascii();
        return switch (names.exchange().apply(own)) {
            case Lookup.Answer<String>(var end, _, _) when !end.equals(own) -> List.of(own, end);
            // Without MX records, or nobody knows now: the domain itself.
            default -> List.of(own);
        };
    }

    /// Where the TLSA records of a host may stand, whose addresses were found. RFC 7672 §2.2.2.
    ///
    /// Of a host that is not proven nothing more is asked: many such servers choke on TLSA. One
    /// family of addresses is enough, so that nobody turns DANE off by holding back the other.
    private Dane.Candidate candidate(String host, List<String> nextHops) {
        if (!(names.canonical().apply(host) instanceof Lookup.Answer<String> end)) {
            return Dane.Candidate.NONE;
        }
        boolean isAlias = !end.value().equals(host);
        if (end.secure()) {
            List<String> bases = isAlias ? List.of(end.value(), host) : List.of(host);
            return new Dane.Candidate(bases, nextHops);
        }
        boolean signedAlias =
                isAlias
                        && names.alias().apply(host) instanceof Lookup.Answer<String> first
                        && first.secure();
        return signedAlias ? new Dane.Candidate(List.of(host), nextHops) : Dane.Candidate.NONE;
    }

    /// What a host demands of a connection, asked when it is about to be dialled.
    Dane dane(Host host) {
        return Dane.find(host.dane(), host.address().getPort(), names.tlsa());
    }

    private record Preferred(int preference, Host host) {}

    private static Way later(String status, String text) {
        return new Way.None(Reply.of(451, status, text));
    }

    private static Way never(String status, String text) {
        return new Way.None(Reply.of(550, status, text));
    }

    private static Way bogus(String name, String why) {
        return later("4.4.3", "the DNS records of " + name + " fail DNSSEC: " + why);
    }

    /// RFC 5321 §5.1: no exchanger is left before ourselves, yet the domain is not ours.
    private static Way loop(String name) {
        return never(
                "5.4.6",
                "mail for " + name + " loops back to us: it is sent here, but not set up here");
    }

    /// An IP address in text, never a name: no lookup happens.
    private static Optional<InetAddress> address(String text) {
        boolean looksLikeOne = !text.isEmpty();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean fits = c >= '0' && c <= '9' || c == '.' || c == ':';
            boolean hex = c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
            if (!fits && !(hex && text.indexOf(':') >= 0)) looksLikeOne = false;
        }
        if (!looksLikeOne) return Optional.empty();
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
