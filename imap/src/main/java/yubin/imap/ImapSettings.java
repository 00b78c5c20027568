package yubin.imap;

import java.util.function.Predicate;
import yubin.wire.Patience;
import yubin.wire.Tls;
import yubin.wire.Wire;

/// What the configuration says to the IMAP window.
///
/// @param hostname in the greeting
/// @param tls for STARTTLS, null to offer none
/// @param plaintextAllowed whether passwords may come over this connection while it has no TLS
/// @param messageOctetsMax of one APPEND
/// @param strangers what is allowed before a login
public record ImapSettings(
        String hostname,
        Tls tls,
        Predicate<Wire> plaintextAllowed,
        long messageOctetsMax,
        Patience.Bounds strangers) {
    public ImapSettings(
            String hostname, Tls tls, Predicate<Wire> plaintextAllowed, long messageOctetsMax) {
        this(hostname, tls, plaintextAllowed, messageOctetsMax, Patience.Bounds.DEFAULT);
    }
}
