package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import yubin.mail.Domain;

class ResolverTest {
    private static final Zone ZONE = Zone.parse(Name.of("example.com"), Zones.EXAMPLE);
    private final AtomicLong second = new AtomicLong(1_000_000);
    private final InstantSource clock = () -> Instant.ofEpochSecond(second.get());

    private Resolver resolver(InetSocketAddress... servers) throws IOException {
        return forwarding(null, Duration.ofSeconds(3), servers);
    }

    private Resolver forwarding(FixedAnswers hosts, Duration deadline, InetSocketAddress... servers)
            throws IOException {
        return new Resolver(ResolverSettings.forwarding(List.of(servers), hosts, deadline, clock));
    }

    private static Authority authority() throws IOException {
        return Authority.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of(ZONE));
    }

    private static <T> Lookup.Answer<T> answer(Lookup<T> lookup) {
        if (lookup instanceof Lookup.Answer<T> answer) return answer;
        throw new AssertionError(lookup);
    }

    @Test
    void typedLookupsOverLoopback() throws Exception {
        try (Authority authority = authority();
                Resolver resolver = resolver(authority.address())) {
            assertEquals(
                    List.of(new Mx(10, "mx.example.com"), new Mx(20, "mx2.other.test")),
                    answer(resolver.mx(Domain.of("example.com"))).value());
            assertEquals(
                    List.of(
                            InetAddress.ofLiteral("192.0.2.3"),
                            InetAddress.ofLiteral("2001:db8::3")),
                    answer(resolver.addresses("chain.example.com")).value());
            assertEquals(List.of("v=spf1 mx -all"), answer(resolver.txt("EXAMPLE.com.")).value());
            assertEquals(
                    3, answer(resolver.tlsa("_25._tcp.mx.example.com")).value().getFirst().usage());
            assertEquals(
                    Name.of("mx.example.com"),
                    answer(resolver.rrset(Name.of("www.example.com"), Type.A)).value().owner());
            assertInstanceOf(Lookup.NoData.class, resolver.txt("mx.example.com"));
            assertInstanceOf(Lookup.NoData.class, resolver.mx(Domain.of("ent.example.com")));
            assertInstanceOf(Lookup.NxDomain.class, resolver.addresses("no.example.com"));
            assertInstanceOf(Lookup.NxDomain.class, resolver.addresses("lost.example.com"));
            assertInstanceOf(Lookup.NxDomain.class, resolver.txt("a..b"));
            assertInstanceOf(Lookup.Unavailable.class, resolver.addresses("loop1.example.com"));
            assertInstanceOf(Lookup.Unavailable.class, resolver.txt("other.test"));
        }
    }

    @Test
    void aTruncatedAnswerIsFetchedOverTcp() throws Exception {
        try (Authority authority = authority();
                Resolver resolver = resolver(authority.address())) {
            assertEquals(7, answer(resolver.txt("big.example.com")).value().size());
        }
    }

    @Test
    void aSilentServerIsUnavailableWithinTheDeadlineAndAnotherHelps() throws Exception {
        try (ServerFrom silent = new ServerFrom(_ -> List.of());
                Authority authority = authority()) {
            try (Resolver resolver = forwarding(null, Duration.ofMillis(700), silent.address())) {
                long start = System.nanoTime();
                Lookup.Unavailable<?> none =
                        assertInstanceOf(Lookup.Unavailable.class, resolver.txt("example.com"));
                assertTrue(System.nanoTime() - start < 1_500_000_000L);
                assertTrue(none.why().length() > 10, none.why());
            }
            try (Resolver resolver = resolver(silent.address(), authority.address())) {
                answer(resolver.txt("example.com"));
            }
        }
    }

    @Test
    void answersWithAnotherIdQuestionOrSenderAreIgnored() throws Exception {
        Function<byte[], List<byte[]>> script =
                query -> {
                    byte[] good = ServerFrom.answer(query, ZONE);
                    byte[] wrongId = good.clone();
                    wrongId[0] ^= 1;
                    byte[] wrongQuestion = good.clone();
                    wrongQuestion[13] ^= 1;
                    byte[] notAnAnswer = good.clone();
                    notAnAnswer[2] &= 0x7f;
                    List<byte[]> out =
                            new ArrayList<>(List.of(wrongId, wrongQuestion, notAnAnswer));
                    for (byte[] bad : out) bad[bad.length - 30] ^= 7;
                    out.add(good);
                    return out;
                };
        try (ServerFrom liar = new ServerFrom(script);
                Resolver resolver = resolver(liar.address())) {
            assertEquals(List.of("v=spf1 mx -all"), answer(resolver.txt("example.com")).value());
            assertEquals(1, liar.asked.get());
        }
    }

    @Test
    void aServerWithoutEdnsIsAskedAgainPlainly() throws Exception {
        Function<byte[], List<byte[]>> script =
                query -> {
                    if (query[11] == 0) return List.of(ServerFrom.answer(query, ZONE));
                    byte[] formErr = java.util.Arrays.copyOf(query, 12);
                    formErr[2] |= (byte) 0x80;
                    formErr[3] = 1;
                    formErr[5] = formErr[11] = 0;
                    return List.of(formErr);
                };
        try (ServerFrom old = new ServerFrom(script);
                Resolver resolver = resolver(old.address())) {
            answer(resolver.txt("example.com"));
        }
    }

    @Test
    void answersAreKeptForTheirTtlAndNoLonger() throws Exception {
        try (ServerFrom server = new ServerFrom(query -> List.of(ServerFrom.answer(query, ZONE)));
                Resolver resolver = resolver(server.address())) {
            resolver.txt("example.com");
            second.addAndGet(1000);
            assertEquals(Duration.ofSeconds(2600), answer(resolver.txt("example.com")).ttl());
            assertEquals(1, server.asked.get());
            second.addAndGet(2601);
            answer(resolver.txt("example.com"));
            assertEquals(2, server.asked.get());
            // RFC 2308 §5: the SOA's minimum is 300.
            resolver.txt("no.example.com");
            second.addAndGet(299);
            resolver.txt("no.example.com");
            assertEquals(3, server.asked.get());
            second.addAndGet(1);
            resolver.txt("no.example.com");
            assertEquals(4, server.asked.get());
            // A clock that steps back makes nothing live longer.
            second.addAndGet(-100_000);
            resolver.txt("no.example.com");
            assertEquals(5, server.asked.get());
        }
    }

    @Test
    void equalQuestionsAtTheSameTimeAreOne() throws Exception {
        Function<byte[], List<byte[]>> slow =
                query -> {
                    try {
                        Thread.sleep(100);
                    } catch (InterruptedException e) {
                        return List.of();
                    }
                    return List.of(ServerFrom.answer(query, ZONE));
                };
        try (ServerFrom server = new ServerFrom(slow);
                Resolver resolver = resolver(server.address())) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                threads.add(Thread.startVirtualThread(() -> answer(resolver.txt("example.com"))));
            }
            for (Thread thread : threads) thread.join();
            assertEquals(1, server.asked.get());
        }
    }

    @Test
    void fixedAnswersNeedNoServer() throws Exception {
        FixedAnswers hosts =
                FixedAnswers.of(
                        """
                        tokyo.test. MX 10 mx.tokyo.test.
                        mx.tokyo.test. A 127.0.0.1
                        www.tokyo.test. CNAME mx.tokyo.test.
                        out.tokyo.test. CNAME mx.example.com.
                        a.tokyo.test. CNAME b.tokyo.test.
                        b.tokyo.test. CNAME a.tokyo.test.
                        *.wild.test. A 127.0.0.2
                        3.2.0.192.in-addr.arpa. PTR MX.example.com.
                        """);
        try (Resolver closed = new Resolver(ResolverSettings.closed(hosts))) {
            assertEquals(
                    List.of(new Mx(10, "mx.tokyo.test")),
                    answer(closed.mx(Domain.of("tokyo.test"))).value());
            assertEquals(
                    List.of(InetAddress.ofLiteral("127.0.0.1")),
                    answer(closed.addresses("www.tokyo.test")).value());
            answer(closed.addresses("q.wild.test"));
            assertEquals(
                    List.of("mx.example.com"),
                    answer(closed.ptr(InetAddress.ofLiteral("192.0.2.3"))).value());
            assertInstanceOf(Lookup.NoData.class, closed.txt("tokyo.test"));
            assertInstanceOf(Lookup.NxDomain.class, closed.addresses("osaka.test"));
            assertInstanceOf(Lookup.NxDomain.class, closed.addresses("out.tokyo.test"));
            assertInstanceOf(Lookup.Unavailable.class, closed.addresses("a.tokyo.test"));
        }
        try (Authority authority = authority();
                Resolver open = forwarding(hosts, Duration.ofSeconds(3), authority.address())) {
            answer(open.addresses("out.tokyo.test"));
            assertInstanceOf(Lookup.NoData.class, open.txt("tokyo.test"));
        }
    }
}
