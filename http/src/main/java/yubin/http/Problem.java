package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Why a request is refused, as its problem details say it (RFC 7807). Thrown by a route, answered
/// in one place.
final class Problem extends Exception {
    private static final long serialVersionUID = 1;

    static final String CHALLENGE = "Basic realm=\"Yubin\", charset=\"UTF-8\"";

    private final int status;
    private final String type;
    private final transient ObjectNode more = JsonNodeFactory.instance.objectNode();

    /// Whether the client is asked for a name and password (RFC 9110); never for our own
    /// pages, where a browser would put up a dialog of its own.
    private boolean challenge;

    private long retryAfterSeconds;

    /// @param type an URN
    private Problem(int status, String type, String title) {
        super(title, null, false, false);
        this.status = status;
        this.type = type;
    }

    /// @param name of ours, such as `csrf`
    static Problem of(int status, String name, String title) {
        return new Problem(status, "urn:yubin:error:" + name, title);
    }

    /// A status that says everything.
    static Problem of(Status status) {
        return new Problem(status.code(), "about:blank", status.reasonPhrase());
    }

    /// @param type the whole URN, of another room
    static Problem typed(int status, String type, String title) {
        return new Problem(status, type, title);
    }

    Problem with(String name, String value) {
        if (value != null) more.put(name, value);
        return this;
    }

    Problem withChallenge() {
        challenge = true;
        return this;
    }

    Problem withoutChallenge() {
        challenge = false;
        return this;
    }

    Problem retryAfter(long seconds) {
        retryAfterSeconds = seconds;
        return this;
    }

    boolean isChallenge() {
        return challenge;
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    byte[] octets() {
        ObjectNode details = JsonNodeFactory.instance.objectNode();
        details.put("type", type).put("status", status).put("title", getMessage());
        details.put("detail", getMessage());
        details.setAll(more);
        return details.toString().getBytes(StandardCharsets.UTF_8);
    }

    void send(ServerResponse response) {
        response.status(status).header(HeaderNames.CONTENT_TYPE, "application/problem+json");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        if (challenge) {
            response.header(HeaderNames.WWW_AUTHENTICATE, CHALLENGE);
        }
        if (retryAfterSeconds > 0) {
            response.header(HeaderNames.RETRY_AFTER, Long.toString(retryAfterSeconds));
        }
        response.send(octets());
    }
}
