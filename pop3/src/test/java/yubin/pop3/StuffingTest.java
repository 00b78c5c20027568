package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import yubin.wire.Wire;

@Timeout(20)
class StuffingTest {
    private final Wire.Pair pair = Wire.pair();

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Sends in pieces that end at `cuts`, and returns what the client gets.
    private String send(String message, int lines, int... cuts) throws IOException {
        Stuffing stuffing =
                lines < 0 ? Stuffing.whole(pair.server()) : Stuffing.top(pair.server(), lines);
        int from = 0;
        boolean more = true;
        for (int i = 0; i <= cuts.length && more; i++) {
            int to = i == cuts.length ? message.length() : cuts[i];
            byte[] piece = octets(message.substring(from, to));
            more = stuffing.feed(piece, piece.length);
            from = to;
        }
        stuffing.finish();
        pair.server().write("\0");
        pair.server().flush();
        StringBuilder got = new StringBuilder();
        byte[] one = new byte[1];
        while (true) {
            pair.client().readFully(one, 0, 1);
            if (one[0] == 0) return got.toString();
            got.append((char) one[0]);
        }
    }

    /// The slow and plain version: the judge.
    private static String judge(String message, int lines) {
        String text = message.replaceAll("(?<!\r)\n", "\r\n");
        if (text.endsWith("\r")) text += "\n";
        if (!text.isEmpty() && !text.endsWith("\r\n")) text += "\r\n";
        StringBuilder out = new StringBuilder();
        boolean header = true;
        int left = lines;
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf("\r\n", at) + 2;
            String line = text.substring(at, end);
            at = end;
            if (line.startsWith(".")) out.append('.');
            out.append(line);
            if (lines < 0) continue;
            if (header) {
                if (line.equals("\r\n")) header = false;
            } else {
                left--;
            }
            if (!header && left == 0) break;
        }
        return out + ".\r\n";
    }

    @Test
    void byHand() throws IOException {
        assertEquals(".\r\n", send("", -1));
        assertEquals("..\r\n.\r\n", send(".", -1));
        assertEquals("a\r\n..\r\n.\r\n", send("a\r\n.", -1));
        assertEquals("a\r\n..\r\n.\r\n", send("a\n.", -1, 1, 2));
        assertEquals("a\r\n\r\n.\r\n", send("a\r\n\r\nb\r\n", 0));
        assertEquals("a\r\n\r\n.\r\n", send("a\r\n\r\nb\r\n", 0, 1, 2, 3, 4));
    }

    @Test
    void asTheJudgeSays() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] bits = {"a", "bc", ".", "\r\n", "\n", "\r\n\r\n", "..", "x: y", "\r"};
        for (int round = 0; round < 5000; round++) {
            StringBuilder message = new StringBuilder();
            for (int i = random.nextInt(12); i > 0; i--) {
                message.append(bits[random.nextInt(bits.length)]);
            }
            int lines = random.nextInt(5) - 1;
            int[] cuts = random.ints(random.nextInt(4), 0, message.length() + 1).sorted().toArray();
            String text = message.toString();
            assertEquals(judge(text, lines), send(text, lines, cuts), "seed " + seed + " " + round);
        }
    }
}
