package yubin.directory;

/// What an account may do in its tenant beyond its own letters. The bit is what is stored.
public enum TenantRole {
    /// Manages domains, accounts, aliases and routes, and gets postmaster's mail by default.
    ADMIN(1);

    private final int bit;

    TenantRole(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
