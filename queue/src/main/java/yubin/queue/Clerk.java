package yubin.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import yubin.ledger.Counters;
import yubin.mail.Domain;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.mail.ReversePath;
import yubin.mime.Message;
import yubin.queue.Addressee.State;
import yubin.queue.Bounce.Kind;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;
import yubin.store.Blob;
import yubin.store.Change;
import yubin.store.Store;
import yubin.store.StoreTrouble;
import yubin.store.Upload;

/// Writes down what became of a letter, and writes to its sender where one must be told.
///
/// A report and the change of the entry that it reports are one commit: nobody is told twice, and
/// nobody is forgotten, whenever the power goes.
final class Clerk {
    /// How soon a report that found no room is tried again, and after how long we give up.
    private static final Duration REPORT_AGAIN = Duration.ofMinutes(15);

    private static final Duration REPORT_EXPIRY = Duration.ofDays(2);

    private static final System.Logger LOG = System.getLogger("yubin.queue");
    private static final Counters.Counter DEFERRED = Counters.of("queue.deferred");
    private static final Counters.Counter DELIVERED = Counters.of("queue.delivered");
    private static final Counters.Counter FAILED = Counters.of("queue.failed");
    private static final Counters.Counter REPORTS = Counters.of("queue.reports");
    private static final Counters.Counter DROPPED = Counters.of("queue.dropped");

    private final Store store;
    private final Intake intake;
    private final Rows rows;
    private final InstantSource clock;
    private final RetryTimes times;
    private final Bounce bounce;

    Clerk(
            Store store,
            Intake intake,
            Rows rows,
            InstantSource clock,
            RetryTimes times,
            Domain hostname) {
        this.store = store;
        this.intake = intake;
        this.rows = rows;
        this.clock = clock;
        this.times = times;
        this.bounce = new Bounce(hostname, clock, times);
    }

    /// A recipient after an attempt; `steps` gets what the journey tells of it.
    Addressee apply(Entry entry, Addressee before, Outcome outcome, List<Step> steps) {
        long now = clock.millis();
        Reply reply = outcome.reply();
        String host = outcome.host();
        String address = before.recipient().address().toString();
        return switch (outcome) {
            case Outcome.Delivered delivered -> {
                DELIVERED.increment();
                steps.add(Journey.step(What.SENT, address, host, reply.toString()));
                State state = delivered.passesNotices() ? State.PASSED_ON : State.RELAYED;
                yield before.tried(state, now, 0, host, reply);
            }
            case Outcome.Later later -> later(entry, before, State.WAITING, host, reply, steps);
            case Outcome.Uncertain uncertain ->
                    later(entry, before, State.UNCERTAIN, host, reply, steps);
            case Outcome.Never never -> {
                fail(entry, before.recipient(), host, reply, steps);
                yield before.tried(State.FAILED, now, 0, host, reply);
            }
        };
    }

    private Addressee later(
            Entry entry,
            Addressee before,
            State state,
            String host,
            Reply reply,
            List<Step> steps) {
        long now = clock.millis();
        long expiry = times.expiryMillis(entry);
        if (now >= expiry) {
            Reply expired = Explanation.expired(reply);
            fail(entry, before.recipient(), host, expired, steps);
            return before.tried(State.FAILED, now, 0, host, expired);
        }
        DEFERRED.increment();
        long next = Math.min(now + times.waitMillis(before.attempts() + 1), expiry);
        What what = state == State.UNCERTAIN ? What.UNCERTAIN : What.DEFERRED;
        String address = before.recipient().address().toString();
        steps.add(Journey.step(what, address, host, reply.toString()));
        return before.tried(state, now, next, host, reply);
    }

    /// Tells the journey of a failure, and why nobody else is told where that is so.
    void fail(Entry entry, Recipient recipient, String host, Reply reply, List<Step> steps) {
        FAILED.increment();
        String address = recipient.address().toString();
        steps.add(Journey.step(What.FAILED, address, host, reply.toString()));
        String silence = null;
        if (entry.from() instanceof ReversePath.Null) {
            silence = "the letter has no return address: a bounce is never bounced";
        } else if (!recipient.wantsFailure()) {
            silence = "the sender asked for no notice of failure";
        }
        if (silence == null) return;
        DROPPED.increment();
        steps.add(Journey.step(What.DROPPED, address, null, silence));
    }

