package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Flags;
import yubin.store.Role;

/// Email/query, Email/queryChanges, Email/changes, Thread/changes, SearchSnippet/get.
/// RFC 8621 §4.3 to §4.5, §5.
class EmailQueryTest {
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

    private long deliver(int day, String text) throws IOException {
        return ann.deliver(text, Instant.parse("2026-03-%02dT10:00:00Z".formatted(day)));
    }

    private void results(String arguments, long... ids) {
        List<String> wanted = new ArrayList<>();
        for (long id : ids) wanted.add("e" + id);
        List<String> found = new ArrayList<>();
        for (JsonNode id : ann.call("Email/query", arguments).get("ids")) {
            found.add(id.stringValue());
        }
        assertEquals(wanted, found, arguments);
    }

    @Test
    void windowsAreCutOutOfTheResults() throws Exception {
        long a = deliver(1, "Subject: a\n\na\n");
        long b = deliver(2, "Subject: b\n\nb\n");
        long c = deliver(3, "Subject: c\n\nc\n");
        results("", c, b, a);
        results("'position': 1", b, a);
        results("'position': 1, 'limit': 1", b);
        results("'position': -2", b, a);
        results("'position': -9", c, b, a);
        results("'position': 9");
        results("'limit': 0");
        results("'anchor': 'e" + b + "'", b, a);
        results("'anchor': 'e" + b + "', 'anchorOffset': -1", c, b, a);
        results("'anchor': 'e" + b + "', 'anchorOffset': -9, 'limit': 1", c);
        results("'anchor': 'e" + b + "', 'anchorOffset': 1, 'position': 7", a);
        ann.has(
                "{'total': 3, 'position': 1, 'canCalculateChanges': true}",
                ann.call("Email/query", "'position': 1, 'calculateTotal': true"));
        assertTrue(!ann.call("Email/query", "").has("total"));
        assertEquals("anchorNotFound", ann.error("Email/query", "'anchor': 'e999'"));
        assertEquals("invalidArguments", ann.error("Email/query", "'limit': -1"));
    }

