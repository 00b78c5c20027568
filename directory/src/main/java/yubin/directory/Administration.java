package yubin.directory;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import yubin.mail.Domain;

/// The administrator's hand: everything that changes the directory.
///
/// Each change is on disk and seen by lookups when its method returns.
public final class Administration {
    Administration() {}

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
            String language) {}

    /// What `domain list` shows.
    public record DomainEntry(Domain domain, int tenant, int accounts, int aliases) {}

    /// One line of `account list`.
    public record AccountEntry(Account account, Set<TenantRole> roles, boolean hasPassword) {}

    /// How an import stands.
    ///
    /// @param bad lines that were refused so far
    public record Progress(int lines, int added, int updated, int bad) {}

    /// A line that was refused, counted from 1 with the header.
    public record BadLine(int line, String text) {}

    public Outcome addDomain(String domain) {
        throw new UnsupportedOperationException();
    }

    /// Refused while accounts or aliases are left in it.
    public Outcome removeDomain(String domain) {
        throw new UnsupportedOperationException();
    }

    public List<DomainEntry> domains() throws IOException {
        throw new UnsupportedOperationException();
    }

    public Outcome addAccount(NewAccount account) {
        throw new UnsupportedOperationException();
    }

    /// Ends the account's sessions and forgets its remembered logins.
    public Outcome setPassword(String address, String password) {
        throw new UnsupportedOperationException();
    }

    /// Disabling ends the account's sessions.
    public Outcome setEnabled(String address, boolean enabled) {
        throw new UnsupportedOperationException();
    }

    public Outcome setQuota(String address, long quotaOctets) {
        throw new UnsupportedOperationException();
    }

    public Outcome setName(String address, String name) {
        throw new UnsupportedOperationException();
    }

    public Outcome setLanguage(String address, String language) {
        throw new UnsupportedOperationException();
    }

    public Outcome setAdmin(String address, boolean admin) {
        throw new UnsupportedOperationException();
    }

    /// Gives the account another address; its number, boxes and passwords stay.
    public Outcome renameAccount(String address, String newAddress) {
        throw new UnsupportedOperationException();
    }

    /// Takes the account out of the directory; its number is never used again.
    public Outcome removeAccount(String address) {
        throw new UnsupportedOperationException();
    }

    /// @param domain null for all
    public List<AccountEntry> accounts(String domain) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// @param address `local@domain`, or `@domain` for the catch-all
    public Outcome addAlias(String address, List<String> targets) {
        throw new UnsupportedOperationException();
    }

    public Outcome removeAlias(String address) {
        throw new UnsupportedOperationException();
    }

    public List<Alias> aliases() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// @param domain `*` for all (smart host)
    /// @param host `host`, `host:port` or `[v6]:port`; port 25 when absent
    /// @param user null for none
    public Outcome addRoute(String domain, String host, String user, String password) {
        throw new UnsupportedOperationException();
    }

    public Outcome removeRoute(String domain) {
        throw new UnsupportedOperationException();
    }

    /// Reads accounts from CSV with the header `address,password,name,quota`.
    ///
    /// Good lines are kept whatever the others are.
    ///
    /// @param update whether an account that exists is changed; otherwise it is a bad line
    public Progress importAccounts(
            BufferedReader csv, boolean update, Consumer<BadLine> bad, Consumer<Progress> progress)
            throws IOException {
        throw new UnsupportedOperationException();
    }
}
