package yubin.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiPhraseQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/// Asks the index, as one searcher shows it.
///
/// A phrase is asked for by the positions of its units, which is exact. Only where the beginning of
/// a word stands behind other words and too many words begin so, the index names messages that hold
/// the pieces, and those are looked through.
final class Finder {
    /// Terms that the last unit of a phrase may stand for.
    private static final int CONTINUATIONS_MAX = 1_000;

    private final IndexSearcher searcher;
    private final long account;
    private boolean unsure;

    /// @param deadline by [System#nanoTime]
    Finder(IndexSearcher shared, long account, long deadline) {
        searcher = new IndexSearcher(shared.getIndexReader());
        searcher.setQueryCache(null);
        QueryTimeout timeout = () -> System.nanoTime() - deadline > 0;
        searcher.setTimeout(timeout);
        this.account = account;
    }

    /// @param emails ids of the messages that match
    /// @param unsure ids of messages that must be looked through
    record Answer(Ids emails, Ids unsure, boolean complete) {}

    Answer find(Wanted wanted) throws IOException {
        Query query =
                switch (wanted) {
                    case Wanted.Words words -> all(words);
                    case Wanted.Header(String name, String text) -> header(name, text);
                };
        Ids found = collect(query);
        Ids cut = collect(new TermQuery(new Term(Entry.PART, "1")));
        boolean complete = !searcher.timedOut();
        if (!unsure) return new Answer(found, cut, complete);
        for (long id : cut.sorted()) found.add(id);
        return new Answer(new Ids(), found, complete);
    }

    private Query all(Wanted.Words words) throws IOException {
        if (words.phrases().isEmpty()) return MatchAllDocsQuery.INSTANCE;
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        for (Phrase phrase : words.phrases()) {
            all.add(in(words.field(), phrase), Occur.FILTER);
        }
        return all.build();
    }

    private Query in(Field field, Phrase phrase) throws IOException {
        if (field != Field.ANYWHERE) return phrase(field.key, phrase);
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        for (Field one : Field.SINGLE) any.add(phrase(one.key, phrase), Occur.SHOULD);
        return any.build();
    }

    private Query phrase(String field, Phrase phrase) throws IOException {
        Units units = phrase.units;
        int last = phrase.count - 1;
        // Behind a character of the same run the last one is part of that one's term.
        boolean covered = last > 0 && units.kinds[last - 1] == Units.CHAR;
        boolean goesOn = !covered && (units.kinds[last] != Units.WORD || phrase.isPrefix());
        int terms = covered ? last : last + 1;
        if (terms == 1) {
            Term term = term(field, units, 0);
            return goesOn ? new PrefixQuery(term) : new TermQuery(term);
        }
        if (!goesOn) {
            PhraseQuery.Builder builder = new PhraseQuery.Builder();
            for (int i = 0; i < terms; i++) {
                if (!isImplied(units, i, terms)) builder.add(term(field, units, i), i);
            }
            return builder.build();
        }
        List<Term> continuations = continuations(term(field, units, last));
        if (continuations == null) return pieces(field, units, terms);
        if (continuations.isEmpty()) return MatchNoDocsQuery.INSTANCE;
        MultiPhraseQuery.Builder builder = new MultiPhraseQuery.Builder();
        for (int i = 0; i < last; i++) {
            if (!isImplied(units, i, terms)) builder.add(new Term[] {term(field, units, i)}, i);
        }
        builder.add(continuations.toArray(Term[]::new), last);
        return builder.build();
    }

    /// True for every second term of a run: those around it have its characters.
    private static boolean isImplied(Units units, int i, int terms) {
        if (i == 0 || i + 1 >= terms || units.kinds[i] != Units.CHAR) return false;
        if (units.kinds[i + 1] != Units.CHAR) return false;
        int start = i;
        while (start > 0 && units.kinds[start - 1] == Units.CHAR) start--;
        return (i - start) % 2 == 1;
    }

    private static Term term(String field, Units units, int i) {
        return new Term(field, yubin.search.Terms.of(units, i));
    }

