package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Flags;

/// Mailbox methods. RFC 8621 §2.
class MailboxTest {
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

    private String make(String name, String more) {
        ObjectNode answer =
                ann.call("Mailbox/set", "'create': {'k': {'name': '" + name + "'" + more + "}}");
        assertTrue(answer.get("notCreated").isNull(), answer.toString());
        return answer.at("/created/k/id").stringValue();
    }

    private String refusal(String object) {
        ObjectNode answer = ann.call("Mailbox/set", "'create': {'k': " + object + "}");
        assertTrue(answer.get("created").isNull(), answer.toString());
        return answer.at("/notCreated/k/type").stringValue()
                + " "
                + answer.at("/notCreated/k/properties/0").asString("");
    }

    @Test
    void theInboxIsThereFromTheStart() {
        ObjectNode answer = ann.call("Mailbox/get", "'ids': null");
        ann.has(
                """
                {'accountId': '@a', 'notFound': [], 'list': [{'id': '@inbox', 'name': 'INBOX',
                 'parentId': null, 'role': 'inbox', 'sortOrder': 0, 'totalEmails': 0,
                 'unreadEmails': 0, 'totalThreads': 0, 'unreadThreads': 0, 'isSubscribed': true,
                 'myRights': {'mayReadItems': true, 'mayAddItems': true, 'mayRemoveItems': true,
                 'maySetSeen': true, 'maySetKeywords': true, 'mayCreateChild': true,
                 'mayRename': false, 'mayDelete': false, 'maySubmit': true}}]}""",
                answer);
    }

    @Test
    void getGivesTheAskedPropertiesAndWhatIsMissing() {
        ObjectNode answer =
                ann.call(
                        "Mailbox/get", "'ids': ['@inbox', 'nope', 'm999'], 'properties': ['name']");
        assertEquals(
                ann.filled("[{'id': '@inbox', 'name': 'INBOX'}]").replace(" ", ""),
                answer.get("list").toString());
        assertEquals("[\"nope\",\"m999\"]", answer.get("notFound").toString());
        assertEquals("invalidArguments", ann.error("Mailbox/get", "'properties': ['colour']"));
        assertEquals("invalidArguments", ann.error("Mailbox/get", "'ids': 'm1'"));
        assertEquals("invalidArguments", ann.error("Mailbox/get", "'id': ['m1']"));
        assertEquals(
                "accountNotFound",
                ann.calls("[['Mailbox/get', {'accountId': 'a99'}, '0']]")
                        .at("/0/1/type")
                        .stringValue());
        assertEquals(
                "invalidArguments",
                ann.calls("[['Mailbox/get', {}, '0']]").at("/0/1/type").stringValue());
    }

    @Test
    void aMailboxIsMadeChangedAndDestroyed() {
        ObjectNode made =
                ann.call(
                        "Mailbox/set",
                        "'create': {'p': {'name': '仕事', 'sortOrder': 5}, 'c': {'name': 'Bills',"
                                + " 'parentId': '#p', 'isSubscribed': false, 'role': 'archive'}}");
        String parent = made.at("/created/p/id").stringValue();
        String child = made.at("/created/c/id").stringValue();
        ann.has(
                "{'list': [{'name': 'Bills', 'parentId': '"
                        + parent
                        + "', 'role': 'archive', 'isSubscribed': false, 'sortOrder': 0}]}",
                ann.call("Mailbox/get", "'ids': ['" + child + "']"));
        ObjectNode changed =
                ann.call(
                        "Mailbox/set",
                        "'update': {'"
                                + child
                                + "': {'name': 'Paid', 'parentId': null, 'role': null,"
                                + " 'sortOrder': 9, 'isSubscribed': true}}");
        assertTrue(changed.get("updated").has(child), changed.toString());
        ann.has(
                "{'list': [{'name': 'Paid', 'parentId': null, 'role': null, 'sortOrder': 9,"
                        + " 'isSubscribed': true}]}",
                ann.call("Mailbox/get", "'ids': ['" + child + "']"));
        ObjectNode destroyed =
                ann.call("Mailbox/set", "'destroy': ['" + parent + "', '" + child + "']");
        assertEquals(2, destroyed.get("destroyed").size());
        assertEquals(
                2,
                ann.call("Mailbox/get", "'ids': ['" + parent + "', '" + child + "']")
                        .get("notFound")
                        .size());
    }

