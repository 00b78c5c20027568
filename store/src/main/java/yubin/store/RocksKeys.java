package yubin.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// [Keys] on RocksDB: one folder, one owner.
///
/// Records are a plain tree with Bloom filters, since half of all reads ask for what is not there
/// (is this Message-ID known, is this letter known). Blob values go to RocksDB's blob files:
/// message octets are written to the log and once more to their place, and are never moved by
/// compaction.
final class RocksKeys implements Keys {
    private static final long BLOCK_CACHE_OCTETS = 64L << 20;
    private static final long MEMTABLE_OCTETS = 32L << 20;
    private static final long BLOB_FILE_OCTETS = 128L << 20;
    private static final long LOG_OCTETS_MAX = 256L << 20;

    static {
        RocksDB.loadLibrary();
    }

    private final RocksDB database;
    private final ColumnFamilyHandle[] families;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions unsynced = new WriteOptions();
    private final ReadOptions reads = new ReadOptions();

    /// Calls that are inside the engine, cursors included. The native side does not survive a call
    /// after its close: a session that outlived its farewell gets [StoreTrouble] instead.
    private final LongAdder inside = new LongAdder();

    private volatile boolean closed;

    private RocksKeys(RocksDB database, ColumnFamilyHandle[] families) {
        this.database = database;
        this.families = families;
    }

