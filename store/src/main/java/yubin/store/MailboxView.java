package yubin.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/// An open mailbox: what all sessions that have it selected share.
///
/// Loaded once from its rows, then advanced by each commit on the committer's thread. Steps that
/// arrive while it is loading wait in a list; every step holds absolute values, so that one which
/// the load has already seen changes nothing.
public final class MailboxView {
    private final Boxes boxes;
    private final int id;
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet(2);
    private final ReentrantLock loading = new ReentrantLock();
    private volatile Snapshot snapshot;
    private List<UnaryOperator<Snapshot>> early = new ArrayList<>(0); // under `this`; null: loaded
    private int recentFrom; // under `this`

    MailboxView(Boxes boxes, int id) {
        this.boxes = boxes;
        this.id = id;
    }

    /// The newest committed state.
    public Snapshot now() {
        return snapshot;
    }

    /// The mailbox record as of the newest commit; null once it is deleted.
    public Mailbox mailbox() {
        return boxes.mailbox(id).orElse(null);
    }

    public Boxes boxes() {
        return boxes;
    }

    /// Calls `wake` after every commit that changed this mailbox, on the committer's thread: it may
    /// only wake somebody up. The same object is given to [#unlisten].
    public void listen(Runnable wake) {
        listeners.add(wake);
    }

    public void unlisten(Runnable wake) {
        listeners.remove(wake);
    }

    /// The first UID that is `\Recent` to a session that selects now; `claim` (SELECT, not EXAMINE)
    /// takes them for this session, so that the next one does not see them. RFC 3501 §2.3.2.
    ///
    /// Kept in memory only: after a restart messages may be recent once more.
    public synchronized int recentFrom(boolean claim) {
        int from = recentFrom;
        if (claim) recentFrom = snapshot.uidNext();
        return from;
    }

    /// What reads the rows from the disk.
    interface Loader {
        Snapshot load() throws StoreTrouble;
    }

    /// Loads the rows unless another session has done so, or waits for it.
    void loadOnce(Loader loader) throws StoreTrouble {
        loading.lock();
        try {
            if (snapshot == null) loaded(loader.load());
        } finally {
            loading.unlock();
        }
    }

    private synchronized void loaded(Snapshot loaded) {
        Snapshot next = loaded;
        for (UnaryOperator<Snapshot> step : early) next = step.apply(next);
        early = null;
        snapshot = next;
    }

    /// Takes the next step. Runs on the committer's thread only.
    void advance(UnaryOperator<Snapshot> step) {
        synchronized (this) {
            if (early != null) {
                early.add(step);
                return;
            }
            snapshot = step.apply(snapshot);
        }
        for (Runnable wake : listeners) wake.run();
    }

    /// Tells the sessions that the mailbox itself changed or is gone.
    void wakeAll() {
        for (Runnable wake : listeners) wake.run();
    }
}
