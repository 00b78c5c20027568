package yubin.jmap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import yubin.store.Boxes;
import yubin.store.ChangeLog;
import yubin.store.StoreTrouble;

/// What one commit did to an account, as the change log tells it.
final class Commit {
    final long modSeq;
    final List<Place> added = new ArrayList<>(1);
    final List<Place> removed = new ArrayList<>(0);
    final List<Place> flagged = new ArrayList<>(0);
    final Set<Long> kept = new HashSet<>();
    final Map<Long, Long> gone = new HashMap<>();
    final Set<Long> hidden = new LinkedHashSet<>();
    final Set<Long> shown = new LinkedHashSet<>();
    final List<Thing> mailboxes = new ArrayList<>(0);
    final List<Thing> objects = new ArrayList<>(0);

    /// @param email 0 where the log does not say it
    record Place(int mailbox, int uid, long email) {}

    /// @param type of an object, 0 for a mailbox
    /// @param what [ChangeLog#MADE] and so on
    record Thing(int type, long id, int what) {}

    private Commit(long modSeq) {
        this.modSeq = modSeq;
    }

    /// Takes commits one by one.
    @FunctionalInterface
    interface Taker {
        /// @return false to take no more
        boolean take(Commit commit) throws StoreTrouble, MethodError;
    }

    /// Gives the commits after `since` in order.
    ///
    /// @throws MethodError cannotCalculateChanges when the log does not reach back that far
    static void each(Boxes boxes, long since, Taker taker) throws StoreTrouble, MethodError {
        Reader reader = new Reader(taker);
        boolean complete = boxes.changesSince(since, reader);
        if (!complete) {
            throw new MethodError("cannotCalculateChanges", "that state is too long ago");
        }
        reader.give();
        if (reader.trouble != null) throw reader.trouble;
        if (reader.error != null) throw reader.error;
    }

    private static final class Reader implements ChangeLog.Visitor {
        private final Taker taker;
        private Commit commit;
        private StoreTrouble trouble;
        private MethodError error;

        Reader(Taker taker) {
            this.taker = taker;
        }

        /// @return false to read no further
        private boolean give() {
            if (commit == null) return true;
            Commit whole = commit;
            commit = null;
            try {
                return taker.take(whole);
            } catch (StoreTrouble e) {
                trouble = e;
            } catch (MethodError e) {
                error = e;
            }
            return false;
        }

        @Override
        public boolean commit(long modSeq) {
            if (!give()) return false;
            commit = new Commit(modSeq);
            return true;
        }

        @Override
        public void added(int mailbox, int uid, long email) {
            commit.added.add(new Place(mailbox, uid, email));
        }

        @Override
        public void flagged(int mailbox, int uid) {
            commit.flagged.add(new Place(mailbox, uid, 0));
        }

        @Override
        public void removed(int mailbox, int uid, long email) {
            commit.removed.add(new Place(mailbox, uid, email));
        }

        @Override
        public void mailbox(int id, int what) {
            commit.mailboxes.add(new Thing(0, id, what));
        }

        @Override
        public void kept(long email) {
            commit.kept.add(email);
        }

        @Override
        public void gone(long email, long thread) {
            commit.gone.put(email, thread);
        }

        @Override
        public void hidden(long email) {
            commit.hidden.add(email);
        }

        @Override
        public void shown(long email) {
            commit.shown.add(email);
        }

        @Override
        public void object(int type, long id, int what) {
            commit.objects.add(new Thing(type, id, what));
        }
    }
}
