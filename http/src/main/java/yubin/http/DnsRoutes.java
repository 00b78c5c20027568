package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import yubin.dns.DnsOverHttps;

/// DNS questions over HTTPS, for whom the map room works. RFC 8484 §4.1.
final class DnsRoutes implements HttpService {
    private static final String PATH = "/dns-query";

    private final DnsOverHttps dns;

    DnsRoutes(DnsOverHttps dns) {
        this.dns = dns;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get(PATH, this::get);
        rules.post(PATH, this::post);
    }

    private void get(ServerRequest request, ServerResponse response) throws Problem {
        refusePlain(request);
        send(response, dns.get(request.query().first("dns").orElse(null), client(request)));
    }

    private void post(ServerRequest request, ServerResponse response) throws IOException, Problem {
        refusePlain(request);
        byte[] body = Bodies.read(request, DnsOverHttps.BODY_OCTETS_MAX);
        String type = request.headers().value(HeaderNames.CONTENT_TYPE).orElse(null);
        send(response, dns.post(type, body, client(request)));
    }

    private static void refusePlain(ServerRequest request) throws Problem {
        if (!request.isSecure()) throw Problem.of(403, "tls", "DNS over HTTPS wants TLS");
    }

    private static InetSocketAddress client(ServerRequest request) {
        return LoginRoutes.connection(request).wire().peer();
    }

    private static void send(ServerResponse response, DnsOverHttps.Response answer) throws Problem {
        switch (answer) {
            case DnsOverHttps.Response.Answer(byte[] message, int maxAge) -> {
                response.header(HeaderNames.CONTENT_TYPE, DnsOverHttps.MEDIA_TYPE);
                response.header(
                        HeaderNames.CACHE_CONTROL, maxAge > 0 ? "max-age=" + maxAge : "no-store");
                response.send(message);
            }
            case DnsOverHttps.Response.Refused(int status, String why) ->
                    throw Problem.of(status, "dns", why);
        }
    }
}
