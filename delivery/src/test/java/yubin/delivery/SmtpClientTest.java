package yubin.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.directory.Route;
import yubin.dns.Mx;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.ReversePath;

/// Conversations with other post offices, as the other side hears them.
class SmtpClientTest {
    private static final String START =
            """
            S: 220 mx.example.org ESMTP
            C: EHLO mail.example.com
            """;

    @TempDir Path folder;

    private Town town(Scripted server) throws Exception {
        return new Town(folder, server.port()).host("example.org");
    }

    @Test
    void aLetterIsCarriedWithPipelining() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + """
                                        S: 250-mx.example.org
                                        S: 250-SIZE 1000000
                                        S: 250-8BITMIME
                                        S: 250 PIPELINING
                                        C: MAIL FROM:<> SIZE=59
                                        C: RCPT TO:<dan@example.org>
                                        C: DATA
                                        S: 250 2.1.0 OK
                                        S: 250 2.1.5 OK
                                        S: 354 go on
                                        C: <message>
                                        S: 250 2.0.0 queued as 42
                                        C: QUIT
                                        S: 221 bye
                                        """);
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id));
            assertEquals(List.of(Town.TEXT), server.messages);
            assertEquals(List.of("SENT 250 2.0.0 queued as 42"), town.steps(id));
            assertTrue(town.transcript.contains("C: MAIL FROM:<> SIZE=59"));
        }
    }

    @Test
    void dotsAtTheStartOfLinesAreDoubledAndAnUnfinishedLineIsFinished() throws Exception {
        try (Scripted server = new Scripted(null, START + plain("250 OK"));
                Town town = town(server)) {
            town.send("Subject: dots\r\n\r\n.\r\n..two\r\nmid.dle\r\n.end", "dan@example.org");
            town.carry();
            assertEquals(
                    List.of("Subject: dots\r\n\r\n..\r\n...two\r\nmid.dle\r\n..end\r\n"),
                    server.messages);
        }
    }

    private static String plain(String last) {
        return """
               S: 250 mx.example.org
               C: MAIL FROM:<>
               S: 250 OK
               C: RCPT TO:<dan@example.org>
               S: 250 OK
               C: DATA
               S: 354 go on
               C: <message>
               S: %s
               C: QUIT
               S: 221 bye
               """
                .replace("%s", last);
    }

    @Test
    void aServerWithoutEhloIsGreetedWithHelo() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + "S: 502 what?\nC: HELO mail.example.com\n"
                                        + plain("250 OK"));
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id));
        }
    }

    @Test
    void eachRecipientHasItsOwnOutcome() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + """
                                        S: 250-mx
                                        S: 250 PIPELINING
                                        C: MAIL FROM:<>
                                        C: RCPT TO:<a@example.org>
                                        C: RCPT TO:<b@example.org>
                                        C: RCPT TO:<c@example.org>
                                        C: DATA
                                        S: 250 OK
                                        S: 250 OK
                                        S: 550 5.1.1 unknown
                                        S: 450 4.2.2 full
                                        S: 354 go on
                                        C: <message>
                                        S: 250 OK
                                        C: QUIT
                                        S: 221 bye
                                        """);
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "a@example.org", "b@example.org", "c@example.org");
            town.carry();
            assertEquals(
                    List.of(
                            "SENT 250 OK",
                            "FAILED 550 5.1.1 unknown",
                            "DROPPED the letter has no return address: a bounce is never bounced",
                            "DEFERRED 450 4.2.2 full"),
                    town.steps(id));
        }
    }

    @Test
    void aPipelinedDataWithoutRecipientsIsEndedEmpty() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + """
                                        S: 250-mx
                                        S: 250 PIPELINING
                                        C: MAIL FROM:<>
                                        C: RCPT TO:<dan@example.org>
                                        C: DATA
                                        S: 250 OK
                                        S: 550 no
                                        S: 354 go on
                                        C: <message>
                                        S: 554 no valid recipients
                                        C: QUIT
                                        S: 221 bye
                                        """);
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals(List.of(""), server.messages);
            assertEquals("FAILED 550 no", town.steps(id).getFirst());
        }
    }

    @Test
    void severalLettersGoOverOneConnection() throws Exception {
        String letter =
                """
                C: MAIL FROM:<>
                S: 250 OK
                C: RCPT TO:<dan@example.org>
                S: 250 OK
                C: DATA
                S: 354 go on
                C: <message>
                S: 250 OK
                """;
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + "S: 250 mx\n"
                                        + letter.repeat(3)
                                        + "C: QUIT\nS: 221 bye\n");
                Town town = town(server)) {
            for (int i = 0; i < 3; i++) town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals(3, server.messages.size());
            assertEquals(1, server.connections.get());
        }
    }

    @Test
    void silenceAfterTheFinalDotIsUncertainAndTriedAgainWithTheSameMessageId() throws Exception {
        String upTo =
                """
                S: 250 mx
                C: MAIL FROM:<>
                S: 250 OK
                C: RCPT TO:<dan@example.org>
                S: 250 OK
                C: DATA
                S: 354 go on
                C: <message>
                """;
        try (Scripted server =
                        new Scripted(
                                null,
                                START + upTo + "X: silence\n",
                                START + upTo + "X: close\n",
                                START + upTo + "S: nonsense\n",
                                START + upTo + "S: 250 OK\nC: QUIT\nS: 221 bye\n");
                Town town = town(server)) {
            town.timeouts = Town.QUICK;
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            for (int i = 0; i < 3; i++) {
                town.carry();
                assertEquals("uncertain", town.left(id).state());
                town.pass(Duration.ofMinutes(15));
            }
            town.carry();
            assertTrue(town.isGone(id));
            assertEquals(4, server.messages.size());
            assertEquals(1, Set.copyOf(server.messages).size());
            assertTrue(
                    town.steps(id)
                            .getFirst()
                            .startsWith("UNCERTAIN 451 4.4.2 no reply after the message was sent"),
                    town.steps(id).toString());
        }
    }

    @Test
    void hostileRepliesEndTheVisitAndNothingElse() throws Exception {
        List<String> bad =
                List.of(
                        "X: endless",
                        "X: flood",
                        "S: 999 no such code",
                        "S: 25",
                        "S: HTTP/1.1 200 OK",
                        "S: 220x",
                        "X: close",
                        "X: silence");
        String[] scripts = bad.stream().map(line -> line + "\nX: close\n").toArray(String[]::new);
        try (Scripted server = new Scripted(null, scripts);
                Town town = town(server)) {
            town.timeouts = Town.QUICK;
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            for (int i = 0; i < bad.size(); i++) {
                town.carry();
                assertEquals("waiting", town.left(id).state(), bad.get(i));
                assertEquals(i + 1, town.left(id).attempts(), bad.get(i));
                assertTrue(town.left(id).reply().length() < 700, town.left(id).reply());
                town.pass(Duration.ofMinutes(195));
            }
        }
    }

    @Test
    void controlCharactersOfAReplyDoNotReachTheJourney() throws Exception {
        try (Scripted server = new Scripted(null, START + plain("550 5.7.1 \u001b[31mred\u0007"));
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals("FAILED 550 5.7.1 ?[31mred?", town.steps(id).getFirst());
        }
    }

    @Test
    void tlsIsUsedWhereItIsOffered() throws Exception {
        try (Scripted server =
                        new Scripted(
                                folder,
                                START
                                        + """
                                        S: 250-mx
                                        S: 250 STARTTLS
                                        C: STARTTLS
                                        S: 220 go
                                        X: tls
                                        C: EHLO mail.example.com
                                        """
                                        + plain("250 OK"));
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id), town.transcript.toString());
            assertTrue(
                    town.transcript.stream().anyMatch(line -> line.startsWith("(TLS: TLSv1.3")),
                    town.transcript.toString());
        }
    }

    @Test
    void aBrokenHandshakeIsFollowedByOneTryInTheClear() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + """
                                        S: 250-mx
                                        S: 250 STARTTLS
                                        C: STARTTLS
                                        S: 220 go
                                        S: this is no TLS
                                        X: close
                                        """,
                                START + "S: 250-mx\nS: 250-STARTTLS\n" + plain("250 OK"));
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id), town.transcript.toString());
            assertEquals(2, server.connections.get());
        }
    }

    @Test
    void theNextHostIsTriedWhenTheFirstIsDown() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        try (Scripted server = new Scripted(null, START + plain("250 OK"));
                Town town = town(server)) {
            // 127.0.0.2 has nobody at this port.
            town.mx.put(
                    "example.org",
                    Town.answer(
                            List.of(new Mx(5, "down.example.org"), new Mx(10, "mx.example.org"))));
            town.addresses.put("down.example.org", "127.0.0.2");
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id));
            assertTrue(closed > 0);
        }
    }

    @Test
    void nobodyListeningIsToldInPlainWords() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        try (Town town = new Town(folder, closed).host("example.org")) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals(
                    "451 4.4.1 the host mx.example.org[127.0.0.1]:"
                            + closed
                            + " refused the connection",
                    town.left(id).reply());
        }
    }

    @Test
    void wishesForNoticesArePassedOnWhereDsnIsKnown() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + """
                                        S: 250-mx
                                        S: 250 DSN
                                        C: MAIL FROM:<ann@example.com> RET=HDRS ENVID=a+2Bb+20c
                                        S: 250 OK
                                        C: RCPT TO:<dan@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;dan+2Bx@example.org
                                        S: 250 OK
                                        C: DATA
                                        S: 354 go on
                                        C: <message>
                                        S: 250 OK
                                        C: QUIT
                                        S: 221 bye
                                        """);
                Town town = town(server)) {
            Recipient recipient =
                    new Recipient(
                            Address.of("dan@example.org"),
                            Set.of(Recipient.Notify.SUCCESS, Recipient.Notify.DELAY),
                            "rfc822;dan+x@example.org");
            QueueId id =
                    town.send(
                            Town.TEXT,
                            new Envelope(
                                    ReversePath.of(Address.of("ann@example.com")),
                                    List.of(recipient),
                                    Envelope.Body.SEVEN_BIT,
                                    false,
                                    Envelope.Ret.HDRS,
                                    "a+b c"));
            town.carry();
            assertTrue(town.isGone(id));
        }
    }

    @Test
    void aMessageThatIsTooLargeIsNotEvenOffered() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null, START + "S: 250-mx\nS: 250 SIZE 10\nC: QUIT\nS: 221 bye\n");
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(
                    town.steps(id).getFirst().startsWith("FAILED 552 5.3.4"),
                    town.steps(id).toString());
        }
    }

    private static final String EIGHT_BIT =
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    + "Content-Transfer-Encoding: 8bit\r\n\r\n会議は三時から。\r\n";

    @Test
    void eightBitTextIsEncodedForAHopWithout8BitMimeAndSizeTellsWhatIsSent() throws Exception {
        byte[] seven = yubin.mime.Downgrade.toSevenBit(EIGHT_BIT.getBytes(StandardCharsets.UTF_8));
        String sent = new String(seven, StandardCharsets.US_ASCII);
        assertFalse(sent.contains("8bit"), sent);
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + "S: 250-mx\nS: 250 SIZE 1000\n"
                                        + "C: MAIL FROM:<> SIZE=%d\n".formatted(seven.length)
                                        + rest(),
                                START
                                        + "S: 250-mx\nS: 250 SIZE %d\n".formatted(seven.length - 1)
                                        + "C: QUIT\nS: 221 bye\n",
                                START
                                        + "S: 250-mx\nS: 250-SIZE 1000\nS: 250 8BITMIME\n"
                                        + "C: MAIL FROM:<> SIZE=%d BODY=8BITMIME\n"
                                                .formatted(
                                                        EIGHT_BIT.getBytes(StandardCharsets.UTF_8)
                                                                .length)
                                        + rest());
                Town town = town(server)) {
            QueueId id = town.send(EIGHT_BIT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id), town.steps(id).toString());
            QueueId tooLarge = town.send(EIGHT_BIT, "dan@example.org");
            town.carry();
            assertTrue(town.steps(tooLarge).getFirst().startsWith("FAILED 552 5.3.4"));
            id = town.send(EIGHT_BIT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id), town.steps(id).toString());
            assertEquals(List.of(sent, EIGHT_BIT), server.messages);
        }
    }

    @Test
    void aBinaryBodyGoesByBdatWhereBinaryMimeIsKnownAndAsBase64Elsewhere() throws Exception {
        String binary =
                "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
                        + "Content-Transfer-Encoding: binary\r\n\r\na\0b\r\n";
        Envelope envelope =
                new Envelope(
                        ReversePath.NULL,
                        List.of(Recipient.of(Address.of("dan@example.org"))),
                        Envelope.Body.BINARY_MIME,
                        false,
                        null,
                        null);
        try (Scripted server =
                        new Scripted(
                                null,
                                START + "S: 250-mx\nS: 250 8BITMIME\nC: MAIL FROM:<>\n" + rest(),
                                START
                                        + "S: 250-mx\nS: 250-CHUNKING\nS: 250 BINARYMIME\n"
                                        + "C: MAIL FROM:<> BODY=BINARYMIME\nS: 250 OK\n"
                                        + "C: RCPT TO:<dan@example.org>\nS: 250 OK\n"
                                        + "C: BDAT %d LAST\n".formatted(binary.length())
                                        + "C: MIME-Version: 1.0\n"
                                        + "C: Content-Type: application/octet-stream\n"
                                        + "C: Content-Transfer-Encoding: binary\nC: \n"
                                        + "C: a\0b\nS: 250 OK\nC: QUIT\nS: 221 bye\n");
                Town town = town(server)) {
            QueueId id = town.send(binary, envelope);
            town.carry();
            assertTrue(town.isGone(id), town.steps(id).toString());
            assertTrue(
                    server.messages.getFirst().contains("base64\r\n"), server.messages::getFirst);
            id = town.send(binary, envelope);
            town.carry();
            assertTrue(town.isGone(id), town.steps(id).toString());
        }
    }

    /// From the reply to MAIL to the end.
    private static String rest() {
        return plain("250 OK").lines().skip(2).reduce("", (a, b) -> a + b + "\n");
    }

    @Test
    void anAddressThatNeedsSmtpUtf8FailsWhereItIsNotKnownAndEightBitHeadersGoAsTheyCame()
            throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START + "S: 250-mx\nS: 250 8BITMIME\nC: QUIT\nS: 221 bye\n",
                                START
                                        + "S: 250-mx\nS: 250 8BITMIME\n"
                                        + "C: MAIL FROM:<> BODY=8BITMIME\n"
                                        + plain("250 OK")
                                                .lines()
                                                .skip(2)
                                                .reduce("", (a, b) -> a + b + "\n"),
                                START
                                        + "S: 250-mx\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n"
                                        + "C: MAIL FROM:<> SMTPUTF8\nS: 250 OK\n"
                                        + "C: RCPT TO:<太郎@example.org>\nS: 250 OK\n"
                                        + "C: DATA\nS: 354 go\nC: <message>\nS: 250 OK\n"
                                        + "C: QUIT\nS: 221 bye\n");
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "太郎@example.org");
            town.carry();
            assertTrue(town.steps(id).getFirst().startsWith("FAILED 553 5.6.7"));
            QueueId header = town.send("Subject: 会議 🎉\r\n\r\nx\r\n", "dan@example.org");
            town.carry();
            assertTrue(town.isGone(header), town.steps(header).toString());
            id = town.send(Town.TEXT, "太郎@example.org");
            town.carry();
            assertTrue(town.isGone(id));
            assertEquals("SENT 250 OK", town.steps(id).getFirst());
        }
    }

    @Test
    void aRouteWithALoginLogsIn() throws Exception {
        String login = java.util.Base64.getEncoder().encodeToString("\0user\0secret".getBytes());
        try (Scripted server =
                        new Scripted(
                                null,
                                START
                                        + "S: 250-mx\nS: 250 AUTH PLAIN LOGIN\n"
                                        + ("C: AUTH PLAIN " + login + "\nS: 235 2.7.0 welcome\n")
                                        + plain("250 OK")
                                                .lines()
                                                .skip(1)
                                                .reduce("", (a, b) -> a + b + "\n"),
                                START
                                        + "S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\n"
                                        + "S: 334 VXNlcm5hbWU6\nC: dXNlcg==\n"
                                        + "S: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\n"
                                        + "S: 535 5.7.8 wrong\nC: QUIT\nS: 221 bye\n");
                Town town = town(server)) {
            town.routes.put(
                    "example.org",
                    new Route(
                            Domain.of("example.org"),
                            "127.0.0.1",
                            server.port(),
                            "user",
                            "secret"));
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id));
            assertFalse(town.transcript.stream().anyMatch(line -> line.contains(login)));
            id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals("454 4.7.8 login refused: 535 5.7.8 wrong", town.left(id).reply());
        }
    }

    @Test
    void aServerThatClosesWith421IsComeBackTo() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                "S: 421 4.3.2 busy\nC: QUIT\n",
                                START
                                        + "S: 250 mx\nC: MAIL FROM:<>\nS: 421 4.3.2 closing\n"
                                        + "X: close\n");
                Town town = town(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals("421 4.3.2 busy", town.left(id).reply());
            town.pass(Duration.ofMinutes(5));
            town.carry();
            assertEquals("421 4.3.2 closing", town.left(id).reply());
        }
    }

    @Test
    void aLargeMessageIsStreamed() throws Exception {
        String text = "Subject: large\r\n\r\n" + "0123456789 a line of text.\r\n".repeat(40_000);
        try (Scripted server = new Scripted(null, START + plain("250 OK"));
                Town town = town(server)) {
            QueueId id = town.send(text, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id));
            assertEquals(text, server.messages.getFirst());
        }
    }

    private static final String SMALL = START + "S: 250-mx\nS: 250 SIZE 10\nC: QUIT\nS: 221 bye\n";

    /// Three hosts for example.org: two of the same preference, one behind them.
    private Town threeHosts(Scripted server) throws Exception {
        Town town = new Town(folder, server.port());
        town.mx.put(
                "example.org",
                Town.answer(
                        List.of(
                                new Mx(10, "a.example.org"),
                                new Mx(10, "b.example.org"),
                                new Mx(20, "c.example.org"))));
        for (String name : List.of("a", "b", "c")) {
            town.addresses.put(name + ".example.org", "127.0.0.1");
        }
        return town;
    }

    @Test
    void aLetterTooLargeForOneHostIsTakenByTheNext() throws Exception {
        String atMail =
                START
                        + "S: 250-mx\nS: 250 SIZE\nC: MAIL FROM:<> SIZE=59\n"
                        + "S: 552 5.3.4 more than I take\nC: QUIT\nS: 221 bye\n";
        try (Scripted server = new Scripted(null, SMALL, atMail, START + plain("250 OK"));
                Town town = threeHosts(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals(List.of("SENT 250 OK"), town.steps(id));
            assertEquals(List.of(Town.TEXT), server.messages);
        }
    }

    @Test
    void aHostThatFindsALetterTooLargeAfterItsDotIsPassedOverToo() throws Exception {
        try (Scripted server =
                        new Scripted(
                                null,
                                START + plain("552 5.3.4 more than I take"),
                                START + plain("250 OK"));
                Town town = threeHosts(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertEquals(List.of("SENT 250 OK"), town.steps(id));
        }
    }

    @Test
    void aFullBoxIsTheAnswerAndNoOtherHostIsAsked() throws Exception {
        try (Scripted server = new Scripted(null, START + plain("552 5.2.2 this box is full"));
                Town town = threeHosts(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id));
            assertEquals(1, server.connections.get());
        }
    }

    @Test
    void aLetterTooLargeForAllHostsComesBack() throws Exception {
        try (Scripted server = new Scripted(null, SMALL, SMALL, SMALL);
                Town town = threeHosts(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertTrue(town.isGone(id));
            assertEquals(3, server.connections.get());
            assertTrue(town.steps(id).getFirst().contains("552 5.3.4"), town.steps(id).toString());
        }
    }

    @Test
    void whileOneHostIsDownALetterTooLargeForTheOthersWaits() throws Exception {
        try (Scripted server = new Scripted(null, SMALL, "S: 421 busy", SMALL);
                Town town = threeHosts(server)) {
            QueueId id = town.send(Town.TEXT, "dan@example.org");
            town.carry();
            assertFalse(town.isGone(id));
        }
    }

    @Test
    void aHostWithoutSmtpUtf8IsPassedOver() throws Exception {
        String bare = START + "S: 250-mx\nS: 250 8BITMIME\nC: QUIT\nS: 221 bye\n";
        String able =
                START
                        + "S: 250-mx\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n"
                        + "C: MAIL FROM:<> SMTPUTF8\nS: 250 OK\n"
                        + "C: RCPT TO:<花子@example.org>\nS: 250 OK\n"
                        + "C: DATA\nS: 354 go on\nC: <message>\nS: 250 OK\nC: QUIT\nS: 221 bye\n";
        try (Scripted server = new Scripted(null, bare, able);
                Town town = threeHosts(server)) {
            QueueId id = town.send(Town.TEXT, "花子@example.org");
            town.carry();
            assertEquals(List.of("SENT 250 OK"), town.steps(id));
        }
    }
}
