package yubin.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import yubin.mail.AccountId;
import yubin.mime.Message;

/// Everything that one event changes, in any number of accounts and in the office, as one commit.
///
/// ```java
/// try (Change change = store.change(accounts)) {   // locks them in number order
///     Change.Placed placed = change.add(account, mailboxId, email);
///     Blob blob = change.keep(upload);                // for the shelf
///     change.link(blob, AccountId.OFFICE, queueId);
///     change.batch().put(key, value);                 // rows of other rooms
///     change.commit();                                // returns when it is on disk
/// }
/// ```
///
/// **Locks.** An account that only gets new messages is let go as soon as the batch is queued:
/// later changes are prepared on top of it and written behind it. A change that rests on the
/// flags of messages ([#exclusive]) keeps its account until it is on disk, since readers and the
/// next such change see only what is committed. **Undo.** What a change touches in memory is
/// copied first; closing without a commit puts it back. After a failed commit the accounts are
/// read again from the disk ([Committer#epoch]).
public final class Change implements AutoCloseable {
    private final Store store;
    private final Batch batch = new Batch(512);
    private final Map<AccountId, Part> parts = new LinkedHashMap<>();
    private final IdentityHashMap<Upload, Blob> kept = new IdentityHashMap<>(2);
    private final IdentityHashMap<Message, byte[]> encoded = new IdentityHashMap<>(2);
    private final List<Long> pinned = new ArrayList<>(1);
    private int epoch;
    private boolean exclusive;
    private boolean queued;
    private boolean locked = true;

    /// Where a copy went.
    public record Placed(
            AccountId account, int mailbox, int uidValidity, int uid, long emailId, long modSeq) {}

    /// What a change does to one account.
    static final class Part {
        final Boxes boxes;
        final BoxesState state;
        final Map<Integer, BoxesState.Box> touched = new HashMap<>(2);
        private final Map<Integer, BoxesState.Box> before = new HashMap<>(2); // null: made here
        private final List<View> views = new ArrayList<>(1);
        private ChangeLog log; // null until something changed
        private byte[] headBefore;
        boolean republishAll;

        private record View(int mailbox, UnaryOperator<Snapshot> step) {}

        Part(Boxes boxes) {
            this.boxes = boxes;
            this.state = boxes.state();
        }

        /// The modseq of this change, taken at its first use.
        long modSeq() {
            log();
            return state.modSeq;
        }

        boolean isChanged() {
            return log != null;
        }

        ChangeLog log() {
            if (log == null) {
                headBefore = state.encodeHead();
                state.modSeq++;
                log = new ChangeLog(boxes.clock().millis() / 1000);
            }
            return log;
        }

        /// The mailbox, to be changed: copied once for the undo, written at the commit.
        BoxesState.Box touch(int mailbox) throws StoreTrouble {
            BoxesState.Box box = state.boxes.get(mailbox);
            if (box == null) {
                throw new StoreTrouble.Refused(
                        StoreTrouble.Refused.Why.NO_SUCH_MAILBOX, "no such mailbox");
            }
            long modSeq = modSeq();
            if (touched.putIfAbsent(mailbox, box) == null) {
                before.put(mailbox, box.copy());
            }
            box.highestModSeq = modSeq;
            return box;
        }

        BoxesState.Box make(int parent, String name, Role role) {
            log();
            BoxesState.Box box = state.make(parent, name, role);
            touched.put(box.id, box);
            before.put(box.id, null);
            log.mailbox(box.id, ChangeLog.MADE);
            return box;
        }

        void drop(Batch batch, int mailbox) throws StoreTrouble {
            touch(mailbox);
            touched.remove(mailbox);
            state.boxes.remove(mailbox);
            batch.delete(Kind.MAILBOX.keyInt(state.account, mailbox));
            log.mailbox(mailbox, ChangeLog.DELETED);
        }

        void view(int mailbox, UnaryOperator<Snapshot> step) {
            views.add(new View(mailbox, step));
        }

