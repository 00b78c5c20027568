package yubin.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @AfterEach
    void restore() throws Exception {
        LogManager.getLogManager().readConfiguration();
    }

    private String logged(String message, Object... values) {
        EventLog.open(
                new PrintStream(bytes, true, StandardCharsets.UTF_8), System.Logger.Level.INFO);
        System.getLogger("yubin.smtp").log(System.Logger.Level.INFO, message, values);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anEventIsOneLineWithTimeLevelAndRoom() {
        String line = logged("connection {0} from {1}", 17, "192.0.2.7");
        assertTrue(line.endsWith("Z INFO  smtp: connection 17 from 192.0.2.7\n"), line);
    }

    @Test
    void aHostileTextCannotForgeASecondLine() {
        String line = logged("said {0}", "x\r\n2026-11-25T00:00:00Z INFO  smtp: all is well");
        assertEquals(1, line.lines().count(), line);
    }

    @Test
    void secretsAreTakenOut() {
        for (String text :
                new String[] {
                    "AUTH PLAIN hushhush",
                    "a1 LOGIN ann@example.com hushhush",
                    "PASS hushhush",
                    "password=hushhush",
                    "{\"password\": \"hushhush\"}",
                    "token: hushhush",
                }) {
            assertFalse(logged(text).contains("hushhush"), text);
            bytes.reset();
        }
    }

    @Test
    void countersAddUpAndGaugesAreReadWhenAsked() {
        Counters.of("test.letters").add(2);
        Counters.of("test.letters").increment();
        Counters.gauge("test.waiting", () -> 5);
        assertEquals(3, Counters.all().get("test.letters"));
        assertEquals(5, Counters.all().get("test.waiting"));
    }
}
