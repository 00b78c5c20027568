package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class MessageJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static void prints(byte[] message, String wanted) {
        String line = MessageJson.of(message);
        assertEquals(-1, line.indexOf('\n'));
        JsonNode tree = JSON.readTree(line);
        assertEquals(JSON.readTree(wanted), tree);
    }

    @Test
    void theWholeObjectOfAMixedMessage() {
        prints(
                Samples.crlf(
                        """
                        From: =?UTF-8?B?5bGx55Sw?= <a@example.jp>, b@example.jp
                        To: Team: c@example.jp, D <d@example.jp>;
                        Subject: =?iso-2022-jp?B?GyRCMnE1RBsoQg==?=
                        Content-Type: Multipart/Mixed; boundary=b

                        --b
                        Content-Type: TEXT/HTML; charset="ISO-8859-1"
                        Content-Transfer-Encoding: quoted-printable

                        caf=E9
                        --b
                        Content-Type: application/octet-stream; name="=?UTF-8?Q?=E4=BC=9A?="
                        Content-Transfer-Encoding: base64

                        AAEC
                        --b
                        Content-Type: message/rfc822

                        Subject: inner

                        body
                        --b--
                        """),
                """
                {"parts":[
                 {"type":"multipart/mixed","depth":0,"charset":null,"filename":null},
                 {"type":"text/html","depth":1,"charset":"ISO-8859-1","filename":null,"text":"café"},
                 {"type":"application/octet-stream","depth":1,"charset":null,"filename":"会","data":"AAEC"},
                 {"type":"message/rfc822","depth":1,"charset":null,"filename":null},
                 {"type":"text/plain","depth":2,"charset":"us-ascii","filename":null,"text":"body"}],
                 "subject":"会議",
                 "from":[["山田","a@example.jp"],[null,"b@example.jp"]],
                 "to":[[null,"c@example.jp"],["D","d@example.jp"]],
                 "cc":[]}
                """);
    }

    @Test
    void anEncodedMessageIsOpened() {
        String inner =
                Base64.getEncoder()
                        .encodeToString(
                                "Subject: x\r\n\r\ntext".getBytes(StandardCharsets.US_ASCII));
        prints(
                Samples.crlf(
                        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                                + inner
                                + "\n"),
                """
                {"parts":[
                 {"type":"message/rfc822","depth":0,"charset":null,"filename":null},
                 {"type":"text/plain","depth":1,"charset":"us-ascii","filename":null,"text":"text"}],
                 "subject":null,"from":[],"to":[],"cc":[]}
                """);
    }

    @Test
    void theCharsetIsTheOneThatWasUsed() {
        assertCharset("iso-2022-jp", "会", "", "\u001B$B2q\u001B(B");
        assertCharset("iso-2022-jp", "会", "; charset=utf-8", "\u001B$B2q\u001B(B");
        assertCharset("utf-8", "é", "", "\u00C3\u00A9");
        assertCharset("windows-1252", "é", "; charset=us-ascii", "\u00E9");
        assertCharset("shift_jis", "①", "; charset=shift_jis", "\u0087\u0040");
        assertCharset("us-ascii", "a", "; charset=nonsense", "a");
        assertCharset("UTF-8", "a", "; charset=UTF-8", "a");
        assertCharset("us-ascii", "", "", "");
    }

    private static void assertCharset(String charset, String text, String parameter, String body) {
        byte[] octets = Samples.latin("Content-Type: text/plain" + parameter + "\r\n\r\n" + body);
        JsonNode part = JSON.readTree(MessageJson.of(octets)).get("parts").get(0);
        assertEquals(charset, part.get("charset").stringValue());
        assertEquals(text, part.get("text").stringValue());
    }

    @Test
    void controlCharactersAreEscaped() {
        byte[] octets = "Subject: a\u0001\"\\\u2028b\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        JsonNode tree = JSON.readTree(MessageJson.of(octets));
        assertEquals("a\u0001\"\\\u2028b", tree.get("subject").stringValue());
    }

    @Test
    void nothingIsAMessageToo() {
        prints(
                new byte[0],
                """
                {"parts":[{"type":"text/plain","depth":0,"charset":"us-ascii","filename":null,"text":""}],
                 "subject":null,"from":[],"to":[],"cc":[]}
                """);
    }
}
