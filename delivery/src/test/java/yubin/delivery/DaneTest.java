package yubin.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import yubin.directory.Route;
import yubin.dns.Lookup;
import yubin.dns.Mx;
import yubin.dns.Tlsa;
import yubin.mail.Domain;
import yubin.mail.QueueId;

/// Letters to hosts that publish, or do not publish, what their certificate is. RFC 7672 §2.
class DaneTest {
    private static final String START =
            """
            S: 220 mx.example.org ESMTP
            C: EHLO mail.example.com
            S: 250-mx.example.org
            S: 250 STARTTLS
            """;
    private static final String TLS =
            START
                    + """
                    C: STARTTLS
                    S: 220 go
                    X: tls
                    """;
    private static final String LETTER =
            """
            C: EHLO mail.example.com
            S: 250 mx.example.org
            C: MAIL FROM:<>
            S: 250 OK
            C: RCPT TO:<dan@example.org>
            S: 250 OK
            C: DATA
            S: 354 go on
            C: <message>
            S: 250 OK
            C: QUIT
            S: 221 bye
            """;
    private static final String IN_THE_CLEAR = LETTER.replaceFirst("C:.*\nS:.*\n", "");

    private static final Certificates ROOT = Certificates.authority("root");
    private static final Certificates LEAF = ROOT.issue("mx.example.org");

    @TempDir Path folder;

    private Town town(Scripted server, boolean secureMx) throws Exception {
        Town town = new Town(folder, server.port());
        List<Mx> mx = List.of(new Mx(10, "mx.example.org"));
        town.mx.put("example.org", new Lookup.Answer<>(mx, secureMx, Duration.ofMinutes(5)));
        town.addresses.put("mx.example.org", "127.0.0.1");
        town.signed = true;
        return town;
    }

    private static Lookup<List<Tlsa>> secure(Tlsa... records) {
        return new Lookup.Answer<>(List.of(records), true, Duration.ofMinutes(5));
    }

    private static void arrives(Town town, Scripted server, String note) throws Exception {
        QueueId id = town.send(Town.TEXT, "dan@example.org");
        town.carry();
        assertTrue(town.isGone(id), town.transcript.toString());
        assertEquals(1, server.messages.size());
        assertEquals(
                !note.isEmpty(),
                town.transcript.stream().anyMatch(line -> line.contains("DANE")),
                town.transcript.toString());
    }

    private static void waits(Town town, Scripted server, int connections, String why)
            throws Exception {
        QueueId id = town.send(Town.TEXT, "dan@example.org");
        town.carry();
        assertFalse(town.isGone(id));
        String reply = String.valueOf(town.left(id).reply());
        assertTrue(reply.contains(why), reply);
        assertTrue(reply.startsWith("4"), reply);
        assertEquals(connections, server.connections.get());
        assertTrue(server.messages.isEmpty());
    }

    @Test
    void aCertificateThatIsPublishedIsTaken() throws Exception {
        try (Scripted server = Scripted.showing(LEAF.server(folder), TLS + LETTER);
                Town town = town(server, true)) {
            town.tlsa =
                    name -> {
                        assertEquals("_" + server.port() + "._tcp.mx.example.org", name);
                        return secure(LEAF.tlsa(3, 1, 1));
                    };
            arrives(town, server, "DANE");
        }
    }

    @Test
    void anAuthorityThatIsPublishedVouches() throws Exception {
        try (Scripted server = Scripted.showing(LEAF.server(folder, ROOT), TLS + LETTER);
                Town town = town(server, true)) {
            town.tlsa = name -> secure(ROOT.tlsa(2, 0, 1));
            arrives(town, server, "DANE");
        }
    }

    @Test
    void anotherCertificateMeansThatTheLetterWaitsAndNothingIsSaidInTheClear() throws Exception {
        try (Scripted server = Scripted.showing(LEAF.server(folder), TLS);
                Town town = town(server, true)) {
            town.tlsa = name -> secure(ROOT.tlsa(3, 1, 1));
            waits(
                    town,
                    server,
                    1,
                    "451 4.7.5 mx.example.org is not what its DNS says (DANE): the certificate is"
                            + " none of those that the domain publishes; somebody may stand between"
                            + " us, or its TLSA records are out of date");
        }
    }

