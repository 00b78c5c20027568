package yubin.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.directory.Account;
import yubin.mail.QueueId;
import yubin.mail.Reply;
import yubin.queue.Inspector.Verdict;
import yubin.queue.Origin.Protocol;
import yubin.store.Role;

class IntakeTest {
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

    @Test
    void aLetterForSomebodyHereIsInTheBoxWhenItIsAccepted() throws Exception {
        QueueId id = Office.id(office.send("bob@example.com"));
        assertEquals(
                List.of(
                        "Return-Path: <ann@example.net>\r\nDelivered-To: bob@example.com\r\n"
                                + Office.TEXT),
                office.inbox("bob@example.com"));
        assertEquals(List.of("ACCEPTED", "STORED bob@example.com"), office.steps(id));
        assertNull(office.take());
        assertTrue(office.orders().list(i -> true, 10).isEmpty());
    }

    @Test
    void aLetterForBothSidesIsOneCommitAndOneId() throws Exception {
        QueueId id = Office.id(office.send("bob@example.com", "dan@example.org"));
        assertEquals(1, office.inbox("bob@example.com").size());
        Job job = office.take();
        assertEquals(id, job.id());
        assertEquals("example.org", job.destination());
        assertEquals(1, job.envelope().recipients().size());
        assertEquals(
                List.of("ACCEPTED", "STORED bob@example.com", "SHELVED dan@example.org"),
                office.steps(id));
    }

    @Test
    void theSameMessageIdIsNeverTakenForADuplicate() throws Exception {
        Office.id(office.send("bob@example.com"));
        Office.id(office.send("bob@example.com"));
        assertEquals(2, office.inbox("bob@example.com").size());
    }

    @Test
    void twoAddressesOfOneAccountGiveOneCopy() throws Exception {
        office.alias("robert@example.com", "bob@example.com");
        Office.id(office.send("bob@example.com", "robert@example.com"));
        assertEquals(1, office.inbox("bob@example.com").size());
    }

    @Test
    void anAliasLeadsToSeveralBoxesAndElsewhere() throws Exception {
        office.alias("team@example.com", "bob@example.com", "cho@example.com", "dan@example.org");
        Office.id(office.send("team@example.com"));
        assertEquals(1, office.inbox("bob@example.com").size());
        assertEquals(1, office.inbox("cho@example.com").size());
        assertEquals(
                "dan@example.org",
                office.take().envelope().recipients().getFirst().address().toString());
    }

    @Test
    void aSubaddressGoesToTheMailboxOfThatNameIfThereIsOne() throws Exception {
        office.store.boxes(office.account("bob@example.com")).create("lists", null);
        Office.id(office.send("bob+lists@example.com"));
        Office.id(office.send("bob+other@example.com"));
        assertEquals(1, office.letters("bob@example.com", "lists").size());
        assertEquals(1, office.inbox("bob@example.com").size());
    }

    @Test
    void aFullBoxMakesTheClientComeAgain() throws Exception {
        office.person("full@example.com", 50);
        var refused =
                assertInstanceOf(
                        Submitted.Refused.class,
                        office.send("bob@example.com", "full@example.com"));
        assertEquals("452 4.2.2 mailbox is full", refused.reply().toString());
        assertTrue(office.inbox("bob@example.com").isEmpty());
    }

    @Test
    void whatAnAccountSendsInADayIsCountedOverRestarts() throws Exception {
        perDay("bob@example.com", 3);
        Office.id(office.sendAs("bob@example.com", "cho@example.com", "dan@example.org"));
        office.clock.pass(Duration.ofHours(1));
        String tomorrow =
                "452 4.7.1 you may send to 3 recipients in a day: try again in 23 h 1 min";
        assertEquals(tomorrow, reply(office.sendAs("bob@example.com", "a@b.test", "c@b.test")));
        office.restart();
        assertEquals(tomorrow, reply(office.sendAs("bob@example.com", "a@b.test", "c@b.test")));
        Office.id(office.sendAs("bob@example.com", "cho@example.com"));
        Office.id(office.sendAs("cho@example.com", "a@b.test", "c@b.test", "d@b.test", "e@b.test"));
        office.clock.pass(Duration.ofHours(23));
        assertEquals(
                "452 4.7.1 you may send to 3 recipients in a day: try again in 1 h 1 min",
                reply(office.sendAs("bob@example.com", "a@b.test", "b@b.test", "c@b.test")));
        Office.id(office.sendAs("bob@example.com", "a@b.test", "b@b.test"));
        assertEquals(
                "550 5.5.3 more recipients than your account may send to in a day",
                reply(
                        office.sendAs(
                                "bob@example.com",
                                "a@b.test",
                                "b@b.test",
                                "c@b.test",
                                "d@b.test")));
    }

    @Test
    void aLetterThatWasNotAcceptedIsNotCounted() throws Exception {
        perDay("bob@example.com", 2);
        office.person("full@example.com", 50);
        assertEquals(
                "452 4.2.2 mailbox is full",
                reply(office.sendAs("bob@example.com", "full@example.com", "cho@example.com")));
        office.inspector =
                letter -> new Verdict.Refuse(Reply.of(550, "5.7.1", "no"), "for the test");
        assertEquals("550 5.7.1 no", reply(office.sendAs("bob@example.com", "cho@example.com")));
        office.inspector = Inspector.PASS_ALL;
        Office.id(office.sendAs("bob@example.com", "cho@example.com", "dan@example.org"));
    }

