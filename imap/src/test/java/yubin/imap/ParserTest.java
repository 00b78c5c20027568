package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import yubin.imap.ImapCommand.Malformed;

class ParserTest {
    private static ImapCommand parse(String text) {
        byte[] octets = ("a " + text).getBytes(StandardCharsets.UTF_8);
        CommandParser.Tagged tagged = CommandParser.parse(octets, octets.length, false);
        assertEquals("a", tagged.tag());
        return tagged.command();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOOP",
                "noop",
                "LOGIN ann secret",
                "LOGIN \"ann\" \"se\\\"cret\"",
                "LOGIN {3}\r\nann {3}\r\na b",
                "LOGIN {3+}\r\nann {0+}\r\n",
                "AUTHENTICATE PLAIN",
                "AUTHENTICATE PLAIN =",
                "AUTHENTICATE SCRAM-SHA-256 biwsbj1hbm4=",
                "ENABLE CONDSTORE QRESYNC",
                "ID NIL",
                "ID (\"name\" \"x\" \"version\" NIL)",
                "ID ()",
                "SELECT INBOX",
                "SELECT \"a b\" (CONDSTORE)",
                "SELECT INBOX (QRESYNC (1 20))",
                "SELECT INBOX (QRESYNC (1 20 1:30,40))",
                "SELECT INBOX (QRESYNC (1 20 1:30 (1,5 3,9)))",
                "SELECT INBOX (QRESYNC (1 20 (1,5 3,9)) CONDSTORE)",
                "EXAMINE &ZeVnLIqe-",
                "CREATE x (USE (\\Sent))",
                "CREATE x (USE (\\Sent \\Archive))",
                "LIST \"\" *",
                "LIST \"\" \"\"",
                "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (a% b*) RETURN (CHILDREN STATUS (UNSEEN))",
                "LIST () x y RETURN ()",
                "LSUB \"\" %",
                "STATUS x (MESSAGES UIDNEXT SIZE)",
                "IDLE",
                "GETQUOTA \"\"",
                "GETQUOTAROOT INBOX",
                "UID EXPUNGE 1:*",
                "FETCH 1 FAST",
                "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)",
                "FETCH 2,4:7,9,12:* BODY[]",
                "FETCH 1 BODY.PEEK[1.2.HEADER.FIELDS (From \"To\")]<0.100>",
                "FETCH 1 (BODY[3.MIME] RFC822.TEXT)",
                "UID FETCH 1 (FLAGS) (CHANGEDSINCE 5 VANISHED)",
                "STORE 1 FLAGS \\Seen",
                "STORE 1 +FLAGS.SILENT (\\Seen $Label1)",
                "STORE 1 (UNCHANGEDSINCE 0) -FLAGS ()",
                "COPY 1 \"x y\"",
                "UID MOVE 1 {3}\r\na/b",
                "SEARCH ALL",
                "SEARCH 1:3 UNSEEN NOT (DELETED OR FROM a TO b)",
                "SEARCH CHARSET UTF-8 SUBJECT {3}\r\n\u6f22",
                "SEARCH RETURN () SINCE 1-Feb-2026",
                "UID SEARCH RETURN (MIN COUNT) UID 4:* HEADER X-Y \"\"",
                "SEARCH MODSEQ \"/flags/\\\\draft\" all 620",
                "SEARCH SENTON \"01-Jan-2026\" LARGER 10 KEYWORD $x",
            })
    void reads(String text) {
        ImapCommand command = parse(text);
        if (command instanceof Malformed bad) throw new AssertionError(text + " → " + bad);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "XNOTHING",
                "NOOP ",
                "NOOP x",
                " NOOP",
                "LOGIN",
                "LOGIN ann",
                "LOGIN ann secret x",
                "LOGIN  ann secret",
                "LOGIN \"ann secret",
                "LOGIN \"a\\nn\" x",
                "LOGIN {4}\r\nann x",
                "LOGIN {99999999999999999999}\r\nann x",
                "LOGIN {2}\r\na\0 x",
                "AUTHENTICATE",
                "ENABLE",
                "ID",
                "ID (\"name\")",
                "ID (name x)",
                "SELECT",
                "SELECT a b",
                "SELECT INBOX (QRESYNC)",
                "SELECT INBOX (QRESYNC (0 1))",
                "SELECT INBOX (QRESYNC (1 1 *))",
                "SELECT INBOX (FOO)",
                "SELECT &",
                "SELECT &AGE-",
                "SELECT &ZeU",
                "SELECT &2AA-",
                "SELECT {1}\r\n\u0001",
                "CREATE x (USE (Sent))",
                "LIST \"\"",
                "LIST (RECURSIVEMATCH) \"\" *",
                "LIST (X) \"\" *",
                "LIST \"\" * RETURN",
                "LIST \"\" * RETURN (X)",
                "STATUS x",
                "STATUS x ()",
                "STATUS x (FOO)",
                "APPEND x",
                "APPEND x (\\Seen) hello",
                "UID",
                "UID NOOP",
                "UID EXPUNGE",
                "FETCH",
                "FETCH 0 FLAGS",
                "FETCH 1",
                "FETCH 1 ()",
                "FETCH 1 (FLAGS",
                "FETCH 1 FOO",
                "FETCH 1: FLAGS",
                "FETCH 4294967296 FLAGS",
                "FETCH a FLAGS",
                "FETCH 1 BODY[0]",
                "FETCH 1 BODY[1.]",
                "FETCH 1 BODY[MIME]",
                "FETCH 1 BODY[HEADER.FIELDS]",
                "FETCH 1 BODY[HEADER.FIELDS ()]",
                "FETCH 1 BODY[HEADER.FIELDS (a:b)]",
                "FETCH 1 BODY[]<0.0>",
                "FETCH 1 BODY[]<5>",
                "FETCH 1 (FLAGS) (VANISHED)",
                "FETCH 1 (FLAGS) (CHANGEDSINCE x)",
                "STORE 1",
                "STORE 1 FLAGS",
                "STORE 1 FLAG (\\Seen)",
                "STORE 1 FLAGS (\\Foo)",
                "STORE 1 (UNCHANGEDSINCE) FLAGS ()",
                "COPY 1",
                "SEARCH",
                "SEARCH FOO",
                "SEARCH (ALL",
                "SEARCH OR ALL",
                "SEARCH ON 32-Jan-2026",
                "SEARCH ON 1-Foo-2026",
                "SEARCH HEADER a",
                "SEARCH RETURN (FOO) ALL",
                "SEARCH LARGER -1",
                "SEARCH KEYWORD",
            })
    void refuses(String text) {
        assertInstanceOf(Malformed.class, parse(text), text);
    }

    @Test
    void deepKeysAreRefusedNotWalked() {
        String deep = "SEARCH " + "(".repeat(20_000) + "ALL" + ")".repeat(20_000);
        assertInstanceOf(Malformed.class, parse(deep));
        assertInstanceOf(Malformed.class, parse("SEARCH " + "NOT ".repeat(10_000) + "ALL"));
        assertInstanceOf(Malformed.class, parse("FETCH 1 BODY[" + "1.".repeat(9_000) + "1]"));
    }

    @Test
    void noTagNoCommand() {
        for (String text : List.of("", " NOOP", "+ NOOP", "(a NOOP", "\u0000")) {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            assertNull(CommandParser.parse(octets, octets.length, false).tag(), text);
        }
    }

    @Test
    void appendIsReadUpToItsMessage() {
        byte[] octets =
                "a APPEND {5+}\r\nDraft (\\Seen $x) \" 5-Nov-2026 10:00:00 +0900\" {310}"
                        .getBytes(StandardCharsets.US_ASCII);
        var tagged = CommandParser.parseAppend(octets, octets.length, false);
        var append = (ImapCommand.Append) tagged.command();
        assertEquals("Draft", append.mailbox());
        assertEquals(310, append.first().size());
        assertEquals("2026-11-05T10:00+09:00", append.first().date().toString());
        byte[] early = "a APPEND {5+}".getBytes(StandardCharsets.US_ASCII);
        assertNull(CommandParser.parseAppend(early, early.length, false));
    }

    @ParameterizedTest
    @CsvSource({
        "INBOX, INBOX",
        "inbox/a, INBOX/a",
        "A&-B, A&B",
        "&ZeVnLIqe-, \u65e5\u672c\u8a9e",
        "'~peter/mail/&U,BTFw-/&ZeVnLIqe-', ~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e",
        "&2D3eFA-, \ud83d\ude14",
    })
    void mailboxNamesGoBothWays(String wire, String name) {
        ImapCommand.Select select = (ImapCommand.Select) parse("SELECT " + wire);
        assertEquals(name, select.mailbox());
        if (!wire.startsWith("inbox")) assertEquals(wire, MailboxName.encode(name, false));
    }

    @Test
    void namesAreComposed() {
        byte[] decomposed = "\u304b\u3099".getBytes(StandardCharsets.UTF_8);
        assertEquals("\u304c", MailboxName.decode(decomposed, true));
    }

    @ParameterizedTest
    @CsvSource({
        "*, a/b, true",
        "%, a/b, false",
        "%, a, true",
        "a/%, a/b, true",
        "a/%, a/b/c, false",
        "a*c, a/b/c, true",
        "%/c, a/c, true",
        "inbox, INBOX, true",
        "inBOX/x, INBOX/x, true",
        "b, a, false",
        "a%, abc, true",
        "*%*, x/y, true",
        "a, a/b, false",
    })
    void patterns(String pattern, String name, boolean matches) {
        assertEquals(matches, new ListPattern("", pattern).matches(name));
    }

    @Test
    void aHostilePatternTakesNoTime() {
        String pattern = "*a".repeat(900);
        assertTrue(!new ListPattern("", pattern).matches("a".repeat(899)));
    }

    /// Whatever comes, the parser answers.
    @Test
    void mutatedCommandsNeverThrow() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] good = {
            "a FETCH 1:* (UID BODY.PEEK[1.2.HEADER.FIELDS (From \"To\")]<0.100>) (CHANGEDSINCE 5)",
            "a SEARCH CHARSET UTF-8 OR (FROM {3}\r\nabc NOT SEEN) 1:5,7 MODSEQ 5",
            "a LIST (SUBSCRIBED) \"\" (a% b*) RETURN (CHILDREN STATUS (UNSEEN))",
            "a SELECT &ZeVnLIqe- (QRESYNC (1 20 1:30 (1,5 3,9)))",
            "a STORE 1,2 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Seen $Label1)",
            "a APPEND {5+}\r\nDraft (\\Seen $x) \" 5-Nov-2026 10:00:00 +0900\" {310}",
        };
        try {
            for (int i = 0; i < 20_000; i++) {
                byte[] octets =
                        good[random.nextInt(good.length)].getBytes(StandardCharsets.US_ASCII);
                int length = octets.length;
                for (int k = random.nextInt(4); k >= 0; k--) {
                    octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
                }
                if (random.nextInt(3) == 0) length = random.nextInt(length + 1);
                CommandParser.parse(octets, length, random.nextBoolean());
                CommandParser.parseAppend(octets, length, random.nextBoolean());
            }
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
