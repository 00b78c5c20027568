package yubin.html;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Public collections of attacks: none works afterwards, and the harmless elements around
/// them stay.
class HostileMailTest {
    private static JsonNode vectors(String name) throws IOException {
        Path file = Path.of(System.getProperty("yubin.root"), "..", "shared", "data", "xss", name);
        Assumptions.assumeTrue(Files.exists(file), "left out, public data are not there: " + file);
        return new JsonMapper().readTree(Files.readAllBytes(file)).path("vectors");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bleach.json",
                "dompurify.json",
                "httpleaks.json",
                "javascript-execution.json",
                "owasp-xss-filter-evasion.json",
                "payloadbox-xss-payload-list.json"
            })
    void everyAttackIsNeutralised(String name) throws IOException {
        int seen = 0;
        int wanted = 0;
        int kept = 0;
        for (JsonNode vector : vectors(name)) {
            String html = vector.path("payload_html").asString();
            String id = vector.path("id").asString();
            Sanitized open = Sanitizer.clean(html, Remote.KEEP);
            Cleanliness.check(open.html(), Remote.KEEP, id);
            String closed = Sanitizer.clean(html, Remote.BLOCK).html();
            Cleanliness.check(closed, Remote.BLOCK, id);
            seen++;
            Document document = Jsoup.parseBodyFragment(open.html());
            for (JsonNode tag : vector.path("expected_tags")) {
                String element = tag.asString().replaceFirst("\\[.*", "").toLowerCase(Locale.ROOT);
                if (!Elements.isAllowed(element)) continue;
                wanted++;
                if (!document.select(element).isEmpty()) kept++;
            }
        }
        System.out.printf(
                "%s: %d vectors, %d of %d harmless elements kept%n", name, seen, kept, wanted);
        assertTrue(seen > 10);
        assertFalse(kept * 100 < wanted * 98, "too much is taken away");
    }
}
