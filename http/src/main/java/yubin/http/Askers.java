package yubin.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Directory;
import yubin.directory.Login;
import yubin.directory.Step;
import yubin.directory.Use;
import yubin.directory.Visitor;
import yubin.directory.WebSession;
import yubin.directory.WebSessions;
import yubin.wire.TlsFacts;

/// Finds out who asks: by the cookie of a web session, or by HTTP Basic with the password of an
/// account or of an app (RFC 7617).
///
/// A page of another site is refused whatever it brings: a browser adds cookies and remembered
/// passwords by itself.
final class Askers {
    /// A field that only a page of our own can send: foreign pages would have to ask first (CORS),
    /// and nobody says yes.
    static final HeaderName MARK = HeaderNames.create("X-Yubin");

    private static final Duration FRESH = Duration.ofMinutes(15);
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final HttpSettings settings;
    private final Site site;
    private final Directory directory;
    private final Cookies cookies;
    private final InstantSource clock;

    Askers(
            HttpSettings settings,
            Site site,
            Directory directory,
            Cookies cookies,
            InstantSource clock) {
        this.clock = clock;
        this.cookies = cookies;
        this.settings = settings;
        this.site = site;
        this.directory = directory;
    }

    /// Who is logged in and asks.
    ///
    /// @param session null where a password came with the request
    record Asker(Login login, WebSession session) {}

    Asker ask(ServerRequest request) throws IOException, Problem {
        HttpConnection.Peer peer = (HttpConnection.Peer) request.remotePeer();
        String method = request.prologue().method().text();
        return ask(request.headers(), request.authority(), method, peer.connection());
    }

    /// @param authority what Host says
    Asker ask(Headers headers, String authority, String method, HttpConnection connection)
            throws IOException, Problem {
        if (!SAFE.contains(method)) refuseForeign(headers, authority);
        String credentials = headers.value(HeaderNames.AUTHORIZATION).orElse(null);
        if (credentials == null) return bySession(headers, authority, method, connection);
        return basic(headers, credentials, connection);
    }

    private Asker bySession(
            Headers headers, String authority, String method, HttpConnection connection)
            throws IOException, Problem {
        String token = cookies.token(headers, connection.isSecure());
        if (token == null) throw unknown(headers, "who are you?");
        refuseForeign(headers, authority);
        if (!SAFE.contains(method) && !headers.contains(MARK)) {
            throw Problem.of(403, "csrf", "the field X-Yubin is missing");
        }
        WebSessions.Found found =
                directory
                        .webSessions()
                        .find(token)
                        .orElseThrow(() -> unknown(headers, "the session has ended"));
        return new Asker(found.login(), found.session());
    }

    /// The session of a browser that may do what a person does with their own account.
    Asker person(ServerRequest request) throws IOException, Problem {
        Asker asker = ask(request);
        if (asker.session() == null) {
            throw Problem.of(403, "session", "this is done in a web session");
        }
        return asker;
    }

    /// For what would keep a thief of a session in the account for good: the login must be fresh,
    /// or
    /// the password come once more.
    ///
    /// @param body has `password` where it is given
    void confirm(ServerRequest request, Asker asker, ObjectNode body) throws IOException, Problem {
        Instant fresh = clock.instant().minus(FRESH);
        if (asker.session() != null && asker.session().created().isAfter(fresh)) return;
        String password = Bodies.text(body, "password");
        if (password == null) {
            throw Problem.of(403, "confirm", "the login is not fresh: the password is wanted");
        }
        checkPassword(request, asker, password);
    }

    /// Guessed no quicker than at the login.
    void checkPassword(ServerRequest request, Asker asker, String password)
            throws IOException, Problem {
        HttpConnection.Peer peer = (HttpConnection.Peer) request.remotePeer();
        WebSessions.Entry entry =
                directory
                        .webSessions()
                        .login(
                                asker.login().address().toString(),
                                password,
                                null,
                                visitor(peer.connection()));
        if (!(entry instanceof WebSessions.Entry.Refused(Step.Failed failed))) return;
        if (failed.why() == Step.Why.LATER) throw later();
        throw Problem.of(403, "credentials", "the password is wrong");
    }

    void refuseForeign(Headers headers, String authority) throws Problem {
        if (site.isForeign(headers, authority)) {
            throw Problem.of(403, "csrf", "a page of another site asks");
        }
    }

    private Asker basic(Headers headers, String credentials, HttpConnection connection)
            throws Problem {
        if (!credentials.regionMatches(true, 0, "Basic ", 0, 6)) {
            throw unknown(headers, "only Basic is spoken here");
        }
        if (!mayHearPasswords(connection)) {
            throw Problem.of(403, "tls", "passwords are heard with TLS only: ask the https port");
        }
        String text;
        try {
            byte[] octets = Base64.getDecoder().decode(credentials.substring(6).strip());
            text = new String(octets, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw unknown(headers, "the credentials cannot be read");
        }
        int colon = text.indexOf(':');
        if (colon < 0) throw unknown(headers, "the credentials cannot be read");
        String name = text.substring(0, colon);
        Step.End end = directory.login(name, text.substring(colon + 1), visitor(connection));
        return switch (end) {
            case Step.Done(Login login) -> new Asker(login, null);
            case Step.Failed failed -> throw refusal(headers, failed);
        };
    }

    boolean mayHearPasswords(HttpConnection connection) {
        return connection.isSecure() || settings.mayHearPasswords().test(connection.wire());
    }

    static Visitor visitor(HttpConnection connection) {
        TlsFacts tls = connection.wire().tls();
        return new Visitor(
                connection.wire().peer().getAddress(),
                Use.JMAP,
                tls == null ? null : tls::channelBinding);
    }

    private static Problem unknown(Headers headers, String title) {
        Problem problem = Problem.of(401, "login", title);
        return Site.isOwnPage(headers) ? problem : problem.withChallenge();
    }

    static Problem refusal(Headers headers, Step.Failed failed) {
        System.getLogger("yubin.http").log(System.Logger.Level.INFO, failed.forLog());
        return switch (failed.why()) {
            case LATER -> later();
            case DISABLED -> Problem.of(403, "disabled", failed.forPeer());
            case NOT_ALLOWED -> Problem.of(403, "not-allowed", failed.forPeer());
            default -> {
                Problem problem = Problem.of(401, "credentials", failed.forPeer());
                yield Site.isOwnPage(headers) ? problem : problem.withChallenge();
            }
        };
    }

    static Problem later() {
        return Problem.of(429, "later", "too many failed logins; try again later").retryAfter(30);
    }
}
