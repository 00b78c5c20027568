package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EncodedWordsTest {
    private static final String ESC = "\u001B";

    private static void reads(String written, String wanted) {
        assertEquals(wanted, EncodedWords.decode(written), written);
    }

    private static String b(String charset, String latin) {
        return "=?"
                + charset
                + "?B?"
                + java.util.Base64.getEncoder()
                        .encodeToString(
                                latin.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                + "?=";
    }

    @Test
    void examplesOfTheStandard() {
        // RFC 2047 §8.
        reads("(=?ISO-8859-1?Q?a?=)", "(a)");
        reads("(=?ISO-8859-1?Q?a?= b)", "(a b)");
        reads("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)");
        reads("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)");
        reads("(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)");
        reads("(=?ISO-8859-1?Q?a_b?=)", "(a b)");
        reads("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)");
    }

    @Test
    void aCharacterCutInTwoIsJoined() {
        reads("=?UTF-8?B?5LyaLeg=?= =?utf-8?B?rbA=?=", "会-議");
        reads("=?UTF-8?Q?=E4=BC?=\r\n =?UTF-8?Q?=9A?=", "会");
        reads(b("ISO-2022-JP", ESC + "$B2q5") + " " + b("ISO-2022-JP", "D" + ESC + "(B"), "会議");
    }

    @Test
    void eachWordOfJisStartsInAscii() {
        reads(b("iso-2022-jp", ESC + "$B2q") + " " + b("iso-2022-jp", "Re"), "会Re");
        reads(
                b("iso-2022-jp", ESC + "$B2q") + " " + b("iso-2022-jp", ESC + "$B5D" + ESC + "(B"),
                "会議");
        reads(b("iso-2022-jp", ESC + "$B2q") + " " + b("iso-2022-jp", "5D" + ESC + "(B"), "会議");
    }

    @Test
    void looseFormsAreRead() {
        reads("=?UTF-8?B?5Lya?=", "会");
        reads("=?utf-8?b?5Lya6K2w", "会議");
        reads("=?UTF-8?B?5Lya=6K2w?=", "会議");
        reads("=? utf-8 ?Q? caf=C3=A9 ?=", " café ");
        reads("=?utf-8?Q?a b c?=", "a b c");
        reads("=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore");
        reads("Re: =?iso-8859-1?q?=E9t=E9?= 2026", "Re: été 2026");
        reads("a\r\n =?utf-8?q?=C3=A9?=\r\n\tb", "a é b");
        reads("=?shift_jis?B?h0A=?=", "①");
        reads("=?", "=?");
        reads("=?a?x?b?=", "=?a?x?b?=");
        reads("1 =? 2 ?= 3", "1 =? 2 ?= 3");
    }

    @Test
    void whatIsWrittenFitsAndReadsBack() {
        String[] texts = {
            "",
            "plain",
            "Re: 会議のお知らせ",
            "naïve",
            "=?not?",
            " leading",
            "trailing ",
            "two  blanks é",
            "𠮷野家🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣🍣",
            "ß".repeat(300),
            "株式会社".repeat(80),
            "a".repeat(2_000),
            "Re: Fwd: été à la plage",
            "tab\there",
            "【重要】 ご確認ください (3/4) OK"
        };
        for (String text : texts) check(text);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(60); k > 0; k--) {
                switch (random.nextInt(6)) {
                    case 0 -> text.append(' ');
                    case 1 -> text.appendCodePoint(0x3041 + random.nextInt(0x5000));
                    case 2 -> text.appendCodePoint(0x1F300 + random.nextInt(200));
                    case 3 -> text.append("=?_\"<>,".charAt(random.nextInt(7)));
                    default -> text.append((char) ('a' + random.nextInt(26)));
                }
            }
            check(text.toString());
        }
    }

    private static void check(String text) {
        String written = EncodedWords.encode(text);
        assertEquals(text, EncodedWords.decode(written), written);
        for (String word : written.split(" ")) {
            if (!word.startsWith("=?UTF-8?")) continue;
            assertTrue(word.length() <= 75, word);
            String alone = EncodedWords.decode(word);
            assertTrue(alone.indexOf('\uFFFD') < 0, "whole characters in " + word);
        }
        for (int i = 0; i < written.length(); i++) assertTrue(written.charAt(i) < 127);
    }
}
