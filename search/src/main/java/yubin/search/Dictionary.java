package yubin.search;

import java.io.IOException;
import java.io.StringReader;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ja.JapaneseAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/// Cuts a text into the words of a Japanese dictionary, in their basic form, particles left out.
/// What matches is never decided here: the dictionary only tells which of the messages found are
/// about the words, rather than holding them by chance.
final class Dictionary implements AutoCloseable {
    private static final int WORDS_MAX = 32;

    private final JapaneseAnalyzer analyzer = new JapaneseAnalyzer();

    /// One at a time for one thread.
    TokenStream stream(String text) {
        return analyzer.tokenStream(Entry.RANK, normal(text));
    }

    /// The words of a wanted text, each once.
    List<String> words(String text) throws IOException {
        Set<String> words = new LinkedHashSet<>();
        try (TokenStream stream =
                analyzer.tokenStream(Entry.RANK, new StringReader(normal(text)))) {
            CharTermAttribute term = stream.getAttribute(CharTermAttribute.class);
            stream.reset();
            while (words.size() < WORDS_MAX && stream.incrementToken()) words.add(term.toString());
            stream.end();
        }
        return new ArrayList<>(words);
    }

    private static String normal(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC);
    }

    @Override
    public void close() {
        analyzer.close();
    }
}
