package yubin.dns;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
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

    /// A silent server is given up so much too late at most.
    private static final int TICK_MILLIS = 20;

    private static final Counters.Counter SENT = Counters.of("dns.upstream.sent");
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

    /// One socket and the questions that wait on it, mostly one or none.
    private static final class Port {
        final DatagramChannel channel;
        private Pending[] pending = new Pending[4];
        private int waiting;
        private int uses;
        private boolean closed;

        Port(DatagramChannel channel) {
            this.channel = channel;
        }

        /// Gives the question an id that no other here has; false when the socket has served its
        /// time.
        synchronized boolean add(Pending one) {
            if (uses == USES_MAX) return false;
            uses++;
            do one.id = Entropy.next() & 0xffff;
            while (find(one.id) != null);
            if (waiting == pending.length) pending = Arrays.copyOf(pending, 2 * waiting);
            pending[waiting++] = one;
            return true;
        }

        synchronized Pending find(int id) {
            for (int i = 0; i < waiting; i++) if (pending[i].id == id) return pending[i];
            return null;
        }

        /// Nobody waits for it any more. A socket that has served its time is closed with its last
        /// question.
        synchronized void remove(Pending one) {
            for (int i = 0; i < waiting; i++) {
                if (pending[i] != one) continue;
                pending[i] = pending[--waiting];
                pending[waiting] = null;
                break;
            }
            if (waiting == 0 && uses == USES_MAX && !closed) {
                closed = true;
                closeQuietly(channel);
            }
        }

        synchronized boolean isWaiting() {
            return waiting > 0;
        }

        /// Wakes those whose time is over, or all.
        synchronized void expire(long now, boolean all) {
            for (int i = 0; i < waiting; i++) {
                Pending one = pending[i];
                if (!all && one.deadline - now > 0) continue;
                one.late = true;
                LockSupport.unpark(one.waiter);
            }
        }
    }

    private static final class Pending {
        final InetSocketAddress server;
        final byte[] query;
        final int questionEnd;
        final long deadline;
        final boolean exactCase;
        final Thread waiter = Thread.currentThread();
        int id;
        volatile byte[] reply;
        volatile boolean late;

        Pending(InetSocketAddress server, byte[] query, long deadline, boolean exactCase) {
            this.exactCase = exactCase;
            this.server = server;
            this.query = query;
            this.questionEnd = questionEnd(query);
            this.deadline = deadline;
        }
    }

    private final Selector selector;
    private final AtomicReferenceArray<Port> ports = new AtomicReferenceArray<>(PORTS);

    /// Guards the making of ports.
    private final Object portsLock = new Object();
    private final int portLeast;
    private final int portMost;

    private final AtomicInteger outstanding = new AtomicInteger();

    /// The receiving thread sleeps without end, so nobody looks after deadlines.
    private volatile boolean dozing;

    private final TcpUpstream tcp = new TcpUpstream();
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
    /// @param exactCase the question must come back in its very case
    Reply ask(InetSocketAddress server, byte[] query, boolean exactCase, long timeoutNanos) {
        long start = System.nanoTime();
        Pending pending = new Pending(server, query, start + timeoutNanos, exactCase);
        Port port;
        try {
            port = port(pending);
        } catch (IOException e) {
            return new Reply.Failed(e.getMessage());
        }
        query[0] = (byte) (pending.id >> 8);
        query[1] = (byte) pending.id;
        outstanding.incrementAndGet();
        try {
            if (dozing) selector.wakeup();
            port.channel.send(ByteBuffer.wrap(query), server);
            SENT.increment();
            while (pending.reply == null) {
                if (pending.late || closed) return new Reply.Silent();
                LockSupport.park(this);
                if (Thread.interrupted()) return new Reply.Failed("interrupted");
            }
            return read(pending.reply, System.nanoTime() - start);
        } catch (UnsupportedAddressTypeException e) {
            return new Reply.Failed(server + ": this machine has no IPv6");
        } catch (IOException e) {
            return new Reply.Failed(server + ": " + e.getMessage());
        } finally {
            outstanding.decrementAndGet();
            port.remove(pending);
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

    /// Puts the question on a random port.
    private Port port(Pending pending) throws IOException {
        while (true) {
            if (closed) throw new IOException("closed");
            int slot = Entropy.below(PORTS);
            Port port = ports.get(slot);
            if (port == null) port = open(slot);
            if (port.add(pending)) return port;
            ports.compareAndSet(slot, port, null);
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

    private Port open(int slot) throws IOException {
        synchronized (portsLock) {
            Port there = ports.get(slot);
            if (there != null) return there;
            DatagramChannel channel = DatagramChannel.open();
            try {
                bind(channel);
                channel.configureBlocking(false);
                Port port = new Port(channel);
                channel.register(selector, SelectionKey.OP_READ, port);
                // A sleeping selector does not see what is registered.
                selector.wakeup();
                ports.set(slot, port);
                return port;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e instanceof IOException io ? io : new IOException(e);
            }
        }
    }

    /// Waits for answers and looks after deadlines, every [#TICK_MILLIS] while somebody waits.
    private void receive() {
        ByteBuffer in = ByteBuffer.allocateDirect(MessageWriter.OCTETS_MAX);
        long looked = System.nanoTime();
        while (!closed) {
            try {
                int ready = selector.select(key -> drain((Port) key.attachment(), in), TICK_MILLIS);
                long now = System.nanoTime();
                if (now - looked >= TICK_MILLIS * 1_000_000L) {
                    expire(now, false);
                    looked = now;
                }
                if (ready == 0 && outstanding.get() == 0) doze(in);
            } catch (IOException | RuntimeException e) {
                if (closed) return;
                LOG.log(System.Logger.Level.WARNING, "receive", e);
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    /// Who asks counts itself as outstanding before it looks whether this thread sleeps.
    private void doze(ByteBuffer in) throws IOException {
        dozing = true;
        try {
            if (outstanding.get() == 0) {
                selector.select(key -> drain((Port) key.attachment(), in));
            }
        } finally {
            dozing = false;
        }
    }

    private void expire(long now, boolean all) {
        for (SelectionKey key : selector.keys()) ((Port) key.attachment()).expire(now, all);
    }

    private static void drain(Port port, ByteBuffer in) {
        // At most so many in a row, so that one flooded port does not starve the others.
        for (int i = 0; i < 64; i++) {
            try {
                in.clear();
                InetSocketAddress from = (InetSocketAddress) port.channel.receive(in);
                if (from == null) return;
                in.flip();
                // The last answer waited for is mostly the last packet: no need to look.
                if (take(port, from, in) && !port.isWaiting()) return;
            } catch (IOException e) {
                return;
            }
        }
    }

    /// False for a packet that nobody waits for.
    private static boolean take(Port port, InetSocketAddress from, ByteBuffer in) {
        int length = in.remaining();
        Pending pending = null;
        if (length >= Message.HEADER_OCTETS && in.get(2) < 0) {
            pending = port.find(in.getShort(0) & 0xffff);
        }
        if (pending == null || !pending.server.equals(from) || !echoes(pending, in, length)) {
            STRAY.increment();
            return false;
        }
        byte[] reply = new byte[length];
        in.get(reply);
        port.remove(pending);
        pending.reply = reply;
        LockSupport.unpark(pending.waiter);
        return true;
    }

    /// The question must come back as it was sent; servers that do not know EDNS
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
            byte came = in.get(i);
            boolean same = came == query[i];
            if (!same && !pending.exactCase && i < pending.questionEnd - 4) {
                same = Name.lower(came) == Name.lower(query[i]);
            }
            if (!same) return false;
        }
        return true;
    }

    /// The same over TCP. RFC 7766 §5.
    Reply askTcp(InetSocketAddress server, byte[] query, long timeoutNanos) {
        long start = System.nanoTime();
        int id = Entropy.next() & 0xffff;
        query[0] = (byte) (id >> 8);
        query[1] = (byte) id;
        try {
            byte[] reply = tcp.ask(server, query, start + timeoutNanos);
            Pending pending = new Pending(server, query, start + timeoutNanos, false);
            boolean ours =
                    reply.length >= Message.HEADER_OCTETS
                            && reply[2] < 0
                            && Rdata.u16(reply, 0) == id
                            && echoes(pending, ByteBuffer.wrap(reply), reply.length);
            if (!ours) return new Reply.Garbage("an answer to another question");
            return read(reply, System.nanoTime() - start);
        } catch (java.net.SocketTimeoutException e) {
            return new Reply.Silent();
        } catch (UnsupportedAddressTypeException e) {
            return new Reply.Failed(server + ": this machine has no IPv6");
        } catch (IOException e) {
            return new Reply.Failed(server + ": " + e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        tcp.close();
        expire(0, true);
        Set<SelectionKey> keys = Set.copyOf(selector.keys());
        closeQuietly(selector);
        for (SelectionKey key : keys) closeQuietly(key.channel());
    }

    private static void closeQuietly(AutoCloseable it) {
        try {
            it.close();
        } catch (Exception e) {
            // Nothing more can be done with it.
        }
    }
}
