package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {
    private static final String NESTED =
            """
            From: ann@example.com
            Subject: outer
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=outer

            preamble
            --outer

            first
            --outer
            Content-Type: message/rfc822

            From: bob@example.com
            Subject: inner
            Content-Type: multipart/alternative; boundary=inner

            --inner
            Content-Type: text/plain

            plain
            line 2

            --inner
            Content-Type: text/html

            <p>html</p>
            --inner--
            --outer
            Content-Type: message/rfc822

            Subject: single

            body
            --outer
            Content-Type: image/png; name="a b.png"
            Content-Transfer-Encoding: base64
            Content-ID: <1@example.com>
            Content-Language: en, ja
            Content-Disposition: attachment; filename*=UTF-8''%E4%BC%9A.png

            AAAA
            --outer--
            epilogue
            """;

    private static String slice(byte[] octets, int from, int to) {
        return new String(octets, from, to - from, StandardCharsets.UTF_8);
    }

    @Test
    void offsetsCutTheMessageWhereTheSectionsLie() {
        byte[] octets = Samples.crlf(NESTED);
        Message message = Message.parse(octets);
        assertEquals(9, message.parts().size());
        Part first = message.section(1);
        assertEquals("first", slice(octets, first.bodyStart(), first.end()));
        assertEquals("\r\n", slice(octets, first.headerStart(), first.bodyStart()));
        assertEquals(1, first.lines());
        Part attached = message.section(2);
        assertTrue(attached.isMessage());
        Part inner = attached.children().get(0);
        assertEquals(attached.bodyStart(), inner.headerStart());
        assertEquals(attached.end(), inner.end());
        assertEquals("inner", inner.field("Subject").text());
        Part plain = message.section(2, 1);
        assertEquals("plain\r\nline 2\r\n", slice(octets, plain.bodyStart(), plain.end()));
        assertEquals(2, plain.lines());
        assertEquals(
                "Content-Type: text/plain\r\n\r\n",
                slice(octets, plain.headerStart(), plain.bodyStart()));
        assertEquals("<p>html</p>", message.section(2, 2).text(octets));
        assertEquals("body", message.section(3, 1).text(octets));
        assertNull(message.section(3, 2));
        assertNull(message.section(3, 1, 1));
        assertNull(message.section(1, 1));
        assertNull(message.section(5));
        assertSame(message.root(), message.section());
        Part picture = message.section(4);
        assertEquals("会.png", picture.filename());
        assertEquals("a b.png", picture.parameter("name"));
        assertEquals(List.of(new Parameter("name", "a b.png")), picture.parameters());
        assertEquals("<1@example.com>", picture.contentId());
        assertEquals(List.of("en", "ja"), picture.languages());
        assertEquals("base64", picture.encoding());
        assertEquals(3, picture.decoded(octets).length);
        assertTrue(message.hasAttachment());
        assertEquals("first", message.preview());
        assertEquals(15, attached.lines(), "lines of the attached message");
    }

    @Test
    void sectionOneOfAPlainMessageIsItsBody() {
        Message message = Message.parse(Samples.crlf("Subject: a\n\nhello\n"));
        assertSame(message.root(), message.section(1));
        assertNull(message.section(2));
        assertNull(message.section(1, 1));
        Message carrier =
                Message.parse(Samples.crlf("Content-Type: message/rfc822\n\nA: b\n\nhello\n"));
        assertSame(carrier.root(), carrier.section(1));
        assertSame(carrier.root().children().get(0), carrier.section(1, 1));
        assertNull(carrier.section(1, 1, 1));
    }

    @Test
    void theRecordOfAPlainMessageIsSmallAndTellsTheSame() {
        byte[] octets =
                Samples.crlf(
                        """
                        Received: from a by b; Wed, 25 Nov 2026 10:00:00 +0900
                        DKIM-Signature: v=1; a=rsa-sha256; b=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                        From: Ann <ann@example.com>
                        To: bob@example.com
                        Subject: =?UTF-8?B?5Lya6K2w?=
                        Date: Wed, 25 Nov 2026 10:00:00 +0900
                        Message-ID: <1@example.com>
                        References: <a@example.com>
                         <b@example.com>
                        In-Reply-To: <b@example.com>

                        hello
                        """);
        Message message = Message.parse(octets);
        byte[] record = message.encode();
        assertTrue(record.length < 320, "octets " + record.length);
        Message again = Message.decode(record);
        assertEquals(Samples.describe(message), Samples.describe(again));
        assertEquals("会議", again.subject());
        assertEquals("1@example.com", again.messageId());
        assertEquals(List.of("a@example.com", "b@example.com"), again.references());
        assertEquals(List.of("b@example.com"), again.inReplyTo());
        assertNull(again.root().field("received"));
        assertFalse(Message.keepsField("Received"));
        assertTrue(Message.keepsField("SUBJECT"));
        assertTrue(Message.keepsField("List-Unsubscribe-Post"));
        assertTrue(Message.keepsField("content-base"));
        assertTrue(again.root().keptHeaderIsWhole());
    }

    @Test
    void lineEndsOfEveryKindAreRead() {
        String text =
                "Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\ny\n--b--\n";
        for (String eol : new String[] {"\r\n", "\n", "\r"}) {
            byte[] octets = Samples.latin(text.replace("\n", eol));
            Message message = Message.parse(octets);
            assertEquals("a", message.subject());
            assertEquals(2, message.parts().size());
            assertEquals("x" + eol + "y", message.section(1).text(octets));
            assertEquals(2, message.section(1).lines());
            assertEquals(!eol.equals("\r\n"), message.isBinary());
        }
    }

    @Test
    void needsOfTheNextHopAreSeen() {
        Message plain = Message.parse(Samples.crlf("Subject: a\n\nb\n"));
        assertFalse(plain.isEightBit() || plain.isBinary() || plain.needsSmtpUtf8());
        Message body = Message.parse(Samples.crlf("Subject: a\n\né\n"));
        assertTrue(body.isEightBit() && !body.needsSmtpUtf8());
        Message header = Message.parse(Samples.crlf("Subject: 🍣\n\nb\n"));
        assertTrue(header.isEightBit() && header.needsSmtpUtf8());
        Message quoted =
                Message.parse(Samples.crlf("Content-Type: message/rfc822\n\nSubject: é\n\nb\n"));
        assertTrue(quoted.isEightBit() && !quoted.needsSmtpUtf8());
        Message bare =
                Message.parse(
                        Samples.crlf(
                                "Content-Type: multipart/mixed; boundary=b\n\n--b\né text\n\n--b--\n"));
        assertTrue(bare.isEightBit() && !bare.needsSmtpUtf8());
        assertTrue(bare.section(1).isEightBit());
        assertTrue(Message.parse(Samples.crlf("A: b\n\n" + "x".repeat(999) + "\n")).isBinary());
        assertFalse(Message.parse(Samples.crlf("A: b\n\n" + "x".repeat(998) + "\n")).isBinary());
        assertTrue(Message.parse(Samples.crlf("A: b\n\nx\0y\n")).isBinary());
    }

    @Test
    void previewsShowWhatAPersonWouldRead() {
        assertPreview("", "Subject: a\n\n");
        assertPreview("I agree.", "A: b\n\n> old text\n> more\n\nI   agree.\n");
        assertPreview(
                "Hello & welcome, 会議",
                """
                Content-Type: text/html; charset=utf-8

                <html><head><title>no</title><style>p > a {x:y}</style></head><!-- <b>no</b> -->
                <body><p>Hello &amp; wel<b>come</b>,&nbsp;&#x4F1A;議</p><script>no()</script>
                """);
        assertPreview(
                "html speaks",
                """
                Content-Type: multipart/alternative; boundary=b

                --b
                Content-Type: text/plain


                --b
                Content-Type: text/html
                Content-Transfer-Encoding: quoted-printable

                <p style=3D"a">html=20speaks</p>
                --b--
                """);
        assertPreview(
                "会".repeat(256), "Content-Type: text/plain; charset=utf-8\n\n" + "会".repeat(3_000));
    }

    private static void assertPreview(String wanted, String message) {
        assertEquals(wanted, Message.parse(Samples.crlf(message)).preview());
    }

    @Test
    void attachmentsAreToldFromTheText() {
        assertFalse(hasAttachment("text/plain", ""));
        assertFalse(hasAttachment("text/html", ""));
        assertFalse(hasAttachment("application/pgp-signature; name=signature.asc", ""));
        assertTrue(hasAttachment("application/pdf; name=a.pdf", ""));
        assertTrue(hasAttachment("text/plain", "Content-Disposition: attachment\n"));
        assertTrue(
                hasAttachment(
                        "text/csv; name=a.csv", "Content-Disposition: inline; filename=a.csv\n"));
        assertTrue(hasAttachment("message/rfc822", ""));
        assertTrue(hasAttachment("image/png; name=a.png", ""));
    }

    private static boolean hasAttachment(String type, String more) {
        return Message.parse(
                        Samples.crlf(
                                "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\n"
                                        + ("Content-Type: " + type + "\n" + more + "\nx\n--b--\n")))
                .hasAttachment();
    }

    @Test
    void subjectsLoseWhatAnsweringAddsToThem() {
        assertBase("meeting", true, "Re: meeting");
        assertBase("meeting", true, "Re: AW: Fwd: [list] Re[2]: meeting (fwd)");
        assertBase("会議", true, "転送: 返信：会議");
        assertBase("会議", true, "WG: TR: FW:会議");
        assertBase("[list]", false, "[list]");
        assertBase("meeting", false, "[list] meeting");
        assertBase("Regarding: a", false, "Regarding: a");
        assertBase("a: b", false, "a: b");
        assertBase("x", true, "[Fwd: x]");
        assertBase("", false, null);
        assertBase("", true, "Re:");
    }

    private static void assertBase(String text, boolean reply, String subject) {
        assertEquals(new BaseSubject(text, reply), BaseSubject.of(subject));
    }
}
