package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchTest {
    /// A forwarded letter with a picture, as most clients write it.
    private static final String LETTER =
            """
            Return-Path: <bob@example.com>
            Date: Wed, 25 Nov 2026 10:35:00 +0900
            From: =?utf-8?Q?B=C3=B6b?= <bob@example.com>, "Q. \\"Doe\\"" <q@example.com>
            Subject: a
             folded subject
            To: friends: ann@example.com, carl@example.com;
            Cc: <@r.example:dora@example.com>
            In-Reply-To: <0@example.com>
            Message-ID: <1@example.com>
            X-Odd: yes
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="b"

            preamble
            --b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            Hello
            --b
            Content-Type: message/rfc822
            Content-Disposition: attachment; filename="x.eml"

            From: eve@example.com
            Subject: inner

            Inside
            --b
            Content-Type: image/png; name="p.png"
            Content-Transfer-Encoding: base64
            Content-ID: <p@example.com>
            Content-Language: ja, en

            AAECAw==
            --b--
            """;

    @TempDir static Path folder;
    private static Office office;

    @BeforeAll
    static void open() throws IOException {
        office = new Office(folder);
    }

    @AfterAll
    static void close() {
        office.close();
    }

    private static Chat reading() throws IOException {
        String ann = office.account();
        office.deliver(ann, LETTER);
        return office.in(ann);
    }

    private static String one(Chat chat, String item) {
        List<String> lines = chat.asks("FETCH 1 (" + item + ")");
        String row = String.join("\n", lines);
        String head = "* 1 FETCH (";
        assertTrue(row.startsWith(head) && row.endsWith(")"), row);
        return row.substring(head.length(), row.length() - 1);
    }

    @Test
    void envelopeAndStructure() throws IOException {
        try (Chat chat = reading()) {
            String from =
                    "((\"=?utf-8?Q?B=C3=B6b?=\" NIL \"bob\" \"example.com\")"
                            + "(\"Q. \\\"Doe\\\"\" NIL \"q\" \"example.com\"))";
            assertEquals(
                    "ENVELOPE (\"Wed, 25 Nov 2026 10:35:00 +0900\" \"a folded subject\" "
                            + from
                            + " "
                            + from
                            + " "
                            + from
                            + " ((NIL NIL \"friends\" NIL)(NIL NIL \"ann\" \"example.com\")"
                            + "(NIL NIL \"carl\" \"example.com\")(NIL NIL NIL NIL))"
                            + " ((NIL \"@r.example\" \"dora\" \"example.com\")) NIL"
                            + " \"<0@example.com>\" \"<1@example.com>\")",
                    one(chat, "ENVELOPE"));
            String inner =
                    "(NIL \"inner\" ((NIL NIL \"eve\" \"example.com\"))"
                            + " ((NIL NIL \"eve\" \"example.com\"))"
                            + " ((NIL NIL \"eve\" \"example.com\")) NIL NIL NIL NIL NIL)";
            assertEquals(
                    "BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"8bit\" 5 1"
                            + " NIL NIL NIL NIL)(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 47 "
                            + inner
                            + " (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 6 1"
                            + " NIL NIL NIL NIL) 4 NIL"
                            + " (\"attachment\" (\"filename\" \"x.eml\")) NIL NIL)"
                            + "(\"image\" \"png\" (\"name\" \"p.png\") \"<p@example.com>\" NIL"
                            + " \"base64\" 8 NIL NIL (\"ja\" \"en\") NIL) \"mixed\""
                            + " (\"boundary\" \"b\") NIL NIL NIL)",
                    one(chat, "BODYSTRUCTURE"));
            assertTrue(one(chat, "BODY").endsWith(" \"base64\" 8) \"mixed\")"));
        }
    }

    @Test
    void sections() throws IOException {
        try (Chat chat = reading()) {
            assertEquals("BODY[1] {5}\nHello", one(chat, "BODY.PEEK[1]"));
            assertEquals("BODY[3] {8}\nAAECAw==", one(chat, "BODY.PEEK[3]"));
            assertEquals("BODY[4] NIL", one(chat, "BODY.PEEK[4]"));
            assertEquals("BODY[1.HEADER] NIL", one(chat, "BODY.PEEK[1.HEADER]"));
            assertEquals("BODY[2.TEXT] {6}\nInside", one(chat, "BODY.PEEK[2.TEXT]"));
            assertEquals("BODY[2.1] {6}\nInside", one(chat, "BODY.PEEK[2.1]"));
            assertEquals(
                    "BODY[2.HEADER] {41}\nFrom: eve@example.com\nSubject: inner\n\n",
                    one(chat, "BODY.PEEK[2.HEADER]"));
            assertEquals(
                    "BODY[2.HEADER.FIELDS (Subject)] {18}\nSubject: inner\n\n",
                    one(chat, "BODY.PEEK[2.HEADER.FIELDS (Subject)]"));
            assertEquals(
                    "BODY[1.MIME] {76}\nContent-Type: text/plain; charset=utf-8\n"
                            + "Content-Transfer-Encoding: 8bit\n\n",
                    one(chat, "BODY.PEEK[1.MIME]"));
            assertEquals("BODY[1]<1> {3}\nell", one(chat, "BODY.PEEK[1]<1.3>"));
            assertEquals("BODY[1]<9> {0}\n", one(chat, "BODY.PEEK[1]<9.3>"));
            assertEquals(
                    "BODY[HEADER.FIELDS (SUBJECT x-odd)] {43}\nSubject: a\n folded subject\n"
                            + "X-Odd: yes\n\n",
                    one(chat, "BODY.PEEK[HEADER.FIELDS (SUBJECT x-odd)]"));
            assertEquals(
                    "BODY[HEADER.FIELDS (To Nothing)] {51}\n"
                            + "To: friends: ann@example.com, carl@example.com;\n\n",
                    one(chat, "BODY.PEEK[HEADER.FIELDS (To Nothing)]"));
            String not = one(chat, "BODY.PEEK[HEADER.FIELDS.NOT (To Date From Subject Cc)]");
            assertTrue(not.contains("Return-Path") && !not.contains("folded"), not);
            assertTrue(one(chat, "RFC822.HEADER").startsWith("RFC822.HEADER {"));
            assertTrue(one(chat, "FLAGS").endsWith("(\\Recent)"));
        }
    }

    @Test
    void readingATextMarksItSeen() throws IOException {
        try (Chat chat = reading()) {
            chat.plays(
                    """
                    C: a FETCH 1 BODY[1]
                    S: * 1 FETCH (BODY[1] {5}
                    S: Hello)
                    S: * 1 FETCH (FLAGS (\\Recent \\Seen))
                    S: a OK Fetched
                    C: b FETCH 1 (FLAGS RFC822.TEXT)
                    S: * 1 FETCH (FLAGS (\\Recent \\Seen) RFC822.TEXT {…
                    """);
            chat.hears("b OK Fetched");
            chat.says("c EXAMINE INBOX");
            chat.hears("c OK [READ-ONLY] Examined");
            chat.plays("C: d STORE 1 FLAGS ()\nS: d NO [READ-ONLY] …");
        }
    }

    @Test
    void aLargeMessageComesWholeAndInPieces() throws Exception {
        String ann = office.account();
        StringBuilder text = new StringBuilder("Subject: large\n\n");
        for (int i = 0; i < 20_000; i++) text.append("line ").append(i).append(" of many\n");
        try (Chat chat = office.with(ann)) {
            chat.append("INBOX", "", text.toString());
            chat.says("s SELECT INBOX");
            chat.hears("s OK [READ-WRITE] Selected");
            byte[] sent = text.toString().replace("\n", "\r\n").getBytes();
            chat.says("a FETCH 1 (UID BODY.PEEK[])");
            assertEquals("* 1 FETCH (UID 1 BODY[] {" + sent.length + "}", chat.hear());
            byte[] got = new byte[sent.length];
            chat.wire().readFully(got, 0, got.length);
            assertArrayEquals(sent, got);
            chat.plays("S: )\nS: a OK Fetched");
            chat.says("b FETCH 1 (BODY.PEEK[]<300000.50>)");
            assertEquals("* 1 FETCH (BODY[]<300000> {50}", chat.hear());
            chat.wire().readFully(got, 0, 50);
            for (int i = 0; i < 50; i++) assertEquals(sent[300000 + i], got[i]);
            chat.plays("S: )\nS: b OK Fetched");
        }
    }

    /// Many messages are read ahead; small, large and gone ones come in their order all the same.
    @Test
    void manyWholeMessages() throws Exception {
        String ann = office.account();
        String[] texts = new String[60];
        for (int i = 0; i < texts.length; i++) {
            int lines = i % 20 == 7 ? 9000 : i % 7 == 3 ? 3000 : i;
            texts[i] = "Subject: " + i + "\n\n" + ("line of " + i + "\n").repeat(lines);
            office.deliver(ann, texts[i]);
        }
        try (Chat chat = office.in(ann);
                Chat other = office.in(ann)) {
            other.asks("STORE 31 +FLAGS.SILENT (\\Deleted)");
            other.asks("EXPUNGE");
            chat.says("a FETCH 1:* (UID BODY.PEEK[] RFC822.SIZE)");
            for (int i = 0; i < texts.length; i++) {
                if (i == 30) continue;
                byte[] sent = texts[i].replace("\n", "\r\n").getBytes();
                assertEquals(
                        "* " + (i + 1) + " FETCH (UID " + (i + 1) + " BODY[] {" + sent.length + "}",
                        chat.hear());
                byte[] got = new byte[sent.length];
                chat.wire().readFully(got, 0, got.length);
                assertArrayEquals(sent, got);
                chat.plays("S:  RFC822.SIZE " + sent.length + ")");
            }
            chat.plays("S: a NO [EXPUNGEISSUED] …");
        }
    }

    @Test
    void badSetsAndEmptyMailboxes() throws IOException {
        String ann = office.account();
        try (Chat chat = office.in(ann)) {
            chat.plays(
                    """
                    C: a FETCH 1:* FLAGS
                    S: a OK Fetched
                    C: b FETCH 1 FLAGS
                    S: b BAD There is no message …
                    C: c UID FETCH 5:9 FLAGS
                    S: c OK Fetched
                    C: d UID FETCH * FLAGS
                    S: d OK Fetched
                    """);
            office.deliver(ann, 2);
            chat.plays(
                    """
                    C: e FETCH 3 FLAGS
                    S: * 2 EXISTS
                    S: * 2 RECENT
                    S: e BAD There is no message …
                    C: f FETCH 9:* UID
                    S: * 2 FETCH (UID 2)
                    S: f OK Fetched
                    C: g UID FETCH 9:* UID
                    S: * 2 FETCH (UID 2)
                    S: g OK Fetched
                    C: h FETCH 2,1,1:2 UID
                    S: * 1 FETCH (UID 1)
                    S: * 2 FETCH (UID 2)
                    S: h OK Fetched
                    """);
        }
    }
}
