package yubin.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class LetterViewTest {
    private static final byte[] PNG = "\211PNG\r\n\032\nrest".getBytes(StandardCharsets.ISO_8859_1);

    private Front front;
    private HttpClient client;
    private Script images;
    private String account;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        images = new Script();
        front = Front.open(folder);
        client = front.client();
        JsonNode session = Bodies.JSON.readTree(get("/jmap/session").body());
        account = session.path("accounts").propertyNames().iterator().next();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        front.close();
        images.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(front.https(path))
                        .header("Authorization", Front.basic())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String field(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /// Delivers a letter and returns its id.
    private String letter(String text) throws Exception {
        front.deliver(text);
        String query =
                """
                {"using":["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail"],
                "methodCalls":[["Email/query",{"accountId":"%s"},"0"]]}"""
                        .formatted(account);
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(front.https("/jmap/api"))
                                .header("Authorization", Front.basic())
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(query))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return Bodies.JSON.readTree(answer.body()).at("/methodResponses/0/1/ids/0").asString();
    }

    private String html() throws Exception {
        return letter(
                """
                From: <cat@example.net>
                Subject: Pictures
                MIME-Version: 1.0
                Content-Type: multipart/related; boundary=b

                --b
                Content-Type: text/html; charset=utf-8

                <p onclick="alert(1)">雨<script>alert(2)</script>
                <img src="cid:a@b"><img src="%s">
                <div style="background-image:url(%s)">x</div>
                <a href="https://example.com/">link</a>
                --b
                Content-Type: image/png; name=a.png
                Content-ID: <a@b>
                Content-Transfer-Encoding: base64

                iVBORw0KGgpyZXN0
                --b--
                """
                        .formatted(images.url("/a.png"), images.url("/b.png")));
    }

    @Test
    void aLetterIsShownCleanAndSilentUntilItsImagesAreAskedFor() throws Exception {
        images.on("/a.png", PNG);
        HttpResponse<String> view = get("/view/" + account + "/" + html());
        assertEquals(200, view.statusCode(), view.body());
        String policy = field(view, "content-security-policy");
        assertTrue(policy.contains("default-src 'none'; img-src 'self' data:"), policy);
        assertTrue(policy.contains("sandbox allow-same-origin allow-popups"), policy);
        assertFalse(policy.contains("allow-scripts"), policy);
        assertTrue(view.body().contains("雨"));
        assertFalse(view.body().contains("alert"), view.body());
        assertFalse(view.body().contains("images.example"), view.body());
        assertTrue(view.body().startsWith("<!DOCTYPE html><html data-remote=\"2\">"));
        assertEquals("2", field(view, "x-yubin-remote"));
        assertEquals("", images.heard());
        Matcher enclosed =
                Pattern.compile("<img src=\"(/jmap/download/[^\"]+)\"").matcher(view.body());
        assertTrue(enclosed.find(), view.body());
        HttpResponse<String> part = get(enclosed.group(1).replace("&amp;", "&"));
        assertEquals("image/png", field(part, "content-type"));
        assertTrue(field(part, "content-disposition").startsWith("inline"));
    }

    @Test
    void remoteImagesComeThroughTheProxyAndNothingElseDoes() throws Exception {
        images.on(
                "/a.png",
                (new String(head("image/svg+xml", PNG.length), StandardCharsets.ISO_8859_1)
                                + new String(PNG, StandardCharsets.ISO_8859_1))
                        .getBytes(StandardCharsets.ISO_8859_1));
        images.on("/b.png", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n<svg onload=x>");
        HttpResponse<String> view = get("/view/" + account + "/" + html() + "?images=1");
        assertFalse(view.body().contains("images.example"), view.body());
        Matcher remote = Pattern.compile("/proxy/([\\w-]+)/([\\w-]+)").matcher(view.body());
        assertTrue(remote.find(), view.body());
        String first = remote.group();
        HttpResponse<byte[]> image =
                client.send(
                        HttpRequest.newBuilder(front.https(first))
                                .header("Authorization", Front.basic())
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, image.statusCode());
        assertArrayEquals(PNG, image.body());
        assertEquals("image/png", field(image, "content-type"));
        assertTrue(remote.find(), "the picture of a style");
        assertEquals(502, get(remote.group()).statusCode());
        // Another address with this signature, another reader, nobody.
        String other =
                java.util.Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("http://images.example/c".getBytes(StandardCharsets.UTF_8));
        String signature = first.split("/")[2];
        assertEquals(403, get("/proxy/" + signature + "/" + other).statusCode());
        assertEquals(403, get("/proxy/AAAA/" + other).statusCode());
        assertEquals(403, get("/proxy/!/!").statusCode());
        front.person("ben@example.com", "lemon");
        HttpRequest.Builder ben =
                HttpRequest.newBuilder(front.https(first))
                        .header("Authorization", Front.basic("ben@example.com", "lemon"));
        assertEquals(403, status(ben));
        assertEquals(401, status(HttpRequest.newBuilder(front.https(first))));
    }

    private int status(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static byte[] head(String type, int length) {
        return ("HTTP/1.1 200 OK\r\nContent-Type: "
                        + type
                        + "\r\nContent-Length: "
                        + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void whatIsNotThereIsNotShown() throws Exception {
        assertEquals(404, get("/view/" + account + "/e999").statusCode());
        assertEquals(404, get("/view/x/e1").statusCode());
    }

    @Test
    void aSubscriptionIsEndedWithOneClickWhereTheLetterOffersIt() throws Exception {
        String plain = letter("From: <a@example.net>\nSubject: x\n\nHello\n");
        assertEquals(404, unsubscribe(plain));
        // TLS is needed: what is offered without is no offer.
        String insecure =
                letter(
                        "From: <a@example.net>\nList-Unsubscribe: <"
                                + images.url("/u")
                                + ">\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n\nHello\n");
        assertEquals(404, unsubscribe(insecure));
        assertEquals("", images.heard());
    }

    private int unsubscribe(String email) throws Exception {
        return status(
                HttpRequest.newBuilder(front.https("/unsubscribe"))
                        .header("Authorization", Front.basic())
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        "{\"accountId\":\""
                                                + account
                                                + "\",\"emailId\":\""
                                                + email
                                                + "\"}")));
    }
}
