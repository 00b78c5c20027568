package yubin.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import yubin.directory.Directory;
import yubin.ledger.Counters;
import yubin.mail.Domain;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.queue.Schedule.Turn;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;
import yubin.store.Batch;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// The shelf: letters that were promised and have not yet arrived.
///
/// ```
/// QUEUE_ENTRY   8 octets queue id → see EntryCodec
/// QUEUE_DUE     see Schedule
/// QUEUE_PARKED  8 octets queue id → version 1 | 8 octets time, ms | reason | entry as it was
/// ```
///
/// **Life of an entry.** [Intake] puts it here in the accepting commit. [#take] hands out a [Job]
/// for one destination; [#settle] writes down what came of it, in one commit with the journey and
/// with the bounce or notice that it caused. When no recipient waits and everybody is told, the
/// entry and its hold on the octets are deleted in that same commit.
///
/// **Locks.** Changes of one entry hold its stripe, then accounts (a bounce into a box), then the
/// schedule.
public final class Shelf implements AutoCloseable {
    /// Letters of one destination that are tried at the same time: a dead one takes no more.
    public static final int PER_DESTINATION = 20;

    /// Letters that are deferred together when their destination cannot be reached at all.
    private static final int TOGETHER_MAX = 500;

    /// How soon a letter is looked at again after trouble of our own.
    private static final Duration OWN_TROUBLE = Duration.ofMinutes(1);

    /// How long a start may wait for the due index; a longer one is read in the background.
    private static final Duration LOAD_PATIENCE = Duration.ofMillis(300);

    /// Its version cannot be read; [Rows#deleteParked] writes the step after it.
    private static final int PARKED_VERSION = Integer.MAX_VALUE - 1;

    private static final int STRIPES = 256;
    private static final System.Logger LOG = System.getLogger("yubin.queue");
    private static final Counters.Counter PARKED = Counters.of("queue.parked");

    private final Store store;
    private final Directory directory;
    private final Journey journey;
    private final InstantSource clock;
    private final Schedule schedule;
    private final Rows rows;
    private final Clerk clerk;
    private final Carry carry;
    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

    Shelf(
            Store store,
            Directory directory,
            Intake intake,
            Placing placing,
            Returns returns,
            BouncedAddresses bounced,
            Journey journey,
            InstantSource clock,
            RetryTimes times,
            Domain hostname) {
        this.store = store;
        this.directory = directory;
        this.journey = journey;
        this.clock = clock;
        this.schedule = new Schedule(store, clock, PER_DESTINATION);
        this.rows = new Rows(store, journey, bounced, schedule, clock);
        this.clerk = new Clerk(store, intake, rows, clock, times, hostname);
        this.carry = new Carry(store, placing, returns, rows, clerk, clock);
        for (int i = 0; i < STRIPES; i++) stripes[i] = new ReentrantLock();
        Counters.gauge("queue.window", schedule::inMemory);
        Counters.gauge("queue.oldest-ready-ms", schedule::oldestReadyMillis);
    }

    /// Arms everything that waits on disk.
    void load() throws StoreTrouble {
        schedule.load(LOAD_PATIENCE);
    }

    /// Puts an entry into the batch that accepts it.
    void put(Batch batch, Entry entry) {
        rows.put(batch, entry);
    }

    /// The entry is on disk.
    void shelved(Entry entry) {
        entry.dues().forEach((to, millis) -> schedule.add(to, millis, entry.id().value()));
    }

    /// The next letter whose time has come, after waiting up to `patience`; null when there was
    /// none. Letters for people here, reports and damaged entries are dealt with on the way.
    public Job take(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        do {
            Turn turn = schedule.take(Math.max(0, deadline - System.nanoTime()));
            if (turn == null) return null;
            Job job = open(turn);
            if (job != null) return job;
        } while (true);
    }

    /// Another letter for the same destination that is due now: for a connection that is open.
    /// Null when there is none. The job before was settled.
    public Job another(String destination) {
        for (Turn turn; (turn = schedule.another(destination)) != null; ) {
            Job job = open(turn);
            if (job != null) return job;
        }
        return null;
    }

