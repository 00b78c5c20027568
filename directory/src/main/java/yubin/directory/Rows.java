package yubin.directory;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.store.Kind;
import yubin.store.Octets;

/// The rows of the directory as they lie in the store, all in the office's account.
///
/// ```
/// TENANT      tenant int                     1 | name | secret octets
/// DOMAIN      A-label name                   1 | tenant | created ms
/// ACCOUNT     account long                   1 | tenant | type octet | flags octet (1 enabled)
///                                              | address | name | quota octets | language
///                                              | sessions | message octets | recipients per day
///                                              | created ms | removed ms (0: lives)
/// ADDRESS     A-label name, 0, local key     1 | tenant | type octet | account          (type 1)
///             (no local key: catch-all)        | local as written | count | target*     (type 2)
/// CREDENTIAL  account long, credential long  1 | tenant | type octet | version | scope | label
///                                              | hash | SCRAM keys | created ms
///             the same, 1                    1 | last use ms
/// ROUTE       A-label name or "*"            2 | tenant | host | port | user | sealed password
///                                            1: the same with the password in the clear
/// ROLE        tenant int, account long       1 | bits
/// ```
///
/// Numbers are varints, texts are UTF-8 with their length. The account's number comes last in no
/// key that has to be found by it. Octets behind the known fields are refused: a later version
/// writes another version octet.
final class Rows {
    /// The tenant of everything until there are several.
    static final int TENANT = 1;

    /// The row that holds the office's own secret.
    static final int OFFICE_TENANT = 0;

    /// The account's main password.
    static final long PASSWORD = 1;

    /// One-time codes, see [SecondFactors].
    static final long SECOND_FACTOR = 2;

    /// App passwords and passkeys have numbers from here on.
    static final long NUMBERED = 16;

    private static final int VERSION = 1;
    private static final int ROUTE_VERSION = 2;
    private static final int ENABLED = 1;

    private Rows() {}

    record Tenant(String name, byte[] secret) {}

    record DomainRow(int tenant, Instant created) {}

    /// What an address row says.
    sealed interface AddressRow {
        int tenant();

        record Lives(int tenant, long account) implements AddressRow {}

        record Leads(int tenant, String local, List<Address> targets) implements AddressRow {}
    }

    /// @param hash `{SCHEME}…`
    /// @param scram `{SCRAM-SHA-256}…`; null as long as no plain password was seen
    /// @param version grows when the secret changes
    record Credential(
            long id,
            int tenant,
            Type type,
            long version,
            Set<Use> scope,
            String label,
            String hash,
            String scram,
            Instant created) {
        enum Type {
            PASSWORD(1),
            APP_PASSWORD(2),
            TOTP(3),
            PASSKEY(4);

            final int octet;

            Type(int octet) {
                this.octet = octet;
            }
        }
    }

    static byte[] tenantKey(int tenant) {
        return Kind.TENANT.keyInt(0, tenant);
    }

    static byte[] domainKey(Domain domain) {
        return Kind.DOMAIN.keyText(0, domain.ascii());
    }

    static byte[] accountKey(AccountId id) {
        return Kind.ACCOUNT.keyLong(0, id.value());
    }

    /// @param name of [#addressName]
    static byte[] addressKey(String name) {
        return Kind.ADDRESS.keyText(0, name);
    }

    /// `domain NUL local`, so that the addresses of a domain lie together.
    static String addressName(String localKey, Domain domain) {
        return domain.ascii() + '\0' + localKey;
    }

    static String addressName(Address address) {
        String key = address.key();
        return addressName(key.substring(0, key.lastIndexOf('@')), address.domain());
    }

    static String catchAllName(Domain domain) {
        return addressName("", domain);
    }

    static byte[] credentialKey(AccountId account, long credential) {
        byte[] key = Kind.CREDENTIAL.key(0, 16);
        Octets.putLong(key, 9, account.value());
        Octets.putLong(key, 17, credential);
        return key;
    }

