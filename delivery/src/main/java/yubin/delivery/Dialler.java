package yubin.delivery;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.InstantSource;
import java.util.function.Function;
import yubin.directory.Route;
import yubin.ledger.Counters;
import yubin.mail.Reply;
import yubin.wire.ClientTls;
import yubin.wire.Wire;

/// Opens connections to other post offices: connects, greets, turns on TLS where it is offered,
/// logs in where a route says so.
final class Dialler {
    /// For who reads why a letter waits.
    private static final String NO_TLS =
            "%s publishes that it speaks TLS (DANE), and does not offer it: somebody may stand"
                    + " between us, or its DNS is out of date";

    private static final String WRONG =
            "%s is not what its DNS says (DANE): %s; somebody may stand between us, or its TLSA"
                    + " records are out of date";

    private static final Counters.Counter VERIFIED = Counters.of("delivery.dane.verified");
    private static final Counters.Counter REFUSED = Counters.of("delivery.dane.refused");
    private static final Counters.Counter UNKNOWN = Counters.of("delivery.dane.unknown");

    private final String hostname;
    private final Timeouts timeouts;
    private final Transcript transcript;
    private final Function<Host, Dane> demands;
    private final InstantSource clock;

    /// @param demands what a host demands of the connection (RFC 7672)
    /// @param clock for the dates of certificates
    Dialler(
            String hostname,
            Timeouts timeouts,
            Transcript transcript,
            Function<Host, Dane> demands,
            InstantSource clock) {
        this.demands = demands;
        this.clock = clock;
        this.hostname = hostname;
        this.timeouts = timeouts;
        this.transcript = transcript;
    }

    /// How dialling ended.
    sealed interface Dialled {
        record Ready(SmtpClient client) implements Dialled {}

        /// @param reply 4yz: worth another try; 5yz: the host wants nothing from us
        /// @param reached whether the host spoke at all
        record Turned(Host host, Reply reply, boolean reached) implements Dialled {}
    }

    /// Total: every trouble is a [Dialled.Turned].
    ///
    /// Opportunistic TLS (RFC 3207 §4): a handshake that fails is followed by one try in the clear,
    /// as the letter would have gone in the clear to a server that offers none. A route with a
    /// login never falls back, and neither does a host with TLSA records (RFC 7672 §2.2).
    Dialled dial(Host host, Route route) {
        Dane dane = demands.apply(host);
        if (dane instanceof Dane.Unknown(var why)) {
            UNKNOWN.increment();
            String text = "whether " + host.name() + " demands TLS (DANE) is not known: " + why;
            return new Dialled.Turned(host, Reply.of(451, "4.4.3", text), false);
        }
        Attempt attempt = new Attempt(host, route, dane);
        Dialled first = attempt.run(true);
        if (!attempt.tlsFailed || attempt.needsTls() || attempt.isPledged()) return first;
        transcript.note(host, "(TLS failed: once more in the clear)");
        return attempt.run(false);
    }

    private final class Attempt {
        private final Host host;
        private final Route route;
        private final Dane dane;
        private boolean tlsFailed;

        Attempt(Host host, Route route, Dane dane) {
            this.host = host;
            this.route = route;
            this.dane = dane;
        }

        /// The host publishes, for all to prove, that it speaks TLS. RFC 7672 §2.2.
        boolean isPledged() {
            return dane instanceof Dane.Certificate || dane instanceof Dane.Encryption;
        }

        /// A password goes in the clear over loopback only.
        boolean needsTls() {
            boolean loopback = host.address().getAddress().isLoopbackAddress();
            return route != null && route.user() != null && !loopback;
        }

