package yubin.assist;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The published error mails of the world's mail systems against an expert's reading of them.
class BounceCorpusTest {
    private static final Path BOUNCES =
            Path.of(System.getProperty("yubin.root", "..")).resolve("../shared/data/bounces");

    private int messages;
    private int rightRecipients;
    private int bounces;
    private int rightHard;
    private int rightReason;
    private int rightClass;
    private final List<String> falseAlarms = new ArrayList<>();

    @Test
    void theBarsHold() throws IOException {
        read(rows(), Rules.table());
        String figures =
                "recipients %d of %d messages; hard %d, reason %d, class %d of %d bounces"
                        .formatted(
                                rightRecipients,
                                messages,
                                rightHard,
                                rightReason,
                                rightClass,
                                bounces);
        System.out.println(figures);
        assertAll(
                figures,
                () -> assertTrue(rightRecipients >= 0.99 * messages),
                () -> assertTrue(rightHard >= 0.97 * bounces),
                () -> assertTrue(rightReason >= 0.955 * bounces),
                () -> assertTrue(rightClass >= 0.975 * bounces),
                () -> assertEquals(List.of(), falseAlarms));
    }

    /// What was learned from one system is not needed to read it: for each system the lines that
    /// decide in its own mails only are taken away before they are read.
    @Test
    void theReasonIsFoundWithoutWhatOneSystemTaught() throws IOException {
        Map<String, List<JsonNode>> bySystem = new TreeMap<>();
        for (JsonNode row : rows()) {
            String system = row.path("file").asString().replaceFirst("-?\\d*\\.eml$", "");
            bySystem.computeIfAbsent(system, _ -> new ArrayList<>()).add(row);
        }
        Map<Rules.Rule, Set<String>> decidesFor = new HashMap<>();
        for (String system : bySystem.keySet()) {
            Rules watched =
                    Rules.table()
                            .watched(
                                    rule ->
                                            decidesFor
                                                    .computeIfAbsent(rule, _ -> new TreeSet<>())
                                                    .add(system));
            for (JsonNode row : bySystem.get(system)) BounceReader.read(octets(row), watched);
        }
        for (String system : bySystem.keySet()) {
            Set<Rules.Rule> taught = new HashSet<>();
            decidesFor.forEach(
                    (rule, systems) -> {
                        if (systems.equals(Set.of(system))) taught.add(rule);
                    });
            read(bySystem.get(system), Rules.table().without(taught));
        }
        String figures =
                "one system left out: reason %d, hard %d of %d"
                        .formatted(rightReason, rightHard, bounces);
        System.out.println(figures);
        assertTrue(rightReason >= 0.87 * bounces, figures);
        assertTrue(rightHard >= 0.95 * bounces, figures);
    }

    private void read(List<JsonNode> rows, Rules rules) throws IOException {
        for (JsonNode row : rows) {
            messages++;
            Reading reading = BounceReader.read(octets(row), rules);
            Set<String> wanted = new TreeSet<>();
            Set<String> found = new TreeSet<>();
            for (Bounce bounce : reading.bounces()) found.add(lower(bounce.recipient()));
            for (JsonNode expected : row.path("bounces")) {
                String reason = expected.path("reason").asString();
                if (reason.equals("feedback") || reason.equals("delivered")) continue;
                wanted.add(lower(expected.path("recipient").asString()));
                compare(expected, reading);
            }
            if (wanted.equals(found)) rightRecipients++;
            if (wanted.isEmpty() && !found.isEmpty()) {
                falseAlarms.add(row.path("file").asString());
            }
        }
    }

    private void compare(JsonNode expected, Reading reading) {
        bounces++;
        String recipient = lower(expected.path("recipient").asString());
        for (Bounce bounce : reading.bounces()) {
            if (!lower(bounce.recipient()).equals(recipient)) continue;
            if (bounce.hard() == expected.path("hard").asBoolean()) rightHard++;
            if (bounce.reason().equals(expected.path("reason").asString())) rightReason++;
            String status = expected.path("status").asString();
            if (status.isEmpty() || status.charAt(0) == bounce.status().charAt(0)) rightClass++;
            return;
        }
    }

    private static List<JsonNode> rows() throws IOException {
        Path expected = BOUNCES.resolve("expected.jsonl");
        assumeTrue(Files.exists(expected), "the published error mails are not here");
        List<JsonNode> rows = new ArrayList<>();
        JsonMapper mapper = JsonMapper.builder().build();
        for (String line : Files.readAllLines(expected)) rows.add(mapper.readTree(line));
        return rows;
    }

    private static byte[] octets(JsonNode row) throws IOException {
        return Files.readAllBytes(BOUNCES.resolve("messages").resolve(row.path("file").asString()));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
