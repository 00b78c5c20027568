package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.store.Boxes;

class MessagesTest {
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

    private static String account(int letters) throws IOException {
        String ann = office.account();
        office.deliver(ann, letters);
        return ann;
    }

    @Test
    void flags() throws IOException {
        try (Chat chat = office.in(account(3))) {
            chat.plays(
                    """
                    C: a STORE 1:2 +FLAGS (\\Flagged $Work)
                    S: * FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Work)
                    S: * OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $Work \\*)] …
                    S: * 1 FETCH (FLAGS (\\Recent \\Flagged $Work))
                    S: * 2 FETCH (FLAGS (\\Recent \\Flagged $Work))
                    S: a OK Stored
                    C: b STORE 1 +FLAGS \\Flagged
                    S: * 1 FETCH (FLAGS (\\Recent \\Flagged $Work))
                    S: b OK Stored
                    C: c UID STORE 1,3 -FLAGS.SILENT (\\Flagged $work $other)
                    S: c OK Stored
                    C: d FETCH 1:3 FLAGS
                    S: * 1 FETCH (FLAGS (\\Recent))
                    S: * 2 FETCH (FLAGS (\\Recent \\Flagged $Work))
                    S: * 3 FETCH (FLAGS (\\Recent))
                    S: d OK Fetched
                    C: e STORE 2 FLAGS (\\Seen)
                    S: * 2 FETCH (FLAGS (\\Recent \\Seen))
                    S: e OK Stored
                    C: f STORE 9 FLAGS (\\Seen)
                    S: f BAD …
                    """);
        }
    }

    @Test
    void expungeOfAllAndOfSome() throws IOException {
        try (Chat chat = office.in(account(5))) {
            chat.plays(
                    """
                    C: a STORE 1,2,5 +FLAGS.SILENT (\\Deleted)
                    S: a OK Stored
                    C: b UID EXPUNGE 2:4
                    S: * 2 EXPUNGE
                    S: b OK Expunged
                    C: c EXPUNGE
                    S: * 4 EXPUNGE
                    S: * 1 EXPUNGE
                    S: c OK Expunged
                    C: d FETCH 1:* UID
                    S: * 1 FETCH (UID 3)
                    S: * 2 FETCH (UID 4)
                    S: d OK Fetched
                    C: e STORE 1 +FLAGS.SILENT (\\Deleted)
                    S: e OK Stored
                    C: f CLOSE
                    S: f OK …
                    C: g STATUS INBOX (MESSAGES UIDNEXT UNSEEN DELETED)
                    S: * STATUS "INBOX" (MESSAGES 1 UIDNEXT 6 UNSEEN 1 DELETED 0)
                    S: g OK …
                    C: h EXPUNGE
                    S: h BAD Select a mailbox first
                    """);
        }
    }

    @Test
    void copyAndMove() throws IOException {
        try (Chat chat = office.in(account(4))) {
            chat.plays(
                    """
                    C: a COPY 1:2 Work
                    S: a NO [TRYCREATE] …
                    C: b CREATE Work
                    S: b OK Created
                    C: c COPY 1:2 Work
                    S: c OK [COPYUID … 1:2 1:2] Copied
                    C: d UID MOVE 2,4 Work
                    S: * OK [COPYUID … 2,4 3:4] Moved
                    S: * 4 EXPUNGE
                    S: * 2 EXPUNGE
                    S: d OK Moved
                    C: e STATUS Work (MESSAGES)
                    S: * STATUS "Work" (MESSAGES 4)
                    S: e OK …
                    C: f UID COPY 99 Work
                    S: f OK There was nothing to copy
                    C: g COPY 9 Work
                    S: g BAD …
                    """);
        }
    }

