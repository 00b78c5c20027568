package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.AccountId;
import yubin.store.Role;
import yubin.wire.ClientTls;

@Timeout(30)
@TestInstance(Lifecycle.PER_CLASS)
class Pop3SessionTest {
    private static final String ONE = "Subject: one\r\n\r\nfirst\r\n.\r\n..two dots\r\nlast\r\n";

    private Window window;
    private int accounts;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        window = new Window(folder, Pop3.Plaintext.LOOPBACK);
    }

    @AfterAll
    void close() {
        window.close();
    }

    /// A new account with these messages; its name is `u1`, `u2` …
    private AccountId fill(String... messages) throws Exception {
        AccountId account = window.account("u" + ++accounts + "@example.com");
        for (String message : messages) window.deliver(account, message);
        return account;
    }

    private Window.Talk login() throws Exception {
        return window.login("u" + accounts);
    }

    @Test
    void theSessionOfTheRfc() throws Exception {
        fill(ONE, "Subject: two\r\n\r\n");
        login().plays(
                        """
                        C: STAT
                        S: +OK 2 94
                        C: LIST
                        S: +OK 2 messages (94 octets)
                        S: 1 61
                        S: 2 33
                        S: .
                        C: RETR 1
                        S: +OK 61 octets
                        S: Return-Path: <>
                        S: Subject: one
                        S:
                        S: first
                        S: ..
                        S: ...two dots
                        S: last
                        S: .
                        C: DELE 1
                        S: +OK
                        C: RETR 1
                        S: -ERR no such message
                        C: DELE 1
                        S: -ERR no such message
                        C: LIST 1
                        S: -ERR no such message
                        C: LIST 2
                        S: +OK 2 33
                        C: STAT
                        S: +OK 1 33
                        C: RSET
                        S: +OK 2 messages
                        C: STAT
                        S: +OK 2 94
                        C: DELE 2
                        S: +OK
                        C: NOOP
                        S: +OK
                        C: QUIT
                        S: +OK bye
                        """)
                .isOver();
        login().plays("C: STAT\nS: +OK 1 61\nC: QUIT\nS: +OK bye").isOver();
    }

    @Test
    void commandsOutOfOrder() throws Exception {
        fill();
        window.talk("127.0.0.1")
                .plays(
                        """
                        C: STAT
                        S: -ERR log in first
                        C: PASS secret
                        S: -ERR USER first
                        C: XYZZY
                        S: -ERR unknown command
                        C:
                        S: -ERR unknown command
                        C: USER
                        S: -ERR USER what?
                        C: USER u%d
                        S: +OK
                        C: PASS wrong
                        S: -ERR [AUTH] name or password is wrong
                        C: PASS secret
                        S: -ERR USER first
                        C: user u%d@example.com
                        S: +OK
                        C: pass secret
                        S: +OK 0 messages
                        C: USER u1
                        S: -ERR not after the login
                        C: STLS
                        S: -ERR not after the login
                        C: LIST
                        S: +OK 0 messages (0 octets)
                        S: .
                        C: UIDL
                        S: +OK
                        S: .
                        C: RETR 0
                        S: -ERR not a message number
                        C: RETR 99999999999
                        S: -ERR not a message number
                        C: TOP 1
                        S: -ERR TOP takes *
                        C: QUIT
                        S: +OK bye
                        """
                                .formatted(accounts, accounts));
    }

    @Test
    void capabilitiesBeforeAndAfterTls() throws Exception {
        fill();
        Window.Talk stranger = window.talk("192.0.2.9");
        stranger.plays(
                """
                C: CAPA
                S: +OK
                S: STLS
                S: SASL SCRAM-SHA-256
                S: TOP
                S: UIDL
                S: RESP-CODES
                S: AUTH-RESP-CODE
                S: PIPELINING
                S: UTF8 USER
                S: EXPIRE NEVER
                S: LOGIN-DELAY 0
                S: IMPLEMENTATION Yubin
                S: .
                C: USER u1
                S: -ERR [SYS/PERM] *
                C: AUTH PLAIN
                S: -ERR [SYS/PERM] *
                C: STLS
                S: +OK begin TLS
                """);
        stranger.wire().startTls(ClientTls.opportunistic(null));
        stranger.plays(
                """
                C: STLS
                S: -ERR TLS is on already
                C: CAPA
                S: +OK
                S: USER
                S: SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN
                S: TOP
                """);
        for (int i = 0; i < 8; i++) stranger.hears();
        stranger.plays(
                "S: .\nC: USER u" + accounts + "\nS: +OK\nC: PASS secret\nS: +OK 0 messages");
    }

    @Test
    void plaintextBehindStlsEndsTheConnection() throws Exception {
        Window.Talk talk = window.talk("127.0.0.1");
        talk.wire().write("STLS\r\nUSER u1\r\n");
        talk.wire().flush();
        talk.says("+OK begin TLS");
        talk.isOver();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void sasl() throws Exception {
        fill();
        String plain = base64("\0u" + accounts + "@example.com\0secret");
        window.talk("127.0.0.1").plays("C: AUTH PLAIN " + plain + "\nS: +OK 0 messages");
        window.talk("127.0.0.1").plays("C: AUTH PLAIN\nS: + \nC: " + plain + "\nS: +OK 0 messages");
        window.talk("127.0.0.1")
                .plays(
                        """
                        C: AUTH
                        S: +OK
                        S: SCRAM-SHA-256
                        S: PLAIN
                        S: LOGIN
                        S: .
                        C: AUTH CRAM-MD5
                        S: -ERR unknown mechanism
                        C: AUTH PLAIN =AAA
                        S: -ERR not Base64
                        C: AUTH PLAIN
                        S: + *
                        C: *
                        S: -ERR cancelled
                        C: AUTH PLAIN =
                        S: -ERR [AUTH] *
                        C: AUTH LOGIN
                        S: + VXNlcm5hbWU6
                        C: %s
                        S: + UGFzc3dvcmQ6
                        C: %s
                        S: +OK 0 messages
                        C: AUTH PLAIN
                        S: -ERR not after the login
                        """
                                .formatted(base64("u" + accounts), base64("secret")));
    }

    @Test
    void topStopsAfterItsLines() throws Exception {
        fill(ONE);
        login().plays(
                        """
                        C: TOP 1 0
                        S: +OK *
                        S: Return-Path: <>
                        S: Subject: one
                        S:
                        S: .
                        C: TOP 1 2
                        S: +OK *
                        S: Return-Path: <>
                        S: Subject: one
                        S:
                        S: first
                        S: ..
                        S: .
                        C: TOP 1 1000
                        S: +OK *
                        S: Return-Path: <>
                        S: Subject: one
                        S:
                        S: first
                        S: ..
                        S: ...two dots
                        S: last
                        S: .
                        """);
    }

    @Test
    void pipelinedCommandsAreAnsweredInOrder() throws Exception {
        fill("Subject: a\r\n\r\na\r\n", "Subject: b\r\n\r\nb\r\n");
        Window.Talk talk = window.talk("127.0.0.1");
        talk.wire()
                .write(
                        "USER u%d\r\nPASS secret\r\nSTAT\r\nRETR 2\r\nDELE 2\r\nUIDL 1\r\nQUIT\r\n"
                                .formatted(accounts));
        talk.wire().flush();
        talk.plays(
                """
                S: +OK
                S: +OK 2 messages
                S: +OK 2 68
                S: +OK 34 octets
                S: Return-Path: <>
                S: Subject: b
                S:
                S: b
                S: .
                S: +OK
                S: +OK 1 *
                S: +OK bye
                """);
    }

    @Test
    void uniqueIdsNeverChange() throws Exception {
        AccountId account = fill("a: 1\r\n\r\n", "a: 2\r\n\r\n", "a: 3\r\n\r\n");
        Window.Talk first = login();
        first.plays("C: UIDL\nS: +OK");
        String[] ids = {first.hears(), first.hears(), first.hears()};
        assertNotEquals(ids[0].substring(2), ids[1].substring(2));
        first.plays("S: .\nC: DELE 1\nS: +OK\nC: UIDL\nS: +OK");
        assertEquals(ids[1], first.hears());
        first.plays("S: " + ids[2] + "\nS: .\nC: QUIT\nS: +OK bye");
        Window.Talk second = login();
        second.plays("C: UIDL 1\nS: +OK 1" + ids[1].substring(1));
        // To another mailbox and back: the same message, the same id.
        var boxes = window.store.boxes(account);
        int inbox = boxes.ensure(Role.INBOX).id();
        int archive = boxes.ensure(Role.ARCHIVE).id();
        int uid = boxes.view(inbox).now().uid(0);
        int moved = boxes.move(inbox, new int[] {uid}, archive).targets()[0];
        boxes.move(archive, new int[] {moved}, inbox);
        login().plays("C: UIDL 2\nS: +OK 2" + ids[1].substring(1));
    }

    @Test
    void twoClientsAtOnceEachSeeTheirOwnSnapshot() throws Exception {
        AccountId account = fill("a: 1\r\n\r\n", "a: 2\r\n\r\n");
        Window.Talk first = login();
        Window.Talk second = login();
        window.deliver(account, "a: 3\r\n\r\n");
        first.plays("C: STAT\nS: +OK 2 *\nC: DELE 1\nS: +OK\nC: QUIT\nS: +OK bye");
        second.plays(
                """
                C: STAT
                S: +OK 2 *
                C: RETR 1
                S: -ERR message 1 was removed meanwhile
                C: RETR 2
                S: +OK 25 octets
                S: Return-Path: <>
                S: a: 2
                S:
                S: .
                C: DELE 1
                S: +OK
                C: DELE 2
                S: +OK
                C: QUIT
                S: +OK bye
                """);
        login().plays("C: STAT\nS: +OK 1 25\nC: TOP 1 0\nS: +OK *\nS: Return-Path: <>\nS: a: 3");
    }

    @Test
    void nothingIsDeletedWithoutQuit() throws Exception {
        fill("a: 1\r\n\r\n");
        Window.Talk talk = login();
        talk.plays("C: DELE 1\nS: +OK");
        talk.wire().close();
        login().plays("C: STAT\nS: +OK 1 25");
    }

    @Test
    void bareLineEndsAndOpenEndsGoOutAsLines() throws Exception {
        fill("a: 1\n\n.x\ny", "a: 2\r\n\r\nends with CR\r");
        login().plays(
                        """
                        C: RETR 1
                        S: +OK *
                        S: Return-Path: <>
                        S: a: 1
                        S:
                        S: ..x
                        S: y
                        S: .
                        C: RETR 2
                        S: +OK *
                        S: Return-Path: <>
                        S: a: 2
                        S:
                        S: ends with CR
                        S: .
                        """);
    }

    @Test
    void largeMessagesPassPieceByPiece() throws Exception {
        String body = ".line of a large message that is not very long\r\n".repeat(20_000);
        fill("Subject: large\r\n\r\n" + body);
        Window.Talk talk = login();
        talk.plays("C: RETR 1\nS: +OK *\nS: Return-Path: <>\nS: Subject: large\nS: ");
        for (int i = 0; i < 20_000; i++) {
            assertEquals("..line of a large message that is not very long", talk.hears());
        }
        talk.plays("S: .\nC: NOOP\nS: +OK");
    }

    @Test
    void lineTroubleIsSurvived() throws Exception {
        fill();
        Window.Talk talk = window.talk("127.0.0.1");
        talk.wire().write("USER " + "x".repeat(5000) + "\r\nNO\nOP\r\nUSER \u00E9\r\n");
        talk.wire().flush();
        talk.says("-ERR the line is too long");
        talk.says("-ERR a line ends with CR and LF");
        talk.says("-ERR *");
        talk.says("+OK");
        talk.wire().write(new byte[] {'U', 'S', 'E', 'R', ' ', (byte) 0xFF, '\r', '\n'});
        talk.wire().flush();
        talk.says("-ERR not UTF-8");
    }

    @Test
    void mistakesAndGuessesAreCounted() throws Exception {
        fill();
        Window.Talk talk = window.talk("127.0.0.1");
        for (int i = 0; i < 5; i++) {
            talk.plays("C: USER u" + accounts + "\nS: +OK\nC: PASS x\nS: -ERR [AUTH] *");
        }
        talk.isOver();
        Window.Talk other = window.talk("127.0.0.1");
        for (int i = 0; i < 50; i++) other.plays("C: XYZZY\nS: -ERR unknown command");
        other.isOver();
    }

    @Test
    void aChangedPasswordEndsTheSession() throws Exception {
        fill("a: 1\r\n\r\n");
        Window.Talk talk = login();
        talk.plays("C: DELE 1\nS: +OK");
        window.directory.administration().setPassword("u" + accounts + "@example.com", "new");
        talk.says("-ERR *closes");
        talk.isOver();
        window.talk("127.0.0.1")
                .plays("C: USER u" + accounts + "\nS: +OK\nC: PASS new\nS: +OK 1 messages");
    }

    @Test
    void utf8ComesBeforeTheLoginAndEndsStls() throws Exception {
        fill();
        window.talk("127.0.0.1").plays("C: UTF8\nS: +OK\nC: STLS\nS: -ERR STLS comes before UTF8");
        login().plays("C: UTF8\nS: -ERR not after the login");
    }

    @Test
    void aUtf8HeaderIsMadeAsciiForOldClients() throws Exception {
        fill("Subject: 花\r\n\r\n本文\r\n");
        login().plays(
                        """
                        C: RETR 1
                        S: +OK *
                        S: Return-Path: <>
                        S: Subject: =?UTF-8?*?=
                        S:
                        S: 本文
                        S: .
                        C: TOP 1 0
                        S: +OK *
                        S: Return-Path: <>
                        S: Subject: =?UTF-8?*?=
                        S:
                        S: .
                        """);
        Window.Talk modern = window.talk("127.0.0.1");
        modern.plays(
                "C: UTF8\nS: +OK\nC: USER u" + accounts + "\nS: +OK\nC: PASS secret\nS: +OK *");
        modern.plays("C: RETR 1\nS: +OK *\nS: Return-Path: <>\nS: Subject: 花\nS:\nS: 本文\nS: .");
    }
}
