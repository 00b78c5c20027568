package yubin.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.AccountId;
import yubin.mime.Message;

class StoreTest {
    private static final AccountId ANN = new AccountId(7);
    private static final AccountId BOB = new AccountId(8);

    /// Purge also what was let go just now.
    private static final Duration EVEN_NEW = Duration.ofSeconds(-1);

    @TempDir Path folder;
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(folder.resolve("data"), InstantSource.system());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() throws Exception {
        store.close();
        open();
    }

    private NewEmail email(String id, String body) throws StoreTrouble {
        byte[] octets =
                ("Message-ID: <" + id + "@example.com>\r\nSubject: " + id + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.UTF_8);
        Upload upload = store.blobs().upload(1);
        upload.write(octets, 0, octets.length);
        return new NewEmail(
                upload.finish(), Message.parse(octets), new byte[0], 0, 1_000_000L, 540);
    }

    private int inbox(AccountId account) throws StoreTrouble {
        return store.boxes(account).role(Role.INBOX).orElseThrow().id();
    }

    private Change.Placed append(AccountId account, String id) throws StoreTrouble {
        return store.boxes(account)
                .append(inbox(account), email(id, "hello " + id), Long.MAX_VALUE);
    }

    @Test
    void whatWasAppendedIsThereAfterReopening() throws Exception {
        Change.Placed placed = append(ANN, "one");
        int validity = placed.uidValidity();
        reopen();
        Boxes boxes = store.boxes(ANN);
        Snapshot snapshot = boxes.view(inbox(ANN)).now();
        assertEquals(1, snapshot.count());
        assertEquals(placed.uid(), snapshot.uid(0));
        Email email = boxes.email(placed.emailId());
        byte[] octets = boxes.read(email, 0, 10_000);
        assertTrue(new String(octets, StandardCharsets.UTF_8).endsWith("hello one"));
        assertEquals(octets.length, snapshot.size(0));
        assertEquals(validity, boxes.mailbox(inbox(ANN)).orElseThrow().uidValidity());
        assertEquals(1, boxes.mailbox(inbox(ANN)).orElseThrow().unseen());
        assertEquals(540, snapshot.zoneMinutes(0));
        assertEquals(2, append(ANN, "two").uid());
    }

    @Test
    void aSessionThatOutlivesTheStoreIsToldSo() throws Exception {
        append(ANN, "one");
        Boxes boxes = store.boxes(ANN);
        Keys keys = store.keys();
        store.close();
        assertThrows(StoreTrouble.NotCommitted.class, () -> boxes.email(1));
        try (Keys.Cursor cursor = keys.scan(Keys.Family.RECORDS, new byte[] {0}, new byte[] {1})) {
            assertThrows(StoreTrouble.NotCommitted.class, cursor::next);
        }
        open();
    }

    @Test
    void oneChangeReachesTwoAccountsAndTheOfficeAtOnce() throws Exception {
        NewEmail email = email("both", "x");
        byte[] key = Kind.QUEUE_ENTRY.keyLong(0, 5);
        try (Change change = store.change(List.of(BOB, ANN))) {
            change.add(ANN, change.mailbox(ANN, Role.INBOX), email);
            change.add(BOB, change.mailbox(BOB, Role.JUNK), email);
            Blob blob = change.keep(email.upload());
            change.link(blob, AccountId.OFFICE, 5);
            change.batch().put(key, new byte[] {1});
            change.commit();
        }
        assertEquals(1, store.boxes(ANN).view(inbox(ANN)).now().count());
        Mailbox junk = store.boxes(BOB).role(Role.JUNK).orElseThrow();
        assertEquals(1, store.boxes(BOB).view(junk.id()).now().count());
        Blob a = store.boxes(ANN).email(1).blob();
        Blob b = store.boxes(BOB).email(1).blob();
        assertEquals(a.number(), b.number());
        assertArrayEquals(new byte[] {1}, store.keys().get(Keys.Family.RECORDS, key));
    }

    @Test
    void aChangeThatIsGivenUpLeavesNothingBehind() throws Exception {
        append(ANN, "one");
        try (Change change = store.change(List.of(ANN))) {
            change.add(ANN, inbox(ANN), email("never", "x"));
            change.mailbox(ANN, Role.ARCHIVE);
        }
        assertEquals(2, append(ANN, "two").uid());
        assertTrue(store.boxes(ANN).role(Role.ARCHIVE).isEmpty());
        reopen();
        assertEquals(2, store.boxes(ANN).view(inbox(ANN)).now().count());
        assertEquals(2, store.boxes(ANN).mailbox(inbox(ANN)).orElseThrow().messages());
    }

