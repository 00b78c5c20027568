package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import yubin.mail.Envelope;
import yubin.mail.Recipient.Notify;

class SmtpCommandTest {
    private static SmtpCommand parse(String line) {
        byte[] octets = line.getBytes(StandardCharsets.UTF_8);
        return SmtpCommand.parse(octets, octets.length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "MAIL FROM:<>                           | ''",
                "mail from:<ann@Example.COM>            | ann@example.com",
                "MAIL FROM: <ann@example.com>           | ann@example.com",
                "MAIL FROM:<\"a b\"@example.com>        | \"a b\"@example.com",
                "MAIL FROM:<\"a>b\"@example.com>        | \"a>b\"@example.com",
                "MAIL FROM:<@x.test,@y.test:a@b.test>   | a@b.test",
                "MAIL FROM:<a@[192.0.2.1]>              | a@[192.0.2.1]",
                "MAIL FROM:<a@bücher.example>           | a@xn--bcher-kva.example",
            })
    void reversePaths(String line, String path) {
        assertEquals(path, ((SmtpCommand.Mail) parse(line)).from().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                              | UNKNOWN_VERB         | 0",
                "FROB                            | UNKNOWN_VERB         | 0",
                "EHLO                            | ARGUMENT_MISSING     | 4",
                "EHLO a(b                        | NAME                 | 6",
                "MAIL                            | ARGUMENT_MISSING     | 4",
                "MAIL TO:<a@b.test>              | ARGUMENT_MISSING     | 5",
                "MAIL FROM:a@b.test              | REVERSE_PATH         | 10",
                "MAIL FROM:<a@b.test             | REVERSE_PATH         | 10",
                "MAIL FROM:<a@b.test>x           | REVERSE_PATH         | 10",
                "MAIL FROM:<@x.test:>            | REVERSE_PATH         | 10",
                "MAIL FROM:<a@b@>                | REVERSE_PATH         | 10",
                "MAIL FROM:<a> SIZE=1            | REVERSE_PATH         | 10",
                "RCPT TO:<>                      | FORWARD_PATH         | 8",
                "RCPT TO:<a@-b.test>             | FORWARD_PATH         | 8",
                "MAIL FROM:<> SIZE=              | PARAMETER_VALUE      | 13",
                "MAIL FROM:<> SIZE=-1            | PARAMETER_VALUE      | 13",
                "MAIL FROM:<> BODY=9BIT          | PARAMETER_VALUE      | 13",
                "MAIL FROM:<> SMTPUTF8=yes       | PARAMETER_VALUE      | 13",
                "MAIL FROM:<> SIZE=1 size=2      | PARAMETER_TWICE      | 20",
                "MAIL FROM:<> FOO=1              | PARAMETER_UNKNOWN    | 13",
                "MAIL FROM:<> ENVID=a+0Ab        | PARAMETER_VALUE      | 13",
                "RCPT TO:<a@b.test> NOTIFY=      | PARAMETER_VALUE      | 19",
                "RCPT TO:<a@b.test> NOTIFY=SOON  | PARAMETER_VALUE      | 19",
                "RCPT TO:<a@b.test> ORCPT=a@b    | PARAMETER_VALUE      | 19",
                "RCPT TO:<a@b.test> ORCPT=;a     | PARAMETER_VALUE      | 19",
                "DATA now                        | ARGUMENT_NOT_ALLOWED | 5",
                "BDAT                            | ARGUMENT_MISSING     | 4",
                "BDAT -1                         | NUMBER               | 5",
                "BDAT 1 LAST LAST                | ARGUMENT_NOT_ALLOWED | 7",
                "VRFY                            | ARGUMENT_MISSING     | 4",
            })
    void refusals(String line, SmtpCommand.Problem problem, int at) {
        assertEquals(new SmtpCommand.Malformed(problem, at), parse(line));
    }

    @Test
    void parametersOfMailAndRcpt() {
        assertEquals(
                new MailParameters(
                        99,
                        Envelope.Body.BINARY_MIME,
                        true,
                        Envelope.Ret.FULL,
                        "a=b",
                        "ann@example.com"),
                ((SmtpCommand.Mail)
                                parse(
                                        "MAIL FROM:<> SIZE=99 body=binarymime SMTPUTF8 RET=FULL"
                                                + " ENVID=a+3Db AUTH=ann@example.com"))
                        .parameters());
        RcptParameters rcpt =
                ((SmtpCommand.Rcpt)
                                parse(
                                        "RCPT TO:<a@b.test> NOTIFY=delay,FAILURE"
                                                + " ORCPT=utf-8;\\x{82B1}@b.test"))
                        .parameters();
        assertEquals(java.util.Set.of(Notify.DELAY, Notify.FAILURE), rcpt.notices());
        assertEquals("utf-8;花@b.test", rcpt.originalRecipient());
    }

    @Test
    void mutatedAndRandomLinesAlwaysGiveAValue() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<String> lines =
                List.of(
                        "MAIL FROM:<ann@example.com> SIZE=1 BODY=8BITMIME RET=HDRS ENVID=a+3Db",
                        "RCPT TO:<\"a\\\"b\"@example.com> NOTIFY=DELAY ORCPT=utf-8;\\x{82B1}@b",
                        "EHLO [IPv6:2001:db8::1]",
                        "BDAT 86 LAST",
                        "AUTH PLAIN AGFubg==");
        for (int i = 0; i < 50_000; i++) {
            byte[] line = lines.get(i % lines.size()).getBytes(StandardCharsets.US_ASCII);
            for (int k = random.nextInt(4); k >= 0; k--) {
                line[random.nextInt(line.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(line.length + 1);
            assertNotNull(SmtpCommand.parse(line, random.nextBoolean() ? line.length : length));
        }
    }
}
