package yubin.queue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import yubin.assist.Bounce;
import yubin.directory.Directory;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.queue.Trail.Step;
import yubin.store.Batch;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// Addresses to which an account wrote and that do not exist: hard bounces. Writing there goes on;
/// windows can warn before it does.
///
/// ```
/// key    account | BOUNCED | address (Address#key) in UTF-8
/// value  version 1 | octet 1 if a host took letters and returned them | first, last, taken: 8
///        octets each, ms since 1970 | varint count | address | topic | status | said (texts)
/// ```
///
/// **Learns** from the steps of the account's own letters, in the commit that writes them: from
/// what a host answered us, and from error mails as far as [Returns] believes them; never from an
/// address behind a recipient, which nobody here wrote to. **Forgets** when the host that refused
/// takes a letter. A host that takes letters first and returns them later proves nothing by taking
/// one more: there the mark ends when nothing has come back for [#PROOF]. Two failures at the same
/// moment may count as one.
public final class BouncedAddresses {
    /// Addresses of one account that are kept; the one that failed longest ago goes first.
    static final int ADDRESSES_MAX = 5000;

    /// Post offices try for up to five days before they return a letter (RFC 5321 §4.5.4.1).
    static final Duration PROOF = Duration.ofDays(7);

    private static final int SAID_MAX = 500;
    private static final System.Logger LOG = System.getLogger("yubin.queue");
    private static final Counters.Counter MARKED = Counters.of("queue.addresses-marked");

    private final Store store;
    private final Directory directory;
    private final InstantSource clock;

    BouncedAddresses(Store store, Directory directory, InstantSource clock) {
        this.store = store;
        this.directory = directory;
        this.clock = clock;
    }

    /// An address that failed.
    ///
    /// @param returned a host took the letter and returned it; false: it was refused at once
    /// @param topic why, as the clerk calls it: `userunknown`
    /// @param status as `5.1.1`
    /// @param said the last reply or diagnostic
    /// @param count how often it failed since `first`
    public record Bounced(
            String address,
            boolean returned,
            Instant first,
            Instant last,
            int count,
            String topic,
            String status,
            String said) {
        /// Why it failed, in the words of people.
        public Explanation explanation() {
            return Explanation.of(
                    new Bounce(address, "", status, "", "", said, topic, true, false, "mark"));
        }
    }

    /// @param taken when a host took a letter for it after it had failed, ms since 1970; 0 for not
    private record Mark(Bounced bounced, long taken) {
        boolean isOver(long nowMillis) {
            return taken > 0 && nowMillis - taken > PROOF.toMillis();
        }
    }

    /// What is known against an address to which the account writes; empty when there is nothing.
    public Optional<Bounced> find(AccountId account, Address address) throws StoreTrouble {
        Mark mark = read(account, key(account, address.key()));
        return mark == null || mark.isOver(clock.millis())
                ? Optional.empty()
                : Optional.of(mark.bounced());
    }