    @Test
    void flagsAreStoredCountedAndSeenByOthers() throws Exception {
        append(ANN, "one");
        append(ANN, "two");
        Boxes boxes = store.boxes(ANN);
        MailboxView view = boxes.view(inbox(ANN));
        AtomicInteger woken = new AtomicInteger();
        view.listen(woken::incrementAndGet);
        long keyword = boxes.keyword("$Todo", true);
        assertEquals(keyword, boxes.keyword("$TODO", true));
        Boxes.Stored stored =
                boxes.store(
                        inbox(ANN),
                        new int[] {1, 2, 99},
                        Boxes.FlagOperation.ADD,
                        Flags.SEEN | keyword,
                        Long.MAX_VALUE);
        assertArrayEquals(new int[] {1, 2}, stored.changed());
        assertEquals(Flags.SEEN | keyword, view.now().flags(0));
        assertEquals(stored.modSeq(), view.now().modSeq(1));
        assertTrue(woken.get() > 0);
        assertEquals(0, boxes.mailbox(inbox(ANN)).orElseThrow().unseen());
        Boxes.Stored late =
                boxes.store(
                        inbox(ANN), new int[] {1}, Boxes.FlagOperation.SET, 0, stored.modSeq() - 1);
        assertArrayEquals(new int[] {1}, late.conflicts());
        assertEquals(0, late.modSeq());
        reopen();
        assertEquals(List.of("$Todo"), store.boxes(ANN).keywords());
        assertEquals(Flags.SEEN | keyword, store.boxes(ANN).view(inbox(ANN)).now().flags(1));
    }

    @Test
    void expungedMessagesVanishAndTheirOctetsArePurged() throws Exception {
        append(ANN, "one");
        long before = append(ANN, "two").modSeq();
        append(ANN, "three");
        Boxes boxes = store.boxes(ANN);
        Blob blob = boxes.email(2).blob();
        boxes.store(
                inbox(ANN), new int[] {2}, Boxes.FlagOperation.ADD, Flags.DELETED, Long.MAX_VALUE);
        assertArrayEquals(new int[] {2}, boxes.expunge(inbox(ANN), null));
        assertEquals(2, boxes.view(inbox(ANN)).now().count());
        assertArrayEquals(new int[] {2}, boxes.vanishedSince(inbox(ANN), before).vanished());
        assertNull(boxes.email(2));
        assertEquals(2, boxes.usage().messages());
        assertTrue(store.blobs().read(blob, 0, 100).length > 0);
        store.purge(EVEN_NEW, EVEN_NEW);
        assertThrows(StoreTrouble.Damaged.class, () -> store.blobs().read(blob, 0, 100));
        assertEquals("three", boxes.email(3).message().subject());
        assertTrue(boxes.read(boxes.email(1), 0, 100).length > 0);
    }

    @Test
    void sharedOctetsStayUntilTheLastHolderIsGone() throws Exception {
        store.boxes(ANN).append(inbox(ANN), email("same", "x"), Long.MAX_VALUE);
        store.boxes(BOB).append(inbox(BOB), email("same", "x"), Long.MAX_VALUE);
        Email bobs = store.boxes(BOB).email(1);
        assertEquals(store.boxes(ANN).email(1).blob().number(), bobs.blob().number());
        store.boxes(ANN).remove(inbox(ANN), new int[] {1});
        store.purge(EVEN_NEW, EVEN_NEW);
        assertEquals(bobs.size(), store.boxes(BOB).read(bobs, 0, 1000).length);
    }

