package yubin.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.Domain;
import yubin.mail.QueueId;
import yubin.mail.Reply;
import yubin.store.Batch;
import yubin.store.Blob;
import yubin.store.Keys;
import yubin.store.Kind;
import yubin.store.Octets;

class ShelfTest {
    static final Reply GREYLISTED = Reply.of(450, "4.7.1", "greylisted, come again");
    static final Reply SENT = Reply.of(250, "2.0.0", "taken");

    @TempDir Path folder;
    Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office(folder);
        office.domain("example.com").person("bob@example.com");
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private void settle(Job job, Outcome outcome) {
        office.shelf().settle(job, job.which().stream().map(i -> outcome).toList());
    }

    private static Outcome later() {
        return new Outcome.Later("mx.example.org", GREYLISTED, false);
    }

    private static Outcome sent() {
        return new Outcome.Delivered("mx.example.org", SENT, true);
    }

    @Test
    void aDeliveredLetterLeavesTheShelf() throws Exception {
        QueueId id = Office.id(office.send("dan@example.org"));
        settle(office.take(), sent());
        assertTrue(office.orders().show(id).isEmpty());
        assertNull(office.take());
        assertEquals(
                List.of("ACCEPTED", "SHELVED dan@example.org", "SENT dan@example.org"),
                office.steps(id));
    }

    @Test
    void aLetterIsTriedAgainAfterGrowingTimesUntilFiveDaysAreOver() throws Exception {
        office.submit(Office.envelope("", "dan@example.org"), Office.TEXT, Origin.Protocol.SMTP);
        QueueId id = Office.id(office.send("dan@example.org"));
        List<Long> minutes = new ArrayList<>();
        Instant start = office.clock.instant();
        boolean anyNull = false;
        Instant before = start;
        while (office.orders().show(id).isPresent()) {
            Job job = office.take();
            if (job == null) {
                office.clock.pass(Duration.ofMinutes(1));
                continue;
            }
            if (!job.id().equals(id)) {
                anyNull = true;
                settle(job, later());
                continue;
            }
            minutes.add(Duration.between(before, office.clock.instant()).toMinutes());
            before = office.clock.instant();
            assertEquals(minutes.size(), job.attempt());
            // A permanent answer at the end of time: no bounce is written in this test.
            boolean last = Duration.between(start, before).compareTo(Duration.ofDays(5)) >= 0;
            settle(job, last ? sent() : later());
        }
        assertTrue(anyNull);
        assertTrue(minutes.size() > 30 && minutes.size() < 50, minutes.toString());
        int[] expected = {0, 2, 5, 10, 20, 40, 80, 160, 240, 240};
        for (int i = 1; i < expected.length; i++) {
            long got = minutes.get(i);
            assertTrue(
                    got >= expected[i] * 0.8 && got <= expected[i] * 1.2 + 1, minutes.toString());
        }
    }

    @Test
    void aNullSendersLetterIsDroppedWithAStepInItsJourney() throws Exception {
        QueueId id =
                Office.id(
                        office.submit(
                                Office.envelope("", "dan@example.org"),
                                Office.TEXT,
                                Origin.Protocol.SMTP));
        settle(
                office.take(),
                new Outcome.Never("mx.example.org", Reply.of(550, "5.1.1", "unknown")));
        assertTrue(office.orders().show(id).isEmpty());
        assertEquals(
                List.of(
                        "ACCEPTED",
                        "SHELVED dan@example.org",
                        "FAILED dan@example.org",
                        "DROPPED dan@example.org"),
                office.steps(id));
        assertNull(office.take());
    }

