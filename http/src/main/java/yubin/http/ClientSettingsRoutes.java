package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import yubin.zones.AutodiscoverRequest;
import yubin.zones.ClientSettings;

/// Where mail programs ask how an account is set up, and other post offices for our MTA-STS policy.
/// Nobody has to log in for that; the answers hold nothing about who lives here.
final class ClientSettingsRoutes implements HttpService {
    private static final String XML = "application/xml; charset=utf-8";

    private final ClientSettings settings;

    ClientSettingsRoutes(ClientSettings settings) {
        this.settings = settings;
    }

    @Override
    public void routing(HttpRules rules) {
        // The second is where a program looks that knows the mail domain only.
        rules.get("/mail/config-v1.1.xml", this::autoconfig);
        rules.get("/.well-known/autoconfig/mail/config-v1.1.xml", this::autoconfig);
        rules.post("/autodiscover/autodiscover.xml", this::autodiscover);
        rules.post("/Autodiscover/Autodiscover.xml", this::autodiscover);
        rules.get("/.well-known/mta-sts.txt", this::mtaSts);
    }

    private void autoconfig(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        String address = request.query().first("emailaddress").orElse(null);
        byte[] xml =
                settings.autoconfig(request.authority(), address)
                        .orElseThrow(() -> Problem.of(Status.NOT_FOUND_404));
        send(response, XML, xml);
    }

    private void autodiscover(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        byte[] body = Bodies.read(request, AutodiscoverRequest.BODY_OCTETS_MAX);
        if (body.length > AutodiscoverRequest.BODY_OCTETS_MAX) {
            throw Problem.of(413, "too-large", "the body is too large");
        }
        AutodiscoverRequest question =
                AutodiscoverRequest.parse(body)
                        .orElseThrow(() -> Problem.of(400, "autodiscover", "no such request"));
        byte[] xml =
                settings.autodiscover(question).orElseThrow(() -> Problem.of(Status.NOT_FOUND_404));
        send(response, XML, xml);
    }

    /// Others believe it over TLS only, RFC 8461 §3.3.
    private void mtaSts(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        if (!request.isSecure()) throw Problem.of(403, "tls", "a policy is believed over TLS only");
        String policy =
                settings.mtaSts(request.authority())
                        .orElseThrow(() -> Problem.of(Status.NOT_FOUND_404));
        send(response, "text/plain", policy.getBytes(StandardCharsets.US_ASCII));
    }

    private static void send(ServerResponse response, String type, byte[] octets) {
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.send(octets);
    }
}
