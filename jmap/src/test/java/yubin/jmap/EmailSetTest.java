package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Flags;
import yubin.store.Role;
import yubin.store.Verify;

/// Email/set, Email/import, Email/copy. RFC 8621 §4.6 to §4.8.
class EmailSetTest {
    @TempDir static Path folder;
    private static Post post;
    private Post.Person ann;

    @BeforeAll
    static void open() throws IOException {
        post = new Post(folder);
    }

    @AfterAll
    static void close() throws IOException {
        assertEquals(java.util.List.of(), Verify.run(post.store).findings());
        post.close();
    }

    @BeforeEach
    void somebodyNew() throws IOException {
        ann = post.person();
    }

    private String made(String email) {
        ObjectNode answer =
                ann.call(
                        "Email/set",
                        "'create': {'k': {'mailboxIds': {'@inbox': true}, " + email + "}}");
        assertTrue(answer.get("notCreated").isNull(), answer.toString());
        for (String property : new String[] {"id", "blobId", "threadId", "size"}) {
            assertTrue(answer.at("/created/k").has(property), property);
        }
        return answer.at("/created/k/id").stringValue();
    }

    private ObjectNode get(String id, String properties) {
        return (ObjectNode)
                ann.call(
                                "Email/get",
                                "'ids': ['"
                                        + id
                                        + "'], 'fetchAllBodyValues': true, 'properties': "
                                        + properties)
                        .get("list")
                        .get(0);
    }

    private String octets(String id) throws IOException {
        Download blob =
                post.jmap.download(ann.login, ann.account, "B" + id.substring(1)).orElseThrow();
        return new String(blob.all(), StandardCharsets.UTF_8);
    }

    @Test
    void aDraftIsWrittenAndReadsBackTheSame() throws Exception {
        String id =
                made(
                        """
                        'keywords': {'$draft': true, '$seen': true},
                        'receivedAt': '2026-01-02T03:04:05Z',
                        'from': [{'name': '山田 太郎', 'email': 'taro@example.com'}],
                        'to': [{'name': null, 'email': 'bob@example.com'},
                               {'name': 'Half', 'email': 'nobody'}],
                        'subject': '明日の会議について', 'inReplyTo': ['a@x'],
                        'references': ['z@x', 'a@x'], 'sentAt': '2026-01-01T10:00:00+09:00',
                        'header:X-Tag:asText:all': ['one', '二'],
                        'header:List-Post:asURLs': ['mailto:list@example.com'],
                        'textBody': [{'partId': 't', 'type': 'text/plain'}],
                        'htmlBody': [{'partId': 'h', 'type': 'text/html'}],
                        'bodyValues': {'t': {'value': 'おはよう\\nございます'},
                                       'h': {'value': '<p>おはよう</p>'}}""");
        ann.has(
                """
                {'keywords': {'$draft': true, '$seen': true},
                 'receivedAt': '2026-01-02T03:04:05Z', 'subject': '明日の会議について',
                 'from': [{'name': '山田 太郎', 'email': 'taro@example.com'}],
                 'inReplyTo': ['a@x'], 'references': ['z@x', 'a@x'],
                 'sentAt': '2026-01-01T10:00:00+09:00',
                 'header:X-Tag:asText:all': ['one', '二'],
                 'header:List-Post:asURLs': ['mailto:list@example.com'],
                 'textBody': [{'type': 'text/plain', 'charset': 'utf-8'}],
                 'htmlBody': [{'type': 'text/html'}], 'attachments': []}""",
                get(
                        id,
                        "['keywords', 'receivedAt', 'subject', 'from', 'inReplyTo', 'references',"
                                + " 'sentAt', 'header:X-Tag:asText:all', 'textBody', 'htmlBody',"
                                + " 'attachments', 'header:List-Post:asURLs']"));
        ann.has(
                "{'bodyValues': {'1': {'value': 'おはよう\\nございます'},"
                        + " '2': {'value': '<p>おはよう</p>'}}}",
                get(id, "['bodyValues']"));
        String text = octets(id);
        assertTrue(text.startsWith("Message-ID: <"), text);
        assertTrue(text.contains("MIME-Version: 1.0\r\n"), text);
        assertTrue(text.chars().allMatch(c -> c < 128), "ASCII only");
    }

