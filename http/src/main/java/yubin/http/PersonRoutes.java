package yubin.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Directory;
import yubin.directory.Keyring;
import yubin.directory.Outcome;
import yubin.directory.SecondFactors;
import yubin.directory.Use;
import yubin.directory.WebSession;
import yubin.mail.AccountId;

/// What people do with the ways into their own account: sessions, password, app passwords, second
/// factor. What would help a thief of a session asks for the password again.
final class PersonRoutes implements HttpService {
    /// Of a new password that a person chooses.
    private static final int PASSWORD_MIN = 8;

    private static final Set<Use> MAIL = EnumSet.complementOf(EnumSet.of(Use.ADMIN));

    private final HttpSettings settings;
    private final Askers askers;
    private final Cookies cookies;
    private final Directory directory;
    private final Waiting waiting;

    PersonRoutes(
            HttpSettings settings,
            Askers askers,
            Cookies cookies,
            Directory directory,
            Waiting waiting) {
        this.settings = settings;
        this.askers = askers;
        this.cookies = cookies;
        this.directory = directory;
        this.waiting = waiting;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/auth/sessions", this::sessions);
        rules.delete("/auth/sessions", this::endOthers);
        rules.delete("/auth/sessions/{id}", this::endOne);
        rules.post("/auth/password", this::changePassword);
        rules.get("/auth/app-passwords", this::appPasswords);
        rules.post("/auth/app-passwords", this::addAppPassword);
        rules.delete("/auth/app-passwords/{id}", this::removeAppPassword);
        rules.get("/auth/totp", this::secondFactor);
        rules.post("/auth/totp", this::beginSecondFactor);
        rules.put("/auth/totp", this::confirmSecondFactor);
        rules.delete("/auth/totp", this::removeSecondFactor);
    }

    private void sessions(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        ArrayNode list = Bodies.JSON.createArrayNode();
        for (WebSession session : directory.webSessions().list(asker.login().account())) {
            list.addObject()
                    .put("id", session.id())
                    .put("device", session.device())
                    .put("address", session.address())
                    .put("created", session.created().toString())
                    .put("used", session.used().toString())
                    .put("current", session.id().equals(asker.session().id()));
        }
        LoginRoutes.send(response, list);
    }

    private void endOne(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        String id = request.path().pathParameters().get("id");
        if (!directory.webSessions().end(asker.login().account(), id)) {
            throw Problem.of(Status.NOT_FOUND_404);
        }
        waiting.end(id);
        response.status(204).send();
    }

    private void endOthers(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        AccountId account = asker.login().account();
        for (WebSession session : directory.webSessions().list(account)) {
            if (session.id().equals(asker.session().id())) continue;
            directory.webSessions().end(account, session.id());
            waiting.end(session.id());
        }
        response.status(204).send();
    }

    /// The new password ends every session, and opens one for who chose it.
    private void changePassword(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        ObjectNode body = Bodies.object(request);
        askers.checkPassword(request, asker, Bodies.needed(body, "old"));
        String fresh = Bodies.needed(body, "new");
        if (fresh.codePointCount(0, fresh.length()) < PASSWORD_MIN) {
            throw Problem.of(
                    400, "password", "a password has at least " + PASSWORD_MIN + " characters");
        }
        String address = asker.login().address().toString();
        // Whatever it looks like, it is no hash.
        succeed(directory.administration().setPassword(address, "{PLAIN}" + fresh), "password");
        waiting.end(asker.session().id());
        String token =
                directory
                        .webSessions()
                        .beginAgain(
                                asker.login().account(),
                                asker.session().device(),
                                LoginRoutes.peer(request))
                        .orElseThrow(() -> Problem.of(401, "login", "log in again"));
        cookies.give(response, request.isSecure(), token);
        response.status(204).send();
    }

    private void appPasswords(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        ArrayNode list = Bodies.JSON.createArrayNode();
        for (Keyring.AppPassword one : directory.keyring().appPasswords(asker.login().account())) {
            ObjectNode row = list.addObject().put("id", one.id()).put("label", one.label());
            ArrayNode uses = row.putArray("uses");
            for (Use use : one.uses()) uses.add(use.name().toLowerCase(Locale.ROOT));
            row.put("created", one.created().toString());
            row.put("used", one.used() == null ? null : one.used().toString());
        }
        LoginRoutes.send(response, list);
    }

    private void addAppPassword(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        ObjectNode body = Bodies.object(request);
        askers.confirm(request, asker, body);
        Keyring.Made made =
                directory
                        .keyring()
                        .addAppPassword(
                                asker.login().account(),
                                Bodies.needed(body, "label"),
                                uses(body.path("uses")));
        succeed(made.outcome(), "app-password");
        response.status(201);
        LoginRoutes.send(
                response,
                Bodies.JSON
                        .createObjectNode()
                        .put("id", made.id())
                        .put("password", made.password()));
    }

    private static Set<Use> uses(JsonNode names) throws Problem {
        if (names.isMissingNode() || names.isNull()) return MAIL;
        EnumSet<Use> uses = EnumSet.noneOf(Use.class);
        for (JsonNode name : names) {
            try {
                uses.add(Use.valueOf(name.asString("").toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw Problem.of(400, "uses", "\"uses\" names something unknown");
            }
        }
        return uses;
    }

    private void removeAppPassword(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        String id = request.path().pathParameters().get("id");
        if (!id.matches("[0-9]{1,18}")) throw Problem.of(Status.NOT_FOUND_404);
        succeed(
                directory.keyring().removeAppPassword(asker.login().account(), Long.parseLong(id)),
                "app-password");
        response.status(204).send();
    }

    private void secondFactor(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        SecondFactors.State state = directory.secondFactors().state(asker.login().account());
        LoginRoutes.send(
                response,
                Bodies.JSON
                        .createObjectNode()
                        .put("enabled", state.enabled())
                        .put("recoveryCodesLeft", state.recoveryCodesLeft()));
    }

    private void beginSecondFactor(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        askers.checkPassword(request, asker, Bodies.needed(Bodies.object(request), "password"));
        SecondFactors.Enrolment enrolment =
                directory
                        .secondFactors()
                        .begin(
                                asker.login().account(),
                                asker.login().address().toString(),
                                settings.hostname());
        LoginRoutes.send(
                response,
                Bodies.JSON
                        .createObjectNode()
                        .put("secret", enrolment.secret())
                        .put("uri", enrolment.uri()));
    }

    private void confirmSecondFactor(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        String code = Bodies.needed(Bodies.object(request), "code");
        SecondFactors.Confirmed confirmed =
                directory.secondFactors().confirm(asker.login().account(), code);
        if (confirmed.recoveryCodes().isEmpty()) {
            throw Problem.of(400, "code-wrong", "the code is wrong, or its time is over");
        }
        ObjectNode answer = Bodies.JSON.createObjectNode();
        ArrayNode codes = answer.putArray("recoveryCodes");
        confirmed.recoveryCodes().forEach(codes::add);
        LoginRoutes.send(response, answer);
    }

    private void removeSecondFactor(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        askers.checkPassword(request, asker, Bodies.needed(Bodies.object(request), "password"));
        succeed(directory.secondFactors().remove(asker.login().account()), "totp");
        response.status(204).send();
    }

    private static void succeed(Outcome outcome, String name) throws Problem {
        if (!(outcome instanceof Outcome.Refused(Outcome.Why why, String text))) return;
        throw switch (why) {
            case MISSING -> Problem.of(Status.NOT_FOUND_404);
            case TROUBLE -> Problem.of(503, "later", text);
            default -> Problem.of(400, name, text);
        };
    }
}
