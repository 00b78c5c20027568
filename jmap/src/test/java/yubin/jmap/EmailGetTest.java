package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Flags;

/// Email/get and Email/parse. RFC 8621 §4.1, §4.2, §4.9.
class EmailGetTest {
    private static final String LETTER =
            """
            From: "Ann Müller" <ann@example.com>
            Sender: bob@example.com
            To: James Smythe <james@example.com>, Friends: jane@example.com,
             =?UTF-8?Q?John_Sm=C3=AEth?= <john@example.com>;
            Cc: (nobody)
            Reply-To: <reply@example.com>
            Subject: =?UTF-8?B?5Lya6K2w?= at noon
            Date: Tue, 24 Nov 2026 10:00:00 +0900
            Message-ID: <one@example.com>
            In-Reply-To: <zero@example.com>
            References: <minus@example.com> <zero@example.com>
            X-Odd:  spaces   and =?utf-8?q?w=C3=B6rds?=
            X-Odd: second
            List-Post: <mailto:list@example.com> (the list)
            List-Help: NO
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=utf-8
            Content-Language: en, ja

            Hello you
            there
            --a
            Content-Type: text/html; charset=utf-8

            <p>Hello <b>you</b></p><img src="cid:pic@x"><img src="http://example.com/spy.png">
            --a--
            --m
            Content-Type: image/png; name="cat.png"
            Content-Disposition: inline
            Content-ID: <pic@x>
            Content-Transfer-Encoding: base64

            AQIDBA==
            --m
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*=utf-8''%E8%AB%8B%E6%B1%82.pdf
            Content-Transfer-Encoding: base64

            AQID
            --m--
            """;

    @TempDir static Path folder;
    private static Post post;
    private Post.Person ann;

    @BeforeAll
    static void open() throws IOException {
        post = new Post(folder);
    }

    @AfterAll
    static void close() {
        post.close();
    }

    @BeforeEach
    void somebodyNew() throws IOException {
        ann = post.person();
    }

    private ObjectNode get(long email, String more) {
        ObjectNode answer = ann.call("Email/get", "'ids': ['e" + email + "']" + more);
        assertEquals(1, answer.get("list").size(), answer.toString());
        return (ObjectNode) answer.get("list").get(0);
    }

    private ObjectNode properties(long email, String... properties) {
        return get(email, ", 'properties': ['" + String.join("', '", properties) + "']");
    }

    @Test
    void theDefaultPropertiesAreThoseOfTheRfc() throws Exception {
        long email = ann.deliver(LETTER);
        ObjectNode json = get(email, "");
        ann.has(
                """
                {'id': 'e%1$d', 'blobId': 'B%1$d', 'threadId': 't%1$d',
                 'mailboxIds': {'@inbox': true}, 'keywords': {},
                 'receivedAt': '2026-11-25T01:35:00Z',
                 'messageId': ['one@example.com'], 'inReplyTo': ['zero@example.com'],
                 'references': ['minus@example.com', 'zero@example.com'],
                 'sender': [{'name': null, 'email': 'bob@example.com'}],
                 'from': [{'name': 'Ann Müller', 'email': 'ann@example.com'}],
                 'to': [{'name': 'James Smythe', 'email': 'james@example.com'},
                        {'name': null, 'email': 'jane@example.com'},
                        {'name': 'John Smîth', 'email': 'john@example.com'}],
                 'cc': [], 'bcc': null,
                 'replyTo': [{'name': null, 'email': 'reply@example.com'}],
                 'subject': '会議 at noon', 'sentAt': '2026-11-24T10:00:00+09:00',
                 'hasAttachment': true, 'preview': 'Hello you there', 'bodyValues': {}}"""
                        .formatted(email),
                json);
        assertTrue(json.has("textBody") && json.has("htmlBody") && json.has("attachments"));
        assertFalse(json.has("bodyStructure") || json.has("headers"));
        assertEquals(
                LETTER.replace("\n", "\r\n").getBytes("UTF-8").length, json.get("size").intValue());
    }

