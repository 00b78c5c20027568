package yubin.postmaster;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The table `[http]`.
///
/// @param url where the world reaches the web client and JMAP; null to believe each request
/// @param web a folder with the built web client; null for the one in the program
record HttpConfig(URI url, Path web) {
    static final List<String> NAMES = List.of("url", "web");

    static HttpConfig read(TomlValues values) {
        URI url =
                values.text(
                                "http.url",
                                "the address of the web client without a path, such as"
                                        + " \"https://mail.example.com\"",
                                HttpConfig::base)
                        .orElse(null);
        return new HttpConfig(url, values.path("http.web").orElse(null));
    }

    /// A scheme, a host and perhaps a port, nothing else.
    static Optional<URI> base(String text) {
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean good =
                    ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                            && url.getHost() != null
                            && url.getRawUserInfo() == null
                            && url.getRawPath().isEmpty()
                            && url.getRawQuery() == null
                            && url.getRawFragment() == null;
            return good ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    ObjectNode describe() {
        return Json.object(
                "http.url",
                url == null ? "as each request says" : url.toString(),
                "http.web",
                web == null ? "the one in the program" : web.toString());
    }
}
