package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// SIGHUP to a server that is begun as `./yubin` begins it: with the signal ignored.
class SignalsTest {
    private static final long WAIT_NANOS = 30_000_000_000L;

    @TempDir Path folder;

    @Test
    void hangupsWhileItBootsDoNotEndItAndLaterOnesAreHeard() throws Exception {
        InetSocketAddress at = ServerProcess.free();
        Path json = folder.resolve("dns.json");
        Files.writeString(
                json, "{\"listen\":\"%s\",\"rootHints\":[]}".formatted(SocketAddresses.format(at)));
        Process server =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "trap '' HUP; exec \"$@\"",
                                "sh",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "yubin.postmaster.Main",
                                "dns",
                                "serve",
                                "--json",
                                json.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        try {
            long end = System.nanoTime() + WAIT_NANOS;
            // The shell itself must have come to its trap first.
            Thread.sleep(100);
            while (!answers(at) && System.nanoTime() < end) hangUp(server);
            assertTrue(answers(at), Files.readString(folder.resolve("log")));
            for (int i = 0; i < 5; i++) hangUp(server);
            assertTrue(server.isAlive() && answers(at), Files.readString(folder.resolve("log")));
            server.destroy();
            assertTrue(server.waitFor(30, TimeUnit.SECONDS));
            // 143 when it came before anybody waited for it.
            int code = server.exitValue();
            assertTrue(code == 0 || code == 143, "exit code " + code);
        } finally {
            server.destroyForcibly();
        }
    }

    private static void hangUp(Process server) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-HUP", String.valueOf(server.pid())).start().waitFor();
    }

    private static boolean answers(InetSocketAddress at) {
        try (Socket socket = new Socket(at.getAddress(), at.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
