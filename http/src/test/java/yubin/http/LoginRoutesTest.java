package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class LoginRoutesTest {
    private static final String LOGIN =
            "{\"name\":\"ann@example.com\",\"password\":\"orange\",\"device\":\"Test\"}";

    private Front front;
    private HttpClient client;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        front = Front.open(folder);
        client = front.client();
    }

    @AfterEach
    void close() {
        client.close();
        front.close();
    }

    private Browser browser() {
        return new Browser(front, client);
    }

    private Browser in() throws Exception {
        Browser browser = browser();
        browser.json("POST", "/login", LOGIN, 200);
        return browser;
    }

    private static HttpRequest.Builder request(String method, URI uri, String body) {
        return Browser.request(method, uri, body);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Bodies.JSON.readTree(response.body());
    }

    private static void assertProblem(int status, String name, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals("urn:yubin:error:" + name, json(response).path("type").asString());
        assertTrue(response.headers().firstValue("www-authenticate").isEmpty());
    }

    @Test
    void whoLogsInGetsACookieThatScriptsAndOtherSitesDoNotHave() throws Exception {
        HttpResponse<String> response =
                browser().send(request("POST", front.https("/login"), LOGIN));
        assertEquals(200, response.statusCode(), response.body());
        assertEquals("ann@example.com", json(response).path("address").asString());
        String cookie = response.headers().firstValue("set-cookie").orElse("");
        for (String part :
                new String[] {
                    "__Host-yubin=", "; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure"
                }) {
            assertTrue(cookie.contains(part), cookie);
        }
        response = browser().send(request("POST", front.http("/login"), LOGIN));
        cookie = response.headers().firstValue("set-cookie").orElse("");
        assertTrue(cookie.startsWith("yubin="), cookie);
        assertFalse(cookie.contains("Secure"), cookie);
    }

    @Test
    void aSessionAsksJmapAndIsAskedForItsMark() throws Exception {
        Browser browser = in();
        assertEquals(200, browser.ask("GET", "/jmap/session", null).statusCode());
        String echo =
                "{\"using\":[\"urn:ietf:params:jmap:core\"],\"methodCalls\":[[\"Core/echo\",{},\"0\"]]}";
        assertEquals(200, browser.ask("POST", "/jmap/api", echo).statusCode());
        URI api = front.https("/jmap/api");
        assertProblem(403, "csrf", browser.send(request("POST", api, echo)));
        assertProblem(
                403,
                "csrf",
                browser.send(
                        request("POST", api, echo)
                                .header("X-Yubin", "1")
                                .header("Origin", "https://evil.example")));
        assertProblem(
                403,
                "csrf",
                browser.send(
                        request("GET", front.https("/jmap/session"), null)
                                .header("Sec-Fetch-Site", "cross-site")));
        assertProblem(
                403,
                "csrf",
                browser.send(
                        request("POST", front.https("/login"), LOGIN)
                                .header("Origin", "https://evil.example")));
        HttpResponse<String> form =
                browser.send(
                        HttpRequest.newBuilder(front.https("/login"))
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString(LOGIN)));
        assertEquals(415, form.statusCode());
    }

    @Test
    void wrongNamesAndPasswordsAreToldAlike() throws Exception {
        for (String body :
                new String[] {
                    LOGIN.replace("orange", "lemon"), LOGIN.replace("ann@", "nobody@"),
                }) {
            assertProblem(401, "credentials", browser().ask("POST", "/login", body));
        }
        for (String body : new String[] {"[]", "{", "{\"name\":1,\"password\":\"x\"}", "{}"}) {
            assertProblem(400, "json", browser().ask("POST", "/login", body));
        }
    }

    @Test
    void aStolenCookieIsDeadAfterRevoking() throws Exception {
        Browser browser = in();
        Browser thief = browser();
        thief.cookie = browser.cookie;
        assertEquals(200, thief.ask("GET", "/jmap/session", null).statusCode());
        assertEquals(204, browser.ask("POST", "/logout", null).statusCode());
        assertProblem(401, "login", thief.ask("GET", "/jmap/session", null));
        assertTrue(json(thief.ask("GET", "/auth", null)).path("signedIn").isNull());
    }

    @Test
    void oneSeesAndEndsOnesOtherSessionsWithWhatWaitsInThem() throws Exception {
        Browser here = in();
        Browser there = in();
        JsonNode list = json(here.ask("GET", "/auth/sessions", null));
        assertEquals(2, list.size());
        assertEquals("Test", list.path(0).path("device").asString());
        HttpResponse<InputStream> stream =
                client.send(
                        HttpRequest.newBuilder(front.https("/jmap/eventsource?types=*&ping=0"))
                                .header("Cookie", there.cookie)
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(':', stream.body().read());
        for (JsonNode session : list) {
            if (session.path("current").asBoolean()) continue;
            String path = "/auth/sessions/" + session.path("id").asString();
            assertEquals(204, here.ask("DELETE", path, null).statusCode());
            assertEquals(404, here.ask("DELETE", path, null).statusCode());
        }
        stream.body().readAllBytes(); // comes to its end
        assertProblem(401, "login", there.ask("GET", "/jmap/session", null));
        there = in();
        assertEquals(204, here.ask("DELETE", "/auth/sessions", null).statusCode());
        assertProblem(401, "login", there.ask("GET", "/jmap/session", null));
        assertEquals(200, here.ask("GET", "/jmap/session", null).statusCode());
    }

    @Test
    void aNewPasswordKeepsThisSessionAndEndsTheOthers() throws Exception {
        Browser here = in();
        Browser there = in();
        String wish = "{\"old\":\"%s\",\"new\":\"%s\"}";
        assertProblem(
                403,
                "credentials",
                here.ask("POST", "/auth/password", wish.formatted("lemon", "a new one")));
        assertProblem(
                400,
                "password",
                here.ask("POST", "/auth/password", wish.formatted("orange", "short")));
        assertEquals(
                204,
                here.ask("POST", "/auth/password", wish.formatted("orange", "{SSHA}lemonade"))
                        .statusCode());
        assertEquals(200, here.ask("GET", "/jmap/session", null).statusCode());
        assertProblem(401, "login", there.ask("GET", "/jmap/session", null));
        assertEquals(
                200,
                browser()
                        .ask("POST", "/login", LOGIN.replace("orange", "{SSHA}lemonade"))
                        .statusCode());
    }

    @Test
    void anAppPasswordIsShownOnceAndOpensJmapUntilItIsRevoked() throws Exception {
        Browser browser = in();
        HttpResponse<String> made =
                browser.ask("POST", "/auth/app-passwords", "{\"label\":\"phone\"}");
        assertEquals(201, made.statusCode(), made.body());
        String password = json(made).path("password").asString();
        HttpRequest.Builder phone =
                HttpRequest.newBuilder(front.https("/jmap/session"))
                        .header("Authorization", Front.basic(Front.ANN, password));
        assertEquals(200, browser().send(phone).statusCode());
        HttpRequest.Builder settings =
                HttpRequest.newBuilder(front.https("/auth/sessions"))
                        .header("Authorization", Front.basic(Front.ANN, password));
        assertProblem(403, "session", browser().send(settings));
        JsonNode list = json(browser.ask("GET", "/auth/app-passwords", null));
        assertEquals("phone", list.path(0).path("label").asString());
        assertFalse(list.toString().contains(password));
        String path = "/auth/app-passwords/" + list.path(0).path("id").asLong();
        assertEquals(204, browser.ask("DELETE", path, null).statusCode());
        assertEquals(401, browser().send(phone).statusCode());
        assertEquals(
                400,
                browser.ask("POST", "/auth/app-passwords", "{\"label\":\"x\",\"uses\":[\"admin\"]}")
                        .statusCode());
    }

    @Test
    void anOldSessionIsAskedForThePasswordBeforeItMakesNewWaysIn() throws Exception {
        Browser browser = in();
        front.now = front.now.plusSeconds(3600);
        String wish = "{\"label\":\"phone\"}";
        assertProblem(403, "confirm", browser.ask("POST", "/auth/app-passwords", wish));
        assertProblem(403, "confirm", browser.ask("POST", "/auth/passkeys/options", "{}"));
        String wrong = "{\"label\":\"phone\",\"password\":\"lemon\"}";
        assertProblem(403, "credentials", browser.ask("POST", "/auth/app-passwords", wrong));
        browser.json("POST", "/auth/app-passwords", wrong.replace("lemon", "orange"), 201);
    }

    @Test
    void theSecondFactorIsAskedForAtTheLogin() throws Exception {
        Browser browser = in();
        assertProblem(
                403, "credentials", browser.ask("POST", "/auth/totp", "{\"password\":\"lemon\"}"));
        JsonNode secret = json(browser.ask("POST", "/auth/totp", "{\"password\":\"orange\"}"));
        assertTrue(secret.path("uri").asString().startsWith("otpauth://totp/mail.example.test:"));
        assertProblem(400, "code-wrong", browser.ask("PUT", "/auth/totp", "{\"code\":\"abcdef\"}"));
        assertFalse(json(browser.ask("GET", "/auth/totp", null)).path("enabled").asBoolean());
        assertEquals(200, browser().ask("POST", "/login", LOGIN).statusCode());
    }
}
