package yubin.dns;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A zone in master file format. RFC 1035 §5, RFC 2308 §4 (`$TTL`), RFC 3597 (unknown types).
///
/// `$INCLUDE` is not followed: a zone file is one file.
public sealed interface ZoneFile {
    /// Its records in the order of the file, gathered into RRsets.
    record Records(List<RRset> sets) implements ZoneFile {}

    /// Line `line`, counted from 1, cannot be read.
    record Malformed(int line, String why) implements ZoneFile {
        @Override
        public String toString() {
            return "line " + line + ": " + why;
        }
    }

    /// Files over this are refused: they would not fit the heap as records.
    int OCTETS_MAX = 256 << 20;

    /// @throws IOException when the file cannot be read at all
    static ZoneFile read(Path file, Name origin) throws IOException {
        if (Files.size(file) > OCTETS_MAX) throw new IOException(file + ": over 256 MiB");
        return parse(Files.readString(file, StandardCharsets.ISO_8859_1), origin);
    }

    /// Reads a text whose characters are octets. Total: never throws.
    static ZoneFile parse(String text, Name origin) {
        return new Parser(text, origin).parse();
    }

    /// One word of a line.
    ///
    /// @param text with its escapes, without its quotes
    record Word(String text, boolean quoted) {
        /// With escapes resolved, for character-strings.
        byte[] octets() {
            return unescape(text);
        }

