package yubin.http;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.jmap.Jmap;
import yubin.jmap.Response;

/// Ends a subscription with one click, as the letter offers it. RFC 8058 §3.
final class Unsubscribing implements HttpService {
    private static final String LIST = "header:List-Unsubscribe:asRaw";
    private static final String ONE_CLICK = "header:List-Unsubscribe-Post:asRaw";
    private static final Pattern ADDRESS = Pattern.compile("<\\s*(https://[^<>\\s]{1,4000})\\s*>");
    private static final Outside.Limits LIMITS =
            new Outside.Limits(Duration.ofSeconds(15), 1 << 20, 0);

    private final Askers askers;
    private final Jmap jmap;
    private final Outside outside;

    Unsubscribing(Askers askers, Jmap jmap, Outside outside) {
        this.askers = askers;
        this.jmap = jmap;
        this.outside = outside;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/unsubscribe", this::unsubscribe);
    }

    private void unsubscribe(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.ask(request);
        ObjectNode body = Bodies.object(request);
        JsonNode email =
                email(asker, Bodies.needed(body, "accountId"), Bodies.needed(body, "emailId"));
        String offer = email.path(ONE_CLICK).asString("").strip();
        Matcher address = ADDRESS.matcher(email.path(LIST).asString(""));
        if (!offer.equalsIgnoreCase("List-Unsubscribe=One-Click") || !address.find()) {
            throw Problem.of(404, "unsubscribe", "this letter offers no way out with one click");
        }
        byte[] form = "List-Unsubscribe=One-Click".getBytes(StandardCharsets.US_ASCII);
        String fields = "Content-Type: application/x-www-form-urlencoded\r\n";
        int status;
        try {
            status = outside.post(address.group(1), fields, form, LIMITS).status();
        } catch (IOException e) {
            throw Problem.of(502, "unsubscribe", "the list cannot be reached: " + e.getMessage());
        }
        if (status >= 400) {
            throw Problem.of(502, "unsubscribe", "the list answered " + status);
        }
        response.status(204).send();
    }

    private JsonNode email(Askers.Asker asker, String account, String id) throws Problem {
        ObjectNode request = Bodies.JSON.createObjectNode();
        request.putArray("using").add("urn:ietf:params:jmap:core").add("urn:ietf:params:jmap:mail");
        ArrayNode call = request.putArray("methodCalls").addArray();
        call.add("Email/get");
        ObjectNode arguments = call.addObject();
        call.add("0");
        arguments.put("accountId", account);
        arguments.putArray("ids").add(id);
        arguments.putArray("properties").add(LIST).add(ONE_CLICK);
        Response answer =
                jmap.answer(asker.login(), request.toString().getBytes(StandardCharsets.UTF_8));
        JsonNode email =
                answer.status() == 200
                        ? Bodies.JSON.readTree(answer.body()).at("/methodResponses/0/1/list/0")
                        : Bodies.JSON.missingNode();
        if (!email.isObject()) throw Problem.of(404, "email", "there is no such letter");
        return email;
    }
}
