package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import yubin.wire.Listener;
import yubin.wire.Wire;

/// Peers that mean harm, over real sockets; an honest one is served beside them.
@Timeout(60)
class HostileTest {
    @TempDir static Path folder;
    static House house;
    static Listener listener;

    @BeforeAll
    static void build() throws IOException {
        house = new House(folder);
        Smtp.Bounds d = Smtp.Bounds.DEFAULT;
        house.bounds =
                new Smtp.Bounds(
                        1000,
                        1000,
                        20,
                        50,
                        Duration.ofSeconds(3),
                        Duration.ofMillis(400),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(700),
                        d.strangers());
        house.messageOctetsMax = 24 << 20;
        listener =
                Listener.open(
                        "smtp",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        null,
                        new Listener.Limits(6000, 6000),
                        house.door(Smtp.Kind.MX));
    }

    @AfterAll
    static void demolish() throws IOException {
        listener.close();
        house.close();
    }

    private static Wire connect() throws IOException {
        Wire wire = Wire.connect(listener.address(), null, Duration.ofSeconds(5));
        wire.deadline(Duration.ofSeconds(10), Duration.ofSeconds(10));
        assertEquals("220 mx.example.com ESMTP Yubin", line(wire));
        return wire;
    }

    private static String line(Wire wire) throws IOException {
        byte[] octets = new byte[2000];
        return new String(octets, 0, wire.readLine(octets), StandardCharsets.UTF_8);
    }

    private static String ask(Wire wire, String command) throws IOException {
        wire.write(command + "\r\n");
        return line(wire);
    }

    private static Wire connectAndBeginData() throws IOException {
        Wire wire = connect();
        ask(wire, "HELO c.example.net");
        ask(wire, "MAIL FROM:<dan@example.net>");
        assertEquals("250 2.1.5 OK", ask(wire, "RCPT TO:<ann@example.com>"));
        assertTrue(ask(wire, "DATA").startsWith("354 "));
        return wire;
    }

    private static void honestPeerIsServed() throws IOException {
        try (Wire wire = connectAndBeginData()) {
            assertTrue(ask(wire, "Subject: honest\r\n\r\nhello\r\n.").startsWith("250 2.0.0 "));
            ask(wire, "QUIT");
        }
    }

    @Test
    void anEndlessLineEndsTheConnection() throws IOException {
        try (Wire wire = connect()) {
            byte[] noise = new byte[64 * 1024];
            Arrays.fill(noise, (byte) 'x');
            assertThrows(
                    IOException.class,
                    () -> {
                        for (int i = 0; i < 1000; i++) {
                            wire.write(noise);
                            wire.flush();
                        }
                    });
        }
        honestPeerIsServed();
    }