    static byte[] credentialsFrom(AccountId account) {
        return Kind.CREDENTIAL.keyLong(0, account.value());
    }

    static byte[] lastUseKey(AccountId account, long credential) {
        byte[] key = Kind.CREDENTIAL.key(0, 17);
        Octets.putLong(key, 9, account.value());
        Octets.putLong(key, 17, credential);
        key[25] = 1;
        return key;
    }

    /// @param domain null for the smart host
    static byte[] routeKey(Domain domain) {
        return Kind.ROUTE.keyText(0, domain == null ? "*" : domain.ascii());
    }

    static byte[] roleKey(int tenant, AccountId account) {
        byte[] key = Kind.ROLE.key(0, 12);
        Octets.putInt(key, 9, tenant);
        Octets.putLong(key, 13, account.value());
        return key;
    }

    static byte[] tenant(Tenant tenant) {
        return writer().text(tenant.name()).octets(tenant.secret()).done();
    }

    static Tenant readTenant(byte[] value) {
        Octets.Reader in = reader(value);
        return end(in, new Tenant(in.text(), in.octets()));
    }

    static byte[] domain(DomainRow row) {
        return writer().varint(row.tenant()).varint(row.created().toEpochMilli()).done();
    }

    static DomainRow readDomain(byte[] value) {
        Octets.Reader in = reader(value);
        return end(in, new DomainRow((int) in.varint(), Instant.ofEpochMilli(in.varint())));
    }

    /// @param removed null while the account lives
    static byte[] account(Account account, Instant removed) {
        return writer().varint(account.tenant())
                .octet(account.type().octet())
                .octet(account.enabled() ? ENABLED : 0)
                .text(account.address().toString())
                .text(account.name())
                .varint(account.quotaOctets())
                .text(account.language())
                .varint(account.limits().sessions())
                .varint(account.limits().messageOctets())
                .varint(account.limits().recipientsPerDay())
                .varint(account.created().toEpochMilli())
                .varint(removed == null ? 0 : removed.toEpochMilli())
                .done();
    }

    /// Null when the account was removed.
    static Account readAccount(AccountId id, byte[] value) {
        Octets.Reader in = reader(value);
        int tenant = (int) in.varint();
        Account.Type type = Account.Type.of(in.octet());
        boolean enabled = (in.octet() & ENABLED) != 0;
        Address address = address(in.text());
        String name = in.text();
        long quota = in.varint();
        String language = in.text();
        Account.Limits limits =
                new Account.Limits((int) in.varint(), in.varint(), (int) in.varint());
        Instant created = Instant.ofEpochMilli(in.varint());
        boolean removed = in.varint() != 0;
        Account account =
                new Account(
                        id, tenant, type, address, name, quota, enabled, language, limits, created);
        return end(in, removed ? null : account);
    }

    static byte[] address(AddressRow row) {
        return switch (row) {
            case AddressRow.Lives(int tenant, long account) ->
                    writer().varint(tenant).octet(1).varint(account).done();
            case AddressRow.Leads(int tenant, String local, List<Address> targets) -> {
                Octets.Writer out = writer().varint(tenant).octet(2).text(local);
                out.varint(targets.size());
                for (Address target : targets) out.text(target.toString());
                yield out.done();
            }
        };
    }

