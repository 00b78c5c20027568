package yubin.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import yubin.mail.Address;
import yubin.mail.EnhancedStatus;
import yubin.mail.Reply;

class ExplanationTest {
    private static final Address DAN = Address.of("dan@example.org");

    /// Replies as servers in the field write them; `-` where there is no enhanced status code.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "550 | 5.1.1 | <dan@example.org>: Recipient address rejected | UNKNOWN_USER",
                "550 | -     | No such user here                            | UNKNOWN_USER",
                "550 | 5.0.0 | User unknown                                 | UNKNOWN_USER",
                "550 | -     | Requested action not taken: mailbox unavailable | UNKNOWN_USER",
                "550 | 5.1.2 | the domain example.org does not exist        | UNKNOWN_HOST",
                "556 | 5.1.10 | the domain example.org accepts no mail (null MX) | NULL_MX",
                "452 | 4.2.2 | mailbox is full                              | FULL",
                "552 | -     | Quota exceeded                               | FULL",
                "552 | 5.3.4 | message size exceeds fixed limit             | TOO_LARGE",
                "552 | -     | Message too large                            | TOO_LARGE",
                "552 | -     | Requested mail action aborted                | TOO_LARGE",
                "554 | 5.7.1 | <dan@example.org>: Relay access denied       | RELAYING_DENIED",
                "550 | 5.7.1 | Relaying denied                              | RELAYING_DENIED",
                "530 | 5.7.0 | Authentication required                      | NOT_AUTHENTICATED",
                "454 | 4.7.8 | login refused: 535 5.7.8 wrong               | NOT_AUTHENTICATED",
                "550 | 5.7.1 | Service unavailable; client host blocked using list | BLOCKED",
                "550 | -     | Message rejected as spam                     | BLOCKED",
                "550 | 5.7.26 | unauthenticated sender                      | BLOCKED",
                "450 | 4.7.1 | Greylisted, see our page                     | GREYLISTED",
                "451 | 4.7.1 | Please try again later                       | GREYLISTED",
                "451 | 4.4.3 | the name servers of example.org do not answer | DNS_SILENT",
                "451 | 4.4.3 | the DNS records of example.org fail DNSSEC: x | DNS_BOGUS",
                "451 | 4.4.1 | the host mx refused the connection           | CONNECTION_REFUSED",
                "451 | 4.4.1 | the host mx does not answer                  | HOST_SILENT",
                "451 | 4.4.2 | the server closed the connection             | CONNECTION_BROKEN",
                "530 | 5.7.0 | Must issue a STARTTLS command first          | TLS",
                "451 | 4.7.5 | TLS: handshake failed                        | TLS",
                "554 | 5.4.6 | too many hops                                | LOOP",
                "554 | -     | Too many hops                                | LOOP",
                "550 | 5.4.4 | no mail server of example.org has an address | NO_HOST",
                "553 | 5.6.7 | the server does not know SMTPUTF8            | NO_SMTPUTF8",
                "550 | 5.2.1 | The email account is disabled                | DISABLED",
                "554 | 5.6.0 | message content rejected                     | CONTENT",
                "421 | 4.3.2 | busy                                         | TEMPORARY",
                "554 | -     | Transaction failed                           | REFUSED",
                "554 | 5.0.0 | returned by the operator                     | RETURNED",
            })
    void aReplyMeans(int code, String status, String text, Cause cause) {
        Reply reply =
                new Reply(
                        code, status.equals("-") ? null : EnhancedStatus.of(status), List.of(text));
        Explanation why = Explanation.of(reply, "mx.example.org", DAN);
        assertEquals(cause, why.cause());
        Explanation late = Explanation.of(Explanation.expired(reply), "mx.example.org", DAN);
        assertEquals(cause, late.cause());
        assertTrue(late.expired());
    }

    @Test
    void everyCauseSpeaksBothLanguagesAndNamesNothingUnfilled() {
        for (Cause cause : Cause.values()) {
            for (String sentence : List.of(cause.whatEnglish(), cause.adviceEnglish())) {
                assertTrue(sentence.chars().allMatch(c -> c < 127), sentence);
                assertTrue(sentence.endsWith("."), sentence);
            }
            for (String sentence : List.of(cause.whatJapanese(), cause.adviceJapanese())) {
                assertTrue(sentence.endsWith("。"), sentence);
            }
        }
        Reply reply = Reply.of(550, "5.1.1", "no");
        Explanation why = Explanation.of(reply, null, Address.of("花子@xn--wgv71a119e.example"));
        assertEquals("宛先「花子@日本語.example」は相手のサーバーに存在しません。", why.whatJapanese());
        assertFalse(why.whatEnglish().contains("{"));
    }
}
