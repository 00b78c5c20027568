package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.wire.Listener;

/// Clients that people use, where they are installed.
class ClientsTest {
    @TempDir static Path folder;
    private static Office office;
    private static Listener listener;
    private static int port;

    @BeforeAll
    static void open() throws IOException {
        office = new Office(folder);
        listener =
                Listener.open(
                        "imap",
                        new InetSocketAddress("127.0.0.1", 0),
                        null,
                        Listener.Limits.DEFAULT,
                        office.server);
        port = listener.address().getPort();
    }

    @AfterAll
    static void close() {
        listener.close();
        office.close();
    }

    /// Runs a program and returns what it wrote; it must end with 0 within 30 s.
    private static String run(String... command) throws Exception {
        assumeTrue(isInstalled(command[0]), command[0] + " is not installed: left out");
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        String text = Files.readString(out, StandardCharsets.ISO_8859_1);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    private static boolean isInstalled(String program) {
        for (String path : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(path, program))) return true;
        }
        return false;
    }

    @Test
    void imaplib() throws Exception {
        String ann = office.account();
        Path script = folder.resolve("client.py");
        Files.writeString(
                script,
                """
                import imaplib, sys, time
                m = imaplib.IMAP4('127.0.0.1', int(sys.argv[1]))
                def ok(r):
                    assert r[0] == 'OK', r
                    return r[1]
                ok(m.login(sys.argv[2], 'secret'))
                ok(m.create('Work'))
                ok(m.append('Work', '(\\\\Flagged)', imaplib.Time2Internaldate(0), b'Subject: x\\r\\n\\r\\nbody\\r\\n'))
                assert ok(m.select('Work')) == [b'1']
                data = ok(m.fetch('1', '(RFC822 FLAGS INTERNALDATE)'))
                assert data[0][1] == b'Subject: x\\r\\n\\r\\nbody\\r\\n', data
                assert imaplib.Internaldate2tuple(data[0][0] + data[1]) is not None
                assert ok(m.search(None, 'SUBJECT', 'x')) == [b'1']
                assert b'Deleted' in ok(m.store('1', '+FLAGS', '\\\\Deleted'))[0]
                ok(m.copy('1', 'INBOX'))
                assert ok(m.expunge()) == [b'1']
                assert ok(m.uid('search', 'ALL')) == [b'']
                ok(m.status('INBOX', '(MESSAGES UNSEEN)'))
                ok(m.close())
                assert len(ok(m.list())) == 2, m.list()
                ok(m.delete('Work'))
                m.logout()
                print('good')
                """);
        String said = run("python3", script.toString(), Integer.toString(port), ann);
        assertTrue(said.contains("good"), said);
    }

    @Test
    void curl() throws Exception {
        String ann = office.account();
        office.deliver(ann, 2);
        String base = "imap://127.0.0.1:" + port;
        String user = ann + ":secret";
        String letter = run("curl", "-sS", "-u", user, base + "/INBOX;MAILINDEX=2");
        assertTrue(letter.contains("Hello 2"), letter);
        Path file = folder.resolve("letter.eml");
        Files.writeString(file, "Subject: by curl\r\n\r\nhi\r\n");
        run("curl", "-sS", "-u", user, "-T", file.toString(), base + "/INBOX");
        String found = run("curl", "-sS", "-u", user, base + "/INBOX?SUBJECT%20curl");
        assertEquals("* SEARCH 3", found.strip());
        String list = run("curl", "-sS", "-u", user, base + "/");
        assertTrue(list.contains("\\Sent"), list);
    }

    @Test
    void mbsync() throws Exception {
        String ann = office.account();
        office.deliver(ann, 3);
        Path home = Files.createDirectories(folder.resolve("mbsync"));
        Path config = home.resolve("rc");
        Files.writeString(
                config,
                """
                IMAPStore far
                Host 127.0.0.1
                Port %d
                User %s
                Pass secret
                SSLType None
                AuthMechs LOGIN

                MaildirStore near
                Path %s/
                Inbox %s/inbox
                SubFolders Verbatim

                Channel both
                Far :far:
                Near :near:
                Patterns *
                Create Both
                Expunge Both
                SyncState *
                """
                        .formatted(port, ann, home, home));
        run("mbsync", "-c", config.toString(), "-a");
        List<Path> letters = new ArrayList<>();
        try (var files = Files.walk(home.resolve("inbox"))) {
            files.filter(f -> f.getParent().endsWith("new") || f.getParent().endsWith("cur"))
                    .filter(Files::isRegularFile)
                    .forEach(letters::add);
        }
        assertEquals(3, letters.size());
        // One is read here, one goes, one comes; the server must know it afterwards.
        Path cur = Files.createDirectories(home.resolve("inbox/cur"));
        Path first = letters.get(0);
        String name = first.getFileName().toString().replaceAll(":2,.*", "");
        Files.move(first, cur.resolve(name + ":2,S"));
        Files.delete(letters.get(1));
        Files.writeString(cur.resolve("1.new:2,F"), "Subject: from near\n\nhello\n");
        run("mbsync", "-c", config.toString(), "-a");
        try (Chat chat = office.in(ann)) {
            assertEquals(List.of("* SEARCH 1 2 3"), chat.asks("SEARCH ALL"));
            assertEquals(1, chat.asks("SEARCH SEEN").getFirst().split(" ").length - 2);
            assertEquals(List.of("* SEARCH 3"), chat.asks("SEARCH FLAGGED SUBJECT near"));
        }
    }
}
