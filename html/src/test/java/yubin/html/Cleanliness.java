package yubin.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/// What must be true of every fragment that comes out, whatever went in; by lists of its own.
final class Cleanliness {
    private static final Set<String> NEVER =
            Set.of(
                    "script",
                    "iframe",
                    "frame",
                    "frameset",
                    "object",
                    "embed",
                    "applet",
                    "form",
                    "input",
                    "button",
                    "textarea",
                    "select",
                    "link",
                    "meta",
                    "base",
                    "svg",
                    "math",
                    "template",
                    "noscript",
                    "video",
                    "audio",
                    "source",
                    "title",
                    "portal");

    private static final Set<String> ADDRESSES =
            Set.of("src", "href", "background", "action", "formaction", "poster", "data");

    private static final Set<String> LOADED = Set.of("src", "background", "poster", "data");

    private Cleanliness() {}

    static void check(String html, Remote remote, String what) {
        Document document = Jsoup.parseBodyFragment(html);
        for (Element element : document.body().getAllElements()) {
            String name = element.normalName();
            assertFalse(NEVER.contains(name), name + " in " + html + " from " + what);
            for (Attribute attribute : element.attributes()) {
                check(attribute, remote, html + " from " + what);
            }
            if (name.equals("style")) style(element.data(), remote, html + " from " + what);
        }
        // Nothing of the fragment gets out of the body that it is put into.
        assertEquals(1, document.head().parent().childNodeSize() - 1, html);
        assertTrue(document.head().childrenSize() == 0, html);
    }

    private static void check(Attribute attribute, Remote remote, String what) {
        String key = attribute.getKey().toLowerCase(Locale.ROOT);
        String value = attribute.getValue().strip().toLowerCase(Locale.ROOT);
        assertFalse(key.startsWith("on"), key + ": " + what);
        assertFalse(Set.of("srcdoc", "srcset", "ping", "xlink:href").contains(key), what);
        if (ADDRESSES.contains(key)) {
            assertFalse(
                    value.matches("(?s)\\s*(javascript|vbscript|livescript|blob|file|about):.*"),
                    what);
            assertFalse(value.startsWith("data:") && !value.startsWith("data:image/"), what);
            assertFalse(value.startsWith("data:image/svg"), what);
        }
        if (LOADED.contains(key) && remote == Remote.BLOCK) {
            assertTrue(value.startsWith("cid:") || value.startsWith("data:image/"), what);
        }
        if (key.equals("style")) style(value, remote, what);
    }

    private static void style(String css, Remote remote, String what) {
        String text = css.toLowerCase(Locale.ROOT);
        for (String bad :
                new String[] {"expression(", "@import", "-moz-binding", "behavior:", "fixed"}) {
            assertFalse(text.contains(bad) && !text.contains("\"" + bad), bad + ": " + what);
        }
        assertFalse(text.contains("<"), what);
        if (remote == Remote.BLOCK) {
            assertFalse(
                    text.replace("url(\"cid:", "")
                            .replace("url(\"data:image/", "")
                            .contains("url("),
                    what);
        }
    }
}
