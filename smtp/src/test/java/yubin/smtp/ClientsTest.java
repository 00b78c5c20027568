package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import yubin.wire.Listener;

/// Programs that people use, against the real doors.
@Timeout(60)
class ClientsTest {
    @TempDir static Path folder;
    static House house;
    static Listener mx;
    static Listener submission;
    static Listener submissions;

    @BeforeAll
    static void build() throws IOException {
        house = new House(folder);
        mx = open("smtp", Smtp.Kind.MX, false);
        submission = open("submission", Smtp.Kind.SUBMISSION, false);
        submissions = open("submissions", Smtp.Kind.SUBMISSION, true);
    }

    private static Listener open(String name, Smtp.Kind kind, boolean implicit) throws IOException {
        return Listener.open(
                name,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                implicit ? house.tls : null,
                Listener.Limits.DEFAULT,
                house.door(kind));
    }

    @AfterAll
    static void demolish() throws IOException {
        mx.close();
        submission.close();
        submissions.close();
        house.close();
    }

    /// Runs a program; left out, and said so, where it is not installed.
    private static String run(int exit, String... command) throws Exception {
        boolean there =
                List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(dir -> Files.isExecutable(Path.of(dir, command[0])));
        assumeTrue(there, "left out: " + command[0] + " is not installed");
        Path out = Files.createTempFile(folder, "out", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly();
        String text = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(exit, process.waitFor(), text);
        return text;
    }

    private static String port(Listener listener) {
        return "127.0.0.1:" + listener.address().getPort();
    }

    private static String lastOfBob() throws IOException {
        return house.inbox("bob@example.com").getLast();
    }

    @Test
    void swaksDeliversAndSubmits() throws Exception {
        run(
                0,
                "swaks",
                "--server",
                port(mx),
                "--pipeline",
                "--tls",
                "--from",
                "dan@example.net",
                "--to",
                "bob@example.com",
                "--header",
                "Subject: swaks at the MX");
        assertTrue(lastOfBob().contains("Subject: swaks at the MX\r\n"));
        for (String mechanism : List.of("PLAIN", "LOGIN")) {
            run(
                    0,
                    "swaks",
                    "--server",
                    port(submission),
                    "--tls",
                    "--auth",
                    mechanism,
                    "--auth-user",
                    "ann@example.com",
                    "--auth-password",
                    "secret",
                    "--from",
                    "ann@example.com",
                    "--to",
                    "bob@example.com",
                    "--header",
                    "Subject: swaks " + mechanism);
            assertTrue(lastOfBob().contains("Subject: swaks " + mechanism + "\r\n"));
        }
        run(
                24, // swaks: none of the recipients was accepted
                "swaks",
                "--server",
                port(mx),
                "--from",
                "dan@example.net",
                "--to",
                "nobody@example.com");
    }

    @Test
    void curlSubmitsOverImplicitTls() throws Exception {
        Path letter =
                Files.writeString(
                        folder.resolve("letter.txt"),
                        "From: ann@example.com\r\nSubject: curl\r\n\r\n.dot\r\n");
        run(
                0,
                "curl",
                "-sS",
                "-k",
                "--url",
                "smtps://" + port(submissions),
                "--user",
                "ann@example.com:secret",
                "--mail-from",
                "ann@example.com",
                "--mail-rcpt",
                "bob@example.com",
                "--upload-file",
                letter.toString());
        assertTrue(lastOfBob().endsWith("\r\n\r\n.dot\r\n"));
    }

    @Test
    void pythonsSmtplibSubmits() throws Exception {
        Path script =
                Files.writeString(
                        folder.resolve("send.py"),
                        """
                        import smtplib, ssl, sys
                        context = ssl._create_unverified_context()
                        with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as s:
                            s.starttls(context=context)
                            s.login("ann@example.com", "secret")
                            try:
                                s.sendmail("bob@example.com", ["bob@example.com"], "x")
                            except smtplib.SMTPSenderRefused as e:
                                assert e.smtp_code == 553, e
                            text = "From: ann@example.com\\nSubject: smtplib\\n\\n.one\\n..two\\n"
                            s.sendmail("ann@example.com", ["bob@example.com"], text)
                            s.sendmail("ann@example.com", ["bob@example.com"], text,
                                       mail_options=["SMTPUTF8", "BODY=8BITMIME"])
                        print("sent")
                        """);
        String out =
                run(
                        0,
                        "python3",
                        script.toString(),
                        String.valueOf(submission.address().getPort()));
        assertEquals("sent\n", out);
        assertTrue(lastOfBob().endsWith("\r\n\r\n.one\r\n..two\r\n"));
    }
}
