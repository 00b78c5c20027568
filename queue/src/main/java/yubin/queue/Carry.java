package yubin.queue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.mime.MessageScanner;
import yubin.queue.Addressee.State;
import yubin.queue.Trail.Step;
import yubin.store.Blob;
import yubin.store.Change;
import yubin.store.Store;
import yubin.store.StoreTrouble;
import yubin.store.Upload;

/// Brings letters from the shelf into boxes here: those that were held or had to wait, and those
/// whose domain has become ours meanwhile.
final class Carry {
    private static final int CHUNK = 256 << 10;

    private final Store store;
    private final Placing placing;
    private final Returns returns;
    private final Rows rows;
    private final Clerk clerk;
    private final InstantSource clock;

    Carry(
            Store store,
            Placing placing,
            Returns returns,
            Rows rows,
            Clerk clerk,
            InstantSource clock) {
        this.store = store;
        this.placing = placing;
        this.returns = returns;
        this.rows = rows;
        this.clerk = clerk;
        this.clock = clock;
    }

    /// Delivers to some recipients of an entry in one commit with its change. The stripe is held.
    void home(Entry entry, List<Integer> which, String destination) throws StoreTrouble {
        long now = clock.millis();
        List<Recipient> recipients = new ArrayList<>(which.size());
        for (int index : which) recipients.add(entry.addressees().get(index).recipient());
        Placing.Plan plan = placing.plan(recipients);
        try (Upload upload = store.blobs().upload(entry.blob().tenant())) {
            Letter letter = letter(entry, which, upload);
            List<Step> steps = new ArrayList<>();
            Returns.Tie tie = returns.tie(letter, plan.accounts());
            if (tie != null) steps.add(tie.about());
            Entry after;
            try (Change change = store.change(plan.accounts())) {
                if (entry.origin().protocol() != Origin.Protocol.OFFICE) {
                    plan.checkQuota(change, upload.size());
                }
                plan.put(change, letter, false, now, steps);
                if (tie != null) returns.put(change.batch(), entry.id(), tie, now);
                after = entry.with(addressees(entry, which, plan, now, steps));
                rows.change(change, entry, after, steps);
                change.commit();
            }
            if (after.isDone()) {
                rows.scheduled(entry, after, destination);
            } else {
                rows.scheduled(entry, after, null);
                clerk.finish(after, after, List.of(), destination);
            }
        }
    }

    private List<Addressee> addressees(
            Entry entry, List<Integer> which, Placing.Plan plan, long now, List<Step> steps) {
        List<Addressee> changed = new ArrayList<>(entry.addressees());
        for (int i = 0; i < which.size(); i++) {
            int index = which.get(i);
            Addressee before = changed.get(index);
            Reply failure = plan.failure(i);
            if (failure != null) {
                Outcome outcome =
                        failure.isTransient()
                                ? new Outcome.Later(null, failure, false)
                                : new Outcome.Never(null, failure);
                changed.set(index, clerk.apply(entry, before, outcome, steps));
                continue;
            }
            List<Recipient> onward = plan.onward(i);
            boolean movesOn = onward.size() == 1 && !plan.expands(i);
            if (movesOn) {
                changed.set(index, Addressee.waiting(onward.getFirst(), now));
                continue;
            }
            for (Recipient recipient : onward) changed.add(Addressee.waiting(recipient, now));
            State state = plan.expands(i) ? State.EXPANDED : State.DELIVERED;
            changed.set(index, before.tried(state, now, 0, null, Reply.of(250, "2.1.5", "OK")));
        }
        return changed;
    }

    /// The letter as if it came in now: its octets are fed to a new upload, which finds them again.
    private Letter letter(Entry entry, List<Integer> which, Upload upload) throws StoreTrouble {
        Blob blob = entry.blob();
        MessageScanner scanner = new MessageScanner();
        for (long at = 0; at < blob.size(); at += CHUNK) {
            byte[] octets = store.blobs().read(blob, at, CHUNK);
            upload.write(octets, 0, octets.length);
            scanner.feed(octets, 0, octets.length);
        }
        upload.finish();
        return new Letter(
                entry.id(),
                entry.envelope(which),
                upload,
                scanner.finish(),
                entry.origin(),
                Instant.ofEpochMilli(entry.acceptedMillis()),
                false);
    }
}
