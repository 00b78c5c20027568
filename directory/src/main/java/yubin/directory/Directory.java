package yubin.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Committer;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// Who lives here: finds the boxes behind an address and knows people by their passwords.
public final class Directory implements AutoCloseable {
    /// How exactly the last use of a credential is kept: a row is written no more often.
    private static final Duration LAST_USE_STEP = Duration.ofHours(1);

    private static final System.Logger LOG = System.getLogger("yubin.directory");

    private final Keys keys;
    private final Committer committer;
    private final InstantSource clock;
    private final Settings settings;
    private final Cached rows;
    private final HashPool pool = new HashPool();
    private final Registered registered = new Registered();
    private final Logins logins;
    private final byte[] secret;
    private final Administration administration;
    private final Keyring keyring;
    private final SecondFactors secondFactors;
    private final WebSessions webSessions;
    private final Passkeys passkeys;
    private final Cache<String, Boolean> usedLately =
            Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(LAST_USE_STEP).build();

    /// @param hostname of this post office: bare `postmaster` is looked up there first
    /// @param trusted peers whose failed logins are not slowed; loopback never is
    public record Settings(Domain hostname, Predicate<InetAddress> trusted) {
        public static Settings of(Domain hostname) {
            return new Settings(hostname, address -> false);
        }
    }

    /// Gives numbers that are never given twice.
    interface Numbers {
        long next() throws StoreTrouble;
    }

    public static Directory open(Store store, InstantSource clock, Settings settings)
            throws IOException {
        return new Directory(
                store.keys(),
                store.committer(),
                Seal.in(store.folder()),
                () -> store.next("account"),
                clock,
                settings);
    }

    Directory(
            Keys keys,
            Committer committer,
            Seal seal,
            Numbers accountNumbers,
            InstantSource clock,
            Settings settings)
            throws IOException {
        this.keys = keys;
        this.committer = committer;
        this.clock = clock;
        this.settings = settings;
        sealRoutes(seal);
        this.rows = new Cached(keys, seal);
        Guard guard = new Guard(settings.trusted(), System::nanoTime);
        this.secret = officeSecret();
        this.logins = new Logins(rows, guard, pool, secret, this::loggedIn);
        this.administration =
                new Administration(
                        keys,
                        committer,
                        rows,
                        seal,
                        pool,
                        accountNumbers,
                        clock,
                        this::credentialChanged);
        keyring = new Keyring(keys, committer, rows, administration, pool, clock);
        secondFactors = new SecondFactors(rows, committer, administration, seal, clock);
        webSessions = new WebSessions(keys, committer, logins, secondFactors, clock);
        passkeys = new Passkeys(keys, committer, rows, administration, keyring, logins, clock);
    }

