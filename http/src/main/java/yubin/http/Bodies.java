package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads bodies of requests, within bounds.
final class Bodies {
    static final JsonMapper JSON = JsonMapper.builder().build();

    /// Octets of a JSON body of our own routes.
    private static final int SMALL_OCTETS_MAX = 64 << 10;

    private Bodies() {}

    /// At most `octetsMax` octets, and one more where there are more.
    static byte[] read(ServerRequest request, int octetsMax) throws IOException {
        if (!request.content().hasEntity()) return new byte[0];
        HttpConnection connection = LoginRoutes.connection(request);
        connection.bodyBegins();
        try (InputStream in = request.content().inputStream()) {
            return in.readNBytes(octetsMax + 1);
        } finally {
            connection.bodyEnds();
        }
    }

    /// A small JSON object; empty where there is no body.
    static ObjectNode object(ServerRequest request) throws IOException, Problem {
        String type = request.headers().value(HeaderNames.CONTENT_TYPE).orElse("");
        // A form of another site cannot send this type.
        boolean json = type.toLowerCase(Locale.ROOT).startsWith("application/json");
        if (request.content().hasEntity() && !json) {
            throw Problem.of(415, "json", "the Content-Type is not application/json");
        }
        byte[] octets = read(request, SMALL_OCTETS_MAX);
        if (octets.length > SMALL_OCTETS_MAX) {
            throw Problem.of(413, "too-large", "the body is too large");
        }
        if (octets.length == 0) return JSON.createObjectNode();
        try {
            if (JSON.readTree(octets) instanceof ObjectNode object) return object;
        } catch (JacksonException e) {
            // answered below
        }
        throw Problem.of(400, "json", "the body is no JSON object");
    }

    /// A member that is text; null where there is none.
    static String text(ObjectNode object, String name) throws Problem {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) return null;
        if (!value.isString()) throw Problem.of(400, "json", "\"" + name + "\" is no text");
        return value.stringValue();
    }

    /// A member that must be there.
    static String needed(ObjectNode object, String name) throws Problem {
        String value = text(object, name);
        if (value == null) throw Problem.of(400, "json", "\"" + name + "\" is missing");
        return value;
    }
}
