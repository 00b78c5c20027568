package yubin.search;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.util.BytesRef;

/// Hands terms to Lucene; used again for each message.
final class Streams {
    private Streams() {}

    /// The units of a text with their positions.
    static final class OfUnits extends TokenStream {
        private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
        private final PositionIncrementAttribute step =
                addAttribute(PositionIncrementAttribute.class);
        private final BytesRef bytes = new BytesRef(64);
        private final char[] pair = new char[2];
        private Units units;
        private int at;

        OfUnits with(Units newUnits) {
            units = newUnits;
            return this;
        }

        @Override
        public void reset() {
            at = 0;
        }

        @Override
        public boolean incrementToken() {
            int positions = 1;
            while (at < units.count && units.kinds[at] == Units.NONE) {
                positions++;
                at++;
            }
            if (at == units.count) return false;
            clearAttributes(); // the end of the stream before has left its own
            Terms.encode(units, at++, pair, bytes);
            term.setBytesRef(bytes);
            step.setPositionIncrement(positions);
            return true;
        }
    }

    /// A set of grams.
    static final class OfGrams extends TokenStream {
        private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
        private final BytesRef bytes = new BytesRef(16);
        private Grams grams;
        private Grams.Walk walk;

        OfGrams with(Grams newGrams) {
            grams = newGrams;
            return this;
        }

        @Override
        public void reset() {
            walk = grams.new Walk();
        }

        @Override
        public boolean incrementToken() {
            if (!walk.next(bytes)) return false;
            clearAttributes();
            term.setBytesRef(bytes);
            return true;
        }
    }
}
