package yubin.search;

import java.util.ArrayList;
import java.util.List;

/// What stands between blanks in a wanted text, or between quotes: its units follow one another.
///
/// Outside quotes the last word may go on: `invoi` finds an invoice, `請求` finds 請求書 anyway.
/// Words of one or two letters are taken whole, as too much begins with them.
final class Phrase {
    /// Letters from which on a word is taken for the beginning of one.
    static final int PREFIX_CHARS_MIN = 3;

    /// Units of one phrase that count; the rest is as if it were not there.
    static final int UNITS_MAX = 64;

    /// Phrases of one wanted text that count.
    static final int PHRASES_MAX = 32;

    final String text;
    final Units units;
    final int count;
    final boolean quoted;

    private Phrase(String text, Units units, boolean quoted) {
        this.text = text;
        this.units = units;
        this.count = units.count;
        this.quoted = quoted;
    }

    /// Null when the text has no letter or digit.
    static Phrase of(String text, boolean quoted) {
        Units units = Units.of(text.replace(Letter.BREAK, ' '));
        if (units.count > UNITS_MAX) units.cutAfter(UNITS_MAX);
        return units.count == 0 ? null : new Phrase(text, units, quoted);
    }

    /// Cuts a wanted text at its blanks; what is in `"` or `'` stays together, a backslash takes a
    /// quote's meaning away. RFC 8621 §4.4.1.
    static List<Phrase> all(String text) {
        List<Phrase> phrases = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i <= text.length() && phrases.size() < PHRASES_MAX; i++) {
            char c = i == text.length() ? ' ' : text.charAt(i);
            boolean end = i == text.length();
            if (c == '\\' && !end && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote != 0 && (c == quote || end)) {
                take(phrases, word, !end);
                quote = 0;
            } else if (quote == 0 && (Character.isWhitespace(c) || c == '\u3000')) {
                take(phrases, word, false);
            } else if (quote == 0 && word.isEmpty() && (c == '"' || c == '\'')) {
                quote = c;
            } else {
                word.append(c);
            }
        }
        return List.copyOf(phrases);
    }

    private static void take(List<Phrase> phrases, StringBuilder word, boolean quoted) {
        if (!word.isEmpty()) {
            Phrase phrase = Phrase.of(word.toString(), quoted);
            if (phrase != null) phrases.add(phrase);
        }
        word.setLength(0);
    }

    /// True when the last unit is a word that may go on.
    boolean isPrefix() {
        int last = count - 1;
        return !quoted
                && units.kinds[last] == Units.WORD
                && units.ends[last] - units.starts[last] >= PREFIX_CHARS_MIN;
    }

    /// The first unit of `in` from `from` on where this phrase begins, or -1. This is what a match
    /// means; the index gives the same answer faster.
    int find(Units in, int from) {
        for (int i = from; i + count <= in.count; i++) if (isAt(in, i)) return i;
        return -1;
    }

    private boolean isAt(Units in, int at) {
        for (int i = 0; i < count; i++) {
            byte kind = in.kinds[at + i];
            byte wanted = units.kinds[i];
            boolean last = i == count - 1;
            if (wanted == Units.WORD) {
                if (kind != Units.WORD || !sameWord(in, at + i, i, last && isPrefix())) {
                    return false;
                }
            } else {
                if (kind != Units.CHAR && kind != Units.LAST_CHAR) return false;
                if (!last && kind != wanted) return false;
                if (in.text.chars[in.starts[at + i]] != units.text.chars[units.starts[i]]) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean sameWord(Units in, int there, int here, boolean prefix) {
        int length = units.ends[here] - units.starts[here];
        int lengthThere = in.ends[there] - in.starts[there];
        if (prefix ? lengthThere < length : lengthThere != length) return false;
        for (int i = 0; i < length; i++) {
            if (in.text.chars[in.starts[there] + i] != units.text.chars[units.starts[here] + i]) {
                return false;
            }
        }
        return true;
    }
}
