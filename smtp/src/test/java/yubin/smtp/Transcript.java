package yubin.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import yubin.wire.ClientTls;
import yubin.wire.Listener;
import yubin.wire.Wire;

/// Plays a conversation against a real session over a wire in memory.
///
/// ```
/// S: 220 mx...      the server's next line; `...` stands for anything
/// C: NOOP           a line of the client
/// C< a\r\nb\0       octets of the client as they are, with \r \n \t \0 \\ and \xNN
/// TLS               the client turns TLS on
/// END               the server closes
/// # words           a remark
/// ```
///
/// Lines of the client that stand together travel together.
final class Transcript {
    private Transcript() {}

    static void play(Listener.Session session, String script) {
        Wire.Pair pair = Wire.pair();
        play(session, pair, script);
    }

    static void play(Listener.Session session, Wire.Pair pair, String script) {
        Thread serving =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try (Wire wire = pair.server()) {
                                        session.serve(wire);
                                    } catch (IOException _) {
                                        // the test looks at what the client sees
                                    }
                                });
        Wire wire = pair.client();
        wire.deadline(Duration.ofSeconds(5), Duration.ofSeconds(5));
        try {
            int number = 0;
            for (String line : script.lines().toList()) {
                step(wire, ++number, line);
            }
            wire.flush();
            wire.close();
            serving.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wire.abort();
            pair.server().abort();
        }
    }

    private static void step(Wire wire, int number, String line) throws IOException {
        String at = "line " + number + " (" + line + ")";
        if (line.isBlank() || line.startsWith("#")) return;
        if (line.equals("TLS")) {
            wire.flush();
            wire.startTls(ClientTls.opportunistic(null));
        } else if (line.equals("END")) {
            wire.flush();
            assertThrows(Wire.Closed.class, () -> wire.readLine(new byte[1000]), at);
        } else if (line.startsWith("C: ") || line.equals("C:")) {
            wire.write(line.substring(Math.min(3, line.length())) + "\r\n");
        } else if (line.startsWith("C< ")) {
            wire.write(unescape(line.substring(3)));
        } else if (line.startsWith("S: ")) {
            wire.flush();
            String expected = line.substring(3);
            byte[] octets = new byte[2000];
            String said;
            try {
                said = new String(octets, 0, wire.readLine(octets), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new AssertionError(at + ": " + e.getMessage(), e);
            }
            int dots = expected.indexOf("...");
            if (dots < 0) {
                assertEquals(expected, said, at);
            } else {
                String start = expected.substring(0, dots);
                String end = expected.substring(dots + 3);
                assertTrue(said.startsWith(start) && said.endsWith(end), at + " but: " + said);
            }
        } else {
            throw new IllegalArgumentException(at);
        }
    }

    static byte[] unescape(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char next = text.charAt(++i);
            switch (next) {
                case 'r' -> out.append('\r');
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case '0' -> out.append('\0');
                case 'x' -> {
                    out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> out.append(next);
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