    /// The addresses of an account that failed, the last one first.
    public List<Bounced> list(AccountId account) throws StoreTrouble {
        List<Bounced> list = new ArrayList<>();
        long now = clock.millis();
        byte[] from = Kind.BOUNCED.key(account.value(), 0);
        try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (rows.next()) {
                Mark mark = decode(account, rows.value());
                if (mark != null && !mark.isOver(now)) list.add(mark.bounced());
            }
        }
        list.sort(Comparator.comparing(Bounced::last).reversed());
        return list;
    }

    /// Somebody knows better: the address is right. False when nothing was known against it.
    public boolean forget(AccountId account, Address address) throws StoreTrouble {
        byte[] key = key(account, address.key());
        if (store.keys().get(Family.RECORDS, key) == null) return false;
        store.committer().commit(new Batch(128).delete(key));
        return true;
    }

    /// Learns from what happened to a letter that the account handed in.
    ///
    /// @param account null for a stranger's letter: nothing is learned
    void learn(Batch batch, AccountId account, List<Step> steps) throws StoreTrouble {
        if (account == null) return;
        for (Step step : steps) {
            if (step.recipient() == null) continue;
            switch (step.what()) {
                case SENT -> taken(batch, account, step.recipient());
                case FAILED -> {
                    Bounce why = Explanation.of(step).orElseThrow().read();
                    if (why.hard()) failed(batch, account, step, why, false);
                }
                case CAME_BACK -> {
                    Bounce why = step.returned().bounce();
                    boolean direct = !step.returned().forwarded();
                    if (why.hard() && direct) failed(batch, account, step, why, true);
                }
                default -> {}
            }
        }
    }

    private void taken(Batch batch, AccountId account, String recipient) throws StoreTrouble {
        byte[] key = key(account, Journey.keyOf(recipient));
        Mark mark = read(account, key);
        if (mark == null) return;
        if (!mark.bounced().returned()) batch.delete(key);
        else if (mark.taken() == 0) batch.put(key, encode(mark.bounced(), clock.millis()));
    }

    private void failed(Batch batch, AccountId account, Step step, Bounce why, boolean returned)
            throws StoreTrouble {
        String addressKey = Journey.keyOf(step.recipient());
        if (addressKey.isEmpty() || !exists(account)) return;
        byte[] key = key(account, addressKey);
        Mark before = read(account, key);
        Instant now = clock.instant();
        if (before != null && before.isOver(now.toEpochMilli())) before = null;
        if (before == null) makeRoom(batch, account);
        String said = step.text() == null ? "" : step.text();
        Bounced bounced =
                new Bounced(
                        step.recipient(),
                        returned,
                        before == null ? now : before.bounced().first(),
                        now,
                        before == null ? 1 : before.bounced().count() + 1,
                        why.topic(),
                        why.status(),
                        said.length() > SAID_MAX ? said.substring(0, SAID_MAX) : said);
        batch.put(key, encode(bounced, 0));
        MARKED.increment();
    }

    /// What comes back to an account that was removed is not kept for it.
    private boolean exists(AccountId account) throws StoreTrouble {
        try {
            return directory.account(account).isPresent();
        } catch (StoreTrouble trouble) {
            throw trouble;
        } catch (IOException e) {
            throw new StoreTrouble.NotCommitted("directory: " + e.getMessage(), e);
        }
    }

    private void makeRoom(Batch batch, AccountId account) throws StoreTrouble {
        byte[] from = Kind.BOUNCED.key(account.value(), 0);
        byte[] oldest = null;
        long oldestMillis = Long.MAX_VALUE;
        int count = 0;
        try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (rows.next()) {
                count++;
                Mark mark = decode(account, rows.value());
                long last = mark == null ? 0 : mark.bounced().last().toEpochMilli();
                if (last >= oldestMillis) continue;
                oldestMillis = last;
                oldest = rows.key();
            }
        }
        if (count >= ADDRESSES_MAX) batch.delete(oldest);
    }

    private static byte[] key(AccountId account, String addressKey) {
        return Kind.BOUNCED.keyText(account.value(), addressKey);
    }

    /// Null when there is none.
    private Mark read(AccountId account, byte[] key) throws StoreTrouble {
        byte[] row = store.keys().get(Family.RECORDS, key);
        return row == null ? null : decode(account, row);
    }

    private static byte[] encode(Bounced bounced, long taken) {
        return new Octets.Writer(256)
                .octet(1)
                .octet(bounced.returned() ? 1 : 0)
                .fixedLong(bounced.first().toEpochMilli())
                .fixedLong(bounced.last().toEpochMilli())
                .fixedLong(taken)
                .varint(bounced.count())
                .text(bounced.address())
                .text(bounced.topic())
                .text(bounced.status())
                .text(bounced.said())
                .done();
    }

    /// Null for a damaged row, which harms itself only.
    private static Mark decode(AccountId account, byte[] row) {
        try {
            Octets.Reader in = new Octets.Reader(row).version(1);
            boolean returned = in.octet() == 1;
            Instant first = Instant.ofEpochMilli(in.fixedLong());
            Instant last = Instant.ofEpochMilli(in.fixedLong());
            long taken = in.fixedLong();
            int count = (int) Math.min(Integer.MAX_VALUE, in.varint());
            Bounced bounced =
                    new Bounced(
                            in.text(), returned, first, last, count, in.text(), in.text(),
                            in.text());
            return new Mark(bounced, taken);
        } catch (Octets.Malformed damaged) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a bounced address of account " + account + ": " + damaged.getMessage());
            return null;
        }
    }
}
