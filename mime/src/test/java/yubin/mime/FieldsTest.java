package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tables of structured fields and what they mean.
class FieldsTest {
    /// Entries as `name <address>`, groups as `name:...;`.
    private static String show(List<Addresses.Entry> entries) {
        List<String> shown = new ArrayList<>();
        for (Addresses.Entry entry : entries) {
            switch (entry) {
                case Addresses.Mailbox m -> shown.add(m.name() + " <" + m.address() + ">");
                case Addresses.Group g ->
                        shown.add(g.name() + ":" + show(List.copyOf(g.members())) + ";");
            }
        }
        return String.join(", ", shown);
    }

    private static void address(String written, String wanted) {
        assertEquals(wanted, show(Addresses.parse(written)), written);
    }

    @Test
    void addressesAsTheStandardHasThem() {
        // RFC 5322 §A.1 and §A.5.
        address("John Doe <jdoe@machine.example>", "John Doe <jdoe@machine.example>");
        address(
                "\"Joe Q. Public\" <john.q.public@example.com>",
                "Joe Q. Public <john.q.public@example.com>");
        address(
                "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
                "Mary Smith <mary@x.test>, null <jdoe@example.org>, Who? <one@y.test>");
        address("\"Giant; \\\"Big\\\" Box\" <a@example.net>", "Giant; \"Big\" Box <a@example.net>");
        address(
                "A Group:Ed Jones <c@a.test>,joe@where.test;",
                "A Group:Ed Jones <c@a.test>, null <joe@where.test>;");
        address("Undisclosed recipients:;", "Undisclosed recipients:;");
        address(
                "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
                "Pete <pete@silly.test>");
        address(
                "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
                "Mary Smith <mary@example.net>, null <jdoe@test.example>");
        assertEquals(
                "@a.test,@b.test",
                Addresses.flatten(Addresses.parse("<@a.test,@b.test:c@d.test>")).get(0).route());
    }

    @Test
    void addressesAsPeopleWriteThem() {
        address("", "");
        address("  ,, ; ", "");
        address("ann@example.com (Ann Example)", "Ann Example <ann@example.com>");
        address("=?UTF-8?B?5bGx55Sw?= <a@example.jp>", "山田 <a@example.jp>");
        address("\"=?UTF-8?B?5bGx55Sw?=\" <a@example.jp>", "山田 <a@example.jp>");
        address(
                "=?utf-8?Q?Doe,_John?= <a@example.jp>, b@example.jp",
                "Doe, John <a@example.jp>, null <b@example.jp>");
        address("=?utf-8?Q?Doe, John?= <a@example.jp>", "Doe, John <a@example.jp>");
        address("ann@example.com <ann@example.com>", "ann@example.com <ann@example.com>");
        address("Ann <ann@example.com", "Ann <ann@example.com>");
        address("<<ann@example.com>>", "null <ann@example.com>");
        address("Ann ann@example.com", "Ann <ann@example.com>");
        address("'Ann' <mailto:ann@example.com>", "'Ann' <mailto:ann@example.com>");
        address("\"odd @ local\"@example.com", "null <odd @ local@example.com>");
        address("root", "null <root>");
        address("山田 太郎 <taro@例え.jp>", "山田 太郎 <taro@例え.jp>");
        address(
                "A: a@example.com, B: b@example.com; c@example.com",
                "A:null <a@example.com>, B: <b@example.com>;, null <c@example.com>");
        address(
                "Ann\r\n <ann@example.com>,\r\n\tBob <bob@example.com>",
                "Ann <ann@example.com>, Bob <bob@example.com>");
    }

    @Test
    void rawAddressesKeepTheirEncodedWords() {
        assertEquals(
                "=?UTF-8?B?5bGx55Sw?= <a@example.jp>",
                show(Addresses.parseRaw("=?UTF-8?B?5bGx55Sw?= <a@example.jp>")));
    }

    private static void date(String written, String wanted) {
        OffsetDateTime date = MailDate.parse(written);
        assertEquals(wanted == null ? null : OffsetDateTime.parse(wanted), date, written);
    }

    @Test
    void datesInManyForms() {
        date("Wed, 25 Nov 2026 10:35:00 +0900", "2026-11-25T10:35:00+09:00");
        date("25 Nov 2026 10:35 +0900 (JST)", "2026-11-25T10:35:00+09:00");
        date(
                "Thu,\r\n 13\r\n Feb\r\n 1969 23:32 -0330 (Newfoundland Time)",
                "1969-02-13T23:32:00-03:30");
        date("21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z");
        date("21-Nov-1997 09:55:06 EST", "1997-11-21T09:55:06-05:00");
        date("Fri Nov 21 09:55:06 1997", "1997-11-21T09:55:06Z");
        date("2004-02-05 11:22:33", "2004-02-05T11:22:33Z");
        date("1 Jan 2026 23:59:60 +0000", "2026-01-01T23:59:59Z");
        date("1 Jan 2026 0:00 JST", "2026-01-01T00:00:00+09:00");
        date("from a by b; 1 Jan 2026 00:00:00 -0000", "2026-01-01T00:00:00Z");
        for (String bad :
                new String[] {
                    "",
                    "yesterday",
                    "31 Feb 2026 10:00:00 +0000",
                    "1 Zzz 2026 10:00:00 +0000",
                    "1 Jan 2026 25:00:00 +0000",
                    "1 Jan 2026",
                    "::"
                }) {
            date(bad, null);
        }
        assertNull(MailDate.parse(null));
    }

