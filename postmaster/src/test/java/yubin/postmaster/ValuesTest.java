package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sizes, batches and the version: the small readers of this room.
class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "17, 17",
        "1K, 1024",
        "1k, 1024",
        "50M, 52428800",
        "5G, 5368709120",
        "8388608G, 9007199254740992"
    })
    void sizesArePowersOf1024(String text, long octets) {
        assertEquals(octets, Octets.parse(text).orElseThrow());
        assertEquals(octets, Octets.parse(Octets.format(octets)).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "M",
                "-1",
                "1.5G",
                "50MB",
                "1T",
                "0x10",
                "99999999999999999",
                "8388609G"
            })
    void whatIsNoSizeIsRefused(String text) {
        assertTrue(Octets.parse(text).isEmpty());
    }

    @Test
    void aBatchAnswersEachLineAndSurvivesWhatItCannotRead() {
        String orders = "{\"n\":1}\nnonsense\n[1]\n{\"n\":\"x\"}\n{\"n\":2}";
        var out = new ByteArrayOutputStream();
        Batch.run(
                new ByteArrayInputStream(orders.getBytes(StandardCharsets.UTF_8)),
                out,
                order -> {
                    if (!order.path("n").isInt()) throw new IllegalArgumentException("n");
                    return Json.object("twice", order.path("n").asInt() * 2).toString();
                });
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(5, lines.size());
        assertEquals("{\"twice\":2}", lines.get(0));
        assertTrue(lines.get(1).startsWith("{\"error\":\"not JSON"), lines.get(1));
        assertEquals("{\"error\":\"not a JSON object\"}", lines.get(2));
        assertEquals("{\"error\":\"n\"}", lines.get(3));
        assertEquals("{\"twice\":4}", lines.get(4));
    }

    @Test
    void aJourneyIsShownStepByStep() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        Tables.print(
                out,
                Json.read(
                                """
                        {"all":[{"id":"01","to":["ann@example.com"],"steps":[
                          {"time":"10:00","what":"accepted"},
                          {"time":"10:01","what":"stored","where":"INBOX"}]},
                         {"id":"02","to":["ben@example.com"],"steps":[]}]}""")
                        .path("all"));
        out.flush();
        assertEquals(
                """
                id     01
                to     ann@example.com
                steps
                  time   what      where
                  10:00  accepted
                  10:01  stored    INBOX

                id     02
                to     ben@example.com
                steps
                """,
                text.toString().replaceAll("(?m) +$", ""));
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        Path pom = Path.of(System.getProperty("yubin.root"), "pom.xml");
        assertTrue(Files.readString(pom).contains("<version>" + Version.NUMBER + "</version>"));
    }
}
