package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What neighbours meet who deliver. RFC 2033.
class LmtpTest {
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
        Transcript.play(
                house.door(Smtp.Kind.LMTP),
                """
                S: 220 mx.example.com LMTP Yubin
                C: EHLO client.example.net
                S: 500 5.5.1 LHLO is spoken here
                C: LHLO client.example.net
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
                """
                        + script);
    }

    @Test
    void eachRecipientHasAReplyOfItsOwn() throws IOException {
        plays(
                """
                C: MAIL FROM:<dan@example.net>
                C: RCPT TO:<ann@example.com>
                C: RCPT TO:<nobody@example.com>
                C: RCPT TO:<bob@example.com>
                C: RCPT TO:<full@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 550 5.1.1 nobody of this name here
                S: 250 2.1.5 OK
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                """
                        + ("C: " + "x".repeat(100) + "\n").repeat(20)
                        + """
                        C: .
                        S: 250 ...
                        S: 250 ...
                        S: 452 4.2.2 ...
                        C: QUIT
                        S: 221 2.0.0 mx.example.com goodbye
                        """);
        String letter = house.inbox("ann@example.com").getLast();
        assertTrue(letter.contains(" with LMTP id "), letter);
    }

    @Test
    void aRefusedLetterIsRefusedForEach() {
        plays(
                """
                C: MAIL FROM:<dan@example.net>
                C: RCPT TO:<ann@example.com>
                C: RCPT TO:<bob@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 250 2.1.5 OK
                S: 354 end with <CR><LF>.<CR><LF>
                C< a\\nb\\r\\n.\\r\\n
                S: 550 5.6.11 a CR or LF stands alone: lines must end with CRLF
                S: 550 5.6.11 a CR or LF stands alone: lines must end with CRLF
                C: MAIL FROM:<dan@example.net>
                C: RCPT TO:<nobody@example.com>
                C: DATA
                S: 250 2.1.0 OK
                S: 550 5.1.1 nobody of this name here
                S: 503 5.5.1 RCPT first
                """);
    }

    @Test
    void chunksEndWithAReplyForEach() {
        plays(
                """
                C: MAIL FROM:<dan@example.net>
                C: RCPT TO:<ann@example.com>
                C: RCPT TO:<bob@example.com>
                C: BDAT 4
                C< a\\r\\nb
                C: BDAT 2 LAST
                C< \\r\\n
                S: 250 2.1.0 OK
                S: 250 2.1.5 OK
                S: 250 2.1.5 OK
                S: 250 2.0.0 4 octets
                S: 250 ...
                S: 250 ...
                """);
    }
}
