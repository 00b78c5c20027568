package yubin.search;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.AlreadyClosedException;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.store.AccountHead;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// Keeps the index up with the store, on a thread of its own.
///
/// The store tells which accounts changed; each is followed in steps. New emails are those with an
/// id above the highest that is in the index, as ids are given in the order of commits. Which ones
/// left is read from the account's change log behind the modseq that is in the index; where the log
/// no longer reaches back, all of the account's messages in the index are looked up. Both numbers
/// are written with the messages, so a crash takes back all of it together.
///
/// **Trouble.** What the index is made from is all in the store: an index that cannot be opened or
/// whose checksums are wrong is thrown away and made anew, while questions are answered from the
/// messages themselves. When the disk is low, following waits.
final class Follower implements Runnable {
    private static final System.Logger LOG = System.getLogger("yubin.search");

    private static final Counters.Counter INDEXED = Counters.of("search.indexed");
    private static final Counters.Counter REMOVED = Counters.of("search.removed");
    private static final Counters.Counter REBUILT = Counters.of("search.rebuilt");
    private static final Counters.Counter SKIPPED = Counters.of("search.skipped");

    /// Emails of one account in one step; then it is another's turn.
    private static final int STEP = 200;

    /// Messages of one step that are worth a second thread.
    private static final int TWO_THREADS_MIN = 40;

    private static final int THREADS = 2;

    /// What is in the index is on disk no later than this. After a crash that much is made again.
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(15);

    /// Changes of an account without any that matters here, after which its place is written anew.
    private static final int QUIET_CHANGES_MAX = 500;

    /// A post office closes within five seconds.
    private static final Duration END_WITHIN = Duration.ofSeconds(3);

    /// Free octets over the store's low-water mark that merging may need.
    private static final long ROOM = 64L << 20;

    private final Store store;
    private final Path folder;
    private final PdfReader pdf;
    private final Thread thread;
    private final ExecutorService helpers;
    private final Pace pace = new Pace();
    private final List<Entry> entries = new ArrayList<>();
    private final Set<AccountId> waiting = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<AccountId> turns = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<AccountId> urgent = new ConcurrentLinkedQueue<>();
    private volatile Index index;
    private volatile boolean ending;
    private volatile boolean atWork;
    private volatile boolean wipeWanted;
    private volatile boolean commitWanted;
    private volatile boolean suspect = true; // not yet read through
    private volatile boolean sweepWanted = true;
    private volatile boolean waitsForRoom;
    Duration retryAfter = Duration.ofSeconds(5); // shorter in tests
    BooleanSupplier full; // otherwise in tests
    private long committedAt = System.nanoTime();

    Follower(Store store, Path folder, PdfReader pdf) {
        this.store = store;
        this.folder = folder;
        this.pdf = pdf;
        full = () -> store.room() < ROOM;
        helpers =
                Executors.newFixedThreadPool(
                        THREADS, Thread.ofPlatform().name("catalogue-", 0).daemon().factory());
        thread = Thread.ofPlatform().name("catalogue").daemon().unstarted(this);
    }

    void start() {
        store.watch(this::changed);
        thread.start();
    }

    /// On the committer's thread.
    private void changed(AccountId account) {
        pace.committed();
        again(account);
    }

    private void again(AccountId account) {
        if (account.value() == 0 || !waiting.add(account)) return;
        turns.add(account);
        LockSupport.unpark(thread);
    }

    /// The open index, null while there is none.
    Index index() {
        return index;
    }

    boolean waitsForRoom() {
        return waitsForRoom;
    }

    /// True when nothing is known to be left to do.
    boolean isIdle() {
        return !atWork && !suspect && index != null && nothingWaits();
    }

    private boolean nothingWaits() {
        return !sweepWanted && !wipeWanted && !commitWanted && turns.isEmpty() && urgent.isEmpty();
    }

    /// Follows this account next: somebody asks.
    void hurry(AccountId account) {
        if (!urgent.contains(account)) urgent.add(account);
        LockSupport.unpark(thread);
    }

