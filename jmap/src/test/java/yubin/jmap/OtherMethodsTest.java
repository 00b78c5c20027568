package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mail.Reply;
import yubin.queue.Job;
import yubin.queue.Outcome;

/// Blobs (RFC 9404), quotas (RFC 9425), push subscriptions (RFC 8620 §7.2), journeys.
class OtherMethodsTest {
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
        post.now = Post.NOW;
        ann = post.person();
    }

    @Test
    void theExampleOfRfc9404GivesItsAnswer() {
        ArrayNode responses =
                ann.calls(
                        """
                        [['Blob/upload', {'accountId': '@a', 'create': {'b4': {'data': [
                            {'data:asText': 'The quick brown fox jumped over the lazy dog.'}]}}}, '0'],
                         ['Blob/upload', {'accountId': '@a', 'create': {'cat': {'data': [
                            {'data:asText': 'How'}, {'blobId': '#b4', 'length': 7, 'offset': 3},
                            {'data:asText': 'was t'}, {'blobId': '#b4', 'length': 1, 'offset': 1},
                            {'data:asBase64': 'YXQ/'}]}}}, '1'],
                         ['Blob/get', {'accountId': '@a', 'properties': ['data:asText', 'size'],
                            'ids': ['#cat']}, '2']]""");
        ann.has("{'created': {'b4': {'size': 45}}, 'notCreated': null}", responses.at("/0/1"));
        ann.has(
                "{'list': [{'data:asText': 'How quick was that?', 'size': 19}], 'notFound': []}",
                responses.at("/2/1"));
    }

    @Test
    void blobsAreGivenInRangesAndDigests() throws Exception {
        String text = ann.upload("text/plain", "The quick brown fox jumped over the lazy dog.");
        String odd = ann.upload("application/octet-stream", new byte[] {1, (byte) 0xFF, 2});
        ann.has(
                "{'list': [{'id': '" + text + "', 'data:asText': 'quick', 'size': 45}]}",
                ann.call("Blob/get", "'ids': ['" + text + "'], 'offset': 4, 'length': 5"));
        ann.has(
                "{'list': [{'data:asBase64': 'Af8C', 'isEncodingProblem': true, 'size': 3}]}",
                ann.call("Blob/get", "'ids': ['" + odd + "']"));
        ann.has(
                "{'list': [{'data:asText': null, 'isEncodingProblem': true}]}",
                ann.call("Blob/get", "'ids': ['" + odd + "'], 'properties': ['data:asText']"));
        ann.has(
                "{'list': [{'data:asText': 'dog.', 'isTruncated': true}], 'notFound': ['U999']}",
                ann.call(
                        "Blob/get", "'ids': ['" + text + "', 'U999'], 'offset': 41, 'length': 50"));
        ann.has(
                "{'list': [{'data:asText': '', 'isTruncated': true}]}",
                ann.call("Blob/get", "'ids': ['" + text + "'], 'offset': 100"));
        String empty = ann.upload("text/plain", "");
        ann.has(
                "{'list': [{'digest:sha-256': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='}]}",
                ann.call("Blob/get", "'ids': ['" + empty + "'], 'properties': ['digest:sha-256']"));
        assertEquals(
                "invalidArguments",
                ann.error("Blob/get", "'ids': [], 'properties': ['digest:crc32']"));
    }

    @Test
    void anUploadOfWrongSourcesIsRefused() {
        for (String data :
                new String[] {
                    "5",
                    "[{}]",
                    "[{'data:asText': 'a', 'data:asBase64': 'YQ=='}]",
                    "[{'data:asBase64': '!!'}]",
                    "[{'blobId': 'U999'}]",
                    "[{'data:asText': 5}]",
                }) {
            assertEquals(
                    "invalidProperties",
                    ann.call("Blob/upload", "'create': {'k': {'data': " + data + "}}")
                            .at("/notCreated/k/type")
                            .asString(),
                    data);
        }
        assertEquals("fromAccountNotFound", ann.error("Blob/copy", "'fromAccountId': 'a9'"));
    }

    @Test
    void blobsAreLookedUp() throws Exception {
        long email = ann.deliver("Subject: x\n\nx\n");
        ann.has(
                "{'list': [{'id': 'B%1$d-0', 'matchedIds': {'Email': ['e%1$d'], 'Thread':"
                                .formatted(email)
                        + " ['t"
                        + email
                        + "'], 'Mailbox': ['@inbox']}}, {'id': 'nothing', 'matchedIds': {'Email': [],"
                        + " 'Thread': [], 'Mailbox': []}}]}",
                ann.call(
                        "Blob/lookup",
                        "'typeNames': ['Email', 'Thread', 'Mailbox'], 'ids': ['B"
                                + email
                                + "-0', 'nothing']"));
        assertEquals(
                "unknownDataType",
                ann.error("Blob/lookup", "'typeNames': ['Calendar'], 'ids': []"));
    }

    @Test
    void aQuotaIsShownWhereThereIsOne() throws Exception {
        assertEquals(0, ann.call("Quota/get", "'ids': null").get("list").size());
        assertEquals(0, ann.call("Quota/query", "").get("ids").size());
        ann = post.person(1000);
        String state = ann.call("Quota/get", "'ids': []").get("state").stringValue();
        ann.deliver("Subject: x\n\nx\n");
        ann.has(
                "{'list': [{'id': 'octets', 'used': 17, 'hardLimit': 1000, 'resourceType':"
                        + " 'octets', 'scope': 'account', 'types': ['Email']}]}",
                ann.call("Quota/get", "'ids': null"));
        ann.has(
                "{'updated': ['octets'], 'updatedProperties': ['used']}",
                ann.call("Quota/changes", "'sinceState': '" + state + "'"));
        ann.has(
                "{'ids': ['octets'], 'total': 1}",
                ann.call(
                        "Quota/query",
                        "'calculateTotal': true, 'filter': {'type': 'Email', 'name': 'MAIL'}"));
        assertEquals(0, ann.call("Quota/query", "'filter': {'scope': 'domain'}").get("ids").size());
        assertEquals("unsupportedFilter", ann.error("Quota/query", "'filter': {'x': 1}"));
    }

    private ArrayNode push(String method, String arguments) {
        return ann.calls("[['" + method + "', {" + arguments + "}, '0']]");
    }

    @Test
    void pushSubscriptionsAreVerifiedAndExpire() throws Exception {
        List<PushSubscriptions.Subscription> told = new ArrayList<>();
        post.jmap.pushSubscriptions().onCreate(told::add);
        ObjectNode made =
                (ObjectNode)
                        push(
                                        "PushSubscription/set",
                                        "'create': {'k': {'deviceClientId': 'd', 'url':"
                                                + " 'https://push.example.com/1', 'types':"
                                                + " ['Email'], 'expires':"
                                                + " '2099-01-01T00:00:00Z'}}")
                                .at("/0/1");
        String id = made.at("/created/k/id").stringValue();
        ann.has("{'created': {'k': {'expires': '2026-12-25T01:35:00Z'}}}", made);
        assertFalse(made.has("newState"), made.toString());
        assertEquals(1, told.size());
        assertFalse(told.getFirst().verified());
        assertEquals(Set.of("Email"), told.getFirst().types());
        ann.has(
                "{'list': [{'id': '"
                        + id
                        + "', 'deviceClientId': 'd', 'verificationCode': null, 'types':"
                        + " ['Email']}], 'notFound': []}",
                push("PushSubscription/get", "'ids': null").at("/0/1"));
        String update = "'update': {'" + id + "': {'verificationCode': '";
        assertEquals(
                "invalidProperties",
                push("PushSubscription/set", update + "wrong'}}")
                        .at("/0/1/notUpdated/" + id + "/type")
                        .asString());
        push("PushSubscription/set", update + told.getFirst().verificationCode() + "'}}");
        assertTrue(post.jmap.pushSubscriptions().of(ann.login.account()).getFirst().verified());
        assertEquals(
                "forbidden",
                push("PushSubscription/get", "'ids': null, 'properties': ['url']")
                        .at("/0/1/type")
                        .asString());
        for (String object :
                new String[] {
                    "{'deviceClientId': 'd', 'url': 'http://push.example.com/1'}",
                    "{'url': 'https://push.example.com/1'}",
                    "{'deviceClientId': 'd', 'url': 'https://x.example', 'keys': {}}",
                    "{'deviceClientId': 'd', 'url': 'https://x.example', 'types': 'Email'}",
                    "{'deviceClientId': 'd', 'url': 'https://x.example', 'verificationCode': 'x'}",
                }) {
            assertEquals(
                    "invalidProperties",
                    push("PushSubscription/set", "'create': {'k': " + object + "}")
                            .at("/0/1/notCreated/k/type")
                            .asString(),
                    object);
        }
        post.now = Post.NOW.plus(Duration.ofDays(31));
        assertEquals(0, push("PushSubscription/get", "'ids': null").at("/0/1/list").size());
    }

    @Test
    void aJourneyTellsWhereALetterIs() throws Exception {
        Post.Person bob = post.person();
        String identity = ann.call("Identity/get", "'ids': null").at("/list/0/id").stringValue();
        ArrayNode sent =
                ann.calls(
                        """
                        [['Email/set', {'accountId': '@a', 'create': {'e': {
                            'mailboxIds': {'@inbox': true}, 'from': [{'email': '%1$s'}],
                            'to': [{'email': '%2$s'}], 'subject': 'x', 'messageId': ['j1@x']}}}, '0'],
                         ['EmailSubmission/set', {'accountId': '@a', 'create': {'s': {
                            'identityId': '%3$s', 'emailId': '#e'}}}, '1'],
                         ['Journey/get', {'accountId': '@a', 'emailIds': ['#e', 'e999'],
                            'submissionIds': ['#s'], 'language': 'en'}, '2']]"""
                                .formatted(ann.login.address(), bob.login.address(), identity));
        ObjectNode journey = (ObjectNode) sent.at("/2/1");
        ann.has(
                """
                {'notFound': ['e999'], 'list': [
                  {'letters': [{'from': '%1$s', 'messageId': 'j1@x', 'recipients': ['%2$s'],
                     'steps': [{'what': 'accepted', 'explanation': null},
                               {'what': 'stored', 'recipient': '%2$s', 'host': 'INBOX'}]}]},
                  {'letters': [{'messageId': 'j1@x'}]}]}"""
                        .formatted(ann.login.address(), bob.login.address()),
                journey);
        long received = bob.boxes.view(bob.inbox()).now().emailId(0);
        // Whoever got it does not see how it was sent.
        ObjectNode others = bob.call("Journey/get", "'emailIds': ['e" + received + "']");
        assertEquals(0, others.at("/list/0/letters").size());
        assertEquals("invalidArguments", ann.error("Journey/get", ""));
    }

    @Test
    void anAddressThatFailedIsKnownBeforeSomebodyWritesThereAgain() throws Exception {
        String ask = "'addresses': ['dan@example.org', 'eve@example.org', 'no address']";
        assertEquals(0, ann.call("BouncedAddress/get", ask).get("list").size());
        String identity = ann.call("Identity/get", "'ids': null").at("/list/0/id").stringValue();
        ann.calls(
                """
                [['Email/set', {'accountId': '@a', 'create': {'e': {
                    'mailboxIds': {'@inbox': true}, 'from': [{'email': '%s'}],
                    'to': [{'email': 'dan@example.org'}], 'subject': 'x'}}}, '0'],
                 ['EmailSubmission/set', {'accountId': '@a', 'create': {'s': {
                    'identityId': '%s', 'emailId': '#e'}}}, '1']]"""
                        .formatted(ann.login.address(), identity));
        List<Job> others = new ArrayList<>();
        Job job = post.intake.shelf().take(Duration.ofSeconds(20));
        while (!job.destination().equals("example.org")) {
            others.add(job);
            job = post.intake.shelf().take(Duration.ofSeconds(20));
        }
        others.forEach(post.intake.shelf()::putBack);
        Reply unknown = Reply.of(550, "5.1.1", "User unknown");
        post.intake.shelf().settle(job, List.of(new Outcome.Never("mx.example.org", unknown)));
        ObjectNode answer = ann.call("BouncedAddress/get", ask + ", 'language': 'en'");
        ann.has(
                """
                {'list': [{'address': 'dan@example.org', 'count': 1, 'status': '5.1.1',
                   'explanation': {'topic': 'userunknown', 'nextStep': 'address'}}]}""",
                answer);
        Post.Person bob = post.person();
        assertEquals(0, bob.call("BouncedAddress/get", ask).get("list").size());
        assertEquals(1, ann.call("BouncedAddress/get", "").get("list").size());
        assertEquals("invalidArguments", ann.error("BouncedAddress/get", "'language': 'fr'"));
        assertEquals("invalidArguments", ann.error("BouncedAddress/forget", "'address': 'x'"));
        String forget = "'address': 'Dan@EXAMPLE.org'";
        assertTrue(ann.call("BouncedAddress/forget", forget).get("forgotten").booleanValue());
        assertFalse(ann.call("BouncedAddress/forget", forget).get("forgotten").booleanValue());
        assertEquals(0, ann.call("BouncedAddress/get", ask).get("list").size());
    }

    @Test
    void aReceiptIsSentOnceAndReadByItsAsker() throws Exception {
        Post.Person bob = post.person();
        String identity = ann.call("Identity/get", "'ids': null").at("/list/0/id").stringValue();
        long email =
                ann.deliver(
                        "From: "
                                + bob.login.address()
                                + "\nDisposition-Notification-To: "
                                + bob.login.address()
                                + "\nMessage-ID: <asks@x>\nSubject: please\n\nx\n");
        String send =
                """
                [['MDN/send', {'accountId': '@a', 'identityId': '%s', 'send': {'k': {
                    'forEmailId': 'e%d', 'subject': '開封確認', 'textBody': 'Read.',
                    'includeOriginalMessage': true, 'reportingUA': 'test; 1',
                    'disposition': {'actionMode': 'manual-action', 'type': 'displayed',
                      'sendingMode': 'mdn-sent-manually'}}},
                  'onSuccessUpdateEmail': {'#k': {'keywords/$mdnsent': true}}}, '0']]"""
                        .formatted(identity, email);
        ArrayNode answer = ann.calls(send);
        ann.has(
                "{'sent': {'k': {'finalRecipient': 'rfc822; "
                        + ann.login.address()
                        + "', 'originalMessageId': '<asks@x>'}}, 'notSent': null}",
                answer.at("/0/1"));
        assertEquals("Email/set", answer.at("/1/0").stringValue());
        assertEquals("mdnAlreadySent", ann.calls(send).at("/0/1/notSent/k/type").stringValue());
        long receipt = bob.boxes.view(bob.inbox()).now().emailId(0);
        String none = bob.upload("text/plain", "x");
        bob.has(
                """
                {'parsed': {'B%d': {'subject': '開封確認', 'textBody': 'Read.',
                    'reportingUA': 'test; 1', 'includeOriginalMessage': true,
                    'originalMessageId': '<asks@x>', 'finalRecipient': 'rfc822; %s',
                    'disposition': {'actionMode': 'manual-action', 'type': 'displayed',
                      'sendingMode': 'mdn-sent-manually'}, 'error': null}},
                 'notParsable': ['%s'], 'notFound': ['U999']}"""
                        .formatted(receipt, ann.login.address(), none),
                bob.call("MDN/parse", "'blobIds': ['B" + receipt + "', '" + none + "', 'U999']"));
        long plain = ann.deliver("Subject: asks for nothing\n\nx\n");
        assertEquals(
                "notFound",
                ann.calls(send.replace("'e" + email + "'", "'e" + plain + "'"))
                        .at("/0/1/notSent/k/type")
                        .stringValue());
        assertEquals(
                "invalidArguments",
                ann.calls(send.replace("keywords/$mdnsent", "keywords/$seen"))
                        .at("/0/1/type")
                        .stringValue());
    }

    @Test
    void htmlComesCleanForWhoAsksForIt() throws Exception {
        long email =
                ann.deliver(
                        "Content-Type: text/html\n\n<p onclick=x()>Hi<script>x()</script>"
                                + "<img src='http://example.com/spy.png'></p>\n");
        ObjectNode clean =
                (ObjectNode)
                        ann.call(
                                        "Email/get",
                                        "'ids': ['e"
                                                + email
                                                + "'], 'properties':"
                                                + " ['sanitizedHtml']")
                                .at("/list/0/sanitizedHtml");
        assertEquals(1, clean.get("blocked").intValue());
        assertFalse(clean.get("html").stringValue().contains("script"), clean.toString());
        assertFalse(clean.get("html").stringValue().contains("spy"), clean.toString());
        assertEquals(
                0,
                ann.call(
                                "Email/get",
                                "'ids': ['e"
                                        + email
                                        + "'], 'blockRemote': false, 'properties':"
                                        + " ['sanitizedHtml']")
                        .at("/list/0/sanitizedHtml/blocked")
                        .intValue());
    }
}
