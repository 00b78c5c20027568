package yubin.directory;

import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.store.Store;

/// Who lives here: finds the boxes behind an address and knows people by their passwords.
public final class Directory implements AutoCloseable {
    private Directory() {}

    /// @param hostname of this post office: bare `postmaster` is looked up there first
    /// @param trusted peers whose failed logins are not slowed; loopback never is
    public record Settings(Domain hostname, Predicate<InetAddress> trusted) {
        public static Settings of(Domain hostname) {
            return new Settings(hostname, address -> false);
        }
    }

    public static Directory open(Store store, InstantSource clock, Settings settings)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Finds who stands behind an address. Cheap: asked for each RCPT.
    public Found find(Address address) {
        throw new UnsupportedOperationException();
    }

    /// Who gets the letters for bare `postmaster`. RFC 5321 §4.5.1.
    public Found findPostmaster() {
        throw new UnsupportedOperationException();
    }

    public boolean isLocal(Domain domain) throws IOException {
        throw new UnsupportedOperationException();
    }

    public Optional<Account> account(AccountId id) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Login by name and password: POP3's USER and PASS, IMAP's LOGIN.
    ///
    /// May take long: it computes a hash, or slows a guesser down.
    ///
    /// @param name an address; a bare local part where there is only one domain
    public Step.End login(String name, String password, Visitor visitor) {
        throw new UnsupportedOperationException();
    }

    /// Begins a SASL exchange; empty for a mechanism that is not known or not possible here.
    ///
    /// @param mechanism in any case
    public Optional<Sasl> sasl(String mechanism, Visitor visitor) {
        throw new UnsupportedOperationException();
    }

    /// A session that has logged in and wants to be ended when its credential is revoked.
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /// Registers a session of `login` until the registration is closed.
    ///
    /// @param end asks the session to end (`wire::farewell`); runs once, on another thread, must
    ///     not wait; runs at once when the credential was revoked meanwhile
    public Registration register(Login login, Runnable end) {
        throw new UnsupportedOperationException();
    }

    /// True when `login` may use this as envelope sender or From: its own address, an alias that
    /// leads to it, a subaddress of these, an address of a catch-all that is its own.
    public boolean mayWriteAs(Login login, Address address) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// The route for this domain: its own, else the smart host; empty to go by MX.
    public Optional<Route> route(Domain domain) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// All routes, the smart host last.
    public List<Route> routes() throws IOException {
        throw new UnsupportedOperationException();
    }

    public Administration administration() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
