package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The face of the room: session, uploads, downloads, waiting for changes.
class JmapTest {
    @TempDir static Path folder;
    private static Post post;

    @BeforeAll
    static void open() throws IOException {
        post = new Post(folder);
    }

    @AfterAll
    static void close() {
        post.close();
    }

    @Test
    void theSessionSaysWhatThereIs() throws Exception {
        Post.Person ann = post.person();
        ObjectNode session = post.jmap.session(ann.login, "https://mail.example.com:8443");
        assertEquals("https://mail.example.com:8443/jmap/api", session.get("apiUrl").stringValue());
        assertTrue(session.get("downloadUrl").stringValue().contains("{blobId}"));
        assertTrue(session.at("/accounts/" + ann.account + "/isPersonal").booleanValue());
        assertEquals(ann.login.address().toString(), session.get("username").stringValue());
        assertEquals(
                Api.CALLS_MAX,
                session.at("/capabilities/urn:ietf:params:jmap:core/maxCallsInRequest").intValue());
        for (var primary : session.get("primaryAccounts").properties()) {
            assertTrue(session.get("capabilities").has(primary.getKey()), primary.getKey());
        }
        assertEquals(post.jmap.sessionState(ann.login), session.get("state").stringValue());
    }

    @Test
    void aTransportCanBeAnnouncedAndUsed() throws Exception {
        Post.Person ann = post.person();
        post.jmap.transport(
                "urn:example:wire", base -> Api.JSON.createObjectNode().put("url", base + "/wire"));
        ObjectNode session = post.jmap.session(ann.login, "http://localhost");
        assertEquals(
                "http://localhost/wire",
                session.at("/capabilities/urn:example:wire/url").stringValue());
        ObjectNode response = ann.request("{'using': ['urn:example:wire'], 'methodCalls': []}");
        assertEquals(0, response.get("methodResponses").size());
    }

    @Test
    void whatIsUploadedComesBackWholeAndInRanges() throws Exception {
        Post.Person ann = post.person();
        String blob = ann.upload("text/x-poem", "古池や蛙飛びこむ水の音");
        Download download = post.jmap.download(ann.login, ann.account, blob).orElseThrow();
        assertEquals("text/x-poem", download.type());
        assertEquals(33, download.size());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        download.writeTo(out, 6, 3);
        assertEquals("や", out.toString(StandardCharsets.UTF_8));
        assertTrue(post.jmap.download(ann.login, ann.account, "U999999").isEmpty());
        assertTrue(post.jmap.download(ann.login, ann.account, "nonsense").isEmpty());
        Post.Person bob = post.person();
        assertTrue(post.jmap.download(bob.login, bob.account, blob).isEmpty());
        assertTrue(post.jmap.download(bob.login, ann.account, blob).isEmpty());
    }

    @Test
    void anUploadThatIsTooLargeIsRefused() throws Exception {
        Post.Person ann = post.person();
        var endless = new ByteArrayInputStream(new byte[(1 << 20) + 1]);
        assertEquals(413, post.jmap.upload(ann.login, ann.account, null, -1, endless).status());
        assertEquals(
                413, post.jmap.upload(ann.login, ann.account, null, 2 << 20, endless).status());
        assertEquals(404, post.jmap.upload(ann.login, "a999", null, 0, endless).status());
    }

    @Test
    void uploadsGoAfterADay() throws Exception {
        Post.Person ann = post.person();
        String blob = ann.upload("text/plain", "gone tomorrow");
        var before = post.now;
        try {
            post.now = before.plus(Duration.ofHours(23));
            post.store.purge(Duration.ofDays(1), Duration.ofMinutes(10));
            assertTrue(post.jmap.download(ann.login, ann.account, blob).isPresent());
            post.now = before.plus(Duration.ofHours(25));
            post.store.purge(Duration.ofDays(1), Duration.ofMinutes(10));
            assertTrue(post.jmap.download(ann.login, ann.account, blob).isEmpty());
        } finally {
            post.now = before;
        }
    }

    @Test
    void messagesAndTheirPartsAreBlobs() throws Exception {
        Post.Person ann = post.person();
        long email =
                ann.deliver(
                        """
                        Subject: two parts
                        Content-Type: multipart/mixed; boundary=b

                        --b

                        Hello
                        --b
                        Content-Type: application/pdf
                        Content-Transfer-Encoding: base64

                        SGkh
                        --b--
                        """);
        assertEquals("Hi!", text(ann, "B" + email + "-2"));
        assertEquals("Hello", text(ann, "B" + email + "-1"));
        assertTrue(text(ann, "B" + email).startsWith("Subject: two parts\r\n"));
        assertTrue(post.jmap.download(ann.login, ann.account, "B" + email + "-3").isEmpty());
    }

    @Test
    void whoWatchesIsToldAfterACommit() throws Exception {
        Post.Person ann = post.person();
        try (Watch all = post.jmap.watch(ann.login, null);
                Watch submissions = post.jmap.watch(ann.login, Set.of("EmailSubmission"))) {
            assertNull(all.poll());
            ann.deliver("Subject: news\n\nHello\n");
            ObjectNode change = all.next(Duration.ofSeconds(20));
            assertEquals("StateChange", change.get("@type").stringValue());
            assertEquals(
                    Long.toString(ann.boxes.modSeq()),
                    change.at("/changed/" + ann.account + "/Email").stringValue());
            assertNull(all.poll());
            assertNull(submissions.poll());
        }
    }

    private static String text(Post.Person ann, String blobId) throws IOException {
        Download download = post.jmap.download(ann.login, ann.account, blobId).orElseThrow();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        download.writeTo(out, 0, download.size());
        download.writeTo(OutputStream.nullOutputStream(), download.size(), 0);
        return out.toString(StandardCharsets.UTF_8);
    }
}
