package yubin.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// One connection, as a session sees it: lines and literals in, buffered octets out, TLS on demand.
///
/// One thread reads; writing may be done by another thread at the same time (IMAP IDLE). While it
/// waits with nothing buffered it holds no buffer of size. Every wait has a deadline: see
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

    private Wire() {}

    /// Two connected wires in memory; addresses are 192.0.2.1 (client) and 192.0.2.2 (server).
    public static Pair pair() {
        throw new UnsupportedOperationException();
    }

    /// Opens a connection outward.
    ///
    /// @param from the local address to use, or null
    /// @throws TimedOut when the peer did not answer within `timeout`
    public static Wire connect(InetSocketAddress to, InetAddress from, Duration timeout)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Names the connection in logs.
    public String id() {
        throw new UnsupportedOperationException();
    }

    public InetSocketAddress peer() {
        throw new UnsupportedOperationException();
    }

    public InetSocketAddress local() {
        throw new UnsupportedOperationException();
    }

    /// What was agreed on by TLS; null while the connection is plain.
    public TlsFacts tls() {
        throw new UnsupportedOperationException();
    }

    /// Sets the deadlines of reading. Default 5 minutes each.
    ///
    /// @param perRead how long the peer may be silent
    /// @param perCommand how long one line may take from its first octet to its end; a read of
    ///     literals is bound by `perRead` alone
    public void deadline(Duration perRead, Duration perCommand) {
        throw new UnsupportedOperationException();
    }

    /// How long one flush may take; a peer that does not read is cut. Default 5 minutes.
    public void writeDeadline(Duration perFlush) {
        throw new UnsupportedOperationException();
    }

    /// Waits until an octet can be read, holding no buffer meanwhile. Take the session's line
    /// buffer after this returns, not before.
    public void awaitInput() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// True when octets have arrived and were not read yet (pipelined input). Never waits; asks the
    /// buffer, not the network.
    public boolean hasInput() {
        throw new UnsupportedOperationException();
    }

    /// Reads one line into `line` and returns its length in octets, CRLF not counted. Flushes what
    /// was written first when it has to wait.
    ///
    /// @throws LineTooLong after skipping the rest of a line longer than `line` (at most 1 MiB,
    /// then the connection is closed)
    /// @throws BareLineEnd for a CR or LF alone, which never ends a line
    public int readLine(byte[] line) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Reads at least one octet, at most `length`. Never returns -1: the end is [Closed].
    public int read(byte[] into, int offset, int length) throws IOException {
        throw new UnsupportedOperationException();
    }

    public void readFully(byte[] into, int offset, int length) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Makes sure that octets are buffered and returns how many; they lie in [#octets] from
    /// [#position]. For loops that read octet by octet; call [#consume] for what was used.
    public int fill() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// The buffer that [#fill] filled; changes at the next fill.
    public byte[] octets() {
        throw new UnsupportedOperationException();
    }

    public int position() {
        throw new UnsupportedOperationException();
    }

    public void consume(int octets) {
        throw new UnsupportedOperationException();
    }

    /// Adds to what the next [#flush] sends; flushes by itself when the buffer is full.
    public void write(byte[] octets) throws IOException {
        write(octets, 0, octets.length);
    }

    public void write(byte[] octets, int offset, int length) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Writes text as UTF-8.
    public void write(String text) throws IOException {
        throw new UnsupportedOperationException();
    }

    public void flush() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Turns TLS on as the server, after the reply that allows it was written. Flushes it first.
    ///
    /// @throws Trouble when plaintext octets already wait behind the command (injection, RFC 3207
    ///     §6), or the handshake fails or takes over 30 seconds; the connection is closed then
    public void startTls(Tls tls) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Turns TLS on as the client.
    ///
    /// @throws Trouble when the handshake fails, or the certificate was to be verified and is not
    ///     good; the connection is closed then
    public void startTls(ClientTls tls) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Asks the session to end: its next wait for input throws [ShuttingDown]. From any thread.
    public void farewell() {
        throw new UnsupportedOperationException();
    }

    public boolean isOpen() {
        throw new UnsupportedOperationException();
    }

    /// Flushes what can be sent within a second, then closes. From any thread, any number of times.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    /// Closes at once. From any thread.
    public void abort() {
        throw new UnsupportedOperationException();
    }
}
