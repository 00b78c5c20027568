package yubin.directory;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import yubin.mail.AccountId;
import yubin.store.Batch;
import yubin.store.Committer;
import yubin.store.Keys;
import yubin.store.Keys.Family;

/// What a person does with the passwords of their own account.
public final class Keyring {
    /// App passwords of one account: a wrong password is compared with each of them.
    static final int APP_PASSWORDS_MAX = 25;

    private static final int LABEL_MAX = 100;
    private static final int APP_PASSWORD_LETTERS = 20;

    /// The least of RFC 7677 §4: what was drawn is not guessed.
    private static final int APP_PASSWORD_ITERATIONS = 4096;

    /// 32 letters and digits, without those that look alike.
    private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz023456789";

    private final Keys keys;
    private final Committer committer;
    private final Cached rows;
    private final Administration administration;
    private final HashPool pool;
    private final InstantSource clock;

    Keyring(
            Keys keys,
            Committer committer,
            Cached rows,
            Administration administration,
            HashPool pool,
            InstantSource clock) {
        this.keys = keys;
        this.committer = committer;
        this.rows = rows;
        this.administration = administration;
        this.pool = pool;
        this.clock = clock;
    }

    /// @param used its last use, to the hour; null when never
    public record AppPassword(
            long id, String label, Set<Use> uses, Instant created, Instant used) {}

    /// @param password shown once; null when refused
    public record Made(Outcome outcome, long id, String password) {}

    public List<AppPassword> appPasswords(AccountId account) throws IOException {
        List<AppPassword> all = new ArrayList<>();
        Optional<Cached.Person> person = rows.person(account.value());
        if (person.isEmpty()) return all;
        for (Rows.Credential credential : person.get().credentials()) {
            if (credential.type() != Rows.Credential.Type.APP_PASSWORD) continue;
            byte[] used = keys.get(Family.RECORDS, Rows.lastUseKey(account, credential.id()));
            all.add(
                    new AppPassword(
                            credential.id(),
                            credential.label(),
                            credential.scope(),
                            credential.created(),
                            used == null ? null : Rows.readLastUse(used)));
        }
        return all;
    }

    /// Draws a password for one program: 100 bits, so that a quick hash is enough.
    public Made addAppPassword(AccountId account, String label, Set<Use> uses) {
        if (label.isBlank() || label.length() > LABEL_MAX) {
            return new Made(bad("a label has 1 to " + LABEL_MAX + " characters"), 0, null);
        }
        if (uses.isEmpty() || uses.contains(Use.ADMIN)) {
            return new Made(bad("an app password is for mail"), 0, null);
        }
        String password = group(draw(APP_PASSWORD_LETTERS), 4);
        String hash;
        try {
            hash = pool.compute(() -> quick(password));
        } catch (HashPool.Busy busy) {
            return new Made(new Outcome.Refused(Outcome.Why.TROUBLE, busy.getMessage()), 0, null);
        }
        long[] id = {0};
        Outcome outcome =
                administration.change(
                        () -> {
                            Cached.Person person = person(account);
                            long count = 0;
                            for (Rows.Credential other : person.credentials()) {
                                if (other.type() == Rows.Credential.Type.APP_PASSWORD) count++;
                            }
                            if (count >= APP_PASSWORDS_MAX) {
                                throw Administration.Refusal.bad(
                                        "there are " + count + " app passwords already");
                            }
                            id[0] = nextId(person);
                            put(person.account(), id[0], label, uses, hash);
                            return "an app password was made";
                        });
        return outcome instanceof Outcome.Ok
                ? new Made(outcome, id[0], password)
                : new Made(outcome, 0, null);
    }

    private static String quick(String password) {
        byte[] octets = password.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return Scram.keys(octets, Passwords.random(16), APP_PASSWORD_ITERATIONS).toString();
    }

    private void put(Account account, long id, String label, Set<Use> uses, String hash)
            throws IOException {
        committer.commit(
                new Batch()
                        .put(
                                Rows.credentialKey(account.id(), id),
                                Rows.credential(
                                        new Rows.Credential(
                                                id,
                                                account.tenant(),
                                                Rows.Credential.Type.APP_PASSWORD,
                                                clock.millis(),
                                                uses,
                                                label,
                                                hash,
                                                hash,
                                                clock.instant()))));
        rows.forgetPerson(account.id());
    }

    /// Ends the sessions that logged in with it.
    public Outcome removeAppPassword(AccountId account, long id) {
        return remove(account, id, Rows.Credential.Type.APP_PASSWORD, "app password");
    }

    Outcome remove(AccountId account, long id, Rows.Credential.Type type, String what) {
        return administration.change(
                () -> {
                    for (Rows.Credential credential : person(account).credentials()) {
                        if (credential.id() != id || credential.type() != type) continue;
                        committer.commit(
                                new Batch()
                                        .delete(Rows.credentialKey(account, id))
                                        .delete(Rows.lastUseKey(account, id)));
                        rows.forgetPerson(account);
                        administration.announce(account);
                        return "the " + what + " is gone";
                    }
                    throw Administration.Refusal.missing("there is no such " + what);
                });
    }

    private Cached.Person person(AccountId account) throws IOException, Administration.Refusal {
        return rows.person(account.value())
                .orElseThrow(() -> Administration.Refusal.missing("there is no such account"));
    }

    /// Behind the numbers with a meaning of their own.
    static long nextId(Cached.Person person) {
        long last = Rows.NUMBERED - 1;
        for (Rows.Credential other : person.credentials()) last = Math.max(last, other.id());
        return last + 1;
    }

    private static Outcome bad(String text) {
        return new Outcome.Refused(Outcome.Why.BAD, text);
    }

    /// Letters and digits at random, 5 bits each.
    static String draw(int letters) {
        StringBuilder text = new StringBuilder();
        for (byte octet : Passwords.random(letters)) text.append(ALPHABET.charAt(octet & 31));
        return text.toString();
    }

    /// Groups of letters with hyphens between.
    static String group(String letters, int size) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < letters.length(); i++) {
            if (i > 0 && i % size == 0) text.append('-');
            text.append(letters.charAt(i));
        }
        return text.toString();
    }
}
