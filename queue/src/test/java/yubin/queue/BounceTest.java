package yubin.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import yubin.mail.Address;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.Recipient.Notify;
import yubin.mail.Reply;
import yubin.mail.ReversePath;
import yubin.mime.Message;
import yubin.mime.Part;
import yubin.queue.Origin.Protocol;

/// Notifications as the sender, bob@example.com, finds them in the box.
class BounceTest {
    static final Reply UNKNOWN = Reply.of(550, "5.1.1", "<dan@example.org>: User unknown");

    @TempDir Path folder;
    Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office(folder);
        office.domain("example.com").person("bob@example.com").person("cho@example.com");
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    /// One notification, taken apart.
    private record Report(String whole, Message message) {
        static Report of(String letter) {
            return new Report(letter, Message.parse(letter.getBytes(StandardCharsets.UTF_8)));
        }

        private byte[] octets() {
            return whole.getBytes(StandardCharsets.UTF_8);
        }

        Part part(int index) {
            return message.root().children().get(index);
        }

        String words() {
            return part(0).text(octets());
        }

        String status() {
            return new String(part(1).decoded(octets()), StandardCharsets.UTF_8);
        }

        String original() {
            return new String(part(2).decoded(octets()), StandardCharsets.UTF_8);
        }

        /// The value of a field of the status part; null when there is none.
        String field(String name) {
            for (String line : status().split("\r\n")) {
                if (line.startsWith(name + ": ")) return line.substring(name.length() + 2);
            }
            return null;
        }
    }

    private List<Report> reports() throws Exception {
        List<Report> reports = new ArrayList<>();
        for (String letter : office.inbox("bob@example.com")) {
            if (letter.contains("report-type=delivery-status")) reports.add(Report.of(letter));
        }
        return reports;
    }

    private QueueId send(Envelope envelope) throws Exception {
        return Office.id(office.submit(envelope, Office.TEXT, Protocol.SUBMISSION));
    }

    private void settle(Outcome outcome) {
        Job job = office.take();
        office.shelf().settle(job, job.which().stream().map(i -> outcome).toList());
    }

    private static Outcome never() {
        return new Outcome.Never("mx.example.org", UNKNOWN);
    }

    @Test
    void aFailureIsToldInJapaneseAndEnglishAndForPrograms() throws Exception {
        QueueId id = send(Office.envelope("bob@example.com", "dan@example.org"));
        settle(never());
        Report report = reports().getFirst();
        assertEquals("multipart/report", report.message().root().mediaType());
        assertEquals("delivery-status", report.message().root().parameter("report-type"));
        assertEquals(3, report.message().root().children().size());
        assertTrue(report.whole().startsWith("Return-Path: <>\r\nDelivered-To: bob@example.com"));
        assertEquals("メールを配達できませんでした / Mail could not be delivered", report.message().subject());
        assertEquals("auto-replied", report.message().root().unfolded("Auto-Submitted"));
        assertEquals(List.of("m1@example.com"), report.message().inReplyTo());

        String words = report.words();
        assertTrue(words.contains("「dan@example.org」というアドレスは、相手のサーバーにありません。"), words);
        assertTrue(words.contains("アドレスを確かめ、正しい宛先に"), words);
        assertTrue(words.contains("dan@example.org does not exist"), words);
        assertTrue(words.contains("(mx.example.org): 550 5.1.1 <dan@example.org>"), words);
        assertTrue(words.contains(id.toString()), words);

        assertEquals("message/delivery-status", report.part(1).mediaType());
        assertEquals("dns; mail.example.com", report.field("Reporting-MTA"));
        assertNull(report.field("Original-Envelope-Id"));
        assertNull(report.field("Original-Recipient"));
        assertEquals("rfc822; dan@example.org", report.field("Final-Recipient"));
        assertEquals("failed", report.field("Action"));
        assertEquals("5.1.1", report.field("Status"));
        assertEquals("dns; mx.example.org", report.field("Remote-MTA"));
        assertEquals(
                "smtp; 550 5.1.1 <dan@example.org>: User unknown", report.field("Diagnostic-Code"));
        assertTrue(report.status().contains("\r\n\r\nFinal-Recipient:"), report.status());

        assertEquals("text/rfc822-headers", report.part(2).mediaType());
        assertTrue(report.original().startsWith("From: Ann"), report.original());
        assertFalse(report.original().contains("A letter."), report.original());

        assertTrue(office.orders().list(i -> true, 10).isEmpty());
        assertTrue(office.steps(id).contains("TOLD bob@example.com"), "" + office.steps(id));
    }