    /// Commits a change of an entry together with the reports that it makes due.
    ///
    /// The stripe of the entry is held.
    ///
    /// @param out the destination for which the letter was out; null for none
    void finish(Entry before, Entry after, List<Step> steps, String out) throws StoreTrouble {
        Entry current = before;
        Entry target = after;
        List<Step> pending = new ArrayList<>(steps);
        long now = clock.millis();
        for (Kind kind : Kind.values()) {
            List<Integer> about = bounce.about(kind, target, now);
            if (about.isEmpty()) continue;
            Entry told = told(kind, target, about);
            Reply refusal = tell(kind, current, told, about, pending);
            if (refusal == null) {
                rows.scheduled(current, told, null);
                current = told;
                target = told;
                pending = new ArrayList<>();
            } else if (refusal.isPermanent()
                    || now > times.expiryMillis(target) + REPORT_EXPIRY.toMillis()) {
                DROPPED.increment();
                String why = "the sender cannot be told: " + refusal;
                pending.add(Journey.step(What.DROPPED, target.from().toString(), null, why));
                target = told;
            } else {
                target = postponed(kind, target, about, now + REPORT_AGAIN.toMillis());
            }
        }
        if (target.version() != current.version()) {
            try (Change change = store.release(List.of())) {
                rows.change(change, current, target, pending);
                change.commit();
            }
        }
        rows.scheduled(current, target, out);
    }

    private static Entry told(Kind kind, Entry entry, List<Integer> about) {
        List<Addressee> changed = new ArrayList<>(entry.addressees());
        for (int index : about) {
            Addressee addressee = changed.get(index);
            changed.set(index, kind == Kind.DELAYED ? addressee.asDelayTold() : addressee.asTold());
        }
        return entry.with(changed);
    }

    private static Entry postponed(Kind kind, Entry entry, List<Integer> about, long againMillis) {
        if (kind == Kind.DELAYED) return entry; // comes up again with the next attempt
        List<Addressee> changed = new ArrayList<>(entry.addressees());
        for (int index : about) changed.set(index, changed.get(index).next(againMillis));
        return entry.with(changed);
    }

    /// Hands a report in. Null when it is committed with the change to the entry; else why not.
    private Reply tell(Kind kind, Entry current, Entry told, List<Integer> about, List<Step> steps)
            throws StoreTrouble {
        if (!(told.from() instanceof ReversePath.Mailbox(var sender))) {
            return Reply.of(550, "5.1.0", "no return address");
        }
        QueueId id = intake.nextId();
        byte[] octets = write(kind, told, about, id);
        Message message = Message.parse(octets);
        Recipient recipient = new Recipient(sender, Set.of(Recipient.Notify.NEVER), null);
        Envelope envelope =
                new Envelope(
                        ReversePath.NULL,
                        List.of(recipient),
                        Envelope.Body.EIGHT_BIT_MIME,
                        message.needsSmtpUtf8() || sender.needsSmtpUtf8(),
                        null,
                        null);
        try (Upload upload = store.blobs().upload(told.blob().tenant())) {
            upload.write(octets, 0, octets.length);
            upload.finish();
            Letter letter = Letter.now(id, envelope, upload, message, Origin.OFFICE);
            List<Step> all = new ArrayList<>(steps);
            all.add(Journey.step(What.TOLD, sender.toString(), null, kind.word() + " in " + id));
            Submitted submitted =
                    intake.submit(
                            letter,
                            current.id(),
                            change -> rows.change(change, current, told, all));
            return switch (submitted) {
                case Submitted.Accepted accepted -> {
                    REPORTS.increment();
                    yield null;
                }
                case Submitted.Refused(var reply) -> reply;
            };
        }
    }

    private byte[] write(Kind kind, Entry entry, List<Integer> about, QueueId id)
            throws StoreTrouble {
        byte[] original;
        boolean full = bounce.returnsAll(kind, entry);
        try {
            original = full ? whole(entry.blob()) : header(entry.blob());
        } catch (StoreTrouble.Damaged damaged) {
            LOG.log(System.Logger.Level.ERROR, entry.id() + ": " + damaged.getMessage());
            original = new byte[0];
            full = false;
        }
        return bounce.write(kind, entry, about, id, original, full);
    }

    private byte[] whole(Blob blob) throws StoreTrouble {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream((int) blob.size());
        for (long at = 0; at < blob.size(); at += CHUNK) {
            out.writeBytes(store.blobs().read(blob, at, CHUNK));
        }
        return out.toByteArray();
    }

    private static final int CHUNK = 256 << 10;

    /// The header of the message with its last line end; cut at a line when it is very long.
    private byte[] header(Blob blob) throws StoreTrouble {
        byte[] start = store.blobs().read(blob, 0, Bounce.HEADER_OCTETS_MAX);
        int lineEnd = 0;
        for (int i = 1; i < start.length; i++) {
            if (start[i] != '\n' || start[i - 1] != '\r') continue;
            if (i == lineEnd + 1) break; // the empty line
            lineEnd = i + 1;
        }
        return java.util.Arrays.copyOf(start, lineEnd);
    }
}
