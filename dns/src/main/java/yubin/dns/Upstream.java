package yubin.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import yubin.ledger.Counters;

/// Carries questions to servers and brings their answers back, over UDP and TCP.
///
/// UDP sockets are shared: each question goes out of a random one of up to [#PORTS] with a random
/// id, and a socket gives way to a new one (a new random port) after [#USES_MAX] questions. One
/// thread waits for all of them. A packet is an answer only if it comes from the address asked, to
/// the port that asked, with the id and the question that were sent (RFC 5452 §9.1); all else is
/// counted and dropped.
final class Upstream implements AutoCloseable {
    static final int PORTS = 256;
    private static final int USES_MAX = 200;

    /// Random ports tried when those drawn are occupied.
    private static final int BINDS_MAX = 50;

    private static final Counters.Counter SENT = Counters.of("dns.upstream.sent");
    private static final Counters.Counter SENT_TCP = Counters.of("dns.upstream.tcp");
    private static final Counters.Counter STRAY = Counters.of("dns.upstream.stray");

    private static final System.Logger LOG = System.getLogger("yubin.dns.Upstream");

    /// What came back.
    sealed interface Reply {
        record Got(Message message, long nanos) implements Reply {}

        /// Something came that is no DNS message.
        record Garbage(String why) implements Reply {}

        record Silent() implements Reply {}

        record Failed(String why) implements Reply {}
    }

    private static final class Port {
        final DatagramChannel channel;
        final ConcurrentHashMap<Integer, Pending> pending = new ConcurrentHashMap<>();
        int uses;

        Port(DatagramChannel channel) {
            this.channel = channel;
        }
    }

    private static final class Pending {
        final InetSocketAddress server;
        final byte[] query;
        final int questionEnd;
        final Thread waiter = Thread.currentThread();
        volatile byte[] reply;

        Pending(InetSocketAddress server, byte[] query, int questionEnd) {
            this.server = server;
            this.query = query;
            this.questionEnd = questionEnd;
        }
    }

    private final Selector selector;
    private final Port[] ports = new Port[PORTS];
    private final Object portsLock = new Object();
    private final int portLeast;
    private final int portMost;
    private volatile boolean closed;

    /// @param sending its ports
    Upstream(RecursionSettings.Sending sending) throws IOException {
        portLeast = sending.portLeast();
        portMost = sending.portMost();
        selector = Selector.open();
        Thread.ofPlatform().daemon().name("dns-upstream").start(this::receive);
    }

