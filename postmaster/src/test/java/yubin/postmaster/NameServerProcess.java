package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;
import yubin.dns.DnsQuery;
import yubin.dns.Name;
import yubin.dns.Type;

/// A name server of another house, running beside us on an address of loopback of its own: NSD,
/// Knot DNS or Unbound.
final class NameServerProcess implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final InetSocketAddress at;
    private final Process process;
    private final Path log;

    private NameServerProcess(InetSocketAddress at, Process process, Path log) {
        this.at = at;
        this.process = process;
        this.log = log;
    }

    /// A port that is free now for both UDP and TCP.
    static InetSocketAddress free(String address) throws IOException {
        InetAddress host = InetAddress.ofLiteral(address);
        while (true) {
            try (ServerSocket tcp = new ServerSocket(0, 1, host);
                    DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), host)) {
                return new InetSocketAddress(host, udp.getLocalPort());
            } catch (java.net.BindException e) {
                // Somebody has the UDP port: another one.
            }
        }
    }

    /// @param zone text of `zone:` sections; `FOLDER` in it is the server's own folder
    static NameServerProcess nsd(Path folder, InetSocketAddress at, String zone)
            throws IOException {
        String program = External.server("nsd", "nsd");
        String text =
                """
                server:
                    ip-address: %s@%d
                    server-count: 1
                    do-ip6: no
                    username: ""
                    chroot: ""
                    zonesdir: "FOLDER"
                    database: ""
                    pidfile: "FOLDER/pid"
                    zonelistfile: "FOLDER/zones"
                    xfrdfile: "FOLDER/xfrd"
                    xfrdir: "FOLDER"
                    logfile: "FOLDER/log"
                remote-control:
                    control-enable: no
                %s
                """
                        .formatted(at.getAddress().getHostAddress(), at.getPort(), zone);
        return start(folder, at, text, program, "-d", "-c");
    }

    static NameServerProcess knot(Path folder, InetSocketAddress at, String sections)
            throws IOException {
        String program = External.server("knotd", "knot");
        String text =
                """
                server:
                    rundir: FOLDER
                    pidfile: FOLDER/pid
                    listen: %s@%d
                    udp-workers: 1
                    tcp-workers: 1
                    background-workers: 1
                database:
                    storage: FOLDER
                control:
                    listen: FOLDER/control
                log:
                  - target: stderr
                    any: info
                %s
                """
                        .formatted(at.getAddress().getHostAddress(), at.getPort(), sections);
        return start(folder, at, text, program, "-c");
    }

    static NameServerProcess unbound(Path folder, InetSocketAddress at, String text)
            throws IOException {
        String program = External.server("unbound", "unbound");
        String all =
                """
                server:
                    interface: %s
                    port: %d
                    num-threads: 1
                    do-ip6: no
                    username: ""
                    chroot: ""
                    directory: "FOLDER"
                    pidfile: "FOLDER/pid"
                    use-syslog: no
                    do-daemonize: no
                    do-not-query-localhost: no
                    module-config: "validator iterator"
                    val-log-level: 2
                %s
                remote-control:
                    control-enable: no
                """
                        .formatted(at.getAddress().getHostAddress(), at.getPort(), text);
        return start(folder, at, all, program, "-d", "-c");
    }

    private static NameServerProcess start(
            Path folder, InetSocketAddress at, String config, String... command)
            throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("server.conf");
        Files.writeString(file, config.replace("FOLDER", folder.toString()));
        String[] all = java.util.Arrays.copyOf(command, command.length + 1);
        all[command.length] = file.toString();
        Path log = folder.resolve("output");
        Process process =
                new ProcessBuilder(all)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        return new NameServerProcess(at, process, log);
    }

    InetSocketAddress at() {
        return at;
    }

    /// What it answers, as soon as that is what is wanted.
    DnsQuery.Outcome until(String name, String type, Predicate<DnsQuery.Outcome> wanted)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Object last = "nothing";
        while (System.nanoTime() - end < 0) {
            // A question to a port that is not open yet would wait for an answer in vain.
            try (Socket probe = new Socket()) {
                probe.connect(at, 1000);
                DnsQuery.Outcome outcome = ask(name, type);
                if (wanted.test(outcome)) return outcome;
                last = outcome;
            } catch (IOException e) {
                last = e.getMessage();
            }
            if (!process.isAlive()) {
                String said = log();
                // A profile of AppArmor may bind such a server to the system's own folders.
                Assumptions.assumeFalse(said.contains("ermission denied"), said);
                fail("the server ended: " + said);
            }
            Thread.sleep(50);
        }
        return fail(name + " " + type + " came to " + last + "\n" + log());
    }

    DnsQuery.Outcome ask(String name, String type) throws IOException {
        return DnsQuery.ask(at, Name.of(name), Type.parse(type), true);
    }

    String log() throws IOException {
        StringBuilder all = new StringBuilder(Files.readString(log));
        Path more = log.resolveSibling("log");
        if (Files.exists(more)) all.append(Files.readString(more));
        return all.toString();
    }

    /// With all that it has forked. Nothing of it is needed any more, so it gets no time to tidy.
    @Override
    public void close() {
        List<ProcessHandle> forked = process.descendants().toList();
        process.destroyForcibly();
        forked.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