    /// All terms of the index that begin with this one; null when they are too many.
    private List<Term> continuations(Term prefix) throws IOException {
        Set<Term> found = new LinkedHashSet<>();
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            Terms terms = leaf.reader().terms(prefix.field());
            if (terms == null) continue;
            TermsEnum all = terms.iterator();
            if (all.seekCeil(prefix.bytes()) == TermsEnum.SeekStatus.END) continue;
            for (BytesRef term = all.term(); term != null; term = all.next()) {
                if (!StringHelper.startsWith(term, prefix.bytes())) break;
                Term one = new Term(prefix.field(), BytesRef.deepCopyOf(term));
                found.add(one);
                if (found.size() > CONTINUATIONS_MAX) return null;
            }
        }
        return List.copyOf(found);
    }

    /// What holds all units, wherever they stand.
    private Query pieces(String field, Units units, int terms) {
        unsure = true;
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        for (int i = 0; i < terms; i++) {
            Term term = term(field, units, i);
            all.add(i == terms - 1 ? new PrefixQuery(term) : new TermQuery(term), Occur.FILTER);
        }
        return all.build();
    }

    private Query header(String name, String text) {
        Query named = new TermQuery(new Term(Entry.NAMES, Entry.bounded(name)));
        if (text.isEmpty() && name.length() <= Entry.NAME_CHARS_MAX) return named;
        unsure = true;
        BooleanQuery.Builder all = new BooleanQuery.Builder().add(named, Occur.FILTER);
        Query grams = Substring.inHeader(Units.of(text));
        if (grams != null) all.add(grams, Occur.FILTER);
        return all.build();
    }

    /// The ids of the account's messages that the query finds.
    Ids collect(Query query) throws IOException {
        Ids ids = new Ids();
        return searcher.search(
                ofAccount(query),
                new CollectorManager<Collector, Ids>() {
                    @Override
                    public Collector newCollector() {
                        return new Collector(ids); // one thread asks, so there is one
                    }

                    @Override
                    public Ids reduce(Collection<Collector> collectors) {
                        return ids;
                    }
                });
    }

    private Query ofAccount(Query query) {
        Term term = new Term(Entry.ACCOUNT, yubin.search.Terms.account(account));
        return new BooleanQuery.Builder()
                .add(new TermQuery(term), Occur.FILTER)
                .add(query, Occur.FILTER)
                .build();
    }

    /// What a query for a substring finds, and what has more text than the index.
    Ids candidates(Query query) throws IOException {
        Query cut = new TermQuery(new Term(Entry.PART, "1"));
        return collect(
                new BooleanQuery.Builder().add(query, Occur.SHOULD).add(cut, Occur.SHOULD).build());
    }

    boolean timedOut() {
        return searcher.timedOut();
    }

    /// The best of what a condition finds: those that are about its words, the newest first among
    /// equals.
    long[] best(Wanted.Words wanted, List<String> dictionaryWords, int most) throws IOException {
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        query.add(ofAccount(all(wanted)), Occur.FILTER);
        for (String word : dictionaryWords) {
            query.add(new TermQuery(new Term(Entry.RANK, word)), Occur.SHOULD);
        }
        for (Phrase phrase : wanted.phrases()) {
            Query inSubject = new ConstantScoreQuery(phrase(Field.SUBJECT.key, phrase));
            query.add(new BoostQuery(inSubject, 2), Occur.SHOULD);
        }
        ScoreDoc[] top = searcher.search(query.build(), most).scoreDocs;
        List<long[]> scored = new ArrayList<>();
        for (ScoreDoc one : top) {
            List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
            LeafReaderContext leaf =
                    leaves.get(org.apache.lucene.index.ReaderUtil.subIndex(one.doc, leaves));
            NumericDocValues ids = leaf.reader().getNumericDocValues(Entry.EMAIL);
            if (ids == null || !ids.advanceExact(one.doc - leaf.docBase)) continue;
            scored.add(new long[] {Math.round(one.score * 1000), ids.longValue()});
        }
        scored.sort((a, b) -> a[0] != b[0] ? Long.compare(b[0], a[0]) : Long.compare(b[1], a[1]));
        return scored.stream().mapToLong(pair -> pair[1]).toArray();
    }

    private static final class Collector extends SimpleCollector {
        private final Ids ids;
        private NumericDocValues values;

        Collector(Ids ids) {
            this.ids = ids;
        }

        @Override
        protected void doSetNextReader(LeafReaderContext context) throws IOException {
            values = context.reader().getNumericDocValues(Entry.EMAIL);
        }

        @Override
        public void collect(int doc) throws IOException {
            if (values != null && values.advanceExact(doc)) ids.add(values.longValue());
        }

        @Override
        public ScoreMode scoreMode() {
            return ScoreMode.COMPLETE_NO_SCORES;
        }
    }
}
