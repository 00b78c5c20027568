package yubin.directory;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import yubin.mail.AccountId;
import yubin.store.Batch;
import yubin.store.Committer;
import yubin.store.Keys;
import yubin.store.Keys.Family;

/// Passkeys: key pairs whose secret half stays in a person's device.
///
/// What is kept is public, so that it lies open in the credential's row: its "hash" is `{PASSKEY}`
/// and, in Base64, what the device said when the passkey was made. The room `http` reads it and
/// checks signatures.
public final class Passkeys {
    /// Of one account.
    static final int PASSKEYS_MAX = 25;

    private static final String SCHEME = "{PASSKEY}";
    private static final int LABEL_MAX = 100;
    private static final int DATA_OCTETS_MAX = 8 << 10;

    private final Keys keys;
    private final Committer committer;
    private final Cached rows;
    private final Administration administration;
    private final Keyring keyring;
    private final Logins logins;
    private final InstantSource clock;

    Passkeys(
            Keys keys,
            Committer committer,
            Cached rows,
            Administration administration,
            Keyring keyring,
            Logins logins,
            InstantSource clock) {
        this.keys = keys;
        this.committer = committer;
        this.rows = rows;
        this.administration = administration;
        this.keyring = keyring;
        this.logins = logins;
        this.clock = clock;
    }

    /// @param data what the device said of the key (attested credential data)
    /// @param used its last use; null when never
    public record Passkey(long id, String label, byte[] data, Instant created, Instant used) {}

    public List<Passkey> list(AccountId account) throws IOException {
        List<Passkey> all = new ArrayList<>();
        Optional<Cached.Person> person = rows.person(account.value());
        if (person.isEmpty()) return all;
        for (Rows.Credential credential : person.get().credentials()) {
            if (credential.type() != Rows.Credential.Type.PASSKEY) continue;
            byte[] used = keys.get(Family.RECORDS, Rows.lastUseKey(account, credential.id()));
            all.add(
                    new Passkey(
                            credential.id(),
                            credential.label(),
                            Base64.getDecoder()
                                    .decode(credential.hash().substring(SCHEME.length())),
                            credential.created(),
                            used == null ? null : Rows.readLastUse(used)));
        }
        return all;
    }

    public Outcome add(AccountId account, String label, byte[] data) {
        return administration.change(
                () -> {
                    if (label.isBlank() || label.length() > LABEL_MAX) {
                        throw Administration.Refusal.bad(
                                "a label has 1 to " + LABEL_MAX + " characters");
                    }
                    if (data.length > DATA_OCTETS_MAX) {
                        throw Administration.Refusal.bad("this passkey is too large");
                    }
                    if (list(account).size() >= PASSKEYS_MAX) {
                        throw Administration.Refusal.bad("there are many passkeys already");
                    }
                    Cached.Person person =
                            rows.person(account.value())
                                    .orElseThrow(
                                            () ->
                                                    Administration.Refusal.missing(
                                                            "there is no such account"));
                    long id = Keyring.nextId(person);
                    Rows.Credential row =
                            new Rows.Credential(
                                    id,
                                    person.account().tenant(),
                                    Rows.Credential.Type.PASSKEY,
                                    clock.millis(),
                                    Set.of(Use.JMAP),
                                    label,
                                    SCHEME + Base64.getEncoder().encodeToString(data),
                                    null,
                                    clock.instant());
                    committer.commit(
                            new Batch().put(Rows.credentialKey(account, id), Rows.credential(row)));
                    rows.forgetPerson(account);
                    return "a passkey was added";
                });
    }

    /// Ends the sessions that it opened.
    public Outcome remove(AccountId account, long id) {
        return keyring.remove(account, id, Rows.Credential.Type.PASSKEY, "passkey");
    }

    /// The login of a passkey whose signature was good; empty when the account is closed.
    public Optional<Login> login(AccountId account, long id) throws IOException {
        Optional<Cached.Person> person = rows.person(account.value());
        if (person.isEmpty()) return Optional.empty();
        for (Rows.Credential credential : person.get().credentials()) {
            if (credential.id() != id || credential.type() != Rows.Credential.Type.PASSKEY)
                continue;
            committer.submit(
                    new Batch().put(Rows.lastUseKey(account, id), Rows.lastUse(clock.instant())));
            return logins.resume(account, id, credential.version());
        }
        return Optional.empty();
    }
}
