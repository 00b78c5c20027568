package yubin.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
import yubin.store.Octets;

/// The files of the catalogue, opened: one Lucene index for all accounts.
///
/// One index rather than one for each account, as ten thousand of them would be ten thousand times
/// the files, buffers and merges; each message has a term for its account. How far an account has
/// been followed is a document of the same index, so that it is committed with the messages: after
/// a crash both are those of the last commit.
final class Index implements AutoCloseable {
    /// What the index was made by. Another one is thrown away and made anew: change it with what
    /// [Entry] writes or [Folded] folds.
    static final String VERSION = "yubin search 1";

    private static final String VERSION_KEY = "version";

    /// Memory for what is not yet in a file.
    private static final int BUFFER_MEGABYTES = 24;

    /// Beyond this files are no longer merged with each other.
    private static final int SEGMENT_MEGABYTES_MAX = 2048;

    private final Directory directory;
    private final IndexWriter writer;
    private final SearcherManager searchers;

    /// States written since the last refresh, which a searcher does not show yet.
    private final Map<Long, State> fresh = new ConcurrentHashMap<>();

    /// How far an account has been followed.
    ///
    /// @param high all emails up to this id are in the index, or were gone
    /// @param modSeq what left a mailbox up to this is no longer in it
    record State(long high, long modSeq) {
        static final State NONE = new State(0, 0);
    }

    private Index(Directory directory, IndexWriter writer) throws IOException {
        this.directory = directory;
        this.writer = writer;
        this.searchers =
                new SearcherManager(
                        writer,
                        new SearcherFactory() {
                            @Override
                            public IndexSearcher newSearcher(
                                    org.apache.lucene.index.IndexReader reader,
                                    org.apache.lucene.index.IndexReader previous) {
                                IndexSearcher searcher = new IndexSearcher(reader);
                                searcher.setQueryCache(null); // memory goes to the letters
                                return searcher;
                            }
                        });
    }

    /// Opens what is there, or makes an empty one where there is nothing.
    ///
    /// @throws IOException when what is there cannot be used: pieces are missing or damaged, or it
    ///     was made by another version
    static Index open(Path folder) throws IOException {
        Files.createDirectories(folder);
        Directory directory = new MMapDirectory(folder);
        IndexWriter writer = null;
        try {
            boolean exists = DirectoryReader.indexExists(directory);
            writer = new IndexWriter(directory, config());
            if (exists && !VERSION.equals(version(writer))) {
                throw new IOException("made by another version");
            }
            if (!exists) {
                writer.setLiveCommitData(Map.of(VERSION_KEY, VERSION).entrySet());
                writer.commit();
            }
            return new Index(directory, writer);
        } catch (IOException | RuntimeException e) {
            if (writer != null) rollback(writer);
            directory.close();
            throw e instanceof IOException known ? known : new IOException(e);
        }
    }

    private static String version(IndexWriter writer) {
        var data = writer.getLiveCommitData();
        if (data == null) return null;
        for (Map.Entry<String, String> entry : data) {
            if (entry.getKey().equals(VERSION_KEY)) return entry.getValue();
        }
        return null;
    }

    private static IndexWriterConfig config() {
        TieredMergePolicy merging = new TieredMergePolicy();
        merging.setMaxMergedSegmentMB(SEGMENT_MEGABYTES_MAX);
        ConcurrentMergeScheduler scheduler = new ConcurrentMergeScheduler();
        scheduler.setMaxMergesAndThreads(4, 1); // the other core has letters to carry
        return new IndexWriterConfig()
                .setRAMBufferSizeMB(BUFFER_MEGABYTES)
                .setUseCompoundFile(true)
                .setMergePolicy(merging)
                .setMergeScheduler(scheduler)
                .setCommitOnClose(false);
    }

