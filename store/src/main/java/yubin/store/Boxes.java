package yubin.store;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import yubin.mail.AccountId;
import yubin.mime.Message;
import yubin.store.Keys.Family;
import yubin.store.StoreTrouble.Refused;
import yubin.store.StoreTrouble.Refused.Why;

/// All mailboxes and messages of one account: the unit of consistency, one writer at a time.
///
/// Reads see what is committed. A method that changes something returns when it is on disk. UIDs
/// are unsigned ints in `int`; lists of UIDs are ascending.
public final class Boxes {
    /// Mailboxes within mailboxes.
    public static final int DEPTH_MAX = 32;

    /// Mailboxes of one account.
    public static final int MAILBOXES_MAX = 10_000;

    /// Changes that the log keeps, and how long it keeps them. A client that knows an older state
    /// is told everything anew.
    static final int LOG_MAX = 100_000;

    static final Duration LOG_KEPT = Duration.ofDays(90);

    /// How often it is looked whether the log has grown too long, in changes, and how many records
    /// are looked at then.
    static final int LOG_TRIM_EVERY = 256;

    private static final int LOG_TRIM_MAX = 4 * LOG_TRIM_EVERY;

    private final Store store;
    private final AccountId account;
    private final ReentrantLock lock = new ReentrantLock();
    int logMax = LOG_MAX; // smaller in tests

    // Prepared ahead of the disk: under lock.
    private BoxesState state;
    private int stateEpoch;
    private boolean closed;
    private final Threads threads = new Threads(this);

    // As committed: written on the committer's thread, read by anyone.
    private final Map<Integer, Mailbox> published = new ConcurrentHashMap<>();
    private volatile Usage usage = new Usage(0, 0);
    private volatile long modSeq;
    private volatile List<String> keywords = List.of();
    private final Map<Integer, WeakReference<MailboxView>> views = new ConcurrentHashMap<>();
    private final java.util.Set<Runnable> listeners = ConcurrentHashMap.newKeySet(2);

    /// How a STORE combines the given flags with those that a message has. RFC 3501 §6.4.6.
    public enum FlagOperation {
        SET,
        ADD,
        REMOVE
    }

    /// @param modSeq what the changed messages got; 0 when nothing changed
    /// @param changed UIDs whose flags are now different
    /// @param conflicts UIDs that were left alone since they changed after `unchangedSince`,
    ///     RFC 7162 §3.1.3
    public record Stored(long modSeq, int[] changed, int[] conflicts) {}

    /// @param sources UIDs that were copied or moved, ascending, and `targets` what they got
    public record Copied(int uidValidity, int[] sources, int[] targets) {}

    /// @param vanished UIDs expunged after the given modseq, ascending
    /// @param complete false when the log no longer reaches back that far; `vanished` is then empty
    public record Vanished(int[] vanished, boolean complete) {}

    /// @param octets what counts against the quota
    public record Usage(long octets, long messages) {}

    Boxes(Store store, AccountId account) throws StoreTrouble {
        this.store = store;
        this.account = account;
        lock.lock();
        try {
            load();
            if (state == null) found();
        } finally {
            lock.unlock();
        }
    }

    public AccountId account() {
        return account;
    }

    // ---- Reading ----

    /// In order of their paths, the inbox first.
    public List<Mailbox> mailboxes() {
        List<Mailbox> all = new ArrayList<>(published.values());
        all.sort(
                Comparator.comparing((Mailbox m) -> m.role() != Role.INBOX)
                        .thenComparing(Mailbox::path));
        return all;
    }

    public Optional<Mailbox> mailbox(int id) {
        return Optional.ofNullable(published.get(id));
    }

    /// By path; `inbox` in any case is the inbox (RFC 3501 §5.1).
    public Optional<Mailbox> find(String path) {
        String wanted = normal(path);
        for (Mailbox mailbox : published.values()) {
            if (mailbox.path().equals(wanted)) return Optional.of(mailbox);
        }
        return Optional.empty();
    }

    public Optional<Mailbox> role(Role role) {
        for (Mailbox mailbox : published.values()) {
            if (mailbox.role() == role) return Optional.of(mailbox);
        }
        return Optional.empty();
    }

