package yubin.assist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class ClerkTest {
    private static final String REPORT =
            """
            From: MAILER-DAEMON@example.test
            Subject: Undelivered Mail Returned to Sender
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b

            I could not deliver your letter.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.test

            Original-Recipient: rfc822;info@example.test
            Final-Recipient: rfc822;hana@example.com
            Action: failed
            Status: 5.2.2
            Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

            Final-Recipient: rfc822;taro@example.com
            Action: delivered
            Status: 2.0.0

            --b
            Content-Type: message/rfc822

            Message-ID: <letter@example.test>
            Subject: =?utf-8?B?44GT44KT44Gr44Gh44Gv?=

            Hello
            --b--
            """;

    @Test
    void reportIsTiedToItsLetter() {
        Reading reading = BounceReader.read(REPORT.getBytes(StandardCharsets.UTF_8));
        assertEquals(Reading.Kind.BOUNCE, reading.kind());
        assertEquals("<letter@example.test>", reading.returned().messageId());
        assertEquals("こんにちは", reading.returned().subject());
        assertEquals(1, reading.bounces().size());
        Bounce bounce = reading.bounces().getFirst();
        assertEquals("hana@example.com", bounce.recipient());
        assertEquals("info@example.test", bounce.originalRecipient());
        assertEquals("mailboxfull", bounce.reason());
        assertEquals("5.2.2", bounce.status());
        assertFalse(bounce.hard());
    }

    /// RFC 6533 §3, §4.
    @Test
    void utf8ReportsAreRead() {
        String report =
                REPORT.replace("message/delivery-status", "message/global-delivery-status")
                        .replace("rfc822;hana@example.com", "utf-8;花子@例え.example")
                        .replace("message/rfc822", "message/global-headers");
        Reading reading = BounceReader.read(report.getBytes(StandardCharsets.UTF_8));
        assertEquals("花子@例え.example", reading.bounces().getFirst().recipient());
        assertEquals("<letter@example.test>", reading.returned().messageId());
    }

    @Test
    void damagedReportsAreRead() {
        for (String damaged :
                List.of(
                        REPORT.replace("--b--\n", ""),
                        REPORT.replace("\n", "\r\n"),
                        REPORT.replace("Content-Type: message/delivery-status", "Content-Type:"),
                        REPORT.replace("Reporting-MTA: dns; mx.example.test\n\n", ""),
                        REPORT.replace("Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n", ""))) {
            Reading reading = BounceReader.read(damaged.getBytes(StandardCharsets.UTF_8));
            assertEquals(1, reading.bounces().size(), damaged);
            assertEquals("hana@example.com", reading.bounces().getFirst().recipient(), damaged);
            assertEquals("mailboxfull", reading.bounces().getFirst().reason(), damaged);
        }
    }

    @Test
    void whatElseMailSystemsSendIsToldApart() {
        String feedback =
                """
                From: abuse@example.test
                Subject: FW: offer
                Content-Type: multipart/report; report-type=feedback-report; boundary=b

                --b
                Content-Type: message/feedback-report

                Feedback-Type: abuse
                --b--
                """;
        String receipt =
                """
                From: hana@example.com
                Subject: Read: minutes
                Content-Type: multipart/report; report-type=disposition-notification; boundary=b

                --b
                Content-Type: message/disposition-notification

                Final-Recipient: rfc822;hana@example.com
                Disposition: manual-action/MDN-sent-manually; displayed
                --b--
                """;
        String vacation =
                """
                From: hana@example.com
                Auto-Submitted: auto-replied
                Subject: Re: minutes

                I am away and cannot read your mail until Monday.
                """;
        assertKind(Reading.Kind.FEEDBACK, feedback);
        assertKind(Reading.Kind.READ_RECEIPT, receipt);
        assertKind(Reading.Kind.AUTO_REPLY, vacation);
    }

    private static void assertKind(Reading.Kind kind, String message) {
        Reading reading = BounceReader.read(message.getBytes(StandardCharsets.UTF_8));
        assertEquals(kind, reading.kind());
        assertEquals(List.of(), reading.bounces());
    }

    /// No name of a mailbox stands for a reason.
    @Test
    void addressesSayNothingAboutTheReason() {
        assertReason("mailboxfull", false, "552 5.2.2 <user-unknown@example.com>: quota", "RCPT");
    }

    @Test
    void theWorldsLanguagesAreRead() {
        assertReason("userunknown", true, "550 5.1.1 Benutzer unbekannt", "RCPT");
        assertReason("mailboxfull", false, "552 La boîte du destinataire est pleine", "RCPT");
        assertReason("userunknown", true, "550 Пользователь не найден", "RCPT");
        assertReason("mailboxfull", false, "552 邮箱已满", "RCPT");
        assertReason("userunknown", true, "550 El usuario no existe", "RCPT");
        assertReason("spamdetected", false, "554 垃圾邮件", "DATA");
    }

    @Test
    void ordinaryLettersAreNoErrorMails() {
        String letter =
                """
                From: Hana <hana@example.com>
                Subject: Re: undelivered parcels

                Your parcel could not be delivered to taro@example.com, permanent error they said.
                """;
        Reading reading = BounceReader.read(letter.getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), reading.bounces());
    }

    @Test
    void bareRepliesAreRead() {
        assertReason("userunknown", true, "550 5.1.1 <a@example.com>: User unknown", "RCPT");
        assertReason("userunknown", true, "550 User unknown", "");
        assertReason("mailboxfull", false, "452 4.2.2 over quota", "");
        assertReason("networkerror", false, "451 4.4.3 Name server timed out", "");
        assertReason("notaccept", true, "556 5.1.10 null MX", "");
        assertReason("norelaying", false, "550 5.7.1 Relaying denied", "RCPT");
        assertReason("blocked", false, "450 4.2.0 Greylisted, come back later", "RCPT");
        assertReason("rejected", false, "553 5.7.1 not owned by user hana", "MAIL");
        assertReason("hasmoved", true, "551 User not local; please try b@example.com", "RCPT");
        assertReason("networkerror", false, "554 5.4.6 Too many hops", "DATA");
        assertReason("failedstarttls", false, "530 5.7.0 Must issue a STARTTLS command first", "");
    }

    @Test
    void unknownWordsGetClassAndAdviceFromTheCode() {
        for (String reply : List.of("421 zzz", "450 zzz", "550 zzz", "554 5.7.1 zzz", "", "zzz")) {
            Bounce bounce = ReplyReader.read(reply, "");
            assertTrue(bounce.status().matches("[45]\\.\\d+\\.\\d+"), reply);
            for (boolean japanese : new boolean[] {true, false}) {
                Reasons.Words words = Reasons.explain(bounce, japanese);
                assertFalse(words.happened().isEmpty() || words.next().isEmpty(), reply);
            }
        }
    }

    @Test
    void limitsAndListsAreNamed() {
        Bounce large = ReplyReader.read("552 5.3.4 Message too large, maximum 20 MB allowed", "");
        assertTrue(Reasons.explain(large, false).happened().contains("20 MB"));
        Bounce listed = ReplyReader.read("554 5.7.1 Client blocked using list.example.com", "");
        assertTrue(Reasons.explain(listed, true).happened().contains("list.example.com"));
    }

    @Test
    void everyLineIsShownByItsExampleAndHasWords() {
        List<Rules.Rule> rules = Rules.table().all();
        for (int i = 0; i < rules.size(); i++) {
            Rules.Rule rule = rules.get(i);
            assertFalse(rule.example().isEmpty(), rule.words());
            boolean words = !rule.words().isEmpty() && !rule.words().startsWith("=");
            if (words) assertTrue(Rules.table().wordsFit(i, rule.example()), rule.words());
            assertEquals(rule.topic(), Reasons.entry(rule.topic()).topic());
        }
    }

    /// The tree of letters against the plain way, on texts made of what the tables are made of.
    @Test
    void allPhrasesAtOnceAreFoundAsOneByOne() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Rules.Rule> rules = Rules.table().all();
        List<String> words = new ArrayList<>();
        for (Rules.Rule rule : rules) words.addAll(List.of(rule.words().split("[ +*]+")));
        List<String> examples = rules.stream().map(Rules.Rule::example).toList();
        for (int i = 0; i < 30; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                boolean whole = random.nextInt(4) == 0;
                List<String> from = whole ? examples : words;
                text.append(from.get(random.nextInt(from.size())));
                text.append(random.nextInt(5) == 0 ? "x" : random.nextInt(9) == 0 ? " a@b " : " ");
            }
            BitSet found = Rules.table().said(text.toString()).lines();
            for (int line = 0; line < rules.size(); line++) {
                String wanted = rules.get(line).words();
                boolean fits =
                        wanted.isEmpty()
                                || !wanted.startsWith("=")
                                        && Rules.table().wordsFit(line, text.toString());
                assertEquals(fits, found.get(line), wanted + " in " + text);
            }
        }
    }

    /// What is looked up grows with the letters of a mail, not with letters times recipients.
    @Test
    void whatManyRecipientsShareIsLookedUpOnce() {
        long few = lettersLookedUp(80);
        long many = lettersLookedUp(640);
        assertTrue(few > 0 && many < 10 * few, few + " letters, then " + many);
    }

    private static long lettersLookedUp(int recipients) {
        LongAdder letters = new LongAdder();
        StringBuilder mail = new StringBuilder();
        mail.append("From: MAILER-DAEMON@mx.example\nSubject: Undelivered mail\n\n");
        mail.append("It could not be delivered. ".repeat(100)).append("\n");
        for (int i = 0; i < recipients; i++) {
            mail.append("<u%d@example.org>: 5zz nothing that is known %d\n".formatted(i, i));
        }
        byte[] octets = mail.toString().getBytes(StandardCharsets.UTF_8);
        Rules rules = Rules.table().overheard(text -> letters.add(text.length()));
        assertEquals(recipients, BounceReader.read(octets, rules).bounces().size());
        return letters.sum();
    }

    /// Another line may decide an example of general wording, but not otherwise.
    @Test
    void everyExampleOfGeneralWordingIsReadAsItSays() {
        for (Rules.Rule rule : Rules.table().all()) {
            if (rule.part() != Rules.Part.GENERAL || rule.words().isEmpty()) continue;
            String command = rule.codes().contains("RCPT") ? "RCPT" : "";
            Bounce bounce = ReplyReader.read(rule.example(), command);
            String said = bounce.topic().equals("filtered") ? "userunknown" : bounce.topic();
            String wanted = rule.topic().equals("filtered") ? "userunknown" : rule.topic();
            assertEquals(wanted, said, rule.words() + ": " + rule.example());
        }
    }

    @Test
    void anyOctetsAreRead() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] report = REPORT.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3000; i++) {
            byte[] octets = i % 3 == 0 ? new byte[random.nextInt(3000)] : report.clone();
            if (i % 3 == 0) random.nextBytes(octets);
            for (int hits = i % 3 == 1 ? 40 : 3; hits > 0 && octets.length > 0; hits--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            for (Bounce bounce : BounceReader.read(octets).bounces()) {
                Reasons.explain(bounce, i % 2 == 0);
            }
            ReplyReader.read(new String(octets, StandardCharsets.ISO_8859_1), "RCPT");
        }
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        Path page = Path.of(System.getProperty("yubin.root", "..")).resolve("docs/reasons.md");
        if (Boolean.getBoolean("yubin.write")) Files.writeString(page, ReasonsPage.text());
        assertEquals(Files.readString(page), ReasonsPage.text(), "run with -Dyubin.write=true");
    }

    private static void assertReason(String reason, boolean hard, String reply, String command) {
        Bounce bounce = ReplyReader.read(reply, command);
        assertEquals(reason, bounce.reason(), reply);
        assertEquals(hard, bounce.hard(), reply);
    }
}
