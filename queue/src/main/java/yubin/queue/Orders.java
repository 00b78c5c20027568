package yubin.queue;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import yubin.mail.Domain;
import yubin.mail.QueueId;
import yubin.mail.Reply;
import yubin.queue.Addressee.State;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;
import yubin.store.Batch;
import yubin.store.Change;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// What an operator may do with the shelf. Each order is on disk when its method returns; false or
/// 0 means that there was no such entry, or nothing to do.
public final class Orders {
    private static final System.Logger LOG = System.getLogger("yubin.queue");

    private final Shelf shelf;
    private final Store store;
    private final Rows rows;
    private final Clerk clerk;
    private final Schedule schedule;
    private final InstantSource clock;

    Orders(
            Shelf shelf,
            Store store,
            Rows rows,
            Clerk clerk,
            Schedule schedule,
            InstantSource clock) {
        this.shelf = shelf;
        this.store = store;
        this.rows = rows;
        this.clerk = clerk;
        this.schedule = schedule;
        this.clock = clock;
    }

    /// The entries that can be read, oldest first.
    ///
    /// @param max how many at most
    public List<Item> list(Predicate<Item> which, int max) throws StoreTrouble {
        List<Item> items = new ArrayList<>();
        int unreadable = 0;
        byte[] from = Kind.QUEUE_ENTRY.key(0, 0);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (items.size() < max && cursor.next()) {
                QueueId id = new QueueId(Octets.getLong(cursor.key(), 9));
                try {
                    Item item = Item.of(EntryCodec.decode(id, cursor.value()));
                    if (which.test(item)) items.add(item);
                } catch (Octets.Malformed damaged) {
                    // It is parked when its time comes; the list goes on.
                    unreadable++;
                }
            }
        }
        if (unreadable > 0) LOG.log(WARNING, unreadable + " entries cannot be read");
        return items;
    }

    public Optional<Item> show(QueueId id) throws StoreTrouble {
        Entry entry = rows.read(id);
        return entry == null ? Optional.empty() : Optional.of(Item.of(entry));
    }

    /// Entries that could not be read and were put aside.
    public List<Item.Parked> parked() throws StoreTrouble {
        List<Item.Parked> parked = new ArrayList<>();
        byte[] from = Kind.QUEUE_PARKED.key(0, 0);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                QueueId id = new QueueId(Octets.getLong(cursor.key(), 9));
                Octets.Reader in = new Octets.Reader(cursor.value());
                try {
                    in.version(1);
                    Instant at = Instant.ofEpochMilli(in.fixedLong());
                    parked.add(new Item.Parked(id, at, in.text()));
                } catch (Octets.Malformed damaged) {
                    parked.add(new Item.Parked(id, Instant.EPOCH, damaged.getMessage()));
                }
            }
        }
        return parked;
    }

    /// Tries an entry now. A parked one is put back first, should this program be able to read it.
    public boolean retry(QueueId id) throws StoreTrouble {
        long now = clock.millis();
        if (unpark(id)) return true;
        return change(
                id,
                entry -> entry.isHeld() ? null : again(entry, null, now),
                Journey.step(What.RETRIED, null, null, null));
    }

    /// Tries everything that waits for a domain now; returns how many entries.
    public int retry(Domain domain) throws StoreTrouble {
        long now = clock.millis();
        List<QueueId> ids = new ArrayList<>();
        byte[] from = Schedule.prefix(domain.ascii());
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) ids.add(new QueueId(Schedule.id(cursor.key())));
        }
        int count = 0;
        Step step = Journey.step(What.RETRIED, null, null, domain.ascii());
        for (QueueId id : ids) {
            if (change(id, entry -> again(entry, domain.ascii(), now), step)) count++;
        }
        return count;
    }

    public boolean hold(QueueId id, String why) throws StoreTrouble {
        return change(
                id,
                entry -> entry.isHeld() ? null : entry.withHold(why),
                Journey.step(What.HELD, null, null, why));
    }

    /// Lets a held entry go, now.
    public boolean release(QueueId id) throws StoreTrouble {
        long now = clock.millis();
        return change(
                id,
                entry -> entry.isHeld() ? again(entry.withHold(null), null, now) : null,
                Journey.step(What.RELEASED, null, null, null));
    }

    /// Gives up: every recipient that still waits has failed, and the sender is told as usual.
    public boolean bounce(QueueId id) throws StoreTrouble {
        ReentrantLock stripe = shelf.lock(id);
        try {
            Entry entry = rows.read(id);
            if (entry == null) return false;
            Reply reply = Reply.of(554, "5.0.0", "returned by the operator");
            List<Addressee> changed = new ArrayList<>(entry.addressees());
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < changed.size(); i++) {
                Addressee addressee = changed.get(i);
                if (!addressee.isWaiting()) continue;
                clerk.fail(entry, addressee.recipient(), null, reply, steps);
                changed.set(i, addressee.ended(State.FAILED, clock.millis(), reply));
            }
            Entry after = entry.withHold(null).with(changed);
            clerk.finish(entry, after, steps, null);
            return true;
        } finally {
            stripe.unlock();
        }
    }

    /// Takes a letter back that waits for its time, as if it had never been sent; false when the
    /// time has come, or there is none.
    public boolean recall(QueueId id, Intake.Rider rider) throws StoreTrouble {
        ReentrantLock stripe = shelf.lock(id);
        try {
            Entry entry = rows.read(id);
            if (entry == null || entry.notBeforeMillis() <= clock.millis()) return false;
            for (Addressee addressee : entry.addressees()) {
                if (!addressee.isWaiting() || addressee.attempts() > 0) return false;
            }
            Step step = Journey.step(What.DROPPED, null, null, "taken back by the sender");
            try (Change change = store.release(rider.accounts())) {
                rows.delete(change, entry, List.of(step));
                rider.ride(change);
                change.commit();
            }
            entry.dues().forEach((to, due) -> schedule.remove(to, due, id.value()));
            return true;
        } finally {
            stripe.unlock();
        }
    }

    /// Throws an entry away, parked ones too; nobody is told but the journey.
    public boolean drop(QueueId id) throws StoreTrouble {
        ReentrantLock stripe = shelf.lock(id);
        try {
            byte[] parked = Kind.QUEUE_PARKED.keyLong(0, id.value());
            byte[] value = store.keys().get(Family.RECORDS, parked);
            if (value != null) {
                dropParked(id, parked, value);
                return true;
            }
            Entry entry = rows.read(id);
            if (entry == null) return false;
            Step step = Journey.step(What.DROPPED, null, null, "by the operator");
            try (Change change = store.release(List.of())) {
                rows.delete(change, entry, List.of(step));
                change.commit();
            }
            entry.dues().forEach((to, due) -> schedule.remove(to, due, id.value()));
            return true;
        } finally {
            stripe.unlock();
        }
    }

    /// Gives the octets back too, unless the entry is too damaged to tell which they are: then
    /// they stay, and only they.
    private void dropParked(QueueId id, byte[] key, byte[] value) throws StoreTrouble {
        Step step = Journey.step(What.DROPPED, null, null, "by the operator, from the parked ones");
        try (Change change = store.release(List.of())) {
            change.batch().delete(key);
            rows.deleteParked(change, id, parkedEntry(id, value), List.of(step));
            change.commit();
        }
    }

    /// The entry in a parked record; null when it cannot be read.
    private static Entry parkedEntry(QueueId id, byte[] value) {
        Octets.Reader in = new Octets.Reader(value);
        try {
            in.version(1);
            in.fixedLong();
            in.text();
            byte[] octets = in.octets();
            return octets == null ? null : EntryCodec.decode(id, octets);
        } catch (Octets.Malformed damaged) {
            return null;
        }
    }

    /// @param destination null for all
    private static Entry again(Entry entry, String destination, long now) {
        List<Addressee> changed = new ArrayList<>(entry.addressees());
        boolean any = false;
        for (int i = 0; i < changed.size(); i++) {
            Addressee addressee = changed.get(i);
            if (!addressee.isWaiting()) continue;
            if (destination != null && !addressee.destination().equals(destination)) continue;
            changed.set(i, addressee.next(now));
            any = true;
        }
        return any || destination == null ? entry.with(changed) : null;
    }

    /// @param what gives the changed entry, or null when there is nothing to do
    private boolean change(QueueId id, UnaryOperator<Entry> what, Step step) throws StoreTrouble {
        ReentrantLock stripe = shelf.lock(id);
        try {
            Entry before = rows.read(id);
            Entry after = before == null ? null : what.apply(before);
            if (after == null) return false;
            try (Change change = store.release(List.of())) {
                rows.change(change, before, after, List.of(step));
                change.commit();
            }
            rows.scheduled(before, after, null);
            return true;
        } finally {
            stripe.unlock();
        }
    }

    private boolean unpark(QueueId id) throws StoreTrouble {
        ReentrantLock stripe = shelf.lock(id);
        try {
            byte[] key = Kind.QUEUE_PARKED.keyLong(0, id.value());
            byte[] value = store.keys().get(Family.RECORDS, key);
            if (value == null) return false;
            Entry parked = parkedEntry(id, value);
            if (parked == null) return false;
            Entry entry = again(parked, null, clock.millis());
            Batch batch = new Batch().delete(key);
            rows.put(batch, entry);
            store.committer().commit(batch);
            shelf.shelved(entry);
            return true;
        } finally {
            stripe.unlock();
        }
    }
}
