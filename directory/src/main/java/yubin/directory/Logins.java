package yubin.directory;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;

/// Decides whether somebody is who they say: by password, or by SCRAM's proof.
///
/// A name that nobody has costs the same time and gets the same answer as a wrong password. Order:
/// remembered logins first (they cost nothing and are never slowed), then the guard, then the hash
/// on the pool.
final class Logins {
    private static final Counters.Counter GOOD = Counters.of("directory.login.good");
    private static final Counters.Counter BAD = Counters.of("directory.login.bad");
    private static final Counters.Counter REMEMBERED = Counters.of("directory.login.remembered");

    private final Cached rows;
    private final Guard guard;
    private final HashPool pool;
    private final Remembered remembered = new Remembered();
    private final byte[] secret;
    private final Consumer<Success> onSuccess;

    /// A login that was good.
    ///
    /// @param password in the clear where it was seen, else null
    record Success(Cached.Person person, Rows.Credential credential, String password) {}

    /// What the server keeps for a SCRAM exchange.
    ///
    /// @param person null for somebody who does not exist: the keys are then made up
    record ScramSecret(Cached.Person person, Rows.Credential credential, PasswordHash.Scram keys) {}

    /// @param secret of the office: what made-up SCRAM salts are made from
    /// @param onSuccess runs for each login that was not remembered; must not wait
    Logins(Cached rows, Guard guard, HashPool pool, byte[] secret, Consumer<Success> onSuccess) {
        this.rows = rows;
        this.guard = guard;
        this.pool = pool;
        this.secret = secret;
        this.onSuccess = onSuccess;
    }

    Step.End login(String name, String password, Visitor visitor) {
        return login(name, password, visitor, false);
    }

    /// @param codeFollows whether the second factor, where there is one, is asked for by the
    ///     caller;
    ///     else the main password of such an account opens nothing
    Step.End login(String name, String password, Visitor visitor, boolean codeFollows) {
        try {
            Optional<Cached.Person> found = person(name);
            if (password.isEmpty() || password.length() > Passwords.CHARACTERS_MAX) {
                return wrong(name, found, visitor);
            }
            if (found.isPresent()) {
                Cached.Person person = found.get();
                for (Rows.Credential credential : person.credentials()) {
                    if (remembered.knows(person.account().id().value(), credential, password)) {
                        REMEMBERED.increment();
                        return admit(person, credential, name, visitor, codeFollows);
                    }
                }
            }
            Optional<Step.Failed> wait = slow(name, found, visitor);
            if (wait.isPresent()) return wait.get();
            return compute(name, password, found, visitor, codeFollows);
        } catch (IOException | HashPool.Busy e) {
            return later(name, e.getMessage());
        }
    }

    private Step.End compute(
            String name,
            String password,
            Optional<Cached.Person> found,
            Visitor visitor,
            boolean codeFollows)
            throws HashPool.Busy {
        List<Rows.Credential> credentials = found.map(Cached.Person::credentials).orElse(List.of());
        Optional<Rows.Credential> match =
                pool.compute(
                        () -> {
                            for (Rows.Credential credential : credentials) {
                                Optional<PasswordHash> hash = PasswordHash.parse(credential.hash());
                                if (hash.isPresent() && Passwords.matches(hash.get(), password)) {
                                    return Optional.of(credential);
                                }
                            }
                            if (credentials.isEmpty()) Passwords.pretend(password);
                            return Optional.empty();
                        });
        if (match.isEmpty()) return wrong(name, found, visitor);
        Cached.Person person = found.orElseThrow();
        remembered.remember(person.account().id().value(), match.get(), password);
        return succeed(new Success(person, match.get(), password), name, visitor, codeFollows);
    }

    /// Waits as long as the guard wants; the failure when that would be too long.
    private Optional<Step.Failed> slow(
            String name, Optional<Cached.Person> found, Visitor visitor) {
        long wait = guard.admit(visitor.address(), guardName(name, found));
        if (wait < 0) return Optional.of(later(name, "too many failed logins"));
        if (wait > 0) {
            try {
                Thread.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of(later(name, "interrupted"));
            }
        }
        return Optional.empty();
    }

    /// Looks up the keys for a SCRAM exchange; made up for people who have none.
    ScramSecret scramSecret(String name) throws IOException {
        Optional<Cached.Person> found = person(name);
        if (found.isPresent()) {
            for (Rows.Credential credential : found.get().credentials()) {
                String keys = credential.scram() != null ? credential.scram() : credential.hash();
                if (credential.id() == Rows.PASSWORD
                        && PasswordHash.parse(keys).orElse(null)
                                instanceof PasswordHash.Scram scram) {
                    return new ScramSecret(found.get(), credential, scram);
                }
            }
        }
        byte[] salt = Scram.hmac(secret, "salt of " + nameKey(name));
        PasswordHash.Scram madeUp =
                new PasswordHash.Scram(
                        Scram.ITERATIONS,
                        java.util.Arrays.copyOf(salt, 16),
                        Passwords.random(32),
                        Passwords.random(32));
        return new ScramSecret(null, null, madeUp);
    }

    /// The end of a SCRAM exchange.
    ///
    /// @param proven whether the client has shown the key
    Step.End finishScram(String name, ScramSecret secret, boolean proven, Visitor visitor) {
        Optional<Cached.Person> found = Optional.ofNullable(secret.person());
        Optional<Step.Failed> wait = slow(name, found, visitor);
        if (wait.isPresent()) return wait.get();
        if (!proven || found.isEmpty()) return wrong(name, found, visitor);
        return succeed(new Success(found.get(), secret.credential(), null), name, visitor, false);
    }

