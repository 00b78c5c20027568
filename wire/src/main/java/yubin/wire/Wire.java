package yubin.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// One connection, as a session sees it: lines and literals in, buffered octets out, TLS on demand.
///
/// One thread reads; writing may be done by another thread at the same time (IMAP IDLE). While it
/// waits with nothing buffered it holds 512 octets and no more. Every wait has a deadline: see
/// [#deadline] and [#writeDeadline].
public final class Wire implements AutoCloseable {
    /// The end of a connection, or an octet sequence that a session may survive (see subclasses).
    public static class Trouble extends IOException {
        private static final long serialVersionUID = 1;

        public Trouble(String message) {
            super(message, null);
        }

        public Trouble(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// A deadline passed. After a read the session may still write its farewell.
    public static final class TimedOut extends Trouble {
        private static final long serialVersionUID = 1;

        TimedOut(String message) {
            super(message);
        }
    }

    /// The peer closed or broke the connection.
    public static final class Closed extends Trouble {
        private static final long serialVersionUID = 1;

        Closed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// The post office closes: the session may still write 421 or BYE, then it ends.
    public static final class ShuttingDown extends Trouble {
        private static final long serialVersionUID = 1;

        ShuttingDown() {
            super("shutting down");
        }
    }

    /// The line was longer than its bound and has been skipped to its end: the session goes on.
    public static final class LineTooLong extends Trouble {
        private static final long serialVersionUID = 1;

        LineTooLong(int octetsMax) {
            super("line over " + octetsMax + " octets");
        }
    }

    /// A CR or LF stood alone; the octets up to the next LF have been skipped: the session goes on.
    public static final class BareLineEnd extends Trouble {
        private static final long serialVersionUID = 1;

        BareLineEnd(int at) {
            super("CR or LF alone at octet " + at);
        }
    }

    /// Two ends of one connection in memory, for tests.
    public record Pair(Wire client, Wire server) {}

    /// How much of a line over its bound is skipped before the connection is given up.
    private static final int SKIPPED_OCTETS_MAX = 1 << 20;

    /// What an idle connection waits with: most commands fit, so that they cost one system call.
    private static final int IDLE_OCTETS = 512;

    private static final int WRITE_CHUNK_OCTETS = 64 * 1024;
    private static final long HANDSHAKE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long NEVER = Long.MAX_VALUE;
    private static final AtomicLong IDS = new AtomicLong();

    private final long number = IDS.incrementAndGet();
    private final String kind;
    private volatile Transport transport;
    private TlsFacts tls;

    // Reading: touched by the reading thread only, except the volatile ones.
    private byte[] in; // idle or large buffer; null before the first read
    private byte[] idle; // kept for the connection's life
    private int pos;
    private int limit;
    private int lastRead;
    private boolean ended;
    private long perReadNanos = Duration.ofMinutes(5).toNanos();
    private long perCommandNanos = perReadNanos;
    private long commandDue = NEVER;

    private volatile long readDue = NEVER;
    private volatile boolean readTimedOut;
    private volatile boolean leaving;

    // Writing: guarded by `writing`.
    private final ReentrantLock writing = new ReentrantLock();
    private byte[] out; // borrowed while something waits to be flushed
    private int outCount;

    private volatile long perFlushNanos = Duration.ofMinutes(5).toNanos();
    private volatile long writeDue = NEVER;
    private volatile boolean writeTimedOut;
    private volatile boolean open = true;

    Wire(String kind, Transport transport) {
        this.kind = kind;
        this.transport = transport;
        Deadlines.watch(this);
    }

    /// Two connected wires in memory; addresses are 192.0.2.1 (client) and 192.0.2.2 (server).
    public static Pair pair() {
        return pair(
                new InetSocketAddress("192.0.2.1", 40000), new InetSocketAddress("192.0.2.2", 25));
    }

    /// The same with addresses of the test's choice.
    public static Pair pair(InetSocketAddress client, InetSocketAddress server) {
        Transport.Pipe up = new Transport.Pipe();
        Transport.Pipe down = new Transport.Pipe();
        return new Pair(
                new Wire("client", new Transport.Ends(down, up, server, client)),
                new Wire("server", new Transport.Ends(up, down, client, server)));
    }

    /// Opens a connection outward.
    ///
    /// @param from the local address to use, or null
    /// @throws TimedOut when the peer did not answer within `timeout`
    public static Wire connect(InetSocketAddress to, InetAddress from, Duration timeout)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            if (from != null) channel.bind(new InetSocketAddress(from, 0));
            channel.socket().connect(to, Math.toIntExact(Math.max(1, timeout.toMillis())));
            return new Wire("out", Transport.Socket.of(channel));
        } catch (SocketTimeoutException _) {
            channel.close();
            throw new TimedOut("no answer from " + to + " within " + timeout.toSeconds() + " s");
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Names the connection in logs, such as `smtp-1a2`.
    public String id() {
        return kind + "-" + Long.toString(number, 36);
    }

    public InetSocketAddress peer() {
        return transport.peer();
    }

    public InetSocketAddress local() {
        return transport.local();
    }

    /// What was agreed on by TLS; null while the connection is plain.
    public TlsFacts tls() {
        return tls;
    }

    /// Sets the deadlines of reading. Default 5 minutes each.
    ///
    /// @param perRead how long the peer may be silent
    /// @param perCommand how long one line may take from its first octet to its end, or one
    ///     [#readFully] from its call; other reads are bound by `perRead` alone
    public void deadline(Duration perRead, Duration perCommand) {
        perReadNanos = perRead.toNanos();
        perCommandNanos = perCommand.toNanos();
    }

    /// How long the peer may take to accept what is flushed (64 KiB at a time); a peer that does
    /// not read is cut. Default 5 minutes.
    public void writeDeadline(Duration perFlush) {
        perFlushNanos = perFlush.toNanos();
    }

    // ---- reading

    /// Waits until an octet can be read, holding no buffer meanwhile. Take the session's line
    /// buffer after this returns, not before.
    public void awaitInput() throws IOException {
        if (pos == limit) refill(false);
    }

    /// True when octets have arrived and were not read yet (pipelined input). Never waits; asks the
    /// buffer, not the network.
    public boolean hasInput() {
        return pos < limit;
    }

    /// The same, but asks the network too: whether the peer speaks before it was asked. Never
    /// waits; octets that TLS has not unwrapped count.
    public boolean hasArrived() throws IOException {
        return pos < limit || transport.available() > 0;
    }

    /// Reads one line into `line` and returns its length in octets, CRLF not counted. Flushes what
    /// was written first when it has to wait.
    ///
    /// A CR or LF alone is never a line end: taking it for one lets a second message hide inside
    /// the first (RFC 5321 §2.3.8).
    ///
    /// @throws LineTooLong after skipping the rest of a line longer than `line` (at most 1 MiB,
    ///     then the connection is closed)
    /// @throws BareLineEnd for a CR or LF alone, which never ends a line
    public int readLine(byte[] line) throws IOException {
        return readLine(line, line.length);
    }

    /// The same with a bound smaller than the array.
    public int readLine(byte[] line, int octetsMax) throws IOException {
        if (pos == limit) refill(false);
        commandDue = NEVER;
        try {
            int length = 0;
            while (true) {
                if (pos == limit) refillWithin();
                byte[] octets = in;
                int at = pos;
                int stop = Math.min(limit, at + octetsMax - length);
                while (at < stop && octets[at] != '\r' && octets[at] != '\n') {
                    line[length++] = octets[at++];
                }
                pos = at;
                if (at == limit) continue;
                byte octet = octets[at];
                if (octet != '\r' && octet != '\n') throw skipLine(octetsMax);
                pos++;
                if (octet == '\n') throw new BareLineEnd(length);
                if (pos == limit) refillWithin();
                if (in[pos] != '\n') {
                    skipLine(0);
                    throw new BareLineEnd(length);
                }
                pos++;
                return length;
            }
        } finally {
            commandDue = NEVER;
        }
    }

    /// Reads at least one octet, at most `length`. Never returns -1: the end is [Closed].
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (pos == limit) {
            // A long read goes straight to the caller's array.
            if (length >= IDLE_OCTETS) return receive(into, offset, length);
            refill(false);
        }
        int n = Math.min(length, limit - pos);
        System.arraycopy(in, pos, into, offset, n);
        pos += n;
        return n;
    }

    public void readFully(byte[] into, int offset, int length) throws IOException {
        int got = 0;
        commandDue = later(perCommandNanos);
        try {
            while (got < length) got += read(into, offset + got, length - got);
        } finally {
            commandDue = NEVER;
        }
    }

    /// Makes sure that octets are buffered and returns how many; they lie in [#octets] from
    /// [#position]. For loops that read octet by octet in the midst of a long text: the large
    /// buffer is held while waiting. Call [#consume] for what was used.
    public int fill() throws IOException {
        if (pos == limit) refill(true);
        return limit - pos;
    }

    /// The buffer that [#fill] filled; changes at the next fill.
    public byte[] octets() {
        return in;
    }

    public int position() {
        return pos;
    }

    public void consume(int octets) {
        if (octets < 0 || octets > limit - pos) throw new IllegalArgumentException();
        pos += octets;
    }

    /// Skips to behind the next LF.
    private LineTooLong skipLine(int octetsMax) throws IOException {
        int skipped = 0;
        while (true) {
            if (pos == limit) refillWithin();
            while (pos < limit) {
                if (in[pos++] == '\n') return new LineTooLong(octetsMax);
                if (++skipped > SKIPPED_OCTETS_MAX) {
                    throw new Closed("endless line", null);
                }
            }
        }
    }

    /// Waits for more of a line that has begun.
    private void refillWithin() throws IOException {
        if (commandDue == NEVER) commandDue = later(perCommandNanos);
        refill(false);
    }

    /// Reads into the empty buffer: the large one in the midst of a stream (the last read filled
    /// what it was given, or `bulk`), else the small one.
    private void refill(boolean bulk) throws IOException {
        boolean large = bulk || lastRead >= IDLE_OCTETS;
        if (large) {
            if (in == null || in.length != Buffers.OCTETS) in = Buffers.take();
        } else if (in == null || in.length == Buffers.OCTETS) {
            if (in != null) Buffers.give(in);
            if (idle == null) idle = new byte[IDLE_OCTETS];
            in = idle;
        }
        pos = 0;
        limit = 0;
        limit = receive(in, 0, in.length);
    }

    private int receive(byte[] into, int offset, int length) throws IOException {
        if (outCount > 0) flush();
        if (leaving) throw new ShuttingDown();
        readDue = Math.min(later(perReadNanos), commandDue);
        int n;
        try {
            n = ended ? -1 : transport.read(ByteBuffer.wrap(into, offset, length));
        } catch (Trouble e) {
            throw e;
        } catch (IOException e) {
            if (readTimedOut) throw new TimedOut("silent for too long");
            throw new Closed("connection broken", e);
        } finally {
            readDue = NEVER;
        }
        if (n < 0) {
            lastRead = 0;
            if (leaving) throw new ShuttingDown();
            if (readTimedOut) throw new TimedOut("silent for too long");
            ended = true;
            throw new Closed("closed by the peer", null);
        }
        lastRead = n;
        return n;
    }

    // ---- writing

    /// Adds to what the next [#flush] sends; flushes by itself when the buffer is full.
    public void write(byte[] octets) throws IOException {
        write(octets, 0, octets.length);
    }

    public void write(byte[] octets, int offset, int length) throws IOException {
        writing.lock();
        try {
            if (out != null && length > out.length - outCount) flushLocked();
            if (length > Buffers.OCTETS) {
                send(octets, offset, length);
                return;
            }
            if (out == null) out = Buffers.take();
            System.arraycopy(octets, offset, out, outCount, length);
            outCount += length;
        } finally {
            writing.unlock();
        }
    }

    /// Writes text as UTF-8.
    public void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    public void flush() throws IOException {
        writing.lock();
        try {
            flushLocked();
        } finally {
            writing.unlock();
        }
    }

    private void flushLocked() throws IOException {
        if (out == null) return;
        byte[] octets = out;
        int length = outCount;
        out = null;
        outCount = 0;
        try {
            if (length > 0) send(octets, 0, length);
        } finally {
            Buffers.give(octets);
        }
    }

    private void send(byte[] octets, int offset, int length) throws IOException {
        if (!open) throw new Closed("connection closed", null);
        try {
            for (int done = 0; done < length; ) {
                int n = Math.min(WRITE_CHUNK_OCTETS, length - done);
                writeDue = later(perFlushNanos);
                transport.write(ByteBuffer.wrap(octets, offset + done, n));
                done += n;
            }
        } catch (Trouble e) {
            throw e;
        } catch (IOException e) {
            if (writeTimedOut) throw new TimedOut("the peer does not read");
            throw new Closed("connection broken", e);
        } finally {
            writeDue = NEVER;
        }
    }

    // ---- TLS

    /// Turns TLS on as the server, after the reply that allows it was written. Flushes it first.
    ///
    /// @throws Trouble when plaintext octets already wait behind the command (injection, RFC 3207
    ///     §6), or the handshake fails or takes over 30 seconds; the connection is closed then
    public void startTls(Tls how) throws IOException {
        startTls(how.serverEngine());
    }

    /// Turns TLS on as the client.
    ///
    /// @throws Trouble when the handshake fails, or the certificate was to be verified and is not
    ///     good; the connection is closed then
    public void startTls(ClientTls how) throws IOException {
        Engine engine;
        try {
            engine = Engine.client(how);
        } catch (IOException | RuntimeException e) {
            abort();
            throw new Trouble("TLS: " + e.getMessage(), e);
        }
        startTls(engine);
    }

    private void startTls(Engine engine) throws IOException {
        boolean good = false;
        TlsTransport secured = null;
        try {
            if (tls != null) throw new Trouble("TLS is on already");
            flush();
            // What was sent in the clear must not be taken for what comes under protection.
            if (hasInput()) throw new Trouble("octets behind STARTTLS");
            secured = new TlsTransport(transport, engine);
            long due = later(HANDSHAKE_NANOS);
            readDue = due;
            writeDue = due;
            try {
                secured.handshake();
            } catch (Trouble e) {
                throw e;
            } catch (IOException e) {
                if (readTimedOut || writeTimedOut) throw new TimedOut("TLS handshake too slow");
                if (leaving) throw new ShuttingDown();
                throw new Trouble("TLS handshake: " + e.getMessage(), e);
            } finally {
                readDue = NEVER;
                writeDue = NEVER;
            }
            tls = engine.facts();
            transport = secured;
            lastRead = 0;
            good = true;
        } finally {
            if (!good) {
                abort();
                if (secured != null) secured.close();
                else engine.release();
            }
        }
    }

    // ---- the end

    /// Asks the session to end: its next wait for input throws [ShuttingDown]. From any thread.
    public void farewell() {
        leaving = true;
        transport.shutdownInput();
    }

    public boolean isOpen() {
        return open;
    }

    /// Flushes what the peer takes within a second, then closes. From any thread, any number of
    /// times.
    @Override
    public void close() {
        if (!open) return;
        perFlushNanos = Math.min(perFlushNanos, 1_000_000_000L);
        try {
            flush();
            open = false;
            writeDue = later(1_000_000_000L);
            transport.shutdownOutput();
            drain();
        } catch (IOException | RuntimeException _) {
            // the peer is gone, or does not read: nothing more can be said to it
        }
        abort();
    }

    /// Reads on for a moment when the peer was not heard out: a connection that is closed with
    /// octets unread is reset, and our last words are lost with it. At most 256 KiB, half a second.
    private void drain() throws IOException {
        if (ended || !hasArrived()) return;
        readDue = later(500_000_000L);
        ByteBuffer sink = ByteBuffer.allocate(4096);
        for (int i = 0; i < 64 && transport.read(sink.clear()) >= 0; i++) {}
        readDue = NEVER;
    }

    /// Closes at once. From any thread.
    public void abort() {
        open = false;
        writeDue = NEVER;
        Deadlines.forget(this);
        transport.close();
    }

    /// Ends waits that are over their time. Called every 100 ms by [Deadlines].
    void enforce(long now) {
        if (now > readDue) {
            readTimedOut = true;
            transport.shutdownInput();
        }
        if (now > writeDue) {
            writeTimedOut = true;
            transport.close();
        }
    }

    private static long later(long nanos) {
        return System.nanoTime() + nanos;
    }
}
