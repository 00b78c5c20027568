package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// The command line itself; what the verbs do is told in the tests of the whole post office.
class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyVerbHasHelpWithAnExample() {
        List<CommandLine> verbs = new ArrayList<>();
        leaves(Main.commandLine(), verbs);
        assertTrue(verbs.size() > 25, verbs.size() + " verbs");
        for (CommandLine verb : verbs) {
            String usage = verb.getUsageMessage();
            String name = verb.getCommandSpec().qualifiedName();
            assertTrue(usage.contains("Example:"), name);
            assertTrue(usage.contains("  " + name) || usage.contains("| " + name), name);
            assertTrue(usage.contains("--json"), name);
            // A list of verbs shows the first line alone.
            String about = verb.getCommandSpec().usageMessage().description()[0];
            assertTrue(about.endsWith("."), name + ": " + about);
            boolean needsConfiguration = verb.getCommand() instanceof Verb;
            assertTrue(usage.contains("--config") || !needsConfiguration, name);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "domian add x | there is no verb \"domian\"",
                "domain ad x | there is no verb \"ad\"",
                "domain add | Missing required parameter: 'DOMAIN'",
                "domain add a b | Unmatched argument at index 3: 'b'",
                "account add ann@example.com --quota x --config /nowhere/y | /nowhere/y: there is no such file",
                "queue retry | name letters by their ids, or say --all",
                "message json | give a FILE, or --batch",
                "route add example.net mx --user u | a login needs both --user and a password",
            })
    void wrongUsageIsOneSentenceAndExitCode2(String line, String sentence) {
        assertEquals(Trouble.USAGE, run(line.split(" ")), line);
        assertTrue(err.toString().startsWith("yubin: " + sentence), err.toString());
        assertEquals("", out.toString());
    }

    @Test
    void withoutAVerbTheUsageIsShown() {
        assertEquals(Trouble.USAGE, run());
        assertTrue(err.toString().contains("serve"));
        assertTrue(err.toString().contains("yubin: a verb is missing"));
    }

    @Test
    void theVersionIsToldToPeopleAndPrograms() {
        assertEquals(0, run("version"));
        assertTrue(out.toString().startsWith("yubin " + Version.NUMBER + " (Java "));
        out.getBuffer().setLength(0);
        assertEquals(0, run("version", "--json"));
        assertEquals(Version.NUMBER, Json.read(out.toString()).path("version").asString());
    }

    @Test
    void htmlOfAMailIsMadeSafeToShow(@TempDir Path folder) throws IOException {
        Path letter = folder.resolve("letter.html");
        byte[] bad = {(byte) 0xff};
        Files.writeString(letter, "<p onclick=x>日本<img src=https://example.net/1.gif alt=A>");
        Files.write(letter, bad, StandardOpenOption.APPEND);
        assertEquals(0, run("message", "sanitize", letter.toString(), "--block-remote"));
        assertEquals("<p>日本<img alt=\"A\">\ufffd</p>\n", out.toString());
        out.getBuffer().setLength(0);
        assertEquals(0, run("message", "sanitize", letter.toString(), "--json"));
        assertEquals(0, Json.read(out.toString()).path("blocked").asInt());
        assertEquals(Trouble.BAD, run("message", "sanitize", folder.resolve("none").toString()));
    }

    private int run(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private static void leaves(CommandLine line, List<CommandLine> found) {
        if (line.getSubcommands().isEmpty()) found.add(line);
        line.getSubcommands().values().forEach(below -> leaves(below, found));
    }
}
