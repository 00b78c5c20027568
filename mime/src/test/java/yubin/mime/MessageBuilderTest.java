package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import yubin.mime.MessageBuilder.Content;

class MessageBuilderTest {
    private static Addresses.Mailbox mailbox(String name, String address) {
        int at = address.lastIndexOf('@');
        return new Addresses.Mailbox(
                name, address.substring(0, at), address.substring(at + 1), null);
    }

    /// CRLF everywhere, lines of at most 998 octets, in the header 78, ASCII unless said otherwise.
    private static void assertConforms(byte[] octets) {
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        assertTrue(text.endsWith("\r\n"));
        boolean header = true;
        for (String line : text.split("\r\n", -1)) {
            assertTrue(line.indexOf('\r') < 0 && line.indexOf('\n') < 0, line);
            if (line.isEmpty()) header = false;
            boolean foldable = line.replaceFirst("^[^ ]+: ", "").strip().indexOf(' ') >= 0;
            assertTrue(line.length() <= (header && foldable ? 78 : 998), line);
            if (header) {
                assertTrue(line.contains("=?") ? line.length() <= 76 : true, line);
                assertTrue(line.isEmpty() || !line.isBlank(), "blank fold");
                for (int i = 0; i < line.length(); i++) assertTrue(line.charAt(i) < 127, line);
            }
        }
    }

    private static Message build(MessageBuilder builder, byte[][] octets) {
        octets[0] = builder.build();
        assertConforms(octets[0]);
        return Message.parse(octets[0]);
    }

    @Test
    void headersReadBack() {
        byte[][] octets = new byte[1][];
        List<Addresses.Entry> to =
                List.of(
                        mailbox("山田 太郎", "taro@example.jp"),
                        mailbox("Doe, John \"Joe\"", "john.doe@example.com"),
                        mailbox(null, "odd local@example.com"),
                        mailbox("José", "jose@example.com"),
                        new Addresses.Group("チーム", List.of(mailbox("A", "a@example.com"))),
                        new Addresses.Group("Nobody", List.of()));
        OffsetDateTime date = OffsetDateTime.parse("2026-11-25T10:35:00+09:00");
        String subject = "【重要】お見積りの件について（再送）".repeat(6);
        Message message =
                build(
                        new MessageBuilder()
                                .date(date)
                                .addresses("From", List.of(mailbox("Ann", "ann@example.com")))
                                .addresses("To", to)
                                .subject(subject)
                                .messageId("1@example.com")
                                .structured(
                                        "References",
                                        ("<" + "a".repeat(60) + "@example.com> ").repeat(20))
                                .text("X-Note", "two  blanks " + "word ".repeat(40) + "end")
                                .content(Content.text("hello\n")),
                        octets);
        Part root = message.root();
        assertEquals(subject, message.subject());
        assertEquals(to, root.addresses("to"));
        assertEquals(date, MailDate.parse(root.unfolded("date")));
        assertEquals("1@example.com", message.messageId());
        String note = null;
        for (Field field : HeaderFields.list(octets[0], 0, octets[0].length)) {
            if (field.is("x-note")) note = field.text();
        }
        assertEquals("two  blanks " + "word ".repeat(40) + "end", note);
        assertEquals("hello\r\n", root.text(octets[0]));
        assertEquals("7bit", root.encoding());
    }

