package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server under garbage, floods and slow clients goes on answering the others.
class SurvivalTest {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final long WAIT_NANOS = 20_000_000_000L;
    private static final long SEED = System.nanoTime();

    private final Random random = new Random(SEED);
    private DnsListener server;

    @BeforeEach
    void open() throws IOException {
        System.out.println("SurvivalTest seed " + SEED);
        Zone zone = Zone.parse(Name.of("example.com"), Zones.EXAMPLE);
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        server = DnsListener.open(any, new Authority(List.of(zone)), 1, PATIENCE);
    }

    @AfterEach
    void close() {
        server.close();
    }

    /// Asks until there is an answer: floods may cost a packet.
    private boolean answersOverUdp() throws IOException {
        long end = System.nanoTime() + WAIT_NANOS;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(500);
            byte[] query = MessageTest.query("mx.example.com", Type.A, true);
            while (System.nanoTime() < end) {
                socket.send(new DatagramPacket(query, query.length, server.address()));
                try {
                    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                    socket.receive(packet);
                    var message =
                            assertInstanceOf(
                                    Message.class,
                                    Message.read(packet.getData(), packet.getLength()));
                    return message.answer().size() == 1;
                } catch (SocketTimeoutException e) {
                    // Once more.
                }
            }
            return false;
        }
    }

    /// @param from the client's own address, of loopback
    private boolean answersOverTcp(String from) throws IOException {
        try (Socket socket = socket(from)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(framed());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = in.readNBytes(in.readUnsignedShort());
            return assertInstanceOf(Message.class, Message.read(answer, answer.length))
                            .answer()
                            .size()
                    == 1;
        }
    }

    private Socket socket(String from) throws IOException {
        return new Socket(
                server.address().getAddress(),
                server.address().getPort(),
                InetAddress.ofLiteral(from),
                0);
    }

    private static byte[] framed() {
        byte[] query = MessageTest.query("mx.example.com", Type.A, true);
        byte[] framed = new byte[query.length + 2];
        framed[1] = (byte) query.length;
        System.arraycopy(query, 0, framed, 2, query.length);
        return framed;
    }

    @Test
    void aFloodOfGarbageOverUdp() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread flood =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try (DatagramSocket socket = new DatagramSocket()) {
                                        while (!stop.get()) {
                                            byte[] junk = junk();
                                            socket.send(
                                                    new DatagramPacket(
                                                            junk, junk.length, server.address()));
                                        }
                                    } catch (IOException e) {
                                        // The test says what is missing.
                                    }
                                });
        try {
            for (int i = 0; i < 50; i++) assertTrue(answersOverUdp(), "under a flood");
        } finally {
            stop.set(true);
            flood.join();
        }
        assertTrue(answersOverUdp());
        assertTrue(answersOverTcp("127.0.0.1"));
    }

    /// Octets of all lengths, half of them a question with some changed.
    private byte[] junk() {
        byte[] junk = new byte[random.nextInt(1500)];
        random.nextBytes(junk);
        if (random.nextBoolean()) return junk;
        byte[] query = MessageTest.query("mx.example.com", random.nextInt(260), true);
        query[random.nextInt(query.length)] = (byte) random.nextInt();
        return query;
    }

    @Test
    void garbageOverTcpEndsAtMostItsOwnConnection() throws Exception {
        for (int i = 0; i < 200; i++) {
            try (Socket socket = socket("127.0.0.1")) {
                byte[] junk = junk();
                socket.getOutputStream().write(junk.length >> 8);
                socket.getOutputStream().write(junk);
            } catch (IOException e) {
                // It was closed meanwhile, which is fine.
            }
        }
        assertTrue(answersOverTcp("127.0.0.1"));
        assertTrue(answersOverUdp());
    }

    @Test
    void whoSendsAQuestionOctetByOctetIsCut() throws Exception {
        try (Socket slow = socket("127.0.0.1")) {
            long end = System.nanoTime() + WAIT_NANOS;
            boolean cut = false;
            slow.getOutputStream().write(0xff);
            while (!cut && System.nanoTime() < end) {
                try {
                    slow.getOutputStream().write(1);
                    Thread.sleep(50);
                    assertTrue(answersOverTcp("127.0.0.1"));
                } catch (IOException e) {
                    cut = true;
                }
            }
            assertTrue(cut, "it holds its connection for ever");
        }
    }

    @Test
    void oneClientDoesNotTakeAllConnections() throws Exception {
        List<Socket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                Socket socket = socket("127.0.0.2");
                held.add(socket);
                // The first octet of a question that never comes.
                try {
                    socket.getOutputStream().write(0);
                } catch (IOException e) {
                    // Turned away.
                }
            }
            assertTrue(answersOverTcp("127.0.0.3"), "others come in");
            int turned = 0;
            for (Socket socket : held) {
                socket.setSoTimeout(20_000);
                if (ended(socket)) turned++;
            }
            assertEquals(150, turned, "in the end all are cut");
            assertTrue(answersOverTcp("127.0.0.2"));
        } finally {
            for (Socket socket : held) socket.close();
        }
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
