package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Letters that another host takes and that come back, as `yubin trace` tells of them.
class ErrorMailTest {
    @TempDir Path folder;
    private TestOffice office;
    private ScriptedHost host;

    @BeforeEach
    void open() throws Exception {
        office = new TestOffice(folder);
        host = new ScriptedHost(Map.of("nobody", "550 5.1.1 User unknown"));
        office.order("route add", "domain", "far.example", "host", "127.0.0.1:" + host.port());
    }

    @AfterEach
    void close() throws Exception {
        office.close();
        host.close();
    }

    /// Submits a letter of ann's; its queue id.
    static String submit(TestOffice office, String... to) throws IOException {
        try (Peer peer = new Peer(office.at(Service.SUBMISSION))) {
            peer.reply();
            peer.smtp("EHLO laptop.example", "250");
            peer.smtp("AUTH PLAIN " + Caller.plain("ann@example.com", "orange"), "235");
            peer.smtp("MAIL FROM:<ann@example.com>", "250");
            for (String recipient : to) peer.smtp("RCPT TO:<" + recipient + ">", "250");
            peer.smtp("DATA", "354");
            peer.send("From: ann@example.com\r\nSubject: far\r\n\r\nHello\r\n");
            return peer.smtp(".", "250").replaceAll("^.* accepted as ", "");
        }
    }

    /// Waits until the journey of a letter has such a step, and returns it.
    static JsonNode step(TestOffice office, String id, String what) throws Exception {
        JsonNode letter = null;
        for (int i = 0; i < 1200; i++) {
            letter = office.order("trace", "what", id).path(0);
            for (JsonNode step : letter.path("steps")) {
                if (step.path("what").asString().equals(what)) return step;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no step \"" + what + "\" in " + letter);
    }

    @Test
    void aRefusalIsExplainedInItsJourney() throws Exception {
        String id = submit(office, "nobody@far.example");
        JsonNode why = step(office, id, "failed").path("explanation");
        assertEquals("userunknown", why.path("reason").asString());
        assertTrue(why.path("hard").asBoolean());
        assertEquals("address", why.path("step").asString());
        assertTrue(why.path("ja").path("happened").asString().contains("「nobody@far.example」"));
        assertTrue(why.path("en").path("happened").asString().contains("nobody@far.example"));
    }

    @Test
    void anAddressThatDoesNotExistIsListedUntilItIsForgotten() throws Exception {
        String id = submit(office, "nobody@far.example");
        step(office, id, "failed");
        JsonNode bounced = office.order("trace", "what", id).path(0).path("bounced").path(0);
        assertEquals("nobody@far.example", bounced.path("address").asString());
        JsonNode list = office.order("account bounced", "address", "ann@example.com");
        assertEquals(bounced, list.path(0));
        String forget = "nobody@far.example";
        office.order("account bounced", "address", "ann@example.com", "forget", forget);
        assertEquals(0, office.order("account bounced", "address", "ann@example.com").size());
    }

    @Test
    void aLetterThatCameBackIsExplainedInItsJourney() throws Exception {
        String id = submit(office, "dan@far.example");
        step(office, id, "sent");
        String notice =
                """
                From: MAILER-DAEMON@far.example
                Subject: Undelivered Mail Returned to Sender
                Content-Type: multipart/report; report-type=delivery-status; boundary=x

                --x
                Content-Type: message/delivery-status

                Reporting-MTA: dns; far.example

                Final-Recipient: rfc822; dan@far.example
                Action: failed
                Status: 5.2.2
                Diagnostic-Code: smtp; 552 5.2.2 Mailbox full
                --x
                Content-Type: text/rfc822-headers

                Received: from laptop.example by mail.example.com with ESMTPA id %s
                --x--
                """
                        .formatted(id)
                        .replace("\n", "\r\n");
        String reply =
                Peer.deliver(office.at(Service.SMTP), "", "ann@example.com", notice + "\r\n");
        assertTrue(reply.startsWith("250"), reply);
        JsonNode step = step(office, id, "came_back");
        assertEquals("mailboxfull", step.path("explanation").path("reason").asString());
        assertEquals("call", step.path("explanation").path("step").asString());
        String bounce = step.path("letter").asString();
        assertEquals(id, step(office, bounce, "about").path("said").asString());

        String japanese = shown(office.order("trace", "what", id, "lang", "ja"));
        assertTrue(japanese.contains("came_back"), japanese);
        assertTrue(japanese.contains("「dan@far.example」のメールボックスがいっぱいです。"), japanese);
        String english = shown(office.order("trace", "what", id, "lang", "en"));
        assertTrue(english.contains("The mailbox of dan@far.example is full. "), english);
    }

    private static String shown(JsonNode answer) {
        StringWriter out = new StringWriter();
        Tables.print(new PrintWriter(out, true), answer);
        return out.toString();
    }
}
