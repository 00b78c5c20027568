package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import yubin.mail.Domain;

/// The lookups of the rooms in a closed internet: signed, unsigned, broken and silent domains.
class LookupTest {
    private static final String MAIL =
            """
            @ MX 10 mx
            mx A 192.0.2.1
            _25._tcp.mx TLSA 3 1 1 abababababababababababababababababababababababababababababababab
            out CNAME mx.plain.test.
            """;

    private static LittleInternet internet() {
        return new LittleInternet()
                .zone(".", "127.0.0.2", "")
                .zone("test.", "127.0.0.3", "")
                .zone("signed.test.", "127.0.0.4", MAIL)
                .zone("plain.test.", "127.0.0.5", MAIL)
                .zone("silent.test.", "127.0.0.6", MAIL)
                .signed(".")
                .signed("test.")
                .signed("signed.test.")
                .signed("silent.test.")
                .script("127.0.0.6", _ -> List.of())
                .start(".");
    }

    private static Resolver resolver(LittleInternet net) throws IOException {
        return new Resolver(new ResolverSettings(net.recursion.settings, null, true));
    }

    @Test
    void whatIsSignedIsSecureAndWhatIsNotIsInsecure() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net)) {
            assertEquals(
                    new Lookup.Answer<>(
                            List.of(new Mx(10, "mx.signed.test")), true, Duration.ofSeconds(3600)),
                    resolver.mx(Domain.of("signed.test")));
            assertEquals(
                    new Lookup.Answer<>(
                            List.of(InetAddress.ofLiteral("192.0.2.1")),
                            true,
                            Duration.ofSeconds(3600)),
                    resolver.addresses("mx.signed.test"));
            assertInstanceOf(Lookup.Answer.class, resolver.tlsa("_25._tcp.mx.signed.test"));
            assertEquals(new Lookup.NoData<>(true), resolver.tlsa("mx.signed.test"));
            assertEquals(new Lookup.NxDomain<>(true), resolver.txt("no.signed.test"));
            assertEquals(new Lookup.NxDomain<>(false), resolver.txt("no.plain.test"));
            var plain = assertInstanceOf(Lookup.Answer.class, resolver.mx(Domain.of("plain.test")));
            assertFalse(plain.secure());
            // Through an alias the answer is as good as its weakest part.
            var out = assertInstanceOf(Lookup.Answer.class, resolver.addresses("out.signed.test"));
            assertFalse(out.secure());
        }
    }

    /// A recursive server in front of the internet; `plain` hands no signatures on.
    private static ServerFrom forwarder(LittleInternet net, boolean[] plain) throws IOException {
        return new ServerFrom(
                query -> {
                    Message asked = (Message) Message.read(query, query.length);
                    Question question = asked.question();
                    Resolution found = net.resolve(question.name().toString(), question.type());
                    MessageWriter out = new MessageWriter(new byte[4096]);
                    out.begin(asked.id(), Message.QR | Message.RD | Message.RA, 4096);
                    if (found.kind() == Resolution.Kind.NXDOMAIN) {
                        out.flags(out.flags() | Rcode.NXDOMAIN);
                    }
                    out.question(question);
                    boolean whole = !plain[0];
                    for (RRset set : found.answer()) out.rrset(1, set, whole);
                    for (RRset set : found.authority()) {
                        if (whole || set.type() == Type.SOA) out.rrset(2, set, whole);
                    }
                    out.opt(new Edns(whole));
                    return List.of(out.copy());
                });
    }

    @Test
    void throughAServerThatHandsNoDnssecOnNothingIsValidatedUntilItDoes() throws Exception {
        boolean[] plain = {true};
        try (LittleInternet net = internet();
                ServerFrom server = forwarder(net, plain);
                Resolver resolver =
                        new Resolver(
                                new ResolverSettings(
                                        forwarding(net.recursion.settings, server), null, true))) {
            assertInstanceOf(Lookup.Bogus.class, resolver.mx(Domain.of("signed.test")));
            assertEquals(Optional.of(false), resolver.probe());
            var open = assertInstanceOf(Lookup.Answer.class, resolver.mx(Domain.of("signed.test")));
            assertFalse(open.secure());
            plain[0] = false;
            assertEquals(Optional.of(true), resolver.probe());
            var proven =
                    assertInstanceOf(Lookup.Answer.class, resolver.mx(Domain.of("signed.test")));
            assertTrue(proven.secure());
        }
    }

    private static RecursionSettings forwarding(RecursionSettings like, ServerFrom server) {
        return like.change()
                .stubs(Map.of())
                .forwards(Map.of(Name.ROOT, List.of(server.address())))
                .allowPrivate(false)
                .port(53)
                .build();
    }

    @Test
    void expiredSignaturesAreBogusWithAReason() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net)) {
            net.second.addAndGet(15 * 86_400);
            var bogus = assertInstanceOf(Lookup.Bogus.class, resolver.mx(Domain.of("signed.test")));
            assertTrue(bogus.why().contains("expired"), bogus.why());
        }
    }

    @Test
    void silentServersAreNamedWithinTheDeadlineAndNotAskedAgainAtOnce() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net)) {
            long start = System.nanoTime();
            var first =
                    assertInstanceOf(
                            Lookup.Unavailable.class, resolver.mx(Domain.of("silent.test")));
            assertTrue(System.nanoTime() - start < 4_000_000_000L);
            assertTrue(
                    first.why()
                            .startsWith(
                                    "silent.test cannot be looked up: the name servers of"
                                            + " silent.test "),
                    first.why());
            assertTrue(first.tryAgainAfter().toSeconds() >= 1);
        }
    }

    @Test
    void aFailureIsRememberedForLongerEachTime() throws Exception {
        LittleInternet net =
                new LittleInternet()
                        .zone(".", "127.0.0.2", "")
                        .script("127.0.0.2", LookupTest::refused)
                        .start();
        try (net;
                Resolver resolver = resolver(net)) {
            List<Integer> asked = new ArrayList<>();
            for (int pause : new int[] {0, 4, 1, 9, 1, 19, 1, 29, 1}) {
                net.second.addAndGet(pause);
                int before = net.asked.size();
                var failed =
                        assertInstanceOf(Lookup.Unavailable.class, resolver.txt("any.example"));
                assertTrue(failed.why().contains("answered REFUSED"), failed.why());
                asked.add(net.asked.size() - before > 0 ? 1 : 0);
            }
            assertEquals(List.of(1, 0, 1, 0, 1, 0, 1, 0, 1), asked);
        }
    }

    private static List<byte[]> refused(byte[] query) {
        byte[] answer = query.clone();
        answer[2] |= (byte) 0x80;
        answer[3] = Rcode.REFUSED;
        return List.of(answer);
    }

    @Test
    void flushingANameForgetsItAndWhatIsBelowIt() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net)) {
            resolver.mx(Domain.of("signed.test"));
            resolver.mx(Domain.of("plain.test"));
            net.asked.clear();
            assertTrue(resolver.flush(Name.of("signed.test")) > 1);
            resolver.mx(Domain.of("plain.test"));
            assertEquals(List.of(), List.copyOf(net.asked));
            resolver.mx(Domain.of("signed.test"));
            assertTrue(net.asked.contains("127.0.0.4 signed.test. MX"), net.asked.toString());
            assertFalse(net.asked.contains("127.0.0.2 test. DS"), net.asked.toString());
        }
    }

    @Test
    void aTraceNamesEachServerAndWhyItWasBelieved() throws Exception {
        try (LittleInternet net = internet()) {
            ResolverSettings settings = new ResolverSettings(net.recursion.settings, null, true);
            List<String> steps = java.util.Collections.synchronizedList(new ArrayList<>());
            DnsQuery.Outcome found =
                    DnsQuery.resolve(settings, Name.of("signed.test"), Type.MX, false, steps::add);
            assertEquals("NOERROR", found.status());
            assertEquals("secure", found.proof());
            assertEquals(List.of("signed.test.\t3600\tIN\tMX\t10 mx.signed.test."), found.answer());
            String told = String.join("\n", steps);
            for (String part :
                    List.of(
                            "127.0.0.2@" + net.port + " (of .)",
                            "referred to the name servers of signed.test., with their DS",
                            "(of signed.test.)  signed.test. MX?  1 record",
                            "keys of .  trusted: they are the trust anchor's",
                            "keys of signed.test.  trusted: its parent names them in a signed DS",
                            "signed.test. MX  secure: signed by signed.test., key ")) {
                assertTrue(told.contains(part), part + " in\n" + told);
            }
            DnsQuery.Outcome signed =
                    DnsQuery.resolve(settings, Name.of("signed.test"), Type.MX, true, steps::add);
            assertTrue(signed.answer().get(1).contains("\tRRSIG\tMX 13 2 "), "" + signed);
        }
    }
}
