package yubin.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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

    /// Answers that may wait on a connection whose client has not read for so long.
    private static final int ANSWERS_WAITING_MAX = 64;

    private static final long STUCK_NANOS = 1_000_000_000L;

    /// How long a client may take to accept one answer.
    private static final long WRITE_NANOS = 4_000_000_000L;

    /// How long a client may take to send one question, once it has begun: who sends an octet now
    /// and then shall not hold its place for hours.
    private static final Duration QUESTION_PATIENCE = Duration.ofSeconds(10);

    private static final int WATCH_MILLIS = 1_000;

    private static final System.Logger LOG = System.getLogger("yubin.dns.DnsListener");

    private final Answerer answerer;
    private final List<UdpLoop> loops = new ArrayList<>();
    private final ServerSocket server;
    private final long questionNanos;
    private final Set<TcpClient> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore connectionsFree = new Semaphore(CONNECTIONS_MAX);
    private final ConcurrentHashMap<InetAddress, AtomicInteger> perAddress =
            new ConcurrentHashMap<>();
    private volatile boolean closed;

    private DnsListener(Answerer answerer, ServerSocket server, Duration patience) {
        this.answerer = answerer;
        this.questionNanos = patience.toNanos();
        this.server = server;
    }

    /// @throws IOException when the address is occupied or not ours
    static DnsListener open(InetSocketAddress address, Answerer answerer, int threads)
            throws IOException {
        return open(address, answerer, threads, QUESTION_PATIENCE);
    }

    /// @param patience with a client that has begun a question over TCP
    static DnsListener open(
            InetSocketAddress address, Answerer answerer, int threads, Duration patience)
            throws IOException {
        // With port 0 the UDP port that was given may be taken for TCP: then another is tried.
        for (int attempt = 0; ; attempt++) {
            ServerSocket server = new ServerSocket();
            DnsListener listener = new DnsListener(answerer, server, patience);
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
        Thread.ofVirtual().name("dns-tcp-watch").start(this::watchTcp);
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
                                network(socket.getInetAddress()), _ -> new AtomicInteger());
                boolean mine = count.incrementAndGet() <= CONNECTIONS_PER_ADDRESS_MAX;
                if (!mine || !connectionsFree.tryAcquire()) {
                    forget(socket, count);
                    socket.close();
                    continue;
                }
                TcpClient client = new TcpClient(socket);
                connections.add(client);
                Thread.ofVirtual()
                        .name("dns-tcp")
                        .start(
                                () -> {
                                    try (socket) {
                                        serveTcp(client);
                                    } catch (IOException e) {
                                        // The end of a connection.
                                    } finally {
                                        connections.remove(client);
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
        InetAddress network = network(socket.getInetAddress());
        if (count.decrementAndGet() == 0) perAddress.remove(network, count);
    }

    /// An IPv6 client has the whole of its /64.
    private static InetAddress network(InetAddress client) {
        if (client instanceof Inet4Address) return client;
        byte[] octets = client.getAddress();
        Arrays.fill(octets, 8, octets.length, (byte) 0);
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Two octets of length before each message. RFC 1035 §4.2.2, RFC 7766 §8.
    private void serveTcp(TcpClient client) throws IOException {
        Socket socket = client.socket;
        socket.setSoTimeout(TCP_IDLE_MILLIS);
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        Answerer.Path path =
                new Answerer.Path((InetSocketAddress) socket.getRemoteSocketAddress(), false);
        while (!closed) {
            int high = in.readUnsignedByte();
            client.asking = System.nanoTime() | 1;
            int length = high << 8 | in.readUnsignedByte();
            byte[] query = in.readNBytes(length);
            client.asking = 0;
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
                                    client.send(late, count);
                                } catch (IOException e) {
                                    // The client has gone.
                                }
                            });
            if (octets > 0) client.send(response, octets);
        }
    }

    /// The sending side of one connection. Answers come from several threads; a client who does not
    /// read them is cut, so that they do not wait for it.
    private static final class TcpClient {
        final Socket socket;
        private final AtomicInteger waiting = new AtomicInteger();

        /// When the write that is under way began, by [System#nanoTime]; 0 when there is none.
        private volatile long since;

        /// When the question that is coming in began, by [System#nanoTime]; 0 between questions.
        volatile long asking;

        TcpClient(Socket socket) {
            this.socket = socket;
        }

        /// One write for length and message.
        void send(byte[] message, int length) throws IOException {
            byte[] framed = new byte[length + 2];
            framed[0] = (byte) (length >> 8);
            framed[1] = (byte) length;
            System.arraycopy(message, 0, framed, 2, length);
            try {
                if (waiting.incrementAndGet() > ANSWERS_WAITING_MAX && isStuck(STUCK_NANOS)) {
                    socket.close();
                    throw new IOException("the client does not read");
                }
                synchronized (this) {
                    since = System.nanoTime() | 1;
                    socket.getOutputStream().write(framed);
                    since = 0;
                }
            } finally {
                waiting.decrementAndGet();
            }
        }

        boolean isStuck(long nanos) {
            long began = since;
            return began != 0 && System.nanoTime() - began > nanos;
        }
    }

    private void watchTcp() {
        try {
            while (!closed) {
                Thread.sleep(WATCH_MILLIS);
                for (TcpClient client : connections) {
                    long asking = client.asking;
                    boolean slow = asking != 0 && System.nanoTime() - asking > questionNanos;
                    if (slow || client.isStuck(WRITE_NANOS)) closeQuietly(client.socket);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (UdpLoop loop : loops) closeQuietly(loop);
        closeQuietly(server);
        for (TcpClient client : connections) closeQuietly(client.socket);
    }

    private static void closeQuietly(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            // Nothing more can be done with it.
        }
    }
}
