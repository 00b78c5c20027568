package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Directory;
import yubin.directory.Login;
import yubin.directory.WebSessions;
import yubin.jmap.Jmap;

/// The door of the web client: in with a name, a password and perhaps a code; out again; and who is
/// in.
final class LoginRoutes implements HttpService {
    private final Askers askers;
    private final Cookies cookies;
    private final Directory directory;
    private final Jmap jmap;
    private final Waiting waiting;

    LoginRoutes(Askers askers, Cookies cookies, Directory directory, Jmap jmap, Waiting waiting) {
        this.askers = askers;
        this.cookies = cookies;
        this.directory = directory;
        this.jmap = jmap;
        this.waiting = waiting;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/login", this::login);
        rules.post("/logout", this::logout);
        rules.get("/auth", this::state);
    }

    private void login(ServerRequest request, ServerResponse response) throws IOException, Problem {
        askers.refuseForeign(request.headers(), request.authority());
        HttpConnection connection = connection(request);
        if (!askers.mayHearPasswords(connection)) {
            throw Problem.of(403, "tls", "passwords are heard with TLS only: ask the https port");
        }
        ObjectNode body = Bodies.object(request);
        WebSessions.Entry entry =
                directory
                        .webSessions()
                        .login(
                                Bodies.needed(body, "name"),
                                Bodies.needed(body, "password"),
                                Bodies.text(body, "code"),
                                Askers.visitor(connection));
        switch (entry) {
            case WebSessions.Entry.In(Login login) ->
                    admit(request, response, login, Bodies.text(body, "device"));
            case WebSessions.Entry.CodeWanted() ->
                    throw Problem.of(401, "code", "the code of the second factor is wanted");
            case WebSessions.Entry.CodeWrong() ->
                    throw Problem.of(401, "code-wrong", "the code is wrong");
            case WebSessions.Entry.Refused(var failed) ->
                    throw Askers.refusal(request.headers(), failed).withoutChallenge();
        }
    }

    /// Opens a session and tells whose it is.
    void admit(ServerRequest request, ServerResponse response, Login login, String device)
            throws IOException {
        String token = directory.webSessions().begin(login, device(request, device), peer(request));
        cookies.give(response, request.isSecure(), token);
        send(response, describe(login));
    }

    /// What the browser calls itself, where the page says nothing better.
    static String device(ServerRequest request, String said) {
        if (said != null && !said.isBlank()) return said;
        return request.headers().value(HeaderNames.USER_AGENT).orElse("");
    }

    static java.net.InetAddress peer(ServerRequest request) {
        return connection(request).wire().peer().getAddress();
    }

    static HttpConnection connection(ServerRequest request) {
        return ((HttpConnection.Peer) request.remotePeer()).connection();
    }

    private ObjectNode describe(Login login) throws IOException {
        ObjectNode person = Bodies.JSON.createObjectNode();
        JsonNode accounts = jmap.session(login, "http://localhost").path("accounts");
        person.put("address", login.address().toString());
        person.put("accountId", accounts.propertyNames().iterator().next());
        return person.put("language", login.language());
    }

    private void logout(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        directory.webSessions().end(asker.login().account(), asker.session().id());
        waiting.end(asker.session().id());
        cookies.take(response, request.isSecure());
        response.status(204).send();
    }

    /// Whether somebody is in, and how one comes in. The cookie is renewed: its end slides.
    private void state(ServerRequest request, ServerResponse response) throws IOException {
        ObjectNode state = Bodies.JSON.createObjectNode();
        state.putNull("signedIn");
        String token = cookies.token(request.headers(), request.isSecure());
        if (token != null) {
            var found = directory.webSessions().find(token);
            if (found.isPresent()) {
                state.set("signedIn", describe(found.get().login()));
                cookies.give(response, request.isSecure(), token);
            }
        }
        state.putArray("ways").add("password").add("passkey");
        send(response, state);
    }

    static void send(ServerResponse response, JsonNode answer) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(answer.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