    @Test
    void creatingIsRefusedWithItsReason() {
        make("Work", "");
        assertEquals("invalidProperties name", refusal("{}"));
        assertEquals("invalidProperties name", refusal("{'name': ''}"));
        assertEquals("invalidProperties name", refusal("{'name': 5}"));
        assertEquals("invalidProperties name", refusal("{'name': 'a/b'}"));
        assertEquals("invalidProperties name", refusal("{'name': 'Work'}"));
        assertEquals("invalidProperties name", refusal("{'name': '" + "x".repeat(256) + "'}"));
        assertEquals("invalidProperties id", refusal("{'name': 'x', 'id': 'm5'}"));
        assertEquals("invalidProperties colour", refusal("{'name': 'x', 'colour': 'red'}"));
        assertEquals("invalidProperties totalEmails", refusal("{'name': 'x', 'totalEmails': 0}"));
        assertEquals("invalidProperties parentId", refusal("{'name': 'x', 'parentId': 'm99'}"));
        assertEquals("invalidProperties parentId", refusal("{'name': 'x', 'parentId': '#k'}"));
        assertEquals("invalidProperties role", refusal("{'name': 'x', 'role': 'king'}"));
        assertEquals("invalidProperties role", refusal("{'name': 'x', 'role': 'inbox'}"));
        assertEquals("invalidProperties sortOrder", refusal("{'name': 'x', 'sortOrder': -1}"));
        assertEquals("invalidProperties isSubscribed", refusal("{'name': 'x', 'isSubscribed': 1}"));
    }

    @Test
    void updatingIsRefusedWithItsReason() {
        String work = make("Work", "");
        String below = make("Below", ", 'parentId': '" + work + "'");
        for (String[] row :
                new String[][] {
                    {work, "{'parentId': '" + below + "'}", "invalidProperties"},
                    {work, "{'parentId': '" + work + "'}", "invalidProperties"},
                    {work, "{'myRights/mayDelete': false}", "invalidProperties"},
                    {work, "{'id': 'm77'}", "invalidProperties"},
                    {work, "{'totalEmails': 7}", "invalidProperties"},
                    {work, "{'name': null}", "invalidProperties"},
                    {work, "{'role': 'inbox'}", "invalidProperties"},
                    {work, "{'name/x': 'y'}", "invalidPatch"},
                    {work, "{'myRights': {}, 'myRights/mayDelete': true}", "invalidPatch"},
                    {"m99", "{'name': 'x'}", "notFound"},
                    {ann.inboxId(), "{'name': 'x'}", "invalidProperties"},
                }) {
            ObjectNode answer =
                    ann.call("Mailbox/set", "'update': {'" + row[0] + "': " + row[1] + "}");
            assertEquals(row[2], answer.at("/notUpdated/" + row[0] + "/type").asString(), row[1]);
        }
        ObjectNode same =
                ann.call("Mailbox/set", "'update': {'" + work + "': {'id': '" + work + "'}}");
        assertTrue(same.get("updated").has(work), same.toString());
    }

    @Test
    void destroyingIsRefusedWithItsReason() throws Exception {
        String work = make("Work", "");
        make("Below", ", 'parentId': '" + work + "'");
        String full = make("Full", "");
        ann.deliver("Subject: one\n\nHello\n");
        ann.boxes.move(ann.inbox(), null, Integer.parseInt(full.substring(1)));
        ObjectNode answer =
                ann.call(
                        "Mailbox/set",
                        "'destroy': ['" + work + "', '" + full + "', '@inbox', 'm99']");
        ann.has(
                "{'destroyed': null, 'notDestroyed': {'"
                        + work
                        + "': {'type': 'mailboxHasChild'}, '"
                        + full
                        + "': {'type': 'mailboxHasEmail'}, '@inbox': {'type': 'forbidden'},"
                        + " 'm99': {'type': 'notFound'}}}",
                answer);
        ann.has(
                "{'destroyed': ['" + full + "'], 'notDestroyed': null}",
                ann.call(
                        "Mailbox/set",
                        "'onDestroyRemoveEmails': true, 'destroy': ['" + full + "']"));
    }