    @Test
    void bodiesAreSortedOut() throws Exception {
        long email = ann.deliver(LETTER);
        ObjectNode json = properties(email, "textBody", "htmlBody", "attachments", "bodyStructure");
        ann.has(
                """
                {'textBody': [{'partId': '2', 'blobId': 'B%1$d-2', 'size': 16,
                   'type': 'text/plain', 'charset': 'utf-8', 'name': null, 'cid': null,
                   'disposition': null, 'language': ['en', 'ja'], 'location': null},
                  {'type': 'image/png'}],
                 'htmlBody': [{'partId': '3', 'type': 'text/html'}, {'type': 'image/png'}],
                 'attachments': [{'type': 'application/pdf', 'name': '請求.pdf', 'size': 3,
                   'charset': null, 'disposition': 'attachment', 'cid': null}],
                 'bodyStructure': {'type': 'multipart/mixed', 'partId': null, 'blobId': null,
                   'subParts': [{'type': 'multipart/alternative',
                     'subParts': [{'partId': '2'}, {'partId': '3'}]},
                     {'partId': '4', 'type': 'image/png', 'name': 'cat.png', 'cid': 'pic@x',
                      'disposition': 'inline', 'size': 4}, {'partId': '5'}]}}"""
                        .formatted(email),
                json);
    }

    @Test
    void theExampleOfTheRfcIsSortedOutAsItSays() throws Exception {
        long email =
                ann.deliver(
                        """
                        Content-Type: multipart/mixed; boundary=1

                        --1

                        A
                        --1
                        Content-Type: multipart/mixed; boundary=2

                        --2
                        Content-Type: multipart/alternative; boundary=3

                        --3
                        Content-Type: multipart/mixed; boundary=4

                        --4

                        B
                        --4
                        Content-Type: image/jpeg

                        C
                        --4

                        D
                        --4--
                        --3
                        Content-Type: multipart/related; boundary=5

                        --5
                        Content-Type: text/html

                        E
                        --5
                        Content-Type: image/jpeg

                        F
                        --5--
                        --3--
                        --2
                        Content-Type: image/jpeg
                        Content-Disposition: attachment

                        G
                        --2
                        Content-Type: application/x-excel

                        H
                        --2
                        Content-Type: message/rfc822

                        Subject: J

                        J
                        --2--
                        --1

                        K
                        --1--
                        """);
        ObjectNode json =
                get(
                        email,
                        ", 'properties': ['textBody', 'htmlBody', 'attachments', 'bodyValues'],"
                                + " 'fetchAllBodyValues': true, 'bodyProperties': ['partId',"
                                + " 'type', 'blobId']");
        assertEquals("A B C D K", letters(json, "textBody"));
        assertEquals("A E K", letters(json, "htmlBody"));
        assertEquals("C F G H J", letters(json, "attachments"));
    }

    /// What is in the parts, one letter each.
    private String letters(ObjectNode json, String list) throws IOException {
        StringBuilder letters = new StringBuilder();
        for (var part : json.get(list)) {
            Download blob =
                    post.jmap
                            .download(ann.login, ann.account, part.get("blobId").stringValue())
                            .orElseThrow();
            String text = new String(blob.all(), "UTF-8").strip();
            letters.append(' ').append(text.charAt(text.length() - 1));
        }
        return letters.substring(1);
    }

    @Test
    void bodyValuesComeWhenAskedForAndAreCutAtCharacters() throws Exception {
        long email = ann.deliver(LETTER);
        String bodies = ", 'properties': ['bodyValues'], ";
        ann.has(
                "{'bodyValues': {'2': {'value': 'Hello you\\nthere', 'isTruncated': false,"
                        + " 'isEncodingProblem': false}}}",
                get(email, bodies + "'fetchTextBodyValues': true"));
        assertEquals(
                1, get(email, bodies + "'fetchHTMLBodyValues': true").get("bodyValues").size());
        assertEquals(2, get(email, bodies + "'fetchAllBodyValues': true").get("bodyValues").size());
        ann.has(
                "{'bodyValues': {'2': {'value': 'Hello', 'isTruncated': true},"
                        + " '3': {'value': '<p>He', 'isTruncated': true}}}",
                get(email, bodies + "'fetchAllBodyValues': true, 'maxBodyValueBytes': 5"));
        long japanese = ann.deliver("Content-Type: text/plain; charset=utf-8\n\nあいう\n");
        ann.has(
                "{'bodyValues': {'0': {'value': 'あ', 'isTruncated': true}}}",
                get(japanese, bodies + "'fetchAllBodyValues': true, 'maxBodyValueBytes': 5"));
        long html = ann.deliver("Content-Type: text/html\n\n<p>a</p><a href=x>y</a>\n");
        ann.has(
                "{'bodyValues': {'0': {'value': '<p>a</p>'}}}",
                get(html, bodies + "'fetchAllBodyValues': true, 'maxBodyValueBytes': 12"));
        long strange = ann.deliver("Content-Type: text/plain; charset=x-none\n\nabc\n");
        ann.has(
                "{'bodyValues': {'0': {'isEncodingProblem': true}}}",
                get(strange, bodies + "'fetchAllBodyValues': true"));
    }

