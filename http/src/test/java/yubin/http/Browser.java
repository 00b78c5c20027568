package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;

/// A browser with a page of ours: keeps its cookie and marks its requests.
final class Browser {
    private final Front front;
    private final HttpClient client;
    String cookie;

    Browser(Front front, HttpClient client) {
        this.front = front;
        this.client = client;
    }

    HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return send(request(method, front.https(path), body).header("X-Yubin", "1"));
    }

    /// The body of an answer that must have this status.
    JsonNode json(String method, String path, String body, int status) throws Exception {
        HttpResponse<String> response = ask(method, path, body);
        assertEquals(status, response.statusCode(), response.body());
        return Bodies.JSON.readTree(response.body());
    }

    /// Without the mark of our page.
    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        if (cookie != null) request.header("Cookie", cookie);
        HttpResponse<String> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String set = response.headers().firstValue("set-cookie").orElse(null);
        if (set != null) cookie = set.substring(0, set.indexOf(';'));
        return response;
    }

    static HttpRequest.Builder request(String method, URI uri, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (body == null) return request.method(method, HttpRequest.BodyPublishers.noBody());
        return request.header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }
}