    @Test
    void aServerThatHidesStarttlsGetsNothing() throws Exception {
        String hidden = START.replace("S: 250-mx.example.org\nS: 250 STARTTLS", "S: 250 mx");
        try (Scripted server = Scripted.showing(null, hidden + "C: QUIT\nS: 221 bye\n");
                Town town = town(server, true)) {
            town.tlsa = name -> secure(LEAF.tlsa(3, 1, 1));
            waits(town, server, 1, "451 4.7.5 mx.example.org publishes that it speaks TLS (DANE)");
        }
    }

    @Test
    void aServerThatRefusesStarttlsGetsNothing() throws Exception {
        String refused = START + "C: STARTTLS\nS: 454 not now\nC: QUIT\nS: 221 bye\n";
        try (Scripted server = Scripted.showing(null, refused);
                Town town = town(server, true)) {
            town.tlsa = name -> secure(LEAF.tlsa(3, 1, 1));
            waits(town, server, 1, "451 4.7.5 mx.example.org publishes that it speaks TLS (DANE)");
        }
    }

    @Test
    void aBrokenHandshakeIsNotFollowedByOneInTheClear() throws Exception {
        String broken = START + "C: STARTTLS\nS: 220 go\nS: this is no TLS\nX: close\n";
        try (Scripted server = Scripted.showing(null, broken);
                Town town = town(server, true)) {
            town.tlsa = name -> secure(LEAF.tlsa(3, 1, 1));
            waits(town, server, 1, "4.7.5 TLS: ");
        }
    }

    @Test
    void notKnowingIsNotNoneSoTheLetterWaits() throws Exception {
        try (Scripted server = Scripted.showing(null);
                Town town = town(server, true)) {
            String silent = "the name servers of example.org do not answer";
            town.tlsa = name -> new Lookup.Unavailable<>(silent, Duration.ofMinutes(1));
            waits(
                    town,
                    server,
                    0,
                    "451 4.4.3 whether mx.example.org demands TLS (DANE) is not known: " + silent);
        }
    }

    @Test
    void aForgedTlsaAnswerMakesTheLetterWait() throws Exception {
        try (Scripted server = Scripted.showing(null);
                Town town = town(server, true)) {
            town.tlsa = name -> new Lookup.Bogus<>("the signature is wrong");
            waits(town, server, 0, "its TLSA records fail DNSSEC: the signature is wrong");
        }
    }

    @Test
    void recordsOfWhichNoneCanBeUsedStillDemandTls() throws Exception {
        try (Scripted server = Scripted.showing(LEAF.server(folder), TLS + LETTER);
                Town town = town(server, true)) {
            town.tlsa = name -> secure(ROOT.tlsa(0, 0, 1), ROOT.tlsa(1, 0, 1));
            arrives(town, server, "");
        }
        String hidden = START.replace("S: 250-mx.example.org\nS: 250 STARTTLS", "S: 250 mx");
        Path other = java.nio.file.Files.createDirectory(folder.resolve("other"));
        try (Scripted server = Scripted.showing(null, hidden + "C: QUIT\nS: 221 bye\n");
                Town town = new Town(other, server.port())) {
            town.mx.put(
                    "example.org",
                    new Lookup.Answer<>(
                            List.of(new Mx(10, "mx.example.org")), true, Duration.ofMinutes(5)));
            town.addresses.put("mx.example.org", "127.0.0.1");
            town.signed = true;
            town.tlsa = name -> secure(ROOT.tlsa(0, 0, 1));
            waits(town, server, 1, "451 4.7.5");
        }
    }

    /// "None", proven or in an unsigned zone, and records that nobody signed: TLS as it comes.
    @ParameterizedTest
    @CsvSource({"none", "no-name", "unsigned"})
    void withoutSecureRecordsALetterGoesAsItAlwaysDid(String what) throws Exception {
        String clear =
                START.replace("S: 250-mx.example.org\nS: 250 STARTTLS", "S: 250 mx") + IN_THE_CLEAR;
        try (Scripted server = Scripted.showing(null, clear);
                Town town = town(server, true)) {
            Lookup<List<Tlsa>> outcome =
                    switch (what) {
                        case "none" -> new Lookup.NoData<>(true);
                        case "no-name" -> new Lookup.NxDomain<>(true);
                        default ->
                                new Lookup.Answer<>(
                                        List.of(LEAF.tlsa(3, 1, 1)), false, Duration.ofMinutes(1));
                    };
            town.tlsa = name -> outcome;
            arrives(town, server, "");
        }
    }

