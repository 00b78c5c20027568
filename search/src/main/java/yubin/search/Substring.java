package yubin.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/// Queries for all messages that may hold a text as a substring, and few others.
///
/// A message that holds the text has each gram of it. Of one or two letters there is no gram: of a
/// text without any other piece the index can say nothing, and the answer is null.
final class Substring {
    private Substring() {}

    static Query inHeader(Units text) {
        return grams(text, Entry.HEAD, Entry.HEAD);
    }

    /// In text parts.
    static Query inBody(Units text) {
        return grams(text, Entry.GRAM, Field.BODY.key);
    }

    /// In either, but whole.
    static Query inMessage(Units text) {
        Query header = inHeader(text);
        Query body = inBody(text);
        if (header == null || body == null) return null;
        return new BooleanQuery.Builder().add(header, Occur.SHOULD).add(body, Occur.SHOULD).build();
    }

    private static Query grams(Units text, String words, String runs) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        int clauses = 0;
        Grams grams = new Grams();
        grams.add(text, false);
        for (BytesRef term : terms(grams)) {
            all.add(new TermQuery(new Term(words, term)), Occur.FILTER);
            clauses++;
        }
        Set<Query> characters = new LinkedHashSet<>();
        for (int i = 0; i < text.count; i++) {
            if (text.kinds[i] == Units.CHAR) {
                characters.add(new TermQuery(new Term(runs, Terms.of(text, i))));
            } else if (text.kinds[i] == Units.LAST_CHAR && isAlone(text, i)) {
                characters.add(new PrefixQuery(new Term(runs, Terms.of(text, i))));
            }
            if (clauses + characters.size() > Phrase.UNITS_MAX) break;
        }
        for (Query one : characters) all.add(one, Occur.FILTER);
        return clauses + characters.size() == 0 ? null : all.build();
    }

    private static boolean isAlone(Units text, int i) {
        return i == 0 || text.kinds[i - 1] != Units.CHAR;
    }

    private static List<BytesRef> terms(Grams grams) {
        List<BytesRef> terms = new ArrayList<>();
        Grams.Walk walk = grams.new Walk();
        BytesRef term = new BytesRef(16);
        while (terms.size() < Phrase.UNITS_MAX && walk.next(term)) {
            terms.add(BytesRef.deepCopyOf(term));
        }
        return terms;
    }
}