    /// Throws the index away and makes it anew.
    void rebuild() {
        wipeWanted = true;
        LockSupport.unpark(thread);
    }

    /// Somebody could not read the index.
    void doubt(IOException e) {
        LOG.log(Level.WARNING, "the search index: {0}", e.toString());
        if (e instanceof CorruptIndexException) wipeWanted = true;
        else suspect = true;
        LockSupport.unpark(thread);
    }

    void end() {
        ending = true;
        if (thread.getState() == Thread.State.NEW) {
            helpers.shutdownNow();
            return;
        }
        LockSupport.unpark(thread);
        try {
            thread.join(END_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        helpers.shutdownNow();
    }

    @Override
    public void run() {
        for (int i = 0; i < THREADS; i++) entries.add(new Entry());
        while (!ending) {
            try {
                step();
            } catch (IOException | AlreadyClosedException e) {
                if (ending) break;
                LOG.log(Level.WARNING, "the search index: {0}", e.toString());
                if (e instanceof CorruptIndexException) wipeWanted = true;
                abandon();
                pause(retryAfter);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "the catalogue goes on after", e);
                abandon();
                pause(retryAfter);
            }
        }
        Index last = index;
        index = null;
        if (last == null) return;
        try {
            last.close();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "closing the search index: {0}", e.toString());
        }
    }

    private void step() throws IOException {
        atWork = true;
        if (wipeWanted) wipe();
        waitsForRoom = full.getAsBoolean();
        if (waitsForRoom) {
            pause(retryAfter);
            return;
        }
        if (index == null) open();
        if (sweepWanted) sweep();
        AccountId next = urgent.poll();
        if (next == null) {
            next = turns.poll();
            if (next != null) waiting.remove(next);
        }
        if (next != null && follow(next)) again(next);
        if (commitWanted || System.nanoTime() - committedAt > COMMIT_EVERY.toNanos()) commit();
        if (!nothingWaits() || ending) return;
        if (suspect) check();
        atWork = false;
        LockSupport.parkNanos(COMMIT_EVERY.toNanos() / 4);
    }

    /// Has everything on disk and shown as soon as may be.
    void commitSoon() {
        commitWanted = true;
        LockSupport.unpark(thread);
    }

