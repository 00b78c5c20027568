package yubin.queue;

import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import yubin.directory.Directory;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.mail.Domain;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Reply;
import yubin.queue.Inspector.Verdict;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;
import yubin.store.Batch;
import yubin.store.Blob;
import yubin.store.Change;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// The counter: the one place where letters are handed in, by SMTP, later by JMAP and the desk.
public final class Intake implements AutoCloseable {
    /// The store's sequence of queue ids.
    static final String SEQUENCE = "queue";

    private static final System.Logger LOG = System.getLogger("yubin.queue");
    private static final Counters.Counter ACCEPTED = Counters.of("queue.accepted");
    private static final Counters.Counter REFUSED = Counters.of("queue.refused");
    private static final Counters.Counter SHELVED = Counters.of("queue.shelved");

    private final Store store;
    private final InstantSource clock;
    private final Inspector inspector;
    private final Journey journey;
    private final Placing placing;
    private final Returns returns;
    private final BouncedAddresses bounced;
    private final Directory directory;
    private final Allowance allowance;
    private final Shelf shelf;

    private Intake(
            Store store,
            Directory directory,
            Inspector inspector,
            Domain hostname,
            InstantSource clock,
            RetryTimes times) {
        this.store = store;
        this.clock = clock;
        this.inspector = inspector;
        this.journey = new Journey(store, clock);
        this.directory = directory;
        this.allowance = new Allowance(store, clock);
        this.placing = new Placing(directory, clock, ZoneId.systemDefault());
        this.bounced = new BouncedAddresses(store, directory, clock);
        this.returns = new Returns(journey, bounced);
        this.shelf =
                new Shelf(
                        store, directory, this, placing, returns, bounced, journey, clock, times,
                        hostname);
    }

    /// Opens the counter with the shelf behind it, which reads what waits there from the disk.
    ///
    /// @param hostname by which bounces name us
    public static Intake open(
            Store store,
            Directory directory,
            Inspector inspector,
            Domain hostname,
            InstantSource clock,
            RetryTimes times)
            throws StoreTrouble {
        Intake intake = new Intake(store, directory, inspector, hostname, clock, times);
        intake.shelf.load();
        intake.journey.start();
        return intake;
    }

    public Shelf shelf() {
        return shelf;
    }

    public Journey journey() {
        return journey;
    }

    /// What is known against addresses to which people here write.
    public BouncedAddresses bounced() {
        return bounced;
    }

    /// The number for a letter that is about to come in. Never given twice, grows with time.
    public QueueId nextId() throws StoreTrouble {
        return new QueueId(store.next(SEQUENCE));
    }

    /// Null when this account may send to `recipients` more today, else what to tell: asked at
    /// RCPT, so that nobody sends octets in vain. [#submit] asks again.
    public Reply allowanceObjection(AccountId account, int recipients) throws IOException {
        return allowance.objection(account, recipientsPerDay(account), recipients);
    }

    private int recipientsPerDay(AccountId account) throws IOException {
        return directory.account(account).map(who -> who.limits().recipientsPerDay()).orElse(0);
    }

    /// Takes a letter: copies for people here go into their boxes, the rest onto the shelf, with
    /// the first steps of its journey, in one commit. Total: trouble of the disk becomes a 4yz
    /// reply.
    ///
    /// When this returns [Submitted.Accepted], the letter survives a power cut (RFC 5321 §6.1).
    public Submitted submit(Letter letter) {
        return submitWith(letter, null);
    }

    /// The same with rows that somebody wants in the same commit.
    public Submitted submitWith(Letter letter, Rider rider) {
        return switch (inspector.inspect(letter)) {
            case Verdict.Pass(var why) -> take(letter, why, false, null, null, rider);
            case Verdict.Junk(var why) -> take(letter, why, true, null, null, rider);
            case Verdict.Hold(var why) -> take(letter, why, false, why, null, rider);
            case Verdict.Refuse(var reply, var why) -> refuse(letter, reply, why);
        };
    }

    /// Rows that somebody wants in the same commit.
    @FunctionalInterface
    public interface Rider {
        void ride(Change change) throws StoreTrouble;

        /// The accounts that it changes.
        default Set<AccountId> accounts() {
            return Set.of();
        }
    }

    /// Takes a letter that the post office wrote itself: a bounce or a notice. No inspector, no
    /// quota.
    ///
    /// @param about the letter that it tells of
    Submitted submit(Letter letter, QueueId about, Rider rider) {
        return take(letter, null, false, null, about, rider);
    }

    private Submitted take(
            Letter letter, String why, boolean junk, String holdWhy, QueueId about, Rider rider) {
        String held = letter.held() && holdWhy == null ? "held by the sender" : holdWhy;
        try {
            Submitted submitted = place(letter, why, junk, held, about, rider);
            if (submitted instanceof Submitted.Accepted) ACCEPTED.increment();
            else REFUSED.increment();
            return submitted;
        } catch (IOException trouble) {
            REFUSED.increment();
            return new Submitted.Refused(reply(letter.id(), trouble));
        }
    }

