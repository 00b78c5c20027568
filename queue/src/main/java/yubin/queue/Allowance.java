package yubin.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import yubin.mail.AccountId;
import yubin.mail.QueueId;
import yubin.mail.Reply;
import yubin.store.Batch;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// To how many recipients each account has sent within a day, for accounts whose limits name a
/// number.
///
/// The day is any 24 hours, not one of the calendar. A letter is counted when it begins to be
/// taken and written in the commit that accepts it, so the count survives a restart and two
/// sessions of one account cannot both use up what is left. Accounts without the limit cost
/// nothing.
///
/// ```
/// SENT    8 octets account, 8 octets queue id → 1 | varint time ms | varint recipients
/// ```
final class Allowance {
    static final Duration DAY = Duration.ofDays(1);

    private static final System.Logger LOG = System.getLogger("yubin.queue");
    private static final Reply NEVER =
            Reply.of(550, "5.5.3", "more recipients than your account may send to in a day");

    private final Store store;
    private final InstantSource clock;

    /// The letters of the last day, oldest first: at most as many as the account's limit, since
    /// each has a recipient. Guarded by itself; a day is read from the disk under it, once.
    private final Map<AccountId, ArrayDeque<Sent>> days = new HashMap<>();

    Allowance(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    private record Sent(QueueId id, long time, int recipients) {}

    /// Null when the account may send to `recipients` more now, else what to tell.
    ///
    /// @param most in a day; 0 for any number
    Reply objection(AccountId account, int most, int recipients) throws StoreTrouble {
        if (most == 0) return null;
        if (recipients > most) return NEVER;
        long now = clock.millis();
        synchronized (days) {
            return objection(day(account, now, null), most, recipients, now);
        }
    }

    /// Counts a letter, if it may be sent: its row rides in `batch`.
    ///
    /// @return null when it is counted, else what to tell
    Reply take(AccountId account, int most, QueueId id, int recipients, Batch batch)
            throws StoreTrouble {
        if (recipients > most) return NEVER;
        long now = clock.millis();
        synchronized (days) {
            ArrayDeque<Sent> day = day(account, now, batch);
            Reply objection = objection(day, most, recipients, now);
            if (objection != null) return objection;
            day.addLast(new Sent(id, now, recipients));
        }
        byte[] row = new Octets.Writer(16).octet(1).varint(now).varint(recipients).done();
        batch.put(key(account, id), row);
        return null;
    }

    /// A letter that was counted was not accepted after all.
    void giveBack(AccountId account, QueueId id) {
        synchronized (days) {
            ArrayDeque<Sent> day = days.get(account);
            if (day != null) day.removeIf(sent -> sent.id().equals(id));
        }
    }

    private static Reply objection(ArrayDeque<Sent> day, int most, int recipients, long now) {
        long used = 0;
        for (Sent sent : day) used += sent.recipients();
        if (used + recipients <= most) return null;
        long free = most - used;
        long wait = DAY.toMillis();
        for (Sent sent : day) {
            free += sent.recipients();
            if (free < recipients) continue;
            wait = Math.max(0, sent.time() + DAY.toMillis() - now);
            break;
        }
        return Reply.of(
                452,
                "4.7.1",
                "you may send to "
                        + most
                        + " recipients in a day: try again in "
                        + words(wait / 60_000 + 1));
    }

    private static String words(long minutes) {
        return minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }

    /// The account's last day. What is older, or lies ahead because the clock was set back by more
    /// than a day, no longer counts.
    ///
    /// @param batch takes the rows that no longer count from the disk; null: they stay for now
    private ArrayDeque<Sent> day(AccountId account, long now, Batch batch) throws StoreTrouble {
        ArrayDeque<Sent> day = days.get(account);
        if (day == null) {
            day = load(account);
            days.put(account, day);
        }
        if (batch == null) return current(day, now);
        for (Iterator<Sent> each = day.iterator(); each.hasNext(); ) {
            Sent sent = each.next();
            if (counts(sent, now)) continue;
            batch.delete(key(account, sent.id()));
            each.remove();
        }
        return day;
    }

    private static ArrayDeque<Sent> current(ArrayDeque<Sent> day, long now) {
        ArrayDeque<Sent> current = new ArrayDeque<>(day);
        current.removeIf(sent -> !counts(sent, now));
        return current;
    }

    private static boolean counts(Sent sent, long now) {
        return Math.abs(now - sent.time()) < DAY.toMillis();
    }

    private ArrayDeque<Sent> load(AccountId account) throws StoreTrouble {
        ArrayDeque<Sent> day = new ArrayDeque<>();
        byte[] from = Kind.SENT.keyLong(0, account.value());
        try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (rows.next()) {
                QueueId id = new QueueId(Octets.getLong(rows.key(), 17));
                try {
                    Octets.Reader in = new Octets.Reader(rows.value()).version(1);
                    day.addLast(new Sent(id, in.varint(), (int) in.varint()));
                } catch (Octets.Malformed e) {
                    // Counting a letter too few harms less than letting nobody send.
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "account " + account + " sent " + id + ": " + e.getMessage());
                }
            }
        }
        return day;
    }

    private static byte[] key(AccountId account, QueueId id) {
        byte[] key = Kind.SENT.key(0, 16);
        Octets.putLong(key, 9, account.value());
        Octets.putLong(key, 17, id.value());
        return key;
    }
}