    /// The keywords of the account; the first has the bit `1L << Flags.KEYWORD_FIRST`.
    public List<String> keywords() {
        return keywords;
    }

    public Usage usage() {
        return usage;
    }

    /// The modseq of the newest commit: the account's JMAP state.
    public long modSeq() {
        return modSeq;
    }

    /// Calls `wake` after every commit that changed this account, on the committer's thread: it may
    /// only wake somebody up. The same object is given to [#unlisten].
    public void listen(Runnable wake) {
        listeners.add(wake);
    }

    public void unlisten(Runnable wake) {
        listeners.remove(wake);
    }

    /// Reads what happened after `since`, commit by commit, up to [#modSeq] as it is now.
    ///
    /// @return false when the log no longer reaches back that far: what was told is not all
    public boolean changesSince(long since, ChangeLog.Visitor visitor) throws StoreTrouble {
        ChangeLog.read(store.keys(), account.value(), since, modSeq, visitor);
        // Asked after the reading: what was trimmed meanwhile is missing from it.
        return since >= logFloor();
    }

    /// The record of an email, or null when it is gone.
    ///
    /// @throws StoreTrouble.Damaged when this one record cannot be read; others are not touched
    public Email email(long id) throws StoreTrouble {
        byte[] value = store.keys().get(Family.RECORDS, Kind.EMAIL.keyLong(account.value(), id));
        if (value == null) return null;
        try {
            return Email.decode(id, value);
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged(
                    "email " + id + " of account " + account + ": " + e.getMessage());
        }
    }

    /// Octets of the whole message (prefix and blob), from `offset`, fewer than `length` at the
    /// end.
    public byte[] read(Email email, long offset, int length) throws StoreTrouble {
        int prefix = email.prefix().length;
        if (prefix == 0 || offset >= prefix) {
            return store.blobs().read(email.blob(), offset - prefix, length);
        }
        int fromPrefix = (int) Math.min(prefix - offset, length);
        if (fromPrefix == length) {
            return Arrays.copyOfRange(email.prefix(), (int) offset, (int) offset + length);
        }
        byte[] rest = store.blobs().read(email.blob(), 0, length - fromPrefix);
        byte[] out = new byte[fromPrefix + rest.length];
        System.arraycopy(email.prefix(), (int) offset, out, 0, fromPrefix);
        System.arraycopy(rest, 0, out, fromPrefix, rest.length);
        return out;
    }

    /// Opens a mailbox. Cheap when another session has it open.
    public MailboxView view(int mailbox) throws StoreTrouble {
        if (!published.containsKey(mailbox)) throw noSuchMailbox();
        MailboxView[] made = new MailboxView[1];
        WeakReference<MailboxView> reference =
                views.compute(
                        mailbox,
                        (id, known) -> {
                            if (known != null) {
                                made[0] = known.get();
                                if (made[0] != null) return known;
                            }
                            made[0] = new MailboxView(this, id);
                            return new WeakReference<>(made[0]);
                        });
        MailboxView view = made[0];
        if (view.now() == null) {
            try {
                view.loadOnce(() -> store.onDisk(() -> loadRows(mailbox)));
            } catch (StoreTrouble e) {
                views.remove(mailbox, reference);
                throw e;
            }
        }
        store.keep(view);
        return view;
    }

    /// The messages that do not go out as they are kept, by email id; others are regular. Messages
    /// that came before data folders knew of this count as regular too.
    public Map<Long, Irregular> irregular() throws StoreTrouble {
        return Irregular.of(store.keys(), account.value());
    }

    /// What left a mailbox after `since`. RFC 7162 §3.2.10.
    public Vanished vanishedSince(int mailbox, long since) throws StoreTrouble {
        Snapshot.Numbers gone = new Snapshot.Numbers();
        ChangeLog.read(
                store.keys(),
                account.value(),
                since,
                Long.MAX_VALUE,
                new ChangeLog.Visitor() {
                    @Override
                    public void removed(int from, int uid, long email) {
                        if (from == mailbox) gone.add(uid);
                    }
                });
        // Asked after the reading: what was trimmed meanwhile is missing from it.
        if (since < logFloor()) return new Vanished(new int[0], false);
        int[] vanished = gone.done();
        sortUnsigned(vanished);
        return new Vanished(vanished, true);
    }

