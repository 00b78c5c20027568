package yubin.directory;

import java.util.ArrayList;
import java.util.List;

/// One SASL exchange, server side (RFC 4422 §3). Used by one thread.
///
/// The window does the Base64 and the cancelling `*`. PLAIN is RFC 4616, LOGIN has no RFC,
/// SCRAM-SHA-256(-PLUS) are RFC 5802 and RFC 7677. The last message of SCRAM's server goes out as
/// a challenge, to which the client answers with nothing, as SMTP, IMAP and POP3 have no place for
/// data beside success.
public abstract sealed class Sasl permits SaslExchange {
    Sasl() {}

    /// Takes the client's octets.
    ///
    /// May take long: it computes a hash or slows a guesser down.
    ///
    /// @param response decoded; null at the start when there was no initial response
    public abstract Step respond(byte[] response);

    /// What to offer on this connection, strongest first.
    ///
    /// @param plaintext whether passwords may pass in the clear (or TLS is on): without it only
    ///     SCRAM is offered
    public static List<String> mechanisms(Visitor visitor, boolean plaintext) {
        List<String> names = new ArrayList<>();
        if (SaslExchange.canBind(visitor)) names.add("SCRAM-SHA-256-PLUS");
        names.add("SCRAM-SHA-256");
        if (plaintext) {
            names.add("PLAIN");
            names.add("LOGIN");
        }
        return List.copyOf(names);
    }
}
