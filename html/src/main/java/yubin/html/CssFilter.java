package yubin.html;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import yubin.html.Css.Kind;
import yubin.html.Css.Token;

/// Style sheets and style attributes that only style: properties, functions and selectors of a
/// list, written anew from tokens. What is not on it is left out by the declaration or the rule.
///
/// Nothing may leave its place (`position: fixed`), move, load, or run. Names after `#` get the
/// prefix of [Elements#named].
final class CssFilter {
    /// A sheet beyond this is cut: it is more than any mail needs.
    private static final int TOKENS_MAX = 400_000;

    /// Rules in `@media` in `@media`.
    private static final int NESTING_MAX = 4;

    private static final Set<String> PROPERTIES =
            Set.of(
                    ("background background-color background-image background-position"
                                    + " background-repeat background-size background-attachment"
                                    + " background-clip background-origin border border-collapse"
                                    + " border-spacing border-radius box-shadow box-sizing"
                                    + " caption-side clear color color-scheme column-count"
                                    + " column-gap column-width columns direction display"
                                    + " empty-cells flex flex-basis flex-direction flex-flow"
                                    + " flex-grow flex-shrink flex-wrap float font font-family"
                                    + " font-kerning font-size font-stretch font-style"
                                    + " font-variant font-weight gap grid-template-columns"
                                    + " grid-template-rows grid-column grid-row height hyphens"
                                    + " justify-content justify-items align-content align-items"
                                    + " align-self justify-self left top right bottom"
                                    + " letter-spacing line-break line-height list-style"
                                    + " list-style-image list-style-position list-style-type"
                                    + " max-height max-width min-height min-width object-fit"
                                    + " object-position opacity order orphans overflow overflow-x"
                                    + " overflow-y overflow-wrap outline outline-color"
                                    + " outline-offset outline-style outline-width page-break-after"
                                    + " page-break-before page-break-inside position quotes"
                                    + " row-gap table-layout tab-size text-align text-align-last"
                                    + " text-decoration text-decoration-color text-decoration-line"
                                    + " text-decoration-style text-emphasis text-indent"
                                    + " text-justify text-orientation text-overflow text-shadow"
                                    + " text-size-adjust text-transform text-underline-position"
                                    + " unicode-bidi vertical-align visibility white-space widows"
                                    + " width word-break word-spacing word-wrap writing-mode zoom"
                                    + " mso-line-height-rule mso-table-lspace mso-table-rspace"
                                    + " -webkit-text-size-adjust -ms-text-size-adjust")
                            .split(" "));

    private static final List<String> FAMILIES = List.of("border-", "margin", "padding");

    private static final Set<String> FUNCTIONS =
            Set.of(
                    "rgb",
                    "rgba",
                    "hsl",
                    "hsla",
                    "hwb",
                    "lab",
                    "lch",
                    "oklab",
                    "oklch",
                    "calc",
                    "min",
                    "max",
                    "clamp",
                    "linear-gradient",
                    "radial-gradient",
                    "conic-gradient",
                    "repeating-linear-gradient",
                    "repeating-radial-gradient",
                    "repeat",
                    "minmax",
                    "fit-content");

    /// Properties whose value may be an image.
    private static final Set<String> PICTURED =
            Set.of("background", "background-image", "list-style", "list-style-image");

    private static final Set<String> SELECTING =
            Set.of(
                    "not",
                    "is",
                    "where",
                    "lang",
                    "nth-child",
                    "nth-last-child",
                    "nth-of-type",
                    "nth-last-of-type");

    private final Remote remote;
    private final UnaryOperator<String> places;
    private List<Token> tokens = List.of();
    private int at;
    private int blocked;

    /// @param places see [Sanitizer#clean]
    CssFilter(Remote remote, UnaryOperator<String> places) {
        this.remote = remote;
        this.places = places;
    }

    /// How many remote images were left out so far.
    int blocked() {
        return blocked;
    }

    /// The declarations of a style attribute.
    String attribute(String css) {
        begin(css);
        return declarations();
    }

    /// The rules of a style sheet.
    String sheet(String css) {
        begin(css);
        StringBuilder out = new StringBuilder();
        while (at < tokens.size()) {
            rules(out, 0);
            at++; // a closing brace too many
        }
        return out.toString();
    }

    private void begin(String css) {
        List<Token> all = Css.tokens(css);
        tokens = all.size() > TOKENS_MAX ? all.subList(0, TOKENS_MAX) : all;
        at = 0;
    }

