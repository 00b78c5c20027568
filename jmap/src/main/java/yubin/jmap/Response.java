package yubin.jmap;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/// What goes back over HTTP.
///
/// @param status of HTTP
/// @param type media type of the body
public record Response(int status, String type, byte[] body) {
    static Response json(int status, ObjectNode body) {
        return new Response(
                status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// Problem details, RFC 7807 as RFC 8620 §3.6.1 uses it.
    static Response problem(RequestError error) {
        ObjectNode problem = Api.JSON.createObjectNode();
        problem.put("type", error.type()).put("status", 400).put("detail", error.getMessage());
        if (error.limit() != null) problem.put("limit", error.limit());
        return problem(400, problem);
    }

    static Response problem(int status, String detail) {
        return problem(
                status,
                Api.JSON
                        .createObjectNode()
                        .put("type", "about:blank")
                        .put("status", status)
                        .put("detail", detail));
    }

    private static Response problem(int status, ObjectNode problem) {
        return new Response(
                status,
                "application/problem+json",
                problem.toString().getBytes(StandardCharsets.UTF_8));
    }
}
