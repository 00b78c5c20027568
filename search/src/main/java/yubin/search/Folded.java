package yubin.search;

import com.ibm.icu.text.Normalizer2;
import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.lucene.analysis.icu.ICUFoldingFilter;

/// A text in the form in which texts are compared: what people type for the same thing is equal.
///
/// ```
/// ＡＢＣ, Abc          abc      width and case (NFKC, case folding)
/// café, Ångström      cafe, angstrom   accents, by ICU's tables (Unicode TR 30)
/// サーバー, ｻｰﾊﾞｰ      さーばー  kana in all three forms; the voice marks stay
/// 髙澤, ㈱            高沢, (株)  old forms of kanji, compatible characters
/// ```
///
/// Each character is folded for itself, so that a part of a text becomes a part of the folded text:
/// what a stricter comparison finds is found here too. For the same reason texts with combining
/// marks are composed (NFC) first. A table of pages of 256 characters is filled as they are met.
final class Folded {
    private static final char DROPPED = 0;
    private static final char LONGER = '\uFFFF';
    private static final char COMBINING = '\uFFFE';

    /// What a character is to the search.
    static final byte GAP = 0;

    static final byte WORD = 1;
    static final byte GRAM = 2;
    static final byte HANGUL = 3;

    private static final Normalizer2 ACCENTS = accents();
    private static final Normalizer2 WIDTH = Normalizer2.getNFKCCasefoldInstance();
    private static final Map<Character, Character> OLD_KANJI = oldKanji();
    private static final AtomicReferenceArray<char[]> PAGES = new AtomicReferenceArray<>(256);
    private static final AtomicReferenceArray<byte[]> CLASSES = new AtomicReferenceArray<>(256);

    /// The text that `at` counts in: as it was given, or composed.
    final String source;

    char[] chars;
    int length;

    /// Where in `source` each character came from; null unless it was asked for.
    private int[] at;

    private Folded(String source, boolean places) {
        this.source = source;
        chars = new char[source.length() + 16];
        at = places ? new int[chars.length] : null;
    }

    /// @param places whether [#from] will be asked
    static Folded of(String text, boolean places) {
        Folded folded = new Folded(text, places);
        if (folded.fold(false)) return folded;
        boolean halfHangul = text.chars().anyMatch(c -> isHalfHangul((char) c));
        Normalizer.Form form = halfHangul ? Normalizer.Form.NFKC : Normalizer.Form.NFC;
        folded = new Folded(Normalizer.normalize(text, form), places);
        folded.fold(true);
        return folded;
    }

    static Folded of(String text) {
        return of(text, false);
    }

    /// Where in [#source] the folded character came from; the length of the source at the end.
    int from(int index) {
        return index < length ? at[index] : source.length();
    }

    @Override
    public String toString() {
        return new String(chars, 0, length);
    }

