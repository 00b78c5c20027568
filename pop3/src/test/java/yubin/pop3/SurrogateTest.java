package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import yubin.mime.Message;

class SurrogateTest {
    private static String of(String header) {
        byte[] octets = Surrogate.of(header.getBytes(StandardCharsets.UTF_8));
        for (byte octet : octets) assertTrue(octet >= 0, "not ASCII");
        return new String(octets, StandardCharsets.US_ASCII);
    }

    @Test
    void textsAndAddressesReadBackTheSame() {
        String subject = "見積もりのご相談について、長い件名でも一文字も失われないこと".repeat(3);
        String header =
                of(
                        "Received: from a\r\n\tby b\r\nSubject: "
                                + subject
                                + "\r\nFrom: 花子 <hanako@例え.test>\r\n"
                                + "To: \"A. B\" <a@example.com>, 太郎 <太郎@example.com>\r\n\r\n");
        assertTrue(header.startsWith("Received: from a\r\n\tby b\r\nSubject: =?"));
        for (String line : header.split("\r\n")) assertTrue(line.length() <= 90, line);
        Message message = Message.parse(header.getBytes(StandardCharsets.US_ASCII));
        assertEquals(subject, message.subject());
        assertTrue(header.contains("<hanako@xn--r8jz45g.test>"), header);
        assertTrue(header.contains("\"A. B\" <a@example.com>"), header);
        assertTrue(header.contains(" :;"), header);
        assertTrue(header.endsWith("\r\n\r\n"));
    }

    @Test
    void whatIsNotUtf8StaysAsItIs() {
        byte[] header = {'S', ':', ' ', (byte) 0x93, (byte) 0xFA, '\r', '\n', '\r', '\n'};
        assertArrayEquals(header, Surrogate.of(header));
        assertEquals("", of(""));
        assertEquals("a", of("a"));
    }
}