    @Test
    void nothingBreaksOutOfAField() {
        MessageBuilder builder = new MessageBuilder();
        for (String bad :
                new String[] {"a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b", "a\u2028b"}) {
            assertThrows(IllegalArgumentException.class, () -> builder.subject(bad));
            assertThrows(IllegalArgumentException.class, () -> builder.structured("X-A", bad));
            assertThrows(IllegalArgumentException.class, () -> builder.messageId(bad));
            assertThrows(IllegalArgumentException.class, () -> builder.text("X" + bad, "a"));
            assertThrows(IllegalArgumentException.class, () -> MessageBuilder.line("A", bad));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> builder.addresses("To", List.of(mailbox(bad, "a@example.com"))));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            builder.addresses(
                                    "To",
                                    List.of(new Addresses.Mailbox("a", bad, "example.com", null))));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            builder.addresses(
                                    "To", List.of(new Addresses.Mailbox("a", "b", bad, null))));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            new MessageBuilder()
                                    .content(Content.attachment("text/plain", bad, new byte[1]))
                                    .build());
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            new MessageBuilder()
                                    .content(
                                            Content.attachment(
                                                    "text/plain" + bad, "a", new byte[1]))
                                    .build());
        }
        assertThrows(IllegalArgumentException.class, () -> builder.text("A B", "x"));
        assertThrows(IllegalArgumentException.class, () -> builder.text("", "x"));
        assertThrows(
                IllegalArgumentException.class, () -> builder.structured("X", "a".repeat(2_000)));
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.addresses("To", List.of(mailbox("a", "é@example.com"))));
    }

    @Test
    void textComesBackInTheEncodingThatFits() {
        assertText("7bit", "plain\r\nlines\r\n");
        assertText("7bit", "no line end");
        assertText("quoted-printable", "mostly plain text with one é in it\r\n");
        assertText("quoted-printable", "x".repeat(1_200));
        assertText("quoted-printable", "From here on\r\nblank at end \r\n.\r\n");
        assertText("base64", "お世話になっております。\r\n".repeat(30));
        assertText("7bit", "");
        byte[][] octets = new byte[1][];
        Message message = build(new MessageBuilder().content(Content.text("a\nb\rc\r\nd")), octets);
        assertEquals("a\r\nb\r\nc\r\nd", message.root().text(octets[0]).strip());
    }

    private static void assertText(String encoding, String text) {
        byte[][] octets = {
            new MessageBuilder()
                    .content(Content.mixed(Content.text(text), Content.html("<p>")))
                    .build()
        };
        assertConforms(octets[0]);
        Part part = Message.parse(octets[0]).section(1);
        assertEquals(encoding, part.encoding());
        assertEquals(text, part.text(octets[0]));
    }

    @Test
    void fileNamesComeInBothForms() {
        for (String name :
                List.of(
                        "a.txt",
                        "a b.txt",
                        "見積書.pdf",
                        "株式会社サンプル御見積書2026年11月分最終版その2.xlsx",
                        "quote\".txt",
                        "back\\slash",
                        "per%cent;semi",
                        "x".repeat(150) + ".bin",
                        "naïve 'quoted'.txt",
                        "🍣".repeat(30))) {
            byte[][] octets = new byte[1][];
            byte[] content = {0, 1, 2, (byte) 0xFF, '\r', '\n'};
            Message message =
                    build(
                            new MessageBuilder()
                                    .content(
                                            Content.mixed(
                                                    Content.text("see file"),
                                                    Content.attachment(
                                                            "application/octet-stream",
                                                            name,
                                                            content))),
                            octets);
            Part part = message.section(2);
            assertEquals(name, part.filename());
            assertEquals(name, part.parameter("name"));
            assertEquals(
                    name, new Parameters("", part.disposition().parameters()).decoded("filename"));
            assertArrayEquals(content, part.decoded(octets[0]));
            assertTrue(message.hasAttachment());
        }
    }

    @Test
    void aReportHasItsThreeParts() {
        byte[] original = Samples.crlf("Subject: lost\n\ntext\n");
        byte[][] octets = new byte[1][];
        Message message =
                build(
                        new MessageBuilder()
                                .subject("Undelivered")
                                .content(
                                        Content.report(
                                                "delivery-status",
                                                Content.text("届きませんでした\n"),
                                                Content.deliveryStatus(
                                                        List.of(
                                                                List.of(
                                                                        MessageBuilder.line(
                                                                                "Reporting-MTA",
                                                                                "dns; mx.example.com")),
                                                                List.of(
                                                                        MessageBuilder.line(
                                                                                "Final-Recipient",
                                                                                "rfc822; bob@example.com"),
                                                                        MessageBuilder.line(
                                                                                "Action", "failed"),
                                                                        MessageBuilder.line(
                                                                                "Status",
                                                                                "5.1.1")))),
                                                Content.message(original))),
                        octets);
        assertEquals("delivery-status", message.root().parameter("report-type"));
        assertEquals("message/delivery-status", message.section(2).mediaType());
        assertEquals(
                """
                Reporting-MTA: dns; mx.example.com

                Final-Recipient: rfc822; bob@example.com
                Action: failed
                Status: 5.1.1
                """,
                new String(message.section(2).decoded(octets[0]), StandardCharsets.UTF_8)
                        .replace("\r\n", "\n"));
        assertArrayEquals(original, message.section(3).decoded(octets[0]));
        assertEquals("lost", message.section(3).children().get(0).field("subject").text());
        assertFalse(message.isEightBit());
    }

    @Test
    void utf8HeadersGoToGlobalTypes() {
        byte[] original = Samples.crlf("Subject: 失\nFrom: 甲@example.jp\n\ntext\n");
        byte[] octets =
                new MessageBuilder()
                        .utf8Header()
                        .addresses("To", List.of(mailbox("甲 乙", "甲@例え.jp")))
                        .subject("届かず " + "長い件名 ".repeat(30).strip())
                        .content(
                                Content.report(
                                        "delivery-status",
                                        Content.text("a"),
                                        Content.deliveryStatus(
                                                List.of(
                                                        List.of(
                                                                MessageBuilder.line(
                                                                        "Final-Recipient",
                                                                        "utf-8; 甲@example.jp")))),
                                        Content.message(original)))
                        .build();
        Message message = Message.parse(octets);
        assertTrue(message.needsSmtpUtf8());
        assertEquals("届かず " + "長い件名 ".repeat(30).strip(), message.subject());
        assertEquals(List.of(mailbox("甲 乙", "甲@例え.jp")), message.root().addresses("to"));
        assertEquals("message/global-delivery-status", message.section(2).mediaType());
        assertEquals("message/global", message.section(3).mediaType());
        assertEquals("8bit", message.root().encoding());
        assertArrayEquals(original, message.section(3).decoded(octets));
    }

    @Test
    void whatIsBuiltReadsBackTheSame() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            String subject = words(random, 25).strip();
            String name = words(random, 6).strip();
            String text = words(random, 200);
            byte[] file = new byte[random.nextInt(400)];
            random.nextBytes(file);
            MessageBuilder builder =
                    new MessageBuilder()
                            .subject(subject)
                            .addresses(
                                    "From",
                                    List.of(mailbox(name.isEmpty() ? null : name, "a@example.com")))
                            .content(
                                    Content.mixed(
                                            Content.alternative(
                                                    Content.text(text), Content.html(text)),
                                            Content.attachment("image/png", "a", file)));
            byte[][] octets = new byte[1][];
            Message message = build(builder, octets);
            assertEquals(subject, message.subject());
            assertEquals(
                    name.isEmpty() ? null : name,
                    Addresses.flatten(message.root().addresses("from")).get(0).name());
            assertEquals(text, message.section(1, 1).text(octets[0]));
            assertEquals(text, message.section(1, 2).text(octets[0]));
            assertArrayEquals(file, message.section(2).decoded(octets[0]));
        }
    }

    private static String words(Random random, int countMax) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(countMax + 1); i > 0; i--) {
            switch (random.nextInt(9)) {
                case 0 -> out.append(' ');
                case 1 -> out.appendCodePoint(0x3041 + random.nextInt(80));
                case 2 -> out.appendCodePoint(0x4E00 + random.nextInt(2_000));
                case 3 -> out.append("(),:;<>@[]\\\"=?_.".charAt(random.nextInt(16)));
                default -> {
                    for (int k = random.nextInt(9); k >= 0; k--) {
                        out.append((char) ('a' + random.nextInt(26)));
                    }
                    out.append(' ');
                }
            }
        }
        return out.toString();
    }
}