    /// Routes of an earlier version have their passwords in the clear: they are sealed, and what
    /// the engine still has of the old rows is overwritten.
    private void sealRoutes(Seal seal) throws StoreTrouble {
        Batch batch = new Batch();
        byte[] from = Kind.ROUTE.key(0, 0);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                byte[] value = cursor.value();
                if (!Rows.isRouteOpen(value)) continue;
                try {
                    Route route = Rows.readRoute(cursor.key(), value, seal);
                    batch.put(cursor.key(), Rows.route(Rows.TENANT, route, seal));
                } catch (Octets.Malformed e) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "a route cannot be read: " + e.getMessage());
                }
            }
        }
        if (batch.isEmpty()) return;
        committer.commit(batch);
        keys.scrub(Family.RECORDS, from, Kind.after(from));
    }

    /// A secret of this post office that stays over restarts: made at the first start.
    private byte[] officeSecret() throws IOException {
        byte[] key = Rows.tenantKey(Rows.OFFICE_TENANT);
        byte[] row = keys.get(Family.RECORDS, key);
        try {
            if (row != null) return Rows.readTenant(row).secret();
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("the office's own record: " + e.getMessage());
        }
        byte[] secret = Passwords.random(32);
        byte[] tenant = Rows.tenant(new Rows.Tenant("default", Passwords.random(32)));
        committer.commit(
                new Batch()
                        .require(key, null)
                        .put(key, Rows.tenant(new Rows.Tenant("office", secret)))
                        .put(Rows.tenantKey(Rows.TENANT), tenant));
        return secret;
    }

    /// Finds who stands behind an address. Cheap: asked for each RCPT.
    public Found find(Address address) {
        return Finder.find(rows, address);
    }

    /// Who gets the letters for bare `postmaster`. RFC 5321 §4.5.1.
    public Found findPostmaster() {
        try {
            Domain home = settings.hostname();
            if (rows.domain(home).isEmpty() && !rows.firstDomains().isEmpty()) {
                home = rows.firstDomains().getFirst();
            }
            return find(new Address("postmaster", home));
        } catch (IOException e) {
            return new Found.Asleep(e.getMessage());
        }
    }

    public boolean isLocal(Domain domain) throws IOException {
        return rows.domain(domain).isPresent();
    }

    public Optional<Account> account(AccountId id) throws IOException {
        return rows.person(id.value()).map(Cached.Person::account);
    }

    /// Login by name and password: POP3's USER and PASS, IMAP's LOGIN.
    ///
    /// May take long: it computes a hash, or slows a guesser down.
    ///
    /// @param name an address; a bare local part where there is only one domain
    public Step.End login(String name, String password, Visitor visitor) {
        return logins.login(name, password, visitor);
    }

    /// Begins a SASL exchange; empty for a mechanism that is not known or not possible here.
    ///
    /// @param mechanism in any case
    public Optional<Sasl> sasl(String mechanism, Visitor visitor) {
        return SaslExchange.begin(mechanism, logins, visitor);
    }

    /// A session that has logged in and wants to be ended when its credential is revoked.
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /// Registers a session of `login` until the registration is closed; empty when the account has
    /// as many sessions as its limits allow.
    ///
    /// @param end asks the session to end (`wire::farewell`); runs once, on another thread, must
    ///     not wait; runs at once when the credential was revoked meanwhile
    public Optional<Registration> register(Login login, Runnable end) throws IOException {
        int most = account(login.account()).map(known -> known.limits().sessions()).orElse(0);
        return Optional.ofNullable(registered.add(login, most, end, logins::isGood));
    }

    /// How many sessions of this account are registered now.
    public int sessions(AccountId account) {
        return registered.count(account.value());
    }

    /// True when `login` may use this as envelope sender or From: its own address, an alias that
    /// leads to it, a subaddress of these, an address of a catch-all that is its own.
    public boolean mayWriteAs(Login login, Address address) throws IOException {
        return address.domain().equals(login.address().domain())
                        && address.key().equals(login.address().key())
                || Finder.leadsTo(rows, address, login.account().value());
    }

    /// The route for this domain: its own, else the smart host; empty to go by MX.
    public Optional<Route> route(Domain domain) throws IOException {
        Optional<Route> own = rows.route(domain);
        return own.isPresent() ? own : rows.route(null);
    }

    /// All routes without their passwords, the smart host last.
    public List<Route> routes() throws IOException {
        List<Route> routes = new ArrayList<>();
        Route smartHost = null;
        byte[] from = Kind.ROUTE.key(0, 0);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                Route route = Rows.readRoute(cursor.key(), cursor.value(), null);
                if (route.domain() == null) smartHost = route;
                else routes.add(route);
            }
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("a route cannot be read: " + e.getMessage());
        }
        if (smartHost != null) routes.add(smartHost);
        return routes;
    }

    /// A key that stays over restarts and is known in this data folder only.
    ///
    /// @param purpose different for each use
    public byte[] key(String purpose) {
        return Scram.hmac(secret, "key for " + purpose);
    }

    /// The app passwords of people.
    public Keyring keyring() {
        return keyring;
    }

    public SecondFactors secondFactors() {
        return secondFactors;
    }

    public Passkeys passkeys() {
        return passkeys;
    }

    /// Logins of the web client.
    public WebSessions webSessions() {
        return webSessions;
    }

    public Administration administration() {
        return administration;
    }

    @Override
    public void close() {
        pool.close();
    }

    /// What an administrator did has reached the disk: sessions that lost their right end.
    private void credentialChanged(AccountId account) {
        registered.revoke(account.value(), logins::isGood);
    }

    /// After a login that was not remembered: notes the use, and makes a hash as strong as new ones
    /// are, now that the password is known.
    private void loggedIn(Logins.Success success) {
        AccountId account = success.person().account().id();
        Rows.Credential credential = success.credential();
        if (usedLately.asMap().putIfAbsent(account + "/" + credential.id(), Boolean.TRUE) == null) {
            Instant now = clock.instant();
            committer.submit(
                    new Batch().put(Rows.lastUseKey(account, credential.id()), Rows.lastUse(now)));
        }
        if (success.password() == null || credential.id() != Rows.PASSWORD) return;
        boolean strong =
                PasswordHash.parse(credential.hash()).map(Passwords::isStrong).orElse(false);
        if (strong && credential.scram() != null) return;
        Thread.ofVirtual()
                .name("rehash")
                .start(
                        () -> {
                            Outcome outcome =
                                    administration.rehash(account, credential, success.password());
                            if (outcome instanceof Outcome.Refused(_, String text)) {
                                LOG.log(System.Logger.Level.INFO, "rehash: " + text);
                            }
                        });
    }
}
