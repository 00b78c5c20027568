package yubin.zones;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import yubin.directory.Directory;
import yubin.dns.RRset;
import yubin.dns.Transfers;
import yubin.dns.Zone;
import yubin.ledger.Counters;
import yubin.mail.Domain;
import yubin.store.Keys;
import yubin.store.Store;

/// All zones that we serve, in step with the directory, the configuration and the certificate.
///
/// A keeper thread looks once a minute, or when told ([#refresh]), whether anything has to change:
/// keys that move on, signatures half over, records. Whatever cannot be done is tried again the
/// next time, and what is served stays as it was.
///
/// The subjects have classes of their own: [ZoneKeys] and [DkimKeys], [Certificates], what a zone
/// holds ([ZoneContent]), zones on their way ([Secondaries]), what the operator orders ([Orders])
/// and sees ([Reports]). All share the [Board].
public final class Zones implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final Duration ASK_EVERY = Duration.ofMinutes(10);

    private static final Counters.Counter SIGNED = Counters.of("dns.zones.versions");

    private final Board board;
    final ZoneKeys zoneKeys;
    final DkimKeys dkim;
    final Certificates certificates;
    final ZoneContent content;
    final Secondaries secondaries;
    private final Orders orders;
    private final Reports reports;

    /// One permit while the keeper has something to do.
    private final Semaphore poked = new Semaphore(0);

    private World world; // guarded by the board's lock, as are the next two
    private Consumer<Collection<Zone>> publisher = _ -> {};
    private Instant askedAt = Instant.EPOCH;
    private volatile boolean closed;
    private Thread keeper;

    private Zones(Board board) {
        this.board = board;
        this.zoneKeys = new ZoneKeys(board);
        this.dkim = new DkimKeys(board);
        this.certificates = new Certificates(board);
        this.content = new ZoneContent(board, dkim, certificates);
        this.secondaries = new Secondaries(board, this::hang, this::poke);
        this.orders = new Orders(board, this);
        this.reports = new Reports(board, this);
    }

    /// Reads all rows and signs; a damaged row parks its zone. Starts no thread.
    ///
    /// @throws IOException when the store cannot be read at all
    public static Zones open(
            Store store, Directory directory, ZoneSettings settings, InstantSource clock)
            throws IOException {
        return open(store.keys(), store.committer()::commit, directory, settings, clock);
    }

    static Zones open(
            Keys keys,
            Board.Writer writer,
            Directory directory,
            ZoneSettings settings,
            InstantSource clock)
            throws IOException {
        Board board = new Board(keys, writer, directory, settings, clock);
        Zones zones = new Zones(board);
        board.lock.lock();
        try {
            board.load();
            board.zones.values().forEach(zones.secondaries::added);
            zones.certificates.load();
            zones.makeAll();
        } finally {
            board.lock.unlock();
        }
        return zones;
    }

    public Orders orders() {
        return orders;
    }

    public Reports reports() {
        return reports;
    }

    /// Who may copy our zones, and what becomes of a NOTIFY.
    public Transfers.Policy policy() {
        return secondaries;
    }

    /// The keys that sign letters of a domain now; empty while none does.
    public List<DkimKey> signing(Domain domain) throws IOException {
        return dkim.signing(domain);
    }

    /// The servers use this public key from now on (SubjectPublicKeyInfo).
    public void certificateUsed(byte[] publicKey) {
        certificates.used(publicKey);
        refresh();
    }

    /// A certificate with this public key is to be used soon: publishes it and says from when on
    /// the servers may use it, so that nobody is left with an old TLSA record alone. RFC 7671.
    public Instant certificateComing(byte[] publicKey) {
        Instant ready = certificates.coming(publicKey);
        refresh();
        return ready;
    }

    /// Publishes what is there and tells the secondaries, then keeps it up until closed.
    public void start(World asked, Consumer<Collection<Zone>> newPublisher) {
        publish(asked, newPublisher);
        // A start makes new versions, and may come after a secondary's own.
        made().forEach(secondaries::tell);
        keeper = Thread.ofVirtual().name("zones").start(this::keep);
    }

    /// The same without a keeper: who calls [#look] keeps it up.
    void publish(World asked, Consumer<Collection<Zone>> newPublisher) {
        board.lock.lock();
        try {
            world = asked;
            publisher = newPublisher;
            hang();
        } finally {
            board.lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        if (keeper == null) return;
        keeper.interrupt();
        try {
            keeper.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Zone> made() {
        board.lock.lock();
        try {
            return board.served();
        } finally {
            board.lock.unlock();
        }
    }

    // ---- making ------------------------------------------------------------------------------

    /// Shows the world all versions that there are now; under the lock.
    void hang() {
        publisher.accept(board.served());
        for (Served zone : board.zones.values()) {
            if (world != null && zone.shownSince == null) zone.shownSince = board.clock.instant();
        }
    }

    /// Makes every zone that changed; returns those.
    private List<Served> makeAll() {
        List<Served> changed = new ArrayList<>();
        List<Domain> domains;
        try {
            domains = board.mailDomains();
        } catch (IOException e) {
            Board.trouble("the list of domains: " + e.getMessage());
            return changed;
        }
        Instant now = board.clock.instant();
        for (Served zone : board.zones.values()) {
            if (zone.row.isSecondary()) continue;
            zone.trouble = null;
            try {
                if (zone.row.isSigned()) zoneKeys.move(zone, now);
                dkim.move(zone, domains, now);
            } catch (IOException e) {
                // The steps are taken when the disk has room again; signatures need none.
                zone.trouble = "keys do not move on: " + e.getMessage();
                Board.trouble("zone " + zone.name().ascii() + ": " + zone.trouble);
            }
            try {
                List<RRset> sets = content.of(zone, domains);
                if (zone.make(sets, serial -> content.soa(zone, serial), now)) {
                    SIGNED.increment();
                    changed.add(zone);
                }
            } catch (RuntimeException e) {
                zone.trouble = "stays as it was: " + e.getMessage();
                Board.trouble("zone " + zone.name().ascii() + " " + zone.trouble);
            }
            if (zone.goodUntil.isBefore(now.plus(Served.ALARM_AT))) {
                zone.trouble = "its signatures run out at " + zone.goodUntil;
                Board.trouble("ALARM: zone " + zone.name().ascii() + ": " + zone.trouble);
            }
        }
        return changed;
    }

    // ---- keeping up --------------------------------------------------------------------------

    private void keep() {
        while (!closed) {
            try {
                look();
            } catch (IOException | RuntimeException e) {
                if (closed) return;
                Board.trouble("zones: " + e);
            }
            try {
                if (poked.tryAcquire(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                    poked.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// Has the keeper look now.
    private void poke() {
        poked.release();
    }

    /// One look at everything, the network included.
    void look() throws IOException {
        List<Domain> mine = new ArrayList<>();
        Instant now = board.clock.instant();
        World asked;
        board.lock.lock();
        try {
            for (Domain domain : board.mailDomains()) {
                if (board.isMadeHere(domain)) mine.add(domain);
            }
            asked = now.isBefore(askedAt.plus(ASK_EVERY)) ? null : world;
            if (asked != null) askedAt = now;
        } finally {
            board.lock.unlock();
        }
        for (Domain domain : mine) {
            try {
                dkim.ensure(domain);
            } catch (IOException e) {
                Board.trouble(e.getMessage());
            }
        }
        secondaries.ask(now);
        if (asked != null) {
            zoneKeys.askParents(asked);
            dkim.askForElsewhere(asked);
        }
        makeAndPublish();
    }

    /// Brings the zones in step now: after a domain was added or removed, or the certificate read.
    public void refresh() {
        makeAndPublish();
        poke();
    }

    private void makeAndPublish() {
        List<Served> changed;
        List<Zone> versions;
        boolean shown;
        board.lock.lock();
        try {
            changed = makeAll();
            boolean gone = secondaries.expire();
            if (changed.isEmpty() && !gone) return;
            hang();
            shown = world != null;
            versions = changed.stream().map(zone -> zone.zone).toList();
        } finally {
            board.lock.unlock();
        }
        if (shown) versions.forEach(secondaries::tell);
    }
}