    @Test
    void aSetInAnotherStateIsRefused() {
        String state = ann.call("Mailbox/get", "'ids': []").get("state").stringValue();
        ObjectNode good =
                ann.call(
                        "Mailbox/set",
                        "'ifInState': '" + state + "', 'create': {'k': {'name': 'One'}}");
        assertEquals(state, good.get("oldState").stringValue());
        assertEquals(
                good.get("newState").stringValue(),
                ann.call("Mailbox/get", "'ids': []").get("state").stringValue());
        assertEquals(
                "stateMismatch",
                ann.error(
                        "Mailbox/set",
                        "'ifInState': '" + state + "', 'create': {'k': {'name': 'Two'}}"));
        assertEquals("invalidArguments", ann.error("Mailbox/set", "'create': {'k': 5}"));
        assertEquals("invalidArguments", ann.error("Mailbox/set", "'create': {'k k': {}}"));
    }

    @Test
    void ofTwoSetsFromTheSameStateOneIsRefused() throws Exception {
        String identity = ann.call("Identity/get", "").at("/list/0/id").stringValue();
        String me = ann.login.address().toString();
        long letter = ann.deliver("From: " + me + "\nTo: " + me + "\nSubject: both want it\n\nx\n");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 16; round++) {
                String state = ann.call("Mailbox/get", "'ids': []").get("state").stringValue();
                List<String> sets =
                        List.of(
                                "['Mailbox/set', {'accountId': '@a', 'ifInState': '%s',"
                                        + " 'create': {'k': {'name': 'Box %d'}}}, '0']",
                                "['Email/set', {'accountId': '@a', 'ifInState': '%s', 'update':"
                                        + (" {'e" + letter + "': {'keywords/k%d': true}}}, '0']"),
                                "['Identity/set', {'accountId': '@a', 'ifInState': '%s', 'update':"
                                        + (" {'" + identity + "': {'name': 'Ann %d'}}}, '0']"),
                                "['EmailSubmission/set', {'accountId': '@a', 'ifInState': '%s',"
                                        + (" 'create': {'k': {'emailId': 'e" + letter + "',")
                                        + (" 'identityId': '" + identity + "'}}}, '0']"));
                CyclicBarrier start = new CyclicBarrier(2);
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    String set = sets.get((round + i) % sets.size()).formatted(state, round);
                    answers.add(
                            threads.submit(
                                    () -> {
                                        start.await();
                                        var answer = ann.calls("[" + set + "]").get(0);
                                        if (answer.at("/1/notCreated").isObject()) {
                                            return answer.toString();
                                        }
                                        return answer.at("/1/type").asString("done");
                                    }));
                }
                List<String> both = new ArrayList<>();
                for (Future<String> answer : answers) both.add(answer.get());
                both.sort(null);
                assertEquals(List.of("done", "stateMismatch"), both, "round " + round);
            }
        }
    }

    @Test
    void changesTellWhatHappened() throws Exception {
        String start = ann.call("Mailbox/get", "'ids': []").get("state").stringValue();
        ann.has(
                "{'oldState': '"
                        + start
                        + "', 'newState': '"
                        + start
                        + "', 'hasMoreChanges': false, 'created': [], 'updated': [],"
                        + " 'destroyed': [], 'updatedProperties': null}",
                ann.call("Mailbox/changes", "'sinceState': '" + start + "'"));
        String work = make("Work", "");
        String play = make("Play", "");
        ann.call("Mailbox/set", "'destroy': ['" + play + "']");
        ObjectNode all = ann.call("Mailbox/changes", "'sinceState': '" + start + "'");
        ann.has("{'created': ['" + work + "'], 'updated': [], 'destroyed': []}", all);
        String then = all.get("newState").stringValue();
        ann.deliver("Subject: one\n\nHello\n");
        ann.has(
                "{'updated': ['@inbox'], 'updatedProperties': ['totalEmails', 'unreadEmails',"
                        + " 'totalThreads', 'unreadThreads']}",
                ann.call("Mailbox/changes", "'sinceState': '" + then + "'"));
        ann.call("Mailbox/set", "'update': {'" + work + "': {'name': 'Labour'}}");
        ObjectNode more =
                ann.call("Mailbox/changes", "'sinceState': '" + then + "', 'maxChanges': 1");
        ann.has("{'updated': ['@inbox'], 'hasMoreChanges': true}", more);
        ann.has(
                "{'updated': ['"
                        + work
                        + "'], 'hasMoreChanges': false,"
                        + " 'updatedProperties': null}",
                ann.call(
                        "Mailbox/changes",
                        "'sinceState': '" + more.get("newState").stringValue() + "'"));
        for (String state : new String[] {"999", "nonsense", ""}) {
            assertEquals(
                    "cannotCalculateChanges",
                    ann.error("Mailbox/changes", "'sinceState': '" + state + "'"));
        }
        assertEquals("invalidArguments", ann.error("Mailbox/changes", ""));
        assertEquals(
                "invalidArguments",
                ann.error("Mailbox/changes", "'sinceState': '1', 'maxChanges': 0"));
    }

    @Test
    void countsLeaveOutWhatIsDeletedAndKnowTheTrash() throws Exception {
        String trash = make("Trash", ", 'role': 'trash'");
        int trashNumber = Integer.parseInt(trash.substring(1));
        ann.deliver("Subject: a\nMessage-ID: <a@x>\n\nHello\n");
        ann.deliver("Subject: b\nMessage-ID: <b@x>\nReferences: <a@x>\n\nHello\n");
        ann.deliver("Subject: c\nMessage-ID: <c@x>\n\nHello\n");
        counts(ann.inboxId(), 3, 3, 2, 2);
        ann.boxes.store(ann.inbox(), new int[] {1}, FlagOperation.ADD, Flags.SEEN, Long.MAX_VALUE);
        counts(ann.inboxId(), 3, 2, 2, 2); // the second of the thread is still unread
        ann.boxes.move(ann.inbox(), new int[] {2}, trashNumber);
        counts(ann.inboxId(), 2, 1, 2, 1);
        counts(trash, 1, 1, 1, 1);
        ann.boxes.store(
                ann.inbox(), new int[] {3}, FlagOperation.ADD, Flags.DELETED, Long.MAX_VALUE);
        counts(ann.inboxId(), 1, 0, 1, 0);
    }

    private void counts(String id, int emails, int unread, int threads, int unreadThreads) {
        ann.has(
                "{'list': [{'totalEmails': %d, 'unreadEmails': %d, 'totalThreads': %d,"
                                .formatted(emails, unread, threads)
                        + " 'unreadThreads': "
                        + unreadThreads
                        + "}]}",
                ann.call("Mailbox/get", "'ids': ['" + id + "']"));
    }

    @Test
    void queriesFilterAndSort() {
        String b = make("Bills", ", 'sortOrder': 2");
        String a = make("Archive", ", 'sortOrder': 3, 'role': 'archive'");
        String c = make("Child", ", 'sortOrder': 1, 'parentId': '" + b + "'");
        String i = ann.inboxId();
        String name = "'sort': [{'property': 'name'}]";
        results(name, a, b, c, i);
        results("'sort': [{'property': 'name', 'isAscending': false}]", i, c, b, a);
        results("'sort': [{'property': 'sortOrder'}, {'property': 'name'}]", i, c, b, a);
        results(name + ", 'sortAsTree': true", a, b, c, i);
        results("'sort': [{'property': 'sortOrder'}], 'sortAsTree': true", i, b, c, a);
        results("'filter': {'parentId': null}, " + name, a, b, i);
        results("'filter': {'parentId': '" + b + "'}", c);
        results("'filter': {'name': 'CHI'}, " + name, a, c);
        results("'filter': {'name': 'CHI'}, 'filterAsTree': true", a);
        results("'filter': {'role': 'archive'}", a);
        results("'filter': {'role': null}, " + name, b, c);
        results("'filter': {'hasAnyRole': true}, " + name, a, i);
        results("'filter': {'isSubscribed': false}");
        String not = "{'operator': 'NOT', 'conditions': [{'hasAnyRole': true}]}";
        results("'filter': " + not + ", " + name, b, c);
        results(
                "'filter': {'operator': 'OR', 'conditions': [{'role': 'inbox'}, "
                        + not
                        + "]}, "
                        + name,
                b,
                c,
                i);
        results(
                "'filter': {'operator': 'AND', 'conditions': [{'parentId': null}, " + not + "]}",
                b);
        results(name + ", 'position': 1, 'limit': 2", b, c);
        results(name + ", 'position': -1", i);
        results(name + ", 'anchor': '" + c + "', 'anchorOffset': -1", b, c, i);
        results(name + ", 'limit': 0");
        ann.has(
                "{'total': 4, 'position': 2, 'canCalculateChanges': true}",
                ann.call("Mailbox/query", name + ", 'position': 2, 'calculateTotal': true"));
    }

    private void results(String arguments, String... ids) {
        assertEquals(
                String.join(" ", ids),
                String.join(
                        " ",
                        ann.call("Mailbox/query", arguments)
                                .get("ids")
                                .valueStream()
                                .map(id -> id.stringValue())
                                .toList()),
                arguments);
    }

    @Test
    void aQueryThatIsNoneIsRefused() {
        for (String[] row :
                new String[][] {
                    {"'filter': {'colour': 'red'}", "unsupportedFilter"},
                    {"'filter': {'name': 5}", "invalidArguments"},
                    {"'filter': {'operator': 'XOR', 'conditions': []}", "invalidArguments"},
                    {"'filter': {'operator': 'AND'}", "invalidArguments"},
                    {"'filter': 'all'", "invalidArguments"},
                    {"'sort': [{'property': 'colour'}]", "unsupportedSort"},
                    {"'sort': [{'property': 'name', 'collation': 'x'}]", "unsupportedSort"},
                    {"'sort': ['name']", "invalidArguments"},
                    {"'anchor': 'm99'", "anchorNotFound"},
                    {"'limit': -1", "invalidArguments"},
                    {"'position': 'x'", "invalidArguments"},
                }) {
            assertEquals(row[1], ann.error("Mailbox/query", row[0]), row[0]);
        }
    }

    @Test
    void queryChangesLeadFromTheOldResultsToTheNew() {
        String b = make("Bills", "");
        String sort = "'sort': [{'property': 'name'}]";
        String state = ann.call("Mailbox/query", sort).get("queryState").stringValue();
        String a = make("Archive", "");
        ann.call("Mailbox/set", "'destroy': ['" + b + "']");
        ann.has(
                "{'oldQueryState': '"
                        + state
                        + "', 'removed': ['"
                        + b
                        + "'], 'added': [{'id': '"
                        + a
                        + "', 'index': 0}], 'total': 2}",
                ann.call(
                        "Mailbox/queryChanges",
                        sort + ", 'calculateTotal': true, 'sinceQueryState': '" + state + "'"));
        assertEquals(
                "tooManyChanges",
                ann.error(
                        "Mailbox/queryChanges",
                        sort + ", 'maxChanges': 1, 'sinceQueryState': '" + state + "'"));
        assertEquals(
                "cannotCalculateChanges",
                ann.error("Mailbox/queryChanges", sort + ", 'sinceQueryState': '99999'"));
    }
}
