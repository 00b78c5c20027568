package yubin.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes queries over UDP and TCP at one address and sends what its [Answerer] says.
///
/// UDP: a platform thread and socket per core, the kernel spreads clients over them. TCP
/// (RFC 7766): a virtual thread per connection, several queries on each, answered in order or as
/// they come.
final class DnsListener implements AutoCloseable {
    /// TCP connections at once, over all and from one client address.
    private static final int CONNECTIONS_MAX = 500;

    private static final int CONNECTIONS_PER_ADDRESS_MAX = 100;

    /// RFC 7766 §6.2.3: idle connections are closed after seconds.
    private static final int TCP_IDLE_MILLIS = 10_000;

    private static final System.Logger LOG = System.getLogger("yubin.dns.DnsListener");

    private final Answerer answerer;
    private final List<UdpLoop> loops = new ArrayList<>();
    private final ServerSocket server;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore connectionsFree = new Semaphore(CONNECTIONS_MAX);
    private final ConcurrentHashMap<java.net.InetAddress, AtomicInteger> perAddress =
            new ConcurrentHashMap<>();
    private volatile boolean closed;

    private DnsListener(Answerer answerer, ServerSocket server) {
        this.answerer = answerer;
        this.server = server;
    }

    /// @throws IOException when the address is occupied or not ours
    static DnsListener open(InetSocketAddress address, Answerer answerer, int threads)
            throws IOException {
        // With port 0 the UDP port that was given may be taken for TCP: then another is tried.
        for (int attempt = 0; ; attempt++) {
            ServerSocket server = new ServerSocket();
            DnsListener listener = new DnsListener(answerer, server);
            try {
                listener.bind(address, threads);
                listener.start();
                return listener;
            } catch (IOException e) {
                listener.close();
                if (address.getPort() != 0 || attempt == 10) throw e;
            }
        }
    }

    private void bind(InetSocketAddress address, int threads) throws IOException {
        server.setReuseAddress(true);
        server.bind(address, 128);
        InetSocketAddress bound =
                new InetSocketAddress(address.getAddress(), server.getLocalPort());
        for (int i = 0; i < threads; i++) {
            loops.add(UdpLoop.open(bound, answerer, threads > 1));
        }
    }

    private void start() {
        for (UdpLoop loop : loops) Thread.ofPlatform().daemon().name("dns-udp").start(loop::run);
        Thread.ofVirtual().name("dns-tcp").start(this::acceptTcp);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void acceptTcp() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                AtomicInteger count =
                        perAddress.computeIfAbsent(
                                socket.getInetAddress(), _ -> new AtomicInteger());
                boolean mine = count.incrementAndGet() <= CONNECTIONS_PER_ADDRESS_MAX;
                if (!mine || !connectionsFree.tryAcquire()) {
                    forget(socket, count);
                    socket.close();
                    continue;
                }
                connections.add(socket);
                Thread.ofVirtual()
                        .name("dns-tcp")
                        .start(
                                () -> {
                                    try (socket) {
                                        serveTcp(socket);
                                    } catch (IOException e) {
                                        // The end of a connection.
                                    } finally {
                                        connections.remove(socket);
                                        connectionsFree.release();
                                        forget(socket, count);
                                    }
                                });
            } catch (IOException e) {
                if (closed) return;
                LOG.log(System.Logger.Level.WARNING, "accept: {0}", e.getMessage());
                java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
            }
        }
    }

    private void forget(Socket socket, AtomicInteger count) {
        if (count.decrementAndGet() == 0) perAddress.remove(socket.getInetAddress(), count);
    }

    /// Two octets of length before each message. RFC 1035 §4.2.2, RFC 7766 §8.
    private void serveTcp(Socket socket) throws IOException {
        socket.setSoTimeout(TCP_IDLE_MILLIS);
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        Answerer.Path path =
                new Answerer.Path((InetSocketAddress) socket.getRemoteSocketAddress(), false);
        while (!closed) {
            int length = in.readUnsignedShort();
            byte[] query = in.readNBytes(length);
            if (query.length < length) return;
            // Not kept while the connection is idle.
            byte[] response = new byte[MessageWriter.OCTETS_MAX];
            int octets =
                    answerer.answer(
                            query,
                            length,
                            response,
                            path,
                            (late, count) -> {
                                try {
                                    send(out, late, count);
                                } catch (IOException e) {
                                    // The client has gone.
                                }
                            });
            if (octets > 0) send(out, response, octets);
        }
    }

    /// One write for length and message; locked, since late answers come from other threads.
    private static void send(OutputStream out, byte[] message, int length) throws IOException {
        byte[] framed = new byte[length + 2];
        framed[0] = (byte) (length >> 8);
        framed[1] = (byte) length;
        System.arraycopy(message, 0, framed, 2, length);
        synchronized (out) {
            out.write(framed);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (UdpLoop loop : loops) closeQuietly(loop);
        closeQuietly(server);
        for (Socket socket : connections) closeQuietly(socket);
    }

    private static void closeQuietly(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            // Nothing more can be done with it.
        }
    }
}
