package yubin.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.Address;
import yubin.mail.QueueId;
import yubin.mail.Reply;
import yubin.queue.BouncedAddresses.Bounced;
import yubin.queue.Origin.Protocol;
import yubin.store.Batch;

/// What is remembered of the addresses to which bob@example.com writes.
class BouncedAddressesTest {
    private static final Address DAN = Address.of("dan@example.org");
    private static final Reply UNKNOWN = Reply.of(550, "5.1.1", "User unknown");
    private static final Reply FULL = Reply.of(552, "5.2.2", "Mailbox full");
    private static final Reply OK = Reply.of(250, "2.0.0", "OK");

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

    private QueueId send(String to, Outcome outcome) throws Exception {
        QueueId id = Office.id(office.sendAs("bob@example.com", to));
        Job job = office.take();
        office.shelf().settle(job, job.which().stream().map(i -> outcome).toList());
        office.clock.pass(Duration.ofMinutes(1));
        return id;
    }

    private static Outcome never(Reply reply) {
        return new Outcome.Never("mx.example.org", reply);
    }

    private static Outcome taken() {
        return new Outcome.Delivered("mx.example.org", OK, false);
    }

    private void comesBack(String group) throws Exception {
        String mail = ReturnsTest.report(group, "Message-ID: <m1@example.com>");
        office.submit(Office.envelope("", "bob@example.com"), mail, Protocol.SMTP);
    }

    private Optional<Bounced> mark(String account, Address address) throws Exception {
        return office.intake.bounced().find(office.account(account), address);
    }

    @Test
    void anAddressThatDoesNotExistIsMarkedForTheOneWhoWroteToIt() throws Exception {
        Instant first = office.clock.instant();
        send("Dan@example.org", never(UNKNOWN));
        send("dan@EXAMPLE.org", never(UNKNOWN));
        Bounced dan = mark("bob@example.com", DAN).orElseThrow();
        assertEquals("userunknown", dan.topic());
        assertEquals("5.1.1", dan.status());
        assertEquals(2, dan.count());
        assertEquals(first, dan.first());
        assertEquals(first.plus(Duration.ofMinutes(1)), dan.last());
        assertFalse(dan.returned());
        assertTrue(dan.explanation().english().happened().startsWith("The address "));
        assertEquals(Optional.empty(), mark("cho@example.com", DAN));
        office.restart();
        assertEquals(Optional.of(dan), mark("bob@example.com", DAN));
    }

    @Test
    void writingThereGoesOn() throws Exception {
        send("dan@example.org", never(UNKNOWN));
        Office.id(office.sendAs("bob@example.com", "dan@example.org"));
        assertEquals(1, office.take().envelope().recipients().size());
    }

    @Test
    void whatMayPassIsNoMark() throws Exception {
        send("dan@example.org", never(FULL));
        send("dan@example.org", never(Reply.of(554, "5.7.1", "blocked using list.example.com")));
        send("dan@example.org", new Outcome.Later("mx", Reply.of(450, "4.1.1", "unknown"), false));
        assertEquals(Optional.empty(), mark("bob@example.com", DAN));
    }

    @Test
    void aStrangersLetterMarksNothing() throws Exception {
        office.alias("all@example.com", "dan@example.org");
        office.send("all@example.com");
        Job job = office.take();
        office.shelf().settle(job, List.of(never(UNKNOWN)));
        assertEquals(List.of(), office.intake.bounced().list(office.account("bob@example.com")));
    }

    @Test
    void aHostThatRefusedAndTakesClearsTheMark() throws Exception {
        send("dan@example.org", never(UNKNOWN));
        send("dan@example.org", taken());
        assertEquals(Optional.empty(), mark("bob@example.com", DAN));
    }

    @Test
    void aHostThatTakesAndReturnsProvesNothingByTaking() throws Exception {
        send("dan@example.org", taken());
        comesBack(ReturnsTest.DAN_IS_UNKNOWN);
        assertTrue(mark("bob@example.com", DAN).orElseThrow().returned());
        send("dan@example.org", taken());
        assertEquals(1, mark("bob@example.com", DAN).orElseThrow().count());
        comesBack(ReturnsTest.DAN_IS_UNKNOWN);
        assertEquals(2, mark("bob@example.com", DAN).orElseThrow().count());
        office.clock.pass(BouncedAddresses.PROOF.plusDays(1));
        assertEquals(2, mark("bob@example.com", DAN).orElseThrow().count());
        send("dan@example.org", taken());
        office.clock.pass(BouncedAddresses.PROOF.plusDays(1));
        assertEquals(Optional.empty(), mark("bob@example.com", DAN));
        assertEquals(List.of(), office.intake.bounced().list(office.account("bob@example.com")));
        comesBack(ReturnsTest.DAN_IS_UNKNOWN);
        assertEquals(1, mark("bob@example.com", DAN).orElseThrow().count(), "it begins anew");
    }

    @Test
    void addressesThatNobodyWroteToAreNotMarked() throws Exception {
        send("dan@example.org", taken());
        comesBack(
                """
                Final-Recipient: rfc822; eve@example.org
                Action: failed
                Status: 5.1.1
                Diagnostic-Code: smtp; 550 5.1.1 User unknown
                """);
        // It may be where dan forwards to, or a lie: neither is a reason to warn.
        assertEquals(List.of(), office.intake.bounced().list(office.account("bob@example.com")));
    }

    @Test
    void aPersonMayKnowBetter() throws Exception {
        send("dan@example.org", never(UNKNOWN));
        assertTrue(office.intake.bounced().forget(office.account("bob@example.com"), DAN));
        assertEquals(Optional.empty(), mark("bob@example.com", DAN));
        assertFalse(office.intake.bounced().forget(office.account("bob@example.com"), DAN));
    }

    @Test
    void theOldestGoesWhenThereAreTooMany() throws Exception {
        BouncedAddresses bounced = office.intake.bounced();
        var bob = office.account("bob@example.com");
        List<Trail.Step> many = new ArrayList<>();
        for (int i = 2; i <= BouncedAddresses.ADDRESSES_MAX; i++) many.add(failed("x" + i));
        for (var steps : List.of(List.of(failed("x1")), many, List.of(failed("last")))) {
            Batch batch = new Batch();
            bounced.learn(batch, bob, steps);
            office.store.committer().commit(batch);
            office.clock.pass(Duration.ofSeconds(1));
        }
        List<String> list = bounced.list(bob).stream().map(Bounced::address).toList();
        assertEquals(BouncedAddresses.ADDRESSES_MAX, list.size());
        assertEquals("last@example.org", list.getFirst());
        assertFalse(list.contains("x1@example.org"));
    }

    private static Trail.Step failed(String local) {
        String address = local + "@example.org";
        return Journey.step(Trail.What.FAILED, address, "mx.example.org", UNKNOWN.toString());
    }
}
