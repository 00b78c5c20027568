package yubin.directory;

import yubin.mail.Domain;

/// A fixed way for letters: to this host instead of the MX of their domain.
///
/// @param domain whose letters; null for all that have no route of their own (smart host)
/// @param host a name (its addresses are used, never its MX) or an address literal without brackets
/// @param user for AUTH at the host, null for none
/// @param password null without a user; never shown
public record Route(Domain domain, String host, int port, String user, String password) {
    @Override
    public String toString() {
        return (domain == null ? "*" : domain.ascii())
                + " "
                + host
                + ":"
                + port
                + (user == null ? "" : " as " + user);
    }
}
