package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.wire.Wire;

/// Nothing but CRLF.CRLF ends a letter.
class SmugglingTest {
    @TempDir static Path folder;
    static House house;

    @BeforeAll
    static void build() throws IOException {
        house = new House(folder);
    }

    @AfterAll
    static void demolish() throws IOException {
        house.close();
    }

    private static final String ENVELOPE =
            """
            C: MAIL FROM:<dan@example.net>
            S: 250 2.1.0 OK
            C: RCPT TO:<ann@example.com>
            S: 250 2.1.5 OK
            C: DATA
            S: 354 end with <CR><LF>.<CR><LF>
            """;

    /// Every way to write an end that some server takes for one.
    private static List<String> falseEnds() {
        List<String> ends = new ArrayList<>();
        String[] lines = {"\\r\\n", "\\n", "\\r", "\\r\\r\\n", "\\n\\r", "\\r\\0\\n", "\\0"};
        for (String before : lines) {
            for (String after : lines) {
                boolean isEnd = before.endsWith("\\r\\n") && after.equals("\\r\\n");
                if (!isEnd) ends.add(before + "." + after);
            }
        }
        return ends;
    }

    @Test
    void aSecondLetterNeverHidesInsideTheFirst() throws IOException {
        int before = house.inbox("bob@example.com").size();
        StringBuilder script =
                new StringBuilder(
                        "S: 220 mx.example.com ESMTP Yubin\nC: HELO c.example\nS: 250 mx...\n");
        for (String end : falseEnds()) {
            boolean whole = end.replace("\\r\\n", "").replaceAll("\\\\[^rn]", "").equals(".");
            script.append(ENVELOPE)
                    .append("C< Subject: first\\r\\n\\r\\nfirst")
                    .append(end)
                    .append("MAIL FROM:<admin@example.com>\\r\\nRCPT TO:<bob@example.com>\\r\\n")
                    .append("DATA\\r\\nsecond\\r\\n.\\r\\n\n")
                    .append(whole ? "S: 250 2.0.0 accepted as ...\n" : "S: 550 5.6.11 ...\n");
        }
        script.append("C: NOOP\nS: 250 2.0.0 OK\n");
        Transcript.play(house.door(Smtp.Kind.MX), script.toString());
        assertEquals(before, house.inbox("bob@example.com").size());
    }

    /// The plain slow reading of the rules, as judge of the fast one.
    private static final class Judge {
        final StringBuilder text = new StringBuilder();
        boolean lone;
        int used;

        /// Reads `data` up to CRLF.CRLF, octet by octet.
        Judge(String data, boolean mend) {
            boolean lineStart = true;
            int i = 0;
            while (true) {
                if (lineStart && data.startsWith(".\r\n", i)) {
                    used = i + 3;
                    return;
                }
                if (lineStart && data.charAt(i) == '.') i++;
                lineStart = false;
                while (true) {
                    char c = data.charAt(i++);
                    if (c == '\n') {
                        lone = true;
                        text.append("\r\n");
                    } else if (c == '\r') {
                        while (data.charAt(i) == '\r') {
                            lone = true;
                            i++;
                        }
                        boolean pair = data.charAt(i) == '\n';
                        if (pair) i++;
                        else lone = true;
                        text.append("\r\n");
                        if (pair) {
                            lineStart = true;
                            break;
                        }
                    } else {
                        text.append(c);
                    }
                }
            }
        }
    }

    @Test
    void randomOctetsAreReadAsTheRulesSay() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "\r", "\n", "\r\n", ".", "x", "yy", "\0", "\r\n.", "\r\n.\r", "..", "z".repeat(600)
        };
        for (int round = 0; round < 400; round++) {
            StringBuilder data = new StringBuilder();
            for (int k = random.nextInt(30); k >= 0; k--) {
                data.append(pieces[random.nextInt(pieces.length)]);
            }
            data.append("\r\n.\r\nNOOP\r\n");
            boolean mend = random.nextBoolean();
            Judge judge = new Judge(data.toString(), mend);
            Wire.Pair pair = Wire.pair();
            byte[] octets = data.toString().getBytes(StandardCharsets.ISO_8859_1);
            int cut = random.nextInt(octets.length);
            try (IncomingLetter letter =
                    new IncomingLetter(
                            house.store.blobs().upload(0), "X: y\r\n\r\n", null, 1 << 20)) {
                pair.client().write(octets, 0, cut);
                pair.client().flush();
                Thread late =
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            try {
                                                pair.client()
                                                        .write(octets, cut, octets.length - cut);
                                                pair.client().flush();
                                            } catch (IOException e) {
                                                throw new AssertionError(e);
                                            }
                                        });
                MailData reader =
                        new MailData(
                                pair.server(),
                                letter,
                                mend ? MailData.LoneEnds.MEND : MailData.LoneEnds.REFUSE,
                                1 << 20,
                                Duration.ofMinutes(1));
                reader.readToDot();
                late.join();
                String what = "round " + round + ", seed " + seed + ": " + show(data.toString());
                if (!mend) assertEquals(judge.lone, letter.trouble() != null, what);
                if (letter.trouble() == null) {
                    letter.finish();
                    String text = new String(letter.upload().octets(), StandardCharsets.ISO_8859_1);
                    assertEquals(show("X: y\r\n\r\n" + judge.text), show(text), what);
                }
                byte[] rest = new byte[octets.length - judge.used];
                pair.server().readFully(rest, 0, rest.length);
                assertEquals(
                        show(data.substring(judge.used)),
                        show(new String(rest, StandardCharsets.ISO_8859_1)),
                        what);
            } finally {
                pair.client().abort();
                pair.server().abort();
            }
        }
    }

    private static String show(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\0");
    }
}