    /// RFC 3501 §7.4.1: no EXPUNGE while FETCH, STORE or SEARCH is answered.
    @Test
    void anotherSessionsExpungeWaitsForItsPlace() throws IOException {
        String ann = account(4);
        try (Chat one = office.in(ann);
                Chat two = office.in(ann)) {
            two.plays(
                    """
                    C: a STORE 2 +FLAGS.SILENT (\\Deleted)
                    S: a OK Stored
                    C: b EXPUNGE
                    S: * 2 EXPUNGE
                    S: b OK Expunged
                    C: c STORE 3 +FLAGS.SILENT (\\Flagged)
                    S: c OK Stored
                    """);
            office.deliver(ann, "Subject: new\n\nnew\n");
            one.plays(
                    """
                    C: a FETCH 1:4 (UID)
                    S: * 5 EXISTS
                    S: * 5 RECENT
                    S: * 4 FETCH (FLAGS (\\Flagged \\Recent))
                    """
                            .replace("\\Flagged \\Recent", "\\Recent \\Flagged"));
            one.plays(
                    """
                    S: * 1 FETCH (UID 1)
                    S: * 3 FETCH (UID 3)
                    S: * 4 FETCH (UID 4)
                    S: a NO [EXPUNGEISSUED] …
                    C: b STORE 2 +FLAGS (\\Seen)
                    S: b NO [EXPUNGEISSUED] …
                    C: c STORE 3 +FLAGS (\\Seen)
                    S: * 3 FETCH (FLAGS (\\Recent \\Seen))
                    S: c OK Stored
                    C: d SEARCH 1:* SEEN
                    S: * SEARCH 3
                    S: d OK Searched
                    C: e FETCH 5 (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])
                    S: * 5 FETCH (UID 5 BODY[HEADER.FIELDS (SUBJECT)] {16}
                    S: Subject: new
                    S:
                    S: )
                    S: e OK Fetched
                    C: f NOOP
                    S: * 2 EXPUNGE
                    S: f OK Done
                    C: g FETCH 4 UID
                    S: * 4 FETCH (UID 5)
                    S: g OK Fetched
                    """);
        }
    }

    @Test
    void recentBelongsToOneSession() throws IOException {
        String ann = account(2);
        try (Chat one = office.in(ann);
                Chat two = office.with(ann)) {
            two.says("s SELECT INBOX");
            List<String> lines = two.hears("s OK [READ-WRITE] Selected");
            assertTrue(lines.contains("* 0 RECENT"), lines.toString());
            assertEquals(List.of("* SEARCH 1 2"), one.asks("SEARCH RECENT"));
        }
    }

