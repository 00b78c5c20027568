package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import yubin.wire.Wire;

/// A client in a test: plays transcripts against a real session over a wire in memory.
///
/// `C:` is sent with CRLF, `S:` is expected; `…` in it stands for anything. A line of `S:` ends at
/// CRLF also inside a literal.
final class Chat implements AutoCloseable {
    private final Wire wire;
    private final Thread session;
    private volatile Throwable trouble;

    Chat(ImapServer server) {
        Wire.Pair pair = Office.pair();
        wire = pair.client();
        wire.deadline(Duration.ofSeconds(5), Duration.ofSeconds(5));
        session =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try (Wire end = pair.server()) {
                                        server.serve(end);
                                    } catch (Wire.Trouble e) {
                                        // how most conversations end
                                    } catch (IOException | RuntimeException e) {
                                        trouble = e;
                                    }
                                });
    }

    Wire wire() {
        return wire;
    }

    Chat plays(String transcript) {
        int number = 0;
        for (String line : transcript.split("\n")) {
            number++;
            if (line.isBlank()) continue;
            if (line.startsWith("C: ")) says(line.substring(3));
            else if (line.equals("C:")) says("");
            else if (line.equals("S:")) expect("", number);
            else if (line.startsWith("S: ")) expect(line.substring(3), number);
            else throw new IllegalArgumentException("neither C: nor S: in " + line);
        }
        return this;
    }

    void says(String line) {
        says((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    void says(byte[] octets) {
        try {
            wire.write(octets);
            wire.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void expect(String wanted, int number) {
        String heard = hear();
        boolean matches = heard.equals(wanted);
        if (!matches && wanted.contains("…")) {
            StringBuilder regex = new StringBuilder();
            for (String piece : wanted.split("…", -1)) {
                if (!regex.isEmpty()) regex.append(".*");
                regex.append(piece.isEmpty() ? "" : Pattern.quote(piece));
            }
            if (wanted.startsWith("…")) regex.insert(0, ".*");
            matches = Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(heard).matches();
        }
        if (!matches) assertEquals("S: " + wanted, "S: " + heard, "line " + number);
    }

    String hear() {
        byte[] line = new byte[1 << 20];
        try {
            return new String(line, 0, wire.readLine(line), StandardCharsets.UTF_8);
        } catch (IOException e) {
            if (trouble != null) throw new IllegalStateException(trouble);
            throw new UncheckedIOException(e);
        }
    }

    /// All lines up to and with this one.
    List<String> hears(String last) {
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = hear();
            lines.add(line);
            if (line.equals(last)) return lines;
            String tag = last.substring(0, last.indexOf(' ') + 1);
            if (!tag.equals("* ") && line.startsWith(tag)) assertEquals(last, line);
        }
    }

    /// Sends a command and returns what is heard before its end, which must be OK.
    List<String> asks(String command) {
        says("x " + command);
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = hear();
            if (line.startsWith("x ")) {
                assertTrue(line.startsWith("x OK"), line);
                return lines;
            }
            lines.add(line);
        }
    }

    /// True when nothing more comes: the server has closed.
    boolean isOver() throws InterruptedException {
        session.join(5000);
        try {
            wire.read(new byte[1], 0, 1);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    void append(String mailbox, String arguments, String text) {
        byte[] octets = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        says("ap APPEND " + mailbox + arguments + " {" + octets.length + "+}");
        says(octets);
        says("");
        String line = hear();
        while (!line.startsWith("ap ")) line = hear();
        assertTrue(line.startsWith("ap OK"), line);
    }

    @Override
    public void close() {
        wire.close();
        try {
            session.join(5000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (trouble != null) throw new IllegalStateException(trouble);
    }
}