    @Test
    void attachmentsAndPicturesFindTheirPlaces() throws Exception {
        String pdf = ann.upload("application/pdf", new byte[] {1, 2, 0, 13, 10, 4});
        String png = ann.upload("image/png", new byte[] {9, 8, 7});
        String id =
                made(
                        ("""
                        'htmlBody': [{'partId': 'h', 'type': 'text/html'}],
                        'bodyValues': {'h': {'value': '<img src=cid:pic>'}},
                        'attachments': [
                          {'blobId': '%s', 'type': 'application/pdf', 'name': '請求書.pdf'},
                          {'blobId': '%s', 'type': 'image/png', 'cid': 'pic', 'name': 'p.png'}]""")
                                .formatted(pdf, png));
        ann.has(
                """
                {'bodyStructure': {'type': 'multipart/mixed', 'subParts': [
                   {'type': 'multipart/related', 'subParts': [{'type': 'text/html'},
                     {'type': 'image/png', 'cid': 'pic', 'disposition': 'inline', 'size': 3}]},
                   {'type': 'application/pdf', 'name': '請求書.pdf', 'size': 6,
                    'disposition': 'attachment'}]}, 'hasAttachment': true}""",
                get(id, "['bodyStructure', 'hasAttachment']"));
        String part = get(id, "['attachments']").at("/attachments/1/blobId").asString();
        byte[] back = post.jmap.download(ann.login, ann.account, part).orElseThrow().all();
        assertEquals("[1, 2, 0, 13, 10, 4]", java.util.Arrays.toString(back));
    }

    @Test
    void aStructureOfTheClientsOwnIsKept() {
        String id =
                made(
                        """
                        'bodyStructure': {'type': 'multipart/alternative', 'subParts': [
                          {'partId': 'a', 'type': 'text/plain', 'language': ['ja', 'en'],
                           'header:X-Part:asText': 'first'},
                          {'partId': 'b', 'type': 'text/html', 'location': 'http://example.com/b',
                           'disposition': 'inline', 'cid': 'c@x'}]},
                        'bodyValues': {'a': {'value': 'A'}, 'b': {'value': 'B'}}""");
        ann.has(
                """
                {'bodyStructure': {'type': 'multipart/alternative', 'subParts': [
                   {'type': 'text/plain', 'language': ['ja', 'en']},
                   {'type': 'text/html', 'location': 'http://example.com/b',
                    'disposition': 'inline', 'cid': 'c@x'}]}}""",
                get(id, "['bodyStructure']"));
    }

