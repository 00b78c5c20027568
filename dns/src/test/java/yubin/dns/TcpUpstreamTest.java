package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Questions over TCP, against a server that echoes them.
class TcpUpstreamTest {
    /// Answers so many questions on each connection and closes it then.
    private static final class Echo implements AutoCloseable {
        final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        final AtomicInteger connections = new AtomicInteger();

        Echo(int answers) throws IOException {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                while (!server.isClosed()) {
                                    try {
                                        Socket socket = server.accept();
                                        connections.incrementAndGet();
                                        Thread.ofVirtual().start(() -> serve(socket, answers));
                                    } catch (IOException e) {
                                        return;
                                    }
                                }
                            });
        }

        private static void serve(Socket socket, int answers) {
            try (socket) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                for (int i = 0; i < answers; i++) {
                    byte[] query = in.readNBytes(in.readUnsignedShort());
                    byte[] framed = new byte[query.length + 2];
                    framed[1] = (byte) query.length;
                    System.arraycopy(query, 0, framed, 2, query.length);
                    socket.getOutputStream().write(framed);
                }
                if (answers == 0) in.readAllBytes();
            } catch (IOException e) {
                // The client closed it.
            }
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static byte[] ask(TcpUpstream tcp, Echo echo, int id) throws IOException {
        byte[] query = {0, (byte) id, 7, 7};
        return tcp.ask(echo.address(), query, System.nanoTime() + 1_000_000_000L);
    }

    @Test
    void oneConnectionServesManyQuestions() throws Exception {
        try (Echo echo = new Echo(100);
                TcpUpstream tcp = new TcpUpstream()) {
            for (int i = 0; i < 20; i++) assertEquals(i, ask(tcp, echo, i)[1]);
            assertEquals(1, echo.connections.get());
        }
    }

    @Test
    void aConnectionThatTheServerClosedIsReplaced() throws Exception {
        try (Echo echo = new Echo(2);
                TcpUpstream tcp = new TcpUpstream()) {
            for (int i = 0; i < 10; i++) assertEquals(i, ask(tcp, echo, i)[1]);
            assertEquals(5, echo.connections.get());
        }
    }

    @Test
    void aServerThatIsSilentIsLeftAtTheDeadline() throws Exception {
        try (Echo silent = new Echo(0);
                TcpUpstream tcp = new TcpUpstream()) {
            long start = System.nanoTime();
            byte[] query = {0, 1};
            assertThrows(
                    SocketTimeoutException.class,
                    () -> tcp.ask(silent.address(), query, System.nanoTime() + 200_000_000L));
            assertEquals(0, (System.nanoTime() - start) / 2_000_000_000L);
        }
    }
}
