package yubin.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ListenerTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /// Answers each line with itself.
    private static final class Echo implements Listener.Session {
        @Override
        public void serve(Wire wire) throws IOException {
            byte[] line = new byte[100];
            try {
                while (true) {
                    int n = wire.readLine(line);
                    wire.write(line, 0, n);
                    wire.write("\r\n");
                }
            } catch (Wire.ShuttingDown _) {
                wire.write("421 closing\r\n");
            }
        }

        @Override
        public String tooMany() {
            return "421 too many\r\n";
        }
    }

    private static String ask(Wire wire, String text) throws IOException {
        if (text != null) wire.write(text + "\r\n");
        byte[] line = new byte[100];
        return new String(line, 0, wire.readLine(line), US_ASCII);
    }

    private static Wire connect(Listener listener) throws IOException {
        return Wire.connect(listener.address(), null, Duration.ofSeconds(5));
    }

    @Test
    void sessionsAreServedAndToldWhenThePostOfficeCloses() throws IOException {
        Listener listener =
                Listener.open("test", ANY_PORT, null, Listener.Limits.DEFAULT, new Echo());
        Wire a = connect(listener);
        Wire b = connect(listener);
        assertEquals("hello", ask(a, "hello"));
        assertEquals("hi", ask(b, "hi"));
        assertEquals(2, listener.connections());
        listener.close(Duration.ofSeconds(2));
        assertEquals("421 closing", ask(a, null));
        assertEquals("421 closing", ask(b, null));
        assertThrows(IOException.class, () -> connect(listener));
        a.close();
        b.close();
    }

    @Test
    void theLastWordsReachAPeerThatWasNotHeardOut() throws IOException {
        Listener.Session refuse =
                wire -> {
                    wire.readLine(new byte[100]);
                    wire.write("554 enough\r\n");
                };
        try (Listener listener =
                Listener.open("test", ANY_PORT, null, Listener.Limits.DEFAULT, refuse)) {
            for (int i = 0; i < 20; i++) {
                try (Wire wire = connect(listener)) {
                    wire.write("a\r\n" + "more ".repeat(2000));
                    assertEquals("554 enough", ask(wire, ""));
                }
            }
        }
    }

    @Test
    void anOccupiedPortIsNamedInOneSentence() throws IOException {
        try (Listener listener =
                Listener.open("test", ANY_PORT, null, Listener.Limits.DEFAULT, new Echo())) {
            IOException e =
                    assertThrows(
                            IOException.class,
                            () ->
                                    Listener.open(
                                            "smtp",
                                            listener.address(),
                                            null,
                                            Listener.Limits.DEFAULT,
                                            new Echo()));
            assertEquals(
                    "smtp: cannot listen at 127.0.0.1:"
                            + listener.address().getPort()
                            + ": another program uses this port",
                    e.getMessage());
        }
    }

    @Test
    void connectionsOverTheBoundAreToldAndClosed() throws IOException {
        try (Listener listener =
                Listener.open("test", ANY_PORT, null, new Listener.Limits(2, 10), new Echo())) {
            Wire a = connect(listener);
            Wire b = connect(listener);
            assertEquals("1", ask(a, "1"));
            assertEquals("2", ask(b, "2"));
            Wire c = connect(listener);
            assertEquals("421 too many", ask(c, null));
            assertThrows(Wire.Closed.class, () -> ask(c, null));
            c.close();
            a.close();
            for (int i = 0; listener.connections() > 1 && i < 200; i++) sleep(10);
            Wire d = connect(listener);
            assertEquals("4", ask(d, "4"));
            b.close();
            d.close();
        }
    }

    @Test
    void fiveThousandConnectionsOpenedAndDroppedDoNoHarm() throws Exception {
        try (Listener listener =
                Listener.open(
                        "test", ANY_PORT, null, new Listener.Limits(6000, 6000), new Echo())) {
            Wire normal = connect(listener);
            List<SocketChannel> open = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 1000; i++) open.add(SocketChannel.open(listener.address()));
                assertEquals("still here", ask(normal, "still here"));
                for (SocketChannel channel : open) {
                    if (round % 2 == 0)
                        channel.setOption(java.net.StandardSocketOptions.SO_LINGER, 0);
                    channel.close();
                }
                open.clear();
            }
            for (int i = 0; listener.connections() > 1 && i < 500; i++) sleep(10);
            assertEquals(1, listener.connections());
            assertEquals("still here", ask(normal, "still here"));
            normal.close();
        }
    }

    @Test
    void implicitTlsIsReadyBeforeTheSessionAndAHalfOpenHandshakeHurtsNobody(@TempDir Path folder)
            throws Exception {
        Tls tls = Tls.selfSigned(folder, "localhost");
        try (Listener listener =
                        Listener.open("test", ANY_PORT, tls, Listener.Limits.DEFAULT, new Echo());
                SocketChannel silent = SocketChannel.open(listener.address())) {
            long start = System.nanoTime();
            int rounds = 200;
            for (int i = 0; i < rounds; i++) {
                Wire wire = connect(listener);
                wire.startTls(ClientTls.opportunistic("localhost"));
                assertEquals("hello", ask(wire, "hello"));
                wire.close();
            }
            System.out.printf(
                    "TLS on %s: %d handshakes/s, both ends%n",
                    Tls.isNative() ? "BoringSSL" : "the JDK",
                    rounds * 1_000_000_000L / (System.nanoTime() - start));
            assertTrue(silent.isOpen());
        }
    }

    @Test
    void aClientThatComesBackWithItsTicketIsSparedTheFullHandshake(@TempDir Path folder)
            throws Exception {
        Tls tls = Tls.selfSigned(folder, "localhost");
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (Listener listener =
                Listener.open("test", ANY_PORT, tls, Listener.Limits.DEFAULT, new Echo())) {
            long[] made = new long[2];
            for (int i = 0; i < 2; i++) {
                try (SSLSocket socket =
                        (SSLSocket)
                                trusting.getSocketFactory()
                                        .createSocket("localhost", listener.address().getPort())) {
                    socket.getOutputStream().write("hello\r\n".getBytes(US_ASCII));
                    assertEquals(
                            "hello\r\n",
                            new String(socket.getInputStream().readNBytes(7), US_ASCII));
                    made[i] = socket.getSession().getCreationTime();
                }
                Thread.sleep(20);
            }
            assertEquals(made[0], made[1], "the second session is the first one resumed");
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
