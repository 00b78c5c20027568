package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailboxesTest {
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

    @Test
    void aNewAccountHasMailboxesForSpecialUses() {
        try (Chat chat = office.with(office.account())) {
            chat.plays(
                    """
                    C: a LIST "" ""
                    S: * LIST (\\Noselect) "/" ""
                    S: a OK …
                    C: b LIST "" *
                    S: * LIST (\\HasNoChildren) "/" "INBOX"
                    S: * LIST (\\HasNoChildren \\Archive) "/" "Archive"
                    S: * LIST (\\HasNoChildren \\Drafts) "/" "Drafts"
                    S: * LIST (\\HasNoChildren \\Junk) "/" "Junk"
                    S: * LIST (\\HasNoChildren \\Sent) "/" "Sent"
                    S: * LIST (\\HasNoChildren \\Trash) "/" "Trash"
                    S: b OK …
                    C: c LIST (SPECIAL-USE) "" (%) RETURN (SUBSCRIBED)
                    S: * LIST (\\HasNoChildren \\Subscribed \\Archive) "/" "Archive"
                    """);
            chat.hears("c OK That is all");
            chat.plays("C: d NAMESPACE\nS: * NAMESPACE ((\"\" \"/\")) NIL NIL\nS: d OK …");
        }
    }

    @Test
    void createRenameDelete() {
        try (Chat chat = office.with(office.account())) {
            chat.asks("LIST \"\" %");
            chat.plays(
                    """
                    C: a CREATE Work/2026/
                    S: a OK Created
                    C: b CREATE Work
                    S: b NO [ALREADYEXISTS] …
                    C: c LIST "" W*
                    S: * LIST (\\HasChildren) "/" "Work"
                    S: * LIST (\\HasNoChildren) "/" "Work/2026"
                    S: c OK …
                    C: d DELETE Work
                    S: d NO [INUSE] …
                    C: e RENAME Work "Old work"
                    S: e OK Renamed
                    C: f LIST "Old work/" %
                    S: * LIST (\\HasNoChildren) "/" "Old work/2026"
                    S: f OK …
                    C: g DELETE "Old work/2026"
                    S: g OK Deleted
                    C: h DELETE INBOX
                    S: h NO [CANNOT] …
                    C: i DELETE Nothing
                    S: i NO [NONEXISTENT] …
                    C: j SELECT Nothing
                    S: j NO [NONEXISTENT] …
                    C: k CREATE Mine (USE (\\Archive))
                    S: k NO [USEATTR] …
                    C: l CREATE Mine (USE (\\All))
                    S: l NO [USEATTR] …
                    C: m RENAME INBOX x/y
                    S: m OK Renamed
                    """);
        }
    }

    @Test
    void createWithAUse() {
        try (Chat chat = office.with(office.account())) {
            chat.plays(
                    """
                    C: a CREATE Gesendet (USE (\\Sent))
                    S: a OK Created
                    C: b CREATE Trash
                    S: b OK Created
                    C: c LIST "" %
                    S: * LIST (\\HasNoChildren) "/" "INBOX"
                    S: * LIST (\\HasNoChildren \\Sent) "/" "Gesendet"
                    S: * LIST (\\HasNoChildren \\Trash) "/" "Trash"
                    S: c OK …
                    """);
        }
    }

    @Test
    void subscriptions() {
        try (Chat chat = office.with(office.account())) {
            chat.plays(
                    """
                    C: a CREATE a/b/c
                    S: a OK Created
                    C: b SUBSCRIBE a/b/c
                    S: b OK Done
                    C: c LSUB "" a*
                    S: * LSUB () "/" "a/b/c"
                    S: c OK …
                    C: d LSUB "" a/%
                    S: * LSUB (\\Noselect) "/" "a/b"
                    S: d OK …
                    C: e LIST (SUBSCRIBED RECURSIVEMATCH) "" a
                    S: * LIST (\\HasChildren) "/" "a" (CHILDINFO ("SUBSCRIBED"))
                    S: e OK …
                    C: f SUBSCRIBE nothing
                    S: f NO [NONEXISTENT] …
                    C: g UNSUBSCRIBE a/b/c
                    S: g OK Done
                    C: h LIST (SUBSCRIBED) "" a*
                    S: h OK …
                    """);
        }
    }

    @Test
    void japaneseNames() {
        String ann = office.account();
        try (Chat chat = office.with(ann);
                Chat modern = office.with(ann)) {
            chat.plays(
                    """
                    C: a CREATE &ZeVnLIqe-
                    S: a OK Created
                    C: b LIST "" &ZeU*
                    S: b BAD …
                    C: c LIST "" &ZeVnLA-*
                    S: * LIST (\\HasNoChildren) "/" "&ZeVnLIqe-"
                    S: c OK …
                    """);
            modern.plays(
                    """
                    C: a ENABLE UTF8=ACCEPT
                    S: * ENABLED UTF8=ACCEPT
                    S: a OK Enabled
                    C: b LIST "" "\u65e5*"
                    S: * LIST (\\HasNoChildren) "/" "\u65e5\u672c\u8a9e"
                    S: b OK …
                    C: c STATUS "\u65e5\u672c\u8a9e" (MESSAGES)
                    S: * STATUS "\u65e5\u672c\u8a9e" (MESSAGES 0)
                    S: c OK …
                    """);
        }
    }

    @Test
    void statusAndListStatus() throws IOException {
        String ann = office.account();
        office.deliver(ann, 2);
        try (Chat chat = office.with(ann)) {
            chat.plays(
                    """
                    C: a STATUS INBOX (MESSAGES RECENT UIDNEXT UNSEEN SIZE APPENDLIMIT)
                    S: * STATUS "INBOX" (MESSAGES 2 RECENT 2 UIDNEXT 3 UNSEEN 2 SIZE 176 APPENDLIMIT 1048576)
                    S: a OK …
                    C: b LIST "" INBOX RETURN (STATUS (MESSAGES UIDVALIDITY))
                    S: * LIST (\\HasNoChildren) "/" "INBOX"
                    S: * STATUS "INBOX" (MESSAGES 2 UIDVALIDITY …)
                    S: b OK …
                    C: c STATUS Nothing (MESSAGES)
                    S: c NO [NONEXISTENT] …
                    """);
        }
    }

    @Test
    void appends() throws IOException {
        try (Chat chat = office.with(office.account(10_000))) {
            chat.plays(
                    """
                    C: a APPEND INBOX (\\Seen $x) "05-Nov-2026 10:00:00 +0900" {22}
                    S: + Ready for the message
                    C: Subject: one
                    C:
                    C: body
                    C:
                    S: a OK [APPENDUID … 1] Appended
                    C: b APPEND Nowhere {5}
                    S: b NO [TRYCREATE] …
                    C: c APPEND Nowhere {5+}
                    C: hello
                    S: c NO [TRYCREATE] …
                    C: d APPEND INBOX {2000000}
                    S: d NO [TOOBIG] …
                    C: e APPEND INBOX {9999}
                    S: e NO [OVERQUOTA] …
                    C: f APPEND INBOX {0+}
                    C:
                    S: f NO A message of no octets is not stored
                    C: g APPEND INBOX {4+}
                    C: a: b (\\Flagged) {4+}
                    C: c: d
                    S: g OK [APPENDUID … 2:3] Appended
                    C: h APPEND INBOX {4+}
                    C: a: b and more
                    S: h BAD …
                    C: i SELECT INBOX
                    """);
            chat.hears("i OK [READ-WRITE] Selected");
            List<String> rows = chat.asks("FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE)");
            assertEquals(
                    "* 1 FETCH (FLAGS (\\Recent \\Seen $x) INTERNALDATE"
                            + " \" 5-Nov-2026 10:00:00 +0900\" RFC822.SIZE 22)",
                    rows.get(0));
            assertTrue(
                    rows.get(2).startsWith("* 3 FETCH (FLAGS (\\Recent \\Flagged)"), rows.get(2));
            chat.plays(
                    """
                    C: q GETQUOTAROOT INBOX
                    S: * QUOTAROOT "INBOX" ""
                    S: * QUOTA "" (STORAGE 1 9)
                    S: q OK …
                    """);
        }
    }
}