    static AddressRow readAddress(byte[] value) {
        Octets.Reader in = reader(value);
        int tenant = (int) in.varint();
        int type = in.octet();
        if (type == 1) return end(in, new AddressRow.Lives(tenant, in.varint()));
        if (type != 2) throw new Octets.Malformed("address type " + type);
        String local = in.text();
        long count = in.varint();
        if (count < 1 || count > value.length) throw new Octets.Malformed("targets " + count);
        List<Address> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) targets.add(address(in.text()));
        return end(in, new AddressRow.Leads(tenant, local, List.copyOf(targets)));
    }

    static byte[] credential(Credential row) {
        return writer().varint(row.tenant())
                .octet(row.type().octet)
                .varint(row.version())
                .varint(Use.bits(row.scope()))
                .text(row.label())
                .text(row.hash())
                .text(row.scram())
                .varint(row.created().toEpochMilli())
                .done();
    }

    static Credential readCredential(long id, byte[] value) {
        Octets.Reader in = reader(value);
        int tenant = (int) in.varint();
        int type = in.octet();
        if (type < 1 || type > Credential.Type.values().length) {
            throw new Octets.Malformed("credential type " + type);
        }
        return end(
                in,
                new Credential(
                        id,
                        tenant,
                        Credential.Type.values()[type - 1],
                        in.varint(),
                        Use.of((int) in.varint()),
                        in.text(),
                        in.text(),
                        in.text(),
                        Instant.ofEpochMilli(in.varint())));
    }

    static byte[] lastUse(Instant at) {
        return writer().varint(at.toEpochMilli()).done();
    }

    static Instant readLastUse(byte[] value) {
        Octets.Reader in = reader(value);
        return end(in, Instant.ofEpochMilli(in.varint()));
    }

    static byte[] route(int tenant, Route route, Seal seal) {
        byte[] key = routeKey(route.domain());
        String password = route.password();
        return new Octets.Writer(128)
                .octet(ROUTE_VERSION)
                .varint(tenant)
                .text(route.host())
                .varint(route.port())
                .text(route.user())
                .octets(password == null ? null : seal.close(password, key))
                .done();
    }

    /// Whether the row has its password in the clear, as the first version did.
    static boolean isRouteOpen(byte[] value) {
        return value.length > 0 && value[0] == VERSION;
    }

    /// @param seal null to leave a sealed password closed: it is null then
    static Route readRoute(byte[] key, byte[] value, Seal seal) {
        String name = new String(key, 9, key.length - 9, StandardCharsets.UTF_8);
        boolean open = isRouteOpen(value);
        Octets.Reader in = new Octets.Reader(value).version(open ? VERSION : ROUTE_VERSION);
        in.varint();
        String host = in.text();
        int port = (int) in.varint();
        String user = in.text();
        byte[] secret = in.octets();
        String password = null;
        if (secret != null && open) {
            password = new String(secret, StandardCharsets.UTF_8);
        } else if (secret != null && seal != null) {
            password = seal.open(secret, key);
            if (password == null) {
                throw new Octets.Malformed(
                        "its password was sealed with another key than the one in keys/seal: add"
                                + " the route again");
            }
        }
        Domain domain = name.equals("*") ? null : new Domain(name);
        return end(in, new Route(domain, host, port, user, password));
    }

    static byte[] roles(Set<TenantRole> roles) {
        int bits = 0;
        for (TenantRole role : roles) bits |= role.bit();
        return writer().varint(bits).done();
    }

    /// Unknown roles of a later version are passed over: they only add rights.
    static Set<TenantRole> readRoles(byte[] value) {
        long bits = reader(value).varint();
        EnumSet<TenantRole> roles = EnumSet.noneOf(TenantRole.class);
        for (TenantRole role : TenantRole.values()) if ((bits & role.bit()) != 0) roles.add(role);
        return Set.copyOf(roles);
    }

    private static Address address(String text) {
        if (text == null) throw new Octets.Malformed("no address");
        return Address.parse(text)
                .orElseThrow(() -> new Octets.Malformed("address cannot be read"));
    }

    private static Octets.Writer writer() {
        return new Octets.Writer(128).octet(VERSION);
    }

    private static Octets.Reader reader(byte[] value) {
        return new Octets.Reader(value).version(VERSION);
    }

    private static <T> T end(Octets.Reader in, T value) {
        if (in.hasMore()) throw new Octets.Malformed("octets behind a record");
        return value;
    }
}
