package yubin.search;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.AlreadyClosedException;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.store.AccountHead;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// The catalogue of a post office: which messages of an account hold a text.
///
/// Answers never rest on the index alone. It follows the store a little behind, so each answer asks
/// it, as far as it has come, and looks through the messages behind that one by one, by the same
/// rules ([Reading]). Without an index (it is being opened, or made anew) all are looked through.
/// Whoever asks gives a patience; an answer that ran out of it says that it is not complete.
///
/// Nothing here is needed for mail to go on: the index is derived, and can be thrown away at any
/// time. Thread-safe.
public final class Catalogue implements AutoCloseable {
    /// Messages behind the index that are simply looked through; for more the index is first asked
    /// to show what it has.
    private static final int LOOKED_THROUGH_GLADLY = 64;

    /// Emails that are read at once when messages are looked through, newest first.
    private static final int WINDOW = 128;

    /// Questions that are answered at the same time, on platform threads: a virtual one would hold
    /// its carrier while pages come from the disk.
    private static final int THREADS = 2;

    private static final int WAITING_MAX = 256;

    private static final Counters.Counter ASKED = Counters.of("search.asked");
    private static final Counters.Counter LOOKED_THROUGH = Counters.of("search.looked-through");

    private final Store store;
    private final Path folder;
    private final Follower follower;
    private final PdfReader pdf;
    private final ThreadPoolExecutor askers;
    private volatile boolean started;
    private final ThreadLocal<Dictionary> dictionaries = ThreadLocal.withInitial(Dictionary::new);

    /// @param running somebody follows the store
    /// @param ready the index is open and nothing is known to be missing from it
    /// @param messages in the index, with a record for each account
    /// @param waitsForRoom nothing is indexed, as the disk is low
    public record Status(boolean running, boolean ready, int messages, boolean waitsForRoom) {}

