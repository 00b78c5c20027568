package yubin.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import yubin.directory.Route;
import yubin.dns.FixedAnswers;
import yubin.dns.Lookup;
import yubin.dns.Mx;
import yubin.dns.Resolver;
import yubin.dns.ResolverSettings;
import yubin.mail.Domain;

/// The choice of hosts, RFC 5321 §5.1, as a table over a small DNS.
class RoutesTest {
    private static final String ZONE =
            """
            two.example.    MX 10 a.two.example.
            two.example.    MX 20 b.two.example.
            a.two.example.  A 192.0.2.1
            a.two.example.  AAAA 2001:db8::1
            b.two.example.  A 192.0.2.2
            equal.example.  MX 10 a.two.example.
            equal.example.  MX 10 b.two.example.
            implicit.example. A 192.0.2.3
            alias.example.  CNAME two.example.
            cname-mx.example. MX 10 c.example.
            c.example.      CNAME b.two.example.
            null.example.   MX 0 .
            both-null.example. MX 0 .
            both-null.example. MX 10 b.two.example.
            both-alias.example. CNAME cname-mx.example.
            null-alias.example. CNAME null.example.
            dangling.example. CNAME nowhere.example.
            address-alias.example. CNAME implicit.example.
            half.example.   MX 10 nowhere.example.
            half.example.   MX 20 b.two.example.
            none.example.   MX 10 nowhere.example.
            empty.example.  TXT "no address"
            backup.example. MX 10 a.two.example.
            backup.example. MX 20 mail.example.com.
            backup.example. MX 20 b.two.example.
            backup.example. MX 30 b.two.example.
            ours.example.   MX 10 mail.example.com.
            ours.example.   MX 20 b.two.example.
            byaddr.example. MX 10 other-name.example.
            other-name.example. A 192.0.2.99
            route-host.example. A 192.0.2.50
            """;

    private static final Predicate<InetSocketAddress> OURS =
            at -> at.getAddress().getHostAddress().equals("192.0.2.99");

