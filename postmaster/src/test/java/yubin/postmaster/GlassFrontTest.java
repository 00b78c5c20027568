package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JMAP client with HTTP Basic before a whole post office.
@Timeout(120)
class GlassFrontTest {
    private static final JsonMapper JSON = new JsonMapper();

    private TestOffice office;
    private HttpClient client;

    @BeforeEach
    void open(@TempDir Path folder) throws Trouble {
        office = new TestOffice(folder);
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void close() {
        client.close();
        office.close();
    }

    private HttpRequest.Builder ann(String url) {
        byte[] octets = "ann@example.com:orange".getBytes(StandardCharsets.UTF_8);
        return HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(octets));
    }

    private JsonNode json(HttpRequest.Builder request, int status) throws Exception {
        HttpResponse<String> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(status, response.statusCode(), response.body());
        return JSON.readTree(response.body());
    }

    private JsonNode session() throws Exception {
        String front = "http://127.0.0.1:" + office.port(Service.HTTP);
        return json(ann(front + "/.well-known/jmap"), 200);
    }

    @Test
    void aClientFindsEverythingFromTheSessionOn() throws Exception {
        JsonNode session = session();
        String account = session.path("accounts").propertyNames().iterator().next();
        assertEquals("ann@example.com", session.path("username").asString());
        JsonNode answer =
                json(
                        ann(session.path("apiUrl").asString())
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                """
                                                {"using":["urn:ietf:params:jmap:core"],
                                                 "methodCalls":[["Core/echo",{"a":1},"c1"]]}""")),
                        200);
        assertEquals(1, answer.at("/methodResponses/0/1/a").asInt());
        assertEquals(session.path("state"), answer.path("sessionState"));
        String upload = session.path("uploadUrl").asString().replace("{accountId}", account);
        JsonNode uploaded =
                json(ann(upload).POST(HttpRequest.BodyPublishers.ofString("hello")), 201);
        String download =
                session.path("downloadUrl")
                        .asString()
                        .replace("{accountId}", account)
                        .replace("{blobId}", uploaded.path("blobId").asString())
                        .replace("{name}", "a.txt")
                        .replace("{type}", "text/plain");
        HttpResponse<String> octets =
                client.send(ann(download).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals("hello", octets.body());
    }

    @Test
    void aLetterThatComesIsToldToWhoListens() throws Exception {
        String url =
                session()
                        .path("eventSourceUrl")
                        .asString()
                        .replace("{types}", "Email")
                        .replace("{closeafter}", "state")
                        .replace("{ping}", "0");
        HttpResponse<InputStream> stream =
                client.send(ann(url).build(), HttpResponse.BodyHandlers.ofInputStream());
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
        assertEquals(": here", lines.readLine());
        letter();
        String line = lines.readLine();
        while (line != null && !line.startsWith("data:")) line = lines.readLine();
        assertTrue(line != null && line.contains("\"Email\":"), String.valueOf(line));
    }

    private void letter() throws IOException {
        try (Peer door = new Peer(office.at(Service.SMTP))) {
            door.hear();
            for (String line :
                    new String[] {
                        "HELO client.test",
                        "MAIL FROM:<cat@example.net>",
                        "RCPT TO:<ann@example.com>",
                        "DATA"
                    }) {
                door.say(line).hear();
            }
            door.say("From: <cat@example.net>").say("Subject: Hello").say("").say("Hi").say(".");
            assertTrue(door.hear().startsWith("250"));
        }
    }
}
