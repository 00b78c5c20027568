package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class CharsetsTest {
    private static final String ESC = "\u001B";

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    @Test
    void iso2022JpIsReadWithTheCharactersOfWindows() {
        // Circled one, kabushiki, the ladder taka, saki: NEC row 13 and rows 89 to 92.
        assertEquals(
                "①㈱髙﨑", Charsets.decode("iso-2022-jp", bytes(ESC + "$B-!-j|byu" + ESC + "(B")));
        for (String label :
                new String[] {"ISO-2022-JP", "iso-2022-jp-ms", "cp50220", "csISO2022JP"}) {
            assertEquals("会議", Charsets.decode(label, bytes(ESC + "$B2q5D" + ESC + "(B")), label);
        }
    }

    @Test
    void everyRowOfIso2022JpReadsAsTheWindowsReaderOfTheJdkDoes() {
        Charset judge = Charset.forName("x-windows-iso2022jp");
        int same = 0;
        for (int row = 0x21; row < 0x7F; row++) {
            for (int cell = 0x21; cell < 0x7F; cell++) {
                byte[] octets = bytes(ESC + "$B" + (char) row + (char) cell + ESC + "(B");
                String wanted = new String(octets, judge);
                if (wanted.indexOf('\uFFFD') >= 0) continue;
                assertEquals(wanted, Charsets.decode("iso-2022-jp", octets));
                same++;
            }
        }
        assertTrue(same > 7_000, "characters " + same);
    }

    @Test
    void supplementaryKanjiAndKanaAreRead() {
        assertEquals("丂", Charsets.decode("iso-2022-jp-2", bytes(ESC + "$(D0!" + ESC + "(B")));
        assertEquals("ｱｲｳ", Charsets.decode("iso-2022-jp", bytes(ESC + "(I123" + ESC + "(B")));
        assertEquals("ｱｲｳ", Charsets.decode("cp50222", bytes("\u000E123\u000F")));
        assertEquals("ｱｲｳ", Charsets.decode("iso-2022-jp", hex("b1b2b3")));
    }

    @Test
    void oneBadOctetInJisSpoilsOneLineAtMost() {
        String text = ESC + "$B2q5\n" + ESC + "$B5D" + ESC + "(B ok";
        assertEquals("会\uFFFD\n議 ok", Charsets.decode("iso-2022-jp", bytes(text)));
        assertEquals("会議\nplain", Charsets.decode("iso-2022-jp", bytes(ESC + "$B2q5D\nplain")));
    }

    @Test
    void escapesShowJisWhereTheLabelIsMissingOrWrong() {
        byte[] octets = bytes("a " + ESC + "$B2q5D" + ESC + "(B b");
        for (String label : new String[] {null, "us-ascii", "utf-8", "unknown-8bit", ""}) {
            assertEquals("a 会議 b", Charsets.decode(label, octets), label);
        }
        byte[] utf8 = "会議".getBytes(StandardCharsets.UTF_8);
        assertEquals("会議", Charsets.decode("iso-2022-jp", utf8));
    }

    @Test
    void labelsNameWhatTheirWritersMean() {
        assertEquals("①髙～－", Charsets.decode("shift_jis", hex("8740 eee0 8160 817c")));
        for (String label :
                new String[] {
                    "Shift-JIS", "x-sjis", "sjis", "cp932", "MS_Kanji", "\"shift_jis\";"
                }) {
            assertEquals("①", Charsets.decode(label, hex("8740")), label);
        }
        assertEquals("①髙ｱ丂", Charsets.decode("euc-jp", hex("ada1 fce2 8eb1 8fb0a1")));
        assertEquals("“x”", Charsets.decode("iso-8859-1", hex("93 78 94")));
        assertEquals("€", Charsets.decode("iso-8859-15", hex("a4")));
        assertEquals("镕", Charsets.decode("gb2312", hex("e946")));
        assertEquals("똠", Charsets.decode("ks_c_5601-1987", hex("8c63")));
        assertEquals("привет", Charsets.decode("koi8-r", hex("d0d2c9d7c5d4")));
        assertEquals("שלום", Charsets.decode("iso-8859-8-i", hex("f9ece5ed")));
        assertEquals("中文", Charsets.decode("hz-gb-2312", bytes("~{VPND~}")));
        assertEquals("Hi Mom -☺-!", Charsets.decode("utf-7", bytes("Hi Mom -+Jjo--!")));
        assertEquals("A+B <script>", Charsets.decode("utf-7", bytes("A+-B +ADw-script+AD4-")));
        assertEquals("x", Charsets.decode("utf-16", hex("feff 0078")));
        assertEquals("é", Charsets.decode("no-such-charset", hex("c3a9")));
        assertEquals("é", Charsets.decode(null, hex("e9")));
        assertEquals("\uFFFDa", Charsets.decode("utf-8", hex("ff61")));
        assertTrue(Charsets.isKnown("ISO-2022-JP-MS"));
        assertFalse(Charsets.isKnown("x-unknown"));
        assertFalse(Charsets.isKnown("martian"));
    }

    @Test
    void theCharsetsOfJapanAreInThisRuntime() {
        // They live in the module jdk.charsets; an image without it reads no Japanese mail.
        for (String name : new String[] {"windows-31j", "JIS_X0212-1990", "x-windows-949"}) {
            assertTrue(Charset.isSupported(name), name);
        }
    }
}