    /// Rules until a closing brace, which is left, or the end.
    private void rules(StringBuilder out, int depth) {
        while (at < tokens.size() && !tokens.get(at).is('}')) {
            if (tokens.get(at).kind() == Kind.WHITESPACE || tokens.get(at).is(';')) {
                at++;
                continue;
            }
            boolean atRule = tokens.get(at).kind() == Kind.AT_KEYWORD;
            List<Token> prelude = prelude(atRule);
            if (at >= tokens.size() || !tokens.get(at).is('{')) continue;
            at++;
            if (!atRule) {
                String selector = selector(prelude);
                String declarations = declarations();
                if (selector != null && !declarations.isEmpty()) {
                    out.append(selector).append('{').append(declarations).append("}\n");
                }
            } else if (depth < NESTING_MAX && isMedia(prelude)) {
                StringBuilder inner = new StringBuilder();
                rules(inner, depth + 1);
                String media = media(prelude);
                if (media != null && !inner.isEmpty()) {
                    out.append("@media ").append(media).append("{\n").append(inner).append("}\n");
                }
            } else {
                skipBlock();
            }
            if (at < tokens.size() && tokens.get(at).is('}')) at++;
        }
    }

    /// What stands before the block; an at-rule may end at `;` and have none.
    private List<Token> prelude(boolean atRule) {
        int from = at;
        while (at < tokens.size() && !tokens.get(at).is('{') && !tokens.get(at).is('}')) {
            if (atRule && tokens.get(at).is(';')) break;
            at++;
        }
        return tokens.subList(from, at);
    }

    /// Goes to the closing brace of the block that we are in.
    private void skipBlock() {
        int open = 1;
        while (at < tokens.size()) {
            if (tokens.get(at).is('{')) open++;
            if (tokens.get(at).is('}') && --open == 0) return;
            at++;
        }
    }

    /// Declarations until a closing brace, which is left, or the end.
    private String declarations() {
        StringBuilder out = new StringBuilder();
        while (at < tokens.size() && !tokens.get(at).is('}')) {
            int from = at;
            int open = 0;
            while (at < tokens.size()) {
                Token token = tokens.get(at);
                if (token.is('{')) {
                    at++;
                    skipBlock();
                    if (at >= tokens.size()) break;
                } else if (token.kind() == Kind.FUNCTION || token.is('(')) {
                    open++;
                } else if (token.is(')') && open > 0) {
                    open--;
                } else if (token.is('}') || token.is(';') && open == 0) {
                    break;
                }
                at++;
            }
            String declaration = declaration(tokens.subList(from, at));
            if (declaration != null) {
                if (!out.isEmpty()) out.append(';');
                out.append(declaration);
            }
            if (at < tokens.size() && tokens.get(at).is(';')) at++;
        }
        return out.toString();
    }

    private String declaration(List<Token> all) {
        List<Token> stripped = strip(all);
        if (stripped.size() < 3 || stripped.getFirst().kind() != Kind.IDENT) return null;
        String property = stripped.getFirst().text().toLowerCase(Locale.ROOT);
        boolean known =
                PROPERTIES.contains(property)
                        || property.matches("[a-z-]+")
                                && FAMILIES.stream().anyMatch(property::startsWith);
        if (!known || property.equals("border-image") || property.startsWith("border-image-")) {
            return null;
        }
        List<Token> rest = strip(stripped.subList(1, stripped.size()));
        if (rest.isEmpty() || !rest.getFirst().is(':')) return null;
        String value = value(property, strip(rest.subList(1, rest.size())));
        return value == null ? null : property + ":" + value;
    }

    private String value(String property, List<Token> value) {
        if (value.isEmpty()) return null;
        if (property.equals("position") && !stays(value)) return null;
        StringBuilder out = new StringBuilder();
        int open = 0;
        for (int i = 0; i < value.size(); i++) {
            Token token = value.get(i);
            switch (token.kind()) {
                case IDENT -> out.append(ident(token.text()));
                case NUMBER -> out.append(token.text());
                case STRING -> out.append(string(token.text()));
                case WHITESPACE -> out.append(' ');
                case HASH -> {
                    if (!token.text().matches("[0-9A-Fa-f]{3,8}")) return null;
                    out.append('#').append(token.text());
                }
                case URL -> {
                    if (!picture(property, token.text(), out)) return null;
                }
                case FUNCTION -> {
                    String name = token.text().toLowerCase(Locale.ROOT);
                    if (name.equals("url")) {
                        List<Token> rest = value.subList(i + 1, value.size());
                        int closing = closing(rest);
                        List<Token> argument = strip(rest.subList(0, closing));
                        if (argument.size() != 1 || argument.getFirst().kind() != Kind.STRING) {
                            return null;
                        }
                        if (!picture(property, argument.getFirst().text(), out)) return null;
                        i += closing + 1;
                    } else {
                        if (!FUNCTIONS.contains(name)) return null;
                        open++;
                        out.append(name).append('(');
                    }
                }
                case SIGN -> {
                    char sign = token.text().charAt(0);
                    if (sign == '(') open++;
                    if (sign == ')' && --open < 0) return null;
                    if (",/+-*!().".indexOf(sign) < 0) return null;
                    out.append(sign);
                }
                case AT_KEYWORD, BAD -> {
                    return null;
                }
            }
        }
        return open == 0 ? out.toString() : out.append(")".repeat(open)).toString();
    }

