package yubin.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/// A clock for tests: a file with the present second since 1970, read again at each look. An
/// unreadable moment (the file is being replaced) gives the last one.
public final class FileClock implements InstantSource {
    private final Path file;
    private volatile Instant last = Instant.EPOCH;

    public FileClock(Path file) {
        this.file = file;
    }

    @Override
    public Instant instant() {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            last = Instant.ofEpochSecond(Long.parseLong(text));
        } catch (IOException | NumberFormatException e) {
            // The last good reading stands.
        }
        return last;
    }
}