    /// False when the text must be composed first.
    private boolean fold(boolean composed) {
        String text = source;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 128) {
                if (c == '\r') {
                    if (i + 1 < text.length() && text.charAt(i + 1) == '\n') continue;
                    c = '\n';
                } else if (c >= 'A' && c <= 'Z') {
                    c += 32;
                } else if (c == 0) {
                    c = ' ';
                }
                add(c, i);
                continue;
            }
            char to = page(c >> 8)[c & 255];
            if (to < COMBINING && to != DROPPED) {
                add(to, i);
            } else if (to == DROPPED) {
                if (c == '\u3099' || c == '\uFF9E') voice(1);
                else if (c == '\u309A' || c == '\uFF9F') voice(2);
            } else if (to == COMBINING && !composed) {
                return false;
            } else {
                int codePoint = text.codePointAt(i);
                String longer = foldOne(codePoint);
                for (int k = 0; k < longer.length(); k++) add(longer.charAt(k), i);
                if (codePoint > 0xFFFF) i++;
            }
        }
        return true;
    }

    private void add(char c, int from) {
        if (length == chars.length) {
            chars = Arrays.copyOf(chars, length * 2);
            if (at != null) at = Arrays.copyOf(at, length * 2);
        }
        if (at != null) at[length] = from;
        chars[length++] = c;
    }

    /// A voice mark for itself, as half-width kana have it: か and the mark are が.
    private void voice(int mark) {
        if (length == 0) return;
        char c = chars[length - 1];
        if (c == '\u3046' && mark == 1) {
            chars[length - 1] = '\u3094';
        } else if (c >= '\u306F' && c <= '\u307B' && (c - '\u306F') % 3 == 0) {
            chars[length - 1] = (char) (c + mark);
        } else if (mark == 1
                && (c >= '\u304B' && c <= '\u3061' && (c & 1) == 1
                        || c >= '\u3064' && c <= '\u3068' && (c & 1) == 0)) {
            chars[length - 1] = (char) (c + 1);
        }
    }

    // ---- The table ----

    private static char[] page(int number) {
        char[] page = PAGES.get(number);
        if (page == null) {
            page = new char[256];
            for (int i = 0; i < 256; i++) page[i] = entry((char) (number << 8 | i));
            PAGES.set(number, page); // two threads may both make it, and both are right
        }
        return page;
    }

    private static char entry(char c) {
        if (Character.isSurrogate(c)) return LONGER;
        if (c == '\u3099' || c == '\u309A' || c == '\uFF9E' || c == '\uFF9F') return DROPPED;
        int type = Character.getType(c);
        boolean mark =
                type == Character.NON_SPACING_MARK
                        || type == Character.COMBINING_SPACING_MARK
                        || c >= '\u1100' && c <= '\u11FF'
                        || isHalfHangul(c);
        if (mark && !(c >= '\uFE00' && c <= '\uFE0F')) return COMBINING;
        String folded = foldOne(c);
        if (folded.isEmpty()) return DROPPED;
        return folded.length() > 1 || folded.charAt(0) >= COMBINING ? LONGER : folded.charAt(0);
    }

    /// Half-width letters that NFKC puts together to syllables.
    private static boolean isHalfHangul(char c) {
        return c >= '\uFFA0' && c <= '\uFFDC';
    }

    private static String foldOne(int codePoint) {
        if (codePoint == 0x20BB7) return "\u5409"; // the tall form of 吉
        if (codePoint >= 0xD800 && codePoint <= 0xDFFF) return " "; // half a character
        String text = Character.toString(codePoint);
        String folded = isEastAsian(codePoint) ? WIDTH.normalize(text) : ACCENTS.normalize(text);
        StringBuilder out = new StringBuilder(folded.length());
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c == '\u3099' || c == '\u309A') continue; // a mark that stood alone
            if (c >= '\u30A1' && c <= '\u30F6' || c == '\u30FD' || c == '\u30FE') c -= 0x60;
            else if (c >= '\u3400') c = OLD_KANJI.getOrDefault(c, c);
            out.append(c);
        }
        return out.toString();
    }

    /// Where ICU's accent folding would take voice marks and the long vowel away.
    private static boolean isEastAsian(int c) {
        return c >= 0x2E80 && c <= 0xA4CF
                || c >= 0xAC00 && c <= 0xD7FF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0xFF00 && c <= 0xFFEF
                || c >= 0x1F000;
    }

    private static Normalizer2 accents() {
        try (InputStream tables = ICUFoldingFilter.class.getResourceAsStream("utr30.nrm")) {
            return Normalizer2.getInstance(tables, "utr30", Normalizer2.Mode.COMPOSE);
        } catch (IOException e) {
            throw new IllegalStateException(e); // it lies in the same jar
        }
    }

    private static Map<Character, Character> oldKanji() {
        Map<Character, Character> map = new HashMap<>(1024);
        OldKanji.each(map::put);
        return map;
    }

    // ---- Classes of folded characters ----

    /// [#WORD] for letters and digits that stand in words, [#GRAM] for scripts without blanks
    /// between words (and halves of characters beyond U+FFFF), [#HANGUL] likewise, [#GAP] else.
    static byte classOf(char c) {
        byte[] page = CLASSES.get(c >> 8);
        if (page == null) {
            page = new byte[256];
            for (int i = 0; i < 256; i++) page[i] = readClass((char) (c & 0xFF00 | i));
            CLASSES.set(c >> 8, page);
        }
        return page[c & 255];
    }

    private static byte readClass(char c) {
        if (Character.isSurrogate(c)) return GRAM;
        if (c == '\u30FC' || c == '\u3005' || c == '\u3007') return GRAM;
        if (!Character.isLetterOrDigit(c)) {
            int type = Character.getType(c);
            boolean mark =
                    type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
            if (!mark) return GAP;
        }
        return switch (Character.UnicodeScript.of(c)) {
            case HAN, HIRAGANA, KATAKANA, BOPOMOFO, YI, THAI, LAO, KHMER, MYANMAR, TIBETAN -> GRAM;
            case HANGUL -> HANGUL;
            default -> WORD;
        };
    }
}
