package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SurvivalTest {
    private static final String[] SHARDS = {
        "--",
        "--b",
        "--b--",
        "--bb",
        "\r\n",
        "\n",
        "\r",
        "\r\r\n",
        ":",
        " ",
        "\t",
        "Content-Type: ",
        "multipart/mixed; boundary=b\r\n",
        "multipart/digest; boundary=bb\n",
        "message/rfc822\r\n",
        "text/html; charset=iso-2022-jp\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "\u001B$B",
        "\u001B(B",
        "=?UTF-8?B?5LyaLQ==?=",
        "=?x?q?=",
        "From: \"a\" <b@c>\r\n",
        "Subject: ",
        "<",
        "(",
        "\"",
        ";",
        "=3D",
        "=\r\n",
        "\0",
        "é",
        "begin 644 a\n",
        "<style>",
        "Date: Thu, 1 Jan",
        "filename*0*=UTF-8''%E4",
        "To: x:;,\r\n",
        "From \n",
        "--b\r\n\r\n",
        "\r\n\r\n",
        "+AGE-"
    };

    private static final long SEED = Long.getLong("yubin.seed", System.nanoTime());

    /// Time of this thread only: other work on the machine does not count.
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static byte[] random(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(120); i >= 0; i--) {
            if (random.nextInt(5) == 0) out.append((char) random.nextInt(256));
            else out.append(SHARDS[random.nextInt(SHARDS.length)]);
        }
        return Samples.latin(out.toString());
    }

    /// Asks a message everything.
    private static void exercise(byte[] octets) {
        Message message = Message.parse(octets);
        MessageJson.of(octets);
        Message again = Message.decode(message.encode());
        assertEquals(Samples.describe(message), Samples.describe(again));
        message.messageId();
        message.references();
        BaseSubject.of(message.subject());
        int size = message.size();
        for (Part part : message.parts()) {
            assertTrue(0 <= part.headerStart() && part.headerStart() <= part.bodyStart());
            assertTrue(part.bodyStart() <= part.end() && part.end() <= size);
            part.filename();
            part.languages();
            part.decodedParameters();
            MailDate.parse(part.unfolded("date"));
        }
        Downgrade.toSevenBit(octets);
    }

    @Test
    void randomInputIsReadWithoutThrowing() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) exercise(random(random));
    }

    @Test
    void piecesOfAnySizeGiveWhatTheWholeGives() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) {
            byte[] octets = random(random);
            assertPiecesAgree(octets, random);
        }
    }

    private static void assertPiecesAgree(byte[] octets, Random random) {
        MessageScanner scanner = new MessageScanner();
        int bound = 1 + random.nextInt(random.nextBoolean() ? 4 : 300);
        for (int at = 0; at < octets.length; ) {
            int length = Math.min(octets.length - at, 1 + random.nextInt(bound));
            byte[] piece = Arrays.copyOfRange(octets, at, at + length);
            scanner.feed(piece, 0, length);
            Arrays.fill(piece, (byte) 'x');
            at += length;
        }
        assertEquals(Samples.describe(Message.parse(octets)), Samples.describe(scanner.finish()));
    }

    @Test
    void publicMessagesAreReadQuicklyWholeInPiecesAndMutated() {
        Path data = Samples.data("");
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        List<Path> files = new ArrayList<>(Samples.files(data, ".eml"));
        files.addAll(Samples.files(data, ".msg"));
        assertTrue(files.size() > 520, "messages " + files.size());
        for (Path file : files) {
            byte[] octets = Samples.read(file);
            long start = cpuNanos();
            exercise(octets);
            long millis = (cpuNanos() - start) / 1_000_000;
            assertTrue(millis < 1_000, file + " took " + millis + " ms");
            assertPiecesAgree(octets, random);
            byte[] mutated = octets.clone();
            for (int i = 0; i < 1 + octets.length / 200; i++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            exercise(mutated);
        }
    }

    @Test
    void longLinesInPiecesAgree() {
        Random random = new Random(SEED);
        String longLine = "x".repeat(30_000);
        for (String text :
                List.of(
                        "Subject: " + longLine + "\r\n\r\n" + longLine + "\r\n",
                        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b"
                                + longLine
                                + "\r\n\r\na\r\n--b--"
                                + longLine
                                + "\r\n",
                        longLine + "\r" + longLine + "\r\n")) {
            for (int i = 0; i < 20; i++) assertPiecesAgree(Samples.latin(text), random);
        }
    }

    @Test
    void aDamagedRecordIsRefused() {
        byte[] record =
                Message.parse(Samples.crlf("Subject: a\nFrom: b@example.com\n\ntext\n")).encode();
        for (int length = 0; length < record.length; length++) {
            byte[] cut = Arrays.copyOf(record, length);
            assertThrows(IllegalArgumentException.class, () -> Message.decode(cut));
        }
        Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++) {
            byte[] flipped = record.clone();
            flipped[random.nextInt(record.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                Samples.describe(Message.decode(flipped));
            } catch (IllegalArgumentException e) {
                // Refused: as good as read.
            }
        }
    }

    @Test
    void boundsHold() {
        StringBuilder nested = new StringBuilder();
        for (int i = 1_000; i < 1_300; i++) {
            nested.append("Content-Type: multipart/mixed; boundary=b")
                    .append(i)
                    .append("\r\n\r\n--b")
                    .append(i)
                    .append("\r\n");
        }
        Message deep = Message.parse(Samples.latin(nested.toString()));
        assertTrue(deep.isCut());
        assertTrue(deep.parts().size() <= MessageScanner.NESTING_MAX + 2);

        String messages = "Content-Type: message/rfc822\r\n\r\n".repeat(5_000);
        Message inner = Message.parse(Samples.latin(messages));
        assertTrue(inner.isCut());
        assertTrue(inner.parts().size() <= MessageScanner.NESTING_MAX + 2);

        String many =
                "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                        + "--b\r\n\r\na\r\n".repeat(5_000);
        Message wide = Message.parse(Samples.latin(many));
        assertTrue(wide.isCut());
        assertEquals(MessageScanner.PARTS_MAX, wide.parts().size());

        String header = ("X-A: " + "b".repeat(90) + "\r\n").repeat(100_000) + "\r\ntext\r\n";
        Message tall = Message.parse(Samples.latin(header));
        assertTrue(tall.isCut());
        assertEquals("text", tall.preview());

        String kept = "To: " + "a@example.com, ".repeat(10_000) + "\r\nSubject: s\r\n\r\n";
        Message wideTo = Message.parse(Samples.latin(kept));
        assertEquals(false, wideTo.root().keptHeaderIsWhole());
        assertEquals("s", wideTo.subject());
    }

    @Test
    void hostileShapesTakeLinearTime() {
        String[] shapes = {
            "Content-Type: multipart/mixed; boundary="
                    + "b".repeat(7_000)
                    + "\r\n\r\n"
                    + ("--" + "b".repeat(6_999) + "\r\n").repeat(300),
            "Subject: " + "=?UTF-8?Q?a?= ".repeat(4_000) + "\r\n\r\n",
            "Subject: " + "=?".repeat(30_000) + "\r\n\r\n",
            "Subject: " + "=?a?q?".repeat(10_000) + "\r\n\r\n",
            "From: " + "(".repeat(60_000) + "\r\n\r\n",
            "From: " + "\"".repeat(60_000) + "\r\n\r\n",
            "From: " + "<a".repeat(30_000) + "\r\n\r\n",
            "From: " + "a:".repeat(30_000) + "\r\n\r\n",
            "From: " + "=?".repeat(30_000) + "\r\n\r\n",
            "From: " + "a@b ".repeat(16_000) + "\r\n\r\n",
            "Content-Type: text/plain" + "; a*0=b".repeat(9_000) + "\r\n\r\n",
            "Content-Type: text/plain" + "; a=\"".repeat(13_000) + "\r\n\r\n",
            "Content-Type: text/plain; a=" + "b ".repeat(30_000) + "\r\n\r\n",
            "Content-Type: " + "a ".repeat(30_000) + "\r\n\r\n",
            "References: " + "<".repeat(60_000) + "\r\n\r\n",
            "Date: " + "1 ".repeat(30_000) + "\r\n\r\n",
            "Content-Type: text/html\r\n\r\n" + "<".repeat(100_000),
            "Content-Type: text/html\r\n\r\n" + "<a \"".repeat(30_000),
            "Content-Type: text/html\r\n\r\n" + "&".repeat(100_000),
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + "= ".repeat(100_000),
            "Content-Transfer-Encoding: x-uuencode\r\n\r\n" + "begin \n".repeat(30_000),
            "Subject: " + "[a]".repeat(20_000) + "\r\n\r\n",
        };
        for (String shape : shapes) {
            byte[] octets = Samples.latin(shape);
            long start = cpuNanos();
            exercise(octets);
            Addresses.flatten(Message.parse(octets).root().addresses("from"));
            long millis = (cpuNanos() - start) / 1_000_000;
            assertTrue(millis < 1_500, shape.substring(0, 40) + " took " + millis + " ms");
        }
    }
}