        private void finish(Batch batch) throws StoreTrouble {
            if (log == null) return;
            log.put(batch, state.account, state.modSeq);
            state.logFloor = boxes.trimLog(batch, state.modSeq, state.logFloor);
            state.putHead(batch);
            List<Mailbox> published = new ArrayList<>(touched.size());
            for (BoxesState.Box box : touched.values()) {
                state.put(batch, box);
                if (!republishAll) published.add(state.snapshot(box));
            }
            if (republishAll) {
                for (BoxesState.Box box : state.boxes.values()) published.add(state.snapshot(box));
            }
            List<Integer> gone = new ArrayList<>(0);
            for (int id : before.keySet()) if (!state.boxes.containsKey(id)) gone.add(id);
            Boxes.Usage usage = new Boxes.Usage(state.octets, state.messages);
            long modSeq = state.modSeq;
            batch.afterCommit(
                    () -> {
                        boxes.publish(published, gone);
                        for (View view : views) boxes.advance(view.mailbox, view.step);
                        boxes.reach(usage, modSeq);
                    });
        }

        private void undo() {
            if (log == null) return;
            state.resetHead(headBefore);
            before.forEach(
                    (id, box) -> {
                        if (box == null) state.boxes.remove(id);
                        else state.boxes.put(id, box);
                    });
        }
    }

    Change(Store store, List<Boxes> ordered) throws StoreTrouble {
        this.store = store;
        int locks = 0;
        try {
            epoch = store.committer().epoch();
            for (Boxes boxes : ordered) {
                boxes.lock();
                locks++;
                epoch = Math.min(epoch, boxes.refresh());
                Precondition.check(boxes);
                parts.put(boxes.account(), new Part(boxes));
            }
        } catch (StoreTrouble | RuntimeException e) {
            for (int i = locks - 1; i >= 0; i--) ordered.get(i).unlock();
            throw e;
        }
    }

    /// The batch, for rows of other rooms.
    public Batch batch() {
        return batch;
    }

    /// Keeps the accounts locked until the commit is on disk.
    Change exclusive() {
        exclusive = true;
        return this;
    }

    Part part(AccountId account) {
        Part part = parts.get(account);
        if (part == null) {
            throw new IllegalArgumentException("account " + account + " is not in this change");
        }
        return part;
    }

    /// Puts a message into a mailbox of an account that was named when the change began.
    ///
    /// @throws StoreTrouble.Refused when there is no such mailbox
    public Placed add(AccountId account, int mailbox, NewEmail email) throws StoreTrouble {
        return add(account, List.of(mailbox), email);
    }

    /// Puts a message into one or more mailboxes, as one email.
    ///
    /// @return where it is in the first of them
    public Placed add(AccountId account, List<Integer> mailboxes, NewEmail email)
            throws StoreTrouble {
        Part part = part(account);
        List<BoxesState.Box> boxes = new ArrayList<>(mailboxes.size());
        for (int mailbox : mailboxes) boxes.add(part.touch(mailbox));
        BoxesState.Box box = boxes.getFirst();
        Blob blob = keep(email.upload());
        BoxesState state = part.state;
        List<Email.Place> places = new ArrayList<>(boxes.size());
        for (BoxesState.Box each : boxes) places.add(new Email.Place(each.id, nextUid(each)));
        int uid = places.getFirst().uid();
        long id = state.nextEmail++;
        long thread = part.boxes.thread(batch, email.message(), id);
        byte[] parsed = encoded.computeIfAbsent(email.message(), Message::encode);
        Email record =
                new Email(
                        id,
                        thread,
                        blob,
                        email.prefix(),
                        email.receivedMillis(),
                        email.zoneMinutes(),
                        List.copyOf(places),
                        parsed);
        for (int i = 0; i < boxes.size(); i++) {
            place(part, boxes.get(i), record, places.get(i).uid(), email.flags());
        }
        batch.put(Kind.EMAIL.keyLong(state.account, id), record.encode());
        batch.put(ThreadEmails.key(state.account, thread, id), new byte[0]);
        link(blob, account, id);
        Irregular.put(batch, state.account, id, email);
        state.octets += record.size();
        state.messages++;
        return new Placed(account, box.id, box.uidValidity, uid, id, state.modSeq);
    }