    @Test
    void conditionsAreAskedOfEachEmail() throws Exception {
        long a =
                deliver(
                        1,
                        "From: Ann <ann@example.com>\nTo: bob@example.com\nSubject: Lunch at noon\n"
                                + "Message-ID: <a@x>\nX-Tag: Blue\n\nLet us eat noodles\n");
        long b =
                deliver(
                        2,
                        "From: Ｂｏｂ <bob@example.com>\nCc: carol@example.com\nSubject: Re: Lunch at"
                                + " noon\nIn-Reply-To: <a@x>\nContent-Type: text/html\n\n"
                                + "<p>No, <b>ri</b>ce &amp; beans</p><style>hidden</style>\n");
        long c =
                deliver(
                        3,
                        "From: Carol <carol@example.com>\nBcc: dave@example.com\nSubject: 会議\n"
                                + "Content-Type: multipart/mixed; boundary=x\n\n--x\n"
                                + "Content-Type: text/plain; charset=utf-8\n\n明日の会議について\n--x\n"
                                + "Content-Type: application/pdf; name=\"bill.pdf\"\n"
                                + "Content-Disposition: attachment\n\nxx\n--x--\n");
        int archive = ann.boxes.ensure(Role.ARCHIVE).id();
        ann.boxes.store(ann.inbox(), new int[] {1}, FlagOperation.ADD, Flags.SEEN, Long.MAX_VALUE);
        ann.call("Email/set", "'update': {'e" + c + "': {'mailboxIds/m" + archive + "': true}}");
        Object[][] rows = {
            {"{'inMailbox': '@inbox'}", c, b, a},
            {"{'inMailbox': 'm" + archive + "'}", c},
            {"{'inMailbox': 'm99'}"},
            {"{'inMailboxOtherThan': ['@inbox']}", c},
            {"{'inMailboxOtherThan': ['m" + archive + "']}", c, b, a},
            {"{'inMailboxOtherThan': ['@inbox', 'm" + archive + "']}"},
            {"{'before': '2026-03-02T10:00:00Z'}", a},
            {"{'after': '2026-03-02T10:00:00Z'}", c, b},
            {"{'minSize': 250}", c},
            {"{'maxSize': 250}", b, a},
            {"{'hasKeyword': '$seen'}", a},
            {"{'notKeyword': '$Seen'}", c, b},
            {"{'hasKeyword': 'never'}"},
            {"{'notKeyword': 'never'}", c, b, a},
            {"{'someInThreadHaveKeyword': '$seen'}", b, a},
            {"{'allInThreadHaveKeyword': '$seen'}"},
            {"{'noneInThreadHaveKeyword': '$seen'}", c},
            {"{'hasAttachment': true}", c},
            {"{'hasAttachment': false}", b, a},
            {"{'from': 'ann'}", a},
            {"{'from': 'bob'}", b},
            {"{'to': 'bob@example.com'}", a},
            {"{'cc': 'CAROL'}", b},
            {"{'bcc': 'dave'}", c},
            {"{'subject': 'lunch'}", b, a},
            {"{'subject': '\\\"at noon\\\"'}", b, a},
            {"{'subject': '\\\"noon at\\\"'}"},
            {"{'subject': 'noon lunch'}", b, a},
            {"{'subject': '会議'}", c},
            {"{'body': 'noodles'}", a},
            {"{'body': 'rice & beans'}", b},
            {"{'body': 'hidden'}"},
            {"{'body': '会'}", c},
            {"{'text': 'carol'}", c, b},
            {"{'text': 'bill.pdf'}", c},
            {"{'header': ['X-Tag']}", a},
            {"{'header': ['x-tag', 'blue']}", a},
            {"{'header': ['x-tag', 'red']}"},
            {"{'from': 'ann', 'subject': 'lunch', 'inMailbox': '@inbox'}", a},
            {"{'operator': 'OR', 'conditions': [{'from': 'ann'}, {'from': 'carol'}]}", c, a},
            {"{'operator': 'NOT', 'conditions': [{'from': 'ann'}, {'from': 'carol'}]}", b},
            {
                "{'operator': 'AND', 'conditions': [{'inMailbox': '@inbox'}, {'inMailbox': 'm"
                        + archive
                        + "'}]}",
                c
            },
            {"{'operator': 'AND', 'conditions': []}", c, b, a},
            {"{'operator': 'OR', 'conditions': []}"},
            {"{}", c, b, a},
        };
        for (Object[] row : rows) {
            long[] ids = new long[row.length - 1];
            for (int i = 0; i < ids.length; i++) ids[i] = (long) row[i + 1];
            results("'filter': " + row[0], ids);
        }
    }

    @Test
    void aFilterOrSortThatIsNoneIsRefused() {
        String[][] rows = {
            {"'filter': {'colour': 'red'}", "unsupportedFilter"},
            {"'filter': {'before': '2026'}", "invalidArguments"},
            {"'filter': {'before': '2026-03-02T10:00:00+09:00'}", "invalidArguments"},
            {"'filter': {'minSize': -1}", "invalidArguments"},
            {"'filter': {'hasAttachment': 'yes'}", "invalidArguments"},
            {"'filter': {'header': []}", "invalidArguments"},
            {"'filter': {'inMailboxOtherThan': '@inbox'}", "invalidArguments"},
            {"'filter': {'from': null}", "invalidArguments"},
            {"'sort': [{'property': 'colour'}]", "unsupportedSort"},
            {"'sort': [{'property': 'hasKeyword'}]", "invalidArguments"},
            {"'sort': [{}]", "invalidArguments"},
            {"'collapseThreads': 'yes'", "invalidArguments"},
        };
        for (String[] row : rows) {
            assertEquals(row[1], ann.error("Email/query", row[0]), row[0]);
        }
        String deep = "{'from': 'x'}";
        for (int i = 0; i < 30; i++) deep = "{'operator': 'NOT', 'conditions': [" + deep + "]}";
        assertEquals("unsupportedFilter", ann.error("Email/query", "'filter': " + deep));
    }

