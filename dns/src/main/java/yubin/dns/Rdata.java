package yubin.dns;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// RDATA in wire form: what each type is made of, and how it is read, checked and canonised.
///
/// One line of the table per type, a letter per field:
///
/// | letter | field |
/// | --- | --- |
/// | `N` | name, compressed when written (RFC 1035 §3.3) |
/// | `n` | name, lower-cased in canonical form (RFC 4034 §6.2) |
/// | `m` | name that keeps its case (RFC 6840 §5.1) |
/// | `1` `2` `4` | unsigned number of so many octets |
/// | `T` `d` `t` | seconds; point in time; record type |
/// | `a` `6` `e` `E` | IPv4, IPv6, EUI-48, EUI-64 address |
/// | `8` | 64 bits as four groups of hex (RFC 6742) |
/// | `s` `S` | one character-string; one or more to the end |
/// | `g` | tag: a character-string of letters and digits, written without quotes |
/// | `q` | text to the end |
/// | `x` `b` | octets to the end, written as hex or base64 |
/// | `z` `h` | length and octets, written as hex (`-` when empty) or base32hex |
/// | `B` | type bit maps to the end (RFC 4034 §4.1.2) |
/// | `v` | service parameters to the end (RFC 9460) |
///
/// A type without a line is octets (RFC 3597).
final class Rdata {
    private static final String[] FIELDS = new String[260];

    static {
        String table =
                "A a NS N MD N MF N CNAME N SOA NN4TTTT MB N MG N MR N PTR N HINFO ss MINFO NN MX 2N"
                        + " TXT S RP nn AFSDB 2n X25 s RT 2n SIG t114dd2nb KEY 211b PX 2nn AAAA 6"
                        + " SRV 222n NAPTR 22sssn KX 2n CERT 221b DNAME n DS 211x SSHFP 11x"
                        + " RRSIG t114dd2nb NSEC mB DNSKEY 211b DHCID b NSEC3 112zhB"
                        + " NSEC3PARAM 112z TLSA 111x SMIMEA 111x CDS 211x CDNSKEY 211b"
                        + " OPENPGPKEY b CSYNC 42B ZONEMD 411x SVCB 2mv HTTPS 2mv SPF S"
                        + " EUI48 e EUI64 E URI 22q CAA 1gq AVC S NID 28 L32 2a L64 28 LP 2m";
        String[] words = table.split(" ");
        for (int i = 0; i < words.length; i += 2) FIELDS[Type.parse(words[i])] = words[i + 1];
    }

    private Rdata() {}

    /// The fields of a type; null when it is unknown.
    static String fields(int type) {
        return type < FIELDS.length ? FIELDS[type] : null;
    }

    static boolean mayBeEmpty(int type) {
        return fields(type) == null;
    }

