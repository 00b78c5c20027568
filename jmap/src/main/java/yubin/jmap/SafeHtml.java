package yubin.jmap;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;
import yubin.html.Remote;
import yubin.html.Sanitized;
import yubin.html.Sanitizer;
import yubin.mime.Part;

/// The HTML body of an email as it may be shown, for clients that use our extension.
///
/// ```
/// sanitizedHtml  {"html": String, "blocked": UnsignedInt, "cids": String[Id]} | null
/// ```
/// `cids` leads from the Content-IDs that the HTML may name to the blobIds of the pictures. Null
/// when there is no HTML body.
final class SafeHtml {
    private SafeHtml() {}

    static tools.jackson.databind.JsonNode of(Source source, BodyLists lists, boolean blockRemote)
            throws IOException {
        StringBuilder html = new StringBuilder();
        int blocked = 0;
        for (Part part : lists.html) {
            if (!part.mediaType().equals("text/html")) continue;
            String text = BodyValue.text(part, source.decoded(part));
            Sanitized clean = Sanitizer.clean(text, blockRemote ? Remote.BLOCK : Remote.KEEP);
            html.append(clean.html());
            blocked += clean.blocked();
        }
        if (html.isEmpty()) return Api.JSON.nullNode();
        ObjectNode json = Api.JSON.createObjectNode();
        json.put("html", html.toString()).put("blocked", blocked);
        ObjectNode cids = json.putObject("cids");
        contentIds(source).forEach(cids::put);
        return json;
    }

    private static Map<String, String> contentIds(Source source) {
        Map<String, String> ids = new HashMap<>();
        for (Part part : source.message().parts()) {
            if (part.isMultipart()) continue;
            String id = EmailJson.contentId(part);
            if (id != null) {
                ids.putIfAbsent(id, source.blobId().part(source.index(part)).toString());
            }
        }
        return ids;
    }
}
