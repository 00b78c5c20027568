package yubin.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Texts that are the same to people.
class FoldedTest {
    @Test
    void whatIsEqual() {
        String[][] rows = {
            {"ＡＢＣ Ａbc", "abc abc"},
            {"café cafe\u0301 Ångström ÖL", "cafe cafe angstrom ol"},
            {"サーバー ｻｰﾊﾞｰ さーばー", "さーばー さーばー さーばー"},
            {"ﾊﾟｿｺﾝ ヴァ ｳﾞ", "ぱそこん ゔぁ ゔ"},
            {"か\u3099", "が"},
            {"髙﨑澤邉邊齋", "高崎沢辺辺斎"},
            {"國體 國民 藝術", "国体 国民 芸術"},
            {"㈱①Ⅳ㍻", "(株)1iv平成"},
            {"葛\uDB40\uDD00城", "葛城"},
            {"𠮷野家", "吉野家"},
            {"ß ﬁ İ Σ ς", "ss fi i σ σ"},
            {"a\r\nb\rc", "a\nb\nc"},
            {"①２３", "123"},
            {"\u1112\u1161\u11AB", "한"},
            {"斎 斉", "斎 斉"},
            {"神 \uFA19", "神 神"},
            {"soft\u00ADhyphen zero\u200Bwidth", "softhyphen zerowidth"},
        };
        for (String[] row : rows) assertEquals(row[1], Folded.of(row[0]).toString(), row[0]);
    }

    @Test
    void placesLeadBackToTheSource() {
        String text = "x㈱ｶﾞｽ café 髙";
        Folded folded = Folded.of(text, true);
        assertEquals("x(株)がす cafe 高", folded.toString());
        assertEquals(1, folded.from(1)); // all of (株) is one character
        assertEquals(1, folded.from(3));
        assertEquals(2, folded.from(4));
        assertEquals(4, folded.from(5));
        assertEquals(text.length(), folded.from(folded.length));
    }

    @Test
    void oldFormsLeadToFormsOfToday() {
        OldKanji.each(
                (old, today) -> {
                    String both = "" + old + today;
                    assertTrue(old != today, both);
                    String folded = Folded.of(both).toString();
                    assertEquals(folded.charAt(0), folded.charAt(1), both);
                    assertEquals(2, folded.length(), both);
                });
    }

    @Test
    void aPartOfATextIsAPartOfItsFoldedText() {
        long seed = System.nanoTime();
        System.out.println("FoldedTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(8); k >= 0; k--) text.appendCodePoint(some(random));
            String strict = Normalizer.normalize(text, Normalizer.Form.NFKC);
            strict = strict.toLowerCase(Locale.ROOT);
            if (strict.isEmpty()) continue;
            int from = random.nextInt(strict.length());
            int to = from + random.nextInt(strict.length() - from + 1);
            String piece = strict.substring(from, to);
            // Half a character, or a mark without its letter, is no text that anybody looks for.
            if (piece.isEmpty() || Character.isLowSurrogate(piece.charAt(0))) continue;
            if (Character.isHighSurrogate(piece.charAt(piece.length() - 1))) continue;
            if (isMark(piece.codePointAt(0))) continue;
            if (to < strict.length() && isMark(strict.codePointAt(to))) continue;
            String all = Folded.of(text.toString()).toString();
            assertTrue(
                    all.contains(Folded.of(piece).toString()),
                    "seed " + seed + ": " + text + " holds " + piece);
        }
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || c >= 0x1100 && c <= 0x11FF;
    }

    private static int some(Random random) {
        int[][] ranges = {
            {0x20, 0x7E},
            {0xA0, 0x24F},
            {0x370, 0x52F},
            {0x3041, 0x30FF},
            {0x4E00, 0x9FFF},
            {0xAC00, 0xD7A3},
            {0xFF01, 0xFFDC},
            {0x3200, 0x33FF},
            {0xF900, 0xFAD9},
            {0x20000, 0x20100},
            {0x2100, 0x214F},
            {0x0E01, 0x0E30}
        };
        int[] range = ranges[random.nextInt(ranges.length)];
        return range[0] + random.nextInt(range[1] - range[0] + 1);
    }
}
