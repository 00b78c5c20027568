package yubin.mime;

/// Encoded-words: text beyond ASCII in header fields. RFC 2047.
public final class EncodedWords {
    private EncodedWords() {}

    /// Decodes all encoded-words in an unfolded text. Total; what is none stays as it is.
    public static String decode(String text) {
        return Later.later();
    }

    /// `text` as ASCII: itself where that reads back the same, else UTF-8 encoded-words of at most
    /// 75 octets, each of whole characters, separated by single blanks. RFC 2047 §2, §5.
    public static String encode(String text) {
        return Later.later();
    }
}
