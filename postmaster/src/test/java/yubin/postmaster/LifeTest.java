package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.wire.Tls;

/// Opening and closing: what is said, and what is said when it does not work.
class LifeTest {
    @TempDir Path folder;

    @Test
    void whatListensWhereIsSaidAndASelfSignedPairIsNamed() throws Exception {
        List<String> said = new ArrayList<>();
        Path file = folder.resolve("yubin.toml");
        Files.writeString(
                file,
                """
                hostname = "mail.example.com"
                [listen]
                smtp = ["127.0.0.1:0"]
                imap = ["127.0.0.1:0", "127.0.0.1:0"]
                submission = []
                submissions = []
                lmtp = []
                imaps = []
                pop3 = []
                pop3s = []
                sieve = ["127.0.0.1:0"]
                https = ["127.0.0.1:0"]
                """);
        try (PostOffice post = PostOffice.open(ConfigFile.load(file), said::add)) {
            String all = String.join("\n", said);
            assertTrue(all.contains("made a self-signed certificate: " + folder), all);
            assertTrue(
                    all.contains("not built yet, so these listen keys have no effect: sieve"), all);
            int port = post.addresses(Service.SMTP).getFirst().getPort();
            assertTrue(all.contains("smtp         127.0.0.1:" + port), all);
            assertEquals(2, post.addresses(Service.IMAP).size());
            assertEquals(List.of(), post.addresses(Service.POP3));
        }
    }

    @Test
    void anOccupiedPortIsOneSentence() throws Exception {
        try (ServerSocket other = new ServerSocket(0)) {
            var listen = Rehearsal.anyPorts();
            var at = new InetSocketAddress("127.0.0.1", other.getLocalPort());
            listen.put(Service.POP3, List.of(at));
            Trouble trouble = trouble(Rehearsal.config(folder, listen));
            assertEquals(
                    "pop3 cannot listen on 127.0.0.1:%d: another program uses this port"
                            .formatted(at.getPort()),
                    trouble.getMessage());
        }
        // Everything was closed again: the folder can be had.
        PostOffice.open(Rehearsal.config(folder, Rehearsal.anyPorts()), line -> {}).close();
    }

    @Test
    void aDataFolderInUseIsOneSentence() throws Exception {
        Config config = Rehearsal.config(folder, Rehearsal.anyPorts());
        try (PostOffice post = PostOffice.open(config, line -> {})) {
            assertTrue(trouble(config).getMessage().contains("in use"));
            assertTrue(post.addresses(Service.IMAP).size() == 1);
        }
    }

    @Test
    void aDataFolderOfAnotherVersionIsOneSentence() throws Exception {
        Config config = Rehearsal.config(folder, Rehearsal.anyPorts());
        PostOffice.open(config, line -> {}).close();
        Files.writeString(config.data().resolve("format"), "yubin data 999\n");
        assertTrue(trouble(config).getMessage().contains("999"));
    }

    @Test
    void acertificateThatCannotBeReadIsOneSentence() throws Exception {
        Path file = folder.resolve("yubin.toml");
        Files.writeString(file, "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n");
        Trouble trouble = trouble(ConfigFile.load(file));
        assertTrue(trouble.getMessage().contains("cert.pem"), trouble.getMessage());
        Files.writeString(folder.resolve("cert.pem"), "nonsense");
        Files.writeString(folder.resolve("key.pem"), "nonsense");
        trouble = trouble(ConfigFile.load(file));
        assertTrue(trouble.getMessage().contains("cert.pem"), trouble.getMessage());
    }

    @Test
    void anewCertificateIsTakenWithoutRestart() throws Exception {
        Config config = Rehearsal.config(folder, Rehearsal.anyPorts());
        try (PostOffice post = PostOffice.open(config, line -> {})) {
            post.reload();
            try (Caller caller =
                    Caller.connect(Rehearsal.at(post, Service.IMAPS), true, line -> {})) {
                caller.imapGreeting();
            }
        }
    }

    /// RFC 7671: the TLSA record of the next key comes first.
    @Test
    void aCertificateWithAnotherKeyWaitsForItsTlsa() throws Exception {
        Config config =
                TestOffice.config(
                        folder, Rehearsal.anyPorts(), "[dns]\naddresses = [\"192.0.2.1\"]");
        List<String> said = new CopyOnWriteArrayList<>();
        try (PostOffice post = PostOffice.open(config, said::add)) {
            post.clerk().obey(OrderVerb.order("dns zone add", "domain", "example.com"));
            assertEquals(1, tlsa(post));
            post.reload();
            assertEquals("read the certificate again", said.getLast());
            Path next = Files.createDirectory(folder.resolve("next"));
            assertFalse(Tls.selfSigned(next, "mail.example.com").certificates().isEmpty());
            for (String name : List.of("tls-cert.pem", "tls-key.pem")) {
                Path to = config.data().resolve(name);
                Files.copy(next.resolve(name), to, StandardCopyOption.REPLACE_EXISTING);
            }
            post.reload();
            assertTrue(said.getLast().startsWith("the new certificate is used from "), "" + said);
            assertEquals(2, tlsa(post));
        }
    }

    private static long tlsa(PostOffice post) {
        String zone = post.office().zones().reports().show("example.com").orElseThrow();
        return zone.lines().filter(line -> line.contains("_25._tcp.mail.example.com.")).count();
    }

    @Test
    void sigtermSaysByeAndEndsWithinFiveSeconds() throws Exception {
        ServerProcess server = new ServerProcess(folder);
        server.start();
        try (Peer peer = new Peer(server.imap())) {
            peer.hear();
            long started = System.nanoTime();
            assertEquals(0, server.stop(), server.log());
            assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) < 5000);
            assertTrue(peer.hear().startsWith("* BYE"));
        }
    }

    private static Trouble trouble(Config config) {
        Trouble trouble =
                assertThrows(Trouble.class, () -> PostOffice.open(config, line -> {}).close());
        assertEquals(Trouble.SERVER, trouble.exitCode());
        assertEquals(1, trouble.getMessage().lines().count(), trouble.getMessage());
        return trouble;
    }
}
