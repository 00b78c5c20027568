package yubin.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerResponse;

/// The header fields that guard a browser, on every answer; a route may replace one of them.
final class Guarding {
    /// Of an answer that is no page: nothing may be loaded for it, nobody may frame it.
    static final String NOTHING =
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

    private static final Header[] ALWAYS = {
        HeaderValues.createCached(HeaderNames.create("Content-Security-Policy"), NOTHING),
        HeaderValues.createCached(HeaderNames.create("X-Content-Type-Options"), "nosniff"),
        HeaderValues.createCached(HeaderNames.create("Referrer-Policy"), "no-referrer"),
        HeaderValues.createCached(HeaderNames.create("Cross-Origin-Opener-Policy"), "same-origin"),
        HeaderValues.createCached(
                HeaderNames.create("Cross-Origin-Resource-Policy"), "same-origin"),
    };

    /// RFC 6797: half a year, this name only.
    private static final Header TRANSPORT =
            HeaderValues.createCached(
                    HeaderNames.create("Strict-Transport-Security"), "max-age=15768000");

    private Guarding() {}

    static void headers(boolean secure, ServerResponse response) {
        for (Header header : ALWAYS) response.header(header);
        if (secure) response.header(TRANSPORT);
    }
}
