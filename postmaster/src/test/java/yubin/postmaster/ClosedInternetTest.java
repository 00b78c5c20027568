package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import yubin.dns.Lookup;
import yubin.dns.Mx;
import yubin.mail.Domain;

/// Post offices in a closed internet that know its root hints and its trust anchor, nothing else;
/// and what becomes of a letter when the DNS of the other side is broken.
class ClosedInternetTest {
    private static final InetAddress ROOT_AT = InetAddress.ofLiteral("127.0.0.90");
    private static final InetAddress KYOTO_AT = InetAddress.ofLiteral("127.0.0.91");
    private static final Domain KYOTO = Domain.of("kyoto.test");

    @TempDir Path folder;
    private final DemoInternet internet = new DemoInternet(ROOT_AT);

    @BeforeEach
    void open() throws IOException {
        internet.open(0);
    }

    @AfterEach
    void close() {
        internet.close();
    }

    /// A post office on any ports, which knows what `resolver` says.
    private TestOffice office(String name, String resolver) throws Trouble {
        return new TestOffice(
                TestOffice.config(folder.resolve(name), Rehearsal.anyPorts(), resolver));
    }

    /// The post office of kyoto.test, which serves its own zone, on the address and the port that
    /// the delegation leads to.
    private TestOffice kyoto() throws Trouble {
        Map<Service, List<InetSocketAddress>> listen = new EnumMap<>(Rehearsal.anyPorts());
        InetSocketAddress at = new InetSocketAddress(KYOTO_AT, internet.address().getPort());
        listen.put(Service.DNS, List.of(at));
        String toml = internet.resolver() + "[dns]\naddresses = [\"127.0.0.91\"]\n";
        Config config = TestOffice.config(folder.resolve("kyoto"), "mail.kyoto.test", listen, toml);
        try (Clerk clerk = DirectClerk.open(config)) {
            clerk.obey(OrderVerb.order("domain add", "domain", "kyoto.test"));
            clerk.obey(OrderVerb.order("dns zone add", "domain", "kyoto.test"));
            JsonNode keys = clerk.obey(OrderVerb.order("dns keys", "domain", "kyoto.test"));
            String ds = keys.get(0).path("record").asString();
            internet.delegate("kyoto.test", "mail.kyoto.test", KYOTO_AT, ds);
        }
        return new TestOffice(config);
    }

    /// `dns check` of a zone that we serve ourselves, from the delegation down.
    @Test
    void theCheckSeesDelegationAndProofAndWhatIsWrongWithThem() throws Exception {
        try (TestOffice kyoto = kyoto()) {
            JsonNode seen = kyoto.order("dns check", "domain", "kyoto.test");
            assertEquals("good: the world asks our servers", line(seen, "kyoto.test. NS"));
            assertEquals(
                    "good: signed, and proven from the root down",
                    line(seen, "kyoto.test. DNSSEC"));
            assertEquals("good: who takes letters for kyoto.test", line(seen, "kyoto.test. MX"));
            assertEquals(
                    "good: key of our certificate (DANE)",
                    line(seen, "_25._tcp.mail.kyoto.test. TLSA"));
            assertTrue(line(seen, "127.0.0.91 PTR").startsWith("bad: the address has no name"));

            // The registrar forgets the DS.
            internet.delegate("kyoto.test", "mail.kyoto.test", KYOTO_AT, null);
            kyoto.order("dns flush", "name", ".");
            seen = kyoto.order("dns check", "domain", "kyoto.test");
            assertEquals(
                    "hint: the parent has no DS yet: `yubin dns keys kyoto.test` shows the one to"
                            + " hand in",
                    line(seen, "kyoto.test. DNSSEC"));

            // The registrar has the DS of another key.
            String strange = "kyoto.test. 300 IN DS 1 13 2 " + "ab".repeat(32);
            internet.delegate("kyoto.test", "mail.kyoto.test", KYOTO_AT, strange);
            kyoto.order("dns flush", "name", ".");
            seen = kyoto.order("dns check", "domain", "kyoto.test");
            String broken = line(seen, "kyoto.test. DNSSEC");
            assertTrue(broken.startsWith("bad: is broken, so careful post offices"), broken);

            // The zone is delegated to somebody else, who does not know it.
            internet.delegate("kyoto.test", "ns.elsewhere.test", ROOT_AT, null);
            kyoto.order("dns flush", "name", ".");
            seen = kyoto.order("dns check", "domain", "kyoto.test");
            String lost = line(seen, "kyoto.test. NS");
            assertTrue(lost.startsWith("unknown: could not be asked: "), lost);
        }
    }

    private static String line(JsonNode findings, String what) {
        for (JsonNode finding : findings) {
            if (!finding.path("what").asString().equals(what)) continue;
            String verdict = finding.path("verdict").asString();
            return verdict + ": " + finding.path("words").asString();
        }
        throw new AssertionError(what + " is not in " + findings);
    }

    private static String state(TestOffice office) throws Trouble {
        return office.order("dns zone list").path(0).path("state").asString();
    }

