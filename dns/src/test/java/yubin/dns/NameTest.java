package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameTest {
    @Test
    void textBecomesWireAndTextAgain() {
        for (String text :
                List.of(
                        ".",
                        "a.",
                        "example.com.",
                        "esc\\.aped.example.",
                        "\\000\\255.x.",
                        "*.a.")) {
            assertEquals(text, Name.of(text).toString());
        }
        assertEquals(Name.of("example.com."), Name.of("Example.COM"));
        assertEquals("mx.example.com", Name.of("MX.example.com.").host());
    }

    @Test
    void badTextIsRefused() {
        String label = "a".repeat(64);
        String long255 = "a.".repeat(128);
        for (String text :
                List.of("", "..", "a..b", ".a", label, long255, "\\25", "\\256", "a\\", "日本.jp")) {
            assertEquals(Optional.empty(), Name.parse(text), text);
        }
        assertTrue(Name.parse("a.".repeat(127)).isPresent());
        assertTrue(Name.parse("a".repeat(63)).isPresent());
        assertEquals(255, Name.of("a.".repeat(127)).length());
        assertEquals(255, Name.of("a.".repeat(126) + "a").length());
    }

    @Test
    void ancestorsAndSuffixes() {
        Name name = Name.of("a.b.example.com");
        assertTrue(name.isUnder(Name.of("EXAMPLE.com")));
        assertTrue(name.isUnder(name));
        assertTrue(name.isUnder(Name.ROOT));
        assertFalse(name.isUnder(Name.of("ample.com")));
        assertEquals(Name.of("example.com"), name.suffix(2));
        assertEquals(4, name.labels());
        assertEquals(
                Name.of("a.b.test"), name.moved(Name.of("example.com"), Name.of("test")).get());
    }

    /// The list of RFC 4034 §6.1.
    @Test
    void canonicalOrder() {
        List<String> texts =
                List.of(
                        "example.",
                        "a.example.",
                        "yljkjljk.a.example.",
                        "Z.a.example.",
                        "zABC.a.EXAMPLE.",
                        "z.example.",
                        "\\001.z.example.",
                        "*.z.example.",
                        "\\200.z.example.");
        List<Name> names = new ArrayList<>(texts.stream().map(Name::of).toList());
        List<Name> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, new Random(1));
        Collections.sort(shuffled);
        assertEquals(names, shuffled);
    }
}
