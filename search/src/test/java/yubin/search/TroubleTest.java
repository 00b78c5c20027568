package yubin.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.store.Departed;

/// The index is broken, cut off, thrown away and overtaken; answers stay right.
class TroubleTest {
    private static final AccountId ANN = TestBox.ANN;

    @TempDir Path folder;

    private static String text(int i) {
        return "letter number" + i + " 請求書 walrus\n";
    }

    private static void copy(Path from, Path to) throws Exception {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (Files.isRegularFile(file)) Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /// What a power cut leaves: the files as they are in the middle of the work.
    @Test
    void afterACrashTheRestIsIndexedOnceAndNothingIsMissing() throws Exception {
        try (TestBox box = new TestBox(folder.resolve("data"))) {
            for (int i = 0; i < 150; i++) box.write(ANN, "s" + i, text(i));
            box.settle();
            box.commit();
            for (int i = 150; i < 300; i++) box.write(ANN, "s" + i, text(i));
            box.settle();
            copy(box.folder.resolve("search"), folder.resolve("cut"));
            box.catalogue.close();
            Path search = box.folder.resolve("search");
            Index.wipe(search);
            copy(folder.resolve("cut"), search);
            box.start();
            assertEquals(300, box.find("walrus").length);
            box.settle();
            box.commit();
            assertEquals(300, box.find("walrus").length);
            assertEquals(300, box.catalogue.status().messages() - 1, "one for the account");
        }
    }

    @Test
    void whateverIsDamagedTheAnswersStayRight() throws Exception {
        long seed = System.nanoTime();
        System.out.println("TroubleTest seed " + seed);
        Random random = new Random(seed);
        try (TestBox box = new TestBox(folder.resolve("data"))) {
            for (int i = 0; i < 100; i++) box.write(ANN, "s" + i, text(i));
            box.settle();
            box.catalogue.close();
            Path search = box.folder.resolve("search");
            copy(search, folder.resolve("good"));
            for (int round = 0; round < 12; round++) {
                Index.wipe(search);
                copy(folder.resolve("good"), search);
                List<Path> files = new ArrayList<>();
                try (var all = Files.list(search)) {
                    all.filter(file -> !file.endsWith("write.lock")).sorted().forEach(files::add);
                }
                Path victim = files.get(random.nextInt(files.size()));
                byte[] octets = Files.readAllBytes(victim);
                switch (round % 4) {
                    case 0 -> Files.delete(victim);
                    case 1 -> Files.write(victim, new byte[0]);
                    case 2 ->
                            Files.write(victim, java.util.Arrays.copyOf(octets, octets.length / 2));
                    default -> {
                        octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
                        Files.write(victim, octets);
                    }
                }
                String what = "seed " + seed + " round " + round + " " + victim.getFileName();
                box.start();
                assertNotNull(box.find("walrus"), what);
                box.settle(); // it has been read through, and made anew when it was damaged
                assertEquals(100, box.find("walrus").length, what);
                assertEquals(1, box.find("number42").length, what);
                assertEquals(100, box.find("請求書").length, what);
                box.catalogue.close();
            }
        }
    }

    private static void mark(Path search, String version) throws Exception {
        try (var directory = org.apache.lucene.store.FSDirectory.open(search);
                var writer =
                        new org.apache.lucene.index.IndexWriter(
                                directory, new org.apache.lucene.index.IndexWriterConfig())) {
            writer.setLiveCommitData(java.util.Map.of("version", version).entrySet());
        }
    }

    @Test
    void anIndexOfAnotherVersionIsMadeAnew() throws Exception {
        try (TestBox box = new TestBox(folder.resolve("data"))) {
            box.write(ANN, "one", text(1));
            box.settle();
            box.catalogue.close();
            Path search = box.folder.resolve("search");
            mark(search, "yubin search 0");
            long rebuilt = Counters.of("search.rebuilt").sum();
            box.start();
            box.settle();
            assertEquals(1, box.find("walrus").length);
            assertEquals(rebuilt + 1, Counters.of("search.rebuilt").sum());
        }
    }

    @Test
    void lettersComeAndGoWhileTheIndexIsThrownAway() throws Exception {
        try (TestBox box = new TestBox(folder.resolve("data"))) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicReference<Throwable> trouble = new AtomicReference<>();
            List<Long> written = java.util.Collections.synchronizedList(new ArrayList<>());
            Thread asker =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            while (!over.get()) {
                                                int least = written.size();
                                                int found = box.find("walrus").length;
                                                assertTrue(found >= least, found + " of " + least);
                                            }
                                        } catch (Exception | AssertionError e) {
                                            trouble.set(e);
                                        }
                                    });
            for (int i = 0; i < 400; i++) {
                written.add(box.write(ANN, "s" + i, text(i)));
                if (i % 100 == 50) box.catalogue.rebuild();
            }
            over.set(true);
            asker.join(60_000);
            if (trouble.get() != null) throw new AssertionError(trouble.get());
            box.settle();
            assertArrayEquals(
                    written.stream().mapToLong(Long::longValue).toArray(), box.find("walrus"));
        }
    }

    @Test
    void aDiskThatIsFullStopsTheIndexAndNoAnswer() throws Exception {
        try (TestBox box = new TestBox(folder.resolve("data"))) {
            box.write(ANN, "one", text(1));
            box.settle();
            AtomicBoolean full = new AtomicBoolean(true);
            box.catalogue.follower().full = full::get;
            for (int i = 2; i <= 50; i++) box.write(ANN, "s", text(i));
            assertEquals(50, box.find("walrus").length);
            assertFalse(box.catalogue.isCaughtUp(ANN));
            full.set(false);
            box.settle();
            assertEquals(50, box.find("walrus").length);
        }
    }

    @Test
    void whatLeftIsTakenOutOfTheIndex() throws Exception {
        try (TestBox box = new TestBox(folder.resolve("data"))) {
            for (int i = 0; i < 20; i++) box.write(ANN, "s" + i, text(i));
            box.settle();
            box.boxes(ANN).remove(1, new int[] {3, 4, 5});
            box.settle();
            box.commit();
            assertEquals(17, box.find("walrus").length);
        }
    }

    @Test
    void aRemovedAccountLeavesTheIndex() throws Exception {
        try (TestBox box = new TestBox(folder.resolve("data"))) {
            for (int i = 0; i < 20; i++) box.write(ANN, "s" + i, text(i));
            box.settle();
            yubin.store.Batch batch = new yubin.store.Batch(64);
            Departed.put(batch, ANN, java.time.Instant.EPOCH);
            box.store.committer().commit(batch);
            box.store.purge(java.time.Duration.ZERO, java.time.Duration.ZERO);
            long end = System.nanoTime() + 20_000_000_000L;
            while (box.catalogue.follower().index().emails(ANN.value()).length > 0) {
                assertTrue(System.nanoTime() < end, "they stay in the index");
                Thread.sleep(5);
            }
        }
    }
}