    @Test
    void moveKeepsTheEmailAndCopyMakesAnother() throws Exception {
        append(ANN, "one");
        append(ANN, "two");
        Boxes boxes = store.boxes(ANN);
        Mailbox work = boxes.create("Work/2026", null);
        assertTrue(boxes.find("Work").isPresent());
        Boxes.Copied moved = boxes.move(inbox(ANN), new int[] {1}, work.id());
        assertArrayEquals(new int[] {1}, moved.targets());
        Boxes.Copied copied = boxes.copy(inbox(ANN), new int[] {2}, work.id(), Long.MAX_VALUE);
        assertArrayEquals(new int[] {2}, copied.targets());
        Snapshot there = boxes.view(work.id()).now();
        assertEquals(1, there.emailId(0));
        assertNotEquals(2, there.emailId(1));
        assertEquals(1, boxes.view(inbox(ANN)).now().count());
        assertEquals(3, boxes.usage().messages());
        assertEquals(
                List.of(new Email.Place(work.id(), 1)), boxes.email(there.emailId(0)).places());
        boxes.rename(boxes.find("Work").orElseThrow().id(), "Old");
        assertEquals("Old/2026", boxes.mailbox(work.id()).orElseThrow().path());
        assertThrows(
                StoreTrouble.Refused.class,
                () -> boxes.delete(boxes.find("Old").orElseThrow().id()));
        boxes.delete(work.id());
        assertTrue(boxes.find("Old/2026").isEmpty());
        assertEquals(1, boxes.usage().messages());
        reopen();
        assertEquals(1, store.boxes(ANN).usage().messages());
    }

    @Test
    void theInboxIsRenamedByMovingItsMessages() throws Exception {
        append(ANN, "one");
        Boxes boxes = store.boxes(ANN);
        boxes.rename(inbox(ANN), "Before");
        assertEquals(0, boxes.view(inbox(ANN)).now().count());
        assertEquals(1, boxes.view(boxes.find("Before").orElseThrow().id()).now().count());
        assertThrows(StoreTrouble.Refused.class, () -> boxes.delete(inbox(ANN)));
    }

    @Test
    void namesThatCannotBeAreRefused() throws Exception {
        Boxes boxes = store.boxes(ANN);
        for (String name :
                List.of("", "/", "a//b", "/a", "a\u0000b", "INBOX", "inbox", "x".repeat(1001))) {
            assertThrows(StoreTrouble.Refused.class, () -> boxes.create(name, null), name);
        }
        assertEquals("日本語", boxes.create("日本語", null).path());
        assertThrows(StoreTrouble.Refused.class, () -> boxes.create("日本語", null));
        assertEquals("INBOX/a", boxes.create("inbox/a", null).path());
    }

    @Test
    void repliesJoinTheThreadAlsoThroughAnIdThatNeverCame() throws Exception {
        Boxes boxes = store.boxes(ANN);
        long first = boxes.email(append(ANN, "a").emailId()).thread();
        NewEmail reply = withHeader("b", "In-Reply-To: <a@example.com>");
        long second =
                boxes.email(boxes.append(inbox(ANN), reply, Long.MAX_VALUE).emailId()).thread();
        assertEquals(first, second);
        NewEmail left = withHeader("c", "References: <never@example.com>");
        NewEmail right = withHeader("d", "References: <never@example.com>");
        long c = boxes.email(boxes.append(inbox(ANN), left, Long.MAX_VALUE).emailId()).thread();
        long d = boxes.email(boxes.append(inbox(ANN), right, Long.MAX_VALUE).emailId()).thread();
        assertEquals(c, d);
        assertNotEquals(first, c);
    }

    private NewEmail withHeader(String id, String header) throws StoreTrouble {
        byte[] octets =
                ("Message-ID: <" + id + "@example.com>\r\n" + header + "\r\n\r\nx\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        Upload upload = store.blobs().upload(1);
        upload.write(octets, 0, octets.length);
        return new NewEmail(upload.finish(), Message.parse(octets), new byte[0], 0, 0, 0);
    }

    @Test
    void aLargeMessageGoesToTheDiskInChunksAndReadsBackAnywhere() throws Exception {
        byte[] octets = new byte[3 * Blobs.CHUNK + 1000];
        new Random(1).nextBytes(octets);
        Upload upload = store.blobs().upload(1);
        for (int at = 0; at < octets.length; at += 10_000) {
            upload.write(octets, at, Math.min(10_000, octets.length - at));
        }
        byte[] prefix = "Return-Path: <>\r\n".getBytes(StandardCharsets.US_ASCII);
        Message message = Message.parse(octets);
        NewEmail email = new NewEmail(upload.finish(), message, prefix, 0, 0, 0);
        Change.Placed placed = store.boxes(ANN).append(inbox(ANN), email, Long.MAX_VALUE);
        assertNull(upload.octets());
        reopen();
        store.purge(EVEN_NEW, EVEN_NEW);
        Email there = store.boxes(ANN).email(placed.emailId());
        byte[] whole = new byte[prefix.length + octets.length];
        System.arraycopy(prefix, 0, whole, 0, prefix.length);
        System.arraycopy(octets, 0, whole, prefix.length, octets.length);
        assertEquals(whole.length, there.size());
        Random random = new Random(2);
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(whole.length);
            int length = random.nextInt(300_000);
            byte[] expected =
                    Arrays.copyOfRange(whole, from, Math.min(whole.length, from + length));
            assertArrayEquals(expected, store.boxes(ANN).read(there, from, length));
        }
    }

