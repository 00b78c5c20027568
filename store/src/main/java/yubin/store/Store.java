package yubin.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.store.Keys.Family;

/// A data folder, opened: the boxes of all accounts, message octets and the records of the office.
///
/// ```
/// data/
///   format    "yubin data 1": what the rest is written in
///   lock      held while a program has the folder open
///   store/    the records and message octets (RocksDB)
/// ```
///
/// Other rooms keep their files (certificate, control socket) in the same folder.
public final class Store implements AutoCloseable {
    private static final String FORMAT = "yubin data 1\n";

    /// How long a deleted message can be brought back, and how long octets that nobody holds stay.
    private static final Duration TOMBSTONES_KEPT = Duration.ofDays(1);

    private static final Duration BLOBS_KEPT = Duration.ofMinutes(10);

    /// How long octets stay that were uploaded; RFC 8620 §6.1 wants an hour at least.
    private static final Duration UPLOADS_KEPT = Duration.ofDays(1);

    private static final Duration PURGE_EVERY = Duration.ofMinutes(1);

    /// Free octets under which nothing is added any more: room for the engine to write what it
    /// holds, and for deleting. On a small disk a quarter of it.
    private static final long LOW_WATER = 256L << 20;

    private static final int DISK_THREADS = 4;

    /// Accounts whose counters stay in memory though nobody uses them at the moment.
    private static final int ACCOUNTS_KEPT = 20_000;

    /// Messages in mailboxes that stay in memory though nobody has them open, about 50 octets each.
    private static final long MESSAGES_KEPT = 2_000_000;

    /// Numbers of a sequence that are taken from the disk at once.
    private static final int SEQUENCE_STEP = 10_000;

    private final Path folder;
    private final InstantSource clock;
    private final FileChannel lockFile;
    private final Keys keys;
    private final Committer committer;
    private final Blobs blobs;
    private final Uploads uploads;
    private final ExecutorService disk;
    private final ScheduledExecutorService purger;
    private final Map<String, Sequence> sequences = new ConcurrentHashMap<>();
    private final Cache<AccountId, Boxes> boxes =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();
    private final Cache<AccountId, Boxes> boxesKept =
            Caffeine.newBuilder().maximumSize(ACCOUNTS_KEPT).executor(Runnable::run).build();
    private final Cache<MailboxView, Integer> viewsKept =
            Caffeine.newBuilder()
                    .maximumWeight(MESSAGES_KEPT)
                    .weigher((MailboxView view, Integer messages) -> 100 + messages)
                    .executor(Runnable::run)
                    .build();
    private volatile Consumer<AccountId> watcher = account -> {};
    private volatile long roomSeenAt;
    private volatile long room;

