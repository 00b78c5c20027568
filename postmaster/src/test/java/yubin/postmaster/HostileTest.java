package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Hostile peers at every door and window of one server with a heap of 512 MB. After each a normal
/// session must work, and while they are at it too.
class HostileTest {
    private static final long NORMAL_MILLIS_MAX = 5000;
    private static final long SEED = Long.getLong("yubin.seed", System.nanoTime());

    @TempDir static Path folder;
    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        System.out.println("HostileTest: seed " + SEED);
        server = new ServerProcess(folder);
        server.obey("domain", "add", "example.com");
        server.obey("account", "add", "ann@example.com", "--password", "orange");
        server.start();
    }

    @AfterAll
    static void stop() throws Exception {
        long started = System.nanoTime();
        assertEquals(0, server.stop(), server.log());
        assertTrue(millisSince(started) < 5000, "SIGTERM took " + millisSince(started) + " ms");
        assertFalse(server.log().contains("OutOfMemoryError"), server.log());
        assertFalse(server.log().contains("bug"), server.log());
    }

    @AfterEach
    void aNormalSessionStillWorks() throws IOException {
        assertTrue(server.process().isAlive(), server.log());
        normalSession();
    }

    private static void normalSession() throws IOException {
        long started = System.nanoTime();
        String letter = "Subject: normal\r\n\r\nHello\r\n";
        String reply = Peer.deliver(server.smtp(), "cat@example.net", "ann@example.com", letter);
        assertTrue(reply.startsWith("250"), reply);
        try (Peer peer = Peer.reader(server.imap(), "ann@example.com", "orange")) {
            assertTrue(peer.imap("SELECT INBOX").ok());
            assertTrue(peer.imap("FETCH * BODY.PEEK[]").untagged().getFirst().contains(letter));
        }
        try (Peer peer = new Peer(server.at(Service.POP3))) {
            peer.hear();
            peer.say("USER ann@example.com").hear();
            assertTrue(peer.say("PASS orange").hear().startsWith("+OK"));
        }
        assertTrue(millisSince(started) < NORMAL_MILLIS_MAX, millisSince(started) + " ms");
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"SMTP", "SUBMISSION", "LMTP", "IMAP", "POP3"})
    void anEndlessLineIsRefusedAndKeepsNothing(Service service) throws IOException {
        try (Peer peer = new Peer(server.at(service))) {
            peer.hear();
            String block = "x".repeat(64 << 10);
            try {
                for (int i = 0; i < 800; i++) peer.send(block);
                peer.send("\r\n");
            } catch (IOException e) {
                return; // Cut: right as well.
            }
            for (String line : peer.hearAll()) {
                assertTrue(line.matches("(4|5)\\d\\d.*|\\* (BAD|BYE).*|\\S* BAD.*|-ERR.*"), line);
            }
        } catch (AssertionError e) {
            throw new AssertionError(service.key(), e);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"SMTP", "SUBMISSION", "SUBMISSIONS", "LMTP", "IMAP", "IMAPS", "POP3", "POP3S"})
    void garbageIsAnsweredOrCut(Service service) throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 40; i++) {
            byte[] garbage = new byte[1 + random.nextInt(3000)];
            random.nextBytes(garbage);
            for (int line = 0; line < 5; line++) {
                int at = random.nextInt(garbage.length);
                garbage[at] = '\n';
                if (at > 0 && random.nextBoolean()) garbage[at - 1] = '\r';
            }
            try (Peer peer = new Peer(server.at(service))) {
                peer.send(new String(garbage, StandardCharsets.ISO_8859_1));
                peer.socket().shutdownOutput();
                peer.hearAll();
            } catch (IOException e) {
                // Cut: right as well.
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"SMTP", "SUBMISSION", "LMTP", "IMAP", "POP3"})
    void commandsInAnyOrderAreAnsweredOneByOne(Service service) throws IOException {
        List<String> commands =
                switch (service) {
                    case IMAP ->
                            List.of(
                                    "a FETCH 1 FLAGS",
                                    "b IDLE",
                                    "c DONE",
                                    "d SELECT INBOX",
                                    "e AUTHENTICATE NONSENSE",
                                    "f EXPUNGE",
                                    "g",
                                    "",
                                    "h NOOP",
                                    "i LOGIN a {999999999999}",
                                    "j LOGIN {4294967296+}",
                                    "k ID (",
                                    "l UID UID FETCH 1 1",
                                    "m CLOSE",
                                    "n ENABLE X",
                                    "o LOGIN a b");
                    case POP3 ->
                            List.of(
                                    "RETR 1",
                                    "PASS x",
                                    "DELE 99999999999999",
                                    "TOP",
                                    "LAST",
                                    "",
                                    "USER",
                                    "AUTH",
                                    "AUTH NONSENSE",
                                    "STAT",
                                    "UIDL -1",
                                    "APOP a b");
                    default ->
                            List.of(
                                    "RCPT TO:<a@b>",
                                    "DATA",
                                    "MAIL FROM",
                                    "RCPT",
                                    "BDAT 1 2 3",
                                    "MAIL FROM:<<>>",
                                    "RCPT TO:<@@@>",
                                    "AUTH",
                                    "AUTH PLAIN =",
                                    "BDAT 99999999999999999999 LAST",
                                    "VRFY",
                                    "EXPN x",
                                    "HELP",
                                    "EHLO",
                                    "EHLO [",
                                    "LHLO x y z",
                                    "QUIT x",
                                    "RSET x",
                                    "TURN",
                                    "");
                };
        Random random = new Random(SEED);
        for (int round = 0; round < 20; round++) {
            List<String> order = new ArrayList<>(commands);
            java.util.Collections.shuffle(order, random);
            try (Peer peer = new Peer(server.at(service))) {
                peer.socket().setSoTimeout(400);
                for (String command : order) peer.say(command);
                peer.socket().shutdownOutput();
                peer.hearAll();
            } catch (IOException e) {
                // Cut in the middle: right as well.
            }
        }
    }

    @Test
    void hugeLiteralsAreRefusedBeforeTheyAreSent() throws IOException {
        try (Peer peer = new Peer(server.imap())) {
            peer.hear();
            assertFalse(peer.imap("LOGIN {100000000}").ok());
        }
        try (Peer peer = Peer.reader(server.imap(), "ann@example.com", "orange")) {
            Peer.Answer answer = peer.imap("APPEND INBOX {99999999999}");
            assertFalse(answer.ok(), answer.status());
        }
        try (Peer peer = new Peer(server.smtp())) {
            peer.reply();
            peer.smtp("EHLO x.example", "250");
            peer.smtp("MAIL FROM:<cat@example.net> SIZE=99999999999", "552");
            peer.smtp("MAIL FROM:<cat@example.net>", "250");
            peer.smtp("RCPT TO:<ann@example.com>", "250");
            assertTrue(peer.smtp("BDAT 99999999999999999999 LAST").startsWith("5"));
        }
    }

    @Test
    void aMessageOverTheLimitIsRefusedWithoutBeingKept() throws IOException {
        try (Peer peer = new Peer(server.smtp())) {
            peer.reply();
            peer.smtp("EHLO x.example", "250");
            peer.smtp("MAIL FROM:<cat@example.net>", "250");
            peer.smtp("RCPT TO:<ann@example.com>", "250");
            peer.smtp("DATA", "354");
            String line = ("y".repeat(70) + "\r\n").repeat(900);
            for (int i = 0; i < 60 * 17; i++) peer.send(line);
            assertTrue(peer.smtp(".").startsWith("552"));
            peer.smtp("NOOP", "250");
        }
    }

    @Test
    void smugglingFormsNeverMakeASecondMessage() throws IOException {
        List<String> ends =
                List.of(
                        "\n.\n",
                        "\r.\r",
                        "\n.\r\n",
                        "\r\n.\n",
                        "\r.\r\n",
                        "\r\n.\r",
                        "\r\n\0.\r\n",
                        "\n.\r",
                        "\r\n.\r\r\n");
        int before = messages();
        for (Service service : List.of(Service.SMTP, Service.LMTP)) {
            for (String end : ends) {
                try (Peer peer = new Peer(server.at(service))) {
                    peer.socket().setSoTimeout(3000);
                    peer.reply();
                    peer.smtp(service == Service.LMTP ? "LHLO x.example" : "EHLO x.example", "250");
                    peer.smtp("MAIL FROM:<cat@example.net>", "250");
                    peer.smtp("RCPT TO:<ann@example.com>", "250");
                    peer.smtp("DATA", "354");
                    peer.send(
                            "Subject: outer\r\n\r\nbody"
                                    + end
                                    + "MAIL FROM:<admin@example.com>\r\n"
                                    + "RCPT TO:<ann@example.com>\r\nDATA\r\n"
                                    + "Subject: smuggled\r\n\r\nx\r\n.\r\n");
                    // One reply for the one message, then silence or the answer to QUIT.
                    String reply = peer.reply();
                    assertTrue(reply.matches("(250|5\\d\\d).*"), reply);
                    String next = peer.smtp("QUIT");
                    assertTrue(next.startsWith("221"), "after " + shown(end) + ": " + next);
                }
            }
        }
        assertTrue(messages() - before <= 2 * ends.size());
        try (Peer peer = Peer.reader(server.imap(), "ann@example.com", "orange")) {
            peer.imap("SELECT INBOX");
            assertEquals(
                    List.of("* SEARCH"),
                    peer.imap("SEARCH HEADER SUBJECT smuggled").untagged().stream()
                            .filter(line -> line.startsWith("* SEARCH"))
                            .map(String::strip)
                            .toList());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Service.class,
            names = {"SMTP", "SUBMISSION", "IMAP", "POP3"})
    void whatIsSaidBehindStartTlsInClearIsNeverObeyed(Service service) throws IOException {
        try (Peer peer = new Peer(server.at(service))) {
            peer.reply();
            if (service == Service.SMTP || service == Service.SUBMISSION) {
                peer.smtp("EHLO x.example", "250");
            }
            String command =
                    switch (service) {
                        case IMAP -> "a STARTTLS\r\nb NOOP\r\n";
                        case POP3 -> "STLS\r\nCAPA\r\n";
                        default -> "STARTTLS\r\nRSET\r\n";
                    };
            peer.send(command);
            List<String> heard = peer.hearAll();
            assertTrue(heard.size() <= 1, service.key() + ": " + heard);
        }
    }

    @Test
    void fiveThousandConnectionsOpenedAndDroppedHarmNobody() throws Exception {
        for (Service service : List.of(Service.SMTP, Service.IMAP, Service.IMAPS, Service.POP3)) {
            InetSocketAddress at = server.at(service);
            for (int i = 0; i < 1250; i++) {
                try (Socket socket = new Socket()) {
                    socket.connect(at, 5000);
                    if (i % 3 == 0) socket.setSoLinger(true, 0);
                } catch (IOException e) {
                    // Too many at once: refused is right as well.
                }
            }
        }
    }

    @Test
    void aNormalSessionWorksBesideSlowAndHalfOpenPeers() throws Exception {
        List<Peer> peers = new ArrayList<>();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Peer halfOpen = new Peer(server.at(Service.IMAPS));
                peers.add(halfOpen);
                // The beginning of a TLS record that never comes to its end.
                if (i % 2 == 0) halfOpen.send("\u0016\u0003\u0001\u0002\u0000\u0001");
            }
            for (Service service : List.of(Service.SMTP, Service.IMAP, Service.POP3)) {
                for (int i = 0; i < 30; i++) {
                    Peer peer = new Peer(server.at(service));
                    peers.add(peer);
                    slow.add(Thread.ofVirtual().start(() -> drip(peer, over)));
                }
            }
            for (int i = 0; i < 5; i++) normalSession();
        } finally {
            over.set(true);
            for (Thread thread : slow) thread.join();
            peers.forEach(Peer::close);
        }
    }

    /// A reader who asks for much and takes nothing must not grow the server.
    @Test
    void readersWhoNeverReadAreHeldBack() throws IOException {
        String big = "Subject: big\r\n\r\n" + ("z".repeat(76) + "\r\n").repeat(60_000);
        assertTrue(
                Peer.deliver(server.smtp(), "cat@example.net", "ann@example.com", big)
                        .startsWith("250"));
        List<Peer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Peer peer = Peer.reader(server.imap(), "ann@example.com", "orange");
                peers.add(peer);
                peer.imap("SELECT INBOX");
                for (int k = 0; k < 20; k++) peer.say("x" + k + " FETCH 1:* BODY.PEEK[]");
            }
            normalSession();
        } finally {
            peers.forEach(Peer::close);
        }
    }

    private static void drip(Peer peer, AtomicBoolean over) {
        try {
            for (char c : "EHLO a.very.slow.client.example\r\n".repeat(100).toCharArray()) {
                if (over.get()) return;
                peer.send(String.valueOf(c));
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            // Cut: right as well.
        }
    }

    private static int messages() throws IOException {
        try (Peer peer = Peer.reader(server.imap(), "ann@example.com", "orange")) {
            for (String line : peer.imap("SELECT INBOX").untagged()) {
                if (line.endsWith(" EXISTS")) return Integer.parseInt(line.split(" ")[1]);
            }
            throw new AssertionError("no EXISTS");
        }
    }

    private static String shown(String end) {
        return end.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
    }

    private static long millisSince(long started) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    }
}
