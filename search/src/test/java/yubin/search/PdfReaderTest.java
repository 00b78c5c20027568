package yubin.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import yubin.ledger.Counters;

/// Files that mean harm: each comes to its bound, and the next file is read as if nothing had
/// been.
class PdfReaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final byte[] GOOD = pdf(List.of("BT /F 12 Tf 50 700 Td (walrus) Tj ET"), 1);

    @Test
    void aFileThatUnpacksToMoreThanTheHeapEndsItsProcessOnly() throws Exception {
        // One word of 100 MB.
        byte[] bomb = deflated(100 << 20);
        assertTrue(bomb.length < 1 << 20, bomb.length + " octets");
        byte[] file = file(List.of(stream(bomb, " /Filter /FlateDecode")), 1);
        try (PdfReader reader = new PdfReader(new PdfReader.Bounds(PATIENCE, 48))) {
            assertEquals("walrus", reader.text(GOOD).strip());
            Process before = reader.process();
            long unread = Counters.of("search.pdf-unread").sum();
            assertEquals("", reader.text(file));
            assertEquals(unread + 1, Counters.of("search.pdf-unread").sum());
            assertTrue(before.waitFor(PATIENCE), "it ran out of memory and ends");
            assertEquals("walrus", reader.text(GOOD).strip());
            assertNotEquals(before.pid(), reader.process().pid());
        }
    }

    @Test
    void aFileThatTakesTooLongIsGivenUp() {
        // Each form draws the next one twenty times: 20^12 texts on one page.
        byte[] file = nested();
        Duration soon = Duration.ofMillis(1_500);
        try (PdfReader reader = new PdfReader(new PdfReader.Bounds(soon, 160))) {
            assertEquals("", reader.text(file));
            assertEquals(null, reader.process());
        }
    }

    @Test
    void theNextFileAfterOneThatTookTooLongIsRead() {
        try (PdfReader reader = new PdfReader(new PdfReader.Bounds(PATIENCE, 160))) {
            AtomicReference<String> given = new AtomicReference<>();
            Thread impatient = Thread.ofPlatform().start(() -> given.set(reader.text(nested())));
            Process process = awaitProcess(reader);
            process.destroyForcibly(); // as the clock does
            join(impatient);
            assertEquals("", given.get());
            assertEquals("walrus", reader.text(GOOD).strip());
        }
    }

    @Test
    void ofManyPagesTheFirstAreRead() throws Exception {
        List<String> contents = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            contents.add("BT /F 12 Tf 50 700 Td (page" + i + "end) Tj ET");
        }
        String text = PdfProcess.text(pdf(contents, 30), 20, PdfProcess.CHARS_MAX);
        assertTrue(text.contains("page20end"), text);
        assertFalse(text.contains("page21end"), text);
    }

    @Test
    void ofEndlessTextTheBeginningIsRead() throws Exception {
        StringBuilder content = new StringBuilder("BT /F 10 Tf 12 TL 50 70000 Td (walrus) Tj\n");
        for (int i = 0; i < 200; i++) content.append("T* (line").append(i).append("end) Tj\n");
        byte[] file = pdf(List.of(content.append("ET").toString()), 1);
        String text = PdfProcess.text(file, 1, 1_000);
        assertTrue(text.startsWith("walrus"), text);
        assertTrue(text.contains("line50end"), text);
        assertTrue(text.length() <= 1_000, text.length() + " characters");
    }

    @Test
    void pagesThatAreTheirOwnParentsEnd() {
        byte[] loop =
                assembled(
                        List.of(
                                bytes("<< /Type /Catalog /Pages 2 0 R >>"),
                                bytes("<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>")));
        try (PdfReader reader = new PdfReader(new PdfReader.Bounds(PATIENCE, 48))) {
            assertEquals("", reader.text(loop).strip());
            assertEquals("walrus", reader.text(GOOD).strip());
        }
    }

    private static Process awaitProcess(PdfReader reader) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (reader.process() == null) {
            assertTrue(System.nanoTime() < end, "no process");
            Thread.onSpinWait();
        }
        return reader.process();
    }

    private static void join(Thread thread) {
        try {
            assertTrue(thread.join(PATIENCE), "it still waits");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- Files, by hand ----

    private static byte[] nested() {
        int depth = 12;
        List<byte[]> objects = new ArrayList<>();
        objects.add(bytes("<< /Type /Catalog /Pages 2 0 R >>"));
        objects.add(bytes("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"));
        objects.add(
                bytes(
                        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R"
                                + " /Resources << /XObject << /X 6 0 R >> >> >>"));
        objects.add(bytes("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"));
        objects.add(stream(bytes("/X Do"), ""));
        for (int i = 0; i < depth; i++) {
            boolean last = i == depth - 1;
            String draws = last ? "BT /F 1 Tf ( ) Tj ET" : "/X Do ".repeat(20);
            String resources =
                    last ? "/Font << /F 4 0 R >>" : "/XObject << /X " + (7 + i) + " 0 R >>";
            objects.add(
                    stream(
                            bytes(draws),
                            " /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << "
                                    + resources
                                    + " >>"));
        }
        return assembled(objects);
    }

    private static byte[] pdf(List<String> contents, int pages) {
        return file(contents.stream().map(text -> stream(bytes(text), "")).toList(), pages);
    }

    /// A file of pages, each with a content stream of its own.
    private static byte[] file(List<byte[]> contents, int pages) {
        List<byte[]> objects = new ArrayList<>();
        objects.add(bytes("<< /Type /Catalog /Pages 2 0 R >>"));
        StringBuilder kids = new StringBuilder();
        for (int i = 0; i < pages; i++) kids.append(4 + 2 * i).append(" 0 R ");
        objects.add(bytes("<< /Type /Pages /Kids [" + kids + "] /Count " + pages + " >>"));
        objects.add(bytes("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"));
        for (int i = 0; i < pages; i++) {
            objects.add(
                    bytes(
                            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents "
                                    + (5 + 2 * i)
                                    + " 0 R /Resources << /Font << /F 3 0 R >> >> >>"));
            objects.add(contents.get(i));
        }
        return assembled(objects);
    }

    private static byte[] stream(byte[] octets, String keys) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes("<< /Length " + octets.length + keys + " >>\nstream\n"));
        out.writeBytes(octets);
        out.writeBytes(bytes("\nendstream"));
        return out.toByteArray();
    }

    private static byte[] assembled(List<byte[]> objects) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes("%PDF-1.7\n"));
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < objects.size(); i++) {
            table.append("%010d 00000 n \n".formatted(out.size()));
            out.writeBytes(bytes((i + 1) + " 0 obj\n"));
            out.writeBytes(objects.get(i));
            out.writeBytes(bytes("\nendobj\n"));
        }
        int at = out.size();
        int size = objects.size() + 1;
        out.writeBytes(bytes("xref\n0 " + size + "\n0000000000 65535 f \n" + table));
        out.writeBytes(bytes("trailer\n<< /Size " + size + " /Root 1 0 R >>\nstartxref\n" + at));
        out.writeBytes(bytes("\n%%EOF\n"));
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] deflated(int octets) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] same = new byte[1 << 16];
        java.util.Arrays.fill(same, (byte) '(');
        // What follows is one string that is never closed.
        byte[] packed = new byte[1 << 16];
        for (int done = 0; done < octets; done += same.length) {
            deflater.setInput(same);
            while (!deflater.needsInput()) out.write(packed, 0, deflater.deflate(packed));
        }
        deflater.finish();
        while (!deflater.finished()) out.write(packed, 0, deflater.deflate(packed));
        deflater.end();
        return out.toByteArray();
    }
}
