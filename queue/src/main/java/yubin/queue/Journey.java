package yubin.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.ReversePath;
import yubin.queue.Trail.Returned;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;
import yubin.store.Batch;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// What happened to each letter, kept for 30 days: found by queue id, address or Message-ID.
///
/// ```
/// JOURNEY        8 octets queue id | 4 octets version of the entry → row
/// JOURNEY        8 octets queue id | 40 00 00 00 | 8 octets queue id of an error mail → row
///   row          version 2 | 8 octets time, ms | octet 1 if a head follows | head? | varint steps
///   head         from | message id | varint octets | origin | varint n, n recipients (texts)
///                | envelope id
///   step         octet what | recipient | host | text (texts) | returned?
///   returned     8 octets queue id | octet 1 hard, 2 forwarded | recipient | original recipient
///                | status | reply | command | topic | source (texts)
/// JOURNEY_INDEX  8 octets hash of an address, Message-ID or ENVID | 8 octets ~queue id → empty
/// ```
/// Version 1 had no envelope id and no steps with `returned`.
///
/// Rows are written in the commit of what they tell; steps are shown in the order of their times.
/// Queue ids grow with time, so the oldest journeys come first and the newest first in the index. A
/// hash may lie: whoever looks up compares with the row.
public final class Journey implements AutoCloseable {
    /// How long a journey is kept.
    public static final Duration KEPT = Duration.ofDays(30);

    /// Journeys that are kept at most; older ones go first.
    static final long LETTERS_MAX = 5_000_000;

    /// Recipients of one letter under which it can be found.
    private static final int RECIPIENTS_MAX = 1000;

    /// Characters of one text in a step.
    private static final int TEXT_MAX = 1000;

    private static final int PURGE_BATCH = 500;
    private static final Duration PURGE_EVERY = Duration.ofHours(1);
    private static final int VERSION = 2;

    /// Stands behind all versions that an entry reaches.
    private static final int RETURNED = 0x4000_0000;

    private static final int HARD = 1;
    private static final int FORWARDED = 2;
    private static final byte[] EMPTY = {};
    private static final Counters.Counter PURGED = Counters.of("journey.purged");
    private static final System.Logger LOG = System.getLogger("yubin.queue");

    private final Store store;
    private final InstantSource clock;
    private Thread janitor;

    Journey(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// The journeys of letters that have this queue id, address (sender or recipient) or
    /// Message-ID, newest first.
    ///
    /// @param max how many at most
    public List<Trail> find(String what, int max) throws StoreTrouble {
        String text = what.strip();
        Optional<QueueId> id = QueueId.parse(text);
        if (id.isPresent()) {
            Optional<Trail> trail = trail(id.get());
            if (trail.isPresent()) return List.of(trail.get());
        }
        boolean isId = text.startsWith("<") && text.endsWith(">");
        String bare = isId ? text.substring(1, text.length() - 1) : text;
        Set<Long> ids = new LinkedHashSet<>();
        Optional<Address> address = Address.parse(bare);
        if (address.isPresent() && !isId) collect(hash('a', address.get().key()), ids, max);
        collect(hash('m', bare), ids, max);
        List<Trail> trails = new ArrayList<>();
        for (long number : ids) {
            if (trails.size() == max) break;
            trail(new QueueId(number))
                    .filter(t -> concerns(t, bare, address))
                    .ifPresent(trails::add);
        }
        return trails;
    }

    /// The journeys of letters that were handed in with this ENVID, newest first.
    List<Trail> withEnvelopeId(String envelopeId, int max) throws StoreTrouble {
        Set<Long> ids = new LinkedHashSet<>();
        collect(hash('e', envelopeId), ids, max);
        List<Trail> trails = new ArrayList<>();
        for (long number : ids) {
            trail(new QueueId(number))
                    .filter(t -> envelopeId.equals(t.envelopeId()))
                    .ifPresent(trails::add);
        }
        return trails;
    }

    /// The journey of one letter; empty when it is unknown or too long ago.
    public Optional<Trail> trail(QueueId id) throws StoreTrouble {
        byte[] from = Kind.JOURNEY.keyLong(0, id.value());
        Trail head = null;
        List<Step> steps = new ArrayList<>();
        try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (rows.next()) {
                try {
                    Trail read = read(id, rows.value(), steps);
                    if (read != null) head = read;
                } catch (Octets.Malformed damaged) {
                    // One damaged row harms itself only.
                    LOG.log(System.Logger.Level.WARNING, "journey of " + id + ": " + damaged);
                }
            }
        }
        if (head == null || steps.isEmpty()) return Optional.empty();
        steps.sort(Comparator.comparing(Step::at)); // stable
        return Optional.of(
                new Trail(
                        id,
                        head.accepted(),
                        head.from(),
                        head.recipients(),
                        head.messageId(),
                        head.envelopeId(),
                        head.octets(),
                        head.origin(),
                        steps));
    }