    @Test
    void emailsAreSortedByWhatIsAsked() throws Exception {
        long a =
                deliver(
                        2,
                        "From: Zoe <z@example.com>\nTo: carl@example.com\nSubject: Re: apples\n"
                                + "Date: Mon, 2 Mar 2026 09:00:00 +0000\n\nlonger than others\n");
        long b =
                deliver(
                        1,
                        "From: adam@example.com\nTo: Bea <x@example.com>\nSubject: bananas\n"
                                + "Date: Tue, 3 Mar 2026 09:00:00 +0000\n\nx\n");
        long c =
                deliver(
                        3,
                        "From: Mia <mia@example.com>\nTo: adam@example.com\nSubject: Apples 2\n"
                                + "Date: Sun, 1 Mar 2026 09:00:00 +0000\n\nxx\n");
        ann.boxes.store(
                ann.inbox(), new int[] {1}, FlagOperation.ADD, Flags.FLAGGED, Long.MAX_VALUE);
        sorted("receivedAt", b, a, c);
        sorted("sentAt", c, a, b);
        sorted("from", b, c, a);
        sorted("to", c, b, a);
        sorted("subject", a, c, b);
        sorted("size", b, c, a);
        results(
                "'sort': [{'property': 'hasKeyword', 'keyword': '$flagged', 'isAscending': false},"
                        + " {'property': 'receivedAt'}]",
                a,
                b,
                c);
        results(
                "'sort': [{'property': 'someInThreadHaveKeyword', 'keyword': '$flagged'},"
                        + " {'property': 'receivedAt', 'isAscending': false}]",
                c,
                b,
                a);
    }

    private void sorted(String property, long first, long second, long third) {
        results("'sort': [{'property': '" + property + "'}]", first, second, third);
        results(
                "'sort': [{'property': '" + property + "', 'isAscending': false}]",
                third,
                second,
                first);
    }

    @Test
    void threadsAreCollapsedToTheirFirstResult() throws Exception {
        long a = deliver(1, "Message-ID: <a@x>\n\na\n");
        long b = deliver(2, "Message-ID: <b@x>\n\nb\n");
        long c = deliver(3, "Message-ID: <c@x>\nReferences: <a@x>\n\nc\n");
        results("'collapseThreads': true", c, b);
        results("'collapseThreads': true, 'sort': [{'property': 'receivedAt'}]", a, b);
        ann.has(
                "{'total': 2, 'collapseThreads': true}",
                ann.call("Email/query", "'collapseThreads': true, 'calculateTotal': true"));
    }

    @Test
    void whatIsHiddenIsNotFound() throws Exception {
        long a = deliver(1, "Subject: a\n\na\n");
        deliver(2, "Subject: b\n\nb\n");
        ann.boxes.store(
                ann.inbox(), new int[] {2}, FlagOperation.ADD, Flags.DELETED, Long.MAX_VALUE);
        results("", a);
        results("'filter': {'inMailbox': '@inbox'}", a);
    }

