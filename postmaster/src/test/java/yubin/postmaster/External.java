package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// Runs real programs as clients. One that is not installed is an assumption that failed, which
/// names its package.
final class External {
    private static final int PATIENCE_SECONDS = 60;

    /// @param out standard output and error together
    record Run(int exit, String out) {
        Run ok() {
            assertEquals(0, exit, out);
            return this;
        }
    }

    private External() {}

    static void needs(String program, String debianPackage) {
        boolean here =
                List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        Assumptions.assumeTrue(here, program + " is not here: apt-get install " + debianPackage);
    }

    /// Where a server's program is, which may not be on a person's PATH.
    static String server(String program, String debianPackage) {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin").split(":")) {
            Path path = Path.of(folder, program);
            if (Files.isExecutable(path)) return path.toString();
        }
        Assumptions.abort(program + " is not here: apt-get install " + debianPackage);
        throw new AssertionError();
    }

    /// @param home the home folder that the program sees and its working directory
    /// @param input its standard input
    static Run run(Path home, String input, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(home, "out", null);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("TERM", "xterm");
        Process process = builder.start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The program did not care for its input.
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    String.join(" ", command) + " did not end: " + Files.readString(out));
        }
        return new Run(
                process.exitValue(),
                new String(Files.readAllBytes(out), StandardCharsets.ISO_8859_1));
    }
}
