package yubin.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.websocket.WsCloseCodes;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Login;
import yubin.jmap.Jmap;
import yubin.jmap.Response;
import yubin.jmap.Watch;

/// One WebSocket that speaks JMAP: requests, their answers in any order, news. RFC 8887 §4.3.
final class Socket implements WsListener {
    /// Octets of one message; a longer one ends the connection.
    static final int MESSAGE_OCTETS_MAX = JmapRoutes.REQUEST_OCTETS_MAX;

    /// Requests in work; the next ones wait unread.
    private static final int REQUESTS_MAX = 8;

    private static final int TYPES_MAX = 100;
    private static final Duration PING_EVERY = Duration.ofSeconds(60);
    private static final System.Logger LOG = System.getLogger("yubin.http");

    private final Askers.Asker asker;
    private final Login login;
    private final Jmap jmap;
    private final Waiting waiting;
    private final Semaphore free = new Semaphore(REQUESTS_MAX);
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    /// Held while a message goes out: its frames belong together.
    private final ReentrantLock sending = new ReentrantLock();

    private Waiting.Guest guest;
    private Thread pings;
    private volatile Watch watch; // set by the reading thread
    private volatile boolean closed;

    Socket(Askers.Asker asker, Jmap jmap, Waiting waiting) {
        this.asker = asker;
        this.login = asker.login();
        this.jmap = jmap;
        this.waiting = waiting;
    }

    @Override
    public void onOpen(WsSession session) {
        try {
            guest = waiting.admit(asker, () -> farewell(session));
        } catch (IOException | Problem e) {
            close(session, WsCloseCodes.TRY_AGAIN_LATER, e.getMessage());
            return;
        }
        pings = Thread.ofVirtual().name("websocket-ping").start(() -> ping(session));
    }

    /// From any thread; must not wait, as writing may.
    private void farewell(WsSession session) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            close(session, WsCloseCodes.GOING_AWAY, "the session ends");
                            ((HttpConnection) session.socketContext()).wire().farewell();
                        });
    }

    private void ping(WsSession session) {
        try {
            while (!closed) {
                Thread.sleep(PING_EVERY);
                sending.lock();
                try {
                    session.ping(BufferData.empty());
                } finally {
                    sending.unlock();
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            // the connection is at its end
        }
    }

    @Override
    public void onMessage(WsSession session, String text, boolean last) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        if (message.size() + octets.length > MESSAGE_OCTETS_MAX) {
            close(session, WsCloseCodes.TOO_BIG, "the message is too large");
            return;
        }
        message.writeBytes(octets);
        if (!last) return;
        byte[] whole = message.toByteArray();
        message.reset();
        obey(session, whole);
    }

    @Override
    public void onMessage(WsSession session, BufferData octets, boolean last) {
        close(session, WsCloseCodes.CANNOT_ACCEPT, "JMAP is text");
    }

    private void obey(WsSession session, byte[] octets) {
        String type;
        String id = null;
        JsonNode order;
        try {
            order = Bodies.JSON.readTree(octets);
            type = order.path("@type").asString("");
            id = order.path("id").isString() ? order.path("id").stringValue() : null;
        } catch (JacksonException e) {
            refuse(session, null, "notJSON", "the message did not parse as JSON");
            return;
        }
        switch (type) {
            case "Request" -> answerLater(session, id, octets);
            case "WebSocketPushEnable" -> push(session, id, order);
            case "WebSocketPushDisable" -> stopPush();
            default -> refuse(session, id, "notRequest", "\"@type\" is none of this protocol");
        }
    }

    /// Answers on a thread of its own, so that a slow request holds up neither news nor others.
    private void answerLater(WsSession session, String id, byte[] octets) {
        free.acquireUninterruptibly();
        Thread.ofVirtual()
                .name("websocket-request")
                .start(
                        () -> {
                            try {
                                Response answer = jmap.answer(login, octets);
                                boolean good = answer.status() == 200;
                                send(session, wrapped(answer.body(), good, id));
                            } catch (RuntimeException e) {
                                if (!closed) LOG.log(System.Logger.Level.ERROR, "WebSocket", e);
                            } finally {
                                free.release();
                            }
                        });
    }

    /// The members of the protocol in front of what the answer has; the answer itself, which may be
    /// large, is not parsed again.
    private static String wrapped(byte[] body, boolean good, String id) {
        ObjectNode head = Bodies.JSON.createObjectNode();
        head.put("@type", good ? "Response" : "RequestError");
        if (id != null || !good) head.put("requestId", id);
        String first = head.toString();
        String rest = new String(body, StandardCharsets.UTF_8).strip();
        return first.substring(0, first.length() - 1) + "," + rest.substring(1);
    }

    private void refuse(WsSession session, String id, String error, String detail) {
        ObjectNode problem = Bodies.JSON.createObjectNode();
        problem.put("@type", "RequestError").put("requestId", id);
        problem.put("type", "urn:ietf:params:jmap:error:" + error);
        problem.put("status", 400).put("detail", detail);
        send(session, problem.toString());
    }

    /// News from now on. RFC 8887 §4.3.5.2.
    private void push(WsSession session, String id, JsonNode order) {
        JsonNode types = order.path("dataTypes");
        Set<String> wanted = null;
        if (types.isArray() && types.size() <= TYPES_MAX) {
            wanted = new TreeSet<>();
            for (JsonNode type : types) wanted.add(type.asString(""));
        } else if (!types.isNull() && !types.isMissingNode()) {
            refuse(session, id, "notRequest", "\"dataTypes\" must be String[]|null");
            return;
        }
        stopPush();
        try {
            watch = jmap.watch(login, wanted);
        } catch (IOException e) {
            refuse(session, id, "serverFail", "the store cannot answer now");
            return;
        }
        Watch mine = watch;
        if (closed) mine.close();
        Thread.ofVirtual().name("websocket-push").start(() -> tell(session, mine));
    }

    private void tell(WsSession session, Watch news) {
        try {
            while (!closed) {
                ObjectNode change = news.next(PING_EVERY);
                if (change != null) send(session, change.toString());
                else if (news != watch) return;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "news of an account: " + e.getMessage());
        } catch (InterruptedException | RuntimeException e) {
            // the connection is at its end
        }
    }

    private void stopPush() {
        if (watch != null) watch.close();
        watch = null;
    }

    private void send(WsSession session, String text) {
        sending.lock();
        try {
            if (!closed) session.send(text, true);
        } finally {
            sending.unlock();
        }
    }

    private void close(WsSession session, int code, String why) {
        sending.lock();
        try {
            if (closed) return;
            closed = true;
            session.close(code, why);
        } catch (RuntimeException e) {
            // the peer has gone first
        } finally {
            sending.unlock();
        }
    }

    @Override
    public void onClose(WsSession session, int status, String reason) {
        end();
    }

    @Override
    public void onError(WsSession session, Throwable trouble) {
        LOG.log(System.Logger.Level.DEBUG, () -> "WebSocket: " + trouble);
        end();
    }

    /// The connection has ended, however it did.
    void end() {
        closed = true;
        stopPush();
        if (pings != null) pings.interrupt();
        if (guest != null) guest.close();
    }
}