    private void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); !ending && left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    // ---- Opening and mending ----

    private void open() throws IOException {
        try {
            index = Index.open(folder);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "the search index in {0} is made anew: {1}",
                    folder,
                    e.getMessage());
            Index.wipe(folder);
            REBUILT.increment();
            index = Index.open(folder);
        }
        committedAt = System.nanoTime();
        sweepWanted = true;
    }

    private void wipe() throws IOException {
        wipeWanted = false;
        abandon();
        Index.wipe(folder);
        REBUILT.increment();
    }

    private void abandon() {
        Index last = index;
        index = null;
        suspect = true;
        if (last != null) last.abandon();
    }

    /// Reads all files through, once after each start.
    private void check() throws IOException {
        suspect = false;
        index.check(() -> {});
    }

    private void commit() throws IOException {
        committedAt = System.nanoTime();
        if (index.hasUncommitted()) index.commit();
        index.refresh();
        commitWanted = false;
    }

    // ---- Following ----

    /// Finds the accounts that have changed since the index was committed, and those that are gone.
    private void sweep() throws IOException {
        sweepWanted = false;
        AccountHead head = AccountHead.after(store, new AccountId(0));
        while (head != null && !ending) {
            Index.State state = index.state(head.account().value());
            if (state.high() < head.lastEmail() || state.modSeq() < head.modSeq()) {
                again(head.account());
            }
            head = AccountHead.after(store, head.account());
        }
        for (long account : index.accounts()) {
            if (AccountHead.of(store, new AccountId(account)) == null) index.removeAll(account);
        }
    }

    /// One step of an account; true when there is more to do.
    private boolean follow(AccountId account) throws IOException {
        try {
            AccountHead head = AccountHead.of(store, account);
            if (head == null) {
                if (!index.state(account.value()).equals(Index.State.NONE)) {
                    index.removeAll(account.value());
                }
                return false;
            }
            return follow(store.boxes(account), head);
        } catch (StoreTrouble e) {
            LOG.log(Level.WARNING, "indexing account {0}: {1}", account, e.getMessage());
            return false;
        }
    }

    private boolean follow(Boxes boxes, AccountHead head) throws IOException {
        long account = head.account().value();
        Index.State state = index.state(account);
        if (state.high() < head.lastEmail()) {
            Boxes.Emails step = boxes.emails(state.high() + 1, head.lastEmail() + 1, STEP);
            try {
                add(boxes, step.list());
            } catch (IOException | RuntimeException e) {
                // The step will be made again: none of it may be there twice.
                for (Email email : step.list()) index.remove(account, email.id());
                throw e;
            }
            // What is new is known to be there before what left is taken out.
            index.put(account, new Index.State(step.next() - 1, state.modSeq()));
            return true;
        }
        if (state.modSeq() >= head.modSeq()) return false;
        boolean anyGone = removeLeft(boxes, state.modSeq());
        if (anyGone || head.modSeq() - state.modSeq() > QUIET_CHANGES_MAX) {
            index.put(account, new Index.State(state.high(), head.modSeq()));
        }
        return false;
    }

    private void add(Boxes boxes, List<Email> emails) throws IOException {
        if (emails.size() < TWO_THREADS_MIN || pace.isBusy()) {
            add(boxes, emails, entries.get(0));
            return;
        }
        List<Future<Void>> parts = new ArrayList<>();
        int each = (emails.size() + THREADS - 1) / THREADS;
        for (int i = 0; i < THREADS; i++) {
            Entry entry = entries.get(i);
            List<Email> part =
                    emails.subList(
                            Math.min(emails.size(), i * each),
                            Math.min(emails.size(), (i + 1) * each));
            parts.add(
                    helpers.submit(
                            () -> {
                                add(boxes, part, entry);
                                return null;
                            }));
        }
        IOException trouble = null;
        for (Future<Void> part : parts) {
            try {
                part.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException bug) throw bug;
                trouble = new IOException(e.getCause());
                if (e.getCause() instanceof IOException cause) trouble = cause;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        if (trouble != null) throw trouble;
    }

    private void add(Boxes boxes, List<Email> emails, Entry entry) throws IOException {
        for (Email email : emails) {
            if (ending) throw new IOException("ending");
            long began = System.nanoTime();
            try {
                index.add(document(boxes, email, entry));
            } catch (AlreadyClosedException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "email " + email.id() + " of " + boxes.account(), e);
                SKIPPED.increment();
                index.add(Entry.unread(boxes.account().value(), email.id()));
            }
            INDEXED.increment();
            pace.rest(System.nanoTime() - began);
        }
    }

    /// What the index keeps of a message. One that cannot be read is looked through each time, and
    /// holds nothing then; the rest goes on.
    private Document document(Boxes boxes, Email email, Entry entry) throws IOException {
        long account = boxes.account().value();
        try {
            return entry.of(account, new Letter(boxes, email, pdf));
        } catch (StoreTrouble.Damaged e) {
            LOG.log(Level.WARNING, "not indexed: {0}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "email " + email.id() + " of account " + account, e);
        }
        SKIPPED.increment();
        return Entry.unread(account, email.id());
    }

    /// Takes out what left the account after `since`.
    private boolean removeLeft(Boxes boxes, long since) throws IOException {
        Boxes.Left left = boxes.leftSince(since);
        long account = boxes.account().value();
        long[] looked = left.complete() ? left.emails() : index.emails(account);
        boolean any = false;
        for (long email : looked) {
            if (boxes.email(email) != null) continue;
            index.remove(account, email);
            REMOVED.increment();
            any = true;
        }
        return any;
    }
}