    @Test
    void chunksThatNoCommitClaimedArePurged() throws Exception {
        Upload upload = store.blobs().upload(1);
        upload.write(new byte[2 * Blobs.CHUNK], 0, 2 * Blobs.CHUNK);
        upload.write(new byte[1], 0, 1);
        reopen();
        assertEquals(1, store.purge(EVEN_NEW, EVEN_NEW));
        assertNull(store.keys().get(Keys.Family.BLOBS, Blobs.chunkKey(upload.number(), 0)));
    }

    @Test
    void aFullBoxRefusesAndStaysAsItWas() throws Exception {
        append(ANN, "one");
        NewEmail big = email("two", "x".repeat(1000));
        StoreTrouble.Refused refused =
                assertThrows(
                        StoreTrouble.Refused.class,
                        () -> store.boxes(ANN).append(inbox(ANN), big, 500));
        assertEquals(StoreTrouble.Refused.Why.OVER_QUOTA, refused.why());
        assertEquals(2, append(ANN, "three").uid());
    }

    @Test
    void aDamagedRecordHarmsItselfOnly() throws Exception {
        append(ANN, "one");
        append(ANN, "two");
        append(ANN, "three");
        store.committer()
                .commit(
                        new Batch()
                                .put(Row.key(ANN.value(), inbox(ANN), 2), new byte[] {9, 9})
                                .put(Kind.EMAIL.keyLong(ANN.value(), 3), new byte[] {1, 2}));
        reopen();
        Boxes boxes = store.boxes(ANN);
        Snapshot snapshot = boxes.view(inbox(ANN)).now();
        assertEquals(2, snapshot.count());
        assertEquals("one", boxes.email(1).message().subject());
        assertThrows(StoreTrouble.Damaged.class, () -> boxes.email(3));
        boxes.remove(inbox(ANN), new int[] {3});
        assertEquals(1, boxes.view(inbox(ANN)).now().count());
        assertEquals(4, append(ANN, "four").uid());
    }

