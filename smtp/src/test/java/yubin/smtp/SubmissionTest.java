package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.directory.Account;
import yubin.directory.Login;
import yubin.directory.Step;
import yubin.directory.Use;
import yubin.directory.Visitor;
import yubin.wire.Patience;
import yubin.wire.Wire;

/// What people here meet when they send.
class SubmissionTest {
    @TempDir static Path folder;
    static House house;

    @BeforeAll
    static void build() throws IOException {
        house = new House(folder);
    }

    @AfterAll
    static void demolish() throws IOException {
        house.close();
    }

    private static void plays(String script) {
        Transcript.play(house.door(Smtp.Kind.SUBMISSION), script);
    }

    /// Plays over a connection from 127.0.0.1, where passwords may pass in the clear.
    private static void asAnn(String script) {
        house.plaintext = Smtp.Plaintext.LOOPBACK;
        Wire.Pair pair =
                Wire.pair(
                        new InetSocketAddress("127.0.0.1", 40000),
                        new InetSocketAddress("127.0.0.1", 587));
        Transcript.play(
                house.door(Smtp.Kind.SUBMISSION),
                pair,
                HELLO
                        + "S: 250-STARTTLS\n"
                        + "S: 250-AUTH SCRAM-SHA-256 PLAIN LOGIN\n"
                        + REST
                        + "C: AUTH PLAIN "
                        + plain("ann@example.com", "secret")
                        + "\nS: 235 2.7.0 logged in\n"
                        + script);
        house.plaintext = Smtp.Plaintext.NEVER;
    }

    private static final String HELLO =
            """
            S: 220 mx.example.com ESMTP Yubin
            C: EHLO [192.0.2.1]
            S: 250-mx.example.com
            S: 250-PIPELINING
            S: 250-SIZE 1048576
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250-CHUNKING
            S: 250-BINARYMIME
            S: 250-ENHANCEDSTATUSCODES
            S: 250-DSN
            """;
    private static final String REST =
            """
            S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
            S: 250 HELP
            """;