    @Test
    void searches() throws IOException {
        String ann = office.account();
        office.deliver(
                ann,
                "From: Bob <bob@example.com>\nTo: ann@example.com\nSubject: =?utf-8?B?"
                        + "6KuL5rGC5pu444Gu5Lu2?=\nDate: Mon, 5 Jan 2026 23:59:00 -0500\n"
                        + "Content-Type: text/plain; charset=iso-2022-jp\n\n"
                        + "\u001b$B$3$s$K$A$O\u001b(B ABC\n");
        office.deliver(
                ann,
                "From: Carl <carl@example.com>\nSubject: Invoice\nX-Odd: very\n"
                        + "Content-Type: text/plain; charset=utf-8\n"
                        + "Content-Transfer-Encoding: quoted-printable\n\n"
                        + "caf=C3=A9 split wo=\nrd \u524d\n");
        office.deliver(ann, "From: dora@example.com\nSubject: none\n\nplain Zebra text\n");
        try (Chat chat = office.in(ann)) {
            String[][] asked = {
                {"ALL", "1 2 3"},
                {"SUBJECT invoice", "2"},
                {"SUBJECT {9+}\r\n\u8acb\u6c42\u66f8", "1"},
                {"CHARSET UTF-8 SUBJECT \"\u8acb\u6c42\"", "1"},
                {"BODY {6+}\r\n\u3053\u3093", "1"},
                {"BODY abc", "1"},
                {"BODY \"$3$s\"", ""},
                {"BODY caf\u00e9", "2"},
                {"BODY CAF\u00c9", "2"},
                {"BODY \"split word\"", "2"},
                {"BODY zebra", "3"},
                {"TEXT dora", "3"},
                {"TEXT zebra", "3"},
                {"TEXT \"\u8acb\u6c42\"", "1"},
                {"FROM example.com", "1 2 3"},
                {"OR FROM bob FROM carl", "1 2"},
                {"NOT FROM bob", "2 3"},
                {"HEADER X-Odd \"\"", "2"},
                {"HEADER X-Odd VERY", "2"},
                {"HEADER Message-ID x", ""},
                {"TO ann", "1"},
                {"SENTON 5-Jan-2026", "1"},
                {"SENTSINCE 6-Jan-2026", ""},
                {"SENTBEFORE 6-Jan-2026", "1"},
                {"ON 25-Nov-2026", "1 2 3"},
                {"BEFORE 25-Nov-2026", ""},
                {"SINCE 25-Nov-2026 UNSEEN 2:*", "2 3"},
                {"LARGER 100", "1 2"},
                {"SMALLER 100", "3"},
                {"UID 2:9", "2 3"},
                {"(1 OR 2 3)", ""},
                {"KEYWORD $none", ""},
                {"UNKEYWORD $none", "1 2 3"},
                {"NEW", "1 2 3"},
                {"OLD", ""},
            };
            for (String[] each : asked) {
                String wanted = each[1].isEmpty() ? "* SEARCH" : "* SEARCH " + each[1];
                assertEquals(List.of(wanted), chat.asks("SEARCH " + each[0]), each[0]);
            }
            chat.plays(
                    """
                    C: a SEARCH CHARSET KLINGON ALL
                    S: a NO [BADCHARSET (UTF-8)] …
                    C: b SEARCH 4
                    S: b BAD There is no message …
                    C: c UID SEARCH RETURN (MIN MAX ALL COUNT) 1:3
                    S: * ESEARCH (TAG "c") UID MIN 1 MAX 3 ALL 1:3 COUNT 3
                    S: c OK Searched
                    C: d SEARCH RETURN () FROM nobody
                    S: * ESEARCH (TAG "d")
                    S: d OK Searched
                    """);
        }
    }

    @Test
    void condstore() throws IOException {
        String ann = account(3);
        try (Chat chat = office.with(ann)) {
            chat.says("s SELECT INBOX (CONDSTORE)");
            List<String> opened = chat.hears("s OK [READ-WRITE] Selected");
            long highest = 0;
            for (String line : opened) {
                if (line.contains("HIGHESTMODSEQ")) {
                    highest = Long.parseLong(line.replaceAll("\\D+", ""));
                }
            }
            assertTrue(highest > 0);
            chat.plays(
                    """
                    C: a STORE 1 (UNCHANGEDSINCE %1$d) +FLAGS.SILENT (\\Seen)
                    S: * 1 FETCH (MODSEQ (%2$d))
                    S: a OK Stored
                    C: b STORE 1:2 (UNCHANGEDSINCE %1$d) +FLAGS (\\Flagged)
                    S: * 2 FETCH (FLAGS (\\Recent \\Flagged) MODSEQ (%3$d))
                    S: b OK [MODIFIED 1] …
                    C: c FETCH 1:* (FLAGS) (CHANGEDSINCE %1$d)
                    S: * 1 FETCH (FLAGS (\\Recent \\Seen) MODSEQ (%2$d))
                    S: * 2 FETCH (FLAGS (\\Recent \\Flagged) MODSEQ (%3$d))
                    S: c OK Fetched
                    C: d SEARCH MODSEQ %2$d
                    S: * SEARCH 1 2 (MODSEQ %3$d)
                    S: d OK Searched
                    """
                            .formatted(highest, highest + 1, highest + 2));
        }
    }