    @Test
    void longLinesAndGarbageAreRefusedUntilItIsEnough() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (Wire wire = connect()) {
            String last = ask(wire, "NOOP " + "x".repeat(20_000));
            assertEquals("500 5.5.2 line too long", last);
            for (int i = 0; i < 30 && !last.startsWith("421 "); i++) {
                byte[] garbage = new byte[random.nextInt(300)];
                random.nextBytes(garbage);
                for (int k = 0; k < garbage.length; k++) {
                    if (garbage[k] == '\r' || garbage[k] == '\n') garbage[k] = 0;
                }
                wire.write(garbage);
                last = ask(wire, "");
                assertTrue(last.startsWith("50") || last.startsWith("421 "), last);
            }
            assertEquals("421 4.7.0 mx.example.com too many mistakes", last);
            assertThrows(Wire.Closed.class, () -> line(wire));
        }
        honestPeerIsServed();
    }

    @Test
    void eightBitsAndNulInCommandsAreRefused() throws IOException {
        try (Wire wire = connect()) {
            ask(wire, "HELO c.example.net");
            wire.write(new byte[] {'N', 'O', 0, 'P'});
            assertEquals("500 5.5.2 octets that no command has at octet 2", ask(wire, ""));
            wire.write("MAIL FROM:<".getBytes(StandardCharsets.US_ASCII));
            wire.write(new byte[] {(byte) 0xe9});
            assertEquals(
                    "500 5.5.2 octets that no command has at octet 0", ask(wire, "@example.net>"));
            assertEquals(
                    "550 5.6.7 an address with UTF-8 needs SMTPUTF8",
                    ask(wire, "MAIL FROM:<é@example.net>"));
            ask(wire, "MAIL FROM:<a@example.net>");
            assertEquals(
                    "501 5.1.3 no address in <> at octet 8",
                    ask(wire, "RCPT TO:<" + "a".repeat(70) + "@example.com>"));
            assertEquals(
                    "501 5.1.3 no address in <> at octet 8",
                    ask(wire, "RCPT TO:<\"a\\\"@example.com>"));
        }
    }

    @Test
    void whoTypesTooSlowlyIsToldAndCut() throws Exception {
        try (Wire wire = connect()) {
            for (char c : "NOOP NOOP".toCharArray()) {
                wire.write("" + c);
                wire.flush();
                Thread.sleep(30);
            }
            assertTrue(line(wire).startsWith("421 4.4.2 "));
        }
    }

    @Test
    void aLetterThatDripsIsToldAndCut() throws Exception {
        try (Wire wire = connectAndBeginData()) {
            String last = null;
            for (int i = 0; i < 100 && last == null; i++) {
                wire.write("x");
                wire.flush();
                Thread.sleep(20);
                if (wire.hasArrived()) last = line(wire);
            }
            assertTrue(last != null && last.startsWith("421 4.4.2 "), last);
        }
        honestPeerIsServed();
    }

    @Test
    void aLetterWithoutEndIsCutAndNothingOfItKept() throws IOException {
        try (Wire wire = connectAndBeginData()) {
            byte[] noise = new byte[64 * 1024];
            Arrays.fill(noise, (byte) '\0');
            assertThrows(
                    IOException.class,
                    () -> {
                        for (int i = 0; i < 3000; i++) {
                            wire.write(noise);
                            wire.flush();
                        }
                    });
        }
        honestPeerIsServed();
    }

    @Test
    void aChunkThatIsPromisedAndNeverComesIsCut() throws IOException {
        try (Wire wire = connect()) {
            wire.write("BDAT 999999999999999999 LAST\r\n");
            assertTrue(line(wire).startsWith("421 4.3.4 "));
        }
        try (Wire wire = connect()) {
            ask(wire, "HELO c.example.net");
            ask(wire, "MAIL FROM:<>");
            ask(wire, "RCPT TO:<ann@example.com>");
            assertTrue(ask(wire, "BDAT 1000 LAST").startsWith("421 4.4.2 "));
        }
        honestPeerIsServed();
    }

    @Test
    void aLetterOfTwentyMegabytesPassesThroughWithLittleMemory() throws IOException {
        int octets = 20 << 20;
        byte[] text = new byte[octets];
        for (int i = 0; i < octets; i++) {
            int column = i % 78;
            text[i] = (byte) (column == 76 ? '\r' : column == 77 ? '\n' : 'a' + i % 7);
        }
        text[octets - 2] = '\r';
        text[octets - 1] = '\n';
        long start = System.nanoTime();
        try (Wire wire = connectAndBeginData()) {
            wire.write("Subject: large\r\n\r\n");
            wire.write(text);
            assertTrue(ask(wire, ".").startsWith("250 2.0.0 "));
        }
        System.out.printf("20 MiB in %d ms%n", (System.nanoTime() - start) / 1_000_000);
        String letter = house.inbox("ann@example.com").getLast();
        assertTrue(letter.endsWith(new String(text, StandardCharsets.ISO_8859_1)));
    }

    @Test
    void fiveThousandConnectionsOpenedAndDroppedDoNoHarm() throws Exception {
        List<SocketChannel> open = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            open.add(SocketChannel.open(listener.address()));
            if (i % 1000 == 999) honestPeerIsServed();
            // 20,000 descriptors are the machine's; both ends count here.
            if (open.size() == 2500) {
                for (SocketChannel channel : open) channel.close();
                open.clear();
            }
        }
        for (SocketChannel channel : open) channel.close();
        for (int i = 0; listener.connections() > 0 && i < 500; i++) Thread.sleep(20);
        assertEquals(0, listener.connections());
        honestPeerIsServed();
    }
}