        Dialled run(boolean tls) {
            Wire wire;
            try {
                transcript.note(host, "(connecting)");
                wire = Wire.connect(host.address(), null, timeouts.connect());
            } catch (IOException e) {
                return turned(false, Reply.of(451, "4.4.1", noConnection(e)));
            }
            SmtpClient client = new SmtpClient(wire, host, timeouts, transcript);
            boolean reached = false;
            Dialled result = null;
            try {
                if (host.address().getPort() == 465) {
                    secure(client);
                    Reply wrong = judge(client);
                    if (wrong != null) return result = turned(true, wrong);
                }
                Reply greeting = client.greeting();
                reached = true;
                // A 5yz greeting is about this host, not about the letter: it waits.
                if (greeting.code() != 220) return result = turned(true, transientForm(greeting));
                Reply hello = client.hello(hostname);
                if (!hello.isPositive()) return result = turned(true, hello);
                if (tls && !client.isSecure() && client.extensions().has("STARTTLS")) {
                    Reply reply = startTls(client);
                    if (reply.code() == 220) {
                        Reply wrong = judge(client);
                        if (wrong != null) return result = turned(true, wrong);
                        hello = client.hello(hostname); // RFC 3207 §4.2
                        if (!hello.isPositive()) return result = turned(true, hello);
                    }
                }
                if (isPledged() && !client.isSecure()) {
                    REFUSED.increment();
                    return result =
                            turned(true, Reply.of(451, "4.7.5", NO_TLS.formatted(host.name())));
                }
                Reply refused = login(client);
                if (refused != null) return result = turned(true, refused);
                return result = new Dialled.Ready(client);
            } catch (IOException e) {
                String status = e instanceof Wire.TimedOut ? "4.4.1" : "4.4.2";
                if (tlsFailed) status = "4.7.5";
                String text = (tlsFailed ? "TLS: " : "") + SmtpClient.sentence(e);
                return result = turned(reached, Reply.of(451, status, text));
            } finally {
                if (!(result instanceof Dialled.Ready)) client.quitQuickly(reached);
            }
        }

        private Reply startTls(SmtpClient client) throws IOException {
            tlsFailed = true; // until proven otherwise
            Reply reply = client.startTls(how());
            tlsFailed = false;
            return reply;
        }

        private void secure(SmtpClient client) throws IOException {
            tlsFailed = true;
            client.secure(how());
            tlsFailed = false;
        }

        private ClientTls how() {
            if (needsTls()) return ClientTls.verified(host.name());
            // RFC 7672 §8.1. Their certificates are judged here, not by the system's roots.
            return switch (dane) {
                case Dane.Certificate(var base, _, _) -> ClientTls.opportunistic(base);
                case Dane.Encryption(var base) -> ClientTls.opportunistic(base);
                case Dane.Nothing _, Dane.Unknown _ -> ClientTls.opportunistic(host.name());
            };
        }

        /// Null when the certificate is one that the host publishes, or none is.
        private Reply judge(SmtpClient client) {
            if (!(dane instanceof Dane.Certificate demanded)) return null;
            String why = Dane.mismatch(demanded, client.certificates(), clock);
            if (why == null) {
                VERIFIED.increment();
                transcript.note(host, "(the certificate is the one in its TLSA records: DANE)");
                return null;
            }
            REFUSED.increment();
            transcript.note(host, "(DANE: " + why + ")");
            return Reply.of(451, "4.7.5", WRONG.formatted(host.name(), why));
        }

        /// Null when there is no need, or it went well.
        private Reply login(SmtpClient client) throws IOException {
            if (route == null || route.user() == null) return null;
            if (needsTls() && !client.isSecure()) {
                return Reply.of(451, "4.7.11", "the password of the route is not sent without TLS");
            }
            Reply reply = client.login(route);
            if (reply.code() == 235) return null;
            String text = "login refused: " + reply;
            return Reply.of(454, "4.7.8", text); // a mistake in our setup: the letters wait
        }

        private Dialled.Turned turned(boolean reached, Reply reply) {
            return new Dialled.Turned(host, reply, reached);
        }

        private static Reply transientForm(Reply greeting) {
            if (greeting.isTransient()) return greeting;
            return Reply.of(451, "4.3.2", "the server greeted us with " + greeting);
        }

        private String noConnection(IOException e) {
            String text =
                    switch (e) {
                        case Wire.TimedOut timedOut -> "does not answer";
                        case NoRouteToHostException noRoute -> "cannot be reached (no route)";
                        case ConnectException refused -> connect(refused);
                        default -> "cannot be reached (" + e.getMessage() + ")";
                    };
            return "the host " + host + " " + text;
        }

        private static String connect(ConnectException e) {
            String message = String.valueOf(e.getMessage());
            return message.contains("refused")
                    ? "refused the connection"
                    : "cannot be reached (" + message + ")";
        }
    }
}
