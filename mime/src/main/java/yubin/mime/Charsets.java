package yubin.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Reads octets in every charset that mail is written in, whatever it calls itself.
///
/// A label names what the writer meant, which is often a superset of what it says: iso-8859-1 is
/// read as Windows-1252, shift_jis as windows-31j, gb2312 as GB18030, iso-2022-jp with the
/// characters of Windows (see [Jis]). The JDK's own aliases are not asked for these: its `cp932` is
/// an IBM code page.
public final class Charsets {
    private static final String JIS = "jis";
    private static final String EUC_JP = "euc-jp";
    private static final String UTF_7 = "utf-7";
    private static final String HZ = "hz";
    private static final String UNKNOWN = "";
    private static final String ASCII = "us-ascii";

    /// Label without `-`, `_`, `:` and blanks, to the name that is used here.
    private static final Map<String, String> ALIASES = new HashMap<>();

    static {
        alias(
                ASCII,
                "usascii ascii ansix3.41968 ansix3.41986 iso646us 646 cp367 us csascii isoir6");
        alias("utf-8", "utf8 utf8mb4 unicode11utf8 xutf8 cp65001");
        alias(
                JIS,
                "iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jp2004 iso2022jpms csiso2022jp"
                        + " csiso2022jp2 jis xjis cp50220 cp50221 cp50222 windows50220 windows50221"
                        + " xwindowsiso2022jp xwindows50220 xwindows50221 iso2022jpext");
        alias(
                "windows-31j",
                "shiftjis shiftjisms shiftjisx0213 shiftjis2004 sjis xsjis xsjiscp932 mskanji"
                        + " csshiftjis windows31j cswindows31j cp932 ms932 windows932 xmscp932"
                        + " mscp932 ibm943 cp943 xshiftjis sjiswin 932");
        alias(
                EUC_JP,
                "eucjp xeucjp eucjpms eucjpwin eucjpopen xeucjpopen cp51932 ujis"
                        + " cseucpkdfmtjapanese extendedunixcodepackedformatforjapanese");
        alias("GB18030", "gb2312 gb23121980 gbk xgbk cp936 ms936 windows936 euccn gb18030 chinese");
        alias("GB18030", "csgb2312 csiso58gb231280 936");
        alias("x-windows-950", "big5 cnbig5 xxbig5 cp950 ms950 csbig5 xbig5 big5eten 950");
        alias("Big5-HKSCS", "big5hkscs");
        alias("x-windows-949", "euckr ksc56011987 ksc5601 ksc56011989 korean cp949 ms949 uhc");
        alias("x-windows-949", "windows949 cseuckr csksc56011987 xuhc ksx1001 949");
        alias("windows-1252", "iso88591 latin1 l1 isoir100 cp819 ibm819 iso885911987 windows1252");
        alias("windows-1252", "cp1252 win1252 xcp1252 ansi xansi iso8859 8859 csisolatin1 1252");
        alias("windows-1252", "latin xwindows1252 windowslatin1 iso88591:1987");
        alias("windows-1254", "iso88599 latin5 l5 cp1254 windows1254 csisolatin5");
        alias("x-windows-874", "iso885911 tis620 windows874 cp874 iso8859thai");
        alias("windows-1250", "cp1250 win1250 xcp1250");
        alias("windows-1251", "cp1251 win1251 xcp1251");
        alias("windows-1253", "cp1253 win1253");
        alias("windows-1255", "cp1255 win1255 iso88598i logical iso88598logical");
        alias("ISO-8859-8", "iso88598e visual iso88598");
        alias("windows-1256", "cp1256 win1256");
        alias("windows-1257", "cp1257 win1257");
        alias("windows-1258", "cp1258 win1258");
        alias("KOI8-U", "koi8ru koi8u");
        alias("KOI8-R", "koi8 koi koi8r cskoi8r");
        alias("x-MacRoman", "macintosh mac macroman xmacroman csmacintosh");
        alias(UTF_7, "utf7 unicode11utf7 xunicode20utf7 csunicode11utf7");
        alias(HZ, "hz hzgb2312");
        alias("UTF-16", "utf16 ucs2 iso10646ucs2 unicode csunicode");
        alias(
                UNKNOWN,
                "unknown xunknown unknown8bit default xuserdefined binary none null 8bit 7bit"
                        + " charset iso iso2022 utf plain standard text");
    }

    private Charsets() {}

    private static void alias(String name, String labels) {
        for (String label : labels.split(" ")) ALIASES.put(label, name);
    }

    /// Decodes `octets`. Total: a bad octet is one replacement character, an unknown label is read
    /// as UTF-8 where it is UTF-8, else as Windows-1252.
    ///
    /// @param label as found in a message, null when none was given
    public static String decode(String label, byte[] octets) {
        return decode(label, octets, 0, octets.length);
    }

