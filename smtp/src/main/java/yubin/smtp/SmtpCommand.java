package yubin.smtp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import yubin.mail.Address;
import yubin.mail.ReversePath;

/// One command line from a client. RFC 5321 §4.1.1.
sealed interface SmtpCommand {
    /// HELO, EHLO or LHLO (RFC 2033 §4.1). `name` is what the client calls itself, at most 255
    /// octets.
    record Hello(Greeting greeting, String name) implements SmtpCommand {}

    enum Greeting {
        HELO,
        EHLO,
        LHLO
    }

    /// @param utf8 whether the reverse-path holds octets above 127
    record Mail(ReversePath from, boolean utf8, MailParameters parameters) implements SmtpCommand {}

    record Rcpt(ForwardPath to, boolean utf8, RcptParameters parameters) implements SmtpCommand {}

    record Data() implements SmtpCommand {}

    /// RFC 3030 §2. `octets` follow the line at once, whatever the reply will be.
    record Bdat(long octets, boolean last) implements SmtpCommand {}

    record Rset() implements SmtpCommand {}

    record Noop() implements SmtpCommand {}

    record Quit() implements SmtpCommand {}

    record Vrfy(String whom) implements SmtpCommand {}

    record Expn(String list) implements SmtpCommand {}

    record Help() implements SmtpCommand {}

    record StartTls() implements SmtpCommand {}

    /// RFC 4954 §4.
    ///
    /// @param initial the initial response in Base64, `=` for an empty one, null for none
    record Auth(String mechanism, String initial) implements SmtpCommand {}

    /// A line we cannot read; `at` is the first octet not understood, counted from 0.
    record Malformed(Problem problem, int at) implements SmtpCommand {}

    enum Problem {
        /// The verb is none of ours.
        UNKNOWN_VERB,
        /// A control octet, or octets above 127 that are no UTF-8.
        OCTETS,
        ARGUMENT_MISSING,
        ARGUMENT_NOT_ALLOWED,
        /// No name that a host may have.
        NAME,
        REVERSE_PATH,
        FORWARD_PATH,
        PARAMETER_VALUE,
        PARAMETER_TWICE,
        PARAMETER_UNKNOWN,
        NUMBER
    }

    /// Where a letter goes.
    sealed interface ForwardPath {
        record Mailbox(Address address) implements ForwardPath {}

        /// `<Postmaster>` without a domain, in any case. RFC 5321 §4.5.1.
        record Postmaster() implements ForwardPath {}
    }

    /// RFC 5321 §4.5.3.1.3 says 256; a path with UTF-8 is counted in octets too.
    int PATH_OCTETS_MAX = 256;