    /// Writes the first row of a letter and makes it findable.
    void begin(Batch batch, Letter letter, Envelope envelope, long nowMillis, List<Step> steps) {
        long id = letter.id().value();
        String messageId = letter.message().messageId();
        Octets.Writer out = new Octets.Writer(512);
        out.octet(VERSION).fixedLong(nowMillis).octet(1);
        out.text(envelope.from().toString()).text(cut(messageId)).varint(letter.upload().size());
        EntryCodec.origin(out, letter.origin());
        int count = Math.min(envelope.recipients().size(), RECIPIENTS_MAX);
        out.varint(count);
        for (int i = 0; i < count; i++) {
            Address address = envelope.recipients().get(i).address();
            out.text(address.toString());
            index(batch, hash('a', address.key()), id);
        }
        if (envelope.from() instanceof ReversePath.Mailbox(var address)) {
            index(batch, hash('a', address.key()), id);
        }
        if (messageId != null) index(batch, hash('m', messageId), id);
        String envelopeId = envelope.envelopeId();
        out.text(envelopeId);
        if (envelopeId != null) index(batch, hash('e', envelopeId), id);
        steps(out, steps);
        batch.put(key(id, 0), out.done());
    }

    /// Adds steps to the journey of a letter on the shelf.
    ///
    /// @param version that the entry gets by the same batch: it numbers the rows
    void add(Batch batch, QueueId id, int version, long nowMillis, List<Step> steps) {
        if (steps.isEmpty()) return;
        Octets.Writer out = new Octets.Writer(128);
        out.octet(VERSION).fixedLong(nowMillis).octet(0);
        steps(out, steps);
        batch.put(key(id.value(), version), out.done());
    }

    /// Adds what an error mail told of a letter that went out.
    void addReturned(Batch batch, QueueId id, QueueId notice, long nowMillis, List<Step> steps) {
        if (steps.isEmpty()) return;
        Octets.Writer out = new Octets.Writer(512);
        out.octet(VERSION).fixedLong(nowMillis).octet(0);
        steps(out, steps);
        byte[] key = Kind.JOURNEY.key(AccountId.OFFICE.value(), 20);
        Octets.putLong(key, 9, id.value());
        Octets.putInt(key, 17, RETURNED);
        Octets.putLong(key, 21, notice.value());
        batch.put(key, out.done());
    }

