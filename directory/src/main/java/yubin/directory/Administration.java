package yubin.directory;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Committer;
import yubin.store.Departed;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.StoreTrouble;

/// The administrator's hand: everything that changes the directory.
///
/// Each change is on disk and seen by lookups when its method returns. Changes happen one after the
/// other; lookups never wait for them.
public final class Administration {
    /// Targets of one alias.
    static final int TARGETS_MAX = 1000;

    static final String LANGUAGE = "ja";
    private static final int NAME_MAX = 200;

    private final Keys keys;
    private final Committer committer;
    private final Cached rows;
    private final Seal seal;
    private final HashPool pool;
    private final Directory.Numbers accountNumbers;
    private final InstantSource clock;
    private final Consumer<AccountId> credentialChanged;

    /// Held over a change from its reads to its commit. Nothing else is locked inside.
    private final ReentrantLock changes = new ReentrantLock();

    Administration(
            Keys keys,
            Committer committer,
            Cached rows,
            Seal seal,
            HashPool pool,
            Directory.Numbers accountNumbers,
            InstantSource clock,
            Consumer<AccountId> credentialChanged) {
        this.keys = keys;
        this.committer = committer;
        this.rows = rows;
        this.seal = seal;
        this.pool = pool;
        this.accountNumbers = accountNumbers;
        this.clock = clock;
        this.credentialChanged = credentialChanged;
    }

    /// What `account add` was told.
    ///
    /// @param password in the clear or as `{SCHEME}hash`; null for none (no login)
    /// @param name may be null
    /// @param quotaOctets `Long.MAX_VALUE` for none
    /// @param language null for the default, `ja`
    public record NewAccount(
            String address,
            String password,
            String name,
            long quotaOctets,
            boolean admin,
            Account.Type type,
            String language,
            Account.Limits limits) {
        /// With the server's own limits.
        public NewAccount(
                String address,
                String password,
                String name,
                long quotaOctets,
                boolean admin,
                Account.Type type,
                String language) {
            this(
                    address,
                    password,
                    name,
                    quotaOctets,
                    admin,
                    type,
                    language,
                    Account.Limits.DEFAULT);
        }
    }

    /// What `account set` was told; null leaves a thing as it is.
    ///
    /// @param quotaOctets `Long.MAX_VALUE` for none
    /// @param sessions this and the next two: see [Account.Limits]
    public record Edit(
            String name,
            Long quotaOctets,
            String language,
            Integer sessions,
            Long messageOctets,
            Integer recipientsPerDay) {
        Account.Limits limits(Account.Limits old) {
            return new Account.Limits(
                    Objects.requireNonNullElse(sessions, old.sessions()),
                    Objects.requireNonNullElse(messageOctets, old.messageOctets()),
                    Objects.requireNonNullElse(recipientsPerDay, old.recipientsPerDay()));
        }
    }

    /// What `domain list` shows.
    public record DomainEntry(Domain domain, int tenant, int accounts, int aliases) {}

    /// One line of `account list`.
    ///
    /// @param lastUse of its password, to the hour; null when never
    public record AccountEntry(
            Account account, Set<TenantRole> roles, boolean hasPassword, Instant lastUse) {}

    /// How an import stands.
    ///
    /// @param bad lines that were refused so far
    public record Progress(int lines, int added, int updated, int bad) {}

    /// A line that was refused, counted from 1 with the header.
    public record BadLine(int line, String text) {}

    /// Why a change is refused, on its way to becoming an [Outcome].
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final Outcome.Why why;

        Refusal(Outcome.Why why, String text) {
            super(text);
            this.why = why;
        }

        static Refusal bad(String text) {
            return new Refusal(Outcome.Why.BAD, text);
        }

        static Refusal missing(String text) {
            return new Refusal(Outcome.Why.MISSING, text);
        }

