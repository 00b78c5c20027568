package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import yubin.directory.Found;
import yubin.mail.AccountId;
import yubin.mail.Address;

@Timeout(120)
class JmapRoutesTest {
    private static final String ECHO =
            """
            {"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{"a":"雨"},"c1"]]}""";

    private Front front;
    private HttpClient client;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        front = Front.open(folder);
        client = front.client();
    }

    @AfterEach
    void close() {
        client.close();
        front.close();
    }

    private HttpRequest.Builder ann(URI uri) {
        return HttpRequest.newBuilder(uri).header("Authorization", Front.basic());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Bodies.JSON.readTree(response.body());
    }

    private static String field(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private HttpRequest.Builder api(String body) {
        return ann(front.https("/jmap/api"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private String account() throws Exception {
        JsonNode session = json(send(ann(front.https("/jmap/session"))));
        return session.path("accounts").propertyNames().iterator().next();
    }

    @Test
    void theSessionSaysWhereEverythingIsAsTheClientReachedIt() throws Exception {
        for (String path : new String[] {"/.well-known/jmap", "/jmap/session"}) {
            HttpResponse<String> response = send(ann(front.https(path)));
            assertEquals(200, response.statusCode());
            assertTrue(field(response, "cache-control").contains("no-store"));
            JsonNode session = json(response);
            String base = front.https("").toString();
            assertEquals(base + "/jmap/api", session.path("apiUrl").asString());
            JsonNode socket = session.path("capabilities").path("urn:ietf:params:jmap:websocket");
            assertEquals("wss" + base.substring(5) + "/jmap/ws", socket.path("url").asString());
            assertEquals(Front.ANN, session.path("username").asString());
        }
        assertEquals(
                front.http("/jmap/api").toString(),
                json(send(ann(front.http("/jmap/session")))).path("apiUrl").asString());
    }

    @Test
    void whoIsUnknownIsAskedForANameAndIsNotToldMore() throws Exception {
        HttpResponse<String> nobody = send(HttpRequest.newBuilder(front.https("/jmap/session")));
        assertEquals(401, nobody.statusCode());
        assertTrue(field(nobody, "www-authenticate").startsWith("Basic realm="));
        for (String credentials :
                new String[] {
                    Front.basic(Front.ANN, "wrong"),
                    Front.basic("nobody@example.com", "orange"),
                    "Basic !!!",
                    "Basic " + "YQ==",
                    "Bearer abc",
                    "Basic"
                }) {
            HttpResponse<String> wrong =
                    send(
                            HttpRequest.newBuilder(front.https("/jmap/session"))
                                    .header("Authorization", credentials));
            assertEquals(401, wrong.statusCode(), credentials);
        }
    }

    @Test
    void aPageOfAnotherSiteIsRefusedWhateverItBrings() throws Exception {
        HttpResponse<String> foreign = send(api(ECHO).header("Origin", "https://evil.example"));
        assertEquals(403, foreign.statusCode());
        assertEquals("urn:yubin:error:csrf", json(foreign).path("type").asString());
        assertEquals(403, send(api(ECHO).header("Origin", "null")).statusCode());
        assertEquals(403, send(api(ECHO).header("Sec-Fetch-Site", "cross-site")).statusCode());
        String own = front.https("").toString();
        assertEquals(200, send(api(ECHO).header("Origin", own)).statusCode());
    }

    @Test
    void aRequestIsAnsweredAndAProblemHasItsType() throws Exception {
        HttpResponse<String> answer = send(api(ECHO));
        assertEquals(200, answer.statusCode());
        assertEquals(
                "雨", json(answer).path("methodResponses").path(0).path(1).path("a").asString());
        HttpResponse<String> broken = send(api("{"));
        assertEquals(400, broken.statusCode());
        assertEquals("application/problem+json", field(broken, "content-type"));
        assertEquals("urn:ietf:params:jmap:error:notJSON", json(broken).path("type").asString());
        HttpResponse<String> form =
                send(
                        ann(front.https("/jmap/api"))
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString(ECHO)));
        assertEquals(400, form.statusCode());
    }

    @Test
    void whatIsUploadedIsDownloadedWholeAndInParts() throws Exception {
        String account = account();
        HttpResponse<String> uploaded =
                send(
                        ann(front.https("/jmap/upload/" + account + "/"))
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("0123456789")));
        assertEquals(201, uploaded.statusCode(), uploaded.body());
        String blob = json(uploaded).path("blobId").asString();
        String path = "/jmap/download/" + account + "/" + blob + "/%E9%9B%A8%2Fa%22.txt";
        HttpResponse<String> whole = send(ann(front.https(path + "?type=text/html")));
        assertEquals(200, whole.statusCode(), whole.body());
        assertEquals("0123456789", whole.body());
        assertEquals("text/html", field(whole, "content-type"));
        assertTrue(field(whole, "content-disposition").startsWith("attachment; "));
        assertTrue(field(whole, "content-disposition").contains("filename*=UTF-8''%E9%9B%A8"));
        assertTrue(field(whole, "content-security-policy").contains("sandbox"));
        assertEquals("nosniff", field(whole, "x-content-type-options"));
        HttpResponse<String> shown = send(ann(front.https(path + "?type=text/plain&inline=1")));
        assertTrue(field(shown, "content-disposition").startsWith("inline; "));
        HttpResponse<String> html = send(ann(front.https(path + "?type=text/html&inline=1")));
        assertTrue(field(html, "content-disposition").startsWith("attachment; "));
        HttpResponse<String> part = send(ann(front.https(path)).header("Range", "bytes=2-4"));
        assertEquals(206, part.statusCode());
        assertEquals("234", part.body());
        assertEquals("bytes 2-4/10", field(part, "content-range"));
        assertEquals("89", send(ann(front.https(path)).header("Range", "bytes=-2")).body());
        HttpResponse<String> beyond = send(ann(front.https(path)).header("Range", "bytes=10-"));
        assertEquals(416, beyond.statusCode());
        assertEquals("bytes */10", field(beyond, "content-range"));
        String tag = field(whole, "etag");
        assertEquals(304, send(ann(front.https(path)).header("If-None-Match", tag)).statusCode());
        assertEquals(
                400, send(ann(front.https(path + "?type=text/html%0D%0AX:%20y"))).statusCode());
        assertEquals(404, send(ann(front.https("/jmap/download/x/" + blob + "/a"))).statusCode());
    }

    @Test
    void anUploadOverItsBoundIsRefused() throws Exception {
        HttpResponse<String> large =
                send(
                        ann(front.https("/jmap/upload/" + account() + "/"))
                                .POST(
                                        HttpRequest.BodyPublishers.ofByteArray(
                                                new byte[(1 << 20) + 1])));
        assertEquals(413, large.statusCode());
    }

    @Test
    void anEventSourceTellsNewsAndPings() throws Exception {
        URI uri = front.https("/jmap/eventsource?types=Mailbox,Email&closeafter=state&ping=5");
        HttpResponse<java.io.InputStream> stream =
                client.send(ann(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, stream.statusCode());
        assertEquals("text/event-stream", field(stream, "content-type"));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Thread reading =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    lines.lines().forEach(heard::add);
                                    heard.add("(end)");
                                });
        await(heard, "event: ping");
        await(heard, "data: {\"interval\":5}");
        front.store.boxes(number()).create("News", null);
        await(heard, "event: state");
        String data = heard.poll(20, TimeUnit.SECONDS);
        assertTrue(data.startsWith("data: {\"@type\":\"StateChange\""), data);
        await(heard, "(end)"); // closeafter=state
        reading.join();
    }

    @Test
    void anEventSourceEndsWhenItsPasswordIsChanged() throws Exception {
        URI uri = front.https("/jmap/eventsource?types=*&closeafter=no&ping=0");
        HttpResponse<java.io.InputStream> stream =
                client.send(ann(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, stream.statusCode());
        assertEquals(':', stream.body().read());
        Front.good(front.directory.administration().setPassword(Front.ANN, "lemon"));
        stream.body().readAllBytes(); // comes to its end
        assertEquals(401, send(ann(uri)).statusCode());
    }

    @Test
    void aWebSocketAnswersRequestsAndTellsNews() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        WebSocket socket = connect(heard, Front.basic(), "jmap").get(20, TimeUnit.SECONDS);
        assertEquals("jmap", socket.getSubprotocol());
        say(socket, ECHO.replace("{\"using", "{\"@type\":\"Request\",\"id\":\"R1\",\"using"));
        JsonNode answer = Bodies.JSON.readTree(heard.poll(20, TimeUnit.SECONDS));
        assertEquals("Response", answer.path("@type").asString());
        assertEquals("R1", answer.path("requestId").asString());
        assertEquals("雨", answer.path("methodResponses").path(0).path(1).path("a").asString());
        say(socket, "The quick brown fox");
        JsonNode refusal = Bodies.JSON.readTree(heard.poll(20, TimeUnit.SECONDS));
        assertEquals("RequestError", refusal.path("@type").asString());
        assertEquals("urn:ietf:params:jmap:error:notJSON", refusal.path("type").asString());
        say(socket, "{\"@type\":\"Request\",\"id\":\"R2\",\"using\":[\"x\"],\"methodCalls\":[]}");
        refusal = Bodies.JSON.readTree(heard.poll(20, TimeUnit.SECONDS));
        assertEquals("R2", refusal.path("requestId").asString());
        assertEquals(
                "urn:ietf:params:jmap:error:unknownCapability", refusal.path("type").asString());
        say(socket, "{\"@type\":\"WebSocketPushEnable\",\"dataTypes\":null}");
        // Said in order: when this is answered, the news are on.
        say(socket, ECHO.replace("{\"using", "{\"@type\":\"Request\",\"using"));
        assertTrue(heard.poll(20, TimeUnit.SECONDS).contains("\"Response\""));
        front.store.boxes(number()).create("News", null);
        JsonNode news = Bodies.JSON.readTree(heard.poll(20, TimeUnit.SECONDS));
        assertEquals("StateChange", news.path("@type").asString());
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
        await(heard, "(closed 1000)");
    }

    @Test
    void aWebSocketOfAStrangerOrOfAnotherSiteIsRefused() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        assertEquals(401, refused(connect(heard, Front.basic(Front.ANN, "wrong"), "jmap")));
        assertEquals(400, refused(connect(heard, Front.basic(), "other")));
        String handshake =
                "GET /jmap/ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Protocol: jmap\r\nSec-WebSocket-Version: 13\r\n"
                        + "Authorization: "
                        + Front.basic()
                        + "\r\nOrigin: http://evil.example\r\n\r\n";
        assertTrue(front.says(handshake).startsWith("HTTP/1.1 403 "));
    }

    @Test
    void aWebSocketHearsThatTheOfficeCloses() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        connect(heard, Front.basic(), "jmap").get(20, TimeUnit.SECONDS);
        front.close();
        await(heard, "(closed 1001)");
    }

    private CompletableFuture<WebSocket> connect(
            BlockingQueue<String> heard, String credentials, String protocol) {
        URI uri = URI.create("ws" + front.https("/jmap/ws").toString().substring(4));
        return client.newWebSocketBuilder()
                .header("Authorization", credentials)
                .subprotocols(protocol)
                .buildAsync(
                        uri,
                        new WebSocket.Listener() {
                            private final StringBuilder text = new StringBuilder();

                            @Override
                            public CompletionStage<?> onText(
                                    WebSocket socket, CharSequence part, boolean last) {
                                text.append(part);
                                if (last) {
                                    heard.add(text.toString());
                                    text.setLength(0);
                                }
                                socket.request(1);
                                return null;
                            }

                            @Override
                            public CompletionStage<?> onClose(
                                    WebSocket socket, int status, String reason) {
                                heard.add("(closed " + status + ")");
                                return null;
                            }
                        });
    }

    private static int refused(CompletableFuture<WebSocket> socket) {
        try {
            socket.join();
            return 101;
        } catch (CompletionException e) {
            return ((java.net.http.WebSocketHandshakeException) e.getCause())
                    .getResponse()
                    .statusCode();
        }
    }

    private static void say(WebSocket socket, String text) {
        socket.sendText(text, true).join();
    }

    private static void await(BlockingQueue<String> heard, String wanted) throws Exception {
        String line;
        do {
            line = heard.poll(20, TimeUnit.SECONDS);
        } while (line != null && !line.equals(wanted));
        assertEquals(wanted, line);
    }

    private AccountId number() throws IOException {
        Found.Local found = (Found.Local) front.directory.find(Address.of(Front.ANN));
        return found.targets().getFirst().account();
    }
}
