package yubin.postmaster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/// The `--batch` form of a verb: one JSON object a line on standard input, exactly one a line on
/// standard output, in order and flushed at once, until the end of input. What cannot be read or
/// done gives `{"error":"…"}`, and the next line is served.
final class Batch {
    /// Answers one order with the text of one JSON object.
    interface Answerer {
        String answer(ObjectNode order) throws IOException;
    }

    private Batch() {}

    static void run(InputStream in, OutputStream out, Answerer answerer) {
        try {
            // Malformed UTF-8 becomes a replacement sign here and an error below, not an end.
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank()) continue;
                out.write((answer(answerer, line) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The file that an order of this verb names.
    ///
    /// @param verb the only one known here; an order may leave it out
    /// @throws IllegalArgumentException for another verb, and without a file
    static Path file(ObjectNode order, String verb) {
        String asked = order.path("verb").asString(verb);
        if (!asked.equals(verb)) throw new IllegalArgumentException("unknown verb " + asked);
        String name = order.path("file").asString("");
        if (name.isEmpty()) throw new IllegalArgumentException("file is missing");
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("file: " + e.getMessage(), e);
        }
    }

    private static String answer(Answerer answerer, String line) {
        try {
            return answerer.answer(Json.read(line));
        } catch (IOException e) {
            return Json.object("error", ConfigFile.reason(e)).toString();
        } catch (RuntimeException | StackOverflowError e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return Json.object("error", why).toString();
        }
    }
}