    private Submitted place(
            Letter letter, String why, boolean junk, String held, QueueId about, Rider rider)
            throws IOException {
        Envelope envelope = letter.envelope();
        long now = clock.millis();
        long notBefore = letter.notBefore() == null ? 0 : letter.notBefore().toEpochMilli();
        boolean waits = held != null || notBefore > now;
        Placing.Plan plan =
                waits ? placing.shelveAll(envelope) : placing.plan(envelope.recipients());
        if (plan.firstFailure() != null && isRefusedWhole(letter, plan)) {
            return new Submitted.Refused(plan.firstFailure());
        }
        List<Step> steps = new ArrayList<>(4);
        steps.add(Journey.step(What.ACCEPTED, null, null, why));
        if (held != null) steps.add(Journey.step(What.HELD, null, null, held));
        Returns.Tie tie = returns.tie(letter, plan.accounts());
        if (tie != null) steps.add(tie.about());
        if (about != null) steps.add(Journey.step(What.ABOUT, null, null, about.toString()));
        Entry entry;
        AccountId sender = letter.origin().login();
        int perDay = sender == null ? 0 : recipientsPerDay(sender);
        boolean counted = false;
        boolean accepted = false;
        Set<AccountId> accounts = plan.accounts();
        if (rider != null && !rider.accounts().isEmpty()) {
            accounts = new HashSet<>(accounts);
            accounts.addAll(rider.accounts());
        }
        try (Change change = store.change(accounts)) {
            if (letter.origin().protocol() != Origin.Protocol.OFFICE) {
                plan.checkQuota(change, letter.upload().size());
                if (plan.firstFailure() != null && isRefusedWhole(letter, plan)) {
                    return new Submitted.Refused(plan.firstFailure());
                }
            }
            if (plan.isEmpty()) return new Submitted.Accepted(letter.id(), plan.replies());
            if (perDay > 0) {
                int recipients = envelope.recipients().size();
                Reply objection =
                        allowance.take(sender, perDay, letter.id(), recipients, change.batch());
                if (objection != null) return new Submitted.Refused(objection);
                counted = true;
            }
            plan.put(change, letter, junk, now, steps);
            List<Addressee> addressees = plan.addressees(letter, Math.max(now, notBefore), now);
            entry = addressees.isEmpty() ? null : entry(letter, change, addressees, held, now);
            if (entry != null) {
                for (Addressee addressee : addressees) {
                    String text = addressee.recipient().address().toString();
                    if (addressee.isWaiting()) {
                        steps.add(Journey.step(What.SHELVED, text, null, null));
                    } else if (addressee.state() == Addressee.State.FAILED) {
                        String said = addressee.reply().toString();
                        steps.add(Journey.step(What.FAILED, text, null, said));
                    }
                }
                shelf.put(change.batch(), entry);
            }
            journey.begin(change.batch(), letter, envelope, now, steps);
            if (tie != null) returns.put(change.batch(), letter.id(), tie, now);
            if (rider != null) rider.ride(change);
            change.commit();
            accepted = true;
        } finally {
            if (counted && !accepted) allowance.giveBack(sender, letter.id());
        }
        if (entry != null) {
            SHELVED.increment();
            shelf.shelved(entry);
        }
        return new Submitted.Accepted(letter.id(), plan.replies());
    }

    /// LMTP answers for each recipient. SMTP has one answer: a recipient that could not be served
    /// now makes the client come again with all; one that is refused for good among others is
    /// bounced.
    private static boolean isRefusedWhole(Letter letter, Placing.Plan plan) {
        if (letter.origin().protocol() == Origin.Protocol.LMTP) return false;
        return plan.isEmpty() || plan.firstFailure().isTransient();
    }

    private Entry entry(
            Letter letter, Change change, List<Addressee> addressees, String held, long now)
            throws StoreTrouble {
        Blob blob = change.keep(letter.upload());
        change.link(blob, AccountId.OFFICE, letter.id().value());
        Envelope envelope = letter.envelope();
        return new Entry(
                letter.id(),
                0,
                now,
                letter.notBefore() == null ? 0 : letter.notBefore().toEpochMilli(),
                held,
                envelope.from(),
                envelope.body(),
                envelope.smtpUtf8(),
                envelope.ret(),
                envelope.envelopeId(),
                letter.origin(),
                blob,
                Entry.Content.of(letter.message()),
                addressees);
    }

    private Submitted refuse(Letter letter, Reply reply, String why) {
        REFUSED.increment();
        Batch batch = new Batch();
        String text = why == null ? reply.toString() : reply + " (" + why + ")";
        List<Step> steps = List.of(Journey.step(What.REFUSED, null, null, text));
        journey.begin(batch, letter, letter.envelope(), clock.millis(), steps);
        store.committer().submit(batch); // nobody waits for a refusal to be on disk
        return new Submitted.Refused(reply);
    }

    private static Reply reply(QueueId id, IOException trouble) {
        return switch (trouble) {
            case StoreTrouble.DiskLow low ->
                    Reply.of(452, "4.3.1", "not enough room on the disk; try again later");
            case StoreTrouble.Refused refused
                    when refused.why() == StoreTrouble.Refused.Why.OVER_QUOTA ->
                    Reply.of(452, "4.2.2", "mailbox is full");
            case StoreTrouble.Changed _ ->
                    Reply.of(451, "4.3.0", "the account was changed meanwhile");
            default -> {
                LOG.log(System.Logger.Level.WARNING, id + " was not taken: " + trouble);
                yield Reply.of(451, "4.3.0", "local trouble; try again later");
            }
        };
    }

    @Override
    public void close() {
        journey.close();
        shelf.close();
    }
}
