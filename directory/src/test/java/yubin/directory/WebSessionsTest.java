package yubin.directory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import yubin.mail.AccountId;

class WebSessionsTest {
    private static final Visitor WEB = Visitor.plain(Office.LOOPBACK, Use.JMAP);
    private static final Visitor IMAP = Visitor.plain(Office.LOOPBACK, Use.IMAP);
    private static final AccountId ANN = new AccountId(1);

    private final Office office = new Office().domain("example.com");

    @BeforeEach
    void ann() {
        office.account("ann@example.com", "orange", false);
    }

    @AfterEach
    void close() {
        office.close();
    }

    private WebSessions web() {
        return office.directory.webSessions();
    }

    private String login(String password, String code) throws IOException {
        return switch (web().login("ann@example.com", password, code, WEB)) {
            case WebSessions.Entry.In(Login login) -> web().begin(login, "Test", Office.LOOPBACK);
            case WebSessions.Entry.CodeWanted() -> "code wanted";
            case WebSessions.Entry.CodeWrong() -> "code wrong";
            case WebSessions.Entry.Refused(Step.Failed failed) -> failed.why().toString();
        };
    }

    private String imap(String password) {
        return switch (office.directory.login("ann@example.com", password, IMAP)) {
            case Step.Done _ -> "in";
            case Step.Failed failed -> failed.why().toString();
        };
    }

    @Test
    void aTokenOpensItsSessionUntilItIsEndedAndIsKeptNowhere() throws IOException {
        String token = login("orange", null);
        WebSessions.Found found = web().find(token).orElseThrow();
        assertEquals(ANN, found.login().account());
        assertEquals("Test", found.session().device());
        office.reopened();
        assertTrue(web().find(token).isPresent());
        String other = login("orange", null);
        assertEquals(2, web().list(ANN).size());
        assertTrue(web().end(ANN, found.session().id()));
        assertFalse(web().end(ANN, found.session().id()));
        assertTrue(web().find(token).isEmpty());
        assertTrue(web().find(other).isPresent());
        for (String bad : List.of("", "x", "!", token + "A", other.substring(1), "_".repeat(54))) {
            assertTrue(web().find(bad).isEmpty(), bad);
        }
    }

    @Test
    void aNewPasswordEndsTheSessionsOfTheOld() throws IOException {
        String token = login("orange", null);
        office.administration.setPassword("ann@example.com", "lemon");
        assertTrue(web().find(token).isEmpty());
        assertTrue(web().list(ANN).isEmpty());
        token = login("lemon", null);
        office.administration.setEnabled("ann@example.com", false);
        assertTrue(web().find(token).isEmpty());
    }

    @Test
    void tooManySessionsPushOutTheOldest() throws IOException {
        for (int i = 0; i < WebSessions.SESSIONS_MAX + 5; i++) login("orange", null);
        assertEquals(WebSessions.SESSIONS_MAX, web().list(ANN).size());
    }

    @Test
    void sessionsEndAfterSilenceAndAtTheEndOfTheirLife() {
        Instant start = Instant.parse("2026-11-25T00:00:00Z");
        WebSession session = new WebSession("", ANN, 1, 1, "", "", start, start);
        assertFalse(session.isOver(start.plus(WebSession.IDLE_MAX)));
        assertTrue(session.isOver(start.plus(WebSession.IDLE_MAX).plusSeconds(1)));
        Instant late = start.plus(WebSession.LIFE_MAX).plusSeconds(1);
        assertTrue(new WebSession("", ANN, 1, 1, "", "", start, late).isOver(late));
    }

