package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that becomes full while the post office is open: a small tmpfs, which only root can
/// mount.
class DiskFullTest {
    private static final String LETTER =
            "Subject: x\r\n\r\n" + ("y".repeat(70) + "\r\n").repeat(1000);

    @TempDir Path folder;
    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        String size = "size=192m";
        Process mount =
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", size, "tmpfs", disk.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("mount").toFile())
                        .start();
        mounted = mount.waitFor() == 0;
        Assumptions.assumeTrue(mounted, "a small disk can only be mounted by root");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) new ProcessBuilder("umount", disk.toString()).start().waitFor();
    }

    @Test
    void newMailIsRefusedReadingAndDeletingGoOnAndItRecoversByItself() throws Exception {
        try (TestOffice office = new TestOffice(disk)) {
            var smtp = office.at(Service.SMTP);
            assertTrue(deliver(smtp).startsWith("250"));
            Path ballast = disk.resolve("ballast");
            fill(ballast);
            Thread.sleep(700); // free space is looked at twice a second
            String full = deliver(smtp);
            assertTrue(full.startsWith("452 4.3.1"), full);
            try (Peer peer = Peer.reader(office.at(Service.IMAP), "ann@example.com", "orange")) {
                assertTrue(peer.imap("SELECT INBOX").ok());
                assertTrue(peer.imap("FETCH 1 BODY[]").untagged().getFirst().contains(LETTER));
                Peer.Answer append =
                        peer.imap("APPEND INBOX", LETTER.getBytes(StandardCharsets.US_ASCII), "");
                assertTrue(append.status().startsWith("NO"), append.status());
                assertTrue(peer.imap("STORE 1 +FLAGS (\\Deleted)").ok());
                assertTrue(peer.imap("EXPUNGE").ok());
                Files.delete(ballast);
                long until = System.nanoTime() + 10_000_000_000L;
                String reply = deliver(smtp);
                while (!reply.startsWith("250") && System.nanoTime() < until) {
                    Thread.sleep(100);
                    reply = deliver(smtp);
                }
                assertTrue(reply.startsWith("250"), reply);
                assertTrue(peer.imap("NOOP").ok());
                assertTrue(peer.imap("FETCH 1 BODY.PEEK[]").untagged().getFirst().contains(LETTER));
            }
        }
    }

    private static String deliver(java.net.InetSocketAddress smtp) throws IOException {
        return Peer.deliver(smtp, "cat@example.net", "ann@example.com", LETTER);
    }

    private static void fill(Path ballast) throws IOException {
        byte[] block = new byte[64 << 10];
        try (var out = Files.newOutputStream(ballast)) {
            while (true) out.write(block);
        } catch (IOException e) {
            // Full: that was the wish.
        }
    }
}