    /// Sends a query whose id (its first two octets) is set here, and waits for its answer.
    ///
    /// @param query header, one question and perhaps an OPT; changed
    Reply ask(InetSocketAddress server, byte[] query, long timeoutNanos) {
        long start = System.nanoTime();
        Pending pending = new Pending(server, query, questionEnd(query));
        Port port;
        int id;
        try {
            port = port();
            do id = Entropy.next() & 0xffff;
            while (port.pending.putIfAbsent(id, pending) != null);
        } catch (IOException e) {
            return new Reply.Failed(e.getMessage());
        }
        query[0] = (byte) (id >> 8);
        query[1] = (byte) id;
        try {
            port.channel.send(ByteBuffer.wrap(query), server);
            SENT.increment();
            while (pending.reply == null) {
                long left = timeoutNanos - (System.nanoTime() - start);
                if (left <= 0 || closed) return new Reply.Silent();
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) return new Reply.Failed("interrupted");
            }
            return read(pending.reply, System.nanoTime() - start);
        } catch (IOException e) {
            return new Reply.Failed(server + ": " + e.getMessage());
        } finally {
            port.pending.remove(id);
            retire(port);
        }
    }

    private static Reply read(byte[] reply, long nanos) {
        return switch (Message.read(reply, reply.length)) {
            case Message message -> new Reply.Got(message, nanos);
            case Reading.Unreadable(var why) -> new Reply.Garbage(why);
        };
    }

    private static int questionEnd(byte[] query) {
        return Message.HEADER_OCTETS
                + Rdata.nameOctets(query, Message.HEADER_OCTETS, query.length)
                + 4;
    }

    private Port port() throws IOException {
        synchronized (portsLock) {
            int slot = Entropy.below(PORTS);
            Port port = ports[slot];
            if (port == null) {
                DatagramChannel channel = DatagramChannel.open();
                try {
                    bind(channel);
                    channel.configureBlocking(false);
                    port = new Port(channel);
                    channel.register(selector, SelectionKey.OP_READ, port);
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e instanceof IOException io ? io : new IOException(e);
                }
                selector.wakeup();
                ports[slot] = port;
            }
            if (++port.uses >= USES_MAX) ports[slot] = null;
            return port;
        }
    }

    /// To a random port of the range given; without one Linux draws from its own at random.
    private void bind(DatagramChannel channel) throws IOException {
        if (portLeast == 0) {
            channel.bind(null);
            return;
        }
        for (int attempt = 0; ; attempt++) {
            int port = portLeast + Entropy.below(portMost - portLeast + 1);
            try {
                channel.bind(new InetSocketAddress(port));
                return;
            } catch (BindException e) {
                if (attempt == BINDS_MAX) throw e;
            }
        }
    }

    /// Closes a socket that has served its time once nothing waits on it.
    private void retire(Port port) {
        if (port.uses < USES_MAX || !port.pending.isEmpty()) return;
        synchronized (portsLock) {
            if (port.pending.isEmpty()) closeQuietly(port.channel);
        }
    }

    private void receive() {
        ByteBuffer in = ByteBuffer.allocateDirect(MessageWriter.OCTETS_MAX);
        while (!closed) {
            try {
                selector.select(key -> drain((Port) key.attachment(), in));
            } catch (IOException | RuntimeException e) {
                if (closed) return;
                LOG.log(System.Logger.Level.WARNING, "receive", e);
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private static void drain(Port port, ByteBuffer in) {
        // At most so many in a row, so that one flooded port does not starve the others.
        for (int i = 0; i < 64; i++) {
            try {
                in.clear();
                InetSocketAddress from = (InetSocketAddress) port.channel.receive(in);
                if (from == null) return;
                in.flip();
                take(port, from, in);
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void take(Port port, InetSocketAddress from, ByteBuffer in) {
        int length = in.remaining();
        Pending pending = null;
        if (length >= Message.HEADER_OCTETS && in.get(2) < 0) {
            pending = port.pending.get(in.getShort(0) & 0xffff);
        }
        if (pending == null || !pending.server.equals(from) || !echoes(pending, in, length)) {
            STRAY.increment();
            return;
        }
        byte[] reply = new byte[length];
        in.get(reply);
        pending.reply = reply;
        LockSupport.unpark(pending.waiter);
    }

    /// The question must come back as it was sent, in its very case; servers that do not know EDNS
    /// may return an error with a bare header.
    private static boolean echoes(Pending pending, ByteBuffer in, int length) {
        int questions = in.getShort(4);
        if (questions == 0) {
            int rcode = in.get(3) & 15;
            return rcode == Rcode.FORMERR || rcode == Rcode.NOTIMP || rcode == Rcode.SERVFAIL;
        }
        if (questions != 1 || length < pending.questionEnd) return false;
        byte[] query = pending.query;
        for (int i = Message.HEADER_OCTETS; i < pending.questionEnd; i++) {
            if (in.get(i) != query[i]) return false;
        }
        return true;
    }

    /// The same over a TCP connection of its own. RFC 7766 §5.
    Reply askTcp(InetSocketAddress server, byte[] query, long timeoutNanos) {
        long start = System.nanoTime();
        int id = Entropy.next() & 0xffff;
        query[0] = (byte) (id >> 8);
        query[1] = (byte) id;
        int millis = Math.clamp(timeoutNanos / 1_000_000, 1, 60_000);
        SENT_TCP.increment();
        try (Socket socket = new Socket()) {
            socket.connect(server, millis);
            socket.setTcpNoDelay(true);
            byte[] framed = new byte[query.length + 2];
            framed[0] = (byte) (query.length >> 8);
            framed[1] = (byte) query.length;
            System.arraycopy(query, 0, framed, 2, query.length);
            socket.getOutputStream().write(framed);
            // Each read waits for what is left of the time, so a server that sends an octet a
            // second ends at the deadline too.
            byte[] reply = readFramed(socket, start + timeoutNanos);
            Pending pending = new Pending(server, query, questionEnd(query));
            boolean ours =
                    reply.length >= Message.HEADER_OCTETS
                            && reply[2] < 0
                            && Rdata.u16(reply, 0) == id
                            && echoes(pending, ByteBuffer.wrap(reply), reply.length);
            if (!ours) return new Reply.Garbage("an answer to another question");
            return read(reply, System.nanoTime() - start);
        } catch (java.net.SocketTimeoutException e) {
            return new Reply.Silent();
        } catch (IOException e) {
            return new Reply.Failed(server + ": " + e.getMessage());
        }
    }

    private static byte[] readFramed(Socket socket, long deadline) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] head = new byte[2];
        readFully(socket, in, head, deadline);
        byte[] reply = new byte[Rdata.u16(head, 0)];
        readFully(socket, in, reply, deadline);
        return reply;
    }

    private static void readFully(Socket socket, DataInputStream in, byte[] into, long deadline)
            throws IOException {
        int at = 0;
        while (at < into.length) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) throw new java.net.SocketTimeoutException();
            socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
            int count = in.read(into, at, into.length - at);
            if (count < 0) throw new IOException("connection closed");
            at += count;
        }
    }

    @Override
    public void close() {
        closed = true;
        closeQuietly(selector);
        synchronized (portsLock) {
            for (Port port : ports) {
                if (port == null) continue;
                port.pending.values().forEach(pending -> LockSupport.unpark(pending.waiter));
                closeQuietly(port.channel);
            }
            Arrays.fill(ports, null);
        }
    }

    private static void closeQuietly(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            // Nothing more can be done with it.
        }
    }
}
