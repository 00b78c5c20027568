package yubin.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import yubin.ledger.Counters;

class LoginTest {
    private static final Visitor HERE = Visitor.plain(Office.LOOPBACK, Use.IMAP);

    private final Office office = new Office().domain("example.com");

    @AfterEach
    void close() {
        office.close();
    }

    private String login(String name, String password) {
        return switch (office.directory.login(name, password, HERE)) {
            case Step.Done(Login login) -> "account " + login.account();
            case Step.Failed(Step.Why why, String peer, String log) -> {
                assertFalse(log.contains("secret"), "a password in a log");
                yield why.toString();
            }
        };
    }

    @Test
    void namesAndPasswords() {
        office.account("ann@example.com", "secret", false).account("bob@example.com");
        assertEquals("account 1", login("ann@example.com", "secret"));
        assertEquals("account 1", login("ANN@example.com", "secret"));
        assertEquals("account 1", login("ann", "secret"));
        assertEquals("CREDENTIALS", login("ann@example.com", "Secret"));
        assertEquals("CREDENTIALS", login("ann@example.com", ""));
        assertEquals("CREDENTIALS", login("ann@example.com", "s".repeat(5000)));
        assertEquals("CREDENTIALS", login("bob@example.com", "secret"));
        assertEquals("CREDENTIALS", login("carl@example.com", "secret"));
        assertEquals("CREDENTIALS", login("carl@example.net", "secret"));
        assertEquals("CREDENTIALS", login("\r\n", "secret"));
        office.domain("example.org");
        assertEquals("CREDENTIALS", login("ann", "secret"));
    }

    @Test
    void aRememberedLoginIsForgottenWithItsPassword() {
        office.account("ann@example.com", "secret", false);
        assertEquals("account 1", login("ann@example.com", "secret"));
        Counters.Counter remembered = Counters.of("directory.login.remembered");
        long before = remembered.sum();
        assertEquals("account 1", login("ann@example.com", "secret"));
        assertTrue(remembered.sum() > before);
        office.administration.setPassword("ann@example.com", "other");
        assertEquals("CREDENTIALS", login("ann@example.com", "secret"));
        assertEquals("account 1", login("ann@example.com", "other"));
        office.administration.setEnabled("ann@example.com", false);
        assertEquals("DISABLED", login("ann@example.com", "other"));
        assertEquals("CREDENTIALS", login("ann@example.com", "wrong"));
    }

    @Test
    void revokingEndsSessions() throws Exception {
        office.account("ann@example.com", "secret", false)
                .account("bob@example.com", "secret", false);
        Login ann = ((Step.Done) office.directory.login("ann", "secret", HERE)).login();
        Login bob = ((Step.Done) office.directory.login("bob", "secret", HERE)).login();
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        CountDownLatch untouched = new CountDownLatch(1);
        Directory.Registration first =
                office.directory.register(ann, ended::countDown).orElseThrow();
        Directory.Registration other =
                office.directory.register(bob, untouched::countDown).orElseThrow();
        office.administration.edit(
                "ann@example.com", new Administration.Edit("Ann", null, null, null, null, null));
        assertEquals(1, office.directory.sessions(ann.account()));
        assertEquals(1, ended.getCount());
        office.administration.setPassword("ann@example.com", "other");
        assertTrue(ended.await(5, TimeUnit.SECONDS));
        Directory.Registration tooLate =
                office.directory.register(ann, late::countDown).orElseThrow();
        assertTrue(late.await(5, TimeUnit.SECONDS));
        assertEquals(1, untouched.getCount());
        first.close();
        other.close();
        tooLate.close();
        assertEquals(0, office.directory.sessions(ann.account()));
    }

    @Test
    void anAccountHasNoMoreSessionsThanItsLimitsAllow() throws Exception {
        office.account("ann@example.com", "secret", false);
        office.administration.setLimits("ann@example.com", new Account.Limits(2, 0, 0));
        Login ann = ((Step.Done) office.directory.login("ann", "secret", HERE)).login();
        var first = office.directory.register(ann, () -> {}).orElseThrow();
        var second = office.directory.register(ann, () -> {}).orElseThrow();
        assertTrue(office.directory.register(ann, () -> {}).isEmpty());
        assertEquals(2, office.directory.sessions(ann.account()));
        first.close();
        assertTrue(office.directory.register(ann, () -> {}).isPresent());
        second.close();
    }