    /// Deletes what is older than [#KEPT], or too much. Returns how many letters went.
    int purge() throws StoreTrouble {
        long cutoff = clock.instant().minus(KEPT).toEpochMilli();
        byte[] from = Kind.JOURNEY.key(0, 0);
        byte[] to = Kind.after(from);
        int gone = 0;
        long newest = -1;
        Batch batch = new Batch();
        int inBatch = 0;
        try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, to)) {
            while (rows.next()) {
                byte[] key = rows.key();
                long id = Octets.getLong(key, 9);
                boolean isHead = Octets.getInt(key, 17) == 0;
                if (newest < 0) newest = newest(id);
                if (isHead) {
                    byte[] value = rows.value();
                    boolean tooMany = newest - id > LETTERS_MAX;
                    if (!tooMany && value.length > 9 && Octets.getLong(value, 1) >= cutoff) break;
                    unindex(batch, id, value);
                    gone++;
                }
                batch.delete(key);
                if (++inBatch >= PURGE_BATCH) {
                    store.committer().commit(batch);
                    batch = new Batch();
                    inBatch = 0;
                }
            }
        }
        if (!batch.isEmpty()) store.committer().commit(batch);
        PURGED.add(gone);
        return gone;
    }

    /// Begins to purge in the background, once an hour.
    void start() {
        janitor = Thread.ofVirtual().name("journey").start(this::keepHouse);
    }

    @Override
    public void close() {
        if (janitor != null) janitor.interrupt();
    }

    private void keepHouse() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PURGE_EVERY);
                purge();
            } catch (InterruptedException e) {
                return;
            } catch (StoreTrouble | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "old journeys stay for now: " + e);
            }
        }
    }

    /// The highest number given so far, or about that: a sequence hands out a number to know.
    private long newest(long oldest) throws StoreTrouble {
        return Math.max(oldest, store.next(Intake.SEQUENCE));
    }

    private void collect(long hash, Set<Long> ids, int max) throws StoreTrouble {
        byte[] from = Kind.JOURNEY_INDEX.keyLong(0, hash);
        try (Keys.Cursor rows = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            for (int i = 0; i < max && rows.next(); i++) ids.add(~Octets.getLong(rows.key(), 17));
        }
    }

    private static boolean concerns(Trail trail, String text, Optional<Address> address) {
        if (text.equals(trail.messageId())) return true;
        if (address.isEmpty()) return false;
        String key = address.get().key();
        if (key.equals(keyOf(trail.from()))) return true;
        return trail.recipients().stream().anyMatch(recipient -> key.equals(keyOf(recipient)));
    }

    /// The key of an address as a journey keeps it; empty when it is none.
    static String keyOf(String address) {
        return Address.parse(address).map(Address::key).orElse("");
    }

    private static Trail read(QueueId id, byte[] row, List<Step> steps) {
        Octets.Reader in = new Octets.Reader(row);
        int version = in.octet();
        if (version < 1 || version > VERSION) throw new Octets.Malformed("version " + version);
        Instant at = Instant.ofEpochMilli(in.fixedLong());
        Trail head = null;
        if (in.octet() == 1) head = head(id, at, in, version);
        long count = in.varint();
        for (long i = 0; i < count && in.hasMore(); i++) {
            steps.add(readStep(at, in));
        }
        return head;
    }

    private static Step readStep(Instant at, Octets.Reader in) {
        What what = What.of(in.octet());
        String recipient = in.text();
        String host = in.text();
        String text = in.text();
        if (!what.isReturned()) return new Step(at, what, recipient, host, text);
        QueueId letter = new QueueId(in.fixedLong());
        int flags = in.octet();
        yubin.assist.Bounce bounce =
                new yubin.assist.Bounce(
                        in.text(),
                        in.text(),
                        in.text(),
                        in.text(),
                        in.text(),
                        text,
                        in.text(),
                        (flags & HARD) != 0,
                        what == What.LATE,
                        in.text());
        Returned returned = new Returned(letter, bounce, (flags & FORWARDED) != 0);
        return new Step(at, what, recipient, host, text, returned);
    }

    private static Trail head(QueueId id, Instant at, Octets.Reader in, int version) {
        String from = in.text();
        String messageId = in.text();
        long octets = in.varint();
        Origin origin = EntryCodec.origin(in);
        long count = in.varint();
        List<String> recipients = new ArrayList<>();
        for (long i = 0; i < count && i < RECIPIENTS_MAX; i++) {
            String recipient = in.text();
            recipients.add(recipient == null ? "" : recipient);
        }
        String envelopeId = version < 2 ? null : in.text();
        if (from == null) from = "";
        return new Trail(
                id, at, from, recipients, messageId, envelopeId, octets, origin, List.of());
    }

    private void unindex(Batch batch, long id, byte[] row) {
        try {
            Trail head = read(new QueueId(id), row, new ArrayList<>());
            if (head == null) return;
            deindex(batch, hash('a', keyOf(head.from())), id);
            for (String recipient : head.recipients()) {
                deindex(batch, hash('a', keyOf(recipient)), id);
            }
            if (head.messageId() != null) deindex(batch, hash('m', head.messageId()), id);
            if (head.envelopeId() != null) deindex(batch, hash('e', head.envelopeId()), id);
        } catch (Octets.Malformed damaged) {
            // Its index rows stay: they lead nowhere, which find takes in its stride.
            LOG.log(System.Logger.Level.WARNING, "journey " + id + ": " + damaged.getMessage());
        }
    }

    private static void steps(Octets.Writer out, List<Step> steps) {
        out.varint(steps.size());
        for (Step step : steps) {
            out.octet(step.what().octet());
            out.text(step.recipient()).text(cut(step.host())).text(cut(step.text()));
            if (step.what().isReturned()) returned(out, step.returned());
        }
    }

    private static void returned(Octets.Writer out, Returned returned) {
        yubin.assist.Bounce bounce = returned.bounce();
        int flags = (bounce.hard() ? HARD : 0) | (returned.forwarded() ? FORWARDED : 0);
        out.fixedLong(returned.letter().value()).octet(flags);
        out.text(cut(bounce.recipient())).text(cut(bounce.originalRecipient()));
        out.text(bounce.status()).text(bounce.reply()).text(bounce.command());
        out.text(bounce.topic()).text(bounce.source());
    }

    private static String cut(String text) {
        return text == null || text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
    }

    private static byte[] key(long id, int version) {
        byte[] key = Kind.JOURNEY.key(AccountId.OFFICE.value(), 12);
        Octets.putLong(key, 9, id);
        Octets.putInt(key, 17, version);
        return key;
    }

    private static void index(Batch batch, long hash, long id) {
        batch.put(indexKey(hash, id), EMPTY);
    }

    private static void deindex(Batch batch, long hash, long id) {
        batch.delete(indexKey(hash, id));
    }

    private static byte[] indexKey(long hash, long id) {
        byte[] key = Kind.JOURNEY_INDEX.key(AccountId.OFFICE.value(), 16);
        Octets.putLong(key, 9, hash);
        Octets.putLong(key, 17, ~id);
        return key;
    }

    /// FNV-1a over UTF-16 units, stirred at the end. Not secret: a clash only costs a look.
    private static long hash(char kind, String text) {
        long hash = (0xcbf29ce484222325L ^ kind) * 0x100000001b3L;
        for (int i = 0; i < text.length(); i++) hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        hash ^= hash >>> 32;
        return hash * 0x9E3779B97F4A7C15L;
    }

    static Step step(What what, String recipient, String host, String text) {
        return new Step(null, what, recipient, host, text);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
