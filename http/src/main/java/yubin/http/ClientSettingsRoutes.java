package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import yubin.zones.ClientSettings;

/// Where mail programs ask how an account is set up. Nobody has to log in for that, and the answer
/// holds nothing that the DNS does not say as well.
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
    }

    private void autoconfig(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        String address = request.query().first("emailaddress").orElse(null);
        byte[] xml =
                settings.autoconfig(request.authority(), address)
                        .orElseThrow(() -> Problem.of(Status.NOT_FOUND_404));
        response.header(HeaderNames.CONTENT_TYPE, XML);
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.send(xml);
    }
}