        static byte[] unescape(String text) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '\\' && i + 1 < text.length()) {
                    char next = text.charAt(i + 1);
                    if (next < '0' || next > '9') {
                        out.write(next);
                        i++;
                        continue;
                    }
                    int value = 0;
                    int digits = 0;
                    while (digits < 3 && i + 1 < text.length() && digit(text.charAt(i + 1))) {
                        value = value * 10 + text.charAt(++i) - '0';
                        digits++;
                    }
                    if (digits < 3 || value > 255) throw new Misread("escape " + text);
                    out.write(value);
                } else {
                    out.write(c);
                }
            }
            return out.toByteArray();
        }

        private static boolean digit(char c) {
            return c >= '0' && c <= '9';
        }
    }

    /// A number of seconds, or of `w d h m s` as BIND writes them; -1 when it is none.
    static long seconds(String text) {
        long total = 0;
        long number = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = Character.toLowerCase(text.charAt(i));
            if (c >= '0' && c <= '9') {
                number = Math.max(number, 0) * 10 + c - '0';
                if (number > 0xffff_ffffL) return -1;
                continue;
            }
            int unit =
                    switch (c) {
                        case 'w' -> 604_800;
                        case 'd' -> 86_400;
                        case 'h' -> 3_600;
                        case 'm' -> 60;
                        case 's' -> 1;
                        default -> 0;
                    };
            if (unit == 0 || number < 0) return -1;
            total += number * unit;
            number = -1;
        }
        if (number >= 0) total += number;
        return text.isEmpty() || total > 0xffff_ffffL ? -1 : total;
    }

    /// One pass over the text; line numbers are those of the first line of an entry.
    final class Parser {
        private final String text;
        private int at;
        private int line = 1;
        private Name origin;
        private Name owner;
        private long ttlDefault = -1;
        private long ttlLast = -1;

        private record Key(Name owner, int type) {}

        private static final class Group {
            int ttl = Integer.MAX_VALUE;
            final List<byte[]> rdata = new ArrayList<>(1);
            final List<byte[]> signatures = new ArrayList<>(0);
        }

        private final Map<Key, Group> groups = new LinkedHashMap<>();

        Parser(String text, Name origin) {
            this.text = text;
            this.origin = origin;
        }

        ZoneFile parse() {
            int entry = 1;
            try {
                while (at < text.length()) {
                    entry = line;
                    boolean blank = text.charAt(at) == ' ' || text.charAt(at) == '\t';
                    List<Word> words = words();
                    if (!words.isEmpty()) entry(words, blank);
                }
            } catch (Misread e) {
                return new ZoneFile.Malformed(entry, e.getMessage());
            }
            List<RRset> sets = new ArrayList<>(groups.size());
            groups.forEach(
                    (key, group) ->
                            sets.add(
                                    new RRset(
                                            key.owner,
                                            key.type,
                                            group.ttl,
                                            List.copyOf(group.rdata),
                                            List.copyOf(group.signatures))));
            return new Records(sets);
        }

        /// The words up to the end of the line, which parentheses carry on.
        private List<Word> words() {
            List<Word> words = new ArrayList<>(8);
            boolean within = false;
            while (at < text.length()) {
                char c = text.charAt(at);
                switch (c) {
                    case '\n' -> {
                        at++;
                        line++;
                        if (!within) return words;
                    }
                    case ' ', '\t', '\r' -> at++;
                    case ';' -> {
                        while (at < text.length() && text.charAt(at) != '\n') at++;
                    }
                    case '(', ')' -> {
                        if (within == (c == '(')) throw new Misread("stray " + c);
                        within = c == '(';
                        at++;
                    }
                    case '"' -> words.add(quotedWord());
                    default -> words.add(plainWord());
                }
            }
            if (within) throw new Misread("( is never closed");
            return words;
        }

        private Word quotedWord() {
            int start = ++at;
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\n') line++;
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            if (at >= text.length()) throw new Misread("\" is never closed");
            return new Word(text.substring(start, at++), true);
        }

        /// Ends at white space, parenthesis or comment; quotes inside (`alpn="h2"`) hold.
        private Word plainWord() {
            int start = at;
            boolean quoted = false;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '\n') break;
                if (c == '"') quoted = !quoted;
                else if (!quoted && " \t\r;()".indexOf(c) >= 0) break;
                at += c == '\\' && at + 1 < text.length() && text.charAt(at + 1) != '\n' ? 2 : 1;
            }
            at = Math.min(at, text.length());
            return new Word(text.substring(start, at), false);
        }

        private void entry(List<Word> words, boolean blank) {
            String first = words.getFirst().text();
            if (!blank && first.startsWith("$") && !words.getFirst().quoted()) {
                directive(first.toUpperCase(Locale.ROOT), words);
                return;
            }
            int next = 0;
            if (!blank) owner = name(words.get(next++).text());
            if (owner == null) throw new Misread("no owner name yet");
            long ttl = -1;
            boolean classSeen = false;
            while (next < words.size()) {
                String word = words.get(next).text();
                if (!classSeen && isClass(word)) {
                    classSeen = true;
                } else if (ttl < 0 && Type.parse(word) < 0 && seconds(word) >= 0) {
                    ttl = seconds(word);
                } else {
                    break;
                }
                next++;
            }
            if (next == words.size()) throw new Misread("record type expected");
            int type = Type.parse(words.get(next).text());
            if (type <= 0 || type == Type.OPT || type >= Type.TSIG && type <= Type.ANY) {
                throw new Misread("record type: " + words.get(next).text());
            }
            byte[] rdata = RdataText.read(type, words.subList(next + 1, words.size()), origin);
            if (ttl < 0) ttl = ttl(type, rdata);
            ttlLast = ttl;
            add(type, (int) Math.min(ttl, Integer.MAX_VALUE), rdata);
        }

        private static boolean isClass(String word) {
            return switch (word.toUpperCase(Locale.ROOT)) {
                case "IN", "CLASS1" -> true;
                case "CH", "HS", "CS", "CLASS3", "CLASS4" ->
                        throw new Misread("class IN expected: " + word);
                default -> false;
            };
        }

        /// `$TTL`, else the last one stated, else the SOA's minimum. RFC 2308 §4.
        private long ttl(int type, byte[] rdata) {
            if (ttlDefault >= 0) return ttlDefault;
            if (ttlLast >= 0) return ttlLast;
            if (type == Type.SOA) return Rdata.u32(rdata, rdata.length - 4) & 0xffff_ffffL;
            return 3600;
        }

        private void add(int type, int ttl, byte[] rdata) {
            boolean signature = type == Type.RRSIG;
            Key key = new Key(owner, signature ? Rdata.u16(rdata, 0) : type);
            Group group = groups.computeIfAbsent(key, _ -> new Group());
            List<byte[]> list = signature ? group.signatures : group.rdata;
            // RFC 2181 §5.2: one TTL a set. The TTL of the records goes before that of signatures.
            if (signature ? group.rdata.isEmpty() : true) group.ttl = Math.min(group.ttl, ttl);
            if (list.size() < 32 || signature) {
                for (byte[] other : list) if (java.util.Arrays.equals(other, rdata)) return;
            }
            list.add(rdata);
        }

        private void directive(String word, List<Word> words) {
            switch (word) {
                case "$ORIGIN" -> {
                    if (words.size() != 2) throw new Misread("$ORIGIN NAME");
                    origin = name(words.get(1).text());
                }
                case "$TTL" -> {
                    long ttl = words.size() == 2 ? seconds(words.get(1).text()) : -1;
                    if (ttl < 0) throw new Misread("$TTL SECONDS");
                    ttlDefault = ttl;
                }
                default -> throw new Misread("not supported: " + word);
            }
        }

        private Name name(String word) {
            return Name.parse(word, origin)
                    .orElseThrow(() -> new Misread("name expected: " + word));
        }
    }
}