    /// Takes everything away, so that [#open] makes an empty one.
    static void wipe(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) return;
        try (var files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) Files.deleteIfExists(file);
        }
    }

    // ---- Writing: the follower's threads ----

    void add(Document document) throws IOException {
        writer.addDocument(document);
    }

    void remove(long account, long email) throws IOException {
        writer.deleteDocuments(new Term(Entry.KEY, Terms.email(account, email)));
    }

    /// Takes everything of an account out.
    void removeAll(long account) throws IOException {
        writer.deleteDocuments(
                new Term(Entry.ACCOUNT, Terms.account(account)),
                new Term(Entry.STATE, Terms.account(account)));
        fresh.put(account, State.NONE);
    }

    void put(long account, State state) throws IOException {
        Term term = new Term(Entry.STATE, Terms.account(account));
        writer.updateDocument(term, Entry.state(account, state.high, state.modSeq));
        fresh.put(account, state);
    }

    /// As written last, whether a searcher shows it or not.
    State state(long account) throws IOException {
        State known = fresh.get(account);
        if (known != null) return known;
        IndexSearcher searcher = acquire();
        try {
            return state(searcher, account);
        } finally {
            release(searcher);
        }
    }

    /// Writes all to disk, synced.
    void commit() throws IOException {
        writer.commit();
    }

    boolean hasUncommitted() {
        return writer.hasUncommittedChanges();
    }

    /// Shows what was written to new searchers.
    void refresh() throws IOException {
        Map<Long, State> shown = new HashMap<>(fresh);
        searchers.maybeRefreshBlocking();
        shown.forEach(fresh::remove);
    }

    /// Reads every file through and compares checksums.
    ///
    /// @param pause called between two files
    /// @throws IOException when something is damaged
    void check(Runnable pause) throws IOException {
        IndexSearcher searcher = acquire();
        try {
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                leaf.reader().checkIntegrity();
                pause.run();
            }
        } finally {
            release(searcher);
        }
    }

    // ---- Reading ----

    IndexSearcher acquire() throws IOException {
        return searchers.acquire();
    }

    void release(IndexSearcher searcher) throws IOException {
        searchers.release(searcher);
    }

    /// How far the account has been followed, as this searcher shows it.
    static State state(IndexSearcher searcher, long account) throws IOException {
        Term term = new Term(Entry.STATE, Terms.account(account));
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        for (int i = leaves.size() - 1; i >= 0; i--) {
            var reader = leaves.get(i).reader();
            PostingsEnum found = reader.postings(term, PostingsEnum.NONE);
            if (found == null) continue;
            var live = reader.getLiveDocs();
            for (int doc = found.nextDoc();
                    doc != DocIdSetIterator.NO_MORE_DOCS;
                    doc = found.nextDoc()) {
                if (live != null && !live.get(doc)) continue;
                NumericDocValues high = reader.getNumericDocValues(Entry.HIGH);
                NumericDocValues modSeq = reader.getNumericDocValues(Entry.MOD_SEQ);
                if (!high.advanceExact(doc) || !modSeq.advanceExact(doc)) continue;
                return new State(high.longValue(), modSeq.longValue());
            }
        }
        return State.NONE;
    }

    /// The accounts that it has something of.
    Set<Long> accounts() throws IOException {
        refresh();
        Set<Long> accounts = new TreeSet<>();
        IndexSearcher searcher = acquire();
        try {
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                org.apache.lucene.index.Terms terms = leaf.reader().terms(Entry.STATE);
                if (terms == null) continue;
                TermsEnum all = terms.iterator();
                for (BytesRef term = all.next(); term != null; term = all.next()) {
                    accounts.add(Octets.getLong(term.bytes, term.offset));
                }
            }
        } finally {
            release(searcher);
        }
        return accounts;
    }

    /// The messages of an account that it has.
    long[] emails(long account) throws IOException {
        refresh();
        IndexSearcher searcher = acquire();
        try {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            Finder finder = new Finder(searcher, account, deadline);
            return finder.collect(MatchAllDocsQuery.INSTANCE).sorted();
        } finally {
            release(searcher);
        }
    }

    /// Messages and accounts in the index, as it shows them.
    int size() throws IOException {
        IndexSearcher searcher = acquire();
        try {
            return searcher.getIndexReader().numDocs();
        } finally {
            release(searcher);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            searchers.close();
            if (writer.isOpen()) {
                writer.commit();
                writer.close();
            }
        } finally {
            rollback(writer);
            directory.close();
        }
    }

    /// Closes without writing: what is on disk cannot be trusted, or takes no more.
    void abandon() {
        try {
            searchers.close();
        } catch (IOException e) {
            log(e);
        }
        rollback(writer);
        try {
            directory.close();
        } catch (IOException e) {
            log(e);
        }
    }

    private static void rollback(IndexWriter writer) {
        try {
            writer.rollback();
        } catch (IOException | RuntimeException e) {
            log(e);
        }
    }

    private static void log(Exception e) {
        System.getLogger("yubin.search")
                .log(System.Logger.Level.WARNING, "closing the index: {0}", e.getMessage());
    }
}
