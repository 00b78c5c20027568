package yubin.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import yubin.wire.Wire;

/// One connection of ours as Helidon's protocols see it: its octets come from a [Wire] and go
/// there.
///
/// What a peer may take its time for depends on where it stands, and only the reading thread moves
/// it on (HTTP/1.1):
///
/// ```
/// IDLE      waits for the next request       silent for at most 60 s
/// HEAD      request line and header fields   20 s in all, from their first octet
/// BODY      the request's body               silent for at most 30 s; 1 KiB/s over all, after 30 s
/// UPGRADED  WebSocket                        silent for at most 150 s: it answers our pings
/// STREAMS   HTTP/2                           2 min without a request in work; while a body is
/// read,
///                                            1 KiB/s over all, after 30 s
/// ```
///
/// After an answer BODY becomes IDLE with the next read, also when some of the body was not read:
/// the rest of it then has the time of a HEAD.
final class HttpConnection implements ConnectionContext {
    static final Duration IDLE_MAX = Duration.ofSeconds(60);
    static final Duration HEAD_MAX = Duration.ofSeconds(20);
    static final Duration BODY_SILENCE_MAX = Duration.ofSeconds(30);
    static final int BODY_OCTETS_PER_SECOND_MIN = 1024;
    static final Duration UPGRADED_SILENCE_MAX = Duration.ofSeconds(150);
    static final Duration STREAMS_SILENCE_MAX = Duration.ofMinutes(2);

    /// How long the peer may take to accept 64 KiB of an answer.
    private static final Duration WRITE_MAX = Duration.ofSeconds(60);

    /// A read of HTTP/2 waits this long at most, whatever is in work.
    private static final Duration STREAMS_READ_MAX = Duration.ofDays(1);

    enum Phase {
        IDLE,
        HEAD,
        BODY,
        UPGRADED,
        STREAMS
    }

    private final Wire wire;
    private final ListenerContext listener;
    private final Router router;
    private final ExecutorService executor;
    private final DataReader reader = DataReader.create(this::receive);
    private final Writer writer = new Writer();
    private final Peer peer;
    private ServerConnection protocol;
    private Runnable atEnd = () -> {};

    // The reading thread's.
    private Phase phase = Phase.IDLE;
    private boolean answered;
    private long phaseStart = System.nanoTime();
    private final AtomicLong bodyOctets = new AtomicLong();

    // Bodies of HTTP/2 streams that are being read; guarded by this.
    private int bodiesRead;
    private long bodiesStart;

    /// Requests in work, of HTTP/2 several.
    private final AtomicInteger inWork = new AtomicInteger();

    private volatile long lastAsked = System.nanoTime();

    HttpConnection(Wire wire, ListenerContext listener, Router router, ExecutorService executor) {
        this.wire = wire;
        this.listener = listener;
        this.router = router;
        this.executor = executor;
        this.peer = new Peer(this, wire.peer());
        wire.writeDeadline(WRITE_MAX);
    }

    /// Who is at the other end; leads from a request back to its connection.
    record Peer(HttpConnection connection, InetSocketAddress address) implements PeerInfo {
        @Override
        public String host() {
            return address.getAddress().getHostAddress();
        }

        @Override
        public int port() {
            return address.getPort();
        }

        @Override
        public Optional<Principal> tlsPrincipal() {
            return Optional.empty();
        }

        @Override
        public Optional<Certificate[]> tlsCertificates() {
            return Optional.empty();
        }
    }

    /// Moves HTTP/1.1 connections from phase to phase.
    static final class Steps implements Http1ConnectionListener {
        @Override
        public void prologue(ConnectionContext context, HttpPrologue prologue) {
            HttpConnection connection = (HttpConnection) context;
            connection.answered = false;
            if (connection.phase != Phase.HEAD) connection.enter(Phase.HEAD);
        }

        @Override
        public void headers(ConnectionContext context, Headers headers) {
            HttpConnection connection = (HttpConnection) context;
            connection.enter(Phase.BODY);
            for (Header field : headers) refuseUnclean(field);
            // RFC 9112: an answer to such a request is the last.
            if (headers.containsToken(HeaderValues.CONNECTION_CLOSE)) {
                connection.protocol.close(false);
            }
        }
    }

