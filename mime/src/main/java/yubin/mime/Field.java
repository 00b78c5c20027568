package yubin.mime;

/// One header field as it was written. RFC 5322 §2.2.
///
/// @param name as written, without the colon and without blanks before it
/// @param raw the octets after the colon up to the final line end (not included), folds and all
public record Field(String name, byte[] raw) {
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    /// The body unfolded and trimmed, encoded-words left as they are. Octets beyond ASCII are read
    /// as UTF-8 where they are UTF-8, else as Windows-1252; bare ISO-2022-JP is seen by its
    /// escapes.
    public String unfolded() {
        return unfold(Charsets.guess(raw, 0, raw.length)).strip();
    }

    /// The body as a person reads it: unfolded, encoded-words decoded. RFC 2047 §6.
    public String text() {
        return EncodedWords.decode(Charsets.guess(raw, 0, raw.length)).strip();
    }

    /// Takes the folds out: a line end and the blanks around it become one blank. RFC 5322 §2.2.3.
    static String unfold(String text) {
        return unfold(text, ' ');
    }

    static String unfold(String text, char mark) {
        if (text.indexOf('\n') < 0 && text.indexOf('\r') < 0) return text;
        int fold = firstLineEnd(text, 0);
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        while (fold >= 0) {
            int stop = fold;
            while (stop > from && isBlank(text.charAt(stop - 1))) stop--;
            out.append(text, from, stop);
            int next = fold;
            while (next < text.length() && isBlankOrLineEnd(text.charAt(next))) next++;
            if (!out.isEmpty() && next < text.length()) out.append(mark);
            from = next;
            fold = firstLineEnd(text, from);
        }
        return out.append(text, from, text.length()).toString();
    }

    private static int firstLineEnd(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') return i;
        }
        return -1;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isBlankOrLineEnd(char c) {
        return isBlank(c) || c == '\r' || c == '\n';
    }
}
