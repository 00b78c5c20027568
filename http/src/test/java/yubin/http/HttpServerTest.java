package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class HttpServerTest {
    private Front front;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        front = Front.open(folder);
    }

    @AfterEach
    void close() {
        front.close();
    }

    private static void assertRefused(int status, String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
        assertFalse(answer.contains("HTTP/1.1 200"), answer);
    }

    @Test
    void aBrowserIsServedWithHttp2WhereTlsAgreedOnIt() throws Exception {
        try (HttpClient client = front.client()) {
            HttpResponse<String> page =
                    client.send(
                            HttpRequest.newBuilder(front.https("/")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(HttpClient.Version.HTTP_2, page.version());
            assertEquals(200, page.statusCode());
            assertTrue(page.body().contains("Yubin"), page.body());
            assertTrue(page.headers().firstValue("strict-transport-security").isPresent());
        }
    }

    @Test
    void aClientWithoutAlpnIsServedWithHttp11() throws Exception {
        try (HttpClient client = front.client()) {
            for (var uri : java.util.List.of(front.http("/"), front.https("/"))) {
                HttpResponse<String> page =
                        client.send(
                                HttpRequest.newBuilder(uri)
                                        .version(HttpClient.Version.HTTP_1_1)
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertEquals(HttpClient.Version.HTTP_1_1, page.version());
                assertEquals(200, page.statusCode());
                assertEquals(
                        "nosniff", page.headers().firstValue("x-content-type-options").orElse(""));
                assertEquals(
                        uri.getScheme().equals("https"),
                        page.headers().firstValue("strict-transport-security").isPresent());
            }
        }
    }

    @Test
    void manyStreamsOfOneConnectionAreAnswered() throws Exception {
        try (HttpClient client = front.client()) {
            HttpRequest request = HttpRequest.newBuilder(front.https("/")).build();
            var answers = new java.util.ArrayList<CompletableFuture<HttpResponse<String>>>();
            for (int i = 0; i < 50; i++) {
                answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            }
            for (var answer : answers)
                assertEquals(200, answer.get(60, TimeUnit.SECONDS).statusCode());
        }
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        assertRefused(
                404, front.says("GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        String answers =
                front.says(
                        "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                                + "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertTrue(answers.indexOf("200 OK") > 0, answers);
        assertTrue(answers.indexOf("404") > answers.indexOf("200 OK"), answers);
    }

    @Test
    void aRequestThatTwoReadersWouldDivideDifferentlyIsRefused() throws IOException {
        // RFC 9112: Content-Length beside Transfer-Encoding, twice, or no number.
        String post = "POST / HTTP/1.1\r\nHost: a\r\n";
        String smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        for (String fields :
                new String[] {
                    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                    "Transfer-Encoding: chunked, chunked\r\n",
                    "Transfer-Encoding: xchunked\r\n",
                    "Content-Length: 5\r\nContent-Length: 6\r\n",
                    "Content-Length: +5\r\n",
                    "Content-Length: 0x5\r\n",
                    "Content-Length: -1\r\n",
                }) {
            String answer = front.says(post + fields + "\r\n0\r\n\r\n" + smuggled);
            assertRefused(400, answer);
            assertEquals(1, answer.split("HTTP/1.1 ", -1).length - 1, fields + answer);
        }
    }

    @Test
    void aFieldThatHidesAnotherIsRefused() throws IOException {
        for (String fields :
                new String[] {
                    "Host: a\r\nX: a\nTransfer-Encoding: chunked\r\n",
                    "Host: a\r\nX : b\r\n",
                    "Host: a\r\nX: a\r\n folded: b\r\n",
                    "Host: a\r\nX: a\0b\r\n",
                    "Host: a\r\n: empty\r\n",
                }) {
            assertRefused(
                    400, front.says("GET / HTTP/1.1\r\nConnection: close\r\n" + fields + "\r\n"));
        }
    }

    @Test
    void aBadHostIsRefused() throws IOException {
        for (String fields :
                new String[] {
                    "",
                    "Host: \r\n",
                    "Host: a b\r\n",
                    "Host: a/b\r\n",
                    "Host: a\r\nHost: b\r\n",
                    "Host: a:port\r\n",
                    "Host: user@a\r\n",
                }) {
            assertRefused(
                    400, front.says("GET / HTTP/1.1\r\nConnection: close\r\n" + fields + "\r\n"));
        }
    }

    @Test
    void hugeRequestLinesAndFieldsAreRefused() throws IOException {
        assertRefused(
                414, front.says("GET /" + "a".repeat(9 << 10) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        String many = "X: " + "a".repeat(1000) + "\r\n";
        assertRefused(400, front.says("GET / HTTP/1.1\r\nHost: a\r\n" + many.repeat(20) + "\r\n"));
    }

    @Test
    void anotherProtocolIsNoRequest() throws IOException {
        for (String octets :
                new String[] {
                    "EHLO client.test\r\n",
                    "GET / HTTP/1.0\r\n\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    "\26\3\1\2\0\1\0\r\n\r\n",
                }) {
            String answer = front.says(octets);
            assertFalse(answer.contains(" 200 "), answer);
        }
    }

    @Test
    void aSlowHeadIsCutAndOthersAreServedMeanwhile() throws Exception {
        try (Socket slow = front.socket()) {
            long start = System.nanoTime();
            Thread drip =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            slow.getOutputStream()
                                                    .write(
                                                            "GET / HTTP/1.1\r\nHost: a\r\n"
                                                                    .getBytes(
                                                                            StandardCharsets
                                                                                    .US_ASCII));
                                            while (true) {
                                                slow.getOutputStream().write('x');
                                                Thread.sleep(500);
                                            }
                                        } catch (IOException | InterruptedException e) {
                                            // cut, as it should be
                                        }
                                    });
            assertRefused(
                    404, front.says("GET /n HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
            try {
                slow.setSoTimeout(60_000);
                byte[] rest = slow.getInputStream().readAllBytes();
                assertFalse(new String(rest, StandardCharsets.UTF_8).contains("200"));
            } catch (java.net.SocketException reset) {
                // cut without a word
            }
            long seconds = (System.nanoTime() - start) / 1_000_000_000;
            assertTrue(seconds >= HttpConnection.HEAD_MAX.toSeconds() - 1, seconds + " s");
            drip.interrupt();
            drip.join();
        }
    }

    @Test
    void closingEndsIdleConnectionsAtOnce() throws Exception {
        try (Socket idle = front.socket()) {
            idle.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals('H', idle.getInputStream().read());
            long start = System.nanoTime();
            front.close();
            idle.getInputStream().readAllBytes();
            assertTrue(System.nanoTime() - start < 5_000_000_000L);
        }
    }
}