    /// Opens or makes the database in `folder`.
    ///
    /// @param readOnly true for `verify`: nothing is written, not even a log of RocksDB's own
    static RocksKeys open(Path folder, boolean readOnly) throws StoreTrouble {
        LRUCache cache = new LRUCache(BLOCK_CACHE_OCTETS);
        BloomFilter bloom = new BloomFilter(10, false);
        BlockBasedTableConfig table =
                new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setFilterPolicy(bloom)
                        .setFormatVersion(5)
                        .setBlockSize(16 << 10)
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true);
        ColumnFamilyOptions records =
                new ColumnFamilyOptions()
                        .setTableFormatConfig(table)
                        .setWriteBufferSize(MEMTABLE_OCTETS)
                        .setMaxWriteBufferNumber(3)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setLevelCompactionDynamicLevelBytes(true);
        ColumnFamilyOptions blobs =
                new ColumnFamilyOptions()
                        .setTableFormatConfig(table)
                        .setWriteBufferSize(MEMTABLE_OCTETS)
                        .setMaxWriteBufferNumber(3)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setLevelCompactionDynamicLevelBytes(true)
                        .setEnableBlobFiles(true)
                        .setMinBlobSize(512)
                        .setBlobFileSize(BLOB_FILE_OCTETS)
                        .setEnableBlobGarbageCollection(true)
                        .setBlobGarbageCollectionAgeCutoff(0.5)
                        .setBlobGarbageCollectionForceThreshold(0.5);
        DBOptions options =
                new DBOptions()
                        .setCreateIfMissing(!readOnly)
                        .setCreateMissingColumnFamilies(true)
                        .setMaxTotalWalSize(LOG_OCTETS_MAX)
                        .setMaxBackgroundJobs(2)
                        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                        .setKeepLogFileNum(3)
                        .setMaxLogFileSize(4 << 20)
                        .setManifestPreallocationSize(256 << 10)
                        .setParanoidChecks(true)
                        .setMaxOpenFiles(1000);
        List<ColumnFamilyDescriptor> descriptors =
                List.of(
                        new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, records),
                        new ColumnFamilyDescriptor(
                                "blobs".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                                blobs));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB database =
                    readOnly
                            ? RocksDB.openReadOnly(options, folder.toString(), descriptors, handles)
                            : RocksDB.open(options, folder.toString(), descriptors, handles);
            RocksKeys keys = new RocksKeys(database, handles.toArray(ColumnFamilyHandle[]::new));
            keys.owned.addAll(List.of(options, records, blobs, bloom, cache));
            return keys;
        } catch (RocksDBException e) {
            for (AutoCloseable part : List.of(options, records, blobs, bloom, cache)) close(part);
            String text = e.getMessage();
            if (text != null && text.contains("LOCK")) {
                throw new StoreTrouble.InUse("the data folder " + folder + " is in use");
            }
            throw new StoreTrouble.Damaged("the store in " + folder + " does not open: " + text);
        }
    }

    @Override
    public byte[] get(Family family, byte[] key) throws StoreTrouble {
        enter();
        try {
            return database.get(families[family.number()], reads, key);
        } catch (RocksDBException e) {
            throw trouble(e);
        } finally {
            inside.decrement();
        }
    }

    private void enter() throws StoreTrouble {
        inside.increment();
        if (!closed) return;
        inside.decrement();
        throw new StoreTrouble.NotCommitted("the store is closed", null);
    }

    @Override
    public Cursor scan(Family family, byte[] from, byte[] to) {
        try {
            enter();
        } catch (StoreTrouble closing) {
            return new ClosedCursor(closing);
        }
        Slice upper = new Slice(to);
        ReadOptions options = new ReadOptions().setIterateUpperBound(upper);
        RocksIterator iterator = database.newIterator(families[family.number()], options);
        return new Cursor() {
            private boolean started;
            private boolean left;

            @Override
            public boolean next() throws StoreTrouble {
                if (started) {
                    iterator.next();
                } else {
                    iterator.seek(from);
                    started = true;
                }
                if (iterator.isValid()) return true;
                try {
                    iterator.status();
                } catch (RocksDBException e) {
                    throw trouble(e);
                }
                return false;
            }

            @Override
            public byte[] key() {
                return iterator.key();
            }

            @Override
            public byte[] value() {
                return iterator.value();
            }

            @Override
            public void close() {
                if (left) return;
                left = true;
                iterator.close();
                options.close();
                upper.close();
                inside.decrement();
            }
        };
    }

    /// A cursor that was asked for too late.
    private record ClosedCursor(StoreTrouble closing) implements Cursor {
        @Override
        public boolean next() throws StoreTrouble {
            throw closing;
        }

        @Override
        public byte[] key() {
            throw new IllegalStateException(closing);
        }

        @Override
        public byte[] value() {
            throw new IllegalStateException(closing);
        }

        @Override
        public void close() {}
    }

    @Override
    public void write(Batch batch, boolean sync) throws StoreTrouble {
        enter();
        try (WriteBatch write = new WriteBatch(batch.serialized())) {
            database.write(sync ? synced : unsynced, write);
        } catch (RocksDBException e) {
            throw trouble(e);
        } finally {
            inside.decrement();
        }
    }

    @Override
    public void reclaim(Family family) throws StoreTrouble {
        enter();
        try {
            database.compactRange(families[family.number()]);
        } catch (RocksDBException e) {
            throw trouble(e);
        } finally {
            inside.decrement();
        }
    }

    @Override
    public void scrub(Family family, byte[] from, byte[] to) throws StoreTrouble {
        enter();
        // Without force RocksDB may take the lowest level for compacted already.
        try (CompactRangeOptions force = new CompactRangeOptions()) {
            force.setBottommostLevelCompaction(BottommostLevelCompaction.kForce);
            database.compactRange(families[family.number()], from, to, force);
        } catch (RocksDBException e) {
            throw trouble(e);
        } finally {
            inside.decrement();
        }
    }

    @Override
    public void copyTo(Path folder) throws StoreTrouble {
        enter();
        try (Checkpoint checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(folder.toString());
        } catch (RocksDBException e) {
            throw trouble(e);
        } finally {
            inside.decrement();
        }
    }

    private static StoreTrouble trouble(RocksDBException e) {
        Status status = e.getStatus();
        if (status != null && status.getCode() == Status.Code.IOError) {
            String text = String.valueOf(e.getMessage());
            if (status.getSubCode() == Status.SubCode.NoSpace || text.contains("No space")) {
                return new StoreTrouble.DiskLow("no space left on the disk");
            }
        }
        if (status != null && status.getCode() == Status.Code.Corruption) {
            return new StoreTrouble.Damaged("damaged record: " + e.getMessage());
        }
        return new StoreTrouble.NotCommitted(String.valueOf(e.getMessage()), e);
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        if (!isQuiet()) {
            System.getLogger("yubin.store")
                    .log(System.Logger.Level.WARNING, "the store is still read: left open");
            return;
        }
        for (ColumnFamilyHandle family : families) family.close();
        try {
            database.closeE();
        } catch (RocksDBException e) {
            System.getLogger("yubin.store")
                    .log(System.Logger.Level.WARNING, "closing the store: " + e.getMessage());
        }
        close(synced);
        close(unsynced);
        close(reads);
        owned.forEach(RocksKeys::close);
    }

    /// Waits up to two seconds until nobody is inside. What was committed is on disk whether the
    /// engine is closed or not.
    private boolean isQuiet() {
        for (int i = 0; i < 200 && inside.sum() > 0; i++) {
            LockSupport.parkNanos(10_000_000);
        }
        return inside.sum() == 0;
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
