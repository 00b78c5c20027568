package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `yubin dev`: both boxes have their letters, and the glass front lets their owners in.
class DevTest {
    @TempDir Path folder;

    @Test
    void twoPeopleFindTheirLettersAndCanSignIn() throws Exception {
        try (DevOffice office = DevOffice.open(folder)) {
            office.furnish(10, line -> {});
            for (DevOffice.Person person : DevOffice.PEOPLE) {
                try (Caller window = Caller.connect(office.at(Service.IMAPS), true, line -> {})) {
                    window.imapGreeting();
                    window.imap("LOGIN " + person.address() + " " + DevOffice.PASSWORD);
                    List<String> inbox = window.imap("STATUS INBOX (MESSAGES)");
                    assertTrue(inbox.toString().matches(".*MESSAGES 1[3-9].*"), inbox.toString());
                    window.imap("SELECT INBOX");
                    List<String> found = window.imap("UID SEARCH RETURN (COUNT) SUBJECT \"#7\"");
                    assertTrue(found.toString().contains("COUNT 1"), found.toString());
                }
                try (Caller front = Caller.connect(office.at(Service.HTTP), false, line -> {})) {
                    String answer =
                            front.http(
                                    "POST /login HTTP/1.1\nX-Yubin: 1\nContent-Type: application/json",
                                    "{\"name\":\"%s\",\"password\":\"%s\"}"
                                            .formatted(person.address(), DevOffice.PASSWORD),
                                    200);
                    assertTrue(answer.contains(person.address()), answer);
                }
            }
        }
    }
}
