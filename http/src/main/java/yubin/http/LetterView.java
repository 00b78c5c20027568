package yubin.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.html.Remote;
import yubin.html.Sanitized;
import yubin.html.Sanitizer;
import yubin.jmap.Jmap;
import yubin.jmap.Response;

/// A letter's HTML as a document of its own, for a frame that may run nothing.
///
/// It was cleaned by the room `html`; its policy lets it load images from here only: parts of the
/// letter, and with `images=1` remote ones through [ImageProxy].
final class LetterView implements HttpService {
    private static final HeaderName POLICY_FIELD = HeaderNames.create("Content-Security-Policy");
    private static final HeaderName HELD_BACK = HeaderNames.create("X-Yubin-Remote");

    /// Of one body part.
    private static final int BODY_OCTETS_MAX = 4 << 20;

    private static final int PARTS_MAX = 500;

    private static final String POLICY =
            "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline';"
                    + " frame-ancestors 'self'; base-uri 'none'; form-action 'none';"
                    + " sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";

    private final Askers askers;
    private final Jmap jmap;
    private final ImageProxy proxy;

    LetterView(Askers askers, Jmap jmap, ImageProxy proxy) {
        this.askers = askers;
        this.jmap = jmap;
        this.proxy = proxy;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/view/{account}/{email}", this::view);
    }

    private void view(ServerRequest request, ServerResponse response) throws IOException, Problem {
        Askers.Asker asker = askers.ask(request);
        String account = request.path().pathParameters().get("account");
        JsonNode email = email(asker, account, request.path().pathParameters().get("email"));
        boolean images = request.query().first("images").orElse("0").equals("1");
        Map<String, String> enclosed = new HashMap<>();
        collect(email.path("bodyStructure"), account, enclosed);
        StringBuilder html = new StringBuilder();
        int heldBack = 0;
        for (JsonNode part : email.path("htmlBody")) {
            String type = part.path("type").asString("");
            String value =
                    email.path("bodyValues")
                            .path(part.path("partId").asString(""))
                            .path("value")
                            .asString("");
            if (type.equals("text/html")) {
                Sanitized clean =
                        Sanitizer.clean(
                                value,
                                images ? Remote.KEEP : Remote.BLOCK,
                                address -> place(asker, enclosed, address));
                html.append(clean.html());
                heldBack += clean.blocked();
            } else if (type.startsWith("text/")) {
                html.append("<div class=\"plain\">").append(escaped(value)).append("</div>");
            } else if (type.startsWith("image/")) {
                String place = blob(account, part);
                html.append("<p><img alt=\"\" src=\"").append(escaped(place)).append("\"></p>");
            }
        }
        boolean dark = request.query().first("dark").orElse("0").equals("1");
        response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
        response.header(HeaderNames.CACHE_CONTROL, "private, max-age=86400");
        response.header(HeaderNames.VARY, "Cookie, Authorization");
        response.header(POLICY_FIELD, POLICY);
        response.header(HELD_BACK, Integer.toString(heldBack));
        response.send(document(html, heldBack, dark).getBytes(StandardCharsets.UTF_8));
    }

    private static String document(StringBuilder html, int heldBack, boolean dark) {
        String colours =
                dark
                        ? "html{color-scheme:dark;background:#1b1b1f;color:#e6e6ea}"
                        : "html{color-scheme:light;background:#fff;color:#1b1b1f}";
        return "<!DOCTYPE html><html data-remote=\""
                + heldBack
                + "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
                + " content=\"width=device-width\"><meta name=\"referrer\" content=\"no-referrer\">"
                + "<style>"
                + colours
                + "body{margin:0;font:15px/1.55 system-ui,sans-serif;overflow-wrap:break-word}"
                + "img{max-width:100%;height:auto}.plain{white-space:pre-wrap}"
                + "blockquote{margin:0 0 0 .8em;padding-left:.8em;border-left:2px solid #8886}"
                + "</style></head><body>"
                + html
                + "</body></html>";
    }

    /// Where a picture of the letter is loaded; null to leave it out.
    private String place(Askers.Asker asker, Map<String, String> enclosed, String address) {
        if (address.regionMatches(true, 0, "cid:", 0, 4)) {
            return enclosed.get(decoded(address.substring(4)));
        }
        if (address.regionMatches(true, 0, "data:", 0, 5)) return address;
        boolean absolute = address.startsWith("//") || address.matches("(?i)https?://.*");
        return absolute ? proxy.place(asker.login().account(), address) : null;
    }

    private static String decoded(String cid) {
        try {
            return java.net.URLDecoder.decode(cid.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return cid;
        }
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
        arguments.putArray("properties").add("bodyStructure").add("htmlBody").add("bodyValues");
        arguments
                .putArray("bodyProperties")
                .add("partId")
                .add("blobId")
                .add("type")
                .add("cid")
                .add("name")
                .add("subParts");
        arguments.put("fetchHTMLBodyValues", true).put("maxBodyValueBytes", BODY_OCTETS_MAX);
        byte[] octets = request.toString().getBytes(StandardCharsets.UTF_8);
        Response answer = jmap.answer(asker.login(), octets);
        JsonNode email =
                answer.status() == 200
                        ? Bodies.JSON.readTree(answer.body()).at("/methodResponses/0/1/list/0")
                        : Bodies.JSON.missingNode();
        if (!email.isObject()) throw Problem.of(Status.NOT_FOUND_404);
        return email;
    }

    /// Content-Id to place, of all parts.
    private static void collect(JsonNode root, String account, Map<String, String> enclosed) {
        var open = new java.util.ArrayDeque<JsonNode>();
        open.push(root);
        for (int i = 0; i < PARTS_MAX && !open.isEmpty(); i++) {
            JsonNode part = open.pop();
            for (JsonNode inner : part.path("subParts")) open.push(inner);
            String cid = part.path("cid").asString("");
            if (!cid.isEmpty()) enclosed.putIfAbsent(cid, blob(account, part));
        }
    }

    private static String blob(String account, JsonNode part) {
        return "/jmap/download/"
                + encoded(account)
                + "/"
                + encoded(part.path("blobId").asString(""))
                + "/image?inline=1&type="
                + encoded(part.path("type").asString(""));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;");
    }
}
