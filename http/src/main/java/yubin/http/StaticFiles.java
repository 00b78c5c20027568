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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The files of the web client: from the program (`yubin-web/` on the class path), or from a folder
/// while one works on them.
///
/// ```
/// /assets/…          names with a hash in them: kept by the browser for ever
/// /x.y               other files: asked for again each time, by ETag
/// /any/thing/else    index.html: the client finds its way itself
/// ```
///
/// A file `x.br` or `x.gz` beside `x` is sent instead where the browser takes it.
final class StaticFiles implements HttpService {
    /// A path of names, none of which begins with a dot.
    private static final Pattern PATH =
            Pattern.compile("(/[A-Za-z0-9_@-][A-Za-z0-9_.@-]{0,200}){1,10}");

    private static final int FILE_OCTETS_MAX = 32 << 20;
    private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
    private static final String RESOURCES = "/yubin-web";

    /// No inline script or style element, nothing from elsewhere. Images of letters come through
    /// our own proxy.
    private static final String PAGE_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
                    + " font-src 'self'; connect-src 'self' %s; manifest-src 'self';"
                    + " worker-src 'self'; frame-src 'self' blob:; media-src 'self' blob:;"
                    + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// The service worker fetches the client's files and letters for reading offline. Its policy is
    /// that of its own script; in a sandbox it would have no origin, and every page would fail.
    private static final String WORKER = "/sw.js";

    private static final String WORKER_POLICY =
            "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'";

    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("webmanifest", "application/manifest+json"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("webp", "image/webp"),
                    Map.entry("ico", "image/x-icon"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("wasm", "application/wasm"),
                    Map.entry("txt", "text/plain; charset=utf-8"));

    private final Path folder;

    /// What was read from the program, which does not change; a folder is read each time.
    private final Map<String, Found> kept = new ConcurrentHashMap<>();

    /// @param folder null for the files in the program
    StaticFiles(Path folder) {
        this.folder = folder;
    }

    /// @param octets null where there is no such file
    private record Found(byte[] octets, String tag) {
        static final Found NOTHING = new Found(null, null);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/{*}", this::send);
        rules.head("/{*}", this::send);
    }

    private void send(ServerRequest request, ServerResponse response) throws IOException, Problem {
        String path = request.path().absolute().path();
        boolean named = path.lastIndexOf('.') > path.lastIndexOf('/');
        if (PATH.matcher(path).matches() && !path.equals("/index.html")) {
            boolean lasting = path.startsWith("/assets/");
            if (send(request, response, path, lasting)) return;
            if (lasting || named) throw Problem.of(Status.NOT_FOUND_404);
        } else if (named) {
            throw Problem.of(Status.NOT_FOUND_404);
        }
        if (!send(request, response, "/index.html", false)) Pages.greet(response, path);
    }

    private boolean send(
            ServerRequest request, ServerResponse response, String path, boolean lasting)
            throws IOException {
        if (read(path).octets() == null) return false;
        String accepted = request.headers().value(HeaderNames.ACCEPT_ENCODING).orElse("");
        Found found = Found.NOTHING;
        String encoding = "";
        if (takes(accepted, "br")) {
            found = read(path + ".br");
            encoding = "br";
        }
        if (found.octets() == null && takes(accepted, "gzip")) {
            found = read(path + ".gz");
            encoding = "gzip";
        }
        if (found.octets() == null) {
            found = read(path);
            encoding = "";
        }
        boolean page = path.endsWith(".html");
        response.header(
                HeaderNames.CACHE_CONTROL,
                lasting ? "public, max-age=31536000, immutable" : "no-cache");
        response.header(HeaderNames.VARY, "Accept-Encoding");
        response.header(HeaderNames.ETAG, found.tag());
        if (page) response.header(POLICY, pagePolicy(request));
        if (path.equals(WORKER)) response.header(POLICY, WORKER_POLICY);
        if (request.headers().value(HeaderNames.IF_NONE_MATCH).orElse("").contains(found.tag())) {
            response.status(Status.NOT_MODIFIED_304).send();
            return true;
        }
        response.header(HeaderNames.CONTENT_TYPE, type(path));
        if (!encoding.isEmpty()) response.header(HeaderNames.CONTENT_ENCODING, encoding);
        response.send(found.octets());
        return true;
    }

    /// Old browsers take `'self'` for http alone, and the WebSocket for another origin.
    private static String pagePolicy(ServerRequest request) {
        String authority = request.authority();
        String socket =
                authority.matches("[A-Za-z0-9.:\\[\\]-]{1,260}")
                        ? (request.isSecure() ? "wss://" : "ws://") + authority
                        : "";
        return PAGE_POLICY.formatted(socket);
    }

    private static boolean takes(String accepted, String encoding) {
        for (String one : accepted.split(",")) {
            String[] parts = one.strip().split(";");
            if (!parts[0].strip().equalsIgnoreCase(encoding)) continue;
            return parts.length < 2 || !parts[1].strip().matches("q=0(\\.0*)?");
        }
        return false;
    }

    private static String type(String path) {
        String suffix = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(suffix, "application/octet-stream");
    }

    private Found read(String path) throws IOException {
        if (folder != null) return fromFolder(path);
        Found known = kept.get(path);
        if (known != null) return known;
        try (InputStream in = StaticFiles.class.getResourceAsStream(RESOURCES + path)) {
            if (in == null) return Found.NOTHING;
            Found found = found(in.readAllBytes());
            kept.put(path, found);
            return found;
        }
    }

    /// No link leads out of the folder.
    private Found fromFolder(String path) throws IOException {
        Path file = folder.resolve(path.substring(1)).normalize();
        if (!file.startsWith(folder)
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || !file.toRealPath().startsWith(folder.toRealPath())
                || Files.size(file) > FILE_OCTETS_MAX) {
            return Found.NOTHING;
        }
        return found(Files.readAllBytes(file));
    }

    private static Found found(byte[] octets) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(octets);
            return new Found(octets, "\"" + HexFormat.of().formatHex(hash, 0, 12) + "\"");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
