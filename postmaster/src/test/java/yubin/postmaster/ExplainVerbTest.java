package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.node.ObjectNode;

class ExplainVerbTest {
    private static final String REPORT =
            """
            From: MAILER-DAEMON@example.test
            Subject: Undelivered Mail Returned to Sender
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b

            I could not deliver your letter.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example.test

            Final-Recipient: rfc822;hana@example.com
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 User unknown

            --b
            Content-Type: text/rfc822-headers

            Message-ID: <letter@example.test>
            Subject: minutes
            --b--
            """;

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aFileIsExplainedInTheReadersLanguage() throws IOException {
        String file = file("bounce.eml", REPORT);
        assertEquals(0, run("explain", file));
        assertTrue(out.toString().startsWith("件名：minutes"), out.toString());
        assertTrue(out.toString().contains("hana@example.com\n  「hana@example.com」という"));
        out.getBuffer().setLength(0);
        assertEquals(0, run("explain", file, "--lang", "en"));
        assertTrue(out.toString().contains("The address hana@example.com does not exist"));
        assertTrue(out.toString().contains("(userunknown 5.1.1)"), out.toString());
    }

    @Test
    void aFileIsExplainedToPrograms() throws IOException {
        assertEquals(0, run("explain", file("bounce.eml", REPORT), "--json"));
        ObjectNode answer = Json.read(out.toString());
        var bounce = answer.path("bounces").path(0);
        assertEquals("hana@example.com", bounce.path("recipient").asString());
        assertEquals("5.1.1", bounce.path("status").asString());
        assertEquals("550", bounce.path("reply").asString());
        assertEquals("userunknown", bounce.path("reason").asString());
        assertTrue(bounce.path("hard").asBoolean());
        assertTrue(bounce.path("explanation").path("ja").path("next").size() > 0);
        assertTrue(bounce.path("explanation").path("en").path("whose").asString().length() > 0);
        assertEquals("delivery-status", bounce.path("source").asString());
        assertEquals("<letter@example.test>", answer.path("messageId").asString());
    }

    @Test
    void theCommandThatWasRefusedChangesWhatAReplyMeans() throws IOException {
        assertEquals("userunknown", reason("550 user unknown", "RCPT"));
        assertEquals("filtered", reason("550 user unknown", "DATA"));
        assertEquals("rejected", reason("550 5.7.0 go", "MAIL"));
    }

    @Test
    void whatIsNoErrorMailGivesAnEmptyList() throws IOException {
        String letter = file("letter.eml", "From: a@example.com\nSubject: hello\n\nHow are you?\n");
        assertEquals(0, run("explain", letter, "--json"));
        ObjectNode answer = Json.read(out.toString());
        assertEquals(0, answer.path("bounces").size());
        assertEquals("other", answer.path("kind").asString());
    }

    @Test
    void everyLineOfABatchHasItsAnswer() throws IOException {
        String orders =
                """
                {"verb":"bounce","file":"%s"}
                no JSON
                {"verb":"sing","file":"x"}
                {"verb":"bounce"}
                {"verb":"bounce","file":"%s"}
                {"file":"%s"}
                """
                        .formatted(
                                file("bounce.eml", REPORT),
                                folder.resolve("nowhere"),
                                file("letter.eml", "Subject: hello\n\nHello\n"));
        String[] answers = batch(orders).split("\n");
        assertEquals(6, answers.length);
        assertTrue(answers[0].contains("\"userunknown\""), answers[0]);
        for (int i = 1; i < 5; i++) assertTrue(answers[i].startsWith("{\"error\":"), answers[i]);
        assertTrue(answers[5].contains("\"bounces\":[]"), answers[5]);
    }

    @Test
    void aFileThatIsNotThereIsOneSentence() {
        assertEquals(1, run("explain", folder.resolve("nowhere").toString()));
        assertTrue(err.toString().contains("cannot be read"), err.toString());
    }

    private String reason(String reply, String command) throws IOException {
        out.getBuffer().setLength(0);
        assertEquals(0, run("explain", reply, "--command", command, "--json"));
        return Json.read(out.toString()).path("bounces").path(0).path("reason").asString();
    }

    private String batch(String orders) {
        InputStream in = System.in;
        PrintStream stdout = System.out;
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(orders.getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(answers, true, StandardCharsets.UTF_8));
            assertEquals(0, run("explain", "--batch"));
        } finally {
            System.setIn(in);
            System.setOut(stdout);
        }
        return answers.toString(StandardCharsets.UTF_8);
    }

    private String file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return file.toString();
    }

    private int run(String... line) {
        CommandLine commands = Main.commandLine();
        commands.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(line);
    }
}