    @Test
    void qresync() throws IOException {
        String ann = account(5);
        long validity = office.boxes(ann).find("INBOX").orElseThrow().uidValidity();
        long modSeq;
        try (Chat chat = office.in(ann)) {
            modSeq = office.boxes(ann).find("INBOX").orElseThrow().highestModSeq();
            chat.plays(
                    """
                    C: a STORE 2:3 +FLAGS.SILENT (\\Deleted)
                    S: a OK Stored
                    C: b EXPUNGE
                    S: * 3 EXPUNGE
                    S: * 2 EXPUNGE
                    S: b OK Expunged
                    C: c UID STORE 5 +FLAGS.SILENT (\\Seen)
                    S: c OK Stored
                    C: d SELECT INBOX (QRESYNC (1 1))
                    S: d BAD ENABLE QRESYNC first
                    """);
        }
        try (Chat chat = office.with(ann);
                Chat other = office.in(ann)) {
            chat.plays("C: a ENABLE QRESYNC X\nS: * ENABLED QRESYNC\nS: a OK Enabled");
            chat.says("b SELECT INBOX (QRESYNC (" + validity + " " + modSeq + "))");
            List<String> lines = chat.hears("b OK [READ-WRITE] Selected");
            assertTrue(lines.contains("* VANISHED (EARLIER) 2:3"), lines.toString());
            assertTrue(
                    lines.stream().anyMatch(l -> l.startsWith("* 3 FETCH (UID 5 FLAGS (\\Seen")),
                    lines.toString());
            other.plays(
                    """
                    C: a STORE 1 +FLAGS.SILENT (\\Deleted)
                    S: a OK Stored
                    C: b EXPUNGE
                    S: * 1 EXPUNGE
                    S: b OK Expunged
                    """);
            chat.plays("C: c NOOP\nS: * VANISHED 1\nS: c OK Done");
            chat.plays(
                    """
                    C: d UID FETCH 1:* (FLAGS) (CHANGEDSINCE %d VANISHED)
                    S: * VANISHED (EARLIER) 1:3
                    S: * 2 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (…))
                    S: d OK Fetched
                    """
                            .formatted(modSeq));
            chat.says("e SELECT INBOX (QRESYNC (" + (validity + 1) + " " + modSeq + "))");
            lines = chat.hears("e OK [READ-WRITE] Selected");
            assertTrue(lines.contains("* OK [CLOSED] The previous mailbox is closed"));
            assertTrue(lines.stream().noneMatch(l -> l.contains("VANISHED")));
        }
    }

    @Test
    void idleIsToldAtOnce() throws Exception {
        String ann = account(2);
        try (Chat one = office.in(ann);
                Chat two = office.in(ann)) {
            one.plays("C: i IDLE\nS: + idling");
            for (int i = 3; i < 20; i++) {
                long start = System.nanoTime();
                office.deliver(ann, "Subject: x\n\nx\n");
                one.plays("S: * " + i + " EXISTS\nS: * …RECENT");
                long millis = (System.nanoTime() - start) / 1_000_000;
                assertTrue(millis < 1000, millis + " ms");
            }
            two.plays("C: a STORE 1 +FLAGS.SILENT (\\Deleted)");
            one.plays("S: * 1 FETCH (FLAGS (…\\Deleted))");
            two.says("b EXPUNGE");
            one.plays("S: * 1 EXPUNGE");
            one.plays("C: DONE\nS: i OK Idle no more");
            one.plays("C: j IDLE\nS: + idling\nC: NOOP\nS: j BAD Expected DONE");
        }
    }