    @Test
    void aDateIsWrittenAsTheStandardHasIt() {
        assertEquals(
                "Wed, 25 Nov 2026 10:35:00 +0900",
                MailDate.format(OffsetDateTime.parse("2026-11-25T10:35:00+09:00")));
        assertEquals(
                "Thu, 1 Jan 1970 00:00:00 -0330",
                MailDate.format(OffsetDateTime.parse("1970-01-01T00:00:00-03:30")));
    }

    private static void content(String written, String value, Map<String, String> parameters) {
        Parameters read = Parameters.parse(written);
        assertEquals(value, read.value(), written);
        assertEquals(parameters, read.decodedAll(), written);
    }

    @Test
    void parametersStrictAndLoose() {
        content("text/plain", "text/plain", Map.of());
        content(
                "TEXT/Plain; Charset=US-ASCII (plain)",
                "text/plain",
                Map.of("charset", "US-ASCII"));
        content(
                "multipart/mixed; boundary=\"a; b\"",
                "multipart/mixed",
                Map.of("boundary", "a; b"));
        content("multipart/mixed boundary=b", "multipart/mixed", Map.of("boundary", "b"));
        content("text/plain;; ;charset = \"utf-8\" ; ", "text/plain", Map.of("charset", "utf-8"));
        content("(a) text (b) / (c) plain (d); x=y", "text/plain", Map.of("x", "y"));
        content(
                "application/x; name=my file.pdf; a=b",
                "application/x",
                Map.of("name", "my file.pdf", "a", "b"));
        content(
                "application/x; name=\"no end; a=b",
                "application/x",
                Map.of("name", "no end", "a", "b"));
        content(
                "application/x; name=C:\\dir\\file",
                "application/x",
                Map.of("name", "C:\\dir\\file"));
        content(
                "attachment; filename=\"C:\\dir\\f\\\"\"",
                "attachment",
                Map.of("filename", "C:\\dir\\f\""));
        content("a/b; name==?UTF-8?B?5Lya?=", "a/b", Map.of("name", "会"));
        content("a/b; name=\"=?UTF-8?B?5Lya?= =?UTF-8?B?6K2w?=\"", "a/b", Map.of("name", "会議"));
        // RFC 2231 §3, §4, §4.1.
        content(
                "message/external-body; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu\"",
                "message/external-body",
                Map.of("url", "ftp://cs.utk.edu"));
        content(
                "a/b; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
                "a/b", Map.of("title", "This is ***fun***"));
        content(
                "a/b; t*0*=us-ascii'en'This%20is%20; t*1*=%2A%2A%2Afun%2A%2A%2A%20; t*2=\"isn't it!\"",
                "a/b", Map.of("t", "This is ***fun*** isn't it!"));
        content("a/b; n*1*=%8A%9E; n*0*=iso-2022-jp''a", "a/b", Map.of("n", "a\uFFFD\uFFFD"));
        content("a/b; n*0*=UTF-8''%E4%BC; n*1*=%9A", "a/b", Map.of("n", "会"));
        content(
                "a/b; filename=ascii.txt; filename*=UTF-8''%E4%BC%9A.txt",
                "a/b", Map.of("filename", "会.txt"));
        content("a/b; n*=%E4%BC%9A", "a/b", Map.of("n", "会"));
    }

    @Test
    void mediaTypesFallBackAsTheStandardSays() {
        String[][] rows = {
            {"", "text/plain"},
            {"Content-Type: nonsense\n", "text/plain"},
            {"Content-Type: text\n", "text/plain"},
            {"Content-Type: /x\n", "text/plain"},
            {"Content-Type: Image/PNG; name=a\n", "image/png"},
            {"Content-Type: multipart/mixed\n", "text/plain"},
            {"Content-Type: text/plain/x\n", "text/plain"},
            {"Content-Type: image/png\nContent-Type: text/html\n", "image/png"},
        };
        for (String[] row : rows) {
            Part root = Message.parse(Samples.crlf(row[0] + "A: b\n\nx\n")).root();
            assertEquals(row[1], root.mediaType(), row[0]);
            assertFalse(root.isMultipart());
        }
    }

    @Test
    void messageIdsInAnyCompany() {
        assertEquals(
                List.of("1@a.test", "2@b.test"),
                MessageIds.parse("<1@a.test>\r\n <2@b.test> <1@a.test>"));
        assertEquals(List.of("1@a.test"), MessageIds.parse("Ann's letter of <1@a.test> (3 May)"));
        assertEquals(List.of("1@a.test"), MessageIds.parse(" 1@a.test "));
        assertEquals(List.of("1@a.test"), MessageIds.parse("<1\r\n @a.test>"));
        assertEquals(List.of(), MessageIds.parse("<>"));
        assertEquals(List.of(), MessageIds.parse(null));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 500; i++) many.append('<').append(i).append("@a.test> ");
        List<String> ids = MessageIds.parse(many.toString());
        assertEquals(MessageIds.IDS_MAX, ids.size());
        assertEquals("0@a.test", ids.get(0));
        assertEquals("499@a.test", ids.getLast());
    }
}
