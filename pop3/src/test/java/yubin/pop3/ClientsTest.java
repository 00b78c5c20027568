package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.AccountId;
import yubin.wire.Listener;

/// Programs that people use, against the window on a socket.
@Timeout(60)
class ClientsTest {
    private static final String MESSAGE = "Subject: hello\r\n\r\n.dot\r\nbye\r\n";

    @TempDir Path folder;
    private Window window;
    private Listener listener;
    private AccountId ann;

    @BeforeEach
    void open() throws Exception {
        window = new Window(folder, Pop3.Plaintext.LOOPBACK);
        ann = window.account("ann@example.com");
        window.deliver(ann, MESSAGE);
        window.deliver(ann, "Subject: two\r\n\r\nsecond\r\n");
        listener = window.listen(Listener.Limits.DEFAULT);
    }

    @AfterEach
    void close() {
        listener.close(Duration.ZERO);
        window.close();
    }

    /// Runs a program; its output must hold `expected`.
    private String run(List<String> command) throws Exception {
        String path = System.getenv("PATH");
        boolean there = false;
        for (String place : path.split(":")) {
            there |= Files.isExecutable(Path.of(place, command.getFirst()));
        }
        assumeTrue(there, command.getFirst() + " is not here: left out");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(folder.toFile());
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), output);
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    private int port() {
        return listener.address().getPort();
    }

    @Test
    void curlReadsAndDeletes() throws Exception {
        String at = "pop3://127.0.0.1:" + port();
        List<String> curl =
                List.of("curl", "-sS", "-k", "-m", "20", "--user", "ann@example.com:secret");
        assertEquals(2, run(with(curl, at + "/")).lines().filter(l -> !l.isBlank()).count());
        assertTrue(run(with(curl, at + "/1")).endsWith(MESSAGE));
        assertTrue(run(with(curl, "--ssl-reqd", at + "/2")).contains("Subject: two"));
        run(with(curl, "-I", "-X", "DELE 1", at + "/"));
        assertEquals(1, run(with(curl, at + "/")).lines().filter(l -> !l.isBlank()).count());
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new java.util.ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    @Test
    void pythonReadsAndDeletes() throws Exception {
        Path script =
                write(
                        "reads.py",
                        """
                        import poplib, ssl
                        box = poplib.POP3("127.0.0.1", %d)
                        assert "STLS" in box.capa()
                        context = ssl.create_default_context()
                        context.check_hostname = False
                        context.verify_mode = ssl.CERT_NONE
                        box.stls(context)
                        box.utf8()
                        box.user("ann@example.com")
                        box.pass_("secret")
                        assert box.stat()[0] == 2, box.stat()
                        lines = box.retr(1)[1]
                        assert lines[-2:] == [b".dot", b"bye"], lines
                        assert len(b"\\r\\n".join(lines)) + 2 == int(box.list(1).split()[2])
                        assert box.top(2, 0)[1][-2] == b"Subject: two"
                        ids = box.uidl()[1]
                        assert len(set(ids)) == 2
                        box.dele(2)
                        box.quit()
                        print("fine")
                        """
                                .formatted(port()));
        assertTrue(run(List.of("python3", script.toString())).contains("fine"));
        window.login("ann").plays("C: STAT\nS: +OK 1 *");
    }

    @Test
    void fetchmailTakesAll() throws Exception {
        Path rc =
                write(
                        "fetchmailrc",
                        """
                        poll 127.0.0.1 protocol pop3 port %d uidl
                          username "ann@example.com" password "secret" sslproto ''
                          mda "cat >> %s" nokeep
                        """
                                .formatted(port(), folder.resolve("got")));
        Files.setPosixFilePermissions(rc, PosixFilePermissions.fromString("rw-------"));
        String ids = folder.resolve("ids").toString();
        run(
                List.of(
                        "fetchmail",
                        "-t",
                        "20",
                        "-f",
                        rc.toString(),
                        "-i",
                        ids,
                        "--pidfile",
                        ids + ".pid"));
        String got = Files.readString(folder.resolve("got"));
        assertTrue(got.contains("Subject: hello") && got.contains("Subject: two"), got);
        window.login("ann").plays("C: STAT\nS: +OK 0 0");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