    private Store(
            Path folder, InstantSource clock, FileChannel lockFile, Keys keys, boolean readOnly) {
        this.folder = folder;
        this.clock = clock;
        this.lockFile = lockFile;
        this.keys = keys;
        committer = new Committer(keys);
        blobs = new Blobs(this, clock);
        uploads = new Uploads(this);
        disk =
                Executors.newFixedThreadPool(
                        DISK_THREADS, Thread.ofPlatform().name("disk-", 0).daemon().factory());
        purger =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("purger").daemon().factory());
        if (!readOnly) {
            purger.scheduleWithFixedDelay(
                    this::purgeQuietly,
                    PURGE_EVERY.toMillis(),
                    PURGE_EVERY.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        Counters.gauge("store.room", this::room);
    }

    /// Opens or makes a data folder.
    ///
    /// @throws StoreTrouble.InUse when another program has it
    /// @throws StoreTrouble.OtherVersion when it is of another format
    public static Store open(Path folder, InstantSource clock) throws StoreTrouble {
        return open(folder, clock, false);
    }

    /// Opens a data folder that is there, to look at: nothing is written.
    public static Store openReadOnly(Path folder, InstantSource clock) throws StoreTrouble {
        return open(folder, clock, true);
    }

    private static Store open(Path folder, InstantSource clock, boolean readOnly)
            throws StoreTrouble {
        try {
            Path format = folder.resolve("format");
            Path database = folder.resolve("store");
            if (Files.exists(format)) {
                String found = Files.readString(format);
                if (!found.equals(FORMAT)) {
                    throw new StoreTrouble.OtherVersion(
                            "the data folder "
                                    + folder
                                    + " is of another version (\""
                                    + found.strip()
                                    + "\"; this program reads \""
                                    + FORMAT.strip()
                                    + "\")");
                }
            } else if (readOnly) {
                throw new StoreTrouble.OtherVersion(folder + " is not a data folder of Yubin");
            } else if (Files.exists(database)) {
                throw new StoreTrouble.OtherVersion(
                        "the data folder " + folder + " has a store but no format file");
            } else {
                makeFolder(folder);
            }
            FileChannel lockFile = lock(folder, readOnly);
            try {
                if (!Files.exists(format)) {
                    Files.createDirectories(database);
                    writeSafely(folder, format, FORMAT);
                }
                return new Store(
                        folder, clock, lockFile, RocksKeys.open(database, readOnly), readOnly);
            } catch (IOException | RuntimeException e) {
                if (lockFile != null) lockFile.close();
                throw e;
            }
        } catch (StoreTrouble e) {
            throw e;
        } catch (IOException e) {
            throw new StoreTrouble.NotCommitted(
                    "the data folder " + folder + " cannot be used: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + " " + e.getMessage();
    }

    /// Readable by its owner only: all mail lies in it.
    private static void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) return;
        Files.createDirectories(folder);
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static FileChannel lock(Path folder, boolean readOnly) throws IOException {
        if (readOnly) return null;
        FileChannel file =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = file.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null; // by this very program
        }
        if (held == null) {
            file.close();
            throw new StoreTrouble.InUse(
                    "the data folder " + folder + " is in use by another program");
        }
        return file;
    }

    private static void writeSafely(Path folder, Path file, String text) throws IOException {
        Path temporary = folder.resolve(file.getFileName() + ".new");
        try (FileChannel out =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            out.write(java.nio.ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            out.force(true);
        }
        Files.move(temporary, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    public Path folder() {
        return folder;
    }

    public InstantSource clock() {
        return clock;
    }

    public Keys keys() {
        return keys;
    }

    public Committer committer() {
        return committer;
    }

    public Blobs blobs() {
        return blobs;
    }

    public Uploads uploads() {
        return uploads;
    }

    /// A number that is never given twice, also after a crash. One sequence per name, from 1; gaps
    /// happen.
    public long next(String sequence) throws StoreTrouble {
        return sequences.computeIfAbsent(sequence, Sequence::new).next();
    }

    /// The boxes of an account. An account that was never used has an empty inbox.
    public Boxes boxes(AccountId account) throws StoreTrouble {
        Boxes known = boxesKept.getIfPresent(account);
        if (known != null) return known;
        known = boxes.getIfPresent(account);
        if (known == null) {
            try {
                known = boxes.get(account, this::load);
            } catch (Unloaded e) {
                throw e.trouble;
            }
        }
        boxesKept.put(account, known);
        return known;
    }

    /// Tells `watcher` after every commit which accounts it changed, and which were cleared. On
    /// the committer's thread: it may only take note. There is one; a later one takes its place.
    public void watch(Consumer<AccountId> newWatcher) {
        watcher = newWatcher;
    }

    Consumer<AccountId> watcher() {
        return watcher;
    }

    /// The boxes of an account that is gone take no more changes.
    void leave(AccountId account) {
        Boxes known = boxes.getIfPresent(account);
        if (known != null) known.close();
        boxesKept.invalidate(account);
        boxes.invalidate(account);
    }

    private Boxes load(AccountId account) {
        try {
            return new Boxes(this, account);
        } catch (StoreTrouble e) {
            throw new Unloaded(e);
        }
    }

    private static final class Unloaded extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final StoreTrouble trouble;

        Unloaded(StoreTrouble trouble) {
            super(trouble);
            this.trouble = trouble;
        }
    }

    /// Begins a change to these accounts, waiting for whoever changes them now.
    ///
    /// @throws StoreTrouble.DiskLow when free space is under the low-water mark
    public Change change(Collection<AccountId> accounts) throws StoreTrouble {
        requireRoom();
        List<Boxes> ordered = new ArrayList<>(accounts.size());
        if (accounts.size() == 1) {
            ordered.add(boxes(accounts.iterator().next()));
        } else {
            for (AccountId account : new TreeSet<>(accounts)) ordered.add(boxes(account));
        }
        return new Change(this, ordered);
    }

    /// A change that only takes away or only settles: allowed also when the disk is low.
    public Change release(Collection<AccountId> accounts) throws StoreTrouble {
        List<Boxes> ordered = new ArrayList<>(accounts.size());
        for (AccountId account : new TreeSet<>(accounts)) ordered.add(boxes(account));
        return new Change(this, ordered);
    }

    /// Free octets on the disk minus the low-water mark; negative when nothing may be added. At
    /// most half a second old.
    public long room() {
        long now = System.nanoTime();
        if (roomSeenAt == 0 || now - roomSeenAt > 500_000_000L) {
            try {
                FileStore disk = Files.getFileStore(folder);
                room = disk.getUsableSpace() - Math.min(LOW_WATER, disk.getTotalSpace() / 4);
            } catch (IOException e) {
                room = Long.MAX_VALUE; // the write itself will tell
            }
            roomSeenAt = now;
        }
        return room;
    }

    void requireRoom() throws StoreTrouble {
        if (room() < 0) throw new StoreTrouble.DiskLow("the disk is nearly full");
    }

    /// Runs work that may read much from the disk on a platform thread: a virtual thread in native
    /// code holds its carrier.
    <T> T onDisk(Callable<T> work) throws StoreTrouble {
        try {
            return disk.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreTrouble trouble) throw trouble;
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreTrouble.NotCommitted("interrupted", e);
        }
    }

    /// Keeps an open mailbox in memory for a while after its last session has gone.
    void keep(MailboxView view) {
        if (viewsKept.getIfPresent(view) == null) viewsKept.put(view, view.now().count());
    }

    /// Lets go of what nobody holds any more. Runs by itself each minute.
    ///
    /// @return how many blobs went
    public int purge(Duration tombstonesKept, Duration blobsKept) throws StoreTrouble {
        long now = clock.millis();
        purgeTombstones(now - tombstonesKept.toMillis());
        new Departed(this).clear(now - tombstonesKept.toMillis());
        uploads.purge(now - UPLOADS_KEPT.toMillis());
        int purged = blobs.purge(now - blobsKept.toMillis());
        if (purged > 0 && room() < LOW_WATER) {
            keys.reclaim(Family.BLOBS);
            keys.reclaim(Family.RECORDS);
            roomSeenAt = 0;
        }
        return purged;
    }

    private void purgeQuietly() {
        try {
            purge(TOMBSTONES_KEPT, BLOBS_KEPT);
        } catch (StoreTrouble | RuntimeException e) {
            System.getLogger("yubin.store")
                    .log(System.Logger.Level.WARNING, "purging: " + e.getMessage());
        }
    }

    private void purgeTombstones(long before) throws StoreTrouble {
        byte[] from = Kind.TOMBSTONE_DUE.key(0, 0);
        byte[] to = Kind.TOMBSTONE_DUE.keyLong(0, Math.max(0, before));
        try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                byte[] due = cursor.key();
                long account = Octets.getLong(due, 17);
                long email = Octets.getLong(due, 25);
                byte[] key = Kind.TOMBSTONE.key(account, 16);
                System.arraycopy(due, 9, key, 9, 8);
                Octets.putLong(key, 17, email);
                Batch batch = new Batch(256).delete(due).delete(key);
                batch.delete(Kind.IRREGULAR.keyLong(account, email));
                byte[] value = keys.get(Family.RECORDS, key);
                if (value != null) {
                    try {
                        Email record = Email.decode(email, Remover.emailOf(value));
                        blobs.unlink(batch, record.blob(), account, email);
                    } catch (Octets.Malformed e) {
                        System.getLogger("yubin.store")
                                .log(
                                        System.Logger.Level.WARNING,
                                        "tombstone of email {0}: {1}",
                                        email,
                                        e.getMessage());
                    }
                }
                committer.commit(batch);
            }
        }
    }

