package yubin.html;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The elements and attributes that may come out.
final class Elements {
    /// Names in the mail live beside names of the page that shows it; with this they cannot clash.
    private static final String NAME_PREFIX = "m-";

    private static final int NAME_CHARS_MAX = 200;

    /// Without content and end tag.
    static final Set<String> VOID = Set.of("br", "hr", "img", "col", "wbr", "area");

    /// Left out together with what is in them: it is code, or a document of its own, or it is read
    /// by browsers under other rules than ours.
    static final Set<String> DROPPED =
            Set.of(
                    "script",
                    "style",
                    "iframe",
                    "frame",
                    "frameset",
                    "noframes",
                    "noembed",
                    "noscript",
                    "object",
                    "embed",
                    "applet",
                    "template",
                    "svg",
                    "math",
                    "audio",
                    "video",
                    "canvas",
                    "title",
                    "select",
                    "textarea",
                    "datalist",
                    "portal",
                    "fencedframe",
                    "param",
                    "source",
                    "track",
                    "input",
                    "base",
                    "link",
                    "meta");

    private static final Set<String> COMMON =
            Set.of("id", "class", "style", "title", "lang", "dir", "align", "role");

    private static final Map<String, Set<String>> ALLOWED = new HashMap<>();

    static {
        for (String name :
                ("a abbr acronym address area article aside b bdi bdo big blockquote br caption"
                                + " center cite code col colgroup dd del details dfn dir div dl dt"
                                + " em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i"
                                + " img ins kbd li main map mark menu nav nobr ol p pre q rb rp rt"
                                + " rtc ruby s samp section small span strike strong sub summary"
                                + " sup table tbody td tfoot th thead time tr tt u ul var wbr")
                        .split(" ")) {
            ALLOWED.put(name, Set.of());
        }
        Set<String> box =
                Set.of("width", "height", "valign", "bgcolor", "background", "border", "nowrap");
        ALLOWED.put("a", Set.of("href", "name"));
        ALLOWED.put("area", Set.of("href", "shape", "coords", "alt"));
        ALLOWED.put("map", Set.of("name"));
        ALLOWED.put("blockquote", Set.of("type"));
        ALLOWED.put("font", Set.of("color", "face", "size"));
        ALLOWED.put("hr", Set.of("color", "noshade", "size", "width"));
        ALLOWED.put("br", Set.of("clear"));
        ALLOWED.put(
                "img",
                Set.of("src", "alt", "width", "height", "border", "hspace", "vspace", "usemap"));
        ALLOWED.put("ol", Set.of("type", "start", "reversed", "compact"));
        ALLOWED.put("ul", Set.of("type", "compact"));
        ALLOWED.put("li", Set.of("type", "value"));
        ALLOWED.put(
                "table",
                Set.of(
                        "width",
                        "height",
                        "border",
                        "cellpadding",
                        "cellspacing",
                        "bgcolor",
                        "background",
                        "bordercolor",
                        "frame",
                        "rules",
                        "summary"));
        ALLOWED.put("tr", box);
        ALLOWED.put("tbody", box);
        ALLOWED.put("thead", box);
        ALLOWED.put("tfoot", box);
        Set<String> cell =
                Set.of(
                        "width",
                        "height",
                        "valign",
                        "bgcolor",
                        "background",
                        "border",
                        "nowrap",
                        "colspan",
                        "rowspan",
                        "headers",
                        "scope",
                        "abbr");
        ALLOWED.put("td", cell);
        ALLOWED.put("th", cell);
        ALLOWED.put("col", Set.of("span", "width", "valign", "bgcolor"));
        ALLOWED.put("colgroup", Set.of("span", "width", "valign", "bgcolor"));
        ALLOWED.put("time", Set.of("datetime"));
        ALLOWED.put("ins", Set.of("datetime"));
        ALLOWED.put("del", Set.of("datetime"));
        ALLOWED.put("details", Set.of("open"));
    }

    private Elements() {}

    static boolean isAllowed(String element) {
        return ALLOWED.containsKey(element);
    }

    static boolean isAllowed(String element, String attribute) {
        return COMMON.contains(attribute)
                || attribute.startsWith("aria-") && attribute.matches("aria-[a-z]{1,30}")
                || ALLOWED.get(element).contains(attribute);
    }

    /// A name of the mail's own, for `id`, `name` and the places that point at them; other letters
    /// than those of ordinary names become `_`.
    static String named(String name) {
        String cut = name.length() > NAME_CHARS_MAX ? name.substring(0, NAME_CHARS_MAX) : name;
        return NAME_PREFIX + cut.strip().replaceAll("[^\\p{L}\\p{N}_.:-]", "_");
    }
}