    /// @param next where the next step begins
    public record Emails(List<Email> list, long next) {}

    /// Emails with `from <= id < to` in the order of their ids, up to `most` of them. Records that
    /// are damaged are passed over; `verify` names them.
    public Emails emails(long from, long to, int most) throws StoreTrouble {
        List<Email> list = new ArrayList<>();
        long next = to;
        byte[] first = Kind.EMAIL.keyLong(account.value(), from);
        byte[] end = Kind.EMAIL.keyLong(account.value(), to);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, first, end)) {
            while (cursor.next()) {
                long id = Octets.getLong(cursor.key(), 9);
                if (list.size() == most) {
                    next = id;
                    break;
                }
                try {
                    list.add(Email.decode(id, cursor.value()));
                } catch (Octets.Malformed e) {
                    continue;
                }
            }
        }
        return new Emails(list, next);
    }

    /// @param emails ids of emails that left some mailbox; they may still lie in another
    /// @param complete false when the log no longer reaches back that far
    public record Left(long[] emails, boolean complete) {}

    /// Which emails left a mailbox after `since`.
    public Left leftSince(long since) throws StoreTrouble {
        List<Long> gone = new ArrayList<>();
        ChangeLog.read(
                store.keys(),
                account.value(),
                since,
                Long.MAX_VALUE,
                new ChangeLog.Visitor() {
                    @Override
                    public void removed(int from, int uid, long email) {
                        gone.add(email);
                    }
                });
        boolean complete = since >= logFloor();
        return new Left(gone.stream().mapToLong(Long::longValue).toArray(), complete);
    }

    /// The emails of a thread, oldest first.
    public long[] threadEmails(long thread) throws StoreTrouble {
        return ThreadEmails.of(this, thread);
    }

    /// Tells each email of the account with its thread, in the order of threads.
    public void eachThreadEmail(ThreadEmails.Pairs pairs) throws StoreTrouble {
        ThreadEmails.each(this, pairs);
    }

    /// What other rooms keep with the account, by id.
    public java.util.SortedMap<Long, byte[]> objects(int type) throws StoreTrouble {
        return AccountObjects.all(store.keys(), account.value(), type);
    }

    /// Null when there is none.
    public byte[] object(int type, long id) throws StoreTrouble {
        return AccountObjects.one(store.keys(), account.value(), type, id);
    }

    // ---- Mailboxes ----

    /// The mailbox of this role, made if there is none. The inbox always is there.
    public Mailbox ensure(Role role) throws StoreTrouble {
        Optional<Mailbox> there = role(role);
        if (there.isPresent()) return there.get();
        try (Change change = begin()) {
            int id = change.mailbox(account, role);
            change.commit();
            return published.get(id);
        }
    }

    /// Makes a mailbox and those above it that are missing.
    ///
    /// @param role null for none
    public Mailbox create(String path, Role role) throws StoreTrouble {
        try (Change change = begin()) {
            Change.Part part = change.part(account);
            if (role != null && part.state.role(role) != null) {
                throw new Refused(Why.ALREADY_EXISTS, "another mailbox has this use");
            }
            int id = makePath(part, normal(path), role);
            change.commit();
            return published.get(id);
        }
    }

    /// Renames with everything below. Renaming the inbox moves its messages to a new mailbox and
    /// leaves it empty, RFC 3501 §6.3.5.
    public void rename(int id, String path) throws StoreTrouble {
        String wanted = normal(path);
        Mailbox mailbox = mailbox(id).orElseThrow(Boxes::noSuchMailbox);
        if (mailbox.role() == Role.INBOX) {
            Mailbox target = create(wanted, null);
            move(id, null, target.id());
            return;
        }
        if (wanted.startsWith(mailbox.path() + Mailbox.SEPARATOR)) {
            throw new Refused(Why.NAME_NOT_ALLOWED, "a mailbox cannot lie inside itself");
        }
        try (Change change = begin()) {
            Change.Part part = change.part(account);
            List<String> names = names(wanted);
            if (lookUp(part.state, names) != null) {
                throw new Refused(Why.ALREADY_EXISTS, "that mailbox exists already");
            }
            int parent = 0;
            if (names.size() > 1) {
                BoxesState.Box above = lookUp(part.state, names.subList(0, names.size() - 1));
                parent =
                        above != null
                                ? above.id
                                : makePath(
                                        part,
                                        String.join("/", names.subList(0, names.size() - 1)),
                                        null);
            }
            BoxesState.Box box = part.touch(id);
            box.parent = parent;
            box.name = names.getLast();
            part.log().mailbox(id, ChangeLog.CHANGED);
            part.republishAll = true;
            change.commit();
        }
    }

    /// Deletes a mailbox with its messages; refused for the inbox and while others lie below it.
    public void delete(int id) throws StoreTrouble {
        Mailbox mailbox = mailbox(id).orElseThrow(Boxes::noSuchMailbox);
        if (mailbox.role() == Role.INBOX) {
            throw new Refused(Why.NAME_NOT_ALLOWED, "the inbox cannot be deleted");
        }
        while (remover().remove(id, null, false).length > 0) {
            // a bounded step each time; what arrives meanwhile goes with the next
        }
        try (Change change = begin()) {
            Change.Part part = change.part(account);
            for (BoxesState.Box box : part.state.boxes.values()) {
                if (box.parent == id) {
                    throw new Refused(Why.IN_USE, "other mailboxes lie below this one");
                }
            }
            BoxesState.Box box = part.state.boxes.get(id);
            if (box == null) throw noSuchMailbox();
            if (box.messages > 0) {
                throw new Refused(Why.IN_USE, "a message has just arrived here");
            }
            part.drop(change.batch(), id);
            change.commit();
        }
    }

    public void subscribe(int id, boolean subscribed) throws StoreTrouble {
        try (Change change = begin()) {
            Change.Part part = change.part(account);
            part.touch(id).subscribed = subscribed;
            part.log().mailbox(id, ChangeLog.CHANGED);
            change.commit();
        }
    }

    /// The bit of a keyword (any case), made if `make`; 0 when unknown and not made.
    ///
    /// @throws StoreTrouble.Refused with LIMIT when the table is full
    public long keyword(String keyword, boolean make) throws StoreTrouble {
        List<String> known = keywords;
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i).equalsIgnoreCase(keyword)) return 1L << Flags.KEYWORD_FIRST + i;
        }
        if (!make) return 0;
        try (Change change = begin().exclusive()) {
            Change.Part part = change.part(account);
            String key = keyword.toLowerCase(Locale.ROOT);
            Integer there = part.state.keywords.get(key);
            if (there != null) return 1L << there;
            int bit = Flags.KEYWORD_FIRST + part.state.keywords.size();
            if (part.state.keywords.size() >= Flags.KEYWORDS_MAX) {
                throw new Refused(
                        Why.LIMIT, "this account has " + Flags.KEYWORDS_MAX + " keywords already");
            }
            part.log();
            change.batch()
                    .put(
                            Kind.KEYWORD.keyInt(account.value(), bit),
                            keyword.getBytes(StandardCharsets.UTF_8));
            change.batch()
                    .afterCommit(
                            () -> {
                                List<String> longer = new ArrayList<>(keywords);
                                longer.add(keyword);
                                keywords = List.copyOf(longer);
                            });
            change.commit();
            part.state.keywords.put(key, bit);
            return 1L << bit;
        }
    }

    // ---- Messages ----

    /// Puts one message into a mailbox.
    ///
    /// @param quotaOctets refused with OVER_QUOTA beyond this; `Long.MAX_VALUE` for no quota
    public Change.Placed append(int mailbox, NewEmail email, long quotaOctets) throws StoreTrouble {
        store.requireRoom();
        try (Change change = begin()) {
            requireQuota(change, email.size(), quotaOctets);
            Change.Placed placed = change.add(account, mailbox, email);
            change.commit();
            return placed;
        }
    }

    /// Changes flags. Messages that are gone are passed over.
    ///
    /// @param unchangedSince only messages with a modseq up to this; `Long.MAX_VALUE` for all
    public Stored store(
            int mailbox, int[] uids, FlagOperation operation, long flags, long unchangedSince)
            throws StoreTrouble {
        MailboxView view = view(mailbox);
        try (Change change = begin().exclusive()) {
            Snapshot now = view.now();
            Change.Part part = change.part(account);
            Snapshot.Numbers conflicts = new Snapshot.Numbers();
            int[] changed = new int[uids.length];
            long[] values = new long[uids.length];
            int count = 0;
            BoxesState.Box box = null;
            for (int uid : uids) {
                int index = now.indexOf(uid);
                if (index < 0) continue;
                Row row = now.row(index);
                if (row.modSeq() > unchangedSince) {
                    conflicts.add(uid);
                    continue;
                }
                long next =
                        switch (operation) {
                            case SET -> flags;
                            case ADD -> row.flags() | flags;
                            case REMOVE -> row.flags() & ~flags;
                        };
                if (next == row.flags()) continue;
                if (box == null) box = part.touch(mailbox);
                box.count(row.flags(), row.size(), -1);
                box.count(next, row.size(), 1);
                change.batch()
                        .put(
                                Row.key(account.value(), mailbox, uid),
                                row.withFlags(next, part.modSeq()).encode());
                if (((next ^ row.flags()) & Flags.DELETED) != 0) {
                    if ((next & Flags.DELETED) != 0) part.log().hidden(row.email());
                    else part.log().shown(row.email());
                }
                changed[count] = uid;
                values[count++] = next;
            }
            if (count == 0) return new Stored(0, new int[0], conflicts.done());
            int[] exact = Arrays.copyOf(changed, count);
            long[] exactValues = Arrays.copyOf(values, count);
            long newModSeq = part.modSeq();
            part.log().flagged(mailbox, exact);
            part.view(mailbox, snapshot -> snapshot.flagged(exact, exactValues, newModSeq));
            change.commit();
            return new Stored(newModSeq, exact, conflicts.done());
        }
    }

    /// Removes those of `uids` (null: all) that have `\Deleted`; returns what was removed.
    public int[] expunge(int mailbox, int[] uids) throws StoreTrouble {
        return removeAll(mailbox, uids, true);
    }

    /// Removes messages whatever their flags: POP3's QUIT.
    public int[] remove(int mailbox, int[] uids) throws StoreTrouble {
        return removeAll(mailbox, uids, false);
    }

    /// Copies within the account: all or none. Flags and INTERNALDATE come along.
    public Copied copy(int mailbox, int[] uids, int target, long quotaOctets) throws StoreTrouble {
        store.requireRoom();
        return remover().copy(mailbox, uids, target, quotaOctets);
    }

    /// Moves within the account, each message in one commit with its disappearance, RFC 6851 §3.
    ///
    /// @param uids null for all
    public Copied move(int mailbox, int[] uids, int target) throws StoreTrouble {
        Copied all = null;
        int done = 0;
        while (true) {
            int[] rest = uids == null ? null : Arrays.copyOfRange(uids, done, uids.length);
            if (rest != null && rest.length == 0 && all != null) return all;
            int[] step =
                    rest != null && rest.length > Remover.STEP
                            ? Arrays.copyOf(rest, Remover.STEP)
                            : rest;
            Copied moved = remover().move(mailbox, step, target);
            all = all == null ? moved : joined(all, moved);
            if (step == null) {
                if (moved.sources().length == 0) return all;
            } else {
                done += step.length;
                if (done >= uids.length) return all;
            }
        }
    }

    private int[] removeAll(int mailbox, int[] uids, boolean deletedOnly) throws StoreTrouble {
        int[] all = new int[0];
        while (true) {
            int[] step = remover().remove(mailbox, uids, deletedOnly);
            if (step.length == 0) return all;
            int[] longer = Arrays.copyOf(all, all.length + step.length);
            System.arraycopy(step, 0, longer, all.length, step.length);
            all = longer;
            if (step.length < Remover.STEP) return all;
        }
    }

    private static Copied joined(Copied a, Copied b) {
        int[] sources = Arrays.copyOf(a.sources(), a.sources().length + b.sources().length);
        System.arraycopy(b.sources(), 0, sources, a.sources().length, b.sources().length);
        int[] targets = Arrays.copyOf(a.targets(), a.targets().length + b.targets().length);
        System.arraycopy(b.targets(), 0, targets, a.targets().length, b.targets().length);
        return new Copied(b.uidValidity(), sources, targets);
    }

    // ---- For the other classes of this room ----

    Remover remover() {
        return new Remover(this, store);
    }

    Change begin() throws StoreTrouble {
        return new Change(store, List.of(this));
    }

    InstantSource clock() {
        return store.clock();
    }

    Keys keys() {
        return store.keys();
    }

    BoxesState state() {
        return state;
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /// The account was removed: whoever holds on to it can change nothing any more.
    void close() {
        lock.lock();
        closed = true;
        lock.unlock();
    }

    /// Reads the prepared state again when a write has failed since it was read. Under the lock.
    ///
    /// @return the epoch of the state
    int refresh() throws StoreTrouble {
        if (closed) throw noSuchMailbox();
        if (stateEpoch != store.committer().epoch()) load();
        return stateEpoch;
    }

    long thread(Batch batch, Message message, long email) throws StoreTrouble {
        return threads.find(batch, message, email);
    }

    void requireQuota(Change change, long octets, long quotaOctets) throws StoreTrouble {
        if (change.usedOctets(account) + octets > quotaOctets) {
            throw new Refused(Why.OVER_QUOTA, "the box is full");
        }
    }

    /// On the committer's thread.
    void publish(List<Mailbox> changed, List<Integer> gone) {
        for (Mailbox mailbox : changed) published.put(mailbox.id(), mailbox);
        for (int id : gone) {
            published.remove(id);
            WeakReference<MailboxView> view = views.remove(id);
            MailboxView open = view == null ? null : view.get();
            if (open != null) open.wakeAll();
        }
    }

    /// The end of a commit, on the committer's thread. Who reads the new modseq and then the boxes
    /// sees at least what belongs to it.
    void reach(Usage newUsage, long newModSeq) {
        usage = newUsage;
        modSeq = newModSeq;
        for (Runnable wake : listeners) wake.run();
        store.watcher().accept(account);
    }

    /// On the committer's thread.
    void advance(int mailbox, UnaryOperator<Snapshot> step) {
        WeakReference<MailboxView> reference = views.get(mailbox);
        MailboxView view = reference == null ? null : reference.get();
        if (view != null) view.advance(step);
    }

    private void load() throws StoreTrouble {
        int epoch = store.committer().epoch();
        BoxesState loaded = BoxesState.load(store.keys(), account.value());
        state = loaded;
        stateEpoch = epoch;
        threads.forget();
        if (loaded == null) return;
        if (modSeq == 0) {
            for (BoxesState.Box box : loaded.boxes.values()) {
                published.put(box.id, loaded.snapshot(box));
            }
            usage = new Usage(loaded.octets, loaded.messages);
            modSeq = loaded.modSeq;
            keywords = loaded.keywordList();
        }
    }

    /// Gives a new account its inbox. UIDVALIDITY counts up from the time of its first use, so that
    /// an account made anew under an old name does not repeat one.
    private void found() throws StoreTrouble {
        if (Departed.isGone(store.keys(), account)) throw noSuchMailbox();
        BoxesState first = new BoxesState(account.value());
        first.modSeq = 1;
        first.nextMailbox = 1;
        first.nextEmail = 1;
        first.nextUidValidity = (int) Math.max(1, store.clock().millis() / 1000);
        BoxesState.Box inbox = first.make(0, Role.INBOX.mailboxName(), Role.INBOX);
        Batch batch = new Batch(256);
        first.put(batch, inbox);
        first.putHead(batch);
        ThreadEmails.complete(batch, account.value());
        store.committer().commit(batch);
        state = first;
        published.put(inbox.id, first.snapshot(inbox));
        modSeq = 1;
    }

    private Snapshot loadRows(int mailbox) throws StoreTrouble {
        byte[] from = Row.key(account.value(), mailbox, 0);
        byte[] to = Kind.after(Arrays.copyOf(from, 13));
        Snapshot.Builder builder = new Snapshot.Builder();
        Mailbox record = published.get(mailbox);
        if (record == null) throw noSuchMailbox();
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                try {
                    builder.add(Row.decode(key, cursor.value()));
                } catch (Octets.Malformed e) {
                    // This one message is not listed; `verify` names it. The rest goes on.
                    System.getLogger("yubin.store")
                            .log(
                                    System.Logger.Level.ERROR,
                                    "account {0} mailbox {1}: {2}",
                                    account,
                                    mailbox,
                                    e.getMessage());
                }
            }
        }
        return builder.done(record.highestModSeq(), record.uidNext());
    }

    /// Keeps the change log short: once in [#LOG_TRIM_EVERY] changes, what is behind the newest
    /// [#LOG_MAX] goes, and what is older than [#LOG_KEPT]. Within the commit of a change.
    ///
    /// @return up to which modseq the log is gone; from there on it is whole
    long trimLog(Batch batch, long newest, long floor) throws StoreTrouble {
        if (newest % LOG_TRIM_EVERY != 0) return floor;
        long next = Math.max(floor, newest - logMax);
        long old = store.clock().millis() / 1000 - LOG_KEPT.toSeconds();
        next = ChangeLog.lastBefore(store.keys(), account.value(), next, old, LOG_TRIM_MAX);
        if (next <= floor) return floor;
        batch.deleteRange(
                Keys.Family.RECORDS,
                Kind.LOG.keyLong(account.value(), 0),
                Kind.LOG.keyLong(account.value(), next + 1));
        return next;
    }

    private long logFloor() {
        lock.lock();
        try {
            return state.logFloor;
        } finally {
            lock.unlock();
        }
    }

    private int makePath(Change.Part part, String path, Role role) throws StoreTrouble {
        List<String> names = names(path);
        int parent = 0;
        for (int i = 0; i < names.size(); i++) {
            boolean last = i == names.size() - 1;
            BoxesState.Box box = part.state.child(parent, names.get(i));
            if (box == null) {
                if (part.state.boxes.size() >= MAILBOXES_MAX) {
                    throw new Refused(Why.LIMIT, "this account has too many mailboxes");
                }
                box = part.make(parent, names.get(i), last ? role : null);
            } else if (last) {
                throw new Refused(Why.ALREADY_EXISTS, "that mailbox exists already");
            }
            parent = box.id;
        }
        return parent;
    }

    private static BoxesState.Box lookUp(BoxesState state, List<String> names) {
        int parent = 0;
        BoxesState.Box box = null;
        for (String name : names) {
            box = state.child(parent, name);
            if (box == null) return null;
            parent = box.id;
        }
        return box;
    }

    /// Splits a path and refuses what cannot be a name.
    static List<String> names(String path) throws Refused {
        if (path.getBytes(StandardCharsets.UTF_8).length > Mailbox.PATH_OCTETS_MAX) {
            throw new Refused(Why.NAME_NOT_ALLOWED, "the name is too long");
        }
        List<String> names = List.of(path.split("/", -1));
        if (names.size() > DEPTH_MAX) throw new Refused(Why.NAME_NOT_ALLOWED, "too deep");
        for (String name : names) {
            if (name.isEmpty()) throw new Refused(Why.NAME_NOT_ALLOWED, "an empty name");
            for (int i = 0; i < name.length(); i++) {
                if (Character.isISOControl(name.charAt(i))) {
                    throw new Refused(Why.NAME_NOT_ALLOWED, "a control character in the name");
                }
            }
        }
        return names;
    }

    /// NFC, without a `/` at the end, INBOX in capitals.
    private static String normal(String path) {
        String text = Normalizer.normalize(path, Normalizer.Form.NFC);
        while (text.length() > 1 && text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.equalsIgnoreCase("INBOX")) return "INBOX";
        if (text.regionMatches(true, 0, "INBOX/", 0, 6)) return "INBOX" + text.substring(5);
        return text;
    }

    static Refused noSuchMailbox() {
        return new Refused(Why.NO_SUCH_MAILBOX, "no such mailbox");
    }

    static void sortUnsigned(int[] uids) {
        for (int i = 0; i < uids.length; i++) uids[i] ^= Integer.MIN_VALUE;
        Arrays.sort(uids);
        for (int i = 0; i < uids.length; i++) uids[i] ^= Integer.MIN_VALUE;
    }
}