    @Test
    void creatingIsRefusedWithItsReason() {
        String in = "'mailboxIds': {'@inbox': true}, ";
        String[][] rows = {
            {"'subject': 'x'", "invalidProperties mailboxIds"},
            {"'mailboxIds': {}", "invalidProperties mailboxIds"},
            {"'mailboxIds': {'m99': true}", "invalidProperties mailboxIds"},
            {"'mailboxIds': {'@inbox': false}", "invalidProperties mailboxIds"},
            {in + "'keywords': {'a b': true}", "invalidProperties keywords"},
            {in + "'keywords': {'a': false}", "invalidProperties keywords"},
            {in + "'receivedAt': 'today'", "invalidProperties receivedAt"},
            {in + "'id': 'e5'", "invalidProperties id"},
            {in + "'size': 5", "invalidProperties size"},
            {in + "'headers': []", "invalidProperties headers"},
            {in + "'colour': 'red'", "invalidProperties colour"},
            {in + "'subject': 5", "invalidProperties subject"},
            {in + "'subject': 'a', 'header:Subject': 'b'", "invalidProperties header:Subject"},
            {in + "'header:Content-Type': 'x'", "invalidProperties header:Content-Type"},
            {in + "'header:From:asText': 'x'", "invalidProperties header:From:asText"},
            {in + "'header:X-A:asText': 'a\\nb: c'", "invalidProperties header:X-A:asText"},
            {in + "'from': 'ann'", "invalidProperties from"},
            {in + "'sentAt': '2026'", "invalidProperties sentAt"},
            {in + "'messageId': ['a b']", "invalidProperties messageId"},
            {in + "'textBody': [{'partId': 'x'}]", "invalidProperties textBody/0/partId"},
            {
                in
                        + "'textBody': [{'partId': 'x', 'type': 'text/html'}],"
                        + " 'bodyValues': {'x': {'value': ''}}",
                "invalidProperties textBody/0/type"
            },
            {in + "'textBody': [{}, {}]", "invalidProperties textBody"},
            {
                in + "'bodyStructure': {'partId': 'x'}, 'textBody': [{'partId': 'x'}]",
                "invalidProperties bodyStructure"
            },
            {
                in
                        + "'subject': 'x', 'bodyStructure': {'header:Subject': 'y', 'partId': 'x'},"
                        + " 'bodyValues': {'x': {'value': ''}}",
                "invalidProperties bodyStructure/header:Subject"
            },
            {
                in
                        + "'bodyStructure': {'partId': 'x', 'charset': 'utf-8'},"
                        + " 'bodyValues': {'x': {'value': ''}}",
                "invalidProperties bodyStructure/charset"
            },
            {
                in + "'bodyStructure': {'partId': 'x', 'header:Content-Transfer-Encoding': '8bit'}",
                "invalidProperties bodyStructure/header:Content-Transfer-Encoding"
            },
            {
                in + "'bodyStructure': {'partId': 'x', 'headers': []}",
                "invalidProperties bodyStructure/headers"
            },
            {in + "'bodyStructure': {'type': 'text/plain'}", "invalidProperties bodyStructure"},
            {
                in
                        + "'bodyStructure': {'partId': 'x'},"
                        + " 'bodyValues': {'x': {'value': '', 'isTruncated': true}}",
                "invalidProperties bodyValues"
            },
            {in + "'attachments': [{'blobId': 'U999'}]", "blobNotFound "},
        };
        for (String[] row : rows) {
            ObjectNode answer = ann.call("Email/set", "'create': {'k': {" + row[0] + "}}");
            assertEquals(
                    row[1],
                    answer.at("/notCreated/k/type").asString()
                            + " "
                            + answer.at("/notCreated/k/properties/0").asString(""),
                    row[0]);
        }
        ann.has(
                "{'notCreated': {'k': {'notFound': ['U998', 'U999']}}}",
                ann.call(
                        "Email/set",
                        "'create': {'k': {"
                                + in
                                + "'attachments': [{'blobId': 'U998'}, {'blobId': 'U999'}]}}"));
    }

    @Test
    void whatIsTooLargeOrBeyondTheQuotaIsRefused() throws Exception {
        String large =
                "'create': {'k': {'mailboxIds': {'@inbox': true}, 'textBody': [{'partId': 'x'}],"
                        + " 'bodyValues': {'x': {'value': '"
                        + "x".repeat(1 << 20)
                        + "y'}}}}";
        assertEquals("tooLarge", ann.call("Email/set", large).at("/notCreated/k/type").asString());
        ann = post.person(100);
        assertEquals(
                "overQuota",
                ann.call(
                                "Email/set",
                                "'create': {'k': {'mailboxIds': {'@inbox': true},"
                                        + " 'subject': 'x'}}")
                        .at("/notCreated/k/type")
                        .asString());
    }

    @Test
    void keywordsAndMailboxesArePatched() throws Exception {
        long number = ann.deliver("Subject: x\n\nx\n");
        String id = "e" + number;
        String archive = "m" + ann.boxes.ensure(Role.ARCHIVE).id();
        update(id, "'keywords/$seen': true, 'keywords/todo': true");
        shows(id, "{'keywords': {'$seen': true, 'todo': true}, 'mailboxIds': {'@inbox': true}}");
        update(id, "'keywords/$seen': null, 'mailboxIds/" + archive + "': true");
        shows(
                id,
                "{'keywords': {'todo': true}, 'mailboxIds': {'@inbox': true, '"
                        + archive
                        + "': true}}");
        assertEquals(1, ann.boxes.usage().messages());
        assertEquals(1, ann.boxes.role(Role.ARCHIVE).orElseThrow().messages());
        update(id, "'keywords': {'$flagged': true}");
        assertEquals(
                Flags.FLAGGED,
                ann.boxes.view(ann.boxes.role(Role.ARCHIVE).orElseThrow().id()).now().flags(0));
        update(id, "'mailboxIds/@inbox': null");
        shows(id, "{'mailboxIds': {'" + archive + "': true}}");
        update(id, "'mailboxIds': {'@inbox': true}");
        shows(id, "{'mailboxIds': {'@inbox': true}, 'keywords': {'$flagged': true}}");
        assertEquals(0, ann.boxes.role(Role.ARCHIVE).orElseThrow().messages());
        update(id, "'subject': 'x', 'id': '" + id + "'"); // nothing new
    }

