package yubin.queue;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import yubin.mail.AccountId;
import yubin.mail.QueueId;
import yubin.queue.Schedule.Turn;
import yubin.queue.Trail.Step;
import yubin.store.Batch;
import yubin.store.Change;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// The rows of the shelf on disk, and the schedule kept in step with them.
final class Rows {
    private final Store store;
    private final Journey journey;
    private final BouncedAddresses bounced;
    private final Schedule schedule;
    private final InstantSource clock;

    Rows(
            Store store,
            Journey journey,
            BouncedAddresses bounced,
            Schedule schedule,
            InstantSource clock) {
        this.store = store;
        this.journey = journey;
        this.bounced = bounced;
        this.schedule = schedule;
        this.clock = clock;
    }

    /// The entry, or null when it is gone.
    ///
    /// @throws StoreTrouble.Damaged when it cannot be read
    Entry read(QueueId id) throws StoreTrouble {
        byte[] value = store.keys().get(Family.RECORDS, Kind.QUEUE_ENTRY.keyLong(0, id.value()));
        if (value == null) return null;
        try {
            return EntryCodec.decode(id, value);
        } catch (Octets.Malformed malformed) {
            throw new StoreTrouble.Damaged(malformed.getMessage());
        }
    }

    /// A new entry with its due rows.
    void put(Batch batch, Entry entry) {
        long id = entry.id().value();
        batch.put(Kind.QUEUE_ENTRY.keyLong(0, id), EntryCodec.encode(entry));
        entry.dues().forEach((to, due) -> batch.put(Schedule.key(to, due, id), Schedule.row()));
    }

    /// An entry changes, or is deleted when it is done, with the steps that tell why.
    void change(Change change, Entry before, Entry after, List<Step> steps) throws StoreTrouble {
        Batch batch = change.batch();
        long id = after.id().value();
        boolean done = after.isDone();
        Map<String, Long> old = before.dues();
        Map<String, Long> next = done ? Map.of() : after.dues();
        old.forEach(
                (to, due) -> {
                    if (!due.equals(next.get(to))) batch.delete(Schedule.key(to, due, id));
                });
        next.forEach(
                (to, due) -> {
                    if (!due.equals(old.get(to))) {
                        batch.put(Schedule.key(to, due, id), Schedule.row());
                    }
                });
        byte[] key = Kind.QUEUE_ENTRY.keyLong(0, id);
        if (done) {
            batch.delete(key);
            change.unlink(after.blob(), AccountId.OFFICE, id);
        } else {
            batch.put(key, EntryCodec.encode(after));
        }
        journey.add(batch, after.id(), after.version(), clock.millis(), steps);
        bounced.learn(batch, after.origin().login(), steps);
    }

    /// Tells the schedule what a committed change was.
    ///
    /// @param out the destination for which the letter is out and now comes back; null for none
    void scheduled(Entry before, Entry after, String out) {
        long id = after.id().value();
        Map<String, Long> old = before.dues();
        Map<String, Long> next = after.isDone() ? Map.of() : after.dues();
        old.forEach(
                (to, due) -> {
                    if (!due.equals(next.get(to)) && !to.equals(out)) schedule.remove(to, due, id);
                });
        next.forEach(
                (to, due) -> {
                    if (!due.equals(old.get(to)) && !to.equals(out)) schedule.add(to, due, id);
                });
        if (out != null) schedule.done(out, id, next.getOrDefault(out, -1L));
    }

    /// Deletes an entry and its due rows whatever is left to do.
    void delete(Change change, Entry entry, List<Step> steps) {
        long id = entry.id().value();
        Batch batch = change.batch();
        entry.dues().forEach((to, due) -> batch.delete(Schedule.key(to, due, id)));
        batch.delete(Kind.QUEUE_ENTRY.keyLong(0, id));
        change.unlink(entry.blob(), AccountId.OFFICE, id);
        journey.add(batch, entry.id(), entry.version() + 1, clock.millis(), steps);
    }

    /// Deletes what a parked entry still holds.
    ///
    /// @param entry null when it cannot be read: its octets stay
    void deleteParked(Change change, QueueId id, Entry entry, List<Step> steps) {
        Batch batch = change.batch();
        if (entry != null) {
            entry.dues().forEach((to, due) -> batch.delete(Schedule.key(to, due, id.value())));
            change.unlink(entry.blob(), AccountId.OFFICE, id.value());
        }
        journey.add(batch, id, Integer.MAX_VALUE, clock.millis(), steps);
    }

    /// The entry of a due row is gone: so is the row.
    void forget(Turn turn) throws StoreTrouble {
        Batch batch = new Batch(128);
        batch.delete(Schedule.key(turn.destination(), turn.millis(), turn.id()));
        store.committer().commit(batch);
        schedule.done(turn.destination(), turn.id(), -1);
    }

    /// A due row led to an entry that has nothing due there now: the schedule follows the entry.
    void mend(Turn turn, Entry entry) throws StoreTrouble {
        Long due = entry.dues().get(turn.destination());
        if (due == null || due != turn.millis()) {
            Batch batch = new Batch(128);
            batch.delete(Schedule.key(turn.destination(), turn.millis(), turn.id()));
            store.committer().commit(batch);
        }
        schedule.done(turn.destination(), turn.id(), due == null ? -1 : due);
    }
}