    @Test
    void codesAreThoseOfTheRfc() {
        // RFC 6238, appendix B, the last six digits.
        byte[] secret = "12345678901234567890".getBytes(US_ASCII);
        assertEquals("287082", Totp.code(secret, 59 / 30));
        assertEquals("081804", Totp.code(secret, 1111111109L / 30));
        assertEquals("005924", Totp.code(secret, 1234567890L / 30));
        assertEquals("353130", Totp.code(secret, 20000000000L / 30));
        assertEquals("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.base32(secret));
        long now = 59_000;
        assertEquals(1, Totp.step(secret, "287082", now));
        assertEquals(1, Totp.step(secret, "287082", now + 30_000));
        assertEquals(-1, Totp.step(secret, "287082", now + 61_000));
    }

    @Test
    void withASecondFactorThePasswordAloneOpensNothing() throws IOException {
        SecondFactors factors = office.directory.secondFactors();
        assertEquals("in", imap("orange"));
        String secret = factors.begin(ANN, "ann@example.com", "mail").secret();
        assertTrue(factors.confirm(ANN, "000000x").recoveryCodes().isEmpty());
        assertFalse(factors.state(ANN).enabled());
        String code = codeOf(secret);
        List<String> recovery = factors.confirm(ANN, code).recoveryCodes();
        assertEquals(10, recovery.size());
        assertEquals("code wanted", login("orange", null));
        assertEquals("code wrong", login("orange", "12345"));
        assertEquals("CREDENTIALS", login("lemon", code));
        assertEquals("NOT_ALLOWED", imap("orange"));
        String token = login("orange", codeOf(secret));
        assertTrue(web().find(token).isPresent(), token);
        assertTrue(web().find(login("orange", recovery.getFirst().toUpperCase())).isPresent());
        assertEquals("code wrong", login("orange", recovery.getFirst()), "each opens once");
        assertEquals(9, factors.state(ANN).recoveryCodesLeft());
        office.reopened();
        assertEquals("code wanted", login("orange", null));
        assertInstanceOf(Outcome.Ok.class, office.directory.secondFactors().remove(ANN));
        assertEquals("in", imap("orange"));
    }

    @Test
    void aCodeIsTakenOnceAndWrongOnesAreCounted() throws IOException {
        SecondFactors factors = office.directory.secondFactors();
        String secret = factors.begin(ANN, "ann@example.com", "mail").secret();
        assertFalse(factors.confirm(ANN, codeOf(secret)).recoveryCodes().isEmpty());
        String code = codeOf(secret);
        assertTrue(web().find(login("orange", code)).isPresent());
        assertEquals("code wrong", login("orange", code));
        for (int i = 0; i < 9; i++) assertEquals("code wrong", login("orange", "abc" + i));
        assertEquals("LATER", login("orange", "abcdef"));
    }

    @Test
    void anAppPasswordIsForItsUsesAndNotForTheWeb() throws IOException {
        Keyring keyring = office.directory.keyring();
        Keyring.Made made = keyring.addAppPassword(ANN, "phone", Set.of(Use.IMAP, Use.JMAP));
        assertNotNull(made.password(), made.outcome().text());
        assertEquals("in", imap(made.password()));
        assertEquals("NOT_ALLOWED", login(made.password(), null));
        Visitor pop3 = Visitor.plain(Office.LOOPBACK, Use.POP3);
        assertInstanceOf(
                Step.Failed.class,
                office.directory.login("ann@example.com", made.password(), pop3));
        assertEquals("phone", keyring.appPasswords(ANN).getFirst().label());
        office.reopened();
        keyring = office.directory.keyring();
        assertInstanceOf(Outcome.Ok.class, keyring.removeAppPassword(ANN, made.id()));
        assertEquals("CREDENTIALS", imap(made.password()));
        assertInstanceOf(Outcome.Refused.class, keyring.removeAppPassword(ANN, 1));
        assertEquals("in", imap("orange"));
    }

    /// The code of now, or of the next moment when a step has just ended.
    private static String codeOf(String base32) {
        return Totp.code(decoded(base32), System.currentTimeMillis() / Totp.STEP_MILLIS);
    }

    private static byte[] decoded(String base32) {
        byte[] octets = new byte[Totp.SECRET_OCTETS];
        int bits = 0;
        int count = 0;
        int at = 0;
        for (char c : base32.toCharArray()) {
            bits = bits << 5 | (c >= 'A' ? c - 'A' : c - '2' + 26);
            count += 5;
            if (count >= 8) {
                count -= 8;
                octets[at++] = (byte) (bits >>> count);
            }
        }
        return octets;
    }
}
