package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Letters through a whole post office: what one room writes another reads.
class PostOfficeTest {
    private static final String LETTER = "From: cat@example.net\r\nSubject: x\r\n\r\nHello\r\n";

    @TempDir Path folder;
    private TestOffice office;

    @BeforeEach
    void open() throws Exception {
        office = new TestOffice(folder);
    }

    @AfterEach
    void close() {
        office.close();
    }

    @Test
    void theLinesOfACopyArePartOfItsHeader() throws Exception {
        deliver("Ben+tag@EXAMPLE.com");
        try (Peer peer = ben()) {
            peer.imap("SELECT INBOX");
            String header = fetched(peer, "BODY.PEEK[HEADER]");
            assertTrue(
                    header.startsWith("Return-Path: <cat@example.net>\r\nDelivered-To: "), header);
            assertTrue(header.endsWith("Subject: x\r\n\r\n"), header);
            assertEquals("Hello\r\n", fetched(peer, "BODY.PEEK[TEXT]"));
            assertEquals("Hello\r\n", fetched(peer, "BODY.PEEK[1]"));
            String to = fetched(peer, "BODY.PEEK[HEADER.FIELDS (DELIVERED-TO SUBJECT)]");
            assertTrue(to.startsWith("Delivered-To: "), to);
            assertTrue(to.toLowerCase(java.util.Locale.ROOT).contains("ben+tag@example.com"), to);
            assertTrue(to.endsWith("Subject: x\r\n\r\n"), to);
            assertEquals(
                    header + "Hello\r\n", fetched(peer, "BODY.PEEK[]"), "the parts are the whole");
        }
    }

    @Test
    void anIdleReaderIsToldWithin100Milliseconds() throws Exception {
        deliver("ben@example.com"); // warm
        try (Peer peer = ben()) {
            peer.imap("SELECT INBOX");
            peer.say("i IDLE");
            assertTrue(peer.hear().startsWith("+"));
            long fastest = Long.MAX_VALUE;
            for (int i = 2; i <= 6; i++) {
                deliver("ben@example.com");
                long accepted = System.nanoTime();
                String line = peer.hear();
                while (!line.endsWith(i + " EXISTS")) line = peer.hear();
                fastest = Math.min(fastest, System.nanoTime() - accepted);
            }
            assertTrue(TimeUnit.NANOSECONDS.toMillis(fastest) < 100, fastest + " ns");
        }
    }

    @Test
    void aliasesCatchAllAndPostmasterLeadHome() throws Exception {
        office.order(
                "alias add",
                "alias",
                "all@example.com",
                "targets",
                List.of("ann@example.com", "ben@example.com"));
        deliver("all@example.com");
        assertEquals(1, office.messages("ann@example.com", "orange"));
        assertEquals(1, office.messages("ben@example.com", "lemon"));
        assertTrue(reply("who@example.com").startsWith("550 5.1.1"));
        office.order("alias add", "alias", "@example.com", "targets", List.of("ben@example.com"));
        deliver("who@example.com");
        assertEquals(2, office.messages("ben@example.com", "lemon"));
        office.order("alias remove", "alias", "@example.com");
        office.order("account add", "address", "root@example.com", "password", "x", "admin", true);
        deliver("PostMaster");
        deliver("postMASTER@example.com");
        assertEquals(2, office.messages("root@example.com", "x"));
        assertTrue(reply("ann@example.org").startsWith("550 5.7.1"));
    }

    @Test
    void aFullBoxIsToldAtTheDoorAndOthersAreServed() throws Exception {
        office.order("account add", "address", "tiny@example.com", "password", "x", "quota", 2000L);
        String big = "Subject: big\r\n\r\n" + "0123456789\r\n".repeat(150);
        String first =
                Peer.deliver(office.at(Service.SMTP), "cat@example.net", "tiny@example.com", big);
        String second =
                Peer.deliver(office.at(Service.SMTP), "cat@example.net", "tiny@example.com", big);
        assertTrue((first + second).contains("452 4.2.2"), first + " / " + second);
        deliver("ben@example.com");
    }

    @Test
    void theJourneyTellsWhereALetterIs() throws Exception {
        deliver("ben@example.com");
        JsonNode letters = office.order("trace", "what", "ben@example.com");
        assertEquals(1, letters.size());
        JsonNode steps = letters.path(0).path("steps");
        assertEquals("accepted", steps.path(0).path("what").asString());
        assertEquals("stored", steps.path(1).path("what").asString());
        assertEquals("INBOX", steps.path(1).path("where").asString());
        assertEquals(letters, office.order("trace", "what", letters.path(0).path("id").asString()));
    }

    @Test
    void aLetterForAnUnreachablePlaceWaitsAndObeysOrders() throws Exception {
        office.order("route add", "domain", "far.example", "host", "127.0.0.1:1");
        try (Peer peer = new Peer(office.at(Service.SUBMISSION))) {
            peer.reply();
            peer.smtp("EHLO laptop.example", "250");
            peer.smtp("AUTH PLAIN " + Caller.plain("ann@example.com", "orange"), "235");
            peer.smtp("MAIL FROM:<ann@example.com>", "250");
            peer.smtp("RCPT TO:<dan@far.example>", "250");
            peer.smtp("DATA", "354");
            peer.send("From: ann@example.com\r\nSubject: far\r\n\r\nHello\r\n");
            peer.smtp(".", "250");
        }
        JsonNode row = office.order("queue list").path(0);
        String id = row.path("id").asString();
        assertEquals("dan@far.example", row.path("to").asString());
        office.order("queue hold", "ids", List.of(id));
        assertEquals("held", office.order("queue list").path(0).path("state").asString());
        office.order("queue release", "ids", List.of(id));
        office.order("queue bounce", "ids", List.of(id));
        long until = System.nanoTime() + 10_000_000_000L;
        while (office.order("queue list").size() > 0 && System.nanoTime() < until) Thread.sleep(20);
        assertEquals(0, office.order("queue list").size());
        assertEquals(1, office.messages("ann@example.com", "orange"), "the bounce");
    }

    @Test
    void whatIsAppendedIsReadBackByteForByte() throws Exception {
        String odd = "Subject: \u00ff\u0001\r\nno colon here\r\n\r\n\u0000\u0080bytes\rbare\nends";
        byte[] octets = odd.getBytes(StandardCharsets.ISO_8859_1);
        try (Peer peer = ben()) {
            assertTrue(peer.imap("APPEND INBOX", octets, "").ok());
            peer.imap("SELECT INBOX");
            assertEquals(odd, fetched(peer, "BODY.PEEK[]"));
        }
    }

    private Peer ben() throws IOException {
        return Peer.reader(office.at(Service.IMAP), "ben@example.com", "lemon");
    }

    /// The literal of the one FETCH answer.
    private static String fetched(Peer peer, String item) throws IOException {
        String line = peer.imap("FETCH 1 " + item).untagged().getFirst();
        return line.substring(line.indexOf('}') + 1, line.lastIndexOf(')'));
    }

    private void deliver(String to) throws IOException {
        String reply = reply(to);
        assertTrue(reply.startsWith("250"), reply);
    }

    private String reply(String to) throws IOException {
        return Peer.deliver(office.at(Service.SMTP), "cat@example.net", to, LETTER);
    }
}