    @Test
    void aRestartKeepsOrderAndTimes() throws Exception {
        List<QueueId> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            ids.add(Office.id(office.send("p" + i + "@d" + i % 7 + ".example")));
            office.clock.pass(Duration.ofSeconds(1));
        }
        settle(office.take(), later()); // the first one comes again in two minutes
        office.restart();
        List<QueueId> order = new ArrayList<>();
        for (Job job; (job = office.take()) != null; ) order.add(job.id());
        assertEquals(ids.subList(1, 30), order);
        office.clock.pass(Duration.ofMinutes(3));
        assertEquals(ids.getFirst(), office.take().id());
    }

    @Test
    void damagedEntriesAreParkedAndTheRestGoesOn() throws Exception {
        Set<QueueId> damaged = new HashSet<>();
        Set<QueueId> good = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            QueueId id = Office.id(office.send("p" + i + "@d" + i % 3 + ".example"));
            if (i % 5 == 0) {
                byte[] key = Kind.QUEUE_ENTRY.keyLong(0, id.value());
                byte[] value = i % 10 == 0 ? new byte[] {1, 2, 3} : new byte[] {99};
                office.store.committer().commit(new Batch().put(key, value));
                damaged.add(id);
            } else {
                good.add(id);
            }
        }
        office.restart();
        Set<QueueId> taken = new HashSet<>();
        for (Job job; (job = office.take()) != null; ) {
            taken.add(job.id());
            settle(job, sent());
        }
        assertEquals(good, taken);
        var parked = office.orders().parked();
        assertEquals(damaged, new HashSet<>(parked.stream().map(Item.Parked::id).toList()));
        assertFalse(parked.getFirst().reason().isEmpty());
        office.restart();
        assertNull(office.take());
        assertEquals(10, office.orders().parked().size());
        assertTrue(office.orders().drop(parked.getFirst().id()));
        assertEquals(9, office.orders().parked().size());
    }

    @Test
    void aParkedEntryThatIsDroppedGivesItsOctetsBack() throws Exception {
        QueueId id = Office.id(office.send("p@d.example"));
        byte[] key = Kind.QUEUE_ENTRY.keyLong(0, id.value());
        byte[] entry = office.store.keys().get(Keys.Family.RECORDS, key);
        byte[] parked = Kind.QUEUE_PARKED.keyLong(0, id.value());
        Octets.Writer record = new Octets.Writer(256);
        record.octet(1).fixedLong(0).text("a bug that is mended").octets(entry);
        office.store.committer().commit(new Batch().put(parked, record.done()).delete(key));
        Blob blob = EntryCodec.decode(id, entry).blob();
        assertEquals(1, links(blob));
        assertTrue(office.orders().drop(id));
        assertEquals(0, links(blob));
        assertTrue(office.orders().parked().isEmpty());
        assertFalse(office.orders().drop(id));
        assertEquals(
                Trail.What.DROPPED,
                office.intake.journey().trail(id).orElseThrow().steps().getLast().what());
    }

    private int links(Blob blob) throws Exception {
        byte[] from = Kind.BLOB_LINK.keyLong(0, blob.number());
        int count = 0;
        try (Keys.Cursor cursor =
                office.store.keys().scan(Keys.Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) count++;
        }
        return count;
    }

    @Test
    void moreLettersThanTheWindowHoldsAllGo() throws Exception {
        int count = Schedule.LINE_MAX + 300;
        Set<QueueId> ids = ConcurrentHashMap.newKeySet();
        try (var senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                senders.submit(() -> ids.add(Office.id(office.send("p@full.example"))));
            }
        }
        assertEquals(count, ids.size());
        Office.id(office.send("q@other.example"));
        assertTrue(office.shelf().inMemory() <= Schedule.LINE_MAX + 1);
        Set<QueueId> taken = ConcurrentHashMap.newKeySet();
        while (taken.size() < count + 1) {
            List<Job> jobs = new ArrayList<>();
            for (Job job; (job = office.take()) != null; ) jobs.add(job);
            assertFalse(jobs.isEmpty());
            try (var carriers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (Job job : jobs) {
                    assertTrue(taken.add(job.id()));
                    carriers.submit(() -> settle(job, sent()));
                }
            }
        }
        assertTrue(taken.containsAll(ids));
        assertTrue(office.orders().list(i -> true, 10).isEmpty());
    }

    @Test
    void aDeadDestinationTakesItsShareOnly() throws Exception {
        for (int i = 0; i < 100; i++) Office.id(office.send("p" + i + "@dead.example"));
        QueueId alive = Office.id(office.send("q@alive.example"));
        int dead = 0;
        boolean found = false;
        for (Job job; (job = office.take()) != null; ) {
            if (job.id().equals(alive)) found = true;
            else dead++;
        }
        assertTrue(found);
        assertEquals(Shelf.PER_DESTINATION, dead);
    }

    @Test
    void anUnreachableDestinationDefersItsLettersTogether() throws Exception {
        List<QueueId> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) ids.add(Office.id(office.send("p" + i + "@dead.example")));
        Job job = office.take();
        Reply reply = Reply.of(451, "4.4.1", "the host mx.dead.example does not answer");
        settle(job, new Outcome.Later(null, reply, true));
        assertNull(office.take());
        for (QueueId id : ids) {
            var recipient = office.orders().show(id).orElseThrow().recipients().getFirst();
            assertEquals(1, recipient.attempts());
            assertTrue(recipient.reply().contains("does not answer"));
        }
    }

    @Test
    void severalDestinationsAreTriedAndSettledEachForItself() throws Exception {
        QueueId id = Office.id(office.send("a@one.example", "b@two.example", "c@two.example"));
        Job first = office.take();
        Job second = office.take();
        assertNull(office.take());
        Job one = first.destination().equals("one.example") ? first : second;
        Job two = one == first ? second : first;
        assertEquals(2, two.envelope().recipients().size());
        settle(one, later());
        office.shelf().settle(two, List.of(sent(), later()));
        var states = office.orders().show(id).orElseThrow().recipients();
        assertEquals(
                List.of("waiting", "passed_on", "waiting"),
                states.stream().map(Item.Waiting::state).toList());
        office.clock.pass(Duration.ofMinutes(5));
        Set<String> due = new HashSet<>();
        for (Job job; (job = office.take()) != null; ) {
            job.envelope().recipients().forEach(r -> due.add(r.address().toString()));
        }
        assertEquals(Set.of("a@one.example", "c@two.example"), due);
    }

    @Test
    void uncertainIsAStateOfItsOwn() throws Exception {
        QueueId id = Office.id(office.send("dan@example.org"));
        Reply reply = Reply.of(451, "4.4.2", "no reply after the message was sent");
        settle(office.take(), new Outcome.Uncertain("mx.example.org", reply));
        assertEquals(
                "uncertain",
                office.orders().show(id).orElseThrow().recipients().getFirst().state());
        assertTrue(office.steps(id).contains("UNCERTAIN dan@example.org"));
        office.clock.pass(Duration.ofMinutes(5));
        settle(office.take(), sent());
        assertTrue(office.orders().show(id).isEmpty());
    }

    @Test
    void theOperatorHoldsReleasesRetriesAndDrops() throws Exception {
        QueueId a = Office.id(office.send("a@one.example"));
        QueueId b = Office.id(office.send("b@one.example"));
        assertTrue(office.orders().hold(a, "look at this"));
        assertFalse(office.orders().hold(a, "again"));
        Job job = office.take();
        assertEquals(b, job.id());
        assertNull(office.take());
        settle(job, later());
        assertEquals(1, office.orders().retry(Domain.of("one.example")));
        assertEquals(b, office.take().id());
        assertTrue(office.orders().release(a));
        assertEquals(a, office.take().id());
        assertTrue(office.orders().drop(a));
        assertFalse(office.orders().drop(a));
        assertEquals(1, office.orders().list(i -> true, 10).size());
        int version = office.orders().show(b).orElseThrow().version();
        assertTrue(version >= 2);
        office.restart();
        assertEquals(b, office.take().id());
        assertNull(office.take());
    }

    @Test
    void aDomainThatBecomesOursIsDeliveredHere() throws Exception {
        Office.id(office.send("new@example.org"));
        settle(office.take(), later());
        office.domain("example.org").person("new@example.org");
        office.clock.pass(Duration.ofMinutes(5));
        assertNull(office.take());
        assertEquals(1, office.inbox("new@example.org").size());
        assertTrue(office.orders().list(i -> true, 10).isEmpty());
    }

    @Test
    void whatIsTakenAndNotSettledComesAgainAfterARestart() throws Exception {
        QueueId id = Office.id(office.send("dan@example.org"));
        assertNotNull(office.take());
        assertNull(office.take());
        office.restart();
        assertEquals(id, office.take().id());
    }
}