    private Step.End succeed(Success success, String name, Visitor visitor, boolean codeFollows) {
        guard.succeeded(visitor.address(), guardName(name, Optional.of(success.person())));
        Step.End end = admit(success.person(), success.credential(), name, visitor, codeFollows);
        if (end instanceof Step.Done) onSuccess.accept(success);
        return end;
    }

    /// The secret was right: may it be used here?
    private Step.End admit(
            Cached.Person person,
            Rows.Credential credential,
            String name,
            Visitor visitor,
            boolean codeFollows) {
        Account account = person.account();
        if (!account.enabled()) {
            BAD.increment();
            return new Step.Failed(
                    Step.Why.DISABLED,
                    "this account is disabled",
                    "login: " + name + ": the account is disabled");
        }
        if (!credential.scope().contains(visitor.use())) {
            BAD.increment();
            return new Step.Failed(
                    Step.Why.NOT_ALLOWED,
                    "this password is not for " + visitor.use(),
                    "login: " + name + ": the credential is not for " + visitor.use());
        }
        if (credential.id() == Rows.PASSWORD && !codeFollows && SecondFactors.has(person)) {
            BAD.increment();
            return new Step.Failed(
                    Step.Why.NOT_ALLOWED,
                    "this account has a second factor: use an app password here",
                    "login: " + name + ": the main password where only app passwords are good");
        }
        GOOD.increment();
        return new Step.Done(login(person, credential));
    }

    private static Login login(Cached.Person person, Rows.Credential credential) {
        Account account = person.account();
        return new Login(
                account.id(),
                credential.id(),
                credential.version(),
                credential.scope(),
                account.address(),
                account.tenant(),
                person.roles(),
                account.quotaOctets(),
                account.language());
    }

    /// The login of a credential that was shown earlier, as long as it is still good.
    Optional<Login> resume(AccountId account, long credential, long version) throws IOException {
        Optional<Cached.Person> person = rows.person(account.value());
        if (person.isEmpty() || !person.get().account().enabled()) return Optional.empty();
        for (Rows.Credential known : person.get().credentials()) {
            if (known.id() == credential && known.version() == version) {
                return Optional.of(login(person.get(), known));
            }
        }
        return Optional.empty();
    }

    /// The login of the main password as it is now.
    Optional<Login> afterChange(AccountId account) throws IOException {
        Optional<Cached.Person> person = rows.person(account.value());
        if (person.isEmpty()) return Optional.empty();
        for (Rows.Credential known : person.get().credentials()) {
            if (known.id() == Rows.PASSWORD) return Optional.of(login(person.get(), known));
        }
        return Optional.empty();
    }

    private Step.Failed wrong(String name, Optional<Cached.Person> found, Visitor visitor) {
        BAD.increment();
        guard.failed(visitor.address(), guardName(name, found));
        return new Step.Failed(
                Step.Why.CREDENTIALS,
                "name or password is wrong",
                "login: "
                        + printable(name)
                        + " from "
                        + visitor.address().getHostAddress()
                        + (found.isPresent() ? ": wrong password" : ": nobody of this name"));
    }

    // The texts for the log say "login:": what follows LOGIN and a blank is redacted there.
    private static Step.Failed later(String name, String why) {
        BAD.increment();
        return new Step.Failed(
                Step.Why.LATER,
                "too many logins or temporary trouble, try again later",
                "login: " + printable(name) + ": " + why);
    }

    /// True while what the session logged in with is still good.
    boolean isGood(Login login) {
        try {
            Optional<Cached.Person> person = rows.person(login.account().value());
            if (person.isEmpty() || !person.get().account().enabled()) return false;
            for (Rows.Credential credential : person.get().credentials()) {
                if (credential.id() == login.credential()) {
                    return credential.version() == login.credentialVersion();
                }
            }
            return false;
        } catch (IOException e) {
            return true; // our trouble is no reason to throw people out
        }
    }

    /// The person of this name: an address of an account, or a bare local part where we have one
    /// domain only. Aliases are no names to log in with.
    private Optional<Cached.Person> person(String name) throws IOException {
        Optional<Address> address = address(name);
        if (address.isEmpty()) return Optional.empty();
        Optional<Rows.AddressRow> row = rows.address(Rows.addressName(address.get()));
        return row.isPresent() && row.get() instanceof Rows.AddressRow.Lives lives
                ? rows.person(lives.account())
                : Optional.empty();
    }

    Optional<Address> address(String name) throws IOException {
        if (name.length() > 320) return Optional.empty();
        Optional<Address> whole = Address.parse(name);
        if (whole.isPresent() || name.indexOf('@') >= 0) return whole;
        List<Domain> domains = rows.firstDomains();
        return domains.size() == 1 ? Address.parse(name + "@" + domains.getFirst()) : whole;
    }

    private String nameKey(String name) throws IOException {
        return address(name).map(Address::key).orElse(name);
    }

    private static String guardName(String name, Optional<Cached.Person> found) {
        return found.map(person -> person.account().id().toString())
                .orElseGet(() -> "-" + cut(name));
    }

    private static String cut(String name) {
        return name.length() > 320 ? HexFormat.of().formatHex(Scram.hmac(new byte[1], name)) : name;
    }

    private static String printable(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(name.length(), 100); i++) {
            char c = name.charAt(i);
            out.append(Character.isISOControl(c) ? '?' : c);
        }
        return out.toString();
    }
}