    /// Writes down what an attempt came to. Returns when it is on disk.
    ///
    /// @param outcomes one for each recipient of the job's envelope, in order
    public void settle(Job job, List<Outcome> outcomes) {
        if (outcomes.size() != job.which().size()) {
            throw new IllegalArgumentException(outcomes.size() + " outcomes");
        }
        while (!settled(job, outcomes)) {
            // The disk takes nothing. The letter stays out, so that it is not sent again.
            try {
                Thread.sleep(OWN_TROUBLE.dividedBy(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        Outcome first = outcomes.getFirst();
        if (first instanceof Outcome.Later later && later.wholeDestination()) {
            deferTogether(job.destination(), later);
        }
    }

    /// Gives a job back that was not tried, to be taken again a little later.
    public void putBack(Job job) {
        long again = clock.millis() + OWN_TROUBLE.toMillis();
        schedule.done(job.destination(), job.id().value(), again);
    }

    private boolean settled(Job job, List<Outcome> outcomes) {
        ReentrantLock stripe = lock(job.id());
        try {
            Entry entry = rows.read(job.id());
            if (entry == null) {
                schedule.done(job.destination(), job.id().value(), -1);
                return true; // dropped meanwhile
            }
            List<Addressee> changed = new ArrayList<>(entry.addressees());
            List<Step> steps = new ArrayList<>(outcomes.size());
            for (int i = 0; i < outcomes.size(); i++) {
                int index = job.which().get(i);
                Addressee before = changed.get(index);
                Addressee after = clerk.apply(entry, before, outcomes.get(i), steps);
                if (before.isWaiting()) changed.set(index, after);
            }
            clerk.finish(entry, entry.with(changed), steps, job.destination());
            return true;
        } catch (StoreTrouble.Damaged damaged) {
            park(job.id(), job.destination(), -1, damaged.getMessage());
            return true;
        } catch (StoreTrouble trouble) {
            LOG.log(System.Logger.Level.WARNING, job.id() + " cannot be settled: " + trouble);
            return false;
        } finally {
            stripe.unlock();
        }
    }

    /// Letters that wait for a destination which cannot be reached fare as the one that tried:
    /// each keeps its own times, and none takes a connection of its own to find out.
    private void deferTogether(String destination, Outcome.Later later) {
        Reply reply = later.reply();
        for (long id : schedule.takeAll(destination, TOGETHER_MAX)) {
            Job job = open(new Turn(destination, clock.millis(), id));
            if (job == null) continue;
            Outcome same = new Outcome.Later(later.host(), reply, false);
            if (!settled(job, job.which().stream().map(i -> same).toList())) putBack(job);
        }
    }

    /// Makes a job of a turn; null when nothing is left to carry outward.
    private Job open(Turn turn) {
        QueueId id = new QueueId(turn.id());
        ReentrantLock stripe = lock(id);
        try {
            Entry entry = rows.read(id);
            if (entry == null) {
                rows.forget(turn);
                return null;
            }
            if (turn.destination().equals(Entry.REPORTS)) {
                clerk.finish(entry, entry.with(entry.addressees()), List.of(), Entry.REPORTS);
                return null;
            }
            List<Integer> which = new ArrayList<>(entry.addressees().size());
            int attempt = 1;
            long now = Math.max(clock.millis(), turn.millis());
            for (int i = 0; i < entry.addressees().size(); i++) {
                Addressee addressee = entry.addressees().get(i);
                boolean due = addressee.isWaiting() && addressee.nextMillis() <= now;
                if (due && addressee.destination().equals(turn.destination())) {
                    which.add(i);
                    attempt = Math.max(attempt, addressee.attempts() + 1);
                }
            }
            if (which.isEmpty() || entry.isHeld()) {
                rows.mend(turn, entry);
                return null;
            }
            if (isLocal(entry.addressees().get(which.getFirst()).recipient())) {
                carry.home(entry, which, turn.destination());
                return null;
            }
            Entry.Content content = entry.content();
            return new Job(
                    id,
                    turn.destination(),
                    entry.envelope(which),
                    entry.blob(),
                    content.eightBit(),
                    content.binary(),
                    content.utf8Header(),
                    attempt,
                    which);
        } catch (StoreTrouble.Damaged damaged) {
            park(id, turn.destination(), turn.millis(), damaged.getMessage());
            return null;
        } catch (StoreTrouble trouble) {
            LOG.log(System.Logger.Level.WARNING, id + " has to wait: " + trouble);
            long again = clock.millis() + OWN_TROUBLE.toMillis();
            schedule.done(turn.destination(), turn.id(), again);
            return null;
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, id + " cannot be worked on", bug);
            park(id, turn.destination(), turn.millis(), "our own mistake: " + bug);
            return null;
        } finally {
            stripe.unlock();
        }
    }

    private boolean isLocal(Recipient recipient) throws StoreTrouble {
        try {
            return directory.isLocal(recipient.address().domain());
        } catch (StoreTrouble trouble) {
            throw trouble;
        } catch (java.io.IOException e) {
            throw new StoreTrouble.NotCommitted("directory: " + e.getMessage(), e);
        }
    }

    /// Puts an entry that cannot be read aside, with its reason; its octets stay held. Due rows of
    /// its other destinations are forgotten when their turn comes.
    ///
    /// @param dueMillis of the row that led here; negative when it is not known
    private void park(QueueId id, String destination, long dueMillis, String reason) {
        PARKED.increment();
        LOG.log(System.Logger.Level.ERROR, id + " is parked: " + reason);
        try {
            byte[] key = Kind.QUEUE_ENTRY.keyLong(0, id.value());
            byte[] value = store.keys().get(Family.RECORDS, key);
            Batch batch = new Batch();
            Octets.Writer parked = new Octets.Writer(256);
            parked.octet(1).fixedLong(clock.millis()).text(reason).octets(value);
            batch.put(Kind.QUEUE_PARKED.keyLong(0, id.value()), parked.done());
            batch.delete(key);
            if (dueMillis >= 0) batch.delete(Schedule.key(destination, dueMillis, id.value()));
            List<Step> steps = List.of(Journey.step(What.PARKED, null, null, reason));
            journey.add(batch, id, PARKED_VERSION, clock.millis(), steps);
            store.committer().commit(batch);
            schedule.done(destination, id.value(), -1);
        } catch (StoreTrouble trouble) {
            LOG.log(System.Logger.Level.ERROR, id + " cannot even be parked: " + trouble);
            schedule.done(destination, id.value(), clock.millis() + OWN_TROUBLE.toMillis());
        }
    }

    /// Letters in memory: bounded, however many wait.
    public int inMemory() {
        return schedule.inMemory();
    }

    /// What the operator may do: look, retry, hold, release, bounce, drop.
    public Orders orders() {
        return new Orders(this, store, rows, clerk, schedule, clock);
    }

    /// Takes the lock of an entry; the caller unlocks.
    ReentrantLock lock(QueueId id) {
        ReentrantLock stripe = stripes[(int) (id.value() % STRIPES)];
        stripe.lock();
        return stripe;
    }

    /// Letters that are being tried are not interrupted: they settle as they end.
    @Override
    public void close() {}
}