    @Test
    void headerFieldsComeInTheirForms() throws Exception {
        long email = ann.deliver(LETTER);
        Object[][] rows = {
            {"header:X-Odd", "' second'"},
            {"header:x-odd:asText", "'second'"},
            {"header:X-Odd:asText:all", "['spaces   and wörds', 'second']"},
            {"header:X-Odd:all", "['  spaces   and =?utf-8?q?w=C3=B6rds?=', ' second']"},
            {"header:Missing", "null"},
            {"header:Missing:all", "[]"},
            {"header:Missing:asAddresses", "null"},
            {"header:Subject:asText", "'会議 at noon'"},
            {"header:Subject", "' =?UTF-8?B?5Lya6K2w?= at noon'"},
            {"header:Message-ID:asMessageIds", "['one@example.com']"},
            {"header:Date:asDate", "'2026-11-24T10:00:00+09:00'"},
            {"header:List-Post:asURLs", "['mailto:list@example.com']"},
            {"header:List-Help:asURLs", "null"},
            {"header:X-Odd:asDate", "null"},
            {
                "header:From:asAddresses:all",
                "[[{'name': 'Ann Müller', 'email': 'ann@example.com'}]]"
            },
            {
                "header:To:asGroupedAddresses",
                "[{'name': null, 'addresses': [{'name': 'James Smythe', 'email':"
                        + " 'james@example.com'}]}, {'name': 'Friends', 'addresses': [{'name': null,"
                        + " 'email': 'jane@example.com'}, {'name': 'John Smîth', 'email':"
                        + " 'john@example.com'}]}]"
            },
        };
        for (Object[] row : rows) {
            ObjectNode json = properties(email, (String) row[0]);
            ann.has("{'" + row[0] + "': " + row[1] + "}", json);
            assertEquals(2, json.size(), json.toString());
        }
        ObjectNode all = properties(email, "headers");
        assertEquals(15, all.get("headers").size());
        ann.has("{'name': 'X-Odd', 'value': ' second'}", all.get("headers").get(11));
        ann.has(
                "{'bodyStructure': {'header:Content-Type': ' multipart/mixed; boundary=m',"
                        + " 'subParts': [{}, {'header:Content-Type': ' image/png; name=\\\"cat.png\\\"'},"
                        + " {}]}}",
                get(
                        email,
                        ", 'properties': ['bodyStructure'], 'bodyProperties':"
                                + " ['header:Content-Type', 'subParts']"));
    }

    @Test
    void whatCannotBeAskedForIsRefused() throws Exception {
        long email = ann.deliver(LETTER);
        for (String property :
                new String[] {
                    "colour",
                    "header:",
                    "header:From:asText",
                    "header:From:asDate",
                    "header:Subject:asAddresses",
                    "header:Date:asMessageIds",
                    "header:List-Post:asText",
                    "header:Received:asText",
                    "header:X-Odd:asNothing",
                    "header:X-Odd:all:asText",
                    "header:X-Odd:asText:all:all",
                    "header:X Odd",
                }) {
            assertEquals(
                    "invalidArguments",
                    ann.error(
                            "Email/get",
                            "'ids': ['e" + email + "'], 'properties': ['" + property + "']"),
                    property);
        }
        assertEquals(
                "invalidArguments", ann.error("Email/get", "'ids': [], 'bodyProperties': ['x']"));
        assertEquals(
                "invalidArguments", ann.error("Email/get", "'ids': [], 'maxBodyValueBytes': -1"));
        assertEquals(
                "requestTooLarge",
                ann.error(
                        "Email/get",
                        "'ids': ["
                                + java.util.stream.IntStream.rangeClosed(0, Session.GET_MAX)
                                        .mapToObj(i -> "'e" + (i + 1000) + "'")
                                        .collect(java.util.stream.Collectors.joining(","))
                                + "]"));
        ann.has(
                "{'list': [], 'notFound': ['e999', 'x']}",
                ann.call("Email/get", "'ids': ['e999', 'x']"));
        assertEquals(1, ann.call("Email/get", "'ids': null").get("list").size());
    }

