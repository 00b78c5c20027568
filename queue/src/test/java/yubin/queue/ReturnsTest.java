package yubin.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.assist.NextStep;
import yubin.mail.Address;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.queue.Origin.Protocol;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;

/// Error mails of other post offices, and the letters of bob@example.com that they are about.
class ReturnsTest {
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

    /// A letter of bob's that the host of its recipients took.
    private QueueId sent(String... to) throws Exception {
        QueueId id = Office.id(office.sendAs("bob@example.com", to));
        settleAll();
        office.clock.pass(Duration.ofMinutes(5));
        return id;
    }

    /// @param group fields of the recipient
    /// @param returned header of the letter that came back
    static String report(String group, String returned) {
        return """
        From: MAILER-DAEMON@mx.example.org
        To: bob@example.com
        Subject: Undelivered Mail Returned to Sender
        Message-ID: <b1@mx.example.org>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=x

        --x

        I'm sorry to have to inform you that your message could not be delivered.
        --x
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.org

        %s
        --x
        Content-Type: text/rfc822-headers

        %s
        --x--
        """
                .formatted(group.strip(), returned.strip())
                .replace("\n", "\r\n");
    }

    static final String DAN_IS_UNKNOWN =
            """
            Final-Recipient: rfc822; dan@example.org
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 <dan@example.org>: User unknown
            """;

    private static final String BY_MESSAGE_ID = "Message-ID: <m1@example.com>\nSubject: hello";

    private QueueId comesIn(String to, String mail) throws Exception {
        Envelope envelope = Office.envelope("", to);
        return Office.id(office.submit(envelope, mail, Protocol.SMTP));
    }

    private List<Step> returned(QueueId letter) throws Exception {
        return office.intake.journey().trail(letter).orElseThrow().steps().stream()
                .filter(step -> step.returned() != null)
                .toList();
    }

    @Test
    void anErrorMailIsAStepOfTheLettersJourney() throws Exception {
        QueueId letter = sent("dan@example.org");
        QueueId notice = comesIn("bob@example.com", report(DAN_IS_UNKNOWN, BY_MESSAGE_ID));
        assertEquals(
                List.of(
                        "ACCEPTED",
                        "SHELVED dan@example.org",
                        "SENT dan@example.org",
                        "CAME_BACK dan@example.org"),
                office.steps(letter));
        assertEquals(List.of("ACCEPTED", "ABOUT", "STORED bob@example.com"), office.steps(notice));
        Step step = returned(letter).getFirst();
        assertEquals(notice, step.returned().letter());
        assertEquals("550 5.1.1 <dan@example.org>: User unknown", step.text());
        assertFalse(step.returned().forwarded());
        Explanation why = Explanation.of(step).orElseThrow();
        assertEquals("userunknown", why.topic());
        assertTrue(why.read().hard());
        assertEquals(NextStep.ADDRESS, why.nextStep());
        assertEquals(1, office.inbox("bob@example.com").size());
    }

    @Test
    void theLetterIsFoundByWhateverCameBackOfIt() throws Exception {
        QueueId byId = sent("dan@example.org");
        comesIn(
                "bob@example.com",
                report(
                        DAN_IS_UNKNOWN,
                        """
                        Received: from mail.example.com (unknown [192.0.2.1])
                            by mx.example.org (Postfix) with ESMTPS id 4BcDeF1zzz;
                        Received: from laptop by mail.example.com
                            with ESMTPSA id %s; Wed, 25 Nov 2026 10:00:00 +0900
                        Subject: hello"""
                                .formatted(byId)));
        assertEquals(1, returned(byId).size());

        Envelope withEnvid =
                new Envelope(
                        Office.path("bob@example.com"),
                        List.of(Recipient.of(Address.of("dan@example.org"))),
                        Envelope.Body.SEVEN_BIT,
                        false,
                        null,
                        "QQ314159");
        QueueId byEnvid = Office.id(office.submitAs("bob@example.com", withEnvid));
        sent("eve@example.org");
        String perMessage = "Original-Envelope-Id: QQ314159\n\n";
        comesIn("bob@example.com", report(perMessage + DAN_IS_UNKNOWN, "Subject: hello"));
        assertEquals(1, returned(byEnvid).size());
    }

