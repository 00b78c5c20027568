package yubin.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.AccountId;
import yubin.mime.Message;

/// A data folder on a disk of 160 MB, which only root can make (a tmpfs).
class DiskFullTest {
    private static final AccountId ANN = new AccountId(1);

    @TempDir Path folder;

    @Test
    void aFullDiskRefusesNewMailServesTheRestAndRecoversByItself() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", folder.toString()) == 0,
                "left out: mounting a small disk needs root");
        try {
            fillAndRecover();
        } finally {
            run("umount", "-l", folder.toString());
        }
    }

    private void fillAndRecover() throws Exception {
        try (Store store = Store.open(folder.resolve("data"), InstantSource.system())) {
            Boxes boxes = store.boxes(ANN);
            int inbox = boxes.role(Role.INBOX).orElseThrow().id();
            Random random = new Random(1);
            int stored = 0;
            StoreTrouble refused = null;
            while (refused == null && stored < 1000) {
                try {
                    boxes.append(inbox, email(store, random), Long.MAX_VALUE);
                    stored++;
                } catch (StoreTrouble e) {
                    refused = e;
                }
                Thread.sleep(stored % 10 == 0 ? 60 : 0); // free space is looked at now and then
            }
            assertEquals(StoreTrouble.DiskLow.class, refused.getClass(), refused.toString());
            Snapshot snapshot = boxes.view(inbox).now();
            assertEquals(stored, snapshot.count());
            for (int i = 0; i < snapshot.count(); i++) {
                Email email = boxes.email(snapshot.emailId(i));
                assertEquals(email.size(), boxes.read(email, 0, 1 << 20).length);
            }
            int[] half = new int[stored * 3 / 4];
            for (int i = 0; i < half.length; i++) half[i] = snapshot.uid(i);
            assertEquals(half.length, boxes.remove(inbox, half).length);
            Duration evenNew = Duration.ofSeconds(-1);
            assertEquals(half.length, store.purge(evenNew, evenNew));
            long waited = System.nanoTime() + 10_000_000_000L;
            while (store.room() < 0 && System.nanoTime() < waited) Thread.sleep(100);
            assertTrue(store.room() > 0, "room " + store.room());
            boxes.append(inbox, email(store, random), Long.MAX_VALUE);
        }
        try (Store store = Store.open(folder.resolve("data"), InstantSource.system())) {
            assertEquals(java.util.List.of(), Verify.run(store).findings());
        }
    }

    /// 200 KB that cannot be compressed.
    private static NewEmail email(Store store, Random random) throws StoreTrouble {
        byte[] octets = new byte[200_000];
        random.nextBytes(octets);
        byte[] head = "Subject: noise\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, octets, 0, head.length);
        Upload upload = store.blobs().upload(1);
        upload.write(octets, 0, octets.length);
        return new NewEmail(upload.finish(), Message.parse(octets), new byte[0], 0, 0, 0);
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    }
}
