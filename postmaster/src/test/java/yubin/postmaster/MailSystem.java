package yubin.postmaster;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// A real Postfix, Exim or OpenSMTPD on loopback, run in a tree that was unpacked from Debian's
/// packages: `src/test/mta` has how. Where that is not possible, an assumption fails with the
/// reason.
final class MailSystem implements AutoCloseable {
    enum Name {
        EXIM,
        OPENSMTPD,
        POSTFIX;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final Path ROOT =
            Path.of(System.getProperty("yubin.root", "..")).toAbsolutePath().normalize();
    private static final Path SCRIPTS = ROOT.resolve("postmaster/src/test/mta");
    private static final Path TREES = ROOT.resolve(".yubin/mta");
    private static final int UNPACK_SECONDS = 180;
    private static final int START_SECONDS = 60;

    private final Process process;
    private final Path log;
    private final int port;

    private MailSystem(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /// Unpacks what is not there yet.
    static void needsTrees(Path folder) throws IOException, InterruptedException {
        boolean root = System.getProperty("user.name").equals("root");
        Assumptions.assumeTrue(
                root, "mail systems run in trees of their own: only root can chroot");
        for (String tool : List.of("apt-get", "dpkg", "chroot", "ldd")) {
            External.needs(tool, "a Debian system");
        }
        Path log = Files.createFile(folder.resolve("unpack"));
        Process unpack = start(log, SCRIPTS.resolve("unpack.sh").toString(), TREES.toString());
        boolean ended = unpack.waitFor(UNPACK_SECONDS, TimeUnit.SECONDS);
        if (!ended) end(unpack);
        Assumptions.assumeTrue(
                ended && unpack.exitValue() == 0,
                "Postfix, Exim and OpenSMTPD cannot be unpacked here: " + Files.readString(log));
    }

    /// @param far where it sends mail for far.example
    /// @param back where it sends mail for example.com
    static MailSystem run(Name name, Path folder, int far, int back) throws Exception {
        // Another program may take the port before the mail system does.
        for (int attempt = 1; ; attempt++) {
            int port = freePort();
            Path log = Files.createTempFile(folder, name.toString(), ".log");
            String tree = TREES.resolve(name.toString()).toString();
            Process process =
                    start(
                            log,
                            SCRIPTS.resolve("run.sh").toString(),
                            name.toString(),
                            tree,
                            Integer.toString(port),
                            Integer.toString(far),
                            Integer.toString(back));
            MailSystem system = new MailSystem(process, log, port);
            if (system.answers()) return system;
            system.close();
            if (attempt == 3) throw new AssertionError(name + " does not answer: " + system.log());
        }
    }

    int port() {
        return port;
    }

    String log() throws IOException {
        return Files.readString(log, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private boolean answers() throws InterruptedException {
        for (int i = 0; i < START_SECONDS * 10 && process.isAlive(); i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                socket.setSoTimeout(10_000);
                InputStream in = socket.getInputStream();
                if (in.read() == '2') return true;
            } catch (IOException e) {
                // Not yet.
            }
            Thread.sleep(100);
        }
        return false;
    }

    private static Process start(Path log, String... command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Ends a process with all that it has started.
    private static void end(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        for (ProcessHandle child : children) child.destroyForcibly();
    }

    @Override
    public void close() {
        end(process);
    }
}
