package yubin.search;

import java.util.List;
import java.util.Locale;

/// What a message shall contain: one condition on its texts.
public sealed interface Wanted {
    /// Each word and each quoted phrase of a text is in the field. RFC 8621 §4.4.1.
    ///
    /// Width, case, accents, the three forms of kana and old forms of kanji are the same. A word
    /// finds words that begin with it, Japanese is found wherever it stands.
    final class Words implements Wanted {
        private final Field field;
        private final List<Phrase> phrases;

        private Words(Field field, List<Phrase> phrases) {
            this.field = field;
            this.phrases = phrases;
        }

        public Field field() {
            return field;
        }

        List<Phrase> phrases() {
            return phrases;
        }
    }

    /// A header field of this name is there, and holds the text as a substring.
    ///
    /// @param name in lower case
    /// @param text folded; empty when it is enough that the field is there
    record Header(String name, String text) implements Wanted {}

    /// A text without letters and digits is in every message.
    static Wanted in(Field field, String text) {
        return new Words(field, Phrase.all(text));
    }

    static Wanted header(String name, String text) {
        return new Header(name.toLowerCase(Locale.ROOT), Folded.of(text).toString());
    }
}
