package yubin.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.net.URI;
import java.util.Locale;

/// Which site a request was made to, and whether it came from a page of that site.
final class Site {
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");

    private final URI url;

    /// @param url where the world reaches us; null to believe each request
    Site(URI url) {
        this.url = url;
    }

    /// What absolute URLs begin with: scheme and authority, without a slash at the end.
    ///
    /// @param authority of the request: its Host field, or `:authority`
    String base(boolean secure, String authority) {
        return url != null ? url.toString() : (secure ? "https://" : "http://") + authority;
    }

    /// True when a browser says that another site's page made this request. What is no browser
    /// sends neither field. Scheme and port of an intermediary in front may differ from ours, so
    /// that hosts are compared, with the port where the browser names one.
    boolean isForeign(Headers headers, String authority) {
        String fetchSite = headers.value(FETCH_SITE).orElse("same-origin");
        if (!fetchSite.equals("same-origin") && !fetchSite.equals("none")) return true;
        String origin = headers.value(HeaderNames.ORIGIN).orElse(null);
        return origin != null && !isOwn(origin, authority);
    }

    private boolean isOwn(String origin, String authority) {
        if (url != null && origin.equalsIgnoreCase(url.toString())) return true;
        int slashes = origin.indexOf("://");
        if (slashes < 0) return false; // also "null", of a sandboxed frame
        String host = origin.substring(slashes + 3).toLowerCase(Locale.ROOT);
        return host.equals(authority.toLowerCase(Locale.ROOT));
    }

    /// True when the browser says itself that its own page asks; its password dialog would only
    /// disturb.
    static boolean isOwnPage(Headers headers) {
        return headers.contains(Askers.MARK)
                || headers.value(FETCH_SITE).orElse("").equals("same-origin");
    }
}
