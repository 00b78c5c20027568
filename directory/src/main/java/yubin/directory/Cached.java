package yubin.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import yubin.mail.AccountId;
import yubin.mail.Domain;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.StoreTrouble;

/// The directory's rows, read from the store and kept in memory until they change.
///
/// Who changes a row forgets it here after the commit. A row is loaded inside the cache's lock on
/// its key, and forgetting waits for that, so an old value never outlives the change.
final class Cached {
    private static final int ADDRESSES_MAX = 200_000;
    private static final int PEOPLE_MAX = 50_000;
    private static final int DOMAINS_MAX = 50_000;

    /// One account with all that a login asks about.
    record Person(Account account, Set<TenantRole> roles, List<Rows.Credential> credentials) {
        boolean hasPassword() {
            for (Rows.Credential credential : credentials) {
                if (credential.id() == Rows.PASSWORD) return true;
            }
            return false;
        }
    }

    private final Keys keys;
    private final Seal seal;
    private final Cache<String, Optional<Rows.AddressRow>> addresses =
            Caffeine.newBuilder().maximumSize(ADDRESSES_MAX).build();
    private final Cache<Long, Optional<Person>> people =
            Caffeine.newBuilder().maximumSize(PEOPLE_MAX).build();
    private final Cache<Domain, Optional<Rows.DomainRow>> domains =
            Caffeine.newBuilder().maximumSize(DOMAINS_MAX).build();
    private final Cache<Integer, Optional<Long>> postmasters =
            Caffeine.newBuilder().maximumSize(1000).build();
    private final Cache<String, Optional<Route>> routes =
            Caffeine.newBuilder().maximumSize(DOMAINS_MAX).build();
    private volatile List<Domain> firstDomains;

    Cached(Keys keys, Seal seal) {
        this.keys = keys;
        this.seal = seal;
    }

    /// A row that cannot be read harms itself only: it is told as trouble each time.
    private interface Load<T> {
        T load() throws StoreTrouble;
    }

    private static <K, T> T cached(Cache<K, T> cache, K key, Load<T> load) throws IOException {
        T found = cache.getIfPresent(key);
        if (found != null) return found;
        try {
            return cache.get(
                    key,
                    k -> {
                        try {
                            return load.load();
                        } catch (StoreTrouble trouble) {
                            throw new UncheckedIOException(trouble);
                        }
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("directory record of " + key + ": " + e.getMessage());
        }
    }

    Optional<Rows.DomainRow> domain(Domain domain) throws IOException {
        return cached(domains, domain, () -> get(Rows.domainKey(domain)).map(Rows::readDomain));
    }

    /// @param name of [Rows#addressName]
    Optional<Rows.AddressRow> address(String name) throws IOException {
        return cached(addresses, name, () -> get(Rows.addressKey(name)).map(Rows::readAddress));
    }

    Optional<Person> person(long id) throws IOException {
        return cached(people, id, () -> loadPerson(new AccountId(id)));
    }

    private Optional<Person> loadPerson(AccountId id) throws StoreTrouble {
        byte[] row = keys.get(Family.RECORDS, Rows.accountKey(id));
        Account account = row == null ? null : Rows.readAccount(id, row);
        if (account == null) return Optional.empty();
        byte[] roles = keys.get(Family.RECORDS, Rows.roleKey(account.tenant(), id));
        List<Rows.Credential> credentials = new ArrayList<>();
        byte[] from = Rows.credentialsFrom(id);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                if (key.length != 25) continue; // last use
                credentials.add(Rows.readCredential(Octets.getLong(key, 17), cursor.value()));
            }
        }
        return Optional.of(
                new Person(
                        account,
                        roles == null ? Set.of() : Rows.readRoles(roles),
                        List.copyOf(credentials)));
    }

    /// Who gets postmaster's mail in a tenant: the first admin, else the first account at all.
    Optional<Long> postmaster(int tenant) throws IOException {
        return cached(
                postmasters,
                tenant,
                () -> {
                    byte[] from = Kind.ROLE.keyInt(0, tenant);
                    try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
                        while (cursor.next()) {
                            if (!Rows.readRoles(cursor.value()).contains(TenantRole.ADMIN)) {
                                continue;
                            }
                            long id = Octets.getLong(cursor.key(), 13);
                            if (isEnabled(id, tenant)) return Optional.of(id);
                        }
                    }
                    byte[] all = Kind.ACCOUNT.key(0, 0);
                    try (Keys.Cursor cursor = keys.scan(Family.RECORDS, all, Kind.after(all))) {
                        while (cursor.next()) {
                            long id = Octets.getLong(cursor.key(), 9);
                            if (isEnabled(id, tenant)) return Optional.of(id);
                        }
                    }
                    return Optional.empty();
                });
    }

    private boolean isEnabled(long id, int tenant) throws StoreTrouble {
        AccountId number = new AccountId(id);
        byte[] row = keys.get(Family.RECORDS, Rows.accountKey(number));
        Account account = row == null ? null : Rows.readAccount(number, row);
        return account != null && account.tenant() == tenant && account.enabled();
    }

    /// @param domain null for the smart host
    Optional<Route> route(Domain domain) throws IOException {
        byte[] key = Rows.routeKey(domain);
        return cached(
                routes,
                domain == null ? "*" : domain.ascii(),
                () -> get(key).map(value -> Rows.readRoute(key, value, seal)));
    }

    /// Up to two domains, in order of their names.
    List<Domain> firstDomains() throws IOException {
        List<Domain> found = firstDomains;
        if (found != null) return found;
        List<Domain> first = new ArrayList<>();
        byte[] from = Kind.DOMAIN.key(0, 0);
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
            while (first.size() < 2 && cursor.next()) first.add(domainOf(cursor.key()));
        }
        firstDomains = List.copyOf(first);
        return firstDomains;
    }

    static Domain domainOf(byte[] key) {
        return new Domain(
                new String(key, 9, key.length - 9, java.nio.charset.StandardCharsets.US_ASCII));
    }

    void forgetAddress(String name) {
        addresses.invalidate(name);
    }

    void forgetPerson(AccountId id) {
        people.invalidate(id.value());
        postmasters.invalidateAll();
    }

    void forgetDomain(Domain domain) {
        domains.invalidate(domain);
        firstDomains = null;
    }

    void forgetRoute(Domain domain) {
        routes.invalidate(domain == null ? "*" : domain.ascii());
    }

    private Optional<byte[]> get(byte[] key) throws StoreTrouble {
        return Optional.ofNullable(keys.get(Family.RECORDS, key));
    }
}
