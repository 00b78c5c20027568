package yubin.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import yubin.wire.Listener;
import yubin.wire.Tls;
import yubin.wire.Wire;

/// Another post office, on loopback, that says what its script says, a script for each connection.
///
/// ```
/// S: 220 hello        sent with CRLF
/// C: EHLO …           a line that is expected; … at the end stands for anything
/// C: <message>        everything up to the lone dot
/// X: tls              the handshake, as the server
/// X: close            ends the connection
/// X: silence          says nothing until the client has gone
/// X: flood            lines of a reply without end
/// X: endless          a line without end
/// ```
///
/// What does not fit is noted and fails the test at [#close].
final class Scripted implements AutoCloseable {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final List<String> problems = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    private final List<String> scripts;
    private final Listener listener;
    private final Tls tls;

    Scripted(Path folder, String... scripts) throws IOException {
        this(List.of(scripts), folder == null ? null : Tls.selfSigned(folder, "mx.example.org"));
    }

    static Scripted showing(Tls tls, String... scripts) throws IOException {
        return new Scripted(List.of(scripts), tls);
    }

    private Scripted(List<String> scripts, Tls tls) throws IOException {
        this.scripts = scripts;
        this.tls = tls;
        this.listener =
                Listener.open(
                        "scripted",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        null,
                        Listener.Limits.DEFAULT,
                        this::serve);
    }

    int port() {
        return listener.address().getPort();
    }

    private void serve(Wire wire) throws IOException {
        int number = connections.getAndIncrement();
        if (number >= scripts.size()) {
            problems.add("connection " + (number + 1) + " was not expected");
            return;
        }
        wire.deadline(Duration.ofSeconds(10), Duration.ofSeconds(10));
        for (String line : scripts.get(number).lines().toList()) {
            if (!play(wire, line)) return;
        }
        hear(wire); // the client hangs up
    }

    private boolean play(Wire wire, String line) throws IOException {
        String text = line.length() > 3 ? line.substring(3) : "";
        switch (line.charAt(0)) {
            case 'S' -> {
                wire.write(text + "\r\n");
                wire.flush();
            }
            case 'C' -> {
                if (text.equals("<message>")) {
                    message(wire);
                } else {
                    String heard = hear(wire);
                    if (!fits(text, heard)) {
                        problems.add("expected " + text + " and heard " + heard);
                        return false;
                    }
                }
            }
            default -> {
                switch (text) {
                    case "tls" -> wire.startTls(tls);
                    case "silence" -> hear(wire);
                    case "flood" -> flood(wire, "250-more and more\r\n");
                    case "endless" -> flood(wire, "2".repeat(1000));
                    default -> {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static void flood(Wire wire, String what) {
        try {
            for (int i = 0; i < 100_000; i++) wire.write(what);
        } catch (IOException e) {
            wire.abort(); // the client had enough
        }
    }

    private static boolean fits(String expected, String heard) {
        if (heard == null) return false;
        return expected.endsWith("…")
                ? heard.startsWith(expected.substring(0, expected.length() - 1))
                : heard.equals(expected);
    }

    private void message(Wire wire) throws IOException {
        StringBuilder message = new StringBuilder();
        for (String line; (line = hear(wire)) != null; ) {
            if (line.equals(".")) {
                messages.add(message.toString());
                return;
            }
            message.append(line).append("\r\n");
        }
        problems.add("the message has no end");
    }

    private static String hear(Wire wire) throws IOException {
        byte[] line = new byte[4096];
        try {
            int length = wire.readLine(line);
            return new String(line, 0, length, StandardCharsets.UTF_8);
        } catch (Wire.Closed | Wire.TimedOut | Wire.ShuttingDown e) {
            return null;
        }
    }

    @Override
    public void close() {
        listener.close(Duration.ofMillis(100));
        if (!problems.isEmpty()) throw new AssertionError(problems.toString());
    }
}
