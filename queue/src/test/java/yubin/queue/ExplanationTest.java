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
                "550 | 5.1.1 | <dan@example.org>: Recipient address rejected | userunknown",
                "550 | -     | No such user here                            | userunknown",
                "550 | 5.0.0 | User unknown                                 | userunknown",
                "550 | -     | Requested action not taken: mailbox unavailable | userunknown",
                "550 | 5.1.2 | the domain example.org does not exist        | hostunknown",
                "556 | 5.1.10 | the domain example.org accepts no mail (null MX) | notaccept:nullmx",
                "452 | 4.2.2 | mailbox is full                              | mailboxfull",
                "552 | -     | Quota exceeded                               | mailboxfull",
                "552 | 5.3.4 | message size exceeds fixed limit             | mesgtoobig",
                "552 | -     | Message too large                            | mesgtoobig",
                "552 | -     | Requested mail action aborted                | mailboxfull",
                "554 | 5.7.1 | <dan@example.org>: Relay access denied       | norelaying",
                "550 | 5.7.1 | Relaying denied                              | norelaying",
                "530 | 5.7.0 | Authentication required                      | securityerror:auth",
                "454 | 4.7.8 | login refused: 535 5.7.8 wrong               | securityerror:route",
                "550 | 5.7.1 | Service unavailable; client host blocked using list | blocked:list",
                "550 | -     | Message rejected as spam                     | spamdetected",
                "550 | 5.7.26 | unauthenticated sender                      | authfailure",
                "450 | 4.7.1 | Greylisted, see our page                     | blocked:greylist",
                "451 | 4.7.1 | Please try again later                       | systemerror",
                "451 | 4.4.3 | the name servers of example.org do not answer | networkerror:dns",
                "451 | 4.4.3 | the DNS records of example.org fail DNSSEC: x | networkerror:dnssec",
                "451 | 4.4.1 | the host mx refused the connection           | networkerror",
                "451 | 4.4.1 | the host mx does not answer                  | expired",
                "451 | 4.4.2 | the server closed the connection             | networkerror",
                "530 | 5.7.0 | Must issue a STARTTLS command first          | failedstarttls",
                "451 | 4.7.5 | TLS: handshake failed                        | failedstarttls",
                "554 | 5.4.6 | too many hops                                | networkerror:loop",
                "554 | -     | Too many hops                                | networkerror:loop",
                "550 | 5.4.4 | no mail server of example.org has an address | notaccept:nullmx",
                "553 | 5.6.7 | the server does not know SMTPUTF8            | contenterror:smtputf8",
                "550 | 5.2.1 | The email account is disabled                | suspend",
                "554 | 5.6.0 | message content rejected                     | contenterror",
                "421 | 4.3.2 | busy                                         | notaccept:now",
                "554 | -     | Transaction failed                           | systemerror",
                "554 | 5.0.0 | returned by the operator                     | onhold:returned",
            })
    void aReplyMeans(int code, String status, String text, String topic) {
        Reply reply =
                new Reply(
                        code, status.equals("-") ? null : EnhancedStatus.of(status), List.of(text));
        Explanation why = Explanation.of(reply, DAN);
        assertEquals(topic, why.topic());
        Explanation late = Explanation.of(Explanation.expired(reply), DAN);
        assertEquals(topic, late.topic());
        assertTrue(late.expired());
    }

    @Test
    void theAddressIsShownAsPeopleWriteIt() {
        Reply reply = Reply.of(550, "5.1.1", "no");
        Explanation why = Explanation.of(reply, Address.of("花子@xn--wgv71a119e.example"));
        assertTrue(why.whatJapanese().startsWith("「花子@日本語.example」というアドレスは"));
        assertFalse(why.whatEnglish().contains("{"));
    }
}