    /// Makes a data folder of everything as it is at this moment, while the post office runs.
    ///
    /// @param copy a folder that does not exist yet, on the same disk for speed
    public void copyTo(Path copy) throws StoreTrouble {
        try {
            makeFolder(copy);
            keys.copyTo(copy.resolve("store"));
            writeSafely(copy, copy.resolve("format"), FORMAT);
        } catch (StoreTrouble e) {
            throw e;
        } catch (IOException e) {
            throw new StoreTrouble.NotCommitted("copying to " + copy + ": " + reason(e), e);
        }
    }

    @Override
    public void close() {
        purger.shutdownNow();
        try {
            boolean ended = purger.awaitTermination(5, TimeUnit.SECONDS);
            if (!ended) {
                System.getLogger("yubin.store")
                        .log(System.Logger.Level.WARNING, "purging did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        committer.close();
        disk.shutdown();
        keys.close();
        if (lockFile == null) return;
        try {
            lockFile.close();
        } catch (IOException e) {
            System.getLogger("yubin.store")
                    .log(System.Logger.Level.WARNING, "unlocking: " + e.getMessage());
        }
    }

    /// Numbers from the disk, a step at a time. What is left of a step at a crash is never given.
    private final class Sequence {
        private final byte[] key;
        private long next; // under this
        private long end;

        Sequence(String name) {
            key = Kind.SEQUENCE.keyText(0, name);
        }

        synchronized long next() throws StoreTrouble {
            if (next == end) {
                if (end == 0) {
                    byte[] value = keys.get(Family.RECORDS, key);
                    next = value == null ? 1 : new Octets.Reader(value).version(1).varint();
                }
                long after = next + SEQUENCE_STEP;
                committer.commit(
                        new Batch(64)
                                .put(key, new Octets.Writer(12).octet(1).varint(after).done()));
                end = after;
            }
            return next++;
        }
    }
}
