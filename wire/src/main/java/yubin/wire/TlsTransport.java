package yubin.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/// TLS over another transport. Buffers of a record's size are borrowed while octets flow; a
/// connection that waits holds [#IDLE_OCTETS].
@SuppressWarnings("ByteBufferBackingArray") // every buffer here wraps an array of our own
final class TlsTransport implements Transport {
    private static final int IDLE_OCTETS = 512;

    /// Calls in a row that move nothing before the engine is called stuck.
    private static final int STALLS_MAX = 100;

    private final Transport under;
    private final Engine engine;

    // The reader's.
    private final byte[] idle = new byte[IDLE_OCTETS];
    private ByteBuffer net; // ciphertext not yet unwrapped; null when there is none
    private ByteBuffer plain; // unwrapped, not yet handed over; null when there is none
    private int lastRead;
    private boolean ended;

    private final ReentrantLock wrapping = new ReentrantLock();

    TlsTransport(Transport under, Engine engine) {
        this.under = under;
        this.engine = engine;
    }

    /// Runs the handshake to its end; the caller sets the deadline.
    void handshake() throws IOException {
        engine.ssl().beginHandshake();
        int stalls = 0;
        while (true) {
            switch (engine.ssl().getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    // BoringSSL sees the end of a handshake only when it is asked once more.
                    if (net == null && !isStillUnwrapping()) continue;
                    if (net == null && !receive()) throw new IOException("closed by the peer");
                    byte[] target = Buffers.take();
                    ByteBuffer into = ByteBuffer.wrap(target);
                    if (unwrap(into) && !receive()) throw new IOException("closed by the peer");
                    if (ended) throw new IOException("refused by the peer");
                    if (into.position() > 0) {
                        plain = into.flip();
                    } else {
                        Buffers.give(target);
                    }
                    if (stalls++ > STALLS_MAX) throw new IOException("stuck");
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    // BoringSSL says so while its last flight (or a ticket) is still to be sent.
                    if (Tls.isNative()) wrap(ByteBuffer.allocate(0));
                    return;
                }
            }
        }
    }

    private boolean isStillUnwrapping() throws IOException {
        SSLEngineResult result =
                engine.ssl().unwrap(ByteBuffer.allocate(0), ByteBuffer.allocate(0));
        return result.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (true) {
            if (plain != null) {
                int n = Math.min(plain.remaining(), into.remaining());
                into.put(into.position(), plain, plain.position(), n);
                into.position(into.position() + n);
                plain.position(plain.position() + n);
                if (!plain.hasRemaining()) {
                    Buffers.give(plain.array());
                    plain = null;
                }
                return n;
            }
            if (ended) return -1;
            if (net == null && !receive()) return -1;
            if (into.remaining() >= engine.plainOctetsMax()) {
                int before = into.position();
                boolean more = unwrap(into);
                if (into.position() > before) return into.position() - before;
                if (more && !ended && !receive()) return -1;
            } else {
                byte[] target = Buffers.take();
                ByteBuffer room = ByteBuffer.wrap(target);
                boolean more = unwrap(room);
                if (room.position() > 0) {
                    plain = room.flip();
                } else {
                    Buffers.give(target);
                    if (more && !ended && !receive()) return -1;
                }
            }
        }
    }

    /// Unwraps one record. True when more ciphertext must be read first.
    private boolean unwrap(ByteBuffer into) throws IOException {
        SSLEngineResult result = engine.ssl().unwrap(net, into);
        boolean moved = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
        if (!net.hasRemaining()) dropNet();
        switch (result.getStatus()) {
            case CLOSED -> ended = true;
            case BUFFER_OVERFLOW -> throw new IOException("TLS record too large");
            case BUFFER_UNDERFLOW, OK -> {}
        }
        HandshakeStatus next = result.getHandshakeStatus();
        if (next == HandshakeStatus.NEED_TASK) {
            runTasks();
            return false;
        }
        if (next == HandshakeStatus.NEED_WRAP) {
            // A key update asks for an answer, an alert wants to be told.
            wrap(ByteBuffer.allocate(0));
            return !moved && net == null;
        }
        return !moved && !ended;
    }

    private void runTasks() {
        for (Runnable task; (task = engine.ssl().getDelegatedTask()) != null; ) task.run();
    }

    /// Reads more ciphertext behind what is there; false at the end of the stream.
    private boolean receive() throws IOException {
        if (net == null) {
            boolean large = lastRead >= IDLE_OCTETS;
            net = ByteBuffer.wrap(large ? Buffers.take() : idle).limit(0);
        } else if (net.capacity() == IDLE_OCTETS) {
            net = ByteBuffer.wrap(Buffers.take()).put(net).flip();
        } else {
            net.compact().flip();
        }
        if (net.limit() == net.capacity()) throw new IOException("TLS record too large");
        int start = net.position();
        net.position(net.limit()).limit(net.capacity());
        int n = -1;
        try {
            n = under.read(net);
        } finally {
            net.limit(net.position()).position(start);
            if (!net.hasRemaining()) dropNet();
        }
        lastRead = n;
        if (n < 0) ended = true;
        return n >= 0;
    }

    private void dropNet() {
        if (net != null && net.capacity() != IDLE_OCTETS) Buffers.give(net.array());
        net = null;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        wrap(from);
    }

    /// Sends all of `from`, or, when it is empty, what the engine itself has to say.
    private void wrap(ByteBuffer from) throws IOException {
        wrapping.lock();
        byte[] buffer = Buffers.take();
        try {
            int stalls = 0;
            do {
                ByteBuffer record = ByteBuffer.wrap(buffer);
                SSLEngineResult result = engine.ssl().wrap(from, record);
                record.flip();
                boolean moved = record.hasRemaining() || result.bytesConsumed() > 0;
                if (record.hasRemaining()) under.write(record);
                switch (result.getStatus()) {
                    case CLOSED -> {
                        if (from.hasRemaining()) throw new IOException("TLS closed");
                        return;
                    }
                    case BUFFER_OVERFLOW -> throw new IOException("TLS record too large");
                    case BUFFER_UNDERFLOW, OK -> {}
                }
                if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) runTasks();
                if (!moved && ++stalls > STALLS_MAX) throw new IOException("TLS stuck");
            } while (from.hasRemaining());
        } finally {
            Buffers.give(buffer);
            wrapping.unlock();
        }
    }

    @Override
    public int available() throws IOException {
        return plain != null ? plain.remaining() : net != null ? net.remaining() : 0;
    }

    @Override
    public InetSocketAddress peer() {
        return under.peer();
    }

    @Override
    public InetSocketAddress local() {
        return under.local();
    }

    @Override
    public void shutdownOutput() throws IOException {
        engine.ssl().closeOutbound();
        wrap(ByteBuffer.allocate(0));
        under.shutdownOutput();
    }

    @Override
    public void shutdownInput() {
        under.shutdownInput();
    }

    @Override
    public void close() {
        under.close();
        engine.release();
    }
}