    @Test
    void keywordsAreTheFlagsOfImap() throws Exception {
        long email = ann.deliver("Subject: x\n\nx\n");
        long bits =
                Flags.SEEN
                        | Flags.FLAGGED
                        | Flags.DRAFT
                        | Flags.ANSWERED
                        | ann.boxes.keyword("$Forwarded", true);
        ann.boxes.store(ann.inbox(), new int[] {1}, FlagOperation.SET, bits, Long.MAX_VALUE);
        ann.has(
                "{'keywords': {'$seen': true, '$flagged': true, '$draft': true,"
                        + " '$answered': true, '$forwarded': true}}",
                properties(email, "keywords"));
        ann.boxes.store(
                ann.inbox(), new int[] {1}, FlagOperation.ADD, Flags.DELETED, Long.MAX_VALUE);
        ann.has(
                "{'notFound': ['e" + email + "']}",
                ann.call("Email/get", "'ids': ['e" + email + "']"));
        assertEquals(1, ann.call("Thread/get", "'ids': ['t" + email + "']").get("notFound").size());
    }

    @Test
    void oddLettersAreShownAsWellAsCanBe() throws Exception {
        long nothing = ann.deliver("\n");
        ann.has(
                "{'subject': null, 'from': null, 'sentAt': null, 'messageId': null, 'preview': '',"
                        + " 'hasAttachment': false}",
                get(nothing, ""));
        long broken =
                ann.deliver(
                        "From: not an address\nDate: yesterday\nMessage-ID: <>\n"
                                + "Content-Type: multipart/mixed\n\nHello\n");
        ann.has(
                "{'sentAt': null, 'messageId': null, 'textBody': [{'type': 'text/plain'}]}",
                get(broken, ""));
    }

    @Test
    void blobsAreParsedAsMessages() throws Exception {
        String blob = ann.upload("message/rfc822", LETTER.replace("\n", "\r\n"));
        String text = ann.upload("text/plain", "this is no message");
        ObjectNode answer =
                ann.call(
                        "Email/parse",
                        "'blobIds': ['"
                                + blob
                                + "', '"
                                + text
                                + "', 'U99999'],"
                                + " 'fetchTextBodyValues': true");
        ann.has(
                "{'parsed': {'"
                        + blob
                        + "': {'subject': '会議 at noon', 'bodyValues': {'2': {'value': 'Hello"
                        + " you\\nthere'}}, 'attachments': [{'blobId': '"
                        + blob
                        + "-5'}]}}, 'notParsable': ['"
                        + text
                        + "'], 'notFound': ['U99999']}",
                answer);
        assertFalse(answer.at("/parsed/" + blob).has("id"));
        ann.has(
                "{'parsed': {'"
                        + blob
                        + "': {'id': null, 'mailboxIds': null, 'keywords': null,"
                        + " 'receivedAt': null, 'threadId': null, 'blobId': '"
                        + blob
                        + "'}}}",
                ann.call(
                        "Email/parse",
                        "'blobIds': ['"
                                + blob
                                + "'], 'properties': ['id', 'mailboxIds',"
                                + " 'keywords', 'receivedAt', 'threadId', 'blobId', 'size']"));
        long outer = ann.deliver("Content-Type: message/rfc822\n\nSubject: inner\n\nHello\n");
        ann.has(
                "{'parsed': {'B" + outer + "-0': {'subject': 'inner'}}, 'notFound': null}",
                ann.call("Email/parse", "'blobIds': ['B" + outer + "-0']"));
    }

    @Test
    void threadsGatherLettersByTheirIds() throws Exception {
        long first = ann.deliver("Message-ID: <a@x>\n\nHello\n");
        long answer = ann.deliver("Message-ID: <b@x>\nIn-Reply-To: <a@x>\n\nHello\n");
        long other = ann.deliver("Message-ID: <c@x>\n\nHello\n");
        ann.has(
                "{'list': [{'id': 't%1$d', 'emailIds': ['e%1$d', 'e%2$d']}, {'id': 't%3$d',"
                                .formatted(first, answer, other)
                        + " 'emailIds': ['e"
                        + other
                        + "']}], 'notFound': ['t99']}",
                ann.call("Thread/get", "'ids': ['t" + first + "', 't" + other + "', 't99']"));
    }
}
