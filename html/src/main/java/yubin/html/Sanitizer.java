package yubin.html;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.DataNode;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/// Cleans the HTML of a mail.
///
/// The text is parsed as browsers parse it, and a new text is written from the tree with the
/// elements and attributes of [Elements], the addresses of [Links] and the styles of [CssFilter].
/// An element that is not listed gives way to what is in it; an element that holds code goes with
/// what is in it. So no markup of the sender's is copied, and nothing depends on how a browser
/// mends it.
public final class Sanitizer {
    /// Elements in elements: beyond it only the text is kept. Browsers flatten at 512 by rules of
    /// their own, which could turn harmless text into markup.
    static final int DEPTH_MAX = 120;

    /// A style element beyond this is left out.
    private static final int STYLE_CHARS_MAX = 512 * 1024;

    /// Attributes that name a picture.
    private static final Set<String> PICTURED = Set.of("src", "background");

    private final Remote remote;
    private final UnaryOperator<String> places;
    private final CssFilter css;
    private final StringBuilder out = new StringBuilder();
    private int blocked;

    private Sanitizer(Remote remote, UnaryOperator<String> places) {
        this.remote = remote;
        this.places = places;
        this.css = new CssFilter(remote, places);
    }

    /// Cleans a fragment or a whole document. Total: any text gives some fragment.
    public static Sanitized clean(String html, Remote remote) {
        return clean(html, remote, address -> address);
    }

    /// The same, with pictures loaded from elsewhere.
    ///
    /// @param places gives for the address of a picture (`cid:`, `data:`, remote ones where they
    ///     are
    ///     kept) the one to write; null leaves the picture out
    public static Sanitized clean(String html, Remote remote, UnaryOperator<String> places) {
        Sanitizer sanitizer = new Sanitizer(remote, places);
        Document document = Jsoup.parse(html);
        sanitizer.write(document);
        return new Sanitized(sanitizer.out.toString(), sanitizer.blocked + sanitizer.css.blocked());
    }

    /// Walks the tree without recursion, however deep it is.
    private void write(Node root) {
        Deque<String> open = new ArrayDeque<>();
        // `open` holds for each element around `node` the end tag that it will need, or "".
        Node node = root;
        boolean descend = enter(node, open);
        while (true) {
            if (descend && node.childNodeSize() > 0) {
                node = node.childNode(0);
                descend = enter(node, open);
                continue;
            }
            leave(node, open);
            if (node == root) return;
            Node next = node.nextSibling();
            if (next == null) {
                node = node.parent();
                descend = false;
            } else {
                node = next;
                descend = enter(node, open);
            }
        }
    }

    /// Writes what begins with `node`.
    ///
    /// @return true when its children are to be written too
    private boolean enter(Node node, Deque<String> open) {
        switch (node) {
            case TextNode text -> out.append(escaped(text.getWholeText()));
            // Such as in xmp, which shows its content as it is.
            case DataNode data -> out.append(escaped(data.getWholeData()));
            case Element element -> {
                String name = element.normalName();
                if (name.equals("style")) style(element);
                if (Elements.DROPPED.contains(name)) {
                    open.push("");
                    return false;
                }
                if (name.equals("body")) return body(element, open);
                boolean foreign = !element.tag().namespace().equals("http://www.w3.org/1999/xhtml");
                if (foreign || !Elements.isAllowed(name) || open.size() > DEPTH_MAX) {
                    open.push("");
                    return !foreign;
                }
                open.push(Elements.VOID.contains(name) ? "" : name);
                start(element, name);
            }
            default -> {
                // Comments, doctypes, processing instructions, raw data.
            }
        }
        return true;
    }

    /// The body's own colours and fonts go to an element that stands for it.
    private boolean body(Element element, Deque<String> open) {
        int before = out.length();
        start(element, "div");
        if (out.substring(before).equals("<div>")) {
            out.setLength(before);
            open.push("");
        } else {
            open.push("div");
        }
        return true;
    }

    private void leave(Node node, Deque<String> open) {
        if (!(node instanceof Element)) return;
        String name = open.pop();
        if (!name.isEmpty()) out.append("</").append(name).append('>');
    }

    private void style(Element element) {
        StringBuilder sheet = new StringBuilder();
        for (Node child : element.childNodes()) {
            if (child instanceof DataNode data) sheet.append(data.getWholeData());
        }
        if (sheet.length() > STYLE_CHARS_MAX) return;
        String kept = css.sheet(sheet.toString());
        if (!kept.isEmpty()) out.append("<style>").append(kept).append("</style>");
    }

    private void start(Element element, String name) {
        out.append('<').append(name);
        boolean link = false;
        for (Attribute attribute : element.attributes()) {
            String key = attribute.getKey().toLowerCase(Locale.ROOT);
            if (!Elements.isAllowed(name, key)) continue;
            String value = value(name, key, attribute.getValue());
            if (value == null) continue;
            link |= key.equals("href") && !value.startsWith("#");
            attribute(key, value);
        }
        // The page that opens knows neither where it was opened nor by whom.
        if (link) {
            attribute("target", "_blank");
            attribute("rel", "noopener noreferrer");
        }
        out.append('>');
    }

    private void attribute(String key, String value) {
        out.append(' ').append(key).append("=\"").append(escaped(value)).append('"');
    }

    /// The value as it may be written, or null.
    private String value(String element, String key, String value) {
        return switch (key) {
            case "id" -> value.isBlank() ? null : Elements.named(value);
            case "name" -> value.isBlank() || element.equals("img") ? null : Elements.named(value);
            case "usemap" ->
                    value.startsWith("#") ? "#" + Elements.named(value.substring(1)) : null;
            case "headers" -> value.isBlank() ? null : names(value);
            case "href" -> Links.followed(value);
            case "style" -> {
                String kept = css.attribute(value);
                yield kept.isEmpty() ? null : kept;
            }
            default -> {
                if (PICTURED.contains(key)) yield picture(value);
                if (key.startsWith("aria-") && pointsAtNames(key)) yield names(value);
                yield value;
            }
        };
    }

    private String picture(String address) {
        if (!Links.isEnclosed(address)) {
            if (!Links.isRemote(address)) return null;
            if (remote == Remote.BLOCK) {
                blocked++;
                return null;
            }
        }
        return places.apply(Links.trimmed(address));
    }

    private static boolean pointsAtNames(String key) {
        return switch (key) {
            case "aria-labelledby",
                    "aria-describedby",
                    "aria-controls",
                    "aria-owns",
                    "aria-flowto",
                    "aria-details",
                    "aria-activedescendant",
                    "aria-errormessage" ->
                    true;
            default -> false;
        };
    }

    private static String names(String value) {
        StringBuilder names = new StringBuilder();
        for (String name : value.strip().split("\\s+", 64)) {
            if (!names.isEmpty()) names.append(' ');
            names.append(Elements.named(name));
        }
        return names.toString();
    }

    /// Text for an element or an attribute between `"`. The backquote because old browsers took it
    /// for a quotation mark.
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&#34;");
                case '`' -> escaped.append("&#96;");
                case '\0' -> escaped.append('\ufffd');
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