    @Test
    void anErrorMailWithoutAnyPartsIsTiedByTheLetterItAnswers() throws Exception {
        QueueId letter = sent("dan@example.org");
        comesIn(
                "bob@example.com",
                """
                From: Mail Delivery System <Mailer-Daemon@mx.example.org>
                References: <m1@example.com>
                Subject: Mail delivery failed: returning message to sender

                A message that you sent could not be delivered to one or more of its
                recipients. This is a permanent error. The following address(es) failed:

                  dan@example.org
                    host mx.example.org [192.0.2.7]
                    SMTP error from remote mail server after RCPT TO:<dan@example.org>:
                    552 5.2.2 mailbox full
                """);
        assertEquals("mailboxfull", returned(letter).getFirst().returned().bounce().reason());
    }

    @Test
    void aDelayNoticeIsNoFailure() throws Exception {
        QueueId letter = sent("dan@example.org");
        String delayed = "Final-Recipient: rfc822; dan@example.org\nAction: delayed\nStatus: 4.4.1";
        comesIn("bob@example.com", report(delayed, BY_MESSAGE_ID));
        comesIn("bob@example.com", report(DAN_IS_UNKNOWN, BY_MESSAGE_ID));
        assertEquals(
                List.of(What.LATE, What.CAME_BACK),
                returned(letter).stream().map(Step::what).toList());
        Explanation late = Explanation.of(returned(letter).getFirst()).orElseThrow();
        assertEquals(NextStep.WAIT, late.nextStep());
    }

    @Test
    void anAddressBehindTheRecipientIsMarkedAsSuch() throws Exception {
        QueueId letter = sent("dan@example.org", "eve@example.net");
        String behind =
                "Final-Recipient: rfc822; hidden@example.org\nAction: failed\nStatus: 5.2.2";
        comesIn("bob@example.com", report(behind, BY_MESSAGE_ID));
        String named = "Original-Recipient: rfc822;eve@example.net\n";
        comesIn("bob@example.com", report(named + behind, BY_MESSAGE_ID));
        Step first = returned(letter).get(0);
        assertEquals("dan@example.org", first.recipient());
        assertTrue(first.returned().forwarded());
        assertEquals("hidden@example.org", first.returned().bounce().recipient());
        Step second = returned(letter).get(1);
        assertEquals("eve@example.net", second.recipient());
        assertTrue(second.returned().forwarded());
    }

    @Test
    void anErrorMailToTheReversePathIsTiedThoughAnotherSent() throws Exception {
        office.alias("office@example.com", "cho@example.com");
        Envelope envelope = Office.envelope("office@example.com", "dan@example.org");
        QueueId letter = Office.id(office.submitAs("bob@example.com", envelope));
        settleAll();
        comesIn("office@example.com", report(DAN_IS_UNKNOWN, BY_MESSAGE_ID));
        assertEquals(1, returned(letter).size());
    }

    @Test
    void nobodyElseCanReturnALetter() throws Exception {
        QueueId letter = sent("dan@example.org");
        String mail = report(DAN_IS_UNKNOWN, BY_MESSAGE_ID);
        // To somebody who did not send it.
        QueueId toCho = comesIn("cho@example.com", mail);
        assertEquals(List.of("ACCEPTED", "STORED cho@example.com"), office.steps(toCho));
        // As an ordinary letter of a person.
        Envelope person = Office.envelope("eve@example.net", "bob@example.com");
        office.submit(person, mail, Protocol.SMTP);
        // By somebody who is logged in here.
        office.submitAs("cho@example.com", Office.envelope("", "bob@example.com"), mail);
        assertEquals(List.of(), returned(letter));
        assertEquals(2, office.inbox("bob@example.com").size(), "they arrive all the same");
    }