    private static boolean stays(List<Token> value) {
        String word = value.getFirst().text().toLowerCase(Locale.ROOT);
        return word.equals("static") || word.equals("relative") || word.equals("absolute");
    }

    /// Writes `url("…")` where the property may have one; otherwise the declaration is left out.
    private boolean picture(String property, String address, StringBuilder out) {
        if (!PICTURED.contains(property)) return false;
        if (!Links.isEnclosed(address)) {
            if (!Links.isRemote(address)) return false;
            if (remote == Remote.BLOCK) {
                blocked++;
                return false;
            }
        }
        String place = places.apply(Links.trimmed(address));
        if (place == null) return false;
        out.append("url(").append(string(place)).append(')');
        return true;
    }

    private static int closing(List<Token> rest) {
        for (int i = 0; i < rest.size(); i++) {
            if (rest.get(i).is(')')) return i;
        }
        return rest.size();
    }

    private static String selector(List<Token> prelude) {
        List<Token> stripped = strip(prelude);
        if (stripped.isEmpty()) return null;
        StringBuilder out = new StringBuilder();
        int open = 0;
        for (Token token : stripped) {
            switch (token.kind()) {
                case IDENT -> out.append(ident(token.text()));
                case HASH -> out.append('#').append(ident(Elements.named(token.text())));
                case NUMBER -> out.append(token.text());
                case STRING -> out.append(string(token.text()));
                case WHITESPACE -> out.append(' ');
                case FUNCTION -> {
                    String name = token.text().toLowerCase(Locale.ROOT);
                    if (!SELECTING.contains(name)) return null;
                    open++;
                    out.append(name).append('(');
                }
                case SIGN -> {
                    char sign = token.text().charAt(0);
                    if (sign == ')' && --open < 0) return null;
                    if (".:>+~,*[]=^$|)-".indexOf(sign) < 0) return null;
                    out.append(sign);
                }
                case URL, AT_KEYWORD, BAD -> {
                    return null;
                }
            }
        }
        return open == 0 ? out.toString() : null;
    }

    private static boolean isMedia(List<Token> prelude) {
        return prelude.getFirst().text().equalsIgnoreCase("media");
    }

    private static String media(List<Token> prelude) {
        StringBuilder out = new StringBuilder();
        int open = 0;
        for (Token token : strip(prelude.subList(1, prelude.size()))) {
            switch (token.kind()) {
                case IDENT -> out.append(ident(token.text()));
                case NUMBER -> out.append(token.text());
                case WHITESPACE -> out.append(' ');
                case SIGN -> {
                    char sign = token.text().charAt(0);
                    if (sign == '(') open++;
                    if (sign == ')' && --open < 0) return null;
                    // No `<`: in a style element it could begin the end of it.
                    if ("(),:/>=".indexOf(sign) < 0) return null;
                    out.append(sign);
                }
                default -> {
                    return null;
                }
            }
        }
        return open == 0 ? out.toString() : null;
    }

    private static List<Token> strip(List<Token> all) {
        int from = 0;
        int to = all.size();
        while (from < to && all.get(from).kind() == Kind.WHITESPACE) from++;
        while (to > from && all.get(to - 1).kind() == Kind.WHITESPACE) to--;
        return all.subList(from, to);
    }

    /// A name as CSS writes it: everything but letters, digits, `-` and `_` escaped.
    private static String ident(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c > 0xa0;
            boolean inside = (digit || c == '-') && (i > 0 || name.length() > 1 && c == '-');
            if (plain || inside) out.append(c);
            else out.append('\\').append(Integer.toHexString(c)).append(' ');
        }
        return out.toString();
    }

    private static String string(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean special = c < ' ' || c == 0x7f || "\"\\<>&'".indexOf(c) >= 0;
            if (special) out.append('\\').append(Integer.toHexString(c)).append(' ');
            else out.append(c);
        }
        return out.append('"').toString();
    }
}