    private static Routes routes(int seed) {
        Resolver resolver;
        try {
            resolver = new Resolver(ResolverSettings.closed(FixedAnswers.of(ZONE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Routes.FixedRoutes fixed =
                domain ->
                        switch (domain.ascii()) {
                            case "routed.example" ->
                                    Optional.of(
                                            new Route(
                                                    domain,
                                                    "route-host.example",
                                                    2525,
                                                    null,
                                                    null));
                            case "literal-route.example" ->
                                    Optional.of(new Route(domain, "2001:db8::7", 24, null, null));
                            case "bad-route.example" ->
                                    Optional.of(
                                            new Route(domain, "nowhere.example", 25, null, null));
                            default -> Optional.empty();
                        };
        return new Routes(
                Routes.Names.of(resolver),
                fixed,
                Domain.of("mail.example.com"),
                25,
                OURS,
                new Random(seed));
    }

    @ParameterizedTest
    @CsvSource({
        "two.example, a.two.example[192.0.2.1]:25 a.two.example[2001:db8:0:0:0:0:0:1]:25"
                + " b.two.example[192.0.2.2]:25",
        "implicit.example, implicit.example[192.0.2.3]:25",
        "alias.example, a.two.example[192.0.2.1]:25 a.two.example[2001:db8:0:0:0:0:0:1]:25"
                + " b.two.example[192.0.2.2]:25",
        "cname-mx.example, c.example[192.0.2.2]:25",
        "half.example, b.two.example[192.0.2.2]:25",
        "backup.example, a.two.example[192.0.2.1]:25 a.two.example[2001:db8:0:0:0:0:0:1]:25",
        "routed.example, route-host.example[192.0.2.50]:2525",
        "literal-route.example, 2001:db8::7[2001:db8:0:0:0:0:0:7]:24",
        "[192.0.2.7], [192.0.2.7][192.0.2.7]:25",
        "[IPv6:2001:db8::9], [ipv6:2001:db8::9][2001:db8:0:0:0:0:0:9]:25",
        "both-null.example, b.two.example[192.0.2.2]:25",
        "both-alias.example, c.example[192.0.2.2]:25",
        "address-alias.example, address-alias.example[192.0.2.3]:25",
        "null-alias.example, 556 5.1.10 the domain null-alias.example accepts no mail (null MX)",
        "dangling.example, 550 5.1.2 the domain dangling.example does not exist",
        "null.example, 556 5.1.10 the domain null.example accepts no mail (null MX)",
        "no-such.example, 550 5.1.2 the domain no-such.example does not exist",
        "none.example, 550 5.4.4 no mail server of none.example has an address",
        "empty.example, 550 5.4.4 no mail server of empty.example has an address",
        "'ours.example', 550 5.4.6 mail for ours.example loops back to us: it is sent here\\,"
                + " but not set up here",
        "byaddr.example, 550 5.4.6 mail for byaddr.example loops back to us: it is sent here\\,"
                + " but not set up here",
        "bad-route.example, 451 4.4.4 the host nowhere.example of the route has no address",
    })
    void aDomainLeadsTo(String domain, String expected) {
        String want = expected.replace("\\,", ",").replace("\\", ",");
        assertTrue(want.startsWith(shown(routes(1).find(Domain.of(domain)), want)), want);
    }

    private static String shown(Way way, String expected) {
        String text =
                switch (way) {
                    case Way.Hosts(var hosts, _) ->
                            hosts.stream().map(Host::toString).collect(Collectors.joining(" "));
                    case Way.None(var reply) -> reply.toString();
                };
        // A comma ends a column of the table: what stands before it is compared.
        return text.length() > expected.length() ? text.substring(0, expected.length()) : text;
    }

    @Test
    void equalPreferencesAreMixed() {
        Set<String> first = new HashSet<>();
        Routes routes = routes(7);
        for (int i = 0; i < 40; i++) {
            var way = (Way.Hosts) routes.find(Domain.of("equal.example"));
            assertEquals(3, way.hosts().size());
            first.add(way.hosts().getFirst().name());
        }
        assertEquals(Set.of("a.two.example", "b.two.example"), first);
    }

    private static Lookup<List<InetAddress>> found(String address) {
        return new Lookup.Answer<>(
                List.of(InetAddress.ofLiteral(address)), true, Duration.ofMinutes(1));
    }

    private static Lookup<List<InetAddress>> outcome(String host) {
        return switch (host) {
            case "good.example" -> found("192.0.2.1");
            case "none.example" -> new Lookup.NoData<>(true);
            case "gone.example" -> new Lookup.NxDomain<>(true);
            case "forged.example" -> new Lookup.Bogus<>("the signature of it is wrong");
            default ->
                    new Lookup.Unavailable<>(
                            host + " cannot be looked up: the name servers of it do not answer",
                            Duration.ofSeconds(30));
        };
    }

    /// Each outcome of an exchanger's address: not knowing means later, as long as no other
    /// exchanger takes the letter; that there is none means never.
    @ParameterizedTest
    @CsvSource({
        "good.example forged.example, good.example[192.0.2.1]:25",
        "silent.example good.example, good.example[192.0.2.1]:25",
        "none.example good.example, good.example[192.0.2.1]:25",
        "forged.example, 451 4.4.3 the DNS records of forged.example fail DNSSEC: the signature of"
                + " it is wrong",
        "silent.example, 451 4.4.3 silent.example cannot be looked up: the name servers of it do"
                + " not answer",
        "gone.example silent.example, 451 4.4.3 silent.example cannot be looked up: the name"
                + " servers of it do not answer",
        "silent.example gone.example, 451 4.4.3 silent.example cannot be looked up: the name"
                + " servers of it do not answer",
        "none.example gone.example, 550 5.4.4 no mail server of mail.example has an address",
    })
    void eachOutcomeOfAnExchangerIsNamed(String exchangers, String expected) {
        List<Mx> mx = new ArrayList<>();
        for (String host : exchangers.split(" ")) mx.add(new Mx(10 * mx.size() + 10, host));
        Routes routes =
                new Routes(
                        Town.names(
                                domain -> new Lookup.Answer<>(mx, true, Duration.ofMinutes(1)),
                                RoutesTest::outcome),
                        domain -> Optional.empty(),
                        Domain.of("mail.example.com"),
                        25,
                        OURS,
                        new Random(1));
        String shown =
                switch (routes.find(Domain.of("mail.example"))) {
                    case Way.Hosts(var hosts, _) ->
                            hosts.stream().map(Host::toString).collect(Collectors.joining(" "));
                    case Way.None(var reply) -> reply.toString();
                };
        assertEquals(expected, shown);
    }

    @Test
    void aSilentOrLyingDnsMeansLaterNeverNever() throws Exception {
        Lookup<List<InetAddress>> found =
                new Lookup.Answer<>(
                        List.of(InetAddress.ofLiteral("192.0.2.1")), false, Duration.ofMinutes(1));
        String silent = "the name servers of example.org do not answer";
        Routes unavailable =
                new Routes(
                        Town.names(
                                domain -> new Lookup.Unavailable<>(silent, Duration.ofMinutes(1)),
                                host -> found),
                        domain -> Optional.empty(),
                        Domain.of("mail.example.com"),
                        25,
                        OURS,
                        new Random(1));
        var none = assertInstanceOf(Way.None.class, unavailable.find(Domain.of("example.org")));
        assertEquals("451 4.4.3 " + silent, none.reply().toString());
        Routes bogus =
                new Routes(
                        Town.names(
                                domain -> new Lookup.Bogus<>("signature expired"), host -> found),
                        domain -> Optional.empty(),
                        Domain.of("mail.example.com"),
                        25,
                        OURS,
                        new Random(1));
        none = assertInstanceOf(Way.None.class, bogus.find(Domain.of("example.org")));
        assertTrue(none.reply().isTransient());
        assertTrue(none.reply().toString().contains("DNSSEC"), none.reply().toString());
    }
}