    @Test
    void manyWritersKeepUidsUniqueAndInOrder() throws Exception {
        int writers = 8;
        int each = 50;
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            for (int i = 0; i < each; i++) {
                                                write(writer, i);
                                            }
                                        } catch (Exception | AssertionError e) {
                                            synchronized (failures) {
                                                failures.add(e);
                                            }
                                        }
                                    }));
        }
        for (Thread thread : threads) thread.join();
        assertEquals(List.of(), failures);
        Boxes boxes = store.boxes(ANN);
        Snapshot open = boxes.view(inbox(ANN)).now();
        Mailbox counted = boxes.mailbox(inbox(ANN)).orElseThrow();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < open.count(); i++) rows.add(open.row(i));
        reopen();
        Snapshot loaded = store.boxes(ANN).view(inbox(ANN)).now();
        assertEquals(rows.size(), loaded.count());
        Set<Long> emails = new HashSet<>();
        int unseen = 0;
        for (int i = 0; i < loaded.count(); i++) {
            assertEquals(rows.get(i), loaded.row(i));
            assertTrue(emails.add(loaded.emailId(i)));
            if ((loaded.flags(i) & Flags.SEEN) == 0) unseen++;
        }
        assertEquals(counted.messages(), loaded.count());
        assertEquals(counted.unseen(), unseen);
        assertEquals(counted, store.boxes(ANN).mailbox(inbox(ANN)).orElseThrow());
    }

    private void write(int writer, int i) throws StoreTrouble {
        Change.Placed placed = append(ANN, "w" + writer + "." + i);
        Boxes boxes = store.boxes(ANN);
        if (i % 3 == 0) {
            boxes.store(
                    placed.mailbox(),
                    new int[] {placed.uid()},
                    Boxes.FlagOperation.ADD,
                    Flags.SEEN,
                    Long.MAX_VALUE);
        }
        if (i % 5 == 0) {
            assertArrayEquals(
                    new int[] {placed.uid()},
                    boxes.remove(placed.mailbox(), new int[] {placed.uid()}));
        }
        if (i % 7 == 0) append(BOB, "b" + writer + "." + i);
    }

    @Test
    void aWriteThatFailsIsToldAndTheNextOneIsRight() throws Exception {
        append(ANN, "one");
        try (Change change = store.change(List.of(ANN))) {
            change.add(ANN, inbox(ANN), email("lost", "x"));
            change.batch().require(new byte[] {1}, new byte[] {2});
            assertThrows(StoreTrouble.NotCommitted.class, change::commit);
        }
        assertEquals(2, append(ANN, "two").uid());
        assertEquals(2, store.boxes(ANN).view(inbox(ANN)).now().count());
        reopen();
        assertEquals(2, store.boxes(ANN).mailbox(inbox(ANN)).orElseThrow().messages());
    }

    @Test
    void aFolderInUseOrOfAnotherVersionIsRefusedInOneSentence() throws Exception {
        Path data = folder.resolve("data");
        assertThrows(StoreTrouble.InUse.class, () -> Store.open(data, InstantSource.system()));
        store.close();
        Files.writeString(data.resolve("format"), "yubin data 99\n");
        StoreTrouble other =
                assertThrows(
                        StoreTrouble.OtherVersion.class,
                        () -> Store.open(data, InstantSource.system()));
        assertTrue(other.getMessage().contains("yubin data 99"));
        Files.writeString(data.resolve("format"), "yubin data 1\n");
        open();
        assertFalse(store.room() == 0);
    }

    @Test
    void sequencesNeverGiveANumberTwice() throws Exception {
        Set<Long> given = new HashSet<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 100; i++) assertTrue(given.add(store.next("test")));
            reopen();
        }
    }

    @Test
    void verifyFindsNothingInAGoodFolderAndEachDamageInABadOne() throws Exception {
        append(ANN, "one");
        append(ANN, "two");
        append(BOB, "one");
        store.boxes(ANN).remove(inbox(ANN), new int[] {1});
        Verify.Report good = Verify.run(store);
        assertEquals(List.of(), good.findings());
        assertEquals(2, good.messages());
        Blob blob = store.boxes(ANN).email(2).blob();
        store.committer()
                .commit(
                        new Batch()
                                .put(
                                        Keys.Family.BLOBS,
                                        Blobs.chunkKey(blob.number(), 0),
                                        new byte[] {1, 0, 0, 0, 'x'})
                                .delete(Kind.EMAIL.keyLong(BOB.value(), 1)));
        Verify.Report bad = Verify.run(store);
        assertTrue(bad.found() >= 2, bad.findings().toString());
    }

    @Test
    void aCopyMadeWhileRunningOpensAsADataFolder() throws Exception {
        append(ANN, "one");
        store.copyTo(folder.resolve("copy"));
        append(ANN, "two");
        try (Store copy = Store.open(folder.resolve("copy"), InstantSource.system())) {
            assertEquals(1, copy.boxes(ANN).view(inbox(ANN)).now().count());
            assertEquals(List.of(), Verify.run(copy).findings());
        }
    }

    @Test
    void theChangeLogKeepsSoManyChanges() throws Exception {
        append(ANN, "one");
        Boxes boxes = store.boxes(ANN);
        boxes.logMax = 30;
        int inbox = inbox(ANN);
        for (int i = 0; i < 600; i++) {
            var operation = i % 2 == 0 ? Boxes.FlagOperation.ADD : Boxes.FlagOperation.REMOVE;
            boxes.store(inbox, new int[] {1}, operation, Flags.SEEN, Long.MAX_VALUE);
            if (i % 50 == 0) assertTrue(records() <= 30 + Boxes.LOG_TRIM_EVERY, "records");
        }
        long newest = boxes.modSeq();
        assertTrue(boxes.vanishedSince(inbox, newest - 30).complete());
        assertFalse(boxes.vanishedSince(inbox, newest - 30 - Boxes.LOG_TRIM_EVERY).complete());
        reopen();
        boxes = store.boxes(ANN);
        assertTrue(boxes.vanishedSince(inbox, newest - 30).complete());
        assertFalse(boxes.vanishedSince(inbox, 1).complete());
        assertEquals(newest, boxes.modSeq());
    }

    private int records() throws StoreTrouble {
        byte[] from = Kind.LOG.key(ANN.value(), 0);
        int records = 0;
        try (Keys.Cursor cursor = store.keys().scan(Keys.Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) records++;
        }
        return records;
    }

    @Test
    void aRemovedAccountLeavesNothingBehind() throws Exception {
        fillAnn(1200);
        append(BOB, "bobs");
        store.boxes(BOB).append(inbox(BOB), email("shared", "x"), Long.MAX_VALUE);
        store.keys().reclaim(Keys.Family.BLOBS);
        long before = diskUse();
        remove(ANN);
        store.purge(Duration.ofDays(1), EVEN_NEW);
        assertEquals(1201, store.boxes(ANN).usage().messages(), "kept for a day");
        Boxes held = store.boxes(ANN);
        store.purge(EVEN_NEW, EVEN_NEW);
        nothingIsLeftOfAnn();
        store.keys().reclaim(Keys.Family.BLOBS);
        assertTrue(diskUse() < before / 4, diskUse() + " of " + before);
        assertThrows(StoreTrouble.Refused.class, () -> held.create("late", null));
        assertThrows(StoreTrouble.Refused.class, () -> append(ANN, "late"));
        reopen();
        assertThrows(StoreTrouble.Refused.class, () -> append(ANN, "late"));
        store.purge(EVEN_NEW, EVEN_NEW);
        nothingIsLeftOfAnn();
        Boxes bobs = store.boxes(BOB);
        assertTrue(bobs.read(bobs.email(2), 0, 100).length > 0, "the shared octets stay Bob's");
        assertEquals(0, Verify.run(store).found(), Verify.run(store).findings().toString());
    }

    /// The power goes in the midst of clearing: some messages are gone, the rest is as it was.
    @Test
    void clearingGoesOnAfterACrash() throws Exception {
        fillAnn(1200);
        remove(ANN);
        new Departed(store).begin(ANN, 1);
        reopen();
        assertThrows(StoreTrouble.Refused.class, () -> append(ANN, "late"));
        store.purge(EVEN_NEW, EVEN_NEW);
        nothingIsLeftOfAnn();
    }

    private void fillAnn(int messages) throws Exception {
        Boxes boxes = store.boxes(ANN);
        int inbox = inbox(ANN);
        boxes.append(inbox, email("shared", "x"), Long.MAX_VALUE);
        String large = "y".repeat(6_000);
        for (int from = 0; from < messages; from += 100) {
            try (Change change = store.change(List.of(ANN))) {
                for (int i = from; i < from + 100; i++) {
                    change.add(ANN, inbox, email("ann" + i, large + i));
                }
                change.commit();
            }
        }
        boxes.remove(inbox, new int[] {2, 3, 4});
        boxes.append(inbox, email("again", "x"), Long.MAX_VALUE);
        boxes.keyword("$Todo", true);
        boxes.append(inbox, email("more", "x"), Long.MAX_VALUE);
        boxes.append(inbox, email("most", "x"), Long.MAX_VALUE);
    }

    private void remove(AccountId account) throws StoreTrouble {
        Batch batch = new Batch();
        Departed.put(batch, account, store.clock().instant());
        store.committer().commit(batch);
    }

    private void nothingIsLeftOfAnn() throws StoreTrouble {
        byte[] from = new byte[9];
        byte[] to = new byte[9];
        Arrays.fill(to, (byte) 0xFF);
        try (Keys.Cursor cursor = store.keys().scan(Keys.Family.RECORDS, from, to)) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                Kind kind = Kind.of(key[8]);
                assertNotEquals(ANN.value(), Octets.getLong(key, 0), kind + " of Ann");
                if (kind == Kind.BLOB_LINK || kind == Kind.TOMBSTONE_DUE) {
                    assertNotEquals(ANN.value(), Octets.getLong(key, 17), kind + " of Ann");
                }
                assertNotEquals(Kind.BLOB_PURGE, kind, "octets to be purged");
            }
        }
    }

    private long diskUse() throws Exception {
        try (var files = Files.walk(folder.resolve("data"))) {
            return files.filter(
                            f -> f.toString().endsWith(".sst") || f.toString().endsWith(".blob"))
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        }
    }
}
