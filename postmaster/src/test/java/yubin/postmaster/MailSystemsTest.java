package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// A real mail system takes a letter from us, cannot pass it on, and sends it back.
class MailSystemsTest {
    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource
    void itsErrorMailsAreTiedToTheirLettersAndExplained(MailSystem.Name name) throws Exception {
        MailSystem.needsTrees(folder);
        Map<String, String> script =
                Map.of(
                        "nobody", "550 5.1.1 User unknown",
                        "full", "552 5.2.2 Mailbox full",
                        "strict", "DATA 554 5.7.1 Message rejected as spam");
        try (ScriptedHost far = new ScriptedHost(script);
                TestOffice office = new TestOffice(folder.resolve("data"));
                MailSystem system =
                        MailSystem.run(name, folder, far.port(), office.port(Service.SMTP))) {
            String host = "127.0.0.1:" + system.port();
            office.order("route add", "domain", "far.example", "host", host);
            String unknown = ErrorMailTest.submit(office, "nobody@far.example", "dan@far.example");
            String full = ErrorMailTest.submit(office, "full@far.example");
            String spam = ErrorMailTest.submit(office, "strict@far.example");

            JsonNode first = returned(office, system, unknown, "nobody@far.example");
            assertEquals("userunknown", first.path("reason").asString());
            assertTrue(first.path("hard").asBoolean());
            assertTrue(
                    first.path("ja")
                            .path("happened")
                            .asString()
                            .startsWith("「nobody@far.example」"));
            JsonNode second = returned(office, system, full, "full@far.example");
            assertEquals("mailboxfull", second.path("reason").asString());
            assertFalse(second.path("hard").asBoolean());
            JsonNode third = returned(office, system, spam, "strict@far.example");
            assertEquals("spamdetected", third.path("reason").asString());
            assertEquals(3, office.messages("ann@example.com", "orange"));
        }
    }

    /// The explanation of the one step that says that the letter came back.
    private static JsonNode returned(
            TestOffice office, MailSystem system, String id, String recipient) throws Exception {
        JsonNode step;
        try {
            step = ErrorMailTest.step(office, id, "came_back");
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + system.log(), e);
        }
        assertEquals(recipient, step.path("recipient").asString());
        assertTrue(step.path("behind").isMissingNode());
        String notice = step.path("letter").asString();
        assertEquals(id, ErrorMailTest.step(office, notice, "about").path("said").asString());
        return step.path("explanation");
    }
}
