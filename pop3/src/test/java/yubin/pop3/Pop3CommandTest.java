package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Pop3CommandTest {
    private static Pop3Command parse(String line) {
        byte[] octets = line.getBytes(StandardCharsets.UTF_8);
        return Pop3Command.parse(octets, octets.length);
    }

    @Test
    void whatCanBeRead() {
        Object[][] rows = {
            {"USER ann", new Pop3Command.User("ann")},
            {"user  ann@example.com ", new Pop3Command.User("ann@example.com")},
            {"USER 花子@例え.test", new Pop3Command.User("花子@例え.test")},
            {"PASS  a b ", new Pop3Command.Pass(" a b ")},
            {"auth", new Pop3Command.Auth(null, null)},
            {"AUTH PLAIN", new Pop3Command.Auth("PLAIN", null)},
            {"AUTH PLAIN =", new Pop3Command.Auth("PLAIN", "=")},
            {"STAT", new Pop3Command.Stat()},
            {"stat ", new Pop3Command.Stat()},
            {"LIST", new Pop3Command.ListSizes(0)},
            {"LIST 7", new Pop3Command.ListSizes(7)},
            {"UIDL 2147483647", new Pop3Command.Uidl(Integer.MAX_VALUE)},
            {"RETR 001", new Pop3Command.Retr(1)},
            {"TOP 1 0", new Pop3Command.Top(1, 0)},
            {"tOp 12  34", new Pop3Command.Top(12, 34)},
            {"DELE 3", new Pop3Command.Dele(3)},
            {"CAPA", new Pop3Command.Capa()},
            {"STLS", new Pop3Command.Stls()},
            {"UTF8", new Pop3Command.Utf8()},
            {"NOOP", new Pop3Command.Noop()},
            {"RSET", new Pop3Command.Rset()},
            {"QUIT", new Pop3Command.Quit()},
        };
        for (Object[] row : rows) assertEquals(row[1], parse((String) row[0]), (String) row[0]);
    }

    @Test
    void whatCannot() {
        for (String line :
                new String[] {
                    "",
                    " ",
                    "XYZZY",
                    "STATX",
                    "STAT 1",
                    "RETR",
                    "RETR 0",
                    "RETR -1",
                    "RETR +1",
                    "RETR 1 2",
                    "RETR 2147483648",
                    "RETR 99999999999999999999",
                    "RETR x",
                    "TOP 1",
                    "TOP 1 -1",
                    "TOP 0 1",
                    "TOP 1 2 3",
                    "LIST 0",
                    "LIST x",
                    "DELE",
                    "USER",
                    "PASS",
                    "AUTH A B C",
                    "QUIT now",
                    "RETR\t1",
                    "RETR ١"
                }) {
            assertEquals(Pop3Command.Malformed.class, parse(line).getClass(), line);
        }
    }

    @Test
    void secretsAreNotPrinted() {
        assertEquals("Pass[***]", parse("PASS secret").toString());
        assertEquals("Auth[PLAIN]", parse("AUTH PLAIN AAAA").toString());
    }

    @Test
    void garbageNeverThrows() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] line = new byte[random.nextInt(30)];
            random.nextBytes(line);
            if (round % 2 == 0 && line.length > 5) {
                byte[] keyword = "RETR ".getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(keyword, 0, line, 0, 5);
            }
            assertNotNull(Pop3Command.parse(line, line.length), "seed " + seed);
        }
    }
}
