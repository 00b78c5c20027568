package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The demo, told into a string: two post offices with a DNS of their own.
class DemoTest {
    @TempDir Path folder;

    @Test
    void lettersGoBothWaysAndOneComesBack() throws Exception {
        StringWriter told = new StringWriter();
        PrintWriter story = new PrintWriter(told);
        try (DemoTown town = DemoTown.open(folder, story);
                DemoTown second = DemoTown.open(folder.resolve("second"), story)) {
            assertTrue(told.toString().contains("are occupied; these are used instead: smtp "));
            assertTrue(second.at(DemoTown.ANN, Service.SMTP).getPort() != 0);
            DemoJourney journey = new DemoJourney(town, story);
            assertTrue(journey.run(), told.toString());
            ObjectNode result = journey.result();
            assertTrue(result.path("arrived").asBoolean());
            assertEquals(3, result.path("letters").size());
            town.leaveOpen();
        }
        String all = told.toString();
        assertTrue(all.contains("C: RCPT TO:<ben@osaka.test>"), all);
        assertTrue(all.contains("osaka.test MX? 10 mail.osaka.test  secure"), all);
        assertTrue(all.contains("mail.tokyo.test A? 127.0.0.81  secure"), all);
        assertTrue(all.contains("| Subject: 会議のお知らせ"), all);
        assertTrue(all.contains("550 5.1.1"), all);
        assertTrue(all.contains("どうすればよいか"), all);
        assertTrue(all.contains("AUTH PLAIN …"), all);
        assertTrue(all.contains("curl -k --user ann@tokyo.test:sakura"), all);
    }
}
