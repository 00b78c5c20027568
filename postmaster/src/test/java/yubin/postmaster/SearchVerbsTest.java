package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `yubin search status` and `search rebuild`, with a running post office and without one.
class SearchVerbsTest {
    /// So many that IMAP SEARCH asks the index.
    private static final int LETTERS = 70;

    private static final long PATIENCE_NANOS = 30_000_000_000L;

    @TempDir Path folder;
    private Path file;
    private String out;
    private String err;

    @BeforeEach
    void configure() throws Exception {
        file = folder.resolve("yubin.toml");
        StringBuilder toml = new StringBuilder("hostname = \"mail.example.com\"\n[listen]\n");
        for (Service service : Service.values()) {
            if (service.built()) toml.append(service.key()).append(" = [\"127.0.0.1:0\"]\n");
        }
        Files.writeString(file, toml);
    }

    @Test
    void aRunningPostOfficeTellsHowFarItsIndexIsAndMakesItAnew() throws Exception {
        try (PostOffice post = PostOffice.open(ConfigFile.load(file), line -> {})) {
            ok("domain add example.com");
            ok("account add ann@example.com --password orange");
            append(post);
            JsonNode status = caughtUp();
            assertTrue(status.path("running").asBoolean(), out);
            assertFalse(status.path("waits-for-room").asBoolean(), out);
            ok("search status");
            assertTrue(out.contains("ready"), out);

            ok("search rebuild");
            assertTrue(out.contains("rebuilding"), out);
            assertEquals(LETTERS, found(post), "found while it is made anew");
            assertTrue(json("search rebuild --json").path("rebuilding").asBoolean(), out);
            caughtUp();
            assertEquals(LETTERS, found(post), "found when it is made anew");
        }
    }

    @Test
    void withoutOneTheIndexIsThrownAwayAndTheNextStartMakesIt() throws Exception {
        try (PostOffice post = PostOffice.open(ConfigFile.load(file), line -> {})) {
            ok("domain add example.com");
            ok("account add ann@example.com --password orange");
            append(post);
            caughtUp();
        }
        Path index = folder.resolve("data").resolve(Office.SEARCH);
        assertTrue(files(index) > 0, "there is an index");
        JsonNode status = json("search status --json");
        assertFalse(status.path("running").asBoolean(), out);
        assertFalse(status.path("ready").asBoolean(), out);
        ok("search rebuild");
        assertEquals(0, files(index), "it is gone");
        ok("search rebuild"); // also when there is none
        try (PostOffice post = PostOffice.open(ConfigFile.load(file), line -> {})) {
            caughtUp();
            assertEquals(LETTERS, found(post));
        }
    }

    @Test
    void aWordTooManyIsRefused() {
        assertEquals(Trouble.USAGE, run("search rebuild now"));
        assertTrue(err.startsWith("yubin: Unmatched argument"), err);
        assertEquals(Trouble.USAGE, run("search"), err);
    }

    private static void append(PostOffice post) throws Exception {
        try (Peer ann = reader(post)) {
            for (int i = 0; i < LETTERS; i++) {
                String letter = "From: ben@example.net\r\nSubject: zoo\r\n\r\nwalrus " + i + "\r\n";
                byte[] octets = letter.getBytes(StandardCharsets.US_ASCII);
                Peer.Answer answer = ann.imap("APPEND INBOX", octets, "");
                assertTrue(answer.ok(), answer.status());
            }
        }
    }

    private static Peer reader(PostOffice post) throws Exception {
        return Peer.reader(Rehearsal.at(post, Service.IMAP), "ann@example.com", "orange");
    }

    private static int found(PostOffice post) throws Exception {
        try (Peer ann = reader(post)) {
            ann.imap("SELECT INBOX");
            Peer.Answer answer = ann.imap("SEARCH TEXT walrus");
            assertTrue(answer.ok(), answer.status());
            for (String line : answer.untagged()) {
                if (line.startsWith("* SEARCH")) return line.split(" ").length - 2;
            }
            throw new AssertionError(answer.untagged());
        }
    }

    /// The status when the index is known to have every letter, and a record of the account.
    private JsonNode caughtUp() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            JsonNode status = json("search status --json");
            int messages = status.path("messages").asInt();
            if (status.path("ready").asBoolean() && messages > LETTERS) return status;
            assertTrue(System.nanoTime() < end, out);
            Thread.sleep(20);
        }
    }

    private static long files(Path index) throws Exception {
        if (!Files.isDirectory(index)) return 0;
        try (var all = Files.list(index)) {
            return all.filter(path -> !path.endsWith("write.lock")).count();
        }
    }

    private void ok(String line) {
        assertEquals(0, run(line), line + ": " + err + out);
    }

    private JsonNode json(String line) {
        ok(line);
        return Json.read(out);
    }

    private int run(String line) {
        StringWriter answers = new StringWriter();
        StringWriter troubles = new StringWriter();
        var command = Main.commandLine();
        command.setOut(new PrintWriter(answers, true));
        command.setErr(new PrintWriter(troubles, true));
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        words.addAll(List.of("--config", file.toString()));
        int exit = command.execute(words.toArray(String[]::new));
        out = answers.toString();
        err = troubles.toString();
        return exit;
    }
}
