package yubin.search;

import java.util.Arrays;
import org.apache.lucene.util.BytesRef;

/// Which three letters stand together in the words of a text, and which two characters in its runs:
/// a set, whatever the order. A text that contains another as a substring has all grams of it, so
/// that an index of grams names every message that may hold a text, and few others.
final class Grams {
    /// a to z, 0 to 9, and one more for nothing.
    private static final int BASE = 37;

    private final long[] ascii = new long[BASE * BASE * BASE / 64 + 1];
    private long[] set = new long[1024]; // open addressing; 0 is free
    private int used;

    void clear() {
        Arrays.fill(ascii, 0);
        Arrays.fill(set, 0);
        used = 0;
    }

    /// Adds the grams of the words, and those of the runs too if `runs`.
    void add(Units units, boolean runs) {
        char[] chars = units.text.chars;
        for (int i = 0; i < units.count; i++) {
            switch (units.kinds[i]) {
                case Units.WORD -> addWord(chars, units.starts[i], wordEnd(units, i));
                case Units.CHAR -> {
                    if (runs) put(chars[units.starts[i]], chars[units.starts[i + 1]], (char) 0);
                }
                case Units.LAST_CHAR -> {
                    if (runs) put(chars[units.starts[i]], (char) 0, (char) 0);
                }
                default -> {}
            }
        }
    }

    /// The whole of a word, also where only its beginning counts as a unit.
    private static int wordEnd(Units units, int i) {
        int end = units.ends[i];
        if (end - units.starts[i] < Units.WORD_CHARS_MAX) return end;
        Folded text = units.text;
        while (end < text.length && Folded.classOf(text.chars[end]) == Folded.WORD) end++;
        return end;
    }

    private void addWord(char[] chars, int from, int to) {
        int a = -1;
        int b = -1;
        for (int i = from; i < to; i++) {
            int c = digit(chars[i]);
            if (i >= from + 2) {
                if ((a | b | c) >= 0) {
                    int bit = (a * BASE + b) * BASE + c;
                    ascii[bit >> 6] |= 1L << bit;
                } else {
                    put(chars[i - 2], chars[i - 1], chars[i]);
                }
            }
            a = b;
            b = c;
        }
    }

    private static int digit(char c) {
        if (c >= 'a' && c <= 'z') return c - 'a';
        return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
    }

    private void put(char a, char b, char c) {
        long key = (long) a << 32 | (long) b << 16 | c;
        int slot = slot(key);
        while (set[slot] != 0) {
            if (set[slot] == key) return;
            slot = slot + 1 & set.length - 1;
        }
        set[slot] = key;
        if (++used > set.length / 2) grow();
    }

    private int slot(long key) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> 40) & set.length - 1;
    }

    private void grow() {
        long[] old = set;
        set = new long[old.length * 2];
        for (long key : old) {
            if (key == 0) continue;
            int slot = slot(key);
            while (set[slot] != 0) slot = slot + 1 & set.length - 1;
            set[slot] = key;
        }
    }

    /// Walks over the terms; one walk at a time.
    final class Walk {
        private final char[] chars = new char[3];
        private int bit = -1;
        private int slot = -1;

        /// False at the end.
        boolean next(BytesRef into) {
            while (++bit < BASE * BASE * BASE) {
                long word = ascii[bit >> 6] >>> bit;
                if (word == 0) {
                    bit |= 63;
                    continue;
                }
                bit += Long.numberOfTrailingZeros(word);
                chars[0] = letter(bit / (BASE * BASE));
                chars[1] = letter(bit / BASE % BASE);
                chars[2] = letter(bit % BASE);
                Terms.encode(chars, 0, 3, into);
                return true;
            }
            while (++slot < set.length) {
                long key = set[slot];
                if (key == 0) continue;
                chars[0] = (char) (key >> 32);
                chars[1] = (char) (key >> 16);
                chars[2] = (char) key;
                Terms.encode(chars, 0, chars[1] == 0 ? 1 : chars[2] == 0 ? 2 : 3, into);
                return true;
            }
            return false;
        }

        private static char letter(int digit) {
            return (char) (digit < 26 ? 'a' + digit : '0' + digit - 26);
        }
    }
}
