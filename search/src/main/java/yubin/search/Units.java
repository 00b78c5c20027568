package yubin.search;

import java.util.Arrays;

/// A folded text cut into what is searched for: words, and single characters of scripts that write
/// no blanks between words.
///
/// A run of such characters is one row of units, the last of which ends it. In the index a unit of
/// a run stands as itself with the one behind it (a bigram), the last as itself alone; so a unit's
/// number is its position there. A line end inside a sentence does not end a run: Japanese mail is
/// wrapped at some 35 characters, wherever that is.
final class Units {
    static final byte NONE = 0; // between two texts: nothing matches across it
    static final byte WORD = 1;
    static final byte CHAR = 2;
    static final byte LAST_CHAR = 3; // of its run

    /// Characters of a word that count; the rest is as if it were not there.
    static final int WORD_CHARS_MAX = 64;

    final Folded text;
    byte[] kinds = new byte[64];
    int[] starts = new int[64];
    int[] ends = new int[64];
    int count;

    private Units(Folded text) {
        this.text = text;
    }

    static Units of(String text) {
        return of(Folded.of(text));
    }

    static Units of(Folded text) {
        Units units = new Units(text);
        units.cut();
        return units;
    }

    private void cut() {
        char[] chars = text.chars;
        int length = text.length;
        int i = 0;
        while (i < length) {
            char c = chars[i];
            byte kind = Folded.classOf(c);
            if (kind == Folded.WORD) {
                int start = i++;
                while (i < length && Folded.classOf(chars[i]) == Folded.WORD) i++;
                add(WORD, start, Math.min(i, start + WORD_CHARS_MAX));
            } else if (kind == Folded.GAP) {
                if (c == Letter.BREAK && count > 0) add(NONE, i, i + 1);
                i++;
            } else {
                int next = next(chars, i, length);
                add(next < 0 ? LAST_CHAR : CHAR, i, i + 1);
                i = next < 0 ? i + 1 : next;
            }
        }
    }

    /// The next character of the run that holds the one at `i`, or -1.
    private static int next(char[] chars, int i, int length) {
        int next = i + 1;
        if (next >= length) return -1;
        byte kind = Folded.classOf(chars[next]);
        if (kind >= Folded.GRAM) return next;
        if (kind == Folded.WORD || Folded.classOf(chars[i]) == Folded.HANGUL) return -1;
        while (next < length && chars[next] == ' ') next++;
        if (next >= length || chars[next] != '\n') return -1;
        next++;
        // The mark of a quotation, as it stands before each of its lines.
        if (next < length && chars[next] == '>') {
            while (next < length && (chars[next] == '>' || chars[next] == ' ')) next++;
        }
        return next < length && Folded.classOf(chars[next]) == Folded.GRAM ? next : -1;
    }

    private void add(byte kind, int start, int end) {
        if (count == kinds.length) {
            kinds = Arrays.copyOf(kinds, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        kinds[count] = kind;
        starts[count] = start;
        ends[count++] = end;
    }

    /// Keeps the first units only.
    void cutAfter(int units) {
        count = units;
        if (kinds[count - 1] == CHAR) kinds[count - 1] = LAST_CHAR;
    }

    /// The characters of a unit.
    String text(int unit) {
        return new String(text.chars, starts[unit], ends[unit] - starts[unit]);
    }
}
