package yubin.wire;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import yubin.ledger.Counters;

/// Accepts connections at one address and runs a session on a virtual thread for each.
///
/// When no file descriptor is left it rests for up to half a second and goes on: what is open may
/// end meanwhile.
public final class Listener implements AutoCloseable {
    /// What is spoken on a connection. The wire is closed when `serve` returns or throws.
    @FunctionalInterface
    public interface Session {
        void serve(Wire wire) throws IOException;

        /// The line for a peer who has too many connections, with CRLF; null to say nothing.
        default String tooMany() {
            return null;
        }
    }

    /// @param perAddress connections of one peer address (an IPv6 peer counts by its /64 network)
    /// @param total connections of this listener
    public record Limits(int perAddress, int total) {
        public static final Limits DEFAULT = new Limits(1000, 20_000);
    }

    /// What the kernel may hold for us; it takes the lesser of this and its own bound.
    private static final int BACKLOG = 4096;

    private static final System.Logger LOG = System.getLogger("yubin.wire");

    private final String name;
    private final ServerSocketChannel server;
    private final InetSocketAddress address;
    private final Tls implicitTls;
    private final Limits limits;
    private final Session session;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private final Counters.Counter accepted;
    private final Counters.Counter refused;
    private volatile boolean closing;

    private Listener(
            String name,
            ServerSocketChannel server,
            Tls implicitTls,
            Limits limits,
            Session session)
            throws IOException {
        this.name = name;
        this.server = server;
        this.address = (InetSocketAddress) server.getLocalAddress();
        this.implicitTls = implicitTls;
        this.limits = limits;
        this.session = session;
        this.accepted = Counters.of(name + ".connections");
        this.refused = Counters.of(name + ".connections-refused");
    }

    /// Binds and begins to accept.
    ///
    /// @param name for logs and counters: `smtp`, `imaps`
    /// @param implicitTls null for a plain listener (STARTTLS is the session's affair)
    /// @throws IOException with one clear sentence when the address is occupied or not allowed
    public static Listener open(
            String name, InetSocketAddress at, Tls implicitTls, Limits limits, Session session)
            throws IOException {
        if (at.isUnresolved()) throw new IOException(name + ": no address " + at.getHostString());
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(at, BACKLOG);
        } catch (BindException e) {
            server.close();
            throw new IOException(name + ": cannot listen at " + text(at) + ": " + why(e, at), e);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw new IOException(
                    name + ": cannot listen at " + text(at) + ": " + e.getMessage(), e);
        }
        Listener listener = new Listener(name, server, implicitTls, limits, session);
        Thread.ofPlatform().daemon().name("accept-" + name).start(listener::run);
        return listener;
    }

    /// The bound address, with the real port where 0 was asked for.
    public InetSocketAddress address() {
        return address;
    }

    public int connections() {
        return count.get();
    }

    private void run() {
        long restMillis = 0;
        while (!closing) {
            try {
                SocketChannel channel = server.accept();
                restMillis = 0;
                admit(channel);
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                // Mostly no file descriptor left. The connection waits in the kernel's backlog.
                if (restMillis == 0) LOG.log(System.Logger.Level.WARNING, name + ": accept: " + e);
                restMillis = Math.min(500, restMillis * 2 + 10);
                LockSupport.parkNanos(restMillis * 1_000_000);
            }
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        InetAddress group;
        Wire wire;
        try {
            Transport.Socket socket = Transport.Socket.of(channel);
            group = group(socket.peer().getAddress());
            if (count.get() >= limits.total()
                    || byAddress.getOrDefault(group, 0) >= limits.perAddress()) {
                refuse(channel);
                return;
            }
            wire = new Wire(name, socket);
        } catch (IOException _) {
            // Gone before it was served.
            channel.close();
            return;
        }
        count.incrementAndGet();
        byAddress.merge(group, 1, Integer::sum);
        wires.add(wire);
        accepted.increment();
        Thread.ofVirtual().start(() -> serve(wire, group));
    }

    /// Says why, if it goes into the empty send buffer at once, and closes.
    private void refuse(SocketChannel channel) throws IOException {
        refused.increment();
        try (channel) {
            String line = implicitTls == null ? session.tooMany() : null;
            if (line == null) return;
            channel.configureBlocking(false);
            int _ = channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void serve(Wire wire, InetAddress group) {
        try {
            if (closing) return;
            if (implicitTls != null) wire.startTls(implicitTls);
            session.serve(wire);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> wire.id() + ": " + e.getMessage());
        } catch (RuntimeException | Error e) {
            // Our own mistake, or no memory: this connection ends, the others go on.
            LOG.log(System.Logger.Level.ERROR, wire.id() + ": session failed", e);
        } finally {
            try {
                wire.close();
            } finally {
                wires.remove(wire);
                byAddress.computeIfPresent(group, (_, n) -> n <= 1 ? null : n - 1);
                count.decrementAndGet();
            }
        }
    }

    /// Stops accepting, asks every session to end ([Wire#farewell]), waits up to `grace`, then
    /// cuts.
    public void close(Duration grace) {
        closing = true;
        try {
            server.close();
        } catch (IOException _) {
            // it is closed in any case
        }
        for (Wire wire : wires) wire.farewell();
        long due = System.nanoTime() + grace.toNanos();
        while (count.get() > 0 && System.nanoTime() < due) LockSupport.parkNanos(5_000_000);
        for (Wire wire : wires) wire.abort();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    private static InetAddress group(InetAddress peer) throws IOException {
        if (!(peer instanceof Inet6Address) || peer.isLoopbackAddress()) return peer;
        byte[] network = peer.getAddress();
        Arrays.fill(network, 8, 16, (byte) 0);
        return InetAddress.getByAddress(network);
    }

    private static String text(InetSocketAddress at) {
        return at.getAddress().getHostAddress() + ":" + at.getPort();
    }

    private static String why(BindException e, InetSocketAddress at) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("in use")) return "another program uses this port";
        if (message.contains("Permission") && at.getPort() < 1024) {
            return "ports under 1024 need a privilege (CAP_NET_BIND_SERVICE; README, Ports)";
        }
        if (message.contains("Cannot assign")) return "this machine has no such address";
        return message;
    }
}
