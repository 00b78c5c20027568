package yubin.html;

import java.util.ArrayList;
import java.util.List;

/// The tokens of a style sheet or a style attribute, as "CSS Syntax Module Level 3" §4 reads them;
/// comments are left out. Total: anything is some list of tokens.
final class Css {
    enum Kind {
        IDENT,
        /// A name with the `(` behind it.
        FUNCTION,
        AT_KEYWORD,
        HASH,
        STRING,
        URL,
        /// A number with its unit or `%`, as it may be written.
        NUMBER,
        WHITESPACE,
        /// One character that is none of the others: `:`, `;`, `{`, `)` and so on.
        SIGN,
        /// A string or an address that breaks off: what it stands in is not used.
        BAD
    }

    /// @param text with escapes resolved, without quotes, `@`, `#` or `(`
    record Token(Kind kind, String text) {
        boolean is(char sign) {
            return kind == Kind.SIGN && text.charAt(0) == sign;
        }
    }

    private final String input;
    private int at;

    private Css(String input) {
        this.input = input;
    }

    static List<Token> tokens(String input) {
        Css css = new Css(input.replace("\r\n", "\n").replace('\r', '\n').replace('\f', '\n'));
        List<Token> tokens = new ArrayList<>();
        while (css.at < css.input.length()) {
            Token token = css.next();
            if (token != null) tokens.add(token);
        }
        return tokens;
    }

    private Token next() {
        char c = peek(0);
        if (input.startsWith("/*", at)) {
            int end = input.indexOf("*/", at + 2);
            at = end < 0 ? input.length() : end + 2;
            return null;
        }
        if (input.startsWith("<!--", at) || input.startsWith("-->", at)) {
            at += c == '<' ? 4 : 3;
            return null;
        }
        if (isSpace(c)) {
            while (isSpace(peek(0))) at++;
            return new Token(Kind.WHITESPACE, " ");
        }
        if (c == '"' || c == '\'') return string(c);
        if (c == '#' && (isName(peek(1)) || isEscape(1))) {
            at++;
            return new Token(Kind.HASH, name());
        }
        if (c == '@' && startsIdent(1)) {
            at++;
            return new Token(Kind.AT_KEYWORD, name());
        }
        if (startsNumber()) return number();
        if (startsIdent(0)) return ident();
        at++;
        return new Token(Kind.SIGN, String.valueOf(c));
    }

    private Token string(char quote) {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < input.length()) {
            char c = peek(0);
            if (c == quote) {
                at++;
                return new Token(Kind.STRING, text.toString());
            }
            if (c == '\n') return new Token(Kind.BAD, "");
            if (c == '\\') {
                if (at + 1 >= input.length()) at++;
                else if (peek(1) == '\n') at += 2;
                else text.appendCodePoint(escape());
            } else {
                text.append(c);
                at++;
            }
        }
        return new Token(Kind.STRING, text.toString());
    }

    private Token ident() {
        String name = name();
        if (peek(0) != '(') return new Token(Kind.IDENT, name);
        at++;
        if (!name.equalsIgnoreCase("url")) return new Token(Kind.FUNCTION, name);
        int ahead = at;
        while (isSpace(peekAt(ahead))) ahead++;
        char c = peekAt(ahead);
        if (c == '"' || c == '\'') return new Token(Kind.FUNCTION, name);
        at = ahead;
        return address();
    }

    /// The rest of `url(` without quotes.
    private Token address() {
        StringBuilder text = new StringBuilder();
        boolean bad = false;
        while (at < input.length() && peek(0) != ')') {
            char c = peek(0);
            if (isEscape(0)) {
                text.appendCodePoint(escape());
                continue;
            }
            if (isSpace(c)) {
                while (isSpace(peek(0))) at++;
                bad |= at < input.length() && peek(0) != ')';
                continue;
            }
            bad |= c == '"' || c == '\'' || c == '(' || c < ' ' || c == 0x7f || c == '\\';
            text.append(c);
            at++;
        }
        at++;
        return new Token(bad ? Kind.BAD : Kind.URL, text.toString());
    }

    private Token number() {
        int from = at;
        if (peek(0) == '+' || peek(0) == '-') at++;
        while (isDigit(peek(0))) at++;
        if (peek(0) == '.' && isDigit(peek(1))) {
            at++;
            while (isDigit(peek(0))) at++;
        }
        boolean signed = (peek(1) == '+' || peek(1) == '-') && isDigit(peek(2));
        if ((peek(0) == 'e' || peek(0) == 'E') && (isDigit(peek(1)) || signed)) {
            at += 2;
            while (isDigit(peek(0))) at++;
        }
        String text = input.substring(from, at);
        if (peek(0) == '%') {
            at++;
            return new Token(Kind.NUMBER, text + "%");
        }
        if (!startsIdent(0)) return new Token(Kind.NUMBER, text);
        String unit = name();
        return unit.matches("[A-Za-z]{1,5}")
                ? new Token(Kind.NUMBER, text + unit)
                : new Token(Kind.BAD, "");
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        while (at < input.length()) {
            if (isEscape(0)) {
                name.appendCodePoint(escape());
            } else if (isName(peek(0))) {
                name.append(peek(0));
                at++;
            } else {
                break;
            }
        }
        return name.toString();
    }

    /// `\` with one to six hexadecimal digits and one space, or with any other character.
    private int escape() {
        at++;
        int value = 0;
        int digits = 0;
        while (digits < 6 && Character.digit(peek(0), 16) >= 0 && peek(0) < 0x80) {
            value = value * 16 + Character.digit(peek(0), 16);
            digits++;
            at++;
        }
        if (digits == 0) {
            int c = input.codePointAt(at);
            at += Character.charCount(c);
            return c;
        }
        if (isSpace(peek(0))) at++;
        boolean surrogate = value >= 0xd800 && value <= 0xdfff;
        return value == 0 || surrogate || value > Character.MAX_CODE_POINT ? 0xfffd : value;
    }

    private boolean isEscape(int ahead) {
        return peek(ahead) == '\\' && at + ahead + 1 < input.length() && peek(ahead + 1) != '\n';
    }

    private boolean startsNumber() {
        int ahead = peek(0) == '+' || peek(0) == '-' ? 1 : 0;
        return isDigit(peek(ahead)) || peek(ahead) == '.' && isDigit(peek(ahead + 1));
    }

    private boolean startsIdent(int ahead) {
        char c = peek(ahead);
        if (c == '-') {
            char second = peek(ahead + 1);
            return isNameStart(second) || second == '-' || isEscape(ahead + 1);
        }
        return isNameStart(c) || isEscape(ahead);
    }

    private char peek(int ahead) {
        return peekAt(at + ahead);
    }

    private char peekAt(int index) {
        return index < input.length() ? input.charAt(index) : '\0';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80;
    }

    private static boolean isName(char c) {
        return isNameStart(c) || isDigit(c) || c == '-';
    }
}