    private Catalogue(Store store, Path folder, PdfReader pdf) {
        this.store = store;
        this.folder = folder;
        this.pdf = pdf;
        follower = new Follower(store, folder, pdf);
        askers =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        30,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING_MAX),
                        Thread.ofPlatform().name("asker-", 0).daemon().factory());
        askers.allowCoreThreadTimeOut(true);
    }

    /// Answers from the messages alone until [#start].
    ///
    /// @param folder where the index lies or will be made; its own, within the data folder
    public static Catalogue of(Store store, Path folder) {
        return new Catalogue(store, folder, new PdfReader());
    }

    /// Opens or makes the index and follows the store with it; returns at once.
    public void start() {
        Quiet.lucene();
        started = true;
        follower.start();
    }

    /// The messages of an account that a condition is true of.
    ///
    /// @param patience after which the answer is given as it is then
    /// @throws IOException when the store cannot be read
    public Found find(AccountId account, Wanted wanted, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        return ask(() -> answer(account, wanted, deadline));
    }

    /// The messages that a text is best found in: first those that are about it, of equals the
    /// newest. Only what is in the index.
    public long[] best(AccountId account, Field field, String text, int most) throws IOException {
        return ask(
                () -> {
                    if (!(Wanted.in(field, text) instanceof Wanted.Words words)) return new long[0];
                    List<String> dictionary = dictionaries.get().words(text);
                    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                    return inIndex(
                            account,
                            deadline,
                            new long[0],
                            (finder, state) -> finder.best(words, dictionary, most));
                });
    }

    /// Which part of a message a substring is looked for in.
    public enum Scope {
        HEADER,
        TEXT_PARTS,
        MESSAGE
    }

    /// The messages that may hold `text` as a substring, whatever its case and width; empty when
    /// the index cannot say, and all must be looked through.
    public Optional<Candidates> candidates(AccountId account, Scope scope, String text)
            throws IOException {
        Units units = Units.of(text.replace(Letter.BREAK, ' '));
        Query query =
                switch (scope) {
                    case HEADER -> Substring.inHeader(units);
                    case TEXT_PARTS -> Substring.inBody(units);
                    case MESSAGE -> Substring.inMessage(units);
                };
        if (query == null) return Optional.empty();
        return ask(
                () -> {
                    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                    return inIndex(
                            account,
                            deadline,
                            Optional.<Candidates>empty(),
                            (finder, state) -> {
                                Ids ids = finder.candidates(query);
                                if (finder.timedOut()) return Optional.empty();
                                return Optional.of(new Candidates(ids.sorted(), state.high()));
                            });
                });
    }

    /// The subject and the beginning of a message with what was found marked; empty when the
    /// message is gone.
    public Optional<Snippet> snippet(AccountId account, long email, List<Wanted> wanted)
            throws IOException {
        return ask(
                () -> {
                    Boxes boxes = store.boxes(account);
                    Email record = boxes.email(email);
                    if (record == null) return Optional.empty();
                    return Optional.of(Snippet.of(new Letter(boxes, record, pdf), wanted));
                });
    }

    public Status status() {
        Index index = follower.index();
        int messages = 0;
        try {
            if (index != null) {
                index.refresh();
                messages = index.size();
            }
        } catch (IOException | AlreadyClosedException e) {
            messages = 0; // it is being made anew
        }
        return new Status(started, follower.isIdle(), messages, follower.waitsForRoom());
    }

    /// True when the index has every message of the account and nothing waits to be followed.
    public boolean isCaughtUp(AccountId account) throws IOException {
        Index index = follower.index();
        if (index == null || !follower.isIdle()) return false;
        try {
            return index.state(account.value()).high() >= lastEmail(account);
        } catch (AlreadyClosedException e) {
            return false; // it is being made anew
        }
    }

    /// Throws the index away and makes it anew, while questions go on being answered.
    public void rebuild() throws IOException {
        if (started) follower.rebuild();
        else Index.wipe(folder);
    }

    /// For tests.
    Follower follower() {
        return follower;
    }

    @Override
    public void close() {
        askers.shutdownNow();
        try {
            boolean ended = askers.awaitTermination(2, TimeUnit.SECONDS);
            if (!ended) {
                System.getLogger("yubin.search")
                        .log(System.Logger.Level.WARNING, "a search did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pdf.close();
        follower.end();
    }

    // ---- One question ----

    private <T> T ask(Callable<T> question) throws IOException {
        ASKED.increment();
        Future<T> answer;
        try {
            answer = askers.submit(question);
        } catch (RejectedExecutionException e) {
            throw new IOException("too many searches at once", e);
        }
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException trouble) throw trouble;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Found answer(AccountId account, Wanted wanted, long deadline) throws IOException {
        AccountHead head = AccountHead.of(store, account);
        if (head == null) return new Found(new long[0], true);
        Boxes boxes = store.boxes(account);
        Ids found = new Ids();
        long[] high = {0};
        boolean complete =
                inIndex(
                        account,
                        deadline,
                        true,
                        (finder, state) -> {
                            Finder.Answer answer = finder.find(wanted);
                            for (long id : answer.emails().sorted()) found.add(id);
                            high[0] = state.high();
                            boolean looked =
                                    lookThrough(boxes, answer.unsure(), wanted, deadline, found);
                            return looked && answer.complete();
                        });
        complete &= lookThrough(boxes, high[0], head.lastEmail(), wanted, deadline, found);
        return new Found(found.sorted(), complete);
    }

    /// What is asked of the index.
    private interface Question<T> {
        T ask(Finder finder, Index.State state) throws IOException;
    }

    /// The answer of the index, or `without` when there is none that can be asked.
    private <T> T inIndex(AccountId account, long deadline, T without, Question<T> question)
            throws IOException {
        Index index = follower.index();
        if (index == null) return without;
        IndexSearcher searcher = null;
        try {
            long last = lastEmail(account);
            searcher = index.acquire();
            Index.State state = Index.state(searcher, account.value());
            if (last - state.high() > LOOKED_THROUGH_GLADLY) {
                index.release(searcher);
                searcher = null;
                follower.hurry(account);
                index.refresh();
                searcher = index.acquire();
                state = Index.state(searcher, account.value());
            }
            return question.ask(new Finder(searcher, account.value(), deadline), state);
        } catch (StoreTrouble e) {
            throw e;
        } catch (AlreadyClosedException e) {
            return without;
        } catch (IOException e) {
            follower.doubt(e);
            return without;
        } catch (RuntimeException e) {
            // What is read from a damaged file can be anything.
            follower.doubt(new IOException(e));
            return without;
        } finally {
            if (searcher != null) index.release(searcher);
        }
    }

    private long lastEmail(AccountId account) throws StoreTrouble {
        AccountHead head = AccountHead.of(store, account);
        return head == null ? 0 : head.lastEmail();
    }

    /// Looks through the messages with `after < id <= last`, the newest first; false when the time
    /// was not enough.
    private boolean lookThrough(
            Boxes boxes, long after, long last, Wanted wanted, long deadline, Ids found)
            throws IOException {
        for (long to = last + 1; to > after + 1; to -= WINDOW) {
            long from = Math.max(after + 1, to - WINDOW);
            List<Email> emails = boxes.emails(from, to, WINDOW).list();
            for (int i = emails.size() - 1; i >= 0; i--) {
                if (System.nanoTime() - deadline > 0 || Thread.interrupted()) return false;
                lookThrough(boxes, emails.get(i), wanted, found);
            }
        }
        return true;
    }

    private boolean lookThrough(Boxes boxes, Ids unsure, Wanted wanted, long deadline, Ids found)
            throws IOException {
        for (long id : unsure.sorted()) {
            if (System.nanoTime() - deadline > 0 || Thread.interrupted()) return false;
            Email email;
            try {
                email = boxes.email(id);
            } catch (StoreTrouble.Damaged e) {
                continue; // as one that is not there: `verify` names it
            }
            if (email != null) lookThrough(boxes, email, wanted, found);
        }
        return true;
    }

    private void lookThrough(Boxes boxes, Email email, Wanted wanted, Ids found)
            throws IOException {
        LOOKED_THROUGH.increment();
        try {
            if (new Reading(new Letter(boxes, email, pdf)).matches(wanted)) found.add(email.id());
        } catch (StoreTrouble.Damaged e) {
            System.getLogger("yubin.search")
                    .log(System.Logger.Level.WARNING, "not searched: {0}", e.getMessage());
        }
    }
}
