package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import yubin.directory.WebSession;

/// The cookie of a web session. Scripts do not see it (HttpOnly), requests that another site causes
/// do not have it (SameSite=Strict), and over TLS it never travels otherwise (Secure; the prefix
/// `__Host-` makes the browser insist on that, and on this very host).
final class Cookies {
    private static final String SECURE_NAME = "__Host-yubin";
    private static final String PLAIN_NAME = "yubin";
    private static final int COOKIES_OCTETS_MAX = 8 << 10;

    private final boolean alwaysSecure;

    /// @param url where the world reaches us: with https there, something in front speaks TLS
    Cookies(URI url) {
        alwaysSecure = url != null && url.getScheme().equals("https");
    }

    private boolean isSecure(boolean tls) {
        return alwaysSecure || tls;
    }

    /// The token that the request brings; null where there is none.
    String token(Headers headers, boolean tls) {
        String wanted = (isSecure(tls) ? SECURE_NAME : PLAIN_NAME) + "=";
        for (String field : headers.values(HeaderNames.COOKIE)) {
            if (field.length() > COOKIES_OCTETS_MAX) continue;
            for (String pair : field.split(";")) {
                String cookie = pair.strip();
                if (cookie.startsWith(wanted)) return cookie.substring(wanted.length());
            }
        }
        return null;
    }

    void give(ServerResponse response, boolean tls, String token) {
        set(response, tls, token, WebSession.IDLE_MAX.toSeconds());
    }

    void take(ServerResponse response, boolean tls) {
        set(response, tls, "", 0);
    }

    private void set(ServerResponse response, boolean tls, String token, long seconds) {
        boolean secure = isSecure(tls);
        response.header(
                HeaderNames.SET_COOKIE,
                (secure ? SECURE_NAME : PLAIN_NAME)
                        + "="
                        + token
                        + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
                        + seconds
                        + (secure ? "; Secure" : ""));
    }
}
