package yubin.imap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import yubin.directory.Sasl;
import yubin.directory.Step;
import yubin.directory.Use;
import yubin.directory.Visitor;
import yubin.ledger.Counters;
import yubin.wire.TlsFacts;
import yubin.wire.Wire;

/// What leads to a login: CAPABILITY, STARTTLS, LOGIN, AUTHENTICATE. RFC 3501 §6.2.
final class Entrance {
    private static final System.Logger LOG = System.getLogger("yubin.imap");

    /// One response line of a SASL exchange.
    private static final int SASL_OCTETS_MAX = 16 * 1024;

    /// Turns of one exchange; SCRAM takes three.
    private static final int TURNS_MAX = 10;

    private final ImapSession session;
    private final Wire wire;

    Entrance(ImapSession session) {
        this.session = session;
        this.wire = session.wire();
    }

    /// RFC 3501 §7.2.1; before a login also what may be used to log in.
    static String capabilities(ImapSession session) {
        StringBuilder all = new StringBuilder("IMAP4rev1 LITERAL+ SASL-IR ID ENABLE");
        if (session.login() == null) {
            Wire wire = session.wire();
            boolean plaintext = mayUsePlaintext(session);
            if (wire.tls() == null && session.server().settings().tls() != null) {
                all.append(" STARTTLS");
            }
            if (!plaintext) all.append(" LOGINDISABLED");
            for (String mechanism : Sasl.mechanisms(visitor(wire), plaintext)) {
                all.append(" AUTH=").append(mechanism);
            }
            return all.toString();
        }
        all.append(" IDLE NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN SPECIAL-USE");
        all.append(" CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS CONDSTORE QRESYNC ESEARCH");
        all.append(" STATUS=SIZE MULTIAPPEND QUOTA QUOTA=RES-STORAGE UTF8=ACCEPT");
        all.append(" APPENDLIMIT=").append(session.server().settings().messageOctetsMax());
        return all.toString();
    }

    private static boolean mayUsePlaintext(ImapSession session) {
        Wire wire = session.wire();
        return wire.tls() != null || session.server().settings().plaintextAllowed().test(wire);
    }

    private static Visitor visitor(Wire wire) {
        TlsFacts tls = wire.tls();
        return new Visitor(
                wire.peer().getAddress(), Use.IMAP, tls == null ? null : tls::channelBinding);
    }

    /// RFC 3501 §6.2.1. What was sent ahead in the clear ends the connection, in `wire`.
    Answer startTls() throws IOException {
        if (wire.tls() != null) return Answer.bad("TLS is on already");
        if (session.server().settings().tls() == null) return Answer.bad("TLS is not offered");
        session.startTlsAfterAnswer();
        return Answer.ok("Begin TLS negotiation now");
    }

    /// RFC 3501 §6.2.3.
    Answer login(ImapCommand.Login given) throws IOException {
        if (!mayUsePlaintext(session)) return tlsFirst();
        return end(
                session.server().directory().login(given.user(), given.password(), visitor(wire)));
    }

    private static Answer tlsFirst() {
        return Answer.no("PRIVACYREQUIRED", "Passwords are taken over TLS only: STARTTLS first");
    }

    /// RFC 3501 §6.2.2, with an initial response RFC 4959 §3.
    Answer authenticate(ImapCommand.Authenticate given) throws IOException {
        String mechanism = given.mechanism();
        boolean plaintext = mayUsePlaintext(session);
        Visitor visitor = visitor(wire);
        boolean offered =
                Sasl.mechanisms(visitor, plaintext).stream()
                        .anyMatch(name -> name.equalsIgnoreCase(mechanism));
        if (!offered) {
            boolean withTls =
                    !plaintext
                            && Sasl.mechanisms(visitor, true).stream()
                                    .anyMatch(name -> name.equalsIgnoreCase(mechanism));
            return withTls ? tlsFirst() : Answer.no(null, "This mechanism is not offered");
        }
        Optional<Sasl> exchange = session.server().directory().sasl(mechanism, visitor);
        if (exchange.isEmpty()) return Answer.no(null, "This mechanism is not offered");
        byte[] response = null;
        if (given.initial() != null) {
            response = given.initial().equals("=") ? new byte[0] : decode(given.initial());
            if (response == null) return Answer.bad("The initial response is no Base64");
        }
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            switch (exchange.get().respond(response)) {
                case Step.End end -> {
                    return end(end);
                }
                case Step.Challenge(byte[] octets) -> {
                    wire.write("+ " + Base64.getEncoder().encodeToString(octets) + "\r\n");
                    wire.flush();
                }
            }
            byte[] line = new byte[SASL_OCTETS_MAX];
            String text;
            try {
                text = new String(line, 0, wire.readLine(line), StandardCharsets.ISO_8859_1);
            } catch (Wire.LineTooLong | Wire.BareLineEnd e) {
                return Answer.bad("The response is too long or no line");
            }
            if (text.equals("*")) return Answer.bad("Cancelled");
            response = decode(text);
            if (response == null) return Answer.bad("The response is no Base64");
        }
        return Answer.bad("Too many turns");
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Answer end(Step.End end) throws IOException {
        return switch (end) {
            case Step.Done(var login) -> {
                if (!session.welcome(login)) {
                    // RFC 5530 §3
                    yield Answer.no("LIMIT", "This account has too many sessions already");
                }
                yield Answer.ok("CAPABILITY " + capabilities(session), "Logged in");
            }
            case Step.Failed(var why, var forPeer, var forLog) -> {
                Counters.of("imap.loginsFailed").increment();
                session.loginFailed();
                LOG.log(System.Logger.Level.INFO, "connection {0}: {1}", wire.id(), forLog);
                yield switch (why) {
                    case CREDENTIALS -> Answer.no("AUTHENTICATIONFAILED", forPeer);
                    case MALFORMED -> Answer.bad(forPeer);
                    case NOT_ALLOWED -> Answer.no("AUTHORIZATIONFAILED", forPeer);
                    case DISABLED -> Answer.no("CONTACTADMIN", forPeer);
                    case LATER -> Answer.no("UNAVAILABLE", forPeer);
                };
            }
        };
    }
}