    private void update(String id, String patch) {
        ObjectNode answer = ann.call("Email/set", "'update': {'" + id + "': {" + patch + "}}");
        assertTrue(
                answer.get("updated") != null && answer.get("updated").has(id), answer.toString());
    }

    private void shows(String id, String expected) {
        ObjectNode json = get(id, "['keywords', 'mailboxIds']");
        ObjectNode wanted = (ObjectNode) Api.JSON.readTree(ann.filled(expected));
        for (var property : wanted.properties()) {
            assertEquals(property.getValue(), json.get(property.getKey()));
        }
    }

    @Test
    void updatingIsRefusedWithItsReason() throws Exception {
        String id = "e" + ann.deliver("Subject: x\n\nx\n");
        String[][] rows = {
            {"'subject': 'y'", "invalidProperties"},
            {"'receivedAt': '2020-01-01T00:00:00Z'", "invalidProperties"},
            {"'id': 'e99'", "invalidProperties"},
            {"'colour': 'red'", "invalidProperties"},
            {"'keywords/a b': true", "invalidProperties"},
            {"'keywords/a': false", "invalidProperties"},
            {"'keywords': 'x'", "invalidProperties"},
            {"'keywords/a/b': true", "invalidPatch"},
            {"'keywords': {}, 'keywords/a': true", "invalidPatch"},
            {"'mailboxIds': {}", "invalidProperties"},
            {"'mailboxIds/@inbox': null", "invalidProperties"},
            {"'mailboxIds/m99': true", "invalidProperties"},
        };
        for (String[] row : rows) {
            ObjectNode answer = ann.call("Email/set", "'update': {'" + id + "': {" + row[0] + "}}");
            assertEquals(row[1], answer.at("/notUpdated/" + id + "/type").asString(), row[0]);
        }
        ann.has(
                "{'notUpdated': {'e98': {'type': 'notFound'}, '"
                        + id
                        + "': {'type': 'willDestroy'}}, 'destroyed': ['"
                        + id
                        + "'], 'notDestroyed': {'e99': {'type': 'notFound'}}}",
                ann.call(
                        "Email/set",
                        "'update': {'e98': {}, '"
                                + id
                                + "': {}}, 'destroy': ['"
                                + id
                                + "', 'e99']"));
        assertEquals(0, ann.boxes.usage().messages());
    }

    @Test
    void theFiftyEighthKeywordIsRefused() throws Exception {
        String id = "e" + ann.deliver("Subject: x\n\nx\n");
        for (int i = 0; i < Flags.KEYWORDS_MAX; i++) ann.boxes.keyword("k" + i, true);
        assertEquals(
                "tooManyKeywords",
                ann.call("Email/set", "'update': {'" + id + "': {'keywords/one-more': true}}")
                        .at("/notUpdated/" + id + "/type")
                        .asString());
    }

    @Test
    void aHiddenPlaceIsNoneAndAHiddenEmailIsNotThere() throws Exception {
        String id = "e" + ann.deliver("Subject: x\n\nx\n");
        String archive = "m" + ann.boxes.ensure(Role.ARCHIVE).id();
        update(id, "'mailboxIds/" + archive + "': true");
        ann.boxes.store(
                ann.inbox(), new int[] {1}, FlagOperation.ADD, Flags.DELETED, Long.MAX_VALUE);
        shows(id, "{'mailboxIds': {'" + archive + "': true}}");
        update(id, "'mailboxIds/@inbox': true"); // it comes back where it was hidden
        shows(id, "{'mailboxIds': {'@inbox': true, '" + archive + "': true}}");
        assertEquals(1, ann.boxes.view(ann.inbox()).now().count());
        ann.boxes.store(
                ann.inbox(), new int[] {1}, FlagOperation.ADD, Flags.DELETED, Long.MAX_VALUE);
        update(id, "'mailboxIds/@inbox': true, 'mailboxIds/" + archive + "': null");
        ann.boxes.store(
                ann.inbox(), new int[] {1}, FlagOperation.ADD, Flags.DELETED, Long.MAX_VALUE);
        assertEquals(
                "notFound",
                ann.call("Email/set", "'destroy': ['" + id + "']")
                        .at("/notDestroyed/" + id + "/type")
                        .asString());
    }

