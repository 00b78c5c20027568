package yubin.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TlsTest {
    @TempDir Path folder;

    private interface Step {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> beside(Step step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                step.run();
                                done.complete(null);
                            } catch (IOException | RuntimeException e) {
                                done.completeExceptionally(e);
                            }
                        });
        return done;
    }

    private static Wire.Pair secured(Tls tls, ClientTls how) throws Exception {
        Wire.Pair pair = Wire.pair();
        pair.client().deadline(Duration.ofSeconds(5), Duration.ofSeconds(5));
        pair.server().deadline(Duration.ofSeconds(5), Duration.ofSeconds(5));
        var server = beside(() -> pair.server().startTls(tls));
        pair.client().startTls(how);
        server.get();
        return pair;
    }

    @Test
    void aSelfSignedPairIsMadeOnceAndUsedAgain() throws Exception {
        Tls first = Tls.selfSigned(folder, "mail.example.com");
        Tls second = Tls.selfSigned(folder, "mail.example.com");
        assertEquals(first.certificates(), second.certificates());
        assertEquals(
                java.util.Set.of("OWNER_READ", "OWNER_WRITE"),
                Files.getPosixFilePermissions(folder.resolve("tls-key.pem")).stream()
                        .map(Enum::name)
                        .collect(java.util.stream.Collectors.toSet()));
        Tls other = Tls.selfSigned(folder, "mx.example.com");
        assertNotEquals(first.certificates(), other.certificates());
    }

    @Test
    void octetsOfAllSizesGoBothWays() throws Exception {
        Tls tls = Tls.selfSigned(folder, "mail.example.com");
        Wire.Pair pair = secured(tls, ClientTls.opportunistic("mail.example.com"));
        assertEquals("TLSv1.3", pair.server().tls().protocol());
        byte[] sent = new byte[3_000_000];
        new Random(1).nextBytes(sent);
        var writer =
                beside(
                        () -> {
                            int at = 0;
                            for (int n = 1; at < sent.length; n = Math.min(200_000, n * 3 + 1)) {
                                int part = Math.min(n, sent.length - at);
                                pair.client().write(sent, at, part);
                                pair.client().flush();
                                at += part;
                            }
                        });
        byte[] got = new byte[sent.length];
        pair.server().readFully(got, 0, got.length);
        writer.get();
        assertArrayEquals(sent, got);
        byte[] line = new byte[100];
        for (int i = 0; i < 50; i++) {
            pair.server().write("* " + i + "\r\n");
            pair.server().flush();
            int n = pair.client().readLine(line);
            assertEquals("* " + i, new String(line, 0, n, US_ASCII));
        }
        pair.server().close();
        assertThrows(Wire.Closed.class, () -> pair.client().readLine(line));
        pair.client().close();
    }

    @Test
    void theServerEndPointBindingIsTheSameAtBothEnds() throws Exception {
        Wire.Pair pair =
                secured(Tls.selfSigned(folder, "a.test"), ClientTls.opportunistic("a.test"));
        byte[] server = pair.server().tls().channelBinding("tls-server-end-point");
        assertEquals(32, server.length);
        assertArrayEquals(server, pair.client().tls().channelBinding("tls-server-end-point"));
        assertNull(pair.server().tls().channelBinding("tls-unique"));
        if (!Tls.isNative()) {
            byte[] exported = pair.server().tls().channelBinding("tls-exporter");
            assertNotNull(exported);
            assertArrayEquals(exported, pair.client().tls().channelBinding("tls-exporter"));
        }
        pair.client().abort();
        pair.server().abort();
    }

    @Test
    void octetsBehindStartTlsAreNotTakenForProtectedOnes() throws Exception {
        Tls tls = Tls.selfSigned(folder, "mail.example.com");
        Wire.Pair pair = Wire.pair();
        pair.client().write("STARTTLS\r\nRSET\r\n");
        pair.client().flush();
        pair.server().readLine(new byte[100]);
        assertThrows(Wire.Trouble.class, () -> pair.server().startTls(tls));
        assertTrue(!pair.server().isOpen());
    }

    @Test
    void aCertificateThatIsNotTrustedOrForAnotherNameIsRefusedWhenVerifying() throws Exception {
        Tls tls = Tls.selfSigned(folder, "mail.example.com");
        Path roots = folder.resolve("tls-cert.pem");
        Wire.Pair good = secured(tls, new ClientTls("mail.example.com", true, roots));
        assertTrue(good.client().tls().verified());
        good.client().abort();
        good.server().abort();
        assertThrows(
                Exception.class,
                () -> secured(tls, new ClientTls("other.example.com", true, roots)));
        assertThrows(Exception.class, () -> secured(tls, ClientTls.verified("mail.example.com")));
    }

    @Test
    void garbageInsteadOfAHandshakeEndsTheConnection() throws Exception {
        Tls tls = Tls.selfSigned(folder, "mail.example.com");
        for (int size : new int[] {1, 5, 300, 40_000}) {
            Wire.Pair pair = Wire.pair();
            var server = beside(() -> pair.server().startTls(tls));
            byte[] garbage = new byte[size];
            Arrays.fill(garbage, (byte) 'x');
            try {
                pair.client().write(garbage);
                pair.client().close();
            } catch (Wire.Trouble _) {
                // refused before all was sent
            }
            assertThrows(ExecutionException.class, server::get);
        }
    }

    @Test
    void aNewPairIsUsedAfterReloadAndABadOneLeavesTheOld() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Tls tls = Tls.selfSigned(folder, "a.test");
        Tls.selfSigned(other, "b.test");
        var before = tls.certificates();
        Files.copy(
                other.resolve("tls-cert.pem"),
                folder.resolve("tls-cert.pem"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        IOException e = assertThrows(IOException.class, tls::reload);
        assertTrue(e.getMessage().contains("is not that of the certificate"), e.getMessage());
        assertEquals(before, tls.certificates());
        Files.copy(
                other.resolve("tls-key.pem"),
                folder.resolve("tls-key.pem"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        tls.reload();
        Wire.Pair pair = secured(tls, ClientTls.opportunistic(null));
        assertEquals(tls.certificates(), pair.client().tls().peerCertificates());
        assertNotEquals(before, tls.certificates());
        pair.client().abort();
        pair.server().abort();
    }

    @Test
    void filesThatAreNoPairAreNamedInOneSentence() throws Exception {
        Path none = folder.resolve("none.pem");
        IOException e = assertThrows(IOException.class, () -> Tls.load(none, none));
        assertEquals("there is no file " + none, e.getMessage());
        Path text = Files.writeString(folder.resolve("text.pem"), "hello\n");
        e = assertThrows(IOException.class, () -> Tls.load(text, text));
        assertEquals("no certificate in " + text, e.getMessage());
    }

    @Test
    void aContextIsFreedWithTheLastConnectionThatBeganUnderIt() throws Exception {
        assumeTrue(Tls.isNative(), "left out: BoringSSL does not load here");
        Tls tls = Tls.selfSigned(folder, "mail.example.com");
        List<ReferenceCounted> contexts = new ArrayList<>();
        List<Wire.Pair> open = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            contexts.add((ReferenceCounted) tls.context());
            if (i % 2 == 0) {
                open.add(secured(tls, ClientTls.opportunistic("mail.example.com")));
                open.add(secured(tls, ClientTls.opportunistic("mail.example.com")));
            }
            tls.reload();
        }
        for (int i = 0; i < 20; i++) {
            assertEquals(i % 2 == 0 ? 2 : 0, contexts.get(i).refCnt(), "context " + i);
        }
        byte[] octets = new byte[5];
        for (Wire.Pair pair : open) {
            pair.server().write("still");
            pair.server().flush();
            pair.client().readFully(octets, 0, 5);
            assertEquals("still", new String(octets, US_ASCII));
        }
        for (int i = 0; i < open.size(); i += 2) open.get(i).server().abort();
        for (int i = 0; i < 20; i += 2) assertEquals(1, contexts.get(i).refCnt());
        for (int i = 1; i < open.size(); i += 2) open.get(i).server().abort();
        for (ReferenceCounted context : contexts) assertEquals(0, context.refCnt());
        assertEquals(1, ((ReferenceCounted) tls.context()).refCnt());
        for (Wire.Pair pair : open) pair.client().abort();
    }

    @Test
    void connectionsThatBeginDuringReloadsGetOneOfTheContexts() throws Exception {
        Tls tls = Tls.selfSigned(folder, "mail.example.com");
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(
                    beside(
                            () -> {
                                while (!over.get()) tls.serverEngine().release();
                            }));
        }
        for (int i = 0; i < 30; i++) tls.reload();
        over.set(true);
        for (var client : clients) client.get();
        secured(tls, ClientTls.opportunistic("mail.example.com")).server().abort();
    }
}