    @Test
    void importedHashesWorkAndAreReplacedAtTheFirstLogin() throws Exception {
        // All for the password "secret".
        String[] hashes = {
            "{SHA512-CRYPT}" + org.apache.commons.codec.digest.Crypt.crypt("secret", "$6$saltsalt"),
            "{BLF-CRYPT}"
                    + org.bouncycastle.crypto.generators.OpenBSDBCrypt.generate(
                            "2y", "secret".toCharArray(), new byte[16], 5),
            Scram.keys(
                            "secret".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            new byte[] {1, 2, 3, 4},
                            4096)
                    .toString(),
            Passwords.hash("secret").toString(),
        };
        for (int i = 0; i < hashes.length; i++) {
            String name = "u" + i + "@example.com";
            office.account(name, hashes[i], false);
            assertEquals("CREDENTIALS", login(name, "wrong"), hashes[i]);
            assertEquals("account " + (i + 1), login(name, "secret"), hashes[i]);
            Rows.Credential kept = null;
            for (int wait = 0; wait < 100; wait++) {
                byte[] row =
                        office.keys.get(
                                null, Rows.credentialKey(new yubin.mail.AccountId(i + 1), 1));
                kept = Rows.readCredential(1, row);
                if (kept.hash().startsWith("{ARGON2ID}") && kept.scram() != null) break;
                Thread.sleep(50);
            }
            assertTrue(kept.hash().startsWith("{ARGON2ID}"), kept.hash());
            assertEquals(1, kept.version());
            assertInstanceOf(
                    PasswordHash.Scram.class, PasswordHash.parse(kept.scram()).orElseThrow());
            assertEquals("account " + (i + 1), login(name, "secret"));
        }
    }

    @Test
    void guessingIsSlowedAndTheOwnerIsNotLockedOut() {
        long[] now = {0};
        Guard guard = new Guard(address -> false, () -> now[0]);
        for (int i = 0; i < 3; i++) {
            assertEquals(0, guard.admit(Office.STRANGER, "1"));
            guard.failed(Office.STRANGER, "1");
        }
        assertEquals(250, guard.admit(Office.STRANGER, "1"));
        guard.failed(Office.STRANGER, "1");
        assertTrue(guard.admit(Office.STRANGER, "1") >= 250);
        assertTrue(guard.admit(Office.STRANGER, "2") > 0, "the address is slowed everywhere");
        for (int i = 0; i < 20; i++) guard.failed(Office.STRANGER, "1");
        assertEquals(-1, guard.admit(Office.STRANGER, "1"));
        assertEquals(0, guard.admit(Office.LOOPBACK, "1"));
        guard.succeeded(Office.address("192.0.2.5"), "1");
        for (int i = 0; i < 20; i++) guard.failed(Office.STRANGER, "1");
        assertEquals(0, guard.admit(Office.address("192.0.2.5"), "1"));
        now[0] += 60_000_000_000L;
        assertTrue(guard.admit(Office.address("192.0.2.6"), "3") == 0);
    }

    @Test
    void ourOwnTroubleIsNotAWrongPassword() {
        office.account("ann@example.com", "secret", false);
        Office broken = office.reopened();
        byte[] row = Rows.accountKey(new yubin.mail.AccountId(1));
        broken.committer.submit(new yubin.store.Batch().put(row, new byte[] {99})).isDone();
        try {
            broken.committer.commit(new yubin.store.Batch().put(row, new byte[] {99}));
        } catch (yubin.store.StoreTrouble e) {
            throw new AssertionError(e);
        }
        assertEquals("LATER", login("ann@example.com", "secret"));
        assertEquals("asleep", office.find("ann@example.com"));
        office.account("bob@example.com");
        assertEquals("2", office.find("bob@example.com"));
    }
}
