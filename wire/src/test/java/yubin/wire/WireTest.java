package yubin.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WireTest {
    private final Wire.Pair pair = Wire.pair();
    private final Wire client = pair.client();
    private final Wire server = pair.server();
    private final byte[] line = new byte[100];

    @AfterEach
    void closeBoth() {
        client.abort();
        server.abort();
    }

    private void send(String text) throws IOException {
        client.write(text.getBytes(US_ASCII));
        client.flush();
    }

    private String receive() throws IOException {
        return new String(line, 0, server.readLine(line), US_ASCII);
    }

    @Test
    void aLineEndsWithCrlfAndWhatFollowsStaysBuffered() throws IOException {
        send("EHLO a\r\n\r\nMAIL");
        assertEquals("EHLO a", receive());
        assertTrue(server.hasInput());
        assertEquals("", receive());
        send(" FROM:<>\r\n");
        assertEquals("MAIL FROM:<>", receive());
        assertFalse(server.hasInput());
    }

    @Test
    void aLineMayArriveOctetByOctet() throws Exception {
        var reader = CompletableFuture.supplyAsync(this::receiveUnchecked);
        for (char c : "NOOP\r\n".toCharArray()) {
            Thread.sleep(2);
            send("" + c);
        }
        assertEquals("NOOP", reader.get());
    }

    private String receiveUnchecked() {
        try {
            return receive();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aLineOfTheBoundIsReadAndOneOctetMoreIsSkippedToItsEnd() throws IOException {
        send(
                "x".repeat(100)
                        + "\r\n"
                        + "y".repeat(101)
                        + "\r\n"
                        + "z".repeat(5000)
                        + "\r\nNOOP\r\n");
        assertEquals("x".repeat(100), receive());
        assertThrows(Wire.LineTooLong.class, this::receive);
        assertThrows(Wire.LineTooLong.class, this::receive);
        assertEquals("NOOP", receive());
    }

    @Test
    void anEndlessLineEndsTheConnection() throws Exception {
        var flood =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                for (int i = 0; i < 40; i++) send("x".repeat(50_000));
                            } catch (IOException _) {
                                // cut, as it should be
                            }
                        });
        assertThrows(Wire.Closed.class, this::receive);
        server.abort();
        flood.get();
    }

    @Test
    void aCrOrLfAloneEndsNoLine() throws IOException {
        send("a\nb\rc\r\n\r\r\nNOOP\r\n");
        assertThrows(Wire.BareLineEnd.class, this::receive);
        assertThrows(Wire.BareLineEnd.class, this::receive);
        assertThrows(Wire.BareLineEnd.class, this::receive);
        assertEquals("NOOP", receive());
    }

    @Test
    void linesLiteralsAndRawOctetsInterleaveAtRandomSizes() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int rounds = 300;
        int[] kinds = new int[rounds];
        byte[][] texts = new byte[rounds][];
        for (int i = 0; i < rounds; i++) {
            kinds[i] = random.nextInt(3);
            texts[i] = new byte[kinds[i] == 0 ? random.nextInt(101) : random.nextInt(60_000)];
            for (int k = 0; k < texts[i].length; k++)
                texts[i][k] = (byte) ('a' + random.nextInt(26));
        }
        var writer =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                for (int i = 0; i < rounds; i++) {
                                    client.write(texts[i]);
                                    if (kinds[i] == 0) client.write("\r\n");
                                    if (random.nextBoolean()) client.flush();
                                }
                                client.flush();
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        for (int i = 0; i < rounds; i++) {
            byte[] expected = texts[i];
            byte[] got = new byte[expected.length];
            switch (kinds[i]) {
                case 0 -> got = receive().getBytes(US_ASCII);
                case 1 -> server.readFully(got, 0, got.length);
                default -> {
                    for (int have = 0; have < got.length; ) {
                        int n = Math.min(server.fill(), got.length - have);
                        System.arraycopy(server.octets(), server.position(), got, have, n);
                        server.consume(n);
                        have += n;
                    }
                }
            }
            assertEquals(new String(expected, US_ASCII), new String(got, US_ASCII), "round " + i);
        }
        writer.get();
    }

    @Test
    void aSilentPeerTimesOutAndCanStillBeToldSo() throws IOException {
        server.deadline(Duration.ofMillis(50), Duration.ofSeconds(5));
        assertThrows(Wire.TimedOut.class, this::receive);
        server.write("421 too slow\r\n");
        server.close();
        int n = client.readLine(line);
        assertEquals("421 too slow", new String(line, 0, n, US_ASCII));
        assertThrows(Wire.Closed.class, () -> client.readLine(line));
    }

    @Test
    void aPeerThatSendsOctetByOctetIsCutWhenItsLineTakesTooLong() throws Exception {
        server.deadline(Duration.ofSeconds(5), Duration.ofMillis(200));
        var drip =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                for (int i = 0; i < 90; i++) {
                                    send("x");
                                    Thread.sleep(20);
                                }
                            } catch (IOException | InterruptedException _) {
                                // cut, as it should be
                            }
                        });
        long start = System.nanoTime();
        assertThrows(Wire.TimedOut.class, this::receive);
        assertTrue(System.nanoTime() - start < 1_500_000_000L);
        server.abort();
        drip.get();
    }

    @Test
    void aPeerThatDoesNotReadIsCut() {
        server.writeDeadline(Duration.ofMillis(100));
        assertThrows(Wire.TimedOut.class, () -> server.write(new byte[1 << 20]));
    }

    @Test
    void farewellWakesTheReaderWhoMayStillSayGoodbye() throws Exception {
        var reader =
                CompletableFuture.supplyAsync(
                        () -> assertThrows(Wire.ShuttingDown.class, this::receive));
        Thread.sleep(20);
        server.farewell();
        reader.get();
        server.write("* BYE\r\n");
        server.close();
        assertEquals(5, client.readLine(line));
    }

    @Test
    void waitingFlushesWhatWasWritten() throws Exception {
        server.write("220 hello\r\n");
        var reader = CompletableFuture.supplyAsync(this::receiveUnchecked);
        assertEquals(9, client.readLine(new byte[100]));
        send("QUIT\r\n");
        assertEquals("QUIT", reader.get());
    }
}