    /// The row of a message in a mailbox, and everything that counts it.
    Row place(Part part, BoxesState.Box box, Email email, int uid, long flags) {
        Row row =
                new Row(
                        uid,
                        email.id(),
                        flags,
                        part.modSeq(),
                        email.receivedMillis(),
                        email.zoneMinutes(),
                        email.size());
        batch.put(Row.key(part.state.account, box.id, uid), row.encode());
        box.count(flags, email.size(), 1);
        part.log().added(box.id, uid, email.id());
        long modSeq = part.modSeq();
        part.view(box.id, snapshot -> snapshot.added(row, modSeq));
        return row;
    }

    static int nextUid(BoxesState.Box box) throws StoreTrouble {
        if (box.uidNext == 0) { // wrapped: 2^32 - 1 messages were here
            throw new StoreTrouble.Refused(
                    StoreTrouble.Refused.Why.LIMIT, "this mailbox has used up its UIDs");
        }
        return box.uidNext++;
    }

    /// The mailbox of this role in an account that was named, made in this change if there is none.
    public int mailbox(AccountId account, Role role) throws StoreTrouble {
        Part part = part(account);
        BoxesState.Box box = part.state.role(role);
        if (box != null) return box.id;
        BoxesState.Box named = part.state.child(0, role.mailboxName());
        if (named != null && named.role == null) {
            part.touch(named.id).role = role;
            part.log().mailbox(named.id, ChangeLog.CHANGED);
            return named.id;
        }
        return part.make(0, role.mailboxName(), role).id;
    }

    /// The mailbox at this path, if there is one: where a subaddress leads.
    public java.util.OptionalInt find(AccountId account, String path) {
        BoxesState state = part(account).state;
        int parent = 0;
        BoxesState.Box box = null;
        for (String name : path.split("/")) {
            box = state.child(parent, name);
            if (box == null) return java.util.OptionalInt.empty();
            parent = box.id;
        }
        return box == null ? java.util.OptionalInt.empty() : java.util.OptionalInt.of(box.id);
    }

    /// Keeps an object of another room with the account: see [AccountObjects].
    ///
    /// @param isNew for the change log
    public void putObject(AccountId account, int type, long id, byte[] value, boolean isNew) {
        Part part = part(account);
        batch.put(AccountObjects.key(part.state.account, type, id), AccountObjects.row(value));
        part.log().object(type, id, isNew ? ChangeLog.MADE : ChangeLog.CHANGED);
    }

    public void dropObject(AccountId account, int type, long id) {
        Part part = part(account);
        batch.delete(AccountObjects.key(part.state.account, type, id));
        part.log().object(type, id, ChangeLog.DELETED);
    }

    /// Octets that the account holds, with those of this change.
    public long usedOctets(AccountId account) {
        return part(account).state.octets;
    }

    /// Makes the octets part of the change, for a holder that is no email. Follow with [#link].
    public Blob keep(Upload upload) throws StoreTrouble {
        Blob blob = kept.get(upload);
        if (blob == null) {
            blob = store.blobs().keep(upload, batch);
            kept.put(upload, blob);
            pinned.add(blob.number());
        }
        return blob;
    }

    /// Holds the blob for something of `account` with the number `holder` (a queue id in the
    /// office).
    public void link(Blob blob, AccountId account, long holder) {
        store.blobs().link(batch, blob, account.value(), holder);
    }

    /// Lets the blob go; it is purged later when nobody else holds it.
    public void unlink(Blob blob, AccountId account, long holder) {
        store.blobs().unlink(batch, blob, account.value(), holder);
    }

    /// Returns when all of it is on disk.
    ///
    /// @throws StoreTrouble when nothing of it happened
    public void commit() throws StoreTrouble {
        if (queued) throw new IllegalStateException("committed already");
        for (Part part : parts.values()) part.finish(batch);
        queued = true;
        Committer.Pending pending = store.committer().submit(batch, epoch);
        try {
            if (!exclusive) unlock();
            pending.await();
            for (Part part : parts.values()) {
                if (part.isChanged()) Precondition.committed(part.boxes);
            }
        } finally {
            unlock();
            unpin();
        }
    }

    /// Lets go of everything that was not committed.
    @Override
    public void close() {
        if (!queued) for (Part part : parts.values()) part.undo();
        unlock();
        unpin();
    }

    private void unlock() {
        if (!locked) return;
        locked = false;
        for (Part part : parts.values()) part.boxes.unlock();
    }

    private void unpin() {
        for (long number : pinned) store.blobs().unpin(number);
        pinned.clear();
    }
}
