package yubin.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import yubin.jmap.Download;
import yubin.jmap.Jmap;
import yubin.jmap.Response;

/// JMAP over HTTP: the session, requests, uploads and downloads. RFC 8620 §2, §3, §6.
final class JmapRoutes implements HttpService {
    /// Octets of a request; one octet more is what the room `jmap` refuses itself.
    static final int REQUEST_OCTETS_MAX = 10 << 20;

    private static final HeaderName DISPOSITION = HeaderNames.create("Content-Disposition");
    private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
    private static final HeaderName IF_RANGE = HeaderNames.create("If-Range");
    private static final int NAME_MAX = 255;
    private static final Pattern MEDIA_TYPE =
            Pattern.compile(
                    "[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}"
                            + "(; ?[A-Za-z0-9_-]{1,50}=[A-Za-z0-9_.:+-]{1,100}){0,3}");

    /// What may be shown in the page instead of being saved: nothing that could run.
    private static final Pattern SHOWN =
            Pattern.compile(
                    "image/(png|jpeg|gif|webp|avif|bmp)|application/pdf|text/plain(;.*)?"
                            + "|audio/[a-z0-9.+-]+|video/[a-z0-9.+-]+");

    private static final String SHOWN_POLICY =
            "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self';"
                    + " style-src 'unsafe-inline'; frame-ancestors 'self'";

    private final Site site;
    private final Askers askers;
    private final Jmap jmap;

    JmapRoutes(Site site, Askers askers, Jmap jmap) {
        this.site = site;
        this.askers = askers;
        this.jmap = jmap;
    }

    @Override
    public void routing(HttpRules rules) {
        // RFC 8620 §2.2 lets the well-known place redirect; clients lose their credentials on it.
        rules.get("/.well-known/jmap", this::session);
        rules.get("/jmap/session", this::session);
        rules.post("/jmap/api", this::answer);
        rules.post("/jmap/upload/{account}/", this::upload);
        rules.get("/jmap/download/{account}/{blob}/{+name}", this::download);
    }

    private void session(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.ask(request);
        String base = site.base(request.isSecure(), request.authority());
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.header(HeaderNames.CACHE_CONTROL, "no-cache, no-store, must-revalidate");
        response.header(HeaderNames.VARY, "Authorization, Cookie, Host");
        response.send(
                jmap.session(asker.login(), base).toString().getBytes(StandardCharsets.UTF_8));
    }

    private void answer(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.ask(request);
        String type = request.headers().value(HeaderNames.CONTENT_TYPE).orElse("");
        if (!type.toLowerCase(java.util.Locale.ROOT).startsWith("application/json")) {
            throw Problem.typed(
                    400,
                    "urn:ietf:params:jmap:error:notJSON",
                    "the Content-Type is not application/json");
        }
        byte[] body = Bodies.read(request, REQUEST_OCTETS_MAX);
        send(response, jmap.answer(asker.login(), body));
    }

    private void upload(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.ask(request);
        HttpConnection connection = LoginRoutes.connection(request);
        connection.bodyBegins();
        try (InputStream body = request.content().inputStream()) {
            send(
                    response,
                    jmap.upload(
                            asker.login(),
                            request.path().pathParameters().get("account"),
                            request.headers().value(HeaderNames.CONTENT_TYPE).orElse(null),
                            request.headers().contentLength().orElse(-1),
                            body));
        } finally {
            connection.bodyEnds();
        }
    }

    private static void send(ServerResponse response, Response answer) {
        response.status(answer.status());
        response.header(HeaderNames.CONTENT_TYPE, answer.type());
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(answer.body());
    }

    /// The octets of a blob never change, so that a client may keep them for ever.
    private void download(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.ask(request);
        var path = request.path().pathParameters();
        String blob = path.get("blob");
        Download download =
                jmap.download(asker.login(), path.get("account"), blob)
                        .orElseThrow(() -> Problem.of(Status.NOT_FOUND_404));
        String type = request.query().first("type").orElse(download.type());
        if (!MEDIA_TYPE.matcher(type).matches()) {
            throw Problem.of(400, "type", "\"type\" is no media type");
        }
        boolean shown =
                request.query().first("inline").orElse("").equals("1")
                        && SHOWN.matcher(type).matches();
        String tag = "\"" + blob + "\"";
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.header(DISPOSITION, disposition(shown, path.get("name")));
        response.header(HeaderNames.CACHE_CONTROL, "private, immutable, max-age=31536000");
        response.header(HeaderNames.ETAG, tag);
        response.header(HeaderNames.ACCEPT_RANGES, "bytes");
        if (shown) response.header(POLICY, SHOWN_POLICY);
        if (request.headers().value(HeaderNames.IF_NONE_MATCH).orElse("").contains(tag)) {
            response.status(Status.NOT_MODIFIED_304).send();
            return;
        }
        Range range = range(request, tag, download.size());
        if (range.status() == 416) {
            response.header(HeaderNames.CONTENT_RANGE, "bytes */" + download.size());
            throw Problem.of(Status.REQUESTED_RANGE_NOT_SATISFIABLE_416);
        }
        if (range.status() == 206) {
            response.header(
                    HeaderNames.CONTENT_RANGE,
                    "bytes "
                            + range.start()
                            + "-"
                            + (range.start() + range.length() - 1)
                            + "/"
                            + download.size());
        }
        response.status(range.status());
        response.contentLength(range.length());
        try (OutputStream out = response.outputStream()) {
            download.writeTo(out, range.start(), range.length());
        }
    }

    private static Range range(ServerRequest request, String tag, long size) {
        String condition = request.headers().value(IF_RANGE).orElse(tag);
        if (!condition.equals(tag)) return Range.whole(size);
        return Range.of(request.headers().value(HeaderNames.RANGE).orElse(null), size);
    }

    /// With the name as RFC 6266 says it: in ASCII for old readers, and whole.
    static String disposition(boolean shown, String name) {
        StringBuilder plain = new StringBuilder();
        StringBuilder whole = new StringBuilder();
        String safe = name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name;
        for (int i = 0; i < safe.length(); i++) {
            char c = safe.charAt(i);
            boolean bad = c < ' ' || c > 126 || "\"\\/%;".indexOf(c) >= 0;
            plain.append(bad ? '_' : c);
        }
        for (byte octet : safe.getBytes(StandardCharsets.UTF_8)) {
            boolean letter =
                    octet >= 'a' && octet <= 'z'
                            || octet >= 'A' && octet <= 'Z'
                            || octet >= '0' && octet <= '9'
                            || octet == '-'
                            || octet == '.'
                            || octet == '_';
            if (letter) whole.append((char) octet);
            else whole.append('%').append(String.format("%02X", octet & 0xFF));
        }
        return (shown ? "inline" : "attachment")
                + "; filename=\""
                + plain
                + "\"; filename*=UTF-8''"
                + whole;
    }
}
