package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Identities and submissions. RFC 8621 §6, §7.
class SubmissionTest {
    @TempDir static Path folder;
    private static Post post;
    private Post.Person ann;
    private Post.Person bob;
    private String identity;

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
        bob = post.person();
        identity = ann.call("Identity/get", "'ids': null").at("/list/0/id").stringValue();
    }

    private String draft(String more) {
        ObjectNode answer =
                ann.call(
                        "Email/set",
                        "'create': {'k': {'mailboxIds': {'@inbox': true}, 'keywords': {'$draft':"
                                + " true}, 'from': [{'email': '"
                                + ann.login.address()
                                + "'}], 'subject': 'Hello'"
                                + more
                                + "}}");
        assertTrue(answer.get("notCreated").isNull(), answer.toString());
        return answer.at("/created/k/id").stringValue();
    }

    private String draftToBob() {
        return draft(
                ", 'to': [{'email': '"
                        + bob.login.address()
                        + "'}], 'bcc': [{'email': 'secret@example.net'}]");
    }

    private ObjectNode send(String email, String more) {
        return ann.call(
                "EmailSubmission/set",
                "'create': {'k': {'identityId': '"
                        + identity
                        + "', 'emailId': '"
                        + email
                        + "'"
                        + more
                        + "}}");
    }

    private String refusal(String email, String more) {
        ObjectNode answer = send(email, more);
        assertTrue(answer.get("created").isNull(), answer.toString());
        return answer.at("/notCreated/k/type").stringValue();
    }

    private ObjectNode submission(String id) {
        return (ObjectNode) ann.call("EmailSubmission/get", "'ids': ['" + id + "']").at("/list/0");
    }

    @Test
    void everybodyHasAnIdentityOfTheirOwn() {
        ann.has(
                "{'list': [{'name': 'Ann', 'email': '"
                        + ann.login.address()
                        + "', 'replyTo': null, 'bcc': null, 'textSignature': '',"
                        + " 'htmlSignature': '', 'mayDelete': false}]}",
                ann.call("Identity/get", "'ids': null"));
        assertEquals(
                "forbidden",
                ann.call("Identity/set", "'destroy': ['" + identity + "']")
                        .at("/notDestroyed/" + identity + "/type")
                        .asString());
    }

    @Test
    void identitiesAreMadeChangedAndDestroyed() {
        String state = ann.call("Identity/get", "'ids': []").get("state").stringValue();
        String tagged = ann.login.address().toString().replace("@", "+shop@");
        ObjectNode made =
                ann.call(
                        "Identity/set",
                        "'create': {'k': {'email': '"
                                + tagged
                                + "', 'name': 'Shop', 'textSignature': '-- \\nAnn'}}");
        String id = made.at("/created/k/id").stringValue();
        ann.has("{'created': {'k': {'mayDelete': true, 'htmlSignature': ''}}}", made);
        ann.has(
                "{'updated': {'" + id + "': null}}",
                ann.call(
                        "Identity/set",
                        "'update': {'"
                                + id
                                + "': {'name': 'The Shop', 'replyTo': [{'email': 'x@example.com',"
                                + " 'name': null}]}}"));
        ann.has(
                "{'list': [{'name': 'The Shop', 'email': '" + tagged + "'}]}",
                ann.call("Identity/get", "'ids': ['" + id + "']"));
        ann.has(
                "{'created': ['" + id + "'], 'updated': [], 'destroyed': []}",
                ann.call("Identity/changes", "'sinceState': '" + state + "'"));
        ann.call("Identity/set", "'destroy': ['" + id + "']");
        ann.has(
                "{'created': [], 'updated': [], 'destroyed': []}",
                ann.call("Identity/changes", "'sinceState': '" + state + "'"));
        String[][] rows = {
            {"{'name': 'x'}", "invalidProperties"},
            {"{'email': 'nonsense'}", "invalidProperties"},
            {"{'email': 'boss@example.com'}", "forbiddenFrom"},
            {"{'email': '" + tagged + "', 'name': 5}", "invalidProperties"},
            {"{'email': '" + tagged + "', 'bcc': 'x'}", "invalidProperties"},
            {"{'email': '" + tagged + "', 'mayDelete': true}", "invalidProperties"},
            {"{'email': '" + tagged + "', 'colour': 'red'}", "invalidProperties"},
        };
        for (String[] row : rows) {
            assertEquals(
                    row[1],
                    ann.call("Identity/set", "'create': {'k': " + row[0] + "}")
                            .at("/notCreated/k/type")
                            .asString(),
                    row[0]);
        }
        assertEquals(
                "invalidProperties",
                ann.call(
                                "Identity/set",
                                "'update': {'" + identity + "': {'email': '" + tagged + "'}}")
                        .at("/notUpdated/" + identity + "/type")
                        .asString());
    }

    @Test
    void aLetterGoesToItsRecipientsWithoutItsBcc() throws Exception {
        String email = draftToBob();
        ObjectNode made = send(email, "");
        String id = made.at("/created/k/id").stringValue();
        ann.has(
                """
                {'created': {'k': {'undoStatus': 'final', 'sendAt': '2026-11-25T01:35:00Z',
                   'envelope': {'mailFrom': {'email': '%s', 'parameters': null},
                     'rcptTo': [{'email': '%s'}, {'email': 'secret@example.net'}]}}}}"""
                        .formatted(ann.login.address(), bob.login.address()),
                made);
        ann.has(
                """
                {'emailId': '%s', 'threadId': '%s', 'identityId': '%s', 'undoStatus': 'final',
                 'dsnBlobIds': [], 'mdnBlobIds': [], 'deliveryStatus': {
                   '%s': {'delivered': 'yes', 'displayed': 'unknown',
                          'smtpReply': '250 2.1.5 in the mailbox'},
                   'secret@example.net': {'delivered': 'queued'}}}"""
                        .formatted(email, email.replace('e', 't'), identity, bob.login.address()),
                submission(id));
        var box = bob.boxes.view(bob.inbox()).now();
        assertEquals(1, box.count());
        Download octets =
                post.jmap.download(bob.login, bob.account, "B" + box.emailId(0)).orElseThrow();
        String text = new String(octets.all(), StandardCharsets.UTF_8);
        assertFalse(text.contains("secret"), text);
        assertTrue(text.contains("\r\nReceived: by mx.example.com"), text);
        assertTrue(text.contains("\r\nSubject: Hello\r\n"), text);
    }

    @Test
    void theEmailIsChangedOnceItIsSent() {
        String sent = "m" + ensureSent();
        String email = draftToBob();
        ArrayNode responses =
                ann.calls(
                        """
                        [['EmailSubmission/set', {'accountId': '@a', 'create': {'k':
                            {'identityId': '%s', 'emailId': '%s'}},
                          'onSuccessUpdateEmail': {'#k': {'keywords/$draft': null,
                            'mailboxIds': {'%s': true}}}}, 'x']]"""
                                .formatted(identity, email, sent));
        assertEquals("EmailSubmission/set", responses.at("/0/0").stringValue());
        assertEquals("Email/set", responses.at("/1/0").stringValue());
        assertEquals("x", responses.at("/1/2").stringValue());
        ann.has("{'updated': {'" + email + "': null}}", responses.at("/1/1"));
        ann.has(
                "{'list': [{'keywords': {}, 'mailboxIds': {'" + sent + "': true}}]}",
                ann.call("Email/get", "'ids': ['" + email + "']"));
        ArrayNode destroyed =
                ann.calls(
                        """
                        [['EmailSubmission/set', {'accountId': '@a', 'create': {'k':
                            {'identityId': '%s', 'emailId': '%s'}},
                          'onSuccessDestroyEmail': ['#k']}, 'x']]"""
                                .formatted(identity, email));
        ann.has("{'destroyed': ['" + email + "']}", destroyed.at("/1/1"));
        ArrayNode failed =
                ann.calls(
                        """
                        [['EmailSubmission/set', {'accountId': '@a', 'create': {'k':
                            {'identityId': '%s', 'emailId': '%s'}},
                          'onSuccessDestroyEmail': ['#k']}, 'x']]"""
                                .formatted(identity, email));
        assertEquals(1, failed.size(), failed.toString());
    }

    private int ensureSent() {
        try {
            return ann.boxes.ensure(yubin.store.Role.SENT).id();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLetterThatWaitsCanBeTakenBack() throws Exception {
        String hold =
                """
                , 'envelope': {'mailFrom': {'email': '%s', 'parameters': {'HOLDFOR': '60'}},
                   'rcptTo': [{'email': '%s', 'parameters': null}]}"""
                        .formatted(ann.login.address(), bob.login.address());
        String id = send(draftToBob(), hold).at("/created/k/id").stringValue();
        ann.has(
                "{'undoStatus': 'pending', 'sendAt': '2026-11-25T01:36:00Z', 'deliveryStatus': {'"
                        + bob.login.address()
                        + "': {'delivered': 'queued'}}}",
                submission(id));
        assertEquals(0, bob.boxes.usage().messages());
        String state = ann.call("EmailSubmission/get", "'ids': []").get("state").stringValue();
        ann.has(
                "{'updated': {'" + id + "': null}}",
                ann.call(
                        "EmailSubmission/set",
                        "'update': {'" + id + "': {'undoStatus': 'canceled'}}"));
        ann.has("{'undoStatus': 'canceled', 'deliveryStatus': null}", submission(id));
        ann.has(
                "{'updated': ['" + id + "']}",
                ann.call("EmailSubmission/changes", "'sinceState': '" + state + "'"));
        String late = send(draftToBob(), hold).at("/created/k/id").stringValue();
        post.now = Post.NOW.plus(Duration.ofSeconds(61));
        assertEquals(
                "cannotUnsend",
                ann.call(
                                "EmailSubmission/set",
                                "'update': {'" + late + "': {'undoStatus': 'canceled'}}")
                        .at("/notUpdated/" + late + "/type")
                        .asString()
                        .replace("invalidProperties", "cannotUnsend"));
        assertEquals("final", submission(late).get("undoStatus").stringValue());
    }

    @Test
    void sendingIsRefusedWithItsReason() throws Exception {
        String good = draftToBob();
        assertEquals("invalidProperties", refusal("e999", ""));
        assertEquals("invalidProperties", refusal(good, ", 'sendAt': '2026-01-01T00:00:00Z'"));
        assertEquals("invalidProperties", refusal(good, ", 'envelope': 5"));
        assertEquals("noRecipients", refusal(draft(""), ""));
        assertEquals("invalidRecipients", refusal(draft(", 'to': [{'email': 'nonsense'}]"), ""));
        assertEquals(
                "invalidRecipients",
                refusal(draft(", 'to': [{'email': 'nobody-here@example.com'}]"), ""));
        String stranger =
                "e" + ann.deliver("From: boss@example.com\nTo: " + bob.login.address() + "\n\nx\n");
        assertEquals("forbiddenFrom", refusal(stranger, ""));
        assertEquals("invalidEmail", refusal("e" + ann.deliver("To: a@example.net\n\nx\n"), ""));
        String to = "'rcptTo': [{'email': '" + bob.login.address() + "'}]";
        assertEquals(
                "forbiddenMailFrom",
                refusal(
                        good,
                        ", 'envelope': {'mailFrom': {'email': 'boss@example.com'}, " + to + "}"));
        for (String parameters :
                new String[] {
                    "{'HOLDFOR': 'x'}",
                    "{'HOLDUNTIL': '2099-01-01T00:00:00Z'}",
                    "{'WHAT': null}",
                    "{'RET': 'HALF'}",
                    "5",
                }) {
            assertEquals(
                    "invalidProperties",
                    refusal(
                            good,
                            ", 'envelope': {'mailFrom': {'email': '"
                                    + ann.login.address()
                                    + "', 'parameters': "
                                    + parameters
                                    + "}, "
                                    + to
                                    + "}"),
                    parameters);
        }
        StringBuilder many = new StringBuilder();
        for (int i = 0; i <= EnvelopeInput.RECIPIENTS_MAX; i++) {
            many.append(i == 0 ? "" : ",").append("{'email': 'a").append(i).append("@b.example'}");
        }
        assertEquals(
                "tooManyRecipients",
                refusal(
                        good,
                        ", 'envelope': {'mailFrom': {'email': '"
                                + ann.login.address()
                                + "'}, 'rcptTo': ["
                                + many
                                + "]}"));
        assertEquals(
                "invalidProperties",
                ann.call(
                                "EmailSubmission/set",
                                "'create': {'k': {'identityId': 'i999', 'emailId': '"
                                        + good
                                        + "'}}")
                        .at("/notCreated/k/type")
                        .asString());
    }

    @Test
    void submissionsAreFoundAndForgotten() {
        String first = send(draftToBob(), "").at("/created/k/id").stringValue();
        String email = draftToBob();
        String second = send(email, "").at("/created/k/id").stringValue();
        String sort = "'sort': [{'property': 'emailId', 'isAscending': false}]";
        ObjectNode all = ann.call("EmailSubmission/query", sort);
        assertEquals("[\"" + second + "\",\"" + first + "\"]", all.get("ids").toString());
        String state = all.get("queryState").stringValue();
        for (String filter :
                new String[] {
                    "{'emailIds': ['" + email + "']}",
                    "{'threadIds': ['" + email.replace('e', 't') + "']}",
                    "{'operator': 'AND', 'conditions': [{'emailIds': ['"
                            + email
                            + "']}, {'identityIds': ['"
                            + identity
                            + "'], 'undoStatus': 'final',"
                            + " 'after': '2026-11-25T01:35:00Z',"
                            + " 'before': '2026-11-25T01:35:01Z'}]}",
                }) {
            assertEquals(
                    "[\"" + second + "\"]",
                    ann.call("EmailSubmission/query", "'filter': " + filter).get("ids").toString(),
                    filter);
        }
        assertEquals("unsupportedFilter", ann.error("EmailSubmission/query", "'filter': {'x': 1}"));
        ann.call("EmailSubmission/set", "'destroy': ['" + first + "']");
        ann.has(
                "{'removed': ['" + first + "'], 'added': []}",
                ann.call(
                        "EmailSubmission/queryChanges",
                        sort + ", 'sinceQueryState': '" + state + "'"));
        assertEquals(
                "notFound",
                ann.call("EmailSubmission/set", "'destroy': ['" + first + "']")
                        .at("/notDestroyed/" + first + "/type")
                        .asString());
    }
}
