package yubin.dns;

import java.io.ByteArrayOutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// RDATA in presentation form, both ways, by the field letters of [Rdata]. RFC 1035 §5.1.
final class RdataText {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
    private static final String BASE32HEX = "0123456789abcdefghijklmnopqrstuv";

    private static final String[] SERVICE_KEYS = {
        "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"
    };

    private RdataText() {}

    /// Reads the words after the type. Names without a final dot are relative to `origin`.
    ///
    /// @throws Misread saying what was expected
    static byte[] read(int type, List<ZoneFile.Word> words, Name origin) {
        if (!words.isEmpty() && words.getFirst().text().equals("\\#")) {
            byte[] rdata = generic(words);
            check(type, rdata);
            return rdata;
        }
        String fields = Rdata.fields(type);
        if (fields == null) throw new Misread("\\# and hex for " + Type.name(type) + " expected");
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        int next = 0;
        for (int i = 0; i < fields.length(); i++) {
            char field = fields.charAt(i);
            switch (field) {
                case 'x', 'b' -> {
                    StringBuilder rest = new StringBuilder();
                    for (; next < words.size(); next++) rest.append(words.get(next).text());
                    out.writeBytes(field == 'x' ? hex(rest.toString()) : base64(rest.toString()));
                }
                case 'S' -> {
                    if (next == words.size()) throw new Misread("a string expected");
                    for (; next < words.size(); next++) string(out, words.get(next));
                }
                case 'B' -> {
                    TreeSet<Integer> types = new TreeSet<>();
                    for (; next < words.size(); next++) types.add(type(words.get(next).text()));
                    out.writeBytes(bitmap(types));
                }
                case 'v' -> {
                    out.writeBytes(serviceParameters(words.subList(next, words.size())));
                    next = words.size();
                }
                default -> {
                    if (next == words.size()) {
                        throw new Misread("RDATA of " + Type.name(type) + " ends early");
                    }
                    field(out, field, words.get(next++), origin);
                }
            }
        }
        if (next != words.size()) {
            throw new Misread("too much after " + Type.name(type) + ": " + words.get(next).text());
        }
        if (out.size() > 65_535) throw new Misread("RDATA over 65535 octets");
        byte[] rdata = out.toByteArray();
        check(type, rdata);
        return rdata;
    }

    private static void check(int type, byte[] rdata) {
        String fields = Rdata.fields(type);
        if (fields == null) return;
        if (rdata.length == 0) throw new Misread("RDATA of " + Type.name(type) + " expected");
        int at = 0;
        for (int i = 0; i < fields.length(); i++) {
            at += Rdata.width(fields.charAt(i), rdata, at, rdata.length);
        }
        if (at != rdata.length) throw new Misread("RDATA length for " + Type.name(type));
    }

    private static void field(
            ByteArrayOutputStream out, char field, ZoneFile.Word word, Name origin) {
        String text = word.text();
        switch (field) {
            case 'N', 'n', 'm' ->
                    out.writeBytes(
                            Name.parse(text, origin)
                                    .orElseThrow(() -> new Misread("name expected: " + text))
                                    .wire());
            case '1' -> number(out, text, 1);
            case '2' -> number(out, text, 2);
            case '4' -> number(out, text, 4);
            case 'T' -> {
                long seconds = ZoneFile.seconds(text);
                if (seconds < 0) throw new Misread("seconds expected: " + text);
                put(out, seconds, 4);
            }
            case 'd' -> put(out, date(text), 4);
            case 't' -> put(out, type(text), 2);
            case 'a' -> out.writeBytes(ipv4(text));
            case '6' -> out.writeBytes(ipv6(text));
            case 'e' -> hyphened(out, text, 6);
            case 'E' -> hyphened(out, text, 8);
            case '8' -> groups(out, text);
            case 's', 'g' -> string(out, word);
            case 'q' -> out.writeBytes(word.octets());
            case 'z' -> {
                byte[] salt = text.equals("-") ? new byte[0] : hex(text);
                if (salt.length > 255) throw new Misread("salt too long");
                out.write(salt.length);
                out.writeBytes(salt);
            }
            case 'h' -> {
                byte[] hash = base32hex(text);
                out.write(hash.length);
                out.writeBytes(hash);
            }
            default -> throw new IllegalStateException("field " + field);
        }
    }