    public static String decode(String label, byte[] octets, int offset, int length) {
        int to = offset + length;
        String name = name(label);
        return switch (name) {
            case ASCII, UNKNOWN -> guess(octets, offset, to);
            case "utf-8" -> {
                if (isAscii(octets, offset, to)) yield guess(octets, offset, to);
                yield withoutMark(new String(octets, offset, length, StandardCharsets.UTF_8));
            }
            case JIS -> {
                // Some label UTF-8 so; it has no escapes and eight bits.
                boolean isUtf8 =
                        !Jis.hasEscapes(octets, offset, to)
                                && !isAscii(octets, offset, to)
                                && isUtf8(octets, offset, to);
                yield isUtf8 ? guess(octets, offset, to) : Jis.decode(octets, offset, to);
            }
            case EUC_JP -> Jis.decodeEuc(octets, offset, to);
            case UTF_7 -> Utf7.decode(octets, offset, to);
            case HZ -> Utf7.decodeHz(octets, offset, to);
            default -> {
                Charset charset = charset(name);
                if (charset == null) yield guess(octets, offset, to);
                yield withoutMark(new String(octets, offset, length, charset));
            }
        };
    }

    /// Text without a label: ISO-2022-JP by its escapes, UTF-8 where it is, else Windows-1252.
    static String guess(byte[] octets, int from, int to) {
        int length = to - from;
        if (isAscii(octets, from, to)) {
            if (Jis.hasEscapes(octets, from, to)) return Jis.decode(octets, from, to);
            return new String(octets, from, length, StandardCharsets.ISO_8859_1);
        }
        if (isUtf8(octets, from, to)) {
            return withoutMark(new String(octets, from, length, StandardCharsets.UTF_8));
        }
        if (Jis.hasEscapes(octets, from, to)) return Jis.decode(octets, from, to);
        return new String(octets, from, length, WINDOWS_1252);
    }

    /// The label that [#decode] goes by for a text part: the given one, or what it takes instead.
    static String labelUsed(String label, byte[] octets) {
        String name = name(label);
        if (!name.equals(ASCII) && !name.equals(UNKNOWN) && !name.equals("utf-8")) {
            return isKnown(label) ? label : guessLabel(octets);
        }
        if (name.equals("utf-8") && !isAscii(octets, 0, octets.length)) return label;
        String guessed = guessLabel(octets);
        return guessed.equals(ASCII) && name.equals("utf-8") ? label : guessed;
    }

    private static String guessLabel(byte[] octets) {
        if (isAscii(octets, 0, octets.length)) {
            return Jis.hasEscapes(octets, 0, octets.length) ? "iso-2022-jp" : ASCII;
        }
        if (isUtf8(octets, 0, octets.length)) return "utf-8";
        return Jis.hasEscapes(octets, 0, octets.length) ? "iso-2022-jp" : "windows-1252";
    }

    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /// True when the label names a charset that is known here.
    public static boolean isKnown(String label) {
        String name = name(label);
        return switch (name) {
            case UNKNOWN -> false;
            case ASCII, JIS, EUC_JP, UTF_7, HZ -> true;
            default -> charset(name) != null;
        };
    }

    /// True when two labels mean the same reader.
    static boolean same(String label, String other) {
        return label.equalsIgnoreCase(other) || name(label).equals(name(other));
    }

    static boolean isJis(String label) {
        return name(label).equals(JIS);
    }

    private static String name(String label) {
        if (label == null || label.length() > 60) return UNKNOWN;
        StringBuilder bare = new StringBuilder(label.length());
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (c == ';' && !bare.isEmpty()) break;
            if (c > ' ' && c != '-' && c != '_' && c != '"' && c != '\'' && c != ';')
                bare.append(c);
        }
        String key = bare.toString().toLowerCase(Locale.ROOT);
        if (key.isEmpty()) return UNKNOWN;
        String alias = ALIASES.get(key);
        return alias != null ? alias : label.strip();
    }

    /// What was looked up, found or not: asking the JDK for a name that is none is slow.
    private static final Map<String, Optional<Charset>> LOOKED_UP = new ConcurrentHashMap<>();

    private static final int LOOKED_UP_MAX = 500;

    /// The JDK's charset of this name, null when there is none.
    private static Charset charset(String name) {
        Optional<Charset> known = LOOKED_UP.get(name);
        if (known != null) return known.orElse(null);
        Optional<Charset> found;
        try {
            found = Optional.of(Charset.forName(name));
        } catch (IllegalArgumentException e) {
            found = Optional.empty();
        }
        if (LOOKED_UP.size() < LOOKED_UP_MAX) LOOKED_UP.put(name, found);
        return found.orElse(null);
    }

    static boolean isAscii(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) if (octets[i] < 0) return false;
        return true;
    }

    /// Well-formed by RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
    static boolean isUtf8(byte[] octets, int from, int to) {
        int i = from;
        while (i < to) {
            int lead = octets[i++];
            if (lead >= 0) continue;
            lead &= 0xFF;
            int count = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
            if (count == 0 || i + count > to) return false;
            int second = octets[i] & 0xFF;
            if (lead == 0xE0 && second < 0xA0 || lead == 0xED && second > 0x9F) return false;
            if (lead == 0xF0 && second < 0x90 || lead == 0xF4 && second > 0x8F) return false;
            for (int k = 0; k < count; k++) if ((octets[i++] & 0xC0) != 0x80) return false;
        }
        return true;
    }
}
