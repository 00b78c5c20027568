package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NeedleTest {
    /// The slow way is the judge.
    @Test
    void theFastWayFindsWhatTheSlowWayFinds() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String letters = "abAB .\u0000";
        for (int i = 0; i < 50_000; i++) {
            byte[] hay = text(random, letters, 40).getBytes(StandardCharsets.US_ASCII);
            String wanted = text(random, letters, 4);
            int from = random.nextInt(hay.length + 1);
            int to = from + random.nextInt(hay.length - from + 1);
            String slice = new String(hay, from, to - from, StandardCharsets.US_ASCII);
            Needle needle = new Needle(wanted);
            assertEquals(
                    needle.in(slice),
                    needle.in(hay, from, to),
                    () -> "seed " + seed + " " + wanted);
            assertTrue(Needle.isAscii(hay, from, to));
            if (to > from) {
                hay[from + random.nextInt(to - from)] = (byte) 0xe3;
                assertFalse(Needle.isAscii(hay, from, to));
            }
        }
    }

    private static String text(Random random, String letters, int max) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(max + 1); n > 0; n--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    @Test
    void widthAndCaseDoNotMatter() {
        assertTrue(new Needle("\uff21BC").in("xabcx"));
        assertTrue(new Needle("\uff76\uff9e").in("\u30ac\u30e9\u30b9"));
        assertTrue(new Needle("\u00c4").in("\u00e4"));
        assertFalse(new Needle("\u3042").in("\u3044"));
    }
}
