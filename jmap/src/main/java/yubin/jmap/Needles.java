package yubin.jmap;

import java.util.ArrayList;
import java.util.List;

/// What a text condition looks for: words and "phrases", all of which must be there, in any case
/// and width. RFC 8621 §4.4.1.
///
/// @param folded each through [Collation#fold]
record Needles(List<String> folded) {
    private static final int WORDS_MAX = 50;

    Needles {
        folded = List.copyOf(folded);
    }

    /// Words are separated by blanks; text between quotation marks is one, with `\"` and `\\` in
    // it.
    static Needles of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0 && c == '\\' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote != 0 && c == quote) {
                quote = 0;
                add(words, word);
            } else if (quote == 0 && (c == '"' || c == '\'') && word.isEmpty()) {
                quote = c;
            } else if (quote == 0 && (Character.isWhitespace(c) || c == '\u3000')) {
                add(words, word);
            } else {
                word.append(c);
            }
        }
        add(words, word);
        return new Needles(words);
    }

    private static void add(List<String> words, StringBuilder word) {
        String folded = Collation.fold(word.toString()).strip();
        if (!folded.isEmpty() && words.size() < WORDS_MAX) words.add(folded);
        word.setLength(0);
    }

    boolean isEmpty() {
        return folded.isEmpty();
    }
}
