package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.directory.Account;

class SessionTest {
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
    void aConversationFromTheGreetingToLogout() throws Exception {
        String ann = office.account();
        office.deliver(ann, 2);
        try (Chat chat = office.stranger()) {
            chat.plays(
                    """
                    S: * OK [CAPABILITY IMAP4rev1 …AUTH=PLAIN…] mx.example.com ready
                    C: a CAPABILITY
                    S: * CAPABILITY IMAP4rev1 …
                    S: a OK That is all
                    C: b LOGIN %s wrong
                    S: b NO [AUTHENTICATIONFAILED] …
                    C: c LOGIN %s secret
                    S: c OK [CAPABILITY IMAP4rev1 …] Logged in
                    C: d SELECT inbox
                    S: * FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)
                    S: * OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft \\*)] …
                    S: * 2 EXISTS
                    S: * 2 RECENT
                    S: * OK [UNSEEN 1] First unseen
                    S: * OK [UIDVALIDITY …] UIDs valid
                    S: * OK [UIDNEXT 3] Next UID
                    S: * OK [HIGHESTMODSEQ …] Highest
                    S: d OK [READ-WRITE] Selected
                    C: e FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)
                    S: * 1 FETCH (UID 1 FLAGS (\\Recent) RFC822.SIZE 88 INTERNALDATE "25-Nov-2026 10:35:00 +0900")
                    S: * 2 FETCH (UID 2 FLAGS (\\Recent) RFC822.SIZE 88 INTERNALDATE "25-Nov-2026 10:35:00 +0900")
                    S: e OK Fetched
                    C: f LOGOUT
                    S: * BYE Good bye
                    S: f OK Logged out
                    """
                            .formatted(ann, ann));
            assertTrue(chat.isOver());
        }
    }

    @Test
    void anAccountHasNoMoreSessionsThanItsLimitsAllow() throws Exception {
        String ann = office.account();
        office.directory.administration().setLimits(ann, new Account.Limits(1, 0, 0));
        try (Chat first = office.stranger();
                Chat second = office.stranger()) {
            first.plays("S: * OK …\nC: a LOGIN %s secret\nS: a OK …".formatted(ann));
            second.plays("S: * OK …\nC: a LOGIN %s secret\nS: a NO [LIMIT] …".formatted(ann));
            first.plays("C: b LOGOUT\nS: * BYE …\nS: b OK …");
            assertTrue(first.isOver());
            second.plays("C: b LOGIN %s secret\nS: b OK …".formatted(ann));
        }
    }

    @Test
    void aGuesserHasToConnectAgain() throws Exception {
        String ann = office.account();
        try (Chat chat = office.stranger()) {
            chat.plays("S: * OK …");
            for (int i = 0; i < 4; i++) {
                chat.plays("C: a LOGIN %s wrong\nS: a NO [AUTHENTICATIONFAILED] …".formatted(ann));
            }
            chat.plays("C: a LOGIN %s wrong\nS: * BYE …\nS: a NO …".formatted(ann));
            assertTrue(chat.isOver());
        }
    }

    @Test
    void commandsOutOfOrderAreRefused() {
        String ann = office.account();
        try (Chat chat = office.stranger()) {
            chat.plays(
                    """
                    S: * OK …
                    C: a SELECT INBOX
                    S: a BAD Log in first
                    C: b FETCH 1 FLAGS
                    S: b BAD Log in first
                    C: c APPEND INBOX {3+}
                    C: abc
                    S: c BAD Log in first
                    C: d NOOP
                    S: d OK Done
                    C: e LOGIN %s secret
                    S: e OK …
                    C: f LOGIN %s secret
                    S: f BAD You are logged in already
                    C: g STORE 1 FLAGS ()
                    S: g BAD Select a mailbox first
                    """
                            .formatted(ann, ann));
        }
    }

    @Test
    void saslPlainWithAndWithoutInitialResponse() {
        String ann = office.account();
        String plain =
                java.util.Base64.getEncoder().encodeToString(("\0" + ann + "\0secret").getBytes());
        try (Chat chat = office.stranger()) {
            chat.plays(
                    """
                    S: * OK …
                    C: a AUTHENTICATE PLAIN
                    S: +…
                    C: *
                    S: a BAD Cancelled
                    C: b AUTHENTICATE PLAIN !!!
                    S: b BAD …
                    C: c AUTHENTICATE NOTHING
                    S: c NO This mechanism is not offered
                    C: d AUTHENTICATE PLAIN %s
                    S: d OK [CAPABILITY …] Logged in
                    """
                            .formatted(plain));
        }
    }

    @Test
    void passwordsInTheClearAreNotTaken() {
        Chat chat = new Chat(office.window(null, false));
        try (chat) {
            chat.plays(
                    """
                    S: * OK [CAPABILITY … LOGINDISABLED AUTH=SCRAM-SHA-256] …
                    C: a LOGIN ann secret
                    S: a NO [PRIVACYREQUIRED] …
                    C: b AUTHENTICATE PLAIN
                    S: b NO [PRIVACYREQUIRED] …
                    C: c STARTTLS
                    S: c BAD TLS is not offered
                    """);
        }
    }

    @Test
    void nonsenseEndsTheConversation() throws Exception {
        try (Chat chat = office.stranger()) {
            chat.plays("S: * OK …");
            for (int i = 1; i < 10; i++) chat.plays("C: a HELO x\nS: a BAD Cannot read this: …");
            chat.plays("C: GET / HTTP/1.1\nS: GET BAD …\nS: * BYE Too many …");
            assertTrue(chat.isOver());
        }
    }

    @Test
    void literalsOverTheBoundAreRefused() throws Exception {
        try (Chat chat = office.stranger()) {
            chat.plays(
                    """
                    S: * OK …
                    C: a LOGIN {100000}
                    S: a BAD …literal too long…
                    C: b NOOP
                    S: b OK Done
                    C: c LOGIN {20000+}
                    """);
            chat.says(new byte[20000]);
            chat.says(" x");
            chat.plays("S: c BAD …literal too long…\nC: d NOOP\nS: d OK Done");
            chat.plays("C: e LOGIN {2000000000+}\nS: * BYE The literal is too long");
            assertTrue(chat.isOver());
        }
    }

    @Test
    void anEndlessLineIsRefused() {
        try (Chat chat = office.stranger()) {
            chat.plays("S: * OK …");
            chat.says("a " + "x".repeat(200_000));
            chat.plays("S: * BAD …line too long…\nC: b NOOP\nS: b OK Done");
            chat.says("c NOOP\n".getBytes());
            chat.plays("S: * BAD …\nC: d NOOP\nS: d OK Done");
        }
    }

    @Test
    void pipelinedCommandsKeepTheirOrder() throws Exception {
        String ann = office.account();
        office.deliver(ann, 3);
        try (Chat chat = office.in(ann)) {
            chat.says(
                    ("a STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\nb EXPUNGE\r\nc FETCH 1 (UID)\r\n"
                                    + "d NOOP\r\n")
                            .getBytes());
            chat.plays(
                    """
                    S: a OK Stored
                    S: * 2 EXPUNGE
                    S: * 1 EXPUNGE
                    S: b OK Expunged
                    S: * 1 FETCH (UID 3)
                    S: c OK Fetched
                    S: d OK Done
                    """);
        }
    }
}
