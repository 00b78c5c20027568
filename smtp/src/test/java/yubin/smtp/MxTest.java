package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What strangers meet.
class MxTest {
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
        Transcript.play(house.door(Smtp.Kind.MX), script);
    }

    /// The greeting is left out of the scripts.
    private static void afterHello(String script) {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: HELO client.example.net
                S: 250 mx.example.com
                """
                        + script);
    }

    private static String last(List<String> letters) {
        return letters.getLast();
    }

    @Test
    void aLetterForAnnIsInHerBox() throws IOException {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: EHLO client.example.net
                S: 250-mx.example.com
                S: 250-PIPELINING
                S: 250-SIZE 1048576
                S: 250-8BITMIME
                S: 250-SMTPUTF8
                S: 250-CHUNKING
                S: 250-BINARYMIME
                S: 250-ENHANCEDSTATUSCODES
                S: 250-DSN
                S: 250-STARTTLS
                S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
                S: 250 HELP
                C: MAIL FROM:<dan@example.net>
                S: 250 2.1.0 OK
                C: RCPT TO:<ann@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: Subject: dots
                C:
                C: ..one dot
                C: text.
                C: ...
                C: .
                S: 250 2.0.0 accepted as ...
                C: QUIT
                S: 221 2.0.0 mx.example.com goodbye
                END
                """);
        String letter = last(house.inbox("ann@example.com"));
        assertTrue(
                letter.matches(
                        "(?s)Return-Path: <dan@example.net>\r\n"
                                + "Delivered-To: ann@example.com\r\n"
                                + "Received: from client.example.net \\(\\[192.0.2.1]\\)\r\n"
                                + "\tby mx.example.com with ESMTP id [0-9A-Z]{12} "
                                + "for <ann@example.com>;\r\n"
                                + "\tWed, 25 Nov 2026 .*\r\n"
                                + "Subject: dots\r\n\r\n.one dot\r\ntext.\r\n..\r\n"),
                letter);
    }

    @Test
    void commandsOutOfOrderAreRefusedAndTheSessionGoesOn() {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: MAIL FROM:<>
                S: 503 5.5.1 greet first
                C: RCPT TO:<ann@example.com>
                S: 503 5.5.1 MAIL first
                C: DATA
                S: 503 5.5.1 MAIL first
                C: HELO client.example.net
                S: 250 mx.example.com
                C: MAIL FROM:<>
                S: 250 2.1.0 OK
                C: MAIL FROM:<>
                S: 503 5.5.1 finish the letter before
                C: DATA
                S: 503 5.5.1 RCPT first
                C: RSET
                S: 250 2.0.0 OK
                C: RCPT TO:<ann@example.com>
                S: 503 5.5.1 MAIL first
                C: LHLO client.example.net
                S: 500 5.5.1 EHLO is spoken here
                C: AUTH PLAIN
                S: 502 5.5.1 no login here
                C: QUIT
                S: 221 2.0.0 mx.example.com goodbye
                """);
    }

    @Test
    void whoLivesHereIsFoundAtRcpt() {
        afterHello(
                """
                C: MAIL FROM:<dan@example.net>
                S: 250 2.1.0 OK
                C: RCPT TO:<nobody@example.com>
                S: 550 5.1.1 nobody of this name here
                C: RCPT TO:<dan@example.org>
                S: 550 5.7.1 not our post office: no relaying
                C: RCPT TO:<out@example.com>
                S: 550 5.2.1 gets no letters now
                C: RCPT TO:<ANN+list@Example.Com>
                S: 250 2.1.5 OK
                C: RCPT TO:<team@example.com>
                S: 250 2.1.5 OK
                C: RCPT TO:<@hop.example.net,@other.example.net:bob@example.com>
                S: 250 2.1.5 OK
                C: RCPT TO:<花子@example.com>
                S: 553 5.6.7 an address with UTF-8 needs SMTPUTF8
                C: VRFY ann
                S: 252 2.0.0 send a letter and I will try to deliver it
                C: EXPN team
                S: 502 5.5.1 not told here
                C: NOOP anything
                S: 250 2.0.0 OK
                C: HELP
                S: 214 2.0.0 RFC 5321; a person reads postmaster's letters
                """);
    }

    @Test
    void postmasterIsAlwaysThere() throws IOException {
        afterHello(
                """
                C: MAIL FROM:<>
                S: 250 2.1.0 OK
                C: RCPT TO:<PostMaster>
                S: 250 2.1.5 OK
                C: RCPT TO:<POSTMASTER@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: Subject: help
                C: .
                S: 250 2.0.0 accepted as ...
                """);
        assertTrue(last(house.inbox("bob@example.com")).contains("\r\nSubject: help\r\n"));
    }

    @Test
    void aFullBoxSaysSoAtRcpt() {
        afterHello(
                """
                C: MAIL FROM:<dan@example.net> SIZE=2000
                S: 250 2.1.0 OK
                C: RCPT TO:<full@example.com>
                S: 452 4.2.2 the box is full
                C: RCPT TO:<ann@example.com>
                S: 250 2.1.5 OK
                """);
    }

    @Test
    void pipelinedRepliesComeInOrderAndDataWithoutRecipientIsNoText() {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: HELO client.example.net
                S: 250 mx.example.com
                C: MAIL FROM:<dan@example.net>
                C: RCPT TO:<nobody@example.com>
                C: RCPT TO:<no-one@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 550 5.1.1 nobody of this name here
                S: 550 5.1.1 nobody of this name here
                S: 554 5.5.1 no valid recipients
                C: RSET
                C: MAIL FROM:<dan@example.net>
                C: RCPT TO:<nobody@example.com>
                C: RCPT TO:<ann@example.com>
                C: DATA
                S: 250 2.0.0 OK
                S: 250 2.1.0 OK
                S: 550 5.1.1 nobody of this name here
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                C: .
                C: MAIL FROM:<>
                C: RSET
                C: QUIT
                S: 250 2.0.0 accepted as ...
                S: 250 2.1.0 OK
                S: 250 2.0.0 OK
                S: 221 2.0.0 mx.example.com goodbye
                END
                """);
    }

    @Test
    void sayingTooMuchTooEarlyEndsTheSession() {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: EHLO client.example.net
                C: MAIL FROM:<>
                S: 554 5.5.0 wait for the reply to this command
                END
                """);
        afterHello(
                """
                C: MAIL FROM:<dan@example.net>
                C: RCPT TO:<ann@example.com>
                C: DATA
                C: Subject: too early
                C: .
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 554 5.5.0 wait for the reply to this command
                END
                """);
    }

    @Test
    void whatFollowsStartTlsInTheClearIsNeverObeyed() {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: STARTTLS
                C: EHLO attacker.example.net
                S: 554 5.5.0 wait for the reply to this command
                END
                """);
    }

    @Test
    void nothingSaidBeforeTlsCountsAfterIt() throws IOException {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: HELO client.example.net
                S: 250 mx.example.com
                C: MAIL FROM:<dan@example.net>
                S: 250 2.1.0 OK
                C: STARTTLS now
                S: 501 5.5.4 too much at octet 5
                C: STARTTLS
                S: 220 2.0.0 begin TLS
                TLS
                C: MAIL FROM:<>
                S: 503 5.5.1 greet first
                C: STARTTLS
                S: 503 5.5.1 TLS is on already
                C: EHLO client.example.net
                S: 250-mx.example.com
                S: 250-PIPELINING
                S: 250-SIZE 1048576
                S: 250-8BITMIME
                S: 250-SMTPUTF8
                S: 250-CHUNKING
                S: 250-BINARYMIME
                S: 250-ENHANCEDSTATUSCODES
                S: 250-DSN
                S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
                S: 250 HELP
                C: MAIL FROM:<花子@example.net> SMTPUTF8 BODY=8BITMIME
                S: 250 2.1.0 OK
                C: RCPT TO:<花子@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: Subject: こんにちは
                C: .
                S: 250 2.0.0 accepted as ...
                """);
        String letter = last(house.inbox("花子@example.com"));
        assertTrue(
                letter.matches(
                        "(?s).*with UTF8SMTPS id [0-9A-Z]+ for <花子@example.com>\r\n"
                                + "\ttls TLS_[A-Z0-9_]+;.*"),
                letter);
    }

    @Test
    void deliveryStatusOptionsAreReadAndBadOnesRefused() {
        afterHello(
                """
                C: MAIL FROM:<dan@example.net> RET=HDRS ENVID=QQ+2B314159 SIZE=100 BODY=7BIT AUTH=<>
                S: 250 2.1.0 OK
                C: RCPT TO:<ann@example.com> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.org
                S: 250 2.1.5 OK
                C: RCPT TO:<ann@example.com> NOTIFY=NEVER,DELAY
                S: 501 5.5.4 bad parameter at octet 26
                C: RCPT TO:<ann@example.com> NOTIFY=NEVER NOTIFY=NEVER
                S: 501 5.5.4 parameter given twice at octet 39
                C: RCPT TO:<ann@example.com> COLOUR=RED
                S: 555 5.5.4 unknown parameter at octet 26
                C: RSET
                S: 250 2.0.0 OK
                C: MAIL FROM:<dan@example.net> RET=ALL
                S: 501 5.5.4 bad parameter at octet 28
                C: MAIL FROM:<dan@example.net> ENVID=bad+zz
                S: 501 5.5.4 bad parameter at octet 28
                C: MAIL FROM:<dan@example.net> SIZE=99999999
                S: 552 5.3.4 letter larger than 1048576 octets
                C: MAIL FROM:<dan@example.net> SIZE=999999999999999999999999
                S: 501 5.5.4 bad parameter at octet 28
                """);
    }

    @Test
    void chunksMakeALetter() throws IOException {
        plays(
                """
                S: 220 mx.example.com ESMTP Yubin
                C: HELO client.example.net
                S: 250 mx.example.com
                C: MAIL FROM:<dan@example.net> BODY=BINARYMIME
                S: 250 2.1.0 OK
                C: RCPT TO:<ann@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 503 5.5.1 BINARYMIME comes by BDAT
                C: BDAT 18
                C< Subject: chunks\\r\\n\\r
                C: BDAT 6
                C< \\n.\\r\\n\\0\\xff
                C: BDAT 0 LAST
                S: 250 2.0.0 18 octets
                S: 250 2.0.0 6 octets
                S: 250 2.0.0 accepted as ...
                C: BDAT 4 LAST
                C< NOOP
                S: 503 5.5.1 MAIL first
                C: MAIL FROM:<dan@example.net>
                C: BDAT 6
                C< NOOP\\r\\n
                C: RCPT TO:<ann@example.com>
                C: BDAT 6 LAST
                C< NOOP\\r\\n
                C: RSET
                S: 250 2.1.0 OK
                S: 503 5.5.1 RCPT first
                S: 250 2.1.5 OK
                S: 503 5.5.1 RSET first
                S: 250 2.0.0 OK
                C: BDAT x
                S: 501 5.5.4 no number at octet 5
                C: BDAT 5 FIRST
                S: 501 5.5.4 too much at octet 7
                """);
        String letter = last(house.inbox("ann@example.com"));
        assertTrue(letter.endsWith("\r\nSubject: chunks\r\n\r\n.\r\n\0\ufffd"), letter);
    }

    @Test
    void aLetterOverTheBoundIsRefusedAfterItsEnd() {
        String lines = "C: " + "x".repeat(998) + "\n";
        afterHello(
                "C: MAIL FROM:<dan@example.net>\nS: 250 2.1.0 OK\n"
                        + "C: RCPT TO:<ann@example.com>\nS: 250 2.1.5 OK\n"
                        + "C: DATA\nS: 354 end with <CR><LF>.<CR><LF>\n"
                        + lines.repeat(1100)
                        + "C: .\nS: 552 5.3.4 letter larger than 1048576 octets\n"
                        + "C: MAIL FROM:<>\nS: 250 2.1.0 OK\n");
    }

    @Test
    void aLetterThatGoesRoundInACircleIsStopped() {
        afterHello(
                "C: MAIL FROM:<dan@example.net>\nS: 250 2.1.0 OK\n"
                        + "C: RCPT TO:<ann@example.com>\nS: 250 2.1.5 OK\n"
                        + "C: DATA\nS: 354 end with <CR><LF>.<CR><LF>\n"
                        + "C: Received: from a by b; Wed, 25 Nov 2026 01:00:00 +0000\n".repeat(51)
                        + "C:\nC: body\nC: .\nS: 554 5.4.6 this letter goes round in a circle\n");
    }

    @Test
    void theInspectorMayRefuseALetter() {
        house.inspector =
                letter ->
                        new yubin.queue.Inspector.Verdict.Refuse(
                                yubin.mail.Reply.of(550, "5.7.1", "not this letter"), "test");
        afterHello(
                """
                C: MAIL FROM:<dan@example.net>
                S: 250 2.1.0 OK
                C: RCPT TO:<ann@example.com>
                S: 250 2.1.5 OK
                C: DATA
                S: 354 end with <CR><LF>.<CR><LF>
                C: .
                S: 550 5.7.1 not this letter
                """);
        house.inspector = yubin.queue.Inspector.PASS_ALL;
    }

    @Test
    void recipientsOverTheBoundAreToldToComeLater() {
        Smtp.Bounds d = Smtp.Bounds.DEFAULT;
        house.bounds =
                new Smtp.Bounds(
                        2, 1, 20, 50, d.command(), d.line(), d.data(), d.letter(), d.strangers());
        afterHello(
                """
                C: MAIL FROM:<>
                C: RCPT TO:<ann@example.com>
                C: RCPT TO:<bob@example.com>
                C: RCPT TO:<team@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 250 2.1.5 OK
                S: 452 4.5.3 too many recipients, send the letter to the rest later
                S: 354 end with <CR><LF>.<CR><LF>
                C: .
                S: 250 2.0.0 accepted as ...
                C: MAIL FROM:<>
                S: 421 4.7.0 enough letters for one connection, connect again
                END
                """);
        house.bounds = d;
    }

    @Test
    void aRecipientNamedTwiceGetsOneLetter() throws IOException {
        int before = house.inbox("ann@example.com").size();
        afterHello(
                """
                C: MAIL FROM:<>
                C: RCPT TO:<ann@example.com>
                C: RCPT TO:<Ann@EXAMPLE.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                C: .
                S: 250 2.0.0 accepted as ...
                """);
        assertEquals(before + 1, house.inbox("ann@example.com").size());
    }
}