    @Test
    void unsignedExchangersAndUnsignedHostsAreNotAsked() throws Exception {
        String clear =
                START.replace("S: 250-mx.example.org\nS: 250 STARTTLS", "S: 250 mx") + IN_THE_CLEAR;
        // Town's own answer to a question for TLSA is a failure of the test.
        try (Scripted server = Scripted.showing(null, clear);
                Town town = town(server, false)) {
            arrives(town, server, "");
        }
        Path other = java.nio.file.Files.createDirectory(folder.resolve("other"));
        try (Scripted server = Scripted.showing(null, clear);
                Town town = new Town(other, server.port())) {
            town.mx.put(
                    "example.org",
                    new Lookup.Answer<>(
                            List.of(new Mx(10, "mx.example.org")), true, Duration.ofMinutes(5)));
            town.addresses.put("mx.example.org", "127.0.0.1");
            arrives(town, server, "");
        }
    }

    @Test
    void aHostThatCannotBeTrustedIsPassedOverForTheNext() throws Exception {
        try (Scripted server = Scripted.showing(LEAF.server(folder), TLS + LETTER);
                Town town = town(server, true)) {
            List<Mx> mx = List.of(new Mx(10, "a.example.org"), new Mx(20, "mx.example.org"));
            town.mx.put("example.org", new Lookup.Answer<>(mx, true, Duration.ofMinutes(5)));
            town.addresses.put("a.example.org", "127.0.0.1");
            town.tlsa =
                    name ->
                            name.contains("._tcp.a.")
                                    ? new Lookup.Bogus<>("expired")
                                    : secure(LEAF.tlsa(3, 1, 1));
            arrives(town, server, "DANE");
        }
    }

    // ---- where the records are looked for ----------------------------------------------------

    /// @param canonical where the host's addresses stand
    private static Dane.Candidate candidate(
            boolean secureMx, String canonical, boolean secureEnd, Lookup<String> alias) {
        Duration ttl = Duration.ofMinutes(5);
        Map<String, Lookup<List<InetAddress>>> addresses =
                Map.of(
                        "mx.example.org",
                        new Lookup.Answer<>(
                                List.of(InetAddress.ofLiteral("192.0.2.1")), secureEnd, ttl));
        List<Mx> mx = List.of(new Mx(10, "mx.example.org"));
        Routes routes =
                new Routes(
                        new Routes.Names(
                                domain -> new Lookup.Answer<>(mx, secureMx, ttl),
                                addresses::get,
                                domain -> new Lookup.Answer<>("end.example.org", true, ttl),
                                host -> new Lookup.Answer<>(canonical, secureEnd, ttl),
                                host -> alias,
                                name -> new Lookup.NoData<>(true)),
                        domain -> Optional.<Route>empty(),
                        Domain.of("mail.example.com"),
                        25,
                        at -> false,
                        new Random(1));
        var way = assertInstanceOf(Way.Hosts.class, routes.find(Domain.of("example.org")));
        return way.hosts().getFirst().dane();
    }

    @Test
    void theRecordsStandAtTheEndOfTheAliasesOrAtTheirBeginning() {
        Lookup<String> none = new Lookup.NoData<>(true);
        Lookup<String> signed = new Lookup.Answer<>("far.example.net", true, Duration.ofMinutes(5));
        Lookup<String> unsigned =
                new Lookup.Answer<>("far.example.net", false, Duration.ofMinutes(5));
        List<String> hops = List.of("example.org", "end.example.org");
        assertEquals(
                new Dane.Candidate(List.of("mx.example.org"), hops),
                candidate(true, "mx.example.org", true, none));
        assertEquals(
                new Dane.Candidate(List.of("far.example.net", "mx.example.org"), hops),
                candidate(true, "far.example.net", true, signed));
        // A signed alias into an unsigned zone.
        assertEquals(
                new Dane.Candidate(List.of("mx.example.org"), hops),
                candidate(true, "far.example.net", false, signed));
        assertEquals(Dane.Candidate.NONE, candidate(true, "far.example.net", false, unsigned));
        assertEquals(Dane.Candidate.NONE, candidate(true, "mx.example.org", false, none));
        assertEquals(Dane.Candidate.NONE, candidate(false, "mx.example.org", true, none));
    }
}