    /// `\# length hex`. RFC 3597
    private static byte[] generic(List<ZoneFile.Word> words) {
        if (words.size() < 2) throw new Misread("length after \\# expected");
        long length = unsigned(words.get(1).text(), 65_535);
        StringBuilder rest = new StringBuilder();
        for (ZoneFile.Word word : words.subList(2, words.size())) rest.append(word.text());
        byte[] rdata = hex(rest.toString());
        if (rdata.length != length) throw new Misread("\\# length differs from the hex");
        return rdata;
    }

    private static void number(ByteArrayOutputStream out, String text, int octets) {
        put(out, unsigned(text, (1L << 8 * octets) - 1), octets);
    }

    static long unsigned(String text, long max) {
        if (text.isEmpty() || text.length() > 10) throw new Misread("number expected: " + text);
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') throw new Misread("number expected: " + text);
            value = value * 10 + c - '0';
        }
        if (value > max) throw new Misread("number over " + max + ": " + text);
        return value;
    }

    private static void put(ByteArrayOutputStream out, long value, int octets) {
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
            out.write((int) (value >> shift));
    }

    /// A date or seconds since 1970. RFC 4034 §3.2.
    static long date(String text) {
        if (text.length() != 14) return unsigned(text, 0xffff_ffffL);
        try {
            return LocalDateTime.parse(text, DATE).toEpochSecond(ZoneOffset.UTC) & 0xffff_ffffL;
        } catch (DateTimeException e) {
            throw new Misread("date expected: " + text);
        }
    }

    private static int type(String text) {
        int type = Type.parse(text);
        if (type < 0) throw new Misread("record type expected: " + text);
        return type;
    }

    private static void string(ByteArrayOutputStream out, ZoneFile.Word word) {
        byte[] octets = word.octets();
        if (octets.length > 255) throw new Misread("string over 255 octets");
        out.write(octets.length);
        out.writeBytes(octets);
    }

    static byte[] ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) throw new Misread("IPv4 address expected: " + text);
        byte[] octets = new byte[4];
        for (int i = 0; i < 4; i++) octets[i] = (byte) unsigned(parts[i], 255);
        return octets;
    }

    static byte[] ipv6(String text) {
        if (text.indexOf(':') < 0 || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
            throw new Misread("IPv6 address expected: " + text);
        }
        try {
            // A literal with a colon is never looked up. ::ffff:0:0/96 comes back as IPv4.
            InetAddress address = InetAddress.ofLiteral(text);
            if (address instanceof Inet6Address) return address.getAddress();
            byte[] mapped = new byte[16];
            mapped[10] = mapped[11] = (byte) 0xff;
            System.arraycopy(address.getAddress(), 0, mapped, 12, 4);
            return mapped;
        } catch (IllegalArgumentException e) {
            throw new Misread("IPv6 address expected: " + text);
        }
    }

    private static byte[] hex(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw new Misread("hex expected: " + text);
        }
    }

    /// Octets in hex with hyphens between them. RFC 7043
    private static void hyphened(ByteArrayOutputStream out, String text, int octets) {
        if (text.length() != 3 * octets - 1) throw new Misread("EUI address expected: " + text);
        for (int i = 0; i < octets; i++) {
            if (i > 0 && text.charAt(3 * i - 1) != '-') throw new Misread("EUI address: " + text);
            out.writeBytes(hex(text.substring(3 * i, 3 * i + 2)));
        }
    }

    /// Four groups of one to four hex digits between colons. RFC 6742
    private static void groups(ByteArrayOutputStream out, String text) {
        String[] groups = text.split(":", -1);
        if (groups.length != 4) throw new Misread("four groups of hex expected: " + text);
        for (String group : groups) {
            if (group.isEmpty() || group.length() > 4) throw new Misread("hex expected: " + text);
            out.writeBytes(hex("0".repeat(4 - group.length()) + group));
        }
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Misread("base64 expected: " + text);
        }
    }

    /// RFC 4648 without padding.
    static byte[] base32hex(String text) {
        byte[] out = new byte[text.length() * 5 / 8];
        long bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = BASE32HEX.indexOf(Character.toLowerCase(text.charAt(i)));
            if (value < 0) throw new Misread("base32hex expected: " + text);
            bits = bits << 5 | value;
            held += 5;
            if (held >= 8) {
                held -= 8;
                out[at++] = (byte) (bits >> held);
            }
        }
        if (at == 0 || at > 255) throw new Misread("hash length");
        return out;
    }

    static String base32hex(byte[] octets) {
        StringBuilder text = new StringBuilder(octets.length * 8 / 5 + 1);
        long bits = 0;
        int held = 0;
        for (byte octet : octets) {
            bits = bits << 8 | octet & 0xff;
            held += 8;
            while (held >= 5) {
                held -= 5;
                text.append(BASE32HEX.charAt((int) (bits >> held) & 31));
            }
        }
        if (held > 0) text.append(BASE32HEX.charAt((int) (bits << 5 - held) & 31));
        return text.toString();
    }

    /// RFC 4034 §4.1.2.
    static byte[] bitmap(java.util.SortedSet<Integer> types) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(40);
        byte[] window = new byte[32];
        int windowNumber = -1;
        int used = 0;
        for (int type : types) {
            if (type >> 8 != windowNumber) {
                flush(out, windowNumber, window, used);
                Arrays.fill(window, (byte) 0);
                windowNumber = type >> 8;
            }
            window[(type & 0xff) >> 3] |= (byte) (0x80 >> (type & 7));
            used = ((type & 0xff) >> 3) + 1;
        }
        flush(out, windowNumber, window, used);
        return out.toByteArray();
    }

    private static void flush(ByteArrayOutputStream out, int number, byte[] window, int used) {
        if (number < 0) return;
        out.write(number);
        out.write(used);
        out.write(window, 0, used);
    }

    /// `key=value` words. RFC 9460
    private static byte[] serviceParameters(List<ZoneFile.Word> words) {
        java.util.TreeMap<Integer, byte[]> parameters = new java.util.TreeMap<>();
        for (ZoneFile.Word word : words) {
            String text = word.text();
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            String value = equals < 0 ? "" : text.substring(equals + 1);
            if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
                value = value.substring(1, value.length() - 1);
            }
            int key = serviceKey(name);
            // In the form `keyN` the value is octets, whatever is known of the key (RFC 9460).
            boolean octets = name.startsWith("key");
            byte[] read = octets ? ZoneFile.Word.unescape(value) : serviceValue(key, value);
            if (parameters.put(key, read) != null) {
                throw new Misread("service parameter twice: " + name);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parameters.forEach(
                (key, value) -> {
                    put(out, key, 2);
                    put(out, value.length, 2);
                    out.writeBytes(value);
                });
        return out.toByteArray();
    }

    private static int serviceKey(String name) {
        for (int i = 0; i < SERVICE_KEYS.length; i++) if (SERVICE_KEYS[i].equals(name)) return i;
        if (name.startsWith("key")) return (int) unsigned(name.substring(3), 65_534);
        throw new Misread("service parameter key expected: " + name);
    }

    private static byte[] serviceValue(int key, String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (key) {
            case 0 -> {
                TreeSet<Integer> keys = new TreeSet<>();
                for (String name : value.split(",")) keys.add(serviceKey(name));
                for (int each : keys) put(out, each, 2);
            }
            case 1 -> {
                for (String protocol : value.split(",")) {
                    byte[] octets = Name.label(protocol);
                    if (octets.length == 0 || octets.length > 255) throw new Misread("alpn");
                    out.write(octets.length);
                    out.writeBytes(octets);
                }
            }
            case 2 -> {
                if (!value.isEmpty()) throw new Misread("no-default-alpn has no value");
            }
            case 3 -> put(out, unsigned(value, 65_535), 2);
            case 4 -> {
                for (String address : value.split(",")) out.writeBytes(ipv4(address));
            }
            case 5 -> out.writeBytes(base64(value));
            case 6 -> {
                for (String address : value.split(",")) out.writeBytes(ipv6(address));
            }
            default -> out.writeBytes(ZoneFile.Word.unescape(value));
        }
        return out.toByteArray();
    }

    // ---- the other way -----------------------------------------------------------------------

    /// As a zone file has it.
    static String write(int type, byte[] rdata) {
        String fields = Rdata.fields(type);
        if (fields == null) return generic(rdata);
        StringBuilder text = new StringBuilder(64);
        try {
            int at = 0;
            for (int i = 0; i < fields.length(); i++) {
                char field = fields.charAt(i);
                int octets = Rdata.width(field, rdata, at, rdata.length);
                if (at + octets > rdata.length) return generic(rdata);
                if (!text.isEmpty() && !((field == 'B' || field == 'v') && octets == 0))
                    text.append(' ');
                field(text, field, rdata, at, octets);
                at += octets;
            }
            return at == rdata.length ? text.toString() : generic(rdata);
        } catch (Misread e) {
            return generic(rdata);
        }
    }

    private static String generic(byte[] rdata) {
        String hex = HexFormat.of().formatHex(rdata);
        return "\\# " + rdata.length + (rdata.length == 0 ? "" : " " + hex);
    }

    /// BIND reads no quotes here; a tag of other characters (RFC 8659 §4.1) needs them.
    private static void tag(StringBuilder text, byte[] part) {
        String tag = new String(part, 1, part.length - 1, StandardCharsets.ISO_8859_1);
        if (tag.matches("[A-Za-z0-9]+")) text.append(tag);
        else quoted(text, part, 1, part.length);
    }

    private static void field(StringBuilder text, char field, byte[] rdata, int at, int octets) {
        byte[] part = Arrays.copyOfRange(rdata, at, at + octets);
        switch (field) {
            case 'N', 'n', 'm' -> text.append(new Name(part));
            case '1' -> text.append(part[0] & 0xff);
            case '2' -> text.append(Rdata.u16(part, 0));
            case '4', 'T' -> text.append(Rdata.u32(part, 0) & 0xffff_ffffL);
            case 'd' ->
                    text.append(
                            LocalDateTime.ofInstant(
                                            Instant.ofEpochSecond(
                                                    Rdata.u32(part, 0) & 0xffff_ffffL),
                                            ZoneOffset.UTC)
                                    .format(DATE));
            case 't' -> text.append(Type.name(Rdata.u16(part, 0)));
            case 'a', '6' -> text.append(address(part));
            case 'e', 'E' -> text.append(HexFormat.ofDelimiter("-").formatHex(part));
            case '8' -> {
                for (int i = 0; i < 8; i += 2) {
                    if (i > 0) text.append(':');
                    text.append(HexFormat.of().toHexDigits((short) Rdata.u16(part, i)));
                }
            }
            case 's' -> quoted(text, part, 1, octets);
            case 'g' -> tag(text, part);
            case 'S' -> {
                for (int i = 0; i < octets; i += 1 + (part[i] & 0xff)) {
                    if (i > 0) text.append(' ');
                    quoted(text, part, i + 1, Math.min(octets, i + 1 + (part[i] & 0xff)));
                }
            }
            case 'q' -> quoted(text, part, 0, octets);
            case 'x' -> text.append(HexFormat.of().formatHex(part));
            case 'b' -> text.append(Base64.getEncoder().encodeToString(part));
            case 'z' -> text.append(octets == 1 ? "-" : HexFormat.of().formatHex(part, 1, octets));
            case 'h' -> {
                if (octets == 1) throw new Misread("no hash");
                text.append(base32hex(Arrays.copyOfRange(part, 1, octets)));
            }
            case 'B' -> text.append(bitmap(part));
            case 'v' -> text.append(serviceParameters(part));
            default -> throw new IllegalStateException("field " + field);
        }
    }

    static String address(byte[] octets) {
        try {
            if (octets.length == 16 && octets[10] == -1 && octets[11] == -1) {
                boolean mapped = true;
                for (int i = 0; i < 10; i++) mapped &= octets[i] == 0;
                if (mapped) return "::ffff:" + address(Arrays.copyOfRange(octets, 12, 16));
            }
            InetAddress address = InetAddress.getByAddress(octets);
            return address instanceof Inet6Address ? ipv6Text(octets) : address.getHostAddress();
        } catch (UnknownHostException e) {
            throw new Misread("address of " + octets.length + " octets");
        }
    }

    /// The longest run of zero groups becomes `::`. RFC 5952
    private static String ipv6Text(byte[] octets) {
        int bestAt = -1;
        int best = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && Rdata.u16(octets, 2 * (i + run)) == 0) run++;
            if (run > best) {
                best = run;
                bestAt = i;
            }
        }
        StringBuilder text = new StringBuilder(40);
        for (int i = 0; i < 8; i++) {
            if (i == bestAt) {
                text.append("::");
                i += best - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') text.append(':');
            text.append(Integer.toHexString(Rdata.u16(octets, 2 * i)));
        }
        return text.toString();
    }

    private static void quoted(StringBuilder text, byte[] octets, int from, int to) {
        text.append('"');
        for (int i = from; i < to; i++) {
            int c = octets[i] & 0xff;
            if (c == '"' || c == '\\') text.append('\\').append((char) c);
            else if (c >= 32 && c < 127) text.append((char) c);
            else text.append(String.format(Locale.ROOT, "\\%03d", c));
        }
        text.append('"');
    }

    /// @throws Misread when its text would not be read back as these octets
    private static String bitmap(byte[] octets) {
        TreeSet<Integer> types = new TreeSet<>();
        for (int i = 0; i + 2 <= octets.length; i += 2 + (octets[i + 1] & 0xff)) {
            for (int bit = 0; bit < 8 * (octets[i + 1] & 0xff); bit++) {
                if ((octets[i + 2 + bit / 8] & 0x80 >> bit % 8) == 0) continue;
                types.add((octets[i] & 0xff) << 8 | bit);
            }
        }
        if (!Arrays.equals(bitmap(types), octets)) throw new Misread("type bit map with padding");
        return types.stream().map(Type::name).collect(Collectors.joining(" "));
    }

    private static String serviceParameters(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < octets.length; i += 4 + Rdata.u16(octets, i + 2)) {
            int key = Rdata.u16(octets, i);
            byte[] value = Arrays.copyOfRange(octets, i + 4, i + 4 + Rdata.u16(octets, i + 2));
            if (!text.isEmpty()) text.append(' ');
            String words = serviceValue(key, value);
            boolean named = words != null && key < SERVICE_KEYS.length;
            text.append(named ? SERVICE_KEYS[key] : "key" + key);
            if (named && !words.isEmpty()) text.append('=').append(words);
            if (!named && value.length > 0) quoted(text.append('='), value, 0, value.length);
        }
        return text.toString();
    }

    /// Null when it is not of the form that its key asks for.
    private static String serviceValue(int key, byte[] value) {
        StringBuilder text = new StringBuilder();
        switch (key) {
            case 0 -> {
                if (value.length == 0 || value.length % 2 != 0) return null;
                for (int i = 0; i < value.length; i += 2) {
                    int each = Rdata.u16(value, i);
                    if (each == 65_535) return null;
                    if (i > 0 && each <= Rdata.u16(value, i - 2)) return null;
                    if (i > 0) text.append(',');
                    text.append(each < SERVICE_KEYS.length ? SERVICE_KEYS[each] : "key" + each);
                }
            }
            case 1 -> {
                for (int i = 0; i < value.length; i += 1 + (value[i] & 0xff)) {
                    int end = i + 1 + (value[i] & 0xff);
                    if (end > value.length || value[i] == 0) return null;
                    if (i > 0) text.append(',');
                    for (int j = i + 1; j < end; j++) {
                        if (value[j] <= 32 || value[j] == ',' || value[j] == '\\') return null;
                        if ("\"();\u007f".indexOf(value[j]) >= 0) return null;
                        text.append((char) value[j]);
                    }
                }
                if (value.length == 0) return null;
            }
            case 2 -> {
                if (value.length > 0) return null;
            }
            case 3 -> {
                if (value.length != 2) return null;
                text.append(Rdata.u16(value, 0));
            }
            case 4, 6 -> {
                int width = key == 4 ? 4 : 16;
                if (value.length == 0 || value.length % width != 0) return null;
                for (int i = 0; i < value.length; i += width) {
                    if (i > 0) text.append(',');
                    text.append(address(Arrays.copyOfRange(value, i, i + width)));
                }
            }
            case 5 -> text.append(Base64.getEncoder().encodeToString(value));
            default -> {
                return null;
            }
        }
        return text.toString();
    }
}