    @Test
    void aLetterThatDidNotGoOutCannotComeBack() throws Exception {
        // Still here.
        QueueId waiting = Office.id(office.sendAs("bob@example.com", "dan@example.org"));
        comesIn("bob@example.com", report(DAN_IS_UNKNOWN, BY_MESSAGE_ID));
        assertEquals(List.of(), returned(waiting));
        // Written by a stranger under bob's name.
        String forged = Office.TEXT.replace("m1@", "forged@");
        Envelope envelope = Office.envelope("bob@example.com", "cho@example.com");
        QueueId stranger = Office.id(office.submit(envelope, forged, Protocol.SMTP));
        comesIn("bob@example.com", report(DAN_IS_UNKNOWN, "Message-ID: <forged@example.com>"));
        assertEquals(List.of(), returned(stranger));
        // Never seen.
        comesIn("bob@example.com", report(DAN_IS_UNKNOWN, "Message-ID: <none@example.com>"));
        assertEquals(3, office.inbox("bob@example.com").size());
    }

    @Test
    void aFloodOfErrorMailsTellsEachThingOnce() throws Exception {
        QueueId letter = sent("dan@example.org");
        for (int i = 0; i < 3; i++) {
            comesIn("bob@example.com", report(DAN_IS_UNKNOWN, BY_MESSAGE_ID));
        }
        assertEquals(1, returned(letter).size());
        for (int i = 0; i < 60; i++) {
            String behind = "Final-Recipient: rfc822; x%d@example.org\nAction: failed".formatted(i);
            comesIn("bob@example.com", report(behind, BY_MESSAGE_ID));
        }
        assertEquals(21, returned(letter).size());
        assertEquals(63, office.inbox("bob@example.com").size());
    }

    @Test
    void aLargeErrorMailIsReadToo() throws Exception {
        QueueId letter = sent("dan@example.org");
        String big = "attachment ".repeat(40_000) + "\r\n";
        comesIn("bob@example.com", report(DAN_IS_UNKNOWN, BY_MESSAGE_ID + "\n\n" + big));
        assertEquals(1, returned(letter).size());
    }

    @Test
    void whatCameBackSurvivesARestartAndGoesWithTheJourney() throws Exception {
        QueueId letter = sent("dan@example.org");
        comesIn("bob@example.com", report(DAN_IS_UNKNOWN, BY_MESSAGE_ID));
        List<Step> before = returned(letter);
        office.restart();
        assertEquals(before, returned(letter));
        office.clock.pass(Journey.KEPT.plusDays(1));
        office.intake.journey().purge();
        assertTrue(office.intake.journey().trail(letter).isEmpty());
    }

    @Test
    void aBounceOfOursNamesItsLetterToo() throws Exception {
        QueueId letter = Office.id(office.sendAs("bob@example.com", "dan@example.org"));
        Job job = office.take();
        Reply unknown = Reply.of(550, "5.1.1", "no such user");
        office.shelf().settle(job, List.of(new Outcome.Never("mx.example.org", unknown)));
        String told = office.intake.journey().trail(letter).orElseThrow().steps().getLast().text();
        QueueId bounce = QueueId.parse(told.substring(told.length() - 12)).orElseThrow();
        Set<String> texts = new HashSet<>();
        for (Step step : office.intake.journey().trail(bounce).orElseThrow().steps()) {
            if (step.what() == What.ABOUT) texts.add(step.text());
        }
        assertEquals(Set.of(letter.toString()), texts);
    }

    private void settleAll() {
        for (Job job; (job = office.take()) != null; ) {
            Outcome taken =
                    new Outcome.Delivered("mx.example.org", Reply.of(250, "2.0.0", "OK"), false);
            office.shelf().settle(job, job.which().stream().map(i -> taken).toList());
        }
    }
}