    /// RFC 7162 §3.2.6: who knows a state that the log no longer reaches is told of every UID that
    /// is gone, and of the flags of all that changed.
    @Test
    void aStateOlderThanTheLogIsAnsweredWhole() throws Exception {
        String ann = account(5);
        Boxes boxes = office.boxes(ann);
        int inbox = boxes.find("INBOX").orElseThrow().id();
        boxes.remove(inbox, new int[] {2});
        long old = boxes.modSeq();
        boxes.remove(inbox, new int[] {3});
        String validity = Integer.toUnsignedString(boxes.find("INBOX").orElseThrow().uidValidity());
        String resync = "s SELECT INBOX (QRESYNC (" + validity + " ";
        assertEquals(List.of("* VANISHED (EARLIER) 3"), vanished(ann, resync + old + "))"));
        office.now = Office.NOW.plus(Duration.ofDays(91));
        long newer = 0;
        for (int i = 0; i < 600; i++) {
            var operation = i % 2 == 0 ? Boxes.FlagOperation.ADD : Boxes.FlagOperation.REMOVE;
            newer = boxes.store(inbox, new int[] {5}, operation, 1, Long.MAX_VALUE).modSeq();
        }
        boxes.remove(inbox, new int[] {4});
        assertFalse(boxes.vanishedSince(inbox, old).complete());
        assertEquals(List.of("* VANISHED (EARLIER) 2:4"), vanished(ann, resync + old + "))"));
        assertEquals(List.of("* VANISHED (EARLIER) 3"), vanished(ann, resync + old + " 3,5))"));
        assertEquals(
                List.of("* VANISHED (EARLIER) 2:4"), vanished(ann, resync + old + " 1:5 (1 1)))"));
        assertEquals(List.of("* VANISHED (EARLIER) 4"), vanished(ann, resync + newer + "))"));
        try (Chat chat = office.with(ann)) {
            chat.plays("C: e ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: e OK Enabled");
            chat.says(resync + old + "))");
            List<String> lines = chat.hears("s OK [READ-WRITE] Selected");
            assertTrue(lines.stream().anyMatch(l -> l.startsWith("* 2 FETCH (UID 5 FLAGS (")));
            chat.says("f UID FETCH 1:* (FLAGS) (CHANGEDSINCE " + old + " VANISHED)");
            lines = chat.hears("f OK Fetched");
            assertEquals("* VANISHED (EARLIER) 2:4", lines.getFirst());
            assertEquals(3, lines.size(), lines.toString());
        } finally {
            office.now = Office.NOW;
        }
    }

    private static List<String> vanished(String account, String select) throws Exception {
        try (Chat chat = office.with(account)) {
            chat.plays("C: e ENABLE QRESYNC\nS: * ENABLED QRESYNC\nS: e OK Enabled");
            chat.says(select);
            return chat.hears("s OK [READ-WRITE] Selected").stream()
                    .filter(line -> line.contains("VANISHED"))
                    .toList();
        }
    }

    @Test
    void theFiftyEighthKeywordIsRefusedAndNothingIsLost() throws Exception {
        String ann = account(2);
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 57; i++) all.append(i == 1 ? "" : " ").append("k").append(i);
        try (Chat chat = office.in(ann)) {
            chat.says("a STORE 1 FLAGS.SILENT (\\Seen " + all + ")");
            chat.hears("a OK Stored");
            chat.says("b SELECT INBOX");
            List<String> lines = chat.hears("b OK [READ-WRITE] Selected");
            String permanent =
                    "* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft "
                            + all
                            + ")]";
            assertTrue(lines.stream().anyMatch(l -> l.startsWith(permanent)), lines.toString());
            String full = " NO [LIMIT] Too many: this account has 57 keywords already";
            chat.plays("C: c STORE 1 FLAGS (k2 k58)\nS: c" + full);
            chat.plays("C: d STORE 2 +FLAGS (\\Flagged k58)\nS: d" + full);
            chat.says("e APPEND INBOX (k58) {6+}\r\na: b\r\n");
            chat.plays("S: e" + full);
            chat.plays(
                    "C: f STORE 1 -FLAGS (k58)\nS: * 1 FETCH (FLAGS (\\Seen "
                            + all
                            + "))\nS: f OK Stored");
            chat.plays(
                    """
                    C: g FETCH 1:2 FLAGS
                    S: * 1 FETCH (FLAGS (\\Seen %s))
                    S: * 2 FETCH (FLAGS ())
                    S: g OK Fetched
                    C: h STORE 2 +FLAGS (K57)
                    S: * 2 FETCH (FLAGS (k57))
                    S: h OK Stored
                    C: i UID SEARCH KEYWORD k57
                    S: * SEARCH 1 2
                    S: i OK Searched
                    C: j UID SEARCH KEYWORD k58
                    S: * SEARCH
                    S: j OK Searched
                    """
                            .formatted(all));
        }
    }
}