    @Test
    void messagesAreImported() throws Exception {
        String blob =
                ann.upload(
                        "message/rfc822",
                        "Received: from a by b; Mon, 02 Feb 2026 03:04:05 +0000\r\n"
                                + "Subject: old\r\n\r\nHello\r\n");
        String bare = ann.upload("message/rfc822", "Subject: bare\r\n\r\nHello\r\n");
        String none = ann.upload("text/plain", "no message at all");
        ObjectNode answer =
                ann.call(
                        "Email/import",
                        """
                        'emails': {'a': {'blobId': '%s', 'mailboxIds': {'@inbox': true},
                            'keywords': {'$seen': true}},
                          'b': {'blobId': '%s', 'mailboxIds': {'@inbox': true},
                            'receivedAt': '2020-01-01T00:00:00Z'},
                          'c': {'blobId': '%s', 'mailboxIds': {'@inbox': true}},
                          'd': {'blobId': 'U999', 'mailboxIds': {'@inbox': true}},
                          'e': {'blobId': '%s'}, 'f': {'mailboxIds': {'@inbox': true}},
                          'g': {'blobId': '%s', 'mailboxIds': {'@inbox': true}}}"""
                                .formatted(blob, bare, none, bare, bare));
        ann.has(
                """
                {'notCreated': {'c': {'type': 'invalidEmail'},
                  'd': {'type': 'invalidProperties', 'properties': ['blobId']},
                  'e': {'type': 'invalidProperties', 'properties': ['mailboxIds']},
                  'f': {'type': 'invalidProperties', 'properties': ['blobId']}}}""",
                answer);
        String a = answer.at("/created/a/id").stringValue();
        ann.has(
                "{'receivedAt': '2026-02-02T03:04:05Z', 'keywords': {'$seen': true},"
                        + " 'subject': 'old'}",
                get(a, "['receivedAt', 'keywords', 'subject']"));
        String b = answer.at("/created/b/id").stringValue();
        ann.has("{'receivedAt': '2020-01-01T00:00:00Z'}", get(b, "['receivedAt']"));
        String g = answer.at("/created/g/id").stringValue();
        ann.has("{'receivedAt': '2026-11-25T01:35:00Z'}", get(g, "['receivedAt']"));
        assertEquals("invalidArguments", ann.error("Email/import", ""));
        assertEquals("stateMismatch", ann.error("Email/import", "'ifInState': '0', 'emails': {}"));
    }

    @Test
    void creationIdsLeadToWhatWasMade() {
        ObjectNode response =
                ann.request(
                        """
                        {'using': ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
                         'createdIds': {},
                         'methodCalls': [
                          ['Mailbox/set', {'accountId': '@a', 'create': {'m': {'name': 'New'}}}, '0'],
                          ['Email/set', {'accountId': '@a', 'create': {'e':
                             {'mailboxIds': {'#m': true}, 'subject': 'x'}}}, '1'],
                          ['Email/set', {'accountId': '@a', 'update': {'#e':
                             {'keywords/$seen': true}}}, '2']]}""");
        String mailbox = response.at("/createdIds/m").stringValue();
        String email = response.at("/createdIds/e").stringValue();
        assertTrue(response.at("/methodResponses/2/1/updated").has(email), response.toString());
        shows(email, "{'mailboxIds': {'" + mailbox + "': true}, 'keywords': {'$seen': true}}");
    }

    @Test
    void thereIsNoOtherAccountToCopyFrom() {
        assertEquals(
                "fromAccountNotFound",
                ann.error("Email/copy", "'fromAccountId': 'a999', 'create': {}"));
        assertEquals(
                "invalidArguments", ann.error("Email/copy", "'fromAccountId': '@a', 'create': {}"));
    }
}