    private static String plain(String name, String password) {
        return base64("\0" + name + "\0" + password);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String last(List<String> letters) {
        return letters.getLast();
    }

    @Test
    void withoutTlsAPasswordIsRefusedBeforeItIsLookedAt() {
        plays(
                HELLO
                        + "S: 250-STARTTLS\nS: 250-AUTH SCRAM-SHA-256\n"
                        + REST
                        + """
                        C: MAIL FROM:<ann@example.com>
                        S: 530 5.7.0 log in first
                        C: AUTH PLAIN AGFubkBleGFtcGxlLmNvbQBzZWNyZXQ=
                        S: 538 5.7.11 not without TLS: STARTTLS first
                        C: AUTH CRAM-MD5
                        S: 504 5.5.4 no such mechanism here
                        C: AUTH
                        S: 501 5.5.4 something is missing at octet 4
                        """);
    }

    @Test
    void aSessionMoreThanTheAccountMayHaveIsSentAway() throws Exception {
        var administration = house.directory.administration();
        administration.setLimits("bob@example.com", new Account.Limits(1, 0, 0));
        Visitor here = new Visitor(InetAddress.getLoopbackAddress(), Use.SUBMISSION, null);
        Login bob = ((Step.Done) house.directory.login("bob@example.com", "secret", here)).login();
        house.plaintext = Smtp.Plaintext.ALWAYS;
        try (var _ = house.directory.register(bob, () -> {}).orElseThrow()) {
            plays(
                    HELLO
                            + "S: 250-STARTTLS\n"
                            + "S: 250-AUTH SCRAM-SHA-256 PLAIN LOGIN\n"
                            + REST
                            + "C: AUTH PLAIN "
                            + plain("bob@example.com", "secret")
                            + "\nS: 421 4.7.0 mx.example.com too many sessions of yours\n");
        } finally {
            house.plaintext = Smtp.Plaintext.NEVER;
            administration.setLimits("bob@example.com", Account.Limits.DEFAULT);
        }
    }

    @Test
    void afterTlsEveryMechanismIsOffered() throws IOException {
        plays(
                HELLO
                        + "S: 250-STARTTLS\nS: 250-AUTH SCRAM-SHA-256\n"
                        + REST
                        + "C: STARTTLS\nS: 220 2.0.0 begin TLS\nTLS\n"
                        + HELLO.substring(HELLO.indexOf("C:"))
                        + "S: 250-AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\n"
                        + REST
                        + """
                        C: AUTH LOGIN
                        S: 334 VXNlcm5hbWU6
                        C: YW5uQGV4YW1wbGUuY29t
                        S: 334 UGFzc3dvcmQ6
                        C: c2VjcmV0
                        S: 235 2.7.0 logged in
                        C: AUTH LOGIN
                        S: 503 5.5.1 logged in already
                        C: MAIL FROM:<ann@example.com>
                        S: 250 2.1.0 OK
                        C: RCPT TO:<bob@example.com>
                        S: 250 2.1.5 OK
                        C: RCPT TO:<dan@example.org>
                        S: 250 2.1.5 OK
                        C: DATA
                        S: 354 end with <CR><LF>.<CR><LF>
                        C: From: ann@example.com
                        C:
                        C: hello
                        C: .
                        S: 250 2.0.0 accepted as ...
                        """);
        String letter = last(house.inbox("bob@example.com"));
        assertTrue(letter.contains(" with ESMTPSA id "), letter);
        assertTrue(letter.contains("Received: from [192.0.2.1] ([192.0.2.1])\r\n"), letter);
    }

    @Test
    void anExchangeCanBeCancelledAndNonsenseIsRefused() {
        house.plaintext = Smtp.Plaintext.ALWAYS;
        plays(
                HELLO
                        + "S: 250-STARTTLS\nS: 250-AUTH SCRAM-SHA-256 PLAIN LOGIN\n"
                        + REST
                        + """
                        C: AUTH PLAIN
                        S: 334...
                        C: *
                        S: 501 5.7.0 cancelled
                        C: AUTH PLAIN !!!!
                        S: 501 5.5.2 that is no Base64
                        C: AUTH PLAIN =
                        S: 501 5.5.2 ...
                        """
                        + "C: AUTH PLAIN\nS: 334 \nC: "
                        + "A".repeat(12_289)
                        + "\nS: 500 5.5.6 line too long\n"
                        + "C: AUTH PLAIN "
                        + plain("ann@example.com", "wrong")
                        + "\nS: 535 5.7.8 ...\n"
                        + "S: 421 4.7.0 mx.example.com too many failed logins\nEND\n");
        house.plaintext = Smtp.Plaintext.NEVER;
    }

    @Test
    void onlyOnesOwnAddressMayBeWritten() {
        asAnn(
                """
                C: MAIL FROM:<bob@example.com>
                S: 553 5.7.1 not an address of yours: bob@example.com
                C: MAIL FROM:<dan@example.org>
                S: 553 5.7.1 not an address of yours: dan@example.org
                C: MAIL FROM:<ann+shop@example.com>
                S: 250 2.1.0 OK
                C: RCPT TO:<nobody@example.com>
                S: 550 5.1.1 nobody of this name here
                C: RCPT TO:<bob@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: From: Bob <bob@example.com>
                C:
                C: give me your money
                C: .
                S: 553 5.7.1 From is not an address of yours
                C: MAIL FROM:<>
                S: 250 2.1.0 OK
                """);
    }

    @Test
    void everyFromIsLookedAtAndOneTooLargeToReadIsRefused() {
        String begin =
                """
                C: MAIL FROM:<ann@example.com>
                S: 250 2.1.0 OK
                C: RCPT TO:<bob@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: From: ann@example.com
                """;
        asAnn(
                begin
                        + "C: From: bob@example.com\nC:\nC: hello\nC: .\n"
                        + "S: 553 5.7.1 From is not an address of yours\n"
                        + begin
                        + "C: From: (\n"
                        + ("C:  " + "x".repeat(900) + "\n").repeat(80)
                        + "C:  ) bob@example.com\nC:\nC: hello\nC: .\n"
                        + "S: 554 5.6.0 the header is too large to see who writes\n");
    }

    @Test
    void dateAndMessageIdAreAddedAndBccIsTakenOut() throws IOException {
        asAnn(
                """
                C: MAIL FROM:<ann@example.com>
                C: RCPT TO:<bob@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                C: From: ann@example.com
                C: Bcc: dan@example.org,
                C:  eve@example.org
                C: Subject: hi
                C:  there
                C:
                C: body
                C: .
                S: 250 2.0.0 accepted as ...
                """);
        String letter = last(house.bodies("bob@example.com"));
        assertTrue(
                letter.matches(
                        "From: ann@example.com\r\nSubject: hi\r\n there\r\n"
                                + "Date: Wed, 25 Nov 2026 [0-9:]+ [+-]\\d{4}\r\n"
                                + "Message-ID: <[0-9A-Z]{12}@mx.example.com>\r\n"
                                + "\r\nbody\r\n"),
                letter);
    }

    @Test
    void aLetterWithoutAnyHeaderGetsOne() throws IOException {
        asAnn(
                """
                C: MAIL FROM:<ann@example.com>
                C: RCPT TO:<bob@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                C: just text, no header: none
                C: .
                S: 250 2.0.0 accepted as ...
                C: MAIL FROM:<ann@example.com>
                C: RCPT TO:<bob@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                C: date: Wed, 25 Nov 2026 01:00:00 +0000
                C: MESSAGE-ID: <own@example.com>
                C: .
                S: 250 2.0.0 accepted as ...
                """);
        List<String> letters = house.bodies("bob@example.com");
        String first = letters.get(letters.size() - 2);
        assertTrue(first.startsWith("From: ann@example.com\r\nDate: "), first);
        assertTrue(first.endsWith(">\r\n\r\njust text, no header: none\r\n"), first);
        assertEquals(
                "date: Wed, 25 Nov 2026 01:00:00 +0000\r\nMESSAGE-ID: <own@example.com>\r\n"
                        + "From: ann@example.com\r\n",
                last(letters));
    }

    @Test
    void anAccountSendsNoLargerLettersThanItsLimit() {
        var administration = house.directory.administration();
        administration.setLimits("ann@example.com", new Account.Limits(0, 2000, 0));
        asAnn(
                """
                C: EHLO [192.0.2.1]
                S: 250-mx.example.com
                S: 250-PIPELINING
                S: 250-SIZE 2000
                S: 250-8BITMIME
                S: 250-SMTPUTF8
                S: 250-CHUNKING
                S: 250-BINARYMIME
                S: 250-ENHANCEDSTATUSCODES
                S: 250-DSN
                S: 250-STARTTLS
                S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
                S: 250 HELP
                C: MAIL FROM:<ann@example.com> SIZE=2001
                S: 552 5.3.4 letter larger than 2000 octets
                C: MAIL FROM:<ann@example.com>
                S: 250 2.1.0 OK
                C: RCPT TO:<bob@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: From: ann@example.com
                C:
                """
                        + ("C: " + "x".repeat(98) + "\n").repeat(20)
                        + """
                        C: .
                        S: 552 5.3.4 letter larger than 2000 octets
                        C: MAIL FROM:<ann@example.com> SIZE=2000
                        S: 250 2.1.0 OK
                        """);
        administration.setLimits("ann@example.com", Account.Limits.DEFAULT);
    }

    @Test
    void anAccountSendsToNoMoreRecipientsInADayThanItsLimit() {
        var administration = house.directory.administration();
        administration.setLimits("ann@example.com", new Account.Limits(0, 0, 3));
        asAnn(
                """
                C: MAIL FROM:<ann@example.com>
                S: 250 2.1.0 OK
                C: RCPT TO:<bob@example.com>
                S: 250 2.1.5 OK
                C: RCPT TO:<dan@example.org>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: From: ann@example.com
                C:
                C: two
                C: .
                S: 250 2.0.0 accepted as ...
                C: MAIL FROM:<ann@example.com>
                S: 250 2.1.0 OK
                C: RCPT TO:<bob@example.com>
                S: 250 2.1.5 OK
                C: RCPT TO:<dan@example.org>
                S: 452 4.7.1 you may send to 3 recipients in a day: try again in 24 h 1 min
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: From: ann@example.com
                C:
                C: the third
                C: .
                S: 250 2.0.0 accepted as ...
                C: MAIL FROM:<ann@example.com>
                S: 250 2.1.0 OK
                C: RCPT TO:<bob@example.com>
                S: 452 4.7.1 ...
                """);
        administration.setLimits("ann@example.com", Account.Limits.DEFAULT);
    }

    @Test
    void aLetterWithoutAuthorIsOfTheEnvelopesSender() throws IOException {
        String letter = "C: Subject: no author\nC:\nC: hello\nC: .\nS: 250 2.0.0 accepted as ...\n";
        String rest =
                """
                S: 250 2.1.0 OK
                C: RCPT TO:<bob@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                """
                        + letter;
        asAnn("C: MAIL FROM:<ann+shop@example.com>\n" + rest);
        assertTrue(
                last(house.bodies("bob@example.com"))
                        .contains("\r\nFrom: ann+shop@example.com\r\n"));
        asAnn("C: MAIL FROM:<>\n" + rest);
        assertTrue(last(house.bodies("bob@example.com")).contains("\r\nFrom: ann@example.com\r\n"));
        house.sender = Smtp.Sender.ANY;
        asAnn("C: MAIL FROM:<s1@sender.test>\n" + rest);
        house.sender = Smtp.Sender.OWN;
        assertTrue(last(house.bodies("bob@example.com")).contains("\r\nFrom: s1@sender.test\r\n"));
    }

    @Test
    void aFromThatNamesNobodyIsRefused() {
        String begin =
                """
                C: MAIL FROM:<ann@example.com>
                S: 250 2.1.0 OK
                C: RCPT TO:<bob@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                """;
        String refused = "C:\nC: hello\nC: .\nS: 554 5.6.0 From names nobody\n";
        asAnn(begin + "C: From:\n" + refused + begin + "C: From: nobody:;\n" + refused);
    }

    private static void strangers(Duration time, int commands) {
        Smtp.Bounds d = Smtp.Bounds.DEFAULT;
        house.bounds =
                new Smtp.Bounds(
                        d.recipientsMax(),
                        d.messagesMax(),
                        d.mistakesMax(),
                        d.receivedMax(),
                        d.command(),
                        d.line(),
                        d.data(),
                        d.letter(),
                        new Patience.Bounds(time, commands));
    }

    @Test
    void aStrangerHasSoManyCommandsAndSoMuchTimeBeforeItsLogin() {
        String greeting = "S: 220 mx.example.com ESMTP Yubin\n";
        String noop = "C: NOOP\nS: 250 2.0.0 OK\n";
        try {
            strangers(Duration.ofMinutes(5), 3);
            plays(
                    greeting
                            + noop.repeat(3)
                            + "S: 421 4.7.0 mx.example.com too many commands before a login\nEND\n");
            asAnn(noop.repeat(10));
            strangers(Duration.ofMillis(300), 1000);
            plays(greeting + noop + "S: 421 4.4.2 mx.example.com waited too long for you\nEND\n");
        } finally {
            house.bounds = Smtp.Bounds.DEFAULT;
        }
    }

    @Test
    void loneLineEndsAreMended() throws IOException {
        asAnn(
                """
                C: MAIL FROM:<ann@example.com>
                C: RCPT TO:<bob@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                C: Date: Wed, 25 Nov 2026 01:00:00 +0000
                C: Message-ID: <m@example.com>
                C:
                C< a\\nb\\rc\\r\\r\\n\\n.\\nd\\n.\\r\\ne\\r\\n
                C: .
                S: 250 2.0.0 accepted as ...
                C: NOOP
                S: 250 2.0.0 OK
                """);
        String letter = last(house.bodies("bob@example.com"));
        assertTrue(
                letter.endsWith("\r\n\r\na\r\nb\r\nc\r\n\r\n.\r\nd\r\n.\r\ne\r\n"),
                letter.replace("\r", "\\r").replace("\n", "\\n"));
    }

    @Test
    void whereAnyoneMayWriteAsAnyoneNobodyAsks() {
        house.sender = Smtp.Sender.ANY;
        asAnn(
                """
                C: MAIL FROM:<s1@sender.test>
                S: 250 2.1.0 OK
                """);
        house.sender = Smtp.Sender.OWN;
    }
}
