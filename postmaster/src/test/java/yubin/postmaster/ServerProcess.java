package yubin.postmaster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The real program in a JVM of its own, as a supervisor would run it.
final class ServerProcess {
    private static final long START_MILLIS_MAX = 20_000;

    private final Path folder;
    private final Path config;
    private final Map<Service, InetSocketAddress> addresses = new EnumMap<>(Service.class);
    private final List<String> switches;
    private Process process;

    ServerProcess(Path folder, String... switches) throws IOException {
        this.folder = folder;
        this.config = folder.resolve("yubin.toml");
        this.switches = List.of(switches);
        StringBuilder toml = new StringBuilder("hostname = \"mail.example.com\"\n[listen]\n");
        for (Service service : Service.values()) {
            if (!service.built()) continue;
            InetSocketAddress at = free();
            addresses.put(service, at);
            toml.append(service.key())
                    .append(" = [\"")
                    .append(SocketAddresses.format(at))
                    .append("\"]\n");
        }
        Files.writeString(config, toml);
    }

    /// A port that is free now; nobody else on the machine is asked for it soon.
    static InetSocketAddress free() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
            return new InetSocketAddress(loopback, socket.getLocalPort());
        }
    }

    InetSocketAddress at(Service service) {
        return addresses.get(service);
    }

    InetSocketAddress smtp() {
        return at(Service.SMTP);
    }

    InetSocketAddress imap() {
        return at(Service.IMAP);
    }

    Path data() {
        return folder.resolve("data");
    }

    /// How long a start took.
    ///
    /// @param millis until the windows answered
    /// @param cpuMillis that the program itself has computed until then, on all cores together:
    ///     the same however busy the machine is with other things
    record Started(long millis, long cpuMillis) {
        long least() {
            return Math.min(millis, cpuMillis);
        }
    }

    /// Starts the server and waits until its windows answer.
    Started start() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Process started = launch("serve").start();
        process = started;
        // A test that fails half-way leaves nothing running.
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        while (true) {
            try (Peer peer = new Peer(imap());
                    Peer door = new Peer(smtp())) {
                peer.hear();
                door.reply();
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                Duration cpu = process.info().totalCpuDuration().orElse(Duration.ofMillis(millis));
                return new Started(millis, cpu.toMillis());
            } catch (IOException e) {
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                if (!process.isAlive() || millis > START_MILLIS_MAX) {
                    process.destroyForcibly();
                    throw new IOException("no start: " + log(), e);
                }
                Thread.sleep(10);
            }
        }
    }

    /// Ends it as `kill -9` does.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Ends it as SIGTERM does.
    ///
    /// @return the exit code
    int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    Process process() {
        return process;
    }

    /// Runs one verb to its end.
    void obey(String... verb) throws IOException, InterruptedException {
        Process run = launch(verb).start();
        if (run.waitFor() != 0) throw new IOException(String.join(" ", verb) + ": " + log());
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private ProcessBuilder launch(String... verb) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(switches);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(verb));
        command.addAll(List.of("--config", config.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    }
}
