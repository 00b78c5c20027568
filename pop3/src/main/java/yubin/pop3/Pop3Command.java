package yubin.pop3;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One command line. RFC 1939 §9, RFC 2449 §3.
sealed interface Pop3Command {
    record User(String name) implements Pop3Command {}

    record Pass(String password) implements Pop3Command {
        @Override
        public String toString() {
            return "Pass[***]";
        }
    }

    /// @param mechanism null: the client asks which there are
    /// @param initial Base64, `=` for an empty response, null for none
    record Auth(String mechanism, String initial) implements Pop3Command {
        @Override
        public String toString() {
            return "Auth[" + mechanism + "]";
        }
    }

    record Stls() implements Pop3Command {}

    record Utf8() implements Pop3Command {}

    record Capa() implements Pop3Command {}

    record Stat() implements Pop3Command {}

    /// @param number 0 for all
    record ListSizes(int number) implements Pop3Command {}

    /// @param number 0 for all
    record Uidl(int number) implements Pop3Command {}

    record Retr(int number) implements Pop3Command {}

    record Top(int number, int lines) implements Pop3Command {}

    record Dele(int number) implements Pop3Command {}

    record Rset() implements Pop3Command {}

    record Noop() implements Pop3Command {}

    record Quit() implements Pop3Command {}

    /// @param problem one sentence in ASCII for the client
    record Malformed(String problem) implements Pop3Command {}

    /// Reads the first `length` octets of `line`, which have no CRLF. Total: never null, never
    /// throws.
    ///
    /// `command = keyword *(SP param) CRLF`
    static Pop3Command parse(byte[] line, int length) {
        int space = 0;
        while (space < length && line[space] != ' ') space++;
        String keyword =
                new String(line, 0, space, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
        String rest;
        try {
            rest = text(line, Math.min(space + 1, length), length);
        } catch (CharacterCodingException e) {
            return new Malformed("not UTF-8"); // RFC 6856 §2.2
        }
        boolean alone = rest.isBlank();
        return switch (keyword) {
            case "RETR" -> number(rest, Retr::new);
            case "DELE" -> number(rest, Dele::new);
            case "LIST" -> alone ? new ListSizes(0) : number(rest, ListSizes::new);
            case "UIDL" -> alone ? new Uidl(0) : number(rest, Uidl::new);
            case "TOP" -> top(rest);
            case "USER" -> alone ? new Malformed("USER what?") : new User(rest.strip());
            // A password may hold blanks, RFC 1939 §7.
            case "PASS" -> rest.isEmpty() ? new Malformed("PASS what?") : new Pass(rest);
            case "AUTH" -> auth(rest);
            case "STAT" -> bare(alone, new Stat());
            case "RSET" -> bare(alone, new Rset());
            case "NOOP" -> bare(alone, new Noop());
            case "QUIT" -> bare(alone, new Quit());
            case "CAPA" -> bare(alone, new Capa());
            case "STLS" -> bare(alone, new Stls());
            case "UTF8" -> bare(alone, new Utf8());
            default -> new Malformed("unknown command");
        };
    }

    private static Pop3Command bare(boolean alone, Pop3Command command) {
        return alone ? command : new Malformed("this command takes no argument");
    }

    /// What takes one message number.
    interface Numbered {
        Pop3Command of(int number);
    }

    private static Pop3Command number(String text, Numbered command) {
        int number = decimal(text.strip());
        return number > 0 ? command.of(number) : new Malformed("not a message number");
    }

    private static Pop3Command top(String rest) {
        String stripped = rest.strip();
        int space = stripped.indexOf(' ');
        if (space < 0) return new Malformed("TOP takes a message number and a count of lines");
        int number = decimal(stripped.substring(0, space));
        int lines = decimal(stripped.substring(space + 1).strip());
        return number > 0 && lines >= 0
                ? new Top(number, lines)
                : new Malformed("TOP takes a message number and a count of lines");
    }

    private static Pop3Command auth(String rest) {
        String stripped = rest.strip();
        if (stripped.isEmpty()) return new Auth(null, null);
        String[] parts = stripped.split(" +");
        if (parts.length > 2) return new Malformed("AUTH takes a mechanism and one response");
        return new Auth(parts[0], parts.length == 2 ? parts[1] : null);
    }

    /// Digits as a number up to 2^31 - 1; -1 for anything else.
    private static int decimal(String text) {
        if (text.isEmpty() || text.length() > 10) return -1;
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') return -1;
            number = number * 10 + (c - '0');
        }
        return number <= Integer.MAX_VALUE ? (int) number : -1;
    }

    private static String text(byte[] line, int from, int to) throws CharacterCodingException {
        for (int i = from; i < to; i++) {
            if (line[i] < 0) {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(line, from, to - from))
                        .toString();
            }
        }
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
