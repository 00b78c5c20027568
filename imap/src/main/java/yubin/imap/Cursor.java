package yubin.imap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Reads the tokens of one command, octet by octet. RFC 3501 §9.
///
/// The command lies in one array: its lines without the last CRLF, each literal in its place behind
/// `{n}` and CRLF. Every rule throws [Unreadable], which the parsers above turn into a value.
final class Cursor {
    /// What could not be read and where; made without a stack trace, as strangers can cause it.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;
        final int at;

        Unreadable(String problem, int at) {
            super(problem, null, false, false);
            this.at = at;
        }
    }

    /// `atom-specials` without CTL and with `]`, which ASTRING-CHAR allows again.
    private static final String ATOM_SPECIALS = "(){%*\"\\ ";

    private final byte[] octets;
    private final int end;
    private int at;

    Cursor(byte[] octets, int end) {
        this.octets = octets;
        this.end = end;
    }

    int at() {
        return at;
    }

    void back(int to) {
        at = to;
    }

    boolean atEnd() {
        return at == end;
    }

    /// The next octet, -1 at the end.
    int peek() {
        return at < end ? octets[at] & 0xff : -1;
    }

    boolean take(char octet) {
        if (peek() != octet) return false;
        at++;
        return true;
    }

    Unreadable bad(String problem) {
        return new Unreadable(problem, at);
    }

    void expect(char octet) throws Unreadable {
        if (!take(octet)) throw bad("expected " + (octet == ' ' ? "a space" : "'" + octet + "'"));
    }

    void space() throws Unreadable {
        expect(' ');
    }

    void finish() throws Unreadable {
        if (at != end) throw bad("unexpected text at the end");
    }

    /// `tag = 1*<any ASTRING-CHAR except "+">`
    String tag() throws Unreadable {
        int from = at;
        while (at < end && isAstringChar(octets[at]) && octets[at] != '+') at++;
        if (at == from) throw bad("expected a tag");
        return slice(from, at);
    }

    /// An atom in upper case: names of commands, items and options.
    String word() throws Unreadable {
        int from = at;
        while (at < end && isWordChar(octets[at])) at++;
        if (at == from) throw bad("expected a word");
        return slice(from, at).toUpperCase(Locale.ROOT);
    }

    /// The word that comes, in upper case, without taking it; empty when none comes.
    String peekWord() {
        int from = at;
        int to = at;
        while (to < end && isWordChar(octets[to])) to++;
        return slice(from, to).toUpperCase(Locale.ROOT);
    }

    /// `atom = 1*ATOM-CHAR`
    String atom() throws Unreadable {
        int from = at;
        while (at < end && isAstringChar(octets[at]) && octets[at] != ']') at++;
        if (at == from) throw bad("expected an atom");
        return slice(from, at);
    }

    /// `astring = 1*ASTRING-CHAR / string`, as octets. Octets beyond ASCII are let through in
    /// atoms: mail clients do send them.
    byte[] astring() throws Unreadable {
        int c = peek();
        boolean literal8 = c == '~' && at + 1 < end && octets[at + 1] == '{';
        if (c == '"' || c == '{' || literal8) return string();
        return run(false);
    }

    /// `list-mailbox = 1*list-char / string`
    byte[] listMailbox() throws Unreadable {
        int c = peek();
        if (c == '"' || c == '{') return string();
        return run(true);
    }

    private byte[] run(boolean wildcards) throws Unreadable {
        int from = at;
        while (at < end
                && (isAstringChar(octets[at])
                        || octets[at] < 0
                        || wildcards && (octets[at] == '%' || octets[at] == '*'))) {
            at++;
        }
        if (at == from) throw bad("expected a string");
        return copy(from, at);
    }

    /// `nstring = string / nil`; null for NIL.
    byte[] nstring() throws Unreadable {
        if (peekWord().equals("NIL")) {
            at += 3;
            return null;
        }
        return string();
    }

    /// `string = quoted / literal`
    byte[] string() throws Unreadable {
        if (take('"')) return quoted();
        if (take('~') && peek() != '{') throw bad("expected a literal");
        if (peek() == '{') return literal();
        throw bad("expected a string");
    }

    private byte[] quoted() throws Unreadable {
        int from = at;
        int escapes = 0;
        while (at < end && octets[at] != '"') {
            byte c = octets[at];
            if (c == '\\') {
                escapes++;
                at++;
                if (at == end || octets[at] != '"' && octets[at] != '\\') {
                    throw bad("expected \\\" or \\\\ in a quoted string");
                }
            } else if (c == '\r' || c == '\n' || c == 0) {
                throw bad("a quoted string has no such octet");
            }
            at++;
        }
        if (at == end) throw bad("a quoted string without its end");
        byte[] value = new byte[at - from - escapes];
        for (int i = from, to = 0; i < at; i++) {
            if (octets[i] == '\\') i++;
            value[to++] = octets[i];
        }
        at++;
        return value;
    }

    /// `literal = "{" number ["+" / "-"] "}" CRLF *CHAR8`; RFC 7888 §3. The reader of lines has put
    /// the octets in place.
    private byte[] literal() throws Unreadable {
        expect('{');
        long size = number();
        take('+');
        take('-');
        expect('}');
        if (at + 2 > end || octets[at] != '\r' || octets[at + 1] != '\n') {
            throw bad("expected the octets of a literal");
        }
        at += 2;
        if (size > end - at) throw bad("a literal shorter than it said");
        int from = at;
        at += (int) size;
        for (int i = from; i < at; i++) {
            if (octets[i] == 0) throw new Unreadable("NUL in a literal", i);
        }
        return copy(from, at);
    }

    /// `number = 1*DIGIT`, up to 2^63 - 1. RFC 7162 §7 and RFC 9051 §9 have 63 bits.
    long number() throws Unreadable {
        int from = at;
        long value = 0;
        while (at < end && octets[at] >= '0' && octets[at] <= '9') {
            int digit = octets[at] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) throw bad("a number too large");
            value = value * 10 + digit;
            at++;
        }
        if (at == from) throw bad("expected a number");
        return value;
    }

    /// A number of 32 bits, unsigned.
    long number32() throws Unreadable {
        int from = at;
        long value = number();
        if (value > 0xffffffffL) throw new Unreadable("a number over 4294967295", from);
        return value;
    }

    /// `nz-number = digit-nz *DIGIT`
    long nzNumber() throws Unreadable {
        int from = at;
        long value = number32();
        if (value == 0) throw new Unreadable("zero is not allowed here", from);
        return value;
    }

    private static boolean isAstringChar(byte c) {
        return c > ' ' && c < 127 && ATOM_SPECIALS.indexOf(c) < 0;
    }

    private static boolean isWordChar(byte c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '.'
                || c == '='
                || c == '_'
                || c == '+'
                || c == '$';
    }

    String slice(int from, int to) {
        return new String(octets, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private byte[] copy(int from, int to) {
        return java.util.Arrays.copyOfRange(octets, from, to);
    }

    /// UTF-8 where it is UTF-8, else ISO 8859-1.
    static String text(byte[] octets) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }
}
