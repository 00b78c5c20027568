package yubin.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.websocket.WsConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import yubin.jmap.Jmap;

/// Turns a connection into a WebSocket that speaks JMAP, at one path and for those who are logged
/// in. RFC 8887 §4.1.
///
/// A browser's cookies come along from any page, so that a page of another site is refused here
/// although the request is a GET.
final class Upgrades implements Http1Upgrader {
    static final String PATH = "/jmap/ws";

    private static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
    private static final HeaderName VERSION = HeaderNames.create("Sec-WebSocket-Version");
    private static final HeaderName PROTOCOL = HeaderNames.create("Sec-WebSocket-Protocol");

    /// What every server appends to the client's key, so that no other protocol answers by chance.
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Askers askers;
    private final Jmap jmap;
    private final Waiting waiting;

    Upgrades(Askers askers, Jmap jmap, Waiting waiting) {
        this.askers = askers;
        this.jmap = jmap;
        this.waiting = waiting;
    }

    @Override
    public String supportedProtocol() {
        return "websocket";
    }

    /// Null where there is nothing to upgrade: the request then goes its usual way.
    @Override
    public ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        String path = prologue.uriPath().path();
        if (!path.equals(PATH) && !path.equals(PATH + "/")) return null;
        HttpConnection connection = (HttpConnection) context;
        try {
            String key = headers.value(KEY).orElse("");
            if (!headers.value(VERSION).orElse("").equals("13") || !isKey(key)) {
                throw Problem.of(Status.BAD_REQUEST_400);
            }
            String protocols = headers.value(PROTOCOL).orElse("");
            if (Arrays.stream(protocols.split(",")).noneMatch(p -> p.strip().equals("jmap"))) {
                throw Problem.of(400, "protocol", "the WebSocket protocol here is \"jmap\"");
            }
            String authority = headers.value(HeaderNames.HOST).orElse("");
            askers.refuseForeign(headers, authority);
            Askers.Asker asker = askers.ask(headers, authority, "GET", connection);
            Socket socket = new Socket(asker, jmap, waiting);
            connection.atEnd(socket::end);
            accept(connection, key);
            return WsConnection.create(context, prologue, headers, key, socket);
        } catch (Problem problem) {
            throw refusal(problem);
        } catch (IOException e) {
            throw refusal(Problem.of(503, "later", e.getMessage()));
        }
    }

    private static void accept(HttpConnection connection, String key) {
        connection.enter(HttpConnection.Phase.UPGRADED);
        String answer =
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Protocol: jmap\r\nSec-WebSocket-Accept: "
                        + digest(key)
                        + "\r\n\r\n";
        connection
                .dataWriter()
                .writeNow(BufferData.create(answer.getBytes(StandardCharsets.US_ASCII)));
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String digest(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private static RequestException refusal(Problem problem) {
        RequestException.Builder refusal =
                RequestException.builder()
                        .type(DirectHandler.EventType.OTHER)
                        .status(Status.create(problem.status()))
                        .setKeepAlive(false)
                        .cause(problem)
                        .message(problem.getMessage());
        if (problem.isChallenge()) {
            refusal.header(HeaderValues.create(HeaderNames.WWW_AUTHENTICATE, Problem.CHALLENGE));
        }
        return refusal.build();
    }
}