    @Test
    void retFullEnvidAndOrcptComeBack() throws Exception {
        Recipient recipient =
                new Recipient(
                        Address.of("dan@example.org"),
                        Set.of(Notify.FAILURE),
                        "rfc822;Dan@Example.ORG");
        send(
                new Envelope(
                        ReversePath.of(Address.of("bob@example.com")),
                        List.of(recipient),
                        Envelope.Body.SEVEN_BIT,
                        false,
                        Envelope.Ret.FULL,
                        "QQ314159"));
        settle(never());
        Report report = reports().getFirst();
        assertEquals("QQ314159", report.field("Original-Envelope-Id"));
        assertEquals("rfc822;Dan@Example.ORG", report.field("Original-Recipient"));
        assertEquals("message/rfc822", report.part(2).mediaType());
        assertTrue(report.whole().contains(Office.TEXT), report.whole());
    }

    /// RFC 3461 §5.2: who is told what. `host` is a relay that knows DSN or not.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // notices       | what happens     | reports
                "                | delivered        | ",
                "SUCCESS         | delivered        | delivered",
                "FAILURE         | delivered        | ",
                "NEVER           | delivered        | ",
                "SUCCESS FAILURE | delivered        | delivered",
                "                | relayed          | ",
                "SUCCESS         | relayed          | relayed",
                "FAILURE DELAY   | relayed          | ",
                "SUCCESS         | passed           | ",
                "                | passed           | ",
                "                | failed           | failed",
                "FAILURE         | failed           | failed",
                "SUCCESS         | failed           | ",
                "DELAY           | failed           | ",
                "NEVER           | failed           | ",
                "                | delayed          | delayed",
                "DELAY           | delayed          | delayed",
                "FAILURE         | delayed          | ",
                "NEVER           | delayed          | ",
                "SUCCESS         | expanded         | expanded",
                "                | expanded         | ",
                "                | expired          | delayed failed",
                "FAILURE         | expired          | failed",
            })
    void theSenderIsTold(String notices, String event, String expected) throws Exception {
        Notify[] wishes =
                notices == null
                        ? new Notify[0]
                        : List.of(notices.split(" ")).stream()
                                .map(Notify::valueOf)
                                .toArray(Notify[]::new);
        office.alias("both@example.com", "cho@example.com", "eve@example.net");
        String to =
                switch (event) {
                    case "delivered" -> "cho@example.com";
                    case "expanded" -> "both@example.com";
                    default -> "dan@example.org";
                };
        send(Office.notifying("bob@example.com", to, wishes));
        Reply busy = Reply.of(451, "4.3.2", "busy");
        switch (event) {
            case "delivered", "expanded" -> {}
            case "relayed" ->
                    settle(new Outcome.Delivered("mx.example.org", Reply.of(250, "ok"), false));
            case "passed" ->
                    settle(new Outcome.Delivered("mx.example.org", Reply.of(250, "ok"), true));
            case "failed" -> settle(never());
            case "delayed" -> {
                settle(new Outcome.Later("mx.example.org", busy, false));
                office.clock.pass(Duration.ofHours(5));
                settle(new Outcome.Later("mx.example.org", busy, false));
                office.clock.pass(Duration.ofHours(5));
                settle(new Outcome.Later("mx.example.org", busy, false)); // told once only
            }
            default -> {
                for (int i = 0; i < 2; i++) {
                    settle(new Outcome.Later("mx.example.org", busy, false));
                    office.clock.pass(Duration.ofDays(3));
                }
                settle(new Outcome.Later("mx.example.org", busy, false));
            }
        }
        while (office.take() != null) {
            // the reports are written on the way; what goes onward stays out
        }
        List<String> actions = new ArrayList<>();
        for (Report report : reports()) actions.add(report.field("Action"));
        assertEquals(expected == null ? List.of() : List.of(expected.split(" ")), actions, event);
        if (event.equals("expired") && notices == null) {
            assertEquals("5.4.7", reports().getLast().field("Status"));
            assertEquals("4.3.2", reports().getFirst().field("Status"));
            assertTrue(reports().getFirst().field("Will-Retry-Until").startsWith("Mon, 30 Nov"));
        }
    }

    @Test
    void aBounceIsNeverBounced() throws Exception {
        send(Office.envelope("nobody@example.com", "dan@example.org"));
        QueueId id = office.orders().list(i -> true, 1).getFirst().id();
        settle(never());
        assertNull(office.take());
        assertTrue(office.orders().list(i -> true, 10).isEmpty());
        List<String> steps = office.steps(id);
        assertEquals("DROPPED nobody@example.com", steps.getLast());
    }

    @Test
    void aBounceForSomebodyElsewhereGoesOntoTheShelfWithoutReturnAddress() throws Exception {
        send(Office.envelope("ann@example.net", "dan@example.org"));
        settle(never());
        Job job = office.take();
        assertEquals("example.net", job.destination());
        assertEquals(ReversePath.NULL, job.envelope().from());
        assertEquals(Set.of(Notify.NEVER), job.envelope().recipients().getFirst().notices());
        assertFalse(job.utf8Header());
    }

    @Test
    void oneBadRecipientAmongGoodOnesIsBouncedByUs() throws Exception {
        Office.id(
                office.submit(
                        Office.envelope("bob@example.com", "cho@example.com", "nobody@example.com"),
                        Office.TEXT,
                        Protocol.SUBMISSION));
        assertNull(office.take());
        Report report = reports().getFirst();
        assertEquals("rfc822; nobody@example.com", report.field("Final-Recipient"));
        assertNull(report.field("Remote-MTA"));
        assertEquals(1, office.inbox("cho@example.com").size());
    }

    @Test
    void aUtf8AddressAndHeaderComeBackInGlobalParts() throws Exception {
        String text = "Subject: 会議\r\nMessage-ID: <m2@example.com>\r\n\r\nx\r\n";
        office.submit(
                new Envelope(
                        ReversePath.of(Address.of("bob@example.com")),
                        List.of(Recipient.of(Address.of("太郎@example.org"))),
                        Envelope.Body.EIGHT_BIT_MIME,
                        true,
                        Envelope.Ret.FULL,
                        null),
                text,
                Protocol.SUBMISSION);
        settle(never());
        Report report = reports().getFirst();
        assertEquals("message/global-delivery-status", report.part(1).mediaType());
        assertEquals("utf-8; 太郎@example.org", report.field("Final-Recipient"));
        assertEquals("message/global", report.part(2).mediaType());
        assertEquals(text, report.original());
        assertFalse(report.message().needsSmtpUtf8()); // the way back may lack SMTPUTF8
        assertFalse(report.message().isEightBit());
    }

    @Test
    void hostileTextOfAServerStaysWithinItsLine() throws Exception {
        send(Office.envelope("bob@example.com", "dan@example.org"));
        Reply evil =
                new Reply(
                        550,
                        null,
                        List.of("no\r\nBcc: everyone@example.org", "\u202Eesrever\u0000"));
        settle(new Outcome.Never("mx.example.org", evil));
        Report report = reports().getFirst();
        assertEquals(
                "smtp; 550 no??Bcc: everyone@example.org ?esrever?",
                report.field("Diagnostic-Code"));
        assertFalse(report.words().contains("\u202E"));
        assertFalse(report.whole().contains("\r\nBcc:"));
    }

    @Test
    void theOperatorBouncesWhatWaits() throws Exception {
        QueueId id = send(Office.envelope("bob@example.com", "dan@example.org"));
        office.orders().hold(id, "suspicious");
        assertTrue(office.orders().bounce(id));
        assertEquals("failed", reports().getFirst().field("Action"));
        assertTrue(reports().getFirst().words().contains("管理者が、このメールの配達を中止しました"));
        assertTrue(office.orders().list(i -> true, 10).isEmpty());
    }
}