    @Test
    void theOtherOfficeIsFoundFromTheRootAndProven() throws Exception {
        try (TestOffice kyoto = kyoto();
                TestOffice nara = office("nara", internet.resolver())) {
            assertEquals("served", state(kyoto));
            Lookup<List<Mx>> mx = nara.post.maps().resolver().mx(KYOTO);
            var found = assertInstanceOf(Lookup.Answer.class, mx);
            assertEquals(List.of(new Mx(10, "mail.kyoto.test")), found.value());
            assertTrue(found.secure());
            var address =
                    assertInstanceOf(
                            Lookup.Answer.class,
                            nara.post.maps().resolver().addresses("mail.kyoto.test"));
            assertEquals(List.of(KYOTO_AT), address.value());
            assertTrue(address.secure());
        }
    }

    @Test
    void withAnotherTrustAnchorALetterWaitsAndSaysWhy() throws Exception {
        DemoInternet stranger = new DemoInternet(ROOT_AT);
        try (TestOffice kyoto = kyoto()) {
            assertEquals("served", state(kyoto));
            stranger.open(0);
            String anchor = stranger.resolver().lines().skip(2).findFirst().orElseThrow();
            String hints = internet.resolver().lines().limit(2).toList().getLast();
            try (TestOffice nara = office("nara", "[resolver]\n" + hints + "\n" + anchor)) {
                String reply = reply(nara, "nobody@kyoto.test");
                assertTrue(
                        reply.startsWith("451 4.4.3 the DNS records of kyoto.test fail DNSSEC: "),
                        reply);
            }
        } finally {
            stranger.close();
        }
    }

    @Test
    void aSilentNameServerIsNamedAndTheLetterWaits() throws Exception {
        internet.delegate("kyoto.test", "mail.kyoto.test", KYOTO_AT, null);
        String quick = internet.resolver() + "tries = 1\nfirst-wait = 0.1\n";
        try (TestOffice nara = office("nara", quick)) {
            String reply = reply(nara, "nobody@kyoto.test");
            assertEquals(
                    "451 4.4.3 kyoto.test cannot be looked up: the name servers of kyoto.test do"
                            + " not answer",
                    reply);
            String id = nara.order("queue list").path(0).path("id").asString();
            JsonNode japanese = nara.order("queue show", "id", id, "lang", "ja");
            assertEquals(
                    "ドメイン「kyoto.test」の情報を管理するサーバー（DNS サーバー）から、応答がありません。"
                            + "相手側の障害と思われます。待てば届くことがあります。",
                    japanese.path("meaning").path("nobody@kyoto.test").asString());
            JsonNode both = nara.order("queue show", "id", id);
            JsonNode why = both.path("recipients").path(0).path("explanation");
            assertEquals("networkerror", why.path("reason").asString());
            assertEquals("wait", why.path("step").asString());
            for (String language : List.of("ja", "en")) {
                assertFalse(why.path(language).path("happened").asString().isEmpty());
                assertFalse(why.path(language).path("next").isEmpty());
            }
            JsonNode english = nara.order("queue show", "id", id, "lang", "en");
            String meaning = english.path("meaning").path("nobody@kyoto.test").asString();
            assertTrue(
                    meaning.startsWith("The name servers of kyoto.test do not answer. "), meaning);
        }
    }

    @Test
    void aDomainThatIsProvenNotToExistComesBack() throws Exception {
        try (TestOffice nara = office("nara", internet.resolver())) {
            submit(nara, "nobody@osaka.test");
            for (int i = 0; i < 200; i++) {
                if (nara.messages("ann@example.com", "orange") > 0) return;
                Thread.sleep(25);
            }
            throw new AssertionError("no bounce; waiting: " + nara.order("queue list"));
        }
    }

    /// Hands in a letter and returns what its first attempt came to.
    private static String reply(TestOffice office, String to) throws Exception {
        submit(office, to);
        for (int i = 0; i < 400; i++) {
            JsonNode list = office.order("queue list");
            String reply = list.path(0).path("reply").asString("");
            if (!reply.isEmpty()) return reply;
            Thread.sleep(25);
        }
        throw new AssertionError("no attempt: " + office.order("queue list"));
    }

    private static void submit(TestOffice office, String to) throws Exception {
        office.order("domain add", "domain", "example.com");
        office.order("account add", "address", "ann@example.com", "password", "orange");
        try (Caller door = Caller.connect(office.at(Service.SUBMISSION), false, line -> {})) {
            door.smtp(null, "220");
            door.smtp("EHLO client.test", "250");
            door.smtp("AUTH PLAIN " + Caller.plain("ann@example.com", "orange"), "235");
            door.smtp("MAIL FROM:<ann@example.com>", "250");
            door.smtp("RCPT TO:<" + to + ">", "250");
            door.smtp("DATA", "354");
            door.data(Letters.plain("ann@example.com", to, "Hello", "A letter."));
            door.smtp("QUIT", "221");
        }
    }
}