    /// A field name is a token (RFC 9110); a value has no control character but the tab. What is
    /// not so, two readers may divide differently.
    private static void refuseUnclean(Header field) {
        String name = field.name();
        boolean clean = !name.isEmpty();
        for (int i = 0; i < name.length() && clean; i++) {
            char c = name.charAt(i);
            clean = c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
        for (String value : field.allValues()) {
            for (int i = 0; i < value.length() && clean; i++) {
                char c = value.charAt(i);
                clean = c == '\t' || c >= ' ' && c != 127;
            }
        }
        if (clean) return;
        throw RequestException.builder()
                .type(DirectHandler.EventType.BAD_REQUEST)
                .status(Status.BAD_REQUEST_400)
                .setKeepAlive(false)
                .message("a field that cannot be read")
                .build();
    }

    /// Notes that an answer has begun.
    static final class Answers implements Http1ConnectionListener {
        @Override
        public void status(ConnectionContext context, Status status) {
            ((HttpConnection) context).answered = true;
        }
    }

    /// Speaks `selector`'s protocol until the connection ends.
    void speak(ServerConnectionSelector selector, Limit limit) throws InterruptedException {
        protocol = selector.connection(this);
        try {
            protocol.handle(limit);
        } finally {
            atEnd.run();
        }
    }

    /// What to do when the connection has ended.
    void atEnd(Runnable what) {
        atEnd = what;
    }

    void enter(Phase next) {
        phase = next;
        phaseStart = System.nanoTime();
        bodyOctets.set(0);
    }

    Wire wire() {
        return wire;
    }

    /// A request of this connection begins or ends.
    void inWork(int change) {
        inWork.addAndGet(change);
        lastAsked = System.nanoTime();
    }

    int inWork() {
        return inWork.get();
    }

    /// True when an HTTP/2 peer has asked nothing for too long.
    boolean isForgotten(long now) {
        return phase == Phase.STREAMS
                && inWork.get() == 0
                && now - lastAsked > STREAMS_SILENCE_MAX.toNanos();
    }

    /// A body begins to be read. With HTTP/1.1 its phase has the same bound already.
    synchronized void bodyBegins() {
        if (phase != Phase.STREAMS || bodiesRead++ > 0) return;
        bodiesStart = System.nanoTime();
        bodyOctets.set(0);
    }

    synchronized void bodyEnds() {
        if (bodiesRead > 0) bodiesRead--;
    }

    /// True when an HTTP/2 peer lets us wait for its bodies.
    synchronized boolean isDripping(long now) {
        long earned = bodyOctets.get() / BODY_OCTETS_PER_SECOND_MIN;
        return bodiesRead > 0 && now - bodiesStart > BODY_SILENCE_MAX.plusSeconds(earned).toNanos();
    }

    /// What has arrived, waiting for it if need be.
    ///
    /// @throws CloseConnectionException at the end, when the time is over or the office closes
    private byte[] receive() {
        if (phase == Phase.BODY && answered) enter(Phase.IDLE);
        try {
            Duration patience = patience();
            if (patience.isNegative()) throw new CloseConnectionException("too slow");
            wire.deadline(patience, patience);
            wire.awaitInput();
            int octets = wire.fill();
            byte[] received =
                    Arrays.copyOfRange(wire.octets(), wire.position(), wire.position() + octets);
            wire.consume(octets);
            bodyOctets.addAndGet(octets);
            if (phase == Phase.IDLE) enter(Phase.HEAD);
            return received;
        } catch (IOException e) {
            throw new CloseConnectionException(e.getMessage(), e);
        }
    }

    private Duration patience() {
        Duration spent = Duration.ofNanos(System.nanoTime() - phaseStart);
        return switch (phase) {
            case IDLE -> IDLE_MAX;
            case HEAD -> HEAD_MAX.minus(spent);
            case BODY -> {
                long earned = bodyOctets.get() / BODY_OCTETS_PER_SECOND_MIN;
                Duration left = BODY_SILENCE_MAX.plusSeconds(earned).minus(spent);
                yield left.compareTo(BODY_SILENCE_MAX) < 0 ? left : BODY_SILENCE_MAX;
            }
            case UPGRADED -> UPGRADED_SILENCE_MAX;
            case STREAMS -> STREAMS_READ_MAX;
        };
    }

    /// Writes at once: answers come in few pieces.
    private final class Writer implements DataWriter {
        @Override
        public void write(BufferData... buffers) {
            write(BufferData.create(buffers));
        }

        @Override
        public void write(BufferData buffer) {
            try {
                wire.write(buffer.readBytes());
                wire.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void writeNow(BufferData... buffers) {
            write(buffers);
        }

        @Override
        public void writeNow(BufferData buffer) {
            write(buffer);
        }
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public DataWriter dataWriter() {
        return writer;
    }

    @Override
    public ListenerContext listenerContext() {
        return listener;
    }

    @Override
    public ExecutorService executor() {
        return executor;
    }

    @Override
    public Router router() {
        return router;
    }

    @Override
    public Peer remotePeer() {
        return peer;
    }

    @Override
    public PeerInfo localPeer() {
        return new Peer(this, wire.local());
    }

    @Override
    public boolean isSecure() {
        return wire.tls() != null;
    }

    @Override
    public String socketId() {
        return wire.id();
    }

    @Override
    public String childSocketId() {
        return "";
    }
}