    @Test
    void twoSessionsOfAnAccountCannotBothUseUpWhatIsLeft() throws Exception {
        perDay("bob@example.com", 10);
        var accepted = new java.util.concurrent.atomic.AtomicInteger();
        try (var sessions = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 30; i++) {
                sessions.submit(
                        () -> {
                            if (office.sendAs("bob@example.com", "cho@example.com")
                                    instanceof Submitted.Accepted) accepted.incrementAndGet();
                            return null;
                        });
            }
        }
        assertEquals(10, accepted.get());
        assertEquals(10, office.inbox("cho@example.com").size());
    }

    private void perDay(String address, int recipients) {
        office.directory.administration().setLimits(address, new Account.Limits(0, 0, recipients));
    }

    private static String reply(Submitted submitted) {
        return assertInstanceOf(Submitted.Refused.class, submitted).reply().toString();
    }

    @Test
    void lmtpAnswersForEachRecipient() throws Exception {
        office.person("full@example.com", 50);
        var accepted =
                assertInstanceOf(
                        Submitted.Accepted.class,
                        office.submit(
                                Office.envelope(
                                        "ann@example.net",
                                        "full@example.com",
                                        "bob@example.com",
                                        "nobody@example.com"),
                                Office.TEXT,
                                Protocol.LMTP));
        assertEquals(List.of(452, 250, 550), accepted.results().stream().map(Reply::code).toList());
        assertEquals(1, office.inbox("bob@example.com").size());
        assertNull(office.take());
    }

    @Test
    void whomTheInspectorRefusesLeavesAJourney() throws Exception {
        office.inspector =
                letter -> new Verdict.Refuse(Reply.of(550, "5.7.1", "not today"), "rule 7");
        assertInstanceOf(Submitted.Refused.class, office.send("bob@example.com"));
        office.store.committer().commit(new yubin.store.Batch());
        var trail = office.intake.journey().find("bob@example.com", 10).getFirst();
        assertEquals(Trail.What.REFUSED, trail.steps().getFirst().what());
        assertEquals("550 5.7.1 not today (rule 7)", trail.steps().getFirst().text());
    }

    @Test
    void whatLooksLikeJunkGoesToTheJunkMailbox() throws Exception {
        office.inspector = letter -> new Verdict.Junk("smells");
        Office.id(office.send("bob@example.com"));
        assertEquals(1, office.letters("bob@example.com", Role.JUNK.mailboxName()).size());
    }

    @Test
    void aHeldLetterWaitsForItsReleaseAndThenReachesTheBox() throws Exception {
        office.inspector = letter -> new Verdict.Hold("please look");
        QueueId id = Office.id(office.send("bob@example.com", "dan@example.org"));
        assertNull(office.take());
        assertTrue(office.inbox("bob@example.com").isEmpty());
        assertEquals("please look", office.orders().show(id).orElseThrow().held());
        assertTrue(office.orders().release(id));
        Job job = office.take(); // the letter for bob is delivered on the way
        if (job == null) job = office.take();
        assertEquals("example.org", job.destination());
        assertNull(office.take());
        assertEquals(1, office.inbox("bob@example.com").size());
    }

    @Test
    void aLetterWithATimeWaitsForIt() throws Exception {
        var later = office.clock.instant().plus(Duration.ofHours(2));
        Office.id(
                office.submit(
                        Office.envelope("ann@example.net", "bob@example.com"),
                        Office.TEXT,
                        Protocol.JMAP,
                        later,
                        false));
        assertNull(office.take());
        assertTrue(office.inbox("bob@example.com").isEmpty());
        office.clock.pass(Duration.ofHours(2));
        assertNull(office.take());
        assertEquals(1, office.inbox("bob@example.com").size());
        assertTrue(office.orders().list(i -> true, 10).isEmpty());
    }

    @Test
    void aJourneyIsFoundByIdAddressAndMessageIdAndForgottenAfterThirtyDays() throws Exception {
        QueueId id = Office.id(office.send("bob@example.com"));
        Journey journey = office.intake.journey();
        for (String key :
                List.of(
                        id.toString(),
                        "bob@example.com",
                        "BOB@Example.com",
                        "ann@example.net",
                        "<m1@example.com>",
                        "m1@example.com")) {
            assertEquals(id, journey.find(key, 10).getFirst().id(), key);
        }
        assertTrue(journey.find("cho@example.com", 10).isEmpty());
        office.clock.pass(Duration.ofDays(29));
        assertEquals(0, journey.purge());
        office.clock.pass(Duration.ofDays(2));
        QueueId fresh = Office.id(office.send("bob@example.com"));
        assertEquals(1, journey.purge());
        assertTrue(journey.trail(id).isEmpty());
        assertEquals(
                List.of(fresh),
                journey.find("bob@example.com", 10).stream().map(Trail::id).toList());
        assertNotNull(journey.trail(fresh).orElseThrow().origin());
    }

    @Test
    void idsGrowOverRestarts() throws Exception {
        QueueId before = office.intake.nextId();
        office.restart();
        assertTrue(office.intake.nextId().compareTo(before) > 0);
    }
}
