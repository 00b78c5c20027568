package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class OutsideTest {
    private static final Outside.Limits LIMITS =
            new Outside.Limits(Duration.ofSeconds(20), 1000, 2);

    private Script server;
    private Outside outside;

    @BeforeEach
    void open() throws IOException {
        server = new Script();
        outside =
                new Outside(
                        host ->
                                List.of(
                                        InetAddress.ofLiteral(
                                                host.equals("inner.example")
                                                        ? "127.0.0.9"
                                                        : "127.0.0.1")),
                        to -> !to.getAddress().equals(InetAddress.ofLiteral("127.0.0.9")),
                        null);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private Outside.Answer get(String path) throws IOException {
        return outside.get(server.url(path), "image/*", LIMITS);
    }

    private static String text(Outside.Answer answer) {
        return new String(answer.body(), java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Test
    void bodiesComeByLengthByChunksAndByTheEnd() throws IOException {
        server.on("/length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef");
        server.on("/end", "HTTP/1.0 200 OK\r\n\r\nabc");
        server.on(
                "/chunks",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
        for (String path : List.of("/length", "/end", "/chunks"))
            assertEquals("abc", text(get(path)));
        String asked = server.heard();
        assertTrue(asked.contains("Host: images.example:"), asked);
        for (String field : List.of("cookie", "referer", "authorization")) {
            assertFalse(asked.toLowerCase(java.util.Locale.ROOT).contains(field), asked);
        }
    }

    @Test
    void redirectsAreFollowedABoundedNumberOfTimesAndCheckedAgain() throws IOException {
        server.on("/1", "HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 0\r\n\r\n");
        server.on("/2", "HTTP/1.1 301 Moved\r\nLocation: " + server.url("/3") + "\r\n\r\n");
        server.on("/3", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        assertEquals("ok", text(get("/1")));
        server.on("/loop", "HTTP/1.1 302 Found\r\nLocation: /loop\r\n\r\n");
        assertThrows(IOException.class, () -> get("/loop"));
        for (String bad :
                List.of(
                        "http://inner.example/",
                        "http://127.0.0.9/",
                        "file:///etc/passwd",
                        "gopher://x/",
                        "http://user@images.example/",
                        "http:///x",
                        "\u0001")) {
            server.on("/bad", "HTTP/1.1 302 Found\r\nLocation: " + bad + "\r\n\r\n");
            assertThrows(IOException.class, () -> get("/bad"), bad);
        }
    }

    @Test
    void whatIsTooLargeOrNoHttpIsGivenUp() {
        server.on("/large", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n");
        server.on("/endless", "HTTP/1.1 200 OK\r\n\r\n" + "a".repeat(2000));
        server.on("/chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\na");
        server.on("/fields", "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(200) + "\r\n");
        server.on("/line", "HTTP/1.1 200 OK\r\nA: " + "b".repeat(9000) + "\r\n\r\n");
        server.on("/odd", "SSH-2.0-OpenSSH\r\n");
        server.on("/coded", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n");
        server.on("/nothing", "");
        for (String path :
                List.of(
                        "/large",
                        "/endless",
                        "/chunk",
                        "/fields",
                        "/line",
                        "/odd",
                        "/coded",
                        "/nothing")) {
            assertThrows(IOException.class, () -> get(path), path);
        }
    }

    @Test
    void aServerThatDripsIsCut() {
        server.drip("/drip", "HTTP/1.1 200 OK\r\n\r\n");
        Outside.Limits second = new Outside.Limits(Duration.ofSeconds(1), 1000, 0);
        assertThrows(IOException.class, () -> outside.get(server.url("/drip"), "image/*", second));
    }

    @Test
    void onlyThePublicInternetIsAsked() {
        for (String address :
                List.of(
                        "0.0.0.0",
                        "10.1.2.3",
                        "127.0.0.1",
                        "169.254.169.254",
                        "172.16.0.1",
                        "172.31.255.255",
                        "192.168.1.1",
                        "100.64.0.1",
                        "198.18.0.1",
                        "192.0.2.1",
                        "198.51.100.1",
                        "203.0.113.1",
                        "224.0.0.1",
                        "255.255.255.255",
                        "::",
                        "::1",
                        "::ffff:127.0.0.1",
                        "64:ff9b::7f00:1",
                        "fe80::1",
                        "fc00::1",
                        "fd12::1",
                        "ff02::1",
                        "2002:7f00:1::1",
                        "2001::1",
                        "2001:db8::1")) {
            assertFalse(Outside.isPublic(InetAddress.ofLiteral(address)), address);
        }
        for (String address :
                List.of("1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700::1", "2a00:1450::1")) {
            assertTrue(Outside.isPublic(InetAddress.ofLiteral(address)), address);
        }
    }
}
