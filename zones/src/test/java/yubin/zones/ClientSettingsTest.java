package yubin.zones;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import yubin.dns.Lookup;
import yubin.dns.ZoneText;
import yubin.mail.Domain;

/// What mail programs and other post offices are told about example.com.
class ClientSettingsTest {
    private static final Domain DOMAIN = Domain.of("example.com");

    private static ZoneSettings settings(
            String mtaSts, String obstacle, Map<String, Integer> services) {
        return new ZoneSettings(
                Domain.of("mail.example.com"),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                null,
                List.of(),
                "none",
                mtaSts,
                obstacle,
                services,
                Duration.ZERO);
    }

    private static ClientSettings office(ZoneSettings settings) {
        return new ClientSettings(settings, DOMAIN::equals);
    }

    private static Optional<AutodiscoverRequest> parse(String text) {
        return AutodiscoverRequest.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String asked(String address) {
        return """
        <?xml version="1.0" encoding="utf-8"?>
        <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
        <Request><EMailAddress>%s</EMailAddress><AcceptableResponseSchema>
        http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a
        </AcceptableResponseSchema></Request></Autodiscover>
        """
                .formatted(address);
    }

    @Test
    void onlyWhatIsOfferedIsTold() throws Exception {
        ClientSettings few = office(settings("none", null, Map.of("imap", 1143, "submission", 25)));
        String xml = text(few.autoconfig("example.com", null));
        assertTrue(xml.contains("<port>1143</port>\n<socketType>STARTTLS<"), xml);
        assertFalse(xml.contains("pop3") || xml.contains("SSL"), xml);
        String outlook = text(few.autodiscover(parse(asked("ann@example.com")).orElseThrow()));
        assertTrue(outlook.contains("<Type>IMAP</Type>"), outlook);
        assertTrue(outlook.contains("<Encryption>TLS</Encryption>"), outlook);
        assertFalse(outlook.contains("POP3"), outlook);
        ClientSettings nothing = office(settings("none", null, Map.of()));
        assertTrue(nothing.autoconfig("example.com", null).isEmpty());
        assertTrue(nothing.autodiscover(parse(asked("ann@example.com")).orElseThrow()).isEmpty());
    }

    private static String text(Optional<byte[]> xml) {
        return new String(xml.orElseThrow(), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsWrittenInAQuestionIsEscapedInTheAnswer() throws Exception {
        ClientSettings office = office(settings("none", null, Map.of("imaps", 993)));
        String xml = text(office.autodiscover(parse(asked("a&amp;b@EXAMPLE.com")).orElseThrow()));
        assertTrue(xml.contains("<LoginName>a&amp;b@example.com</LoginName>"), xml);
        String control = asked("\"a&#1;\"@example.com").replace("\"1.0\"", "\"1.1\"");
        Optional<AutodiscoverRequest> request = parse(control);
        assertTrue(request.isEmpty() || office.autodiscover(request.get()).isEmpty());
    }

    @Test
    void aQuestionWithADtdIsNoQuestion() {
        String inside =
                "<!DOCTYPE x [<!ENTITY a \"ann@example.com\">]>"
                        + asked("&a;").substring(asked("").indexOf('>') + 1);
        String outside =
                "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">"
                        + asked("ann@example.com").substring(asked("").indexOf('>') + 1);
        String undeclared = asked("&a;");
        for (String text : List.of(inside, outside, undeclared, "", "<a>", "<a/>", "{}")) {
            assertTrue(parse(text).isEmpty(), text);
        }
        assertTrue(parse(asked("a".repeat(20_000))).isEmpty());
        assertTrue(parse(asked("ann@example.com")).isPresent());
    }

    @Test
    void brokenQuestionsNeverThrow() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good = asked("ann@example.com").getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 500; round++) {
            byte[] bad = good.clone();
            for (int i = random.nextInt(1, 8); i > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                AutodiscoverRequest.parse(bad);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
    }

    @Test
    void thePolicyAndItsRecordComeAndGoTogether() throws Exception {
        ZoneSettings testing = settings("testing", null, Map.of());
        assertEquals(
                "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\nmax_age: 604800\r\n",
                office(testing).mtaSts("mta-sts.example.com:443").orElseThrow());
        for (String host : List.of("example.com", "mta-sts.example.net", "mta-sts.", "[::1]")) {
            assertTrue(office(testing).mtaSts(host).isEmpty(), host);
        }
        assertEquals(2, stsRecords(testing).size());
        assertFalse(
                stsRecords(testing).equals(stsRecords(settings("enforce", null, Map.of()))),
                "the id changes with the policy");
        assertEquals(
                stsRecords(testing), stsRecords(settings("testing", null, Map.of("imaps", 993))));
        for (ZoneSettings none :
                List.of(
                        settings("none", null, Map.of()),
                        settings("testing", "nobody can fetch it", Map.of()))) {
            assertEquals(List.of(), stsRecords(none));
            assertTrue(office(none).mtaSts("mta-sts.example.com").isEmpty());
        }
    }

    private static List<String> stsRecords(ZoneSettings settings) {
        return Plan.domain(settings, DOMAIN, List.of()).stream()
                .filter(wanted -> wanted.set().owner().toString().contains("mta-sts"))
                .map(Wanted::set)
                .map(set -> set.owner() + " " + ZoneText.rdata(set.type(), set.rdata().getFirst()))
                .toList();
    }

    @Test
    void theCheckSaysWhyAPolicyThatIsWantedIsNotPublished() throws Exception {
        World world = (_, _) -> new Lookup.NoData<>(true);
        ZoneSettings wanted = settings("testing", "the certificate is self-signed", Map.of());
        Finding finding =
                new Comparison(world, wanted, DOMAIN, null)
                        .run(List.of()).stream()
                                .filter(each -> each.what().equals("_mta-sts.example.com. TXT"))
                                .findFirst()
                                .orElseThrow();
        assertEquals(Finding.Verdict.HINT, finding.verdict());
        assertEquals(
                "is not published, although dns.mta-sts is \"testing\": the certificate is"
                        + " self-signed",
                finding.words());
    }
}