    /// Reads the first `length` octets of `line`, which hold no CRLF. Total: never null, never
    /// throws.
    static SmtpCommand parse(byte[] line, int length) {
        boolean ascii = true;
        for (int i = 0; i < length; i++) {
            byte octet = line[i];
            if (octet < 0) ascii = false;
            else if (octet < ' ' || octet == 127) return new Malformed(Problem.OCTETS, i);
        }
        if (ascii) return parse(new String(line, 0, length, StandardCharsets.ISO_8859_1));
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(line, 0, length))
                            .toString();
            return parse(text);
        } catch (CharacterCodingException _) {
            return new Malformed(Problem.OCTETS, 0);
        }
    }

    private static SmtpCommand parse(String line) {
        int space = line.indexOf(' ');
        String verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
        String rest = space < 0 ? "" : line.substring(space + 1).strip();
        return switch (verb) {
            case "HELO" -> hello(Greeting.HELO, rest);
            case "EHLO" -> hello(Greeting.EHLO, rest);
            case "LHLO" -> hello(Greeting.LHLO, rest);
            case "MAIL" -> new Reader(line, space).mail();
            case "RCPT" -> new Reader(line, space).rcpt();
            case "DATA" -> alone(rest, new Data());
            case "BDAT" -> bdat(rest);
            case "RSET" -> alone(rest, new Rset());
            case "NOOP" -> new Noop();
            case "QUIT" -> alone(rest, new Quit());
            case "VRFY" ->
                    rest.isEmpty() ? malformed(Problem.ARGUMENT_MISSING, line) : new Vrfy(rest);
            case "EXPN" ->
                    rest.isEmpty() ? malformed(Problem.ARGUMENT_MISSING, line) : new Expn(rest);
            case "HELP" -> new Help();
            case "STARTTLS" -> alone(rest, new StartTls());
            case "AUTH" -> auth(rest);
            default -> new Malformed(Problem.UNKNOWN_VERB, 0);
        };
    }

    private static Malformed malformed(Problem problem, String line) {
        return new Malformed(problem, line.length());
    }

    private static SmtpCommand alone(String rest, SmtpCommand command) {
        return rest.isEmpty() ? command : new Malformed(Problem.ARGUMENT_NOT_ALLOWED, 5);
    }

    /// `ehlo = "EHLO" SP ( Domain / address-literal ) CRLF`. Real clients write underscores, bare
    /// addresses and worse here; what cannot stand in a header field is refused.
    private static SmtpCommand hello(Greeting greeting, String name) {
        if (name.isEmpty()) return new Malformed(Problem.ARGUMENT_MISSING, 4);
        if (name.length() > 255) return new Malformed(Problem.NAME, 5);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c > 126 || "()<>@,;\\\"".indexOf(c) >= 0) {
                return new Malformed(Problem.NAME, 5 + i);
            }
        }
        return new Hello(greeting, name);
    }

    /// `bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CR LF`
    private static SmtpCommand bdat(String rest) {
        String[] words = rest.split(" +", 3);
        if (words[0].isEmpty()) return new Malformed(Problem.ARGUMENT_MISSING, 4);
        boolean last = words.length > 1 && words[1].equalsIgnoreCase("LAST");
        if (words.length > 2 || words.length == 2 && !last) {
            return new Malformed(Problem.ARGUMENT_NOT_ALLOWED, 6 + words[0].length());
        }
        long octets = number(words[0]);
        return octets < 0 ? new Malformed(Problem.NUMBER, 5) : new Bdat(octets, last);
    }

    private static SmtpCommand auth(String rest) {
        String[] words = rest.split(" +", 3);
        if (words[0].isEmpty()) return new Malformed(Problem.ARGUMENT_MISSING, 4);
        if (words.length > 2) return new Malformed(Problem.ARGUMENT_NOT_ALLOWED, 5);
        return new Auth(words[0].toUpperCase(Locale.ROOT), words.length == 2 ? words[1] : null);
    }

    /// At most 18 digits; -1 when it is no number.
    static long number(String digits) {
        if (digits.isEmpty() || digits.length() > 18) return -1;
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            value = value * 10 + digit;
        }
        return value;
    }

    /// Reads MAIL and RCPT: a path, then parameters.
    final class Reader {
        private final String line;
        private int at;

        private Reader(String line, int space) {
            this.line = line;
            this.at = space < 0 ? line.length() : space;
        }

        /// `mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF`. A space behind the colon
        /// is common and let through.
        private SmtpCommand mail() {
            if (!keyword("FROM:")) return new Malformed(Problem.ARGUMENT_MISSING, at);
            int start = at;
            String path = path();
            if (path == null) return new Malformed(Problem.REVERSE_PATH, start);
            ReversePath from = ReversePath.NULL;
            if (!path.isEmpty()) {
                Address address = Address.parse(path).orElse(null);
                if (address == null) return new Malformed(Problem.REVERSE_PATH, start);
                from = ReversePath.of(address);
            }
            String given = path;
            ReversePath reversePath = from;
            return switch (MailParameters.parse(line, at)) {
                case MailParameters good -> new Mail(reversePath, isUtf8(given), good);
                case Parameters.Bad(var problem, var where) -> new Malformed(problem, where);
                case RcptParameters _ -> throw new AssertionError();
            };
        }

        /// `rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path )
        /// [SP Rcpt-parameters] CRLF`
        private SmtpCommand rcpt() {
            if (!keyword("TO:")) return new Malformed(Problem.ARGUMENT_MISSING, at);
            int start = at;
            String path = path();
            if (path == null || path.isEmpty()) {
                return new Malformed(Problem.FORWARD_PATH, start);
            }
            ForwardPath to;
            if (path.equalsIgnoreCase("postmaster")) {
                to = new ForwardPath.Postmaster();
            } else {
                Address address = Address.parse(path).orElse(null);
                if (address == null) return new Malformed(Problem.FORWARD_PATH, start);
                to = new ForwardPath.Mailbox(address);
            }
            return switch (RcptParameters.parse(line, at)) {
                case RcptParameters good -> new Rcpt(to, isUtf8(path), good);
                case Parameters.Bad(var problem, var where) -> new Malformed(problem, where);
                case MailParameters _ -> throw new AssertionError();
            };
        }

        private boolean keyword(String word) {
            while (at < line.length() && line.charAt(at) == ' ') at++;
            if (!line.regionMatches(true, at, word, 0, word.length())) return false;
            at += word.length();
            while (at < line.length() && line.charAt(at) == ' ') at++;
            return true;
        }

        /// What stands between `<` and `>`, without a source route (`@a,@b:`), which is read and
        /// ignored (RFC 5321 §4.1.1.3). Null when there is no path.
        private String path() {
            if (at >= line.length() || line.charAt(at) != '<') return null;
            int start = ++at;
            boolean quoted = false;
            for (; at < line.length(); at++) {
                if (at - start > 2 * PATH_OCTETS_MAX) return null;
                char c = line.charAt(at);
                if (quoted && c == '\\') at++;
                else if (c == '"') quoted = !quoted;
                else if (c == '>' && !quoted) break;
            }
            if (at >= line.length()) return null;
            String path = line.substring(start, at++);
            if (at < line.length() && line.charAt(at) != ' ') return null;
            if (path.startsWith("@")) {
                int colon = path.indexOf(':');
                if (colon < 0) return null;
                path = path.substring(colon + 1);
                if (path.isEmpty()) return null;
            }
            return path.getBytes(StandardCharsets.UTF_8).length > PATH_OCTETS_MAX ? null : path;
        }

        private static boolean isUtf8(String path) {
            for (int i = 0; i < path.length(); i++) if (path.charAt(i) > 127) return true;
            return false;
        }
    }
}