    /// Random changes, in random windows: who follows the changes knows what is there.
    @Test
    void whoFollowsTheChangesKnowsWhatIsThere() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        int archive = ann.boxes.ensure(Role.ARCHIVE).id();
        for (String query :
                new String[] {
                    "'collapseThreads': true, 'sort': [{'property': 'receivedAt'}]",
                    "'filter': {'inMailbox': '@inbox', 'notKeyword': '$flagged'}",
                    "'filter': {'someInThreadHaveKeyword': '$flagged'}, 'sort':"
                            + " [{'property': 'subject'}]",
                }) {
            ObjectNode start = ann.call("Email/query", query);
            String state = start.get("queryState").stringValue();
            List<String> known = strings(start.get("ids"));
            for (int round = 0; round < 25; round++) {
                for (int i = random.nextInt(4); i >= 0; i--) disturb(random, archive);
                ObjectNode changes =
                        ann.call(
                                "Email/queryChanges",
                                query + ", 'sinceQueryState': '" + state + "'");
                known.removeAll(strings(changes.get("removed")));
                for (JsonNode added : changes.get("added")) {
                    known.add(added.get("index").intValue(), added.get("id").stringValue());
                }
                state = changes.get("newQueryState").stringValue();
                assertEquals(
                        strings(ann.call("Email/query", query).get("ids")),
                        known,
                        "seed " + seed + " round " + round + " " + query);
            }
        }
    }

    /// The same for Email/changes and Thread/changes, in steps of one id and more.
    @Test
    void changesLeadInStepsOfAnySizeToWhatIsThere() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        int archive = ann.boxes.ensure(Role.ARCHIVE).id();
        for (int i = 0; i < 5; i++) disturb(random, archive);
        java.util.Set<String> emails = new java.util.TreeSet<>(strings(all("Email/get")));
        java.util.Set<String> threads = new java.util.TreeSet<>(threads());
        String state = ann.call("Email/get", "'ids': []").get("state").stringValue();
        String threadState = state;
        for (int round = 0; round < 25; round++) {
            for (int i = random.nextInt(6); i >= 0; i--) disturb(random, archive);
            state = follow("Email/changes", state, 1 + random.nextInt(4), emails);
            assertEquals(
                    new java.util.TreeSet<>(strings(all("Email/get"))),
                    emails,
                    "seed " + seed + " round " + round);
            threadState = follow("Thread/changes", threadState, 1 + random.nextInt(4), threads);
            assertEquals(
                    new java.util.TreeSet<>(threads()),
                    threads,
                    "threads, seed " + seed + " round " + round);
        }
        assertEquals("cannotCalculateChanges", ann.error("Email/changes", "'sinceState': '99999'"));
        assertEquals("cannotCalculateChanges", ann.error("Thread/changes", "'sinceState': 'x'"));
    }

    private String follow(String method, String since, int max, java.util.Set<String> known) {
        String state = since;
        while (true) {
            ObjectNode changes =
                    ann.call(method, "'sinceState': '" + state + "', 'maxChanges': " + max);
            assertEquals(state, changes.get("oldState").stringValue());
            int count =
                    changes.get("created").size()
                            + changes.get("updated").size()
                            + changes.get("destroyed").size();
            assertTrue(count <= max, changes.toString());
            known.addAll(strings(changes.get("created")));
            known.addAll(strings(changes.get("updated")));
            known.removeAll(strings(changes.get("destroyed")));
            state = changes.get("newState").stringValue();
            if (!changes.get("hasMoreChanges").booleanValue()) return state;
        }
    }

    private JsonNode all(String method) {
        ObjectNode answer = ann.call(method, "'ids': null, 'properties': ['id', 'threadId']");
        var ids = Api.JSON.createArrayNode();
        for (JsonNode object : answer.get("list")) ids.add(object.get("id"));
        return ids;
    }

    private List<String> threads() {
        List<String> threads = new ArrayList<>();
        ObjectNode answer = ann.call("Email/get", "'ids': null, 'properties': ['threadId']");
        for (JsonNode email : answer.get("list")) threads.add(email.get("threadId").stringValue());
        return threads;
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        for (JsonNode each : array) strings.add(each.stringValue());
        return strings;
    }

    /// Something that a person or another client may do.
    private void disturb(Random random, int archive) throws IOException {
        int mailbox = random.nextInt(3) == 0 ? archive : ann.inbox();
        var now = ann.boxes.view(mailbox).now();
        int kind = now.count() == 0 ? 0 : random.nextInt(9);
        int[] uid = now.count() == 0 ? null : new int[] {now.uid(random.nextInt(now.count()))};
        String id = uid == null ? null : "e" + now.emailId(now.indexOf(uid[0]));
        switch (kind) {
            case 0, 1 ->
                    deliver(
                            1 + random.nextInt(28),
                            "Message-ID: <"
                                    + random.nextInt(1000)
                                    + "@x>\nReferences: <"
                                    + random.nextInt(6)
                                    + "@t>\nSubject: "
                                    + random.nextInt(50)
                                    + "\n\nx\n");
            case 2 ->
                    ann.boxes.store(mailbox, uid, FlagOperation.ADD, Flags.FLAGGED, Long.MAX_VALUE);
            case 3 ->
                    ann.boxes.store(
                            mailbox, uid, FlagOperation.REMOVE, Flags.FLAGGED, Long.MAX_VALUE);
            case 4 ->
                    ann.boxes.store(
                            mailbox,
                            uid,
                            random.nextBoolean() ? FlagOperation.ADD : FlagOperation.REMOVE,
                            Flags.DELETED,
                            Long.MAX_VALUE);
            case 5 -> ann.boxes.expunge(mailbox, null);
            case 6 -> ann.boxes.move(mailbox, uid, mailbox == archive ? ann.inbox() : archive);
            case 7 -> ann.call("Email/set", "'destroy': ['" + id + "']");
            default ->
                    ann.call(
                            "Email/set",
                            "'update': {'"
                                    + id
                                    + "': {'mailboxIds/m"
                                    + archive
                                    + "': true, 'mailboxIds/@inbox': "
                                    + (random.nextBoolean() ? "true" : "null")
                                    + "}}");
        }
    }

    @Test
    void snippetsShowWhereTheWordsStand() throws Exception {
        long a =
                deliver(
                        1,
                        "Subject: Lunch & <more>\n\nLet us meet for a lunch of noodles, says Ann\n");
        long b = deliver(2, "Subject: 明日の会議\nContent-Type: text/plain; charset=utf-8\n\n会議は中止です\n");
        ann.has(
                "{'list': [{'emailId': 'e%d', 'subject': '<mark>Lunch</mark> &amp; &lt;more&gt;',"
                                .formatted(a)
                        + " 'preview': 'Let us meet for a <mark>lunch</mark> of noodles, says Ann'},"
                        + " {'emailId': 'e"
                        + b
                        + "', 'subject': null, 'preview': null}], 'notFound': ['e999']}",
                ann.call(
                        "SearchSnippet/get",
                        "'filter': {'text': 'LUNCH'}, 'emailIds': ['e%d', 'e%d', 'e999']"
                                .formatted(a, b)));
        ann.has(
                "{'list': [{'subject': '明日の<mark>会議</mark>', 'preview': null}], 'notFound': null}",
                ann.call(
                        "SearchSnippet/get",
                        "'filter': {'operator': 'AND', 'conditions': [{'subject': '会議'},"
                                + " {'operator': 'NOT', 'conditions': [{'body': '中止'}]}]},"
                                + " 'emailIds': ['e"
                                + b
                                + "']"));
        assertEquals("invalidArguments", ann.error("SearchSnippet/get", "'filter': {}"));
    }

    @Test
    void theCatalogueFindsWordsToo(@TempDir Path other) throws Exception {
        try (Post withCatalogue = new Post(other, true)) {
            ann = withCatalogue.person();
            long a = deliver(1, "From: Ann <ann@example.com>\nSubject: Lunch\n\nnoodles\n");
            long b = deliver(2, "From: bob@example.com\nSubject: Dinner\n\nlunch was good\n");
            results("'filter': {'text': 'lunch'}", b, a);
            results("'filter': {'subject': 'lunch'}", a);
            results("'filter': {'body': 'lunch', 'from': 'bob'}", b);
            results("'filter': {'operator': 'NOT', 'conditions': [{'text': 'noodles'}]}", b);
            ann.call("Email/set", "'destroy': ['e" + a + "']");
            results("'filter': {'text': 'lunch'}", b);
        }
    }
}
