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
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StaticFilesTest {
    private Front front;
    private HttpClient client;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        Path web = folder.resolve("web");
        Files.createDirectories(web.resolve("assets"));
        write(folder.resolve("secret.txt"), "secret");
        write(web.resolve("index.html"), "<p>the client");
        write(web.resolve("sw.js"), "// worker");
        write(web.resolve("assets/a-1234.js"), "plain");
        write(web.resolve("assets/a-1234.js.br"), "brotli");
        write(web.resolve("assets/a-1234.js.gz"), "gzip");
        write(web.resolve(".hidden"), "secret");
        Files.createSymbolicLink(web.resolve("link.txt"), folder.resolve("secret.txt"));
        front = Front.open(folder, Front.settings(100, web));
        client = front.client();
    }

    @AfterEach
    void close() {
        client.close();
        front.close();
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    private HttpResponse<byte[]> get(String path, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(front.https(path));
        if (fields.length > 0) request.headers(fields);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String field(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static void assertText(String text, HttpResponse<byte[]> response) {
        assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), response.body());
    }

    @Test
    void everyPlaceOfTheClientIsItsPageWithItsPolicy() throws Exception {
        for (String path : new String[] {"/", "/mail/inbox/m12", "/settings?x=y.z"}) {
            HttpResponse<byte[]> page = get(path);
            assertText("<p>the client", page);
            assertEquals("text/html; charset=utf-8", field(page, "content-type"));
            assertEquals("no-cache", field(page, "cache-control"));
            String policy = field(page, "content-security-policy");
            assertTrue(policy.contains("default-src 'none'; script-src 'self'"), policy);
            assertTrue(policy.contains("frame-ancestors 'none'"), policy);
            assertFalse(policy.contains("unsafe"), policy);
            assertEquals("same-origin", field(page, "cross-origin-opener-policy"));
        }
    }

    @Test
    void assetsAreKeptForEverAndSentSmall() throws Exception {
        HttpResponse<byte[]> brotli = get("/assets/a-1234.js", "Accept-Encoding", "gzip, br");
        assertText("brotli", brotli);
        assertEquals("br", field(brotli, "content-encoding"));
        assertEquals("text/javascript; charset=utf-8", field(brotli, "content-type"));
        assertTrue(field(brotli, "cache-control").contains("immutable"));
        assertText("gzip", get("/assets/a-1234.js", "Accept-Encoding", "gzip, br;q=0"));
        assertText("plain", get("/assets/a-1234.js"));
        assertEquals(404, get("/assets/b-1234.js").statusCode());
    }

    @Test
    void anotherFileIsAskedForAgain() throws Exception {
        HttpResponse<byte[]> worker = get("/sw.js");
        assertText("// worker", worker);
        assertEquals("no-cache", field(worker, "cache-control"));
        String policy = field(worker, "content-security-policy");
        assertTrue(policy.contains("connect-src 'self'") && !policy.contains("sandbox"), policy);
        assertEquals(304, get("/sw.js", "If-None-Match", field(worker, "etag")).statusCode());
    }

    @Test
    void nothingBesideTheFolderIsGivenOut() throws Exception {
        for (String path :
                new String[] {
                    "/../secret.txt",
                    "/assets/../../secret.txt",
                    "/%2e%2e/secret.txt",
                    "/..%2fsecret.txt",
                    "/..%5csecret.txt",
                    "/assets/%252e%252e/secret.txt",
                    "/.hidden",
                    "/link.txt",
                    "/assets//a-1234.js",
                    "/secret.txt%00.js",
                    "//secret.txt"
                }) {
            String answer =
                    front.says("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertFalse(answer.contains("\r\n\r\nsecret"), path + ": " + answer);
        }
    }
}
