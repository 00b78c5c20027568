package yubin.mime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Messages for tests: literals with LF for CRLF, and the public data where it lies beside the
/// checkout.
final class Samples {
    private Samples() {}

    /// A text block as octets, each LF a CRLF, each character one octet of UTF-8.
    static byte[] crlf(String text) {
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The folder of public data; skips the test that asks when it is not there.
    static Path data(String folder) {
        Path data = Path.of(System.getProperty("yubin.root", ".."), "..", "shared", "data", folder);
        assumeTrue(Files.isDirectory(data), "left out: no public data at shared/data/" + folder);
        return data;
    }

    static List<Path> files(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Everything that a parse found, as lines.
    static String describe(Message message) {
        StringBuilder out = new StringBuilder();
        out.append(message.size())
                .append(message.isEightBit() ? " 8bit" : "")
                .append(message.isBinary() ? " binary" : "")
                .append(message.needsSmtpUtf8() ? " utf8" : "")
                .append(message.isCut() ? " cut" : "")
                .append(message.hasAttachment() ? " attachment" : "")
                .append(" <")
                .append(message.preview())
                .append(">\n");
        for (Part part : message.parts()) {
            out.append("  ".repeat(part.depth()))
                    .append(part.mediaType())
                    .append(part.isMultipart() ? "*" : part.isMessage() ? "@" : "")
                    .append(part.keptHeaderIsWhole() ? "" : " kept-cut")
                    .append(part.isEightBit() ? " 8" : "")
                    .append(part.isNotSevenBit() ? " !7" : "")
                    .append(' ')
                    .append(part.headerStart())
                    .append('-')
                    .append(part.bodyStart())
                    .append('-')
                    .append(part.end())
                    .append(" lines ")
                    .append(part.lines())
                    .append(' ')
                    .append(part.octets())
                    .append('\n')
                    .append(new String(part.keptHeader(), StandardCharsets.ISO_8859_1));
        }
        return out.toString();
    }
}