        static Refusal exists(String text) {
            return new Refusal(Outcome.Why.EXISTS, text);
        }
    }

    interface Step {
        String run() throws Refusal, IOException;
    }

    Outcome change(Step step) {
        changes.lock();
        try {
            return new Outcome.Ok(step.run());
        } catch (Refusal refusal) {
            return new Outcome.Refused(refusal.why, refusal.getMessage());
        } catch (IOException | Octets.Malformed trouble) {
            return new Outcome.Refused(Outcome.Why.TROUBLE, trouble.getMessage());
        } finally {
            changes.unlock();
        }
    }

    /// Sessions of `account` that lost their right end. Call it after the commit.
    void announce(AccountId account) {
        credentialChanged.accept(account);
    }

    // Domains.

    public Outcome addDomain(String name) {
        return change(
                () -> {
                    Domain domain = domain(name);
                    if (domain.isLiteral()) throw Refusal.bad(name + " is an address, no domain");
                    if (rows.domain(domain).isPresent()) {
                        throw Refusal.exists("domain " + domain.unicode() + " exists");
                    }
                    byte[] key = Rows.domainKey(domain);
                    committer.commit(
                            new Batch()
                                    .require(key, null)
                                    .put(
                                            key,
                                            Rows.domain(
                                                    new Rows.DomainRow(
                                                            Rows.TENANT, clock.instant()))));
                    rows.forgetDomain(domain);
                    return "domain " + domain.unicode() + " added";
                });
    }

    /// Refused while accounts or aliases are left in it.
    public Outcome removeDomain(String name) {
        return change(
                () -> {
                    Domain domain = domain(name);
                    home(domain);
                    byte[] from = Rows.addressKey(Rows.catchAllName(domain));
                    try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
                        if (cursor.next()) {
                            throw Refusal.bad(
                                    "domain "
                                            + domain.unicode()
                                            + " still has accounts or aliases: remove them first");
                        }
                    }
                    committer.commit(new Batch().delete(Rows.domainKey(domain)));
                    rows.forgetDomain(domain);
                    return "domain " + domain.unicode() + " removed";
                });
    }

    public List<DomainEntry> domains() throws IOException {
        List<DomainEntry> entries = new ArrayList<>();
        byte[] all = Kind.DOMAIN.key(0, 0);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, all, Kind.after(all))) {
            while (cursor.next()) {
                Domain domain = Cached.domainOf(cursor.key());
                int accounts = 0;
                int aliases = 0;
                byte[] from = Rows.addressKey(Rows.catchAllName(domain));
                try (Keys.Cursor inner = keys.scan(Family.RECORDS, from, Kind.after(from))) {
                    while (inner.next()) {
                        if (Rows.readAddress(inner.value()) instanceof Rows.AddressRow.Lives) {
                            accounts++;
                        } else {
                            aliases++;
                        }
                    }
                }
                int tenant = Rows.readDomain(cursor.value()).tenant();
                entries.add(new DomainEntry(domain, tenant, accounts, aliases));
            }
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("a domain cannot be read: " + e.getMessage());
        }
        return entries;
    }

    // Accounts.

    public Outcome addAccount(NewAccount wish) {
        Secret secret;
        try {
            secret = secret(wish.password());
        } catch (Refusal refusal) {
            return new Outcome.Refused(refusal.why, refusal.getMessage());
        } catch (HashPool.Busy busy) {
            return new Outcome.Refused(Outcome.Why.TROUBLE, busy.getMessage());
        }
        return change(
                () -> {
                    Account account = prepare(wish);
                    Batch batch = new Batch();
                    add(batch, account, secret, wish.admin());
                    committer.commit(batch);
                    forget(account);
                    return "account " + account.address() + " added";
                });
    }

    /// What a password becomes. `hash` null: no password.
    record Secret(String hash, String scram) {}

    /// Hashes a password in the clear, or takes one that is hashed already.
    private Secret secret(String password) throws Refusal, HashPool.Busy {
        Optional<Secret> given = givenSecret(password);
        return given.isPresent() ? given.get() : pool.compute(() -> hashed(plain(password)));
    }

    /// The secret when nothing has to be computed for it: none, or a hash.
    static Optional<Secret> givenSecret(String password) throws Refusal {
        if (password == null) return Optional.of(new Secret(null, null));
        Optional<String> scheme = PasswordHash.scheme(password);
        if (scheme.isEmpty() || scheme.get().equals("PLAIN")) {
            Optional<String> objection = Passwords.objection(plain(password));
            if (objection.isPresent()) throw Refusal.bad(objection.get());
            return Optional.empty();
        }
        Optional<PasswordHash> hash = PasswordHash.parse(password);
        if (hash.isEmpty()) {
            throw Refusal.bad(
                    "the password hash {"
                            + scheme.get()
                            + "} is not one of {ARGON2ID}, {SCRAM-SHA-256}, {BLF-CRYPT},"
                            + " {SHA512-CRYPT}, cannot be read or costs too much");
        }
        String text = hash.get().toString();
        return Optional.of(
                new Secret(text, hash.get() instanceof PasswordHash.Scram ? text : null));
    }

    static String plain(String password) {
        return password.regionMatches(true, 0, "{PLAIN}", 0, 7) ? password.substring(7) : password;
    }

    static Secret hashed(String password) {
        return new Secret(Passwords.hash(password).toString(), Scram.keys(password).toString());
    }

    /// Checks a wish and gives it a number.
    Account prepare(NewAccount wish) throws Refusal, IOException {
        Address address = address(wish.address());
        Rows.DomainRow home = home(address.domain());
        if (address.local().indexOf('+') >= 0) {
            throw Refusal.bad(address + ": what stands behind + is a subaddress");
        }
        if (rows.address(Rows.addressName(address)).isPresent()) {
            throw Refusal.exists(address + " exists");
        }
        return new Account(
                new AccountId(accountNumbers.next()),
                home.tenant(),
                wish.type() == null ? Account.Type.PERSON : wish.type(),
                address,
                name(wish.name()),
                quota(wish.quotaOctets()),
                true,
                language(wish.language()),
                limits(wish.limits()),
                clock.instant());
    }

    /// Puts the rows of a new account into a batch.
    void add(Batch batch, Account account, Secret secret, boolean admin) {
        byte[] addressKey = Rows.addressKey(Rows.addressName(account.address()));
        batch.require(addressKey, null);
        batch.put(
                addressKey,
                Rows.address(new Rows.AddressRow.Lives(account.tenant(), account.id().value())));
        batch.put(Rows.accountKey(account.id()), Rows.account(account, null));
        if (secret.hash() != null) putPassword(batch, account, secret, 1);
        if (admin) {
            batch.put(
                    Rows.roleKey(account.tenant(), account.id()),
                    Rows.roles(Set.of(TenantRole.ADMIN)));
        }
    }

    void putPassword(Batch batch, Account account, Secret secret, long version) {
        batch.put(
                Rows.credentialKey(account.id(), Rows.PASSWORD),
                Rows.credential(
                        new Rows.Credential(
                                Rows.PASSWORD,
                                account.tenant(),
                                Rows.Credential.Type.PASSWORD,
                                version,
                                Use.ALL,
                                "password",
                                secret.hash(),
                                secret.scram(),
                                clock.instant())));
    }

    void forget(Account account) {
        rows.forgetAddress(Rows.addressName(account.address()));
        rows.forgetPerson(account.id());
    }

    /// Ends the account's sessions and forgets its remembered logins.
    public Outcome setPassword(String address, String password) {
        Secret secret;
        try {
            secret = secret(password);
        } catch (Refusal refusal) {
            return new Outcome.Refused(refusal.why, refusal.getMessage());
        } catch (HashPool.Busy busy) {
            return new Outcome.Refused(Outcome.Why.TROUBLE, busy.getMessage());
        }
        return change(
                () -> {
                    Cached.Person person = person(address);
                    Account account = person.account();
                    Batch batch = new Batch();
                    if (secret.hash() == null) {
                        batch.delete(Rows.credentialKey(account.id(), Rows.PASSWORD));
                    } else {
                        putPassword(batch, account, secret, nextVersion(person));
                    }
                    committer.commit(batch);
                    forget(account);
                    credentialChanged.accept(account.id());
                    return "the password of " + account.address() + " is changed";
                });
    }

    /// The clock's milliseconds make versions differ even when a password was taken away between.
    long nextVersion(Cached.Person person) {
        long last = 0;
        for (Rows.Credential credential : person.credentials()) {
            if (credential.id() == Rows.PASSWORD) last = credential.version();
        }
        return Math.max(last + 1, clock.millis());
    }

    /// Replaces an imported or weak hash of a password that was just seen. Its version stays: it is
    /// the same password.
    Outcome rehash(AccountId id, Rows.Credential credential, String password) {
        Secret secret;
        try {
            secret = pool.compute(() -> hashed(password));
        } catch (HashPool.Busy busy) {
            return new Outcome.Refused(Outcome.Why.TROUBLE, busy.getMessage());
        }
        return change(
                () -> {
                    byte[] key = Rows.credentialKey(id, credential.id());
                    committer.commit(
                            new Batch()
                                    .require(key, Rows.credential(credential))
                                    .put(
                                            key,
                                            Rows.credential(
                                                    new Rows.Credential(
                                                            credential.id(),
                                                            credential.tenant(),
                                                            credential.type(),
                                                            credential.version(),
                                                            credential.scope(),
                                                            credential.label(),
                                                            secret.hash(),
                                                            secret.scram(),
                                                            credential.created()))));
                    rows.forgetPerson(id);
                    return "account " + id + " has a new hash";
                });
    }

    /// Disabling ends the account's sessions.
    public Outcome setEnabled(String address, boolean enabled) {
        return change(
                () ->
                        updated(
                                address,
                                enabled ? "enabled" : "disabled",
                                old ->
                                        with(
                                                old,
                                                old.address(),
                                                old.name(),
                                                old.quotaOctets(),
                                                enabled,
                                                old.language())));
    }

    /// Changes what `edit` names and leaves the rest.
    public Outcome edit(String address, Edit edit) {
        return change(
                () -> {
                    String name = edit.name() == null ? null : name(edit.name());
                    String language = edit.language() == null ? null : language(edit.language());
                    if (edit.quotaOctets() != null) quota(edit.quotaOctets());
                    limits(edit.limits(Account.Limits.DEFAULT));
                    return updated(
                            address,
                            "changed",
                            old ->
                                    new Account(
                                            old.id(),
                                            old.tenant(),
                                            old.type(),
                                            old.address(),
                                            Objects.requireNonNullElse(name, old.name()),
                                            Objects.requireNonNullElse(
                                                    edit.quotaOctets(), old.quotaOctets()),
                                            old.enabled(),
                                            Objects.requireNonNullElse(language, old.language()),
                                            edit.limits(old.limits()),
                                            old.created()));
                });
    }

    public Outcome setLimits(String address, Account.Limits limits) {
        return edit(
                address,
                new Edit(
                        null,
                        null,
                        null,
                        limits.sessions(),
                        limits.messageOctets(),
                        limits.recipientsPerDay()));
    }

    static Account with(
            Account old,
            Address address,
            String name,
            long quota,
            boolean enabled,
            String language) {
        return new Account(
                old.id(),
                old.tenant(),
                old.type(),
                address,
                name,
                quota,
                enabled,
                language,
                old.limits(),
                old.created());
    }

    /// Within [#change].
    private String updated(String address, String done, UnaryOperator<Account> change)
            throws Refusal, IOException {
        Account old = person(address).account();
        byte[] key = Rows.accountKey(old.id());
        committer.commit(
                new Batch()
                        .require(key, Rows.account(old, null))
                        .put(key, Rows.account(change.apply(old), null)));
        forget(old);
        credentialChanged.accept(old.id());
        return "account " + old.address() + " " + done;
    }

    public Outcome setAdmin(String address, boolean admin) {
        return change(
                () -> {
                    Account account = person(address).account();
                    byte[] key = Rows.roleKey(account.tenant(), account.id());
                    Batch batch = new Batch();
                    if (admin) batch.put(key, Rows.roles(Set.of(TenantRole.ADMIN)));
                    else batch.delete(key);
                    committer.commit(batch);
                    forget(account);
                    return "account "
                            + account.address()
                            + (admin ? " is an administrator" : " is no administrator");
                });
    }

    /// Gives the account another address; its number, boxes and passwords stay.
    public Outcome renameAccount(String address, String newAddress) {
        return change(
                () -> {
                    Account old = person(address).account();
                    Address to = address(newAddress);
                    if (home(to.domain()).tenant() != old.tenant()) {
                        throw Refusal.bad(to.domain() + " belongs to another tenant");
                    }
                    boolean sameKey = to.key().equals(old.address().key());
                    if (!sameKey && rows.address(Rows.addressName(to)).isPresent()) {
                        throw Refusal.exists(to + " exists");
                    }
                    Account renamed =
                            with(
                                    old,
                                    to,
                                    old.name(),
                                    old.quotaOctets(),
                                    old.enabled(),
                                    old.language());
                    Batch batch = new Batch();
                    if (!sameKey) {
                        byte[] key = Rows.addressKey(Rows.addressName(to));
                        batch.require(key, null);
                        batch.delete(Rows.addressKey(Rows.addressName(old.address())));
                        batch.put(
                                key,
                                Rows.address(
                                        new Rows.AddressRow.Lives(old.tenant(), old.id().value())));
                    }
                    batch.put(Rows.accountKey(old.id()), Rows.account(renamed, null));
                    committer.commit(batch);
                    forget(old);
                    forget(renamed);
                    return "account " + old.address() + " is now " + to;
                });
    }

    /// Takes the account out of the directory; its number is never used again. The row stays as a
    /// tombstone with the time. Its boxes are cleared by the store when deleted messages are no
    /// longer kept.
    public Outcome removeAccount(String address) {
        return change(
                () -> {
                    Account account = person(address).account();
                    byte[] credentials = Rows.credentialsFrom(account.id());
                    byte[] web = WebSessions.allOf(account.id());
                    byte[] sent = Kind.SENT.keyLong(0, account.id().value());
                    Batch batch = new Batch();
                    Departed.put(batch, account.id(), clock.instant());
                    committer.commit(
                            batch.deleteRange(Family.RECORDS, sent, Kind.after(sent))
                                    .delete(Rows.addressKey(Rows.addressName(account.address())))
                                    .delete(Rows.roleKey(account.tenant(), account.id()))
                                    .deleteRange(
                                            Family.RECORDS, credentials, Kind.after(credentials))
                                    .deleteRange(Family.RECORDS, web, Kind.after(web))
                                    .put(
                                            Rows.accountKey(account.id()),
                                            Rows.account(account, clock.instant())));
                    forget(account);
                    credentialChanged.accept(account.id());
                    return "account " + account.address() + " removed";
                });
    }

    /// @param domain null for all
    public List<AccountEntry> accounts(String domain) throws IOException {
        Optional<Domain> only = domain == null ? Optional.empty() : Domain.parse(domain);
        if (domain != null && only.isEmpty()) return List.of();
        List<AccountEntry> entries = new ArrayList<>();
        scanAddresses(
                only,
                (name, row) -> {
                    if (!(row instanceof Rows.AddressRow.Lives lives)) return;
                    Optional<Cached.Person> person = rows.person(lives.account());
                    if (person.isEmpty()) return;
                    Account account = person.get().account();
                    byte[] lastUse =
                            keys.get(Family.RECORDS, Rows.lastUseKey(account.id(), Rows.PASSWORD));
                    entries.add(
                            new AccountEntry(
                                    account,
                                    person.get().roles(),
                                    person.get().hasPassword(),
                                    lastUse == null ? null : Rows.readLastUse(lastUse)));
                });
        return entries;
    }

    private interface EachAddress {
        void see(String name, Rows.AddressRow row) throws IOException;
    }

    private void scanAddresses(Optional<Domain> domain, EachAddress each) throws IOException {
        byte[] from =
                domain.isPresent()
                        ? Rows.addressKey(Rows.catchAllName(domain.get()))
                        : Kind.ADDRESS.key(0, 0);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                String name = new String(key, 9, key.length - 9, StandardCharsets.UTF_8);
                each.see(name, Rows.readAddress(cursor.value()));
            }
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("an address cannot be read: " + e.getMessage());
        }
    }

    // Aliases.

    /// @param address `local@domain`, or `@domain` for the catch-all
    public Outcome addAlias(String address, List<String> targets) {
        return change(
                () -> {
                    Alias alias = alias(address);
                    Rows.DomainRow home = home(alias.domain());
                    if (targets.isEmpty()) throw Refusal.bad("an alias leads somewhere");
                    if (targets.size() > TARGETS_MAX) {
                        throw Refusal.bad("an alias has at most " + TARGETS_MAX + " targets");
                    }
                    List<Address> leads = new ArrayList<>();
                    StringBuilder note = new StringBuilder();
                    for (String target : targets) {
                        Address lead = address(target.strip());
                        leads.add(lead);
                        if (Finder.find(rows, lead) instanceof Found.Unknown) {
                            note.append(" (nobody is called ").append(lead).append(" yet)");
                        }
                    }
                    String name = addressName(alias);
                    if (rows.address(name).isPresent()) {
                        throw Refusal.exists(alias.text() + " exists");
                    }
                    byte[] key = Rows.addressKey(name);
                    committer.commit(
                            new Batch()
                                    .require(key, null)
                                    .put(
                                            key,
                                            Rows.address(
                                                    new Rows.AddressRow.Leads(
                                                            home.tenant(), alias.local(), leads))));
                    rows.forgetAddress(name);
                    return "alias " + alias.text() + " added" + note;
                });
    }

    public Outcome removeAlias(String address) {
        return change(
                () -> {
                    Alias alias = alias(address);
                    String name = addressName(alias);
                    if (!(rows.address(name).orElse(null) instanceof Rows.AddressRow.Leads)) {
                        throw Refusal.missing("there is no alias " + alias.text());
                    }
                    committer.commit(new Batch().delete(Rows.addressKey(name)));
                    rows.forgetAddress(name);
                    return "alias " + alias.text() + " removed";
                });
    }

    public List<Alias> aliases() throws IOException {
        List<Alias> aliases = new ArrayList<>();
        scanAddresses(
                Optional.empty(),
                (name, row) -> {
                    if (row instanceof Rows.AddressRow.Leads leads) {
                        Domain domain = new Domain(name.substring(0, name.indexOf('\0')));
                        aliases.add(
                                new Alias(leads.local(), domain, leads.tenant(), leads.targets()));
                    }
                });
        return aliases;
    }

    private static Alias alias(String text) throws Refusal {
        if (text.startsWith("@")) {
            return new Alias(null, domain(text.substring(1)), Rows.TENANT, List.of());
        }
        Address address = address(text);
        return new Alias(address.local(), address.domain(), Rows.TENANT, List.of());
    }

    private static String addressName(Alias alias) {
        return alias.local() == null
                ? Rows.catchAllName(alias.domain())
                : Rows.addressName(new Address(alias.local(), alias.domain()));
    }

    // Routes.

    /// Replaces the route of this domain if there is one.
    ///
    /// @param domain `*` for all (smart host)
    /// @param host `host`, `host:port` or `[v6]:port`; port 25 when absent
    /// @param user null for none
    public Outcome addRoute(String domain, String host, String user, String password) {
        return change(
                () -> {
                    Domain of = domain.equals("*") ? null : domain(domain);
                    if ((user == null) != (password == null)) {
                        throw Refusal.bad("a login at the host needs a name and a password");
                    }
                    Route route =
                            HostPort.parse(host)
                                    .map(at -> new Route(of, at.host(), at.port(), user, password))
                                    .orElseThrow(
                                            () ->
                                                    Refusal.bad(
                                                            host
                                                                    + " is not HOST, HOST:PORT or"
                                                                    + " [IPv6]:PORT"));
                    committer.commit(
                            new Batch()
                                    .put(Rows.routeKey(of), Rows.route(Rows.TENANT, route, seal)));
                    rows.forgetRoute(of);
                    return "route " + route + " added";
                });
    }

    public Outcome removeRoute(String domain) {
        return change(
                () -> {
                    Domain of = domain.equals("*") ? null : domain(domain);
                    if (keys.get(Family.RECORDS, Rows.routeKey(of)) == null) {
                        throw Refusal.missing("there is no route for " + domain);
                    }
                    committer.commit(new Batch().delete(Rows.routeKey(of)));
                    rows.forgetRoute(of);
                    return "route for " + domain + " removed";
                });
    }

    /// Reads accounts from CSV with the header `address,password,name,quota`.
    ///
    /// Good lines are kept whatever the others are.
    ///
    /// @param update whether an account that exists is changed; otherwise it is a bad line
    public Progress importAccounts(
            BufferedReader csv, boolean update, Consumer<BadLine> bad, Consumer<Progress> progress)
            throws IOException {
        return new Import(this, pool, update, bad, progress).read(csv);
    }

    /// Runs one chunk of an import under the lock.
    void locked(Runnable chunk) {
        changes.lock();
        try {
            chunk.run();
        } finally {
            changes.unlock();
        }
    }

    void commit(Batch batch) throws StoreTrouble {
        committer.commit(batch);
    }

    void credentialChanged(AccountId account) {
        credentialChanged.accept(account);
    }

    // Checks.

    Cached.Person person(String text) throws Refusal, IOException {
        Address address = address(text);
        Optional<Rows.AddressRow> row = rows.address(Rows.addressName(address));
        if (row.isPresent() && row.get() instanceof Rows.AddressRow.Lives lives) {
            Optional<Cached.Person> person = rows.person(lives.account());
            if (person.isPresent()) return person.get();
        }
        throw Refusal.missing(
                row.isPresent() ? address + " is an alias" : "there is no account " + address);
    }

    /// The account of this address, if there is one.
    Optional<Cached.Person> existing(String text) throws Refusal, IOException {
        Optional<Rows.AddressRow> row = rows.address(Rows.addressName(address(text)));
        return row.isPresent() && row.get() instanceof Rows.AddressRow.Lives lives
                ? rows.person(lives.account())
                : Optional.empty();
    }

    private Rows.DomainRow home(Domain domain) throws Refusal, IOException {
        return rows.domain(domain)
                .orElseThrow(
                        () ->
                                Refusal.missing(
                                        "domain "
                                                + domain.unicode()
                                                + " is not here: add it first"));
    }

    private static Domain domain(String text) throws Refusal {
        return Domain.parse(text.strip())
                .orElseThrow(() -> Refusal.bad("'" + text + "' is not a domain name"));
    }

    private static Address address(String text) throws Refusal {
        return Address.parse(text.strip())
                .orElseThrow(() -> Refusal.bad("'" + text + "' is not an address"));
    }

    static String name(String name) throws Refusal {
        if (name == null) return "";
        String stripped = name.strip();
        if (stripped.length() > NAME_MAX) {
            throw Refusal.bad("the name is over " + NAME_MAX + " characters");
        }
        if (stripped.chars().anyMatch(Character::isISOControl)) {
            throw Refusal.bad("the name has a control character");
        }
        return stripped;
    }

    private static long quota(long octets) throws Refusal {
        if (octets < 0) throw Refusal.bad("a quota is not negative");
        return octets;
    }

    private static Account.Limits limits(Account.Limits limits) throws Refusal {
        if (limits.sessions() < 0 || limits.messageOctets() < 0 || limits.recipientsPerDay() < 0) {
            throw Refusal.bad("a limit is not negative");
        }
        return limits;
    }

    private static String language(String language) throws Refusal {
        if (language == null) return LANGUAGE;
        if (!language.equals("ja") && !language.equals("en")) {
            throw Refusal.bad("the language is ja or en");
        }
        return language;
    }
}