    /// Reads RDATA from the reader's place to `end`, names made whole.
    ///
    /// @throws Misread when it is none of this type
    static byte[] read(MessageReader in, int type, int end) {
        String fields = fields(type);
        int start = in.at();
        if (fields == null) return Arrays.copyOfRange(in.octets(), start, end);
        boolean named = false;
        for (int i = 0; i < fields.length(); i++) {
            char field = fields.charAt(i);
            if (field == 'N' || field == 'n' || field == 'm') named = true;
        }
        if (!named) {
            for (int i = 0; i < fields.length(); i++) {
                int octets = width(fields.charAt(i), in.octets(), in.at(), end);
                in.skip(octets, end);
            }
            if (in.at() != end) throw new Misread("RDATA too long for " + Type.name(type));
            return Arrays.copyOfRange(in.octets(), start, end);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(end - start + 32);
        for (int i = 0; i < fields.length(); i++) {
            char field = fields.charAt(i);
            if (field == 'N' || field == 'n' || field == 'm') {
                out.writeBytes(in.name().wire());
                if (in.at() > end) throw new Misread("name beyond its RDATA");
            } else {
                int octets = width(field, in.octets(), in.at(), end);
                int from = in.at();
                in.skip(octets, end);
                out.write(in.octets(), from, octets);
            }
        }
        if (in.at() != end) throw new Misread("RDATA too long for " + Type.name(type));
        return out.toByteArray();
    }

    /// Octets of the field at `at`, which may be more than there are.
    ///
    /// @throws Misread when its inside is wrong
    static int width(char field, byte[] octets, int at, int end) {
        if (at > end) throw new Misread("RDATA ends early");
        return switch (field) {
            case '1' -> 1;
            case '2', 't' -> 2;
            case '4', 'T', 'd', 'a' -> 4;
            case 'e' -> 6;
            case 'E', '8' -> 8;
            case '6' -> 16;
            case 's', 'g', 'z', 'h' -> {
                if (at >= end) throw new Misread("string ends early");
                yield 1 + (octets[at] & 0xff);
            }
            case 'S' -> {
                if (at >= end) throw new Misread("no string");
                int i = at;
                while (i < end) i += 1 + (octets[i] & 0xff);
                yield i - at;
            }
            case 'B' -> {
                typeBitmap(octets, at, end);
                yield end - at;
            }
            case 'N', 'n', 'm' -> nameOctets(octets, at, end);
            case 'q', 'x', 'b' -> end - at;
            case 'v' -> {
                serviceParameters(octets, at, end);
                yield end - at;
            }
            default -> throw new IllegalStateException("field " + field);
        };
    }

    /// Octets of an uncompressed name at `at`.
    static int nameOctets(byte[] octets, int at, int end) {
        int i = at;
        while (i < end && octets[i] != 0) {
            if ((octets[i] & 0xc0) != 0) throw new Misread("not a plain name");
            i += octets[i] + 1;
        }
        if (i >= end || i + 1 - at > Name.OCTETS_MAX) throw new Misread("name ends early");
        return i + 1 - at;
    }

    /// Windows ascend, each has 1 to 32 octets. RFC 4034 §4.1.2.
    private static void typeBitmap(byte[] octets, int from, int end) {
        int window = -1;
        int i = from;
        while (i < end) {
            if (i + 2 > end) throw new Misread("type bit map ends early");
            int count = octets[i + 1] & 0xff;
            if ((octets[i] & 0xff) <= window || count < 1 || count > 32 || i + 2 + count > end) {
                throw new Misread("type bit map");
            }
            window = octets[i] & 0xff;
            i += 2 + count;
        }
    }

    private static void serviceParameters(byte[] octets, int from, int end) {
        int last = -1;
        int i = from;
        while (i < end) {
            if (i + 4 > end) throw new Misread("service parameter ends early");
            int key = u16(octets, i);
            int count = u16(octets, i + 2);
            if (key <= last || i + 4 + count > end) throw new Misread("service parameter");
            last = key;
            i += 4 + count;
        }
    }

    /// True when the type bit maps at `from` hold `type`.
    static boolean bitmapHas(byte[] octets, int from, int type) {
        int i = from;
        while (i + 2 <= octets.length) {
            int count = octets[i + 1] & 0xff;
            if ((octets[i] & 0xff) == type >> 8) {
                int octet = (type & 0xff) >> 3;
                return octet < count
                        && i + 2 + octet < octets.length
                        && (octets[i + 2 + octet] & 0x80 >> (type & 7)) != 0;
            }
            i += 2 + count;
        }
        return false;
    }

    /// The uncompressed name at `at` of RDATA that was checked before.
    static Name nameAt(byte[] rdata, int at) {
        int octets = nameOctets(rdata, at, rdata.length);
        return new Name(Arrays.copyOfRange(rdata, at, at + octets));
    }

    static int u16(byte[] octets, int at) {
        return (octets[at] & 0xff) << 8 | octets[at + 1] & 0xff;
    }

    static int u32(byte[] octets, int at) {
        return u16(octets, at) << 16 | u16(octets, at + 2);
    }

    /// With its names in lower case where canonical form asks for it. RFC 4034 §6.2.
    static byte[] canonical(int type, byte[] rdata) {
        String fields = fields(type);
        if (fields == null || fields.indexOf('N') < 0 && fields.indexOf('n') < 0) return rdata;
        byte[] out = null;
        int at = 0;
        for (int i = 0; i < fields.length(); i++) {
            char field = fields.charAt(i);
            int octets = width(field, rdata, at, rdata.length);
            if (field == 'N' || field == 'n') {
                for (int j = at; j < at + octets; j++) {
                    if (Name.lower(rdata[j]) != rdata[j]) {
                        if (out == null) out = rdata.clone();
                        out[j] = Name.lower(rdata[j]);
                    }
                }
            }
            at += octets;
        }
        return out == null ? rdata : out;
    }
}
