package yubin.zones;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import yubin.directory.Administration;
import yubin.directory.Directory;
import yubin.directory.Outcome;
import yubin.dns.Lookup;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.SigningKey;
import yubin.dns.TransferClient;
import yubin.dns.Transfers;
import yubin.dns.TsigKey;
import yubin.dns.Type;
import yubin.dns.Zone;
import yubin.dns.ZoneText;
import yubin.ledger.Counters;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// All zones that we serve, in step with the directory, the configuration and the certificate.
///
/// A keeper thread looks once a minute, or when told ([#refresh]), whether anything has to change:
/// keys that move on, signatures half over, records. Whatever cannot be done is tried again the
/// next time, and what is served stays as it was.
public final class Zones implements Transfers.Policy, AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final Duration ASK_EVERY = Duration.ofMinutes(10);

    /// A TLSA record is in all caches or out of them: TTL, twice, and the way to the secondaries.
    static final Duration TLSA_SEEN = Duration.ofMinutes(15);

    private static final Duration TLSA_FORGOTTEN = Duration.ofHours(2);

    private static final Counters.Counter SIGNED = Counters.of("dns.zones.versions");
    private static final Counters.Counter TROUBLES = Counters.of("dns.zones.troubles");

    private static final System.Logger LOG = System.getLogger("yubin.zones");

    /// Writes a batch and returns when it is on disk, as `Committer.commit` does.
    interface Writer {
        void commit(Batch batch) throws StoreTrouble;
    }

    private final Keys keys;
    private final Writer writer;
    private final Directory directory;
    private final ZoneSettings settings;
    private final InstantSource clock;

    private final ReentrantLock lock = new ReentrantLock();

    /// One permit while the keeper has something to do.
    private final Semaphore poked = new Semaphore(0);

    /// Of the zones that we are a secondary of: read by the threads that must not wait.
    private final Map<Name, InetAddress> primaries = new ConcurrentHashMap<>();

    /// Those whose primary has told of a change since the keeper looked.
    private final Set<Name> told = ConcurrentHashMap.newKeySet();

    // The rest is guarded by lock.
    private final Map<Domain, Served> zones = new TreeMap<>();
    private final Map<Domain, String> parked = new TreeMap<>();
    private final Map<Domain, List<DkimKey>> dkim = new HashMap<>();

    /// When the DKIM key of a zone elsewhere was first seen there; a restart begins anew.
    private final Map<Name, Instant> seenSince = new HashMap<>();

    private List<Rows.Certificate> certificates = new ArrayList<>();
    private byte[] certificate;
    private World world;
    private Consumer<Collection<Zone>> publisher = _ -> {};
    private volatile boolean closed;
    private Instant askedAt = Instant.EPOCH;
    private Thread keeper;

    private Zones(
            Keys keys,
            Writer writer,
            Directory directory,
            ZoneSettings settings,
            InstantSource clock) {
        this.keys = keys;
        this.writer = writer;
        this.directory = directory;
        this.settings = settings;
        this.clock = clock;
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
            Writer writer,
            Directory directory,
            ZoneSettings settings,
            InstantSource clock)
            throws IOException {
        Zones zones = new Zones(keys, writer, directory, settings, clock);
        zones.lock.lock();
        try {
            zones.load();
            zones.makeAll();
        } finally {
            zones.lock.unlock();
        }
        return zones;
    }

    /// Publishes what is there and tells the secondaries, then keeps it up until closed.
    public void start(World asked, Consumer<Collection<Zone>> newPublisher) {
        publish(asked, newPublisher);
        tellOfAll();
        keeper = Thread.ofVirtual().name("zones").start(this::keep);
    }

    /// The same without a keeper: who calls [#look] keeps it up.
    void publish(World asked, Consumer<Collection<Zone>> newPublisher) {
        lock.lock();
        try {
            world = asked;
            publisher = newPublisher;
            hang();
        } finally {
            lock.unlock();
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

    // ---- reading -----------------------------------------------------------------------------

    private void load() throws IOException {
        List<Domain> names = new ArrayList<>();
        Rows.scan(
                keys,
                Kind.ZONE.key(0, 0),
                (key, value) -> {
                    String text =
                            new String(
                                    key,
                                    9,
                                    key.length - 9,
                                    java.nio.charset.StandardCharsets.UTF_8);
                    Domain.parse(text)
                            .ifPresentOrElse(
                                    names::add,
                                    () ->
                                            LOG.log(
                                                    System.Logger.Level.ERROR,
                                                    "zone row {0}: no name",
                                                    text));
                });
        for (Domain name : names) load(name);
        try {
            certificates = Rows.readCertificates(keys);
            certificate = lastUsed(certificates);
        } catch (Octets.Malformed e) {
            // They only say what else to publish for a while.
            LOG.log(System.Logger.Level.ERROR, "rows of certificates: {0}", e.getMessage());
        }
    }

    /// What the servers use until they say so themselves; null when they never did.
    private static byte[] lastUsed(List<Rows.Certificate> known) {
        Rows.Certificate last = null;
        for (Rows.Certificate each : known) {
            if (each.used().equals(Instant.EPOCH)) continue;
            if (last == null || each.used().isAfter(last.used())) last = each;
        }
        return last == null ? null : last.hash();
    }

    private void load(Domain name) throws IOException {
        try {
            byte[] value = keys.get(Family.RECORDS, Rows.zoneKey(name));
            Served zone = new Served(Rows.readZone(name, value));
            zone.records = Rows.readRecords(keys.get(Family.RECORDS, Rows.recordsKey(name)));
            zone.keys = Rows.readKeys(keys, name);
            if (zone.row.isSecondary()) restore(zone);
            else zone.own = own(zone.records.text(), name);
            put(zone);
        } catch (Octets.Malformed e) {
            park(name, e.getMessage());
        }
    }

    private void put(Served zone) {
        zones.put(zone.name(), zone);
        if (zone.row.isSecondary()) primaries.put(zone.origin, primary(zone.row).getAddress());
    }

    private static List<RRset> own(String text, Domain zone) {
        return switch (OwnRecords.read(text, zone)) {
            case OwnRecords.Reading.Good(var sets, _) -> sets;
            case OwnRecords.Reading.Bad(var line, var why) ->
                    throw new Octets.Malformed("records, line " + line + ": " + why);
        };
    }

    private void park(Domain name, String why) {
        TROUBLES.increment();
        parked.put(name, why);
        LOG.log(
                System.Logger.Level.ERROR,
                "zone {0} is parked, its rows are damaged: {1}",
                name.ascii(),
                why);
    }

    private static void restore(Served zone) {
        if (zone.records.text().isEmpty()) return;
        try {
            zone.zone = Zone.parse(zone.origin, zone.records.text());
        } catch (IllegalArgumentException e) {
            throw new Octets.Malformed(e.getMessage());
        }
    }

    // ---- making ------------------------------------------------------------------------------

    /// What can be served, in any order.
    private List<Zone> served() {
        List<Zone> list = new ArrayList<>();
        for (Served zone : zones.values()) if (zone.zone != null) list.add(zone.zone);
        return list;
    }

    /// Shows the world all versions that there are now.
    private void hang() {
        publisher.accept(served());
        for (Served zone : zones.values()) {
            if (world != null && zone.shownSince == null) zone.shownSince = clock.instant();
        }
    }

    /// The zone of ours that a name lies in, the closest; null when none is.
    private Served closest(Domain domain) {
        for (Name at = Name.of(domain.ascii()); !at.isRoot(); at = at.parent()) {
            Served zone = Domain.parse(at.host()).map(zones::get).orElse(null);
            if (zone != null) return zone;
        }
        return null;
    }

    private List<Domain> mailDomains() throws IOException {
        List<Domain> domains = new ArrayList<>();
        for (Administration.DomainEntry entry : directory.administration().domains()) {
            domains.add(entry.domain());
        }
        return domains;
    }

    /// Makes every zone that changed; returns those.
    private List<Served> makeAll() {
        List<Served> changed = new ArrayList<>();
        List<Domain> domains;
        try {
            domains = mailDomains();
        } catch (IOException e) {
            trouble("the list of domains: " + e.getMessage());
            return changed;
        }
        Instant now = clock.instant();
        for (Served zone : zones.values()) {
            if (zone.row.isSecondary()) continue;
            zone.trouble = null;
            try {
                if (zone.row.isSigned()) moveKeys(zone, now);
                moveDkim(zone, domains, now);
            } catch (IOException e) {
                // The steps are taken when the disk has room again; signatures need none.
                zone.trouble = "keys do not move on: " + e.getMessage();
                trouble("zone " + zone.name().ascii() + ": " + zone.trouble);
            }
            try {
                List<RRset> sets = content(zone, domains);
                if (zone.make(sets, serial -> soa(zone, serial), now)) {
                    SIGNED.increment();
                    changed.add(zone);
                }
            } catch (RuntimeException e) {
                zone.trouble = "stays as it was: " + e.getMessage();
                trouble("zone " + zone.name().ascii() + " " + zone.trouble);
            }
            if (zone.goodUntil.isBefore(now.plus(Served.ALARM_AT))) {
                zone.trouble = "its signatures run out at " + zone.goodUntil;
                trouble("ALARM: zone " + zone.name().ascii() + ": " + zone.trouble);
            }
        }
        return changed;
    }

    private static void trouble(String text) {
        TROUBLES.increment();
        LOG.log(System.Logger.Level.ERROR, "{0}", text);
    }

    private RRset soa(Served zone, long serial) {
        return Plan.apex(settings, zone.name(), serial).getFirst().set();
    }

    private List<RRset> content(Served zone, List<Domain> domains) {
        List<Wanted> wantedRecords = new ArrayList<>();
        List<Wanted> apex = Plan.apex(settings, zone.name(), 0);
        wantedRecords.addAll(apex.subList(1, apex.size()));
        for (Domain domain : domains) {
            if (closest(domain) != zone) continue;
            List<DkimKey> visible =
                    dkim.getOrDefault(domain, List.of()).stream()
                            .filter(DkimKey::isVisible)
                            .toList();
            wantedRecords.addAll(Plan.domain(settings, domain, visible));
        }
        Domain host = settings.hostname();
        if (closest(host) == zone) {
            List<byte[]> hashes = zone.row.isSigned() ? tlsa() : List.of();
            wantedRecords.addAll(Plan.host(settings, domains.contains(host), hashes));
        }
        List<RRset> sets = OwnRecords.merge(wantedRecords, zone.own, zone.origin);
        for (Served child : zones.values()) {
            boolean below =
                    child != zone
                            && child.origin.isUnder(zone.origin)
                            && closest(parentOf(child)) == zone;
            if (below) delegate(child, sets);
        }
        return sets;
    }

    private static Domain parentOf(Served zone) {
        return Domain.parse(zone.origin.parent().host()).orElse(zone.name());
    }

    /// A zone of ours below another one needs its delegation there.
    private void delegate(Served child, List<RRset> sets) {
        for (RRset set : sets) {
            if (set.type() == Type.NS && set.owner().equals(child.origin)) return;
        }
        sets.removeIf(set -> set.owner().isUnder(child.origin) && set.type() != Type.DS);
        List<byte[]> servers = new ArrayList<>();
        for (Wanted each : Plan.apex(settings, child.name(), 0)) {
            if (each.set().type() == Type.NS) servers.add(each.set().rdata().getFirst());
            if (each.set().type() == Type.A || each.set().type() == Type.AAAA) sets.add(each.set());
        }
        sets.add(new RRset(child.origin, Type.NS, Plan.TTL, servers));
        ZoneKey asked = ZoneKey.asked(child.keys);
        if (asked != null) {
            sets.add(
                    new RRset(
                            child.origin,
                            Type.DS,
                            Plan.TTL,
                            List.of(asked.key().ds(child.origin))));
        }
    }

    /// Takes a step for a zone's keys; a first or a further key is made here, in a millisecond.
    private void moveKeys(Served zone, Instant now) throws StoreTrouble {
        List<ZoneKey> next =
                ZoneKey.advance(
                        zone.keys,
                        now,
                        zone.isShownFor(zone.longestTtl().plus(ZoneKey.PROPAGATION), now),
                        zone.longestTtl(),
                        zone.parent,
                        key -> zone.dsText(key));
        if (ZoneKey.wantsNew(next, now, settings.keyAge())) {
            next = with(next, newKey(zone, next, now));
            LOG.log(System.Logger.Level.INFO, "zone {0}: a new key", zone.name().ascii());
        }
        keep(zone, next);
    }

    private static List<ZoneKey> with(List<ZoneKey> keys, ZoneKey more) {
        List<ZoneKey> all = new ArrayList<>(keys);
        all.add(more);
        return all;
    }

    /// RFC 4034 Appendix B: key tags are no names, yet two keys of one tag make others work twice.
    private static ZoneKey newKey(Served zone, List<ZoneKey> known, Instant now) {
        Set<Integer> tags = new HashSet<>();
        long number = 1;
        for (ZoneKey key : known) {
            tags.add(key.key().tag());
            number = Math.max(number, key.number() + 1);
        }
        SigningKey made;
        do made = SigningKey.generate(zone.row.algorithm());
        while (tags.contains(made.tag()));
        return new ZoneKey(number, made, ZoneKey.State.FRESH, now, now);
    }

    /// One commit for all steps; what is in memory follows the disk.
    private void keep(Served zone, List<ZoneKey> next) throws StoreTrouble {
        if (next.equals(zone.keys)) return;
        Batch batch = new Batch();
        for (ZoneKey key : zone.keys) {
            boolean stays = next.stream().anyMatch(other -> other.number() == key.number());
            if (!stays) batch.delete(Rows.keyKey(zone.name(), key.number()));
        }
        for (ZoneKey key : next) {
            if (!zone.keys.contains(key)) {
                batch.put(Rows.keyKey(zone.name(), key.number()), Rows.key(key));
                LOG.log(System.Logger.Level.INFO, "zone {0}: key {1}", zone.name().ascii(), key);
            }
        }
        writer.commit(batch);
        zone.keys = next;
    }

    private void moveDkim(Served zone, List<Domain> domains, Instant now) throws IOException {
        boolean shown = zone.isShownFor(DkimKey.SEEN_BY_ALL, now);
        for (Domain domain : domains) {
            if (closest(domain) != zone) continue;
            List<DkimKey> known = dkimOf(domain);
            // In two commits: known on disk as published before it is, so that it never vanishes.
            keepDkim(domain, known, DkimKey.advance(known, now, _ -> shown));
        }
    }

    private List<DkimKey> dkimOf(Domain domain) throws IOException {
        List<DkimKey> known = dkim.get(domain);
        if (known != null) return known;
        try {
            known = Rows.readDkim(keys, domain);
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged(
                    "DKIM keys of " + domain.ascii() + ": " + e.getMessage());
        }
        dkim.put(domain, known);
        return known;
    }

    private void keepDkim(Domain domain, List<DkimKey> old, List<DkimKey> keys)
            throws StoreTrouble {
        List<DkimKey> next = keys.stream().sorted(Comparator.comparing(DkimKey::selector)).toList();
        if (next.equals(old)) return;
        Batch batch = new Batch();
        for (DkimKey key : old) {
            boolean stays = next.stream().anyMatch(k -> k.selector().equals(key.selector()));
            if (!stays) batch.delete(Rows.dkimKey(domain, key.selector()));
        }
        for (DkimKey key : next) {
            if (old.contains(key)) continue;
            batch.put(Rows.dkimKey(domain, key.selector()), Rows.dkim(key));
            LOG.log(System.Logger.Level.INFO, "DKIM key {0}", key);
        }
        writer.commit(batch);
        dkim.put(domain, next);
    }

    /// Makes DKIM keys where there are none or only old ones: outside the lock, since RSA takes a
    /// part of a second.
    private void ensureDkim(Domain domain) throws IOException {
        List<DkimKey> keys;
        lock.lock();
        try {
            keys = dkimOf(domain);
        } finally {
            lock.unlock();
        }
        Instant now = clock.instant();
        if (!DkimKey.wantsNew(keys, now)) return;
        List<DkimKey> made =
                DkimKey.generate(domain, now, keys.stream().map(DkimKey::selector).toList());
        lock.lock();
        try {
            List<DkimKey> known = dkimOf(domain);
            if (!DkimKey.wantsNew(known, now)) return;
            List<DkimKey> all = new ArrayList<>(known);
            all.addAll(made);
            keepDkim(domain, known, all);
        } finally {
            lock.unlock();
        }
    }

    // ---- keeping up --------------------------------------------------------------------------

    private void keep() {
        while (!closed) {
            try {
                look();
            } catch (IOException | RuntimeException e) {
                if (closed) return;
                trouble("zones: " + e);
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
        List<Served> due = new ArrayList<>();
        boolean ask;
        Instant now = clock.instant();
        lock.lock();
        try {
            for (Domain domain : mailDomains()) if (isMadeHere(domain)) mine.add(domain);
            for (Served zone : zones.values()) {
                if (!zone.row.isSecondary() || zone.asking) continue;
                // Told while asking: asked again right after.
                boolean notified = told.remove(zone.origin);
                if (!notified && now.isBefore(zone.nextTry)) continue;
                zone.asking = true;
                due.add(zone);
            }
            ask = world != null && !now.isBefore(askedAt.plus(ASK_EVERY));
            if (ask) askedAt = now;
        } finally {
            lock.unlock();
        }
        for (Domain domain : mine) ensureDkim(domain);
        for (Served zone : due) {
            Thread.ofVirtual().name("zone-transfer").start(() -> fetch(zone));
        }
        if (ask) askParents();
        if (ask) askForDkim();
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
        lock.lock();
        try {
            changed = makeAll();
            boolean gone = expire();
            if (changed.isEmpty() && !gone) return;
            hang();
            versions = changed.stream().map(zone -> zone.zone).toList();
        } finally {
            lock.unlock();
        }
        if (world != null) versions.forEach(this::tellSecondaries);
    }

    /// A start makes new versions, and may come after a secondary's own.
    private void tellOfAll() {
        List<Zone> versions;
        lock.lock();
        try {
            versions = served();
        } finally {
            lock.unlock();
        }
        versions.forEach(this::tellSecondaries);
    }

    private void tellSecondaries(Zone zone) {
        for (ZoneSettings.Secondary secondary : settings.secondaries()) {
            TransferClient client =
                    new TransferClient(
                            zone.origin(),
                            secondary.address(),
                            secondary.keyName() == null ? null : settings.key(secondary.keyName()),
                            clock);
            Thread.ofVirtual()
                    .name("zone-notify")
                    .start(
                            () -> {
                                if (client.tell(zone)) return;
                                LOG.log(
                                        System.Logger.Level.WARNING,
                                        "secondary {0} does not answer NOTIFY for {1}",
                                        secondary.address(),
                                        zone.origin());
                            });
        }
    }

    private void askParents() {
        List<Served> asked;
        lock.lock();
        try {
            asked = zones.values().stream().filter(zone -> zone.row.isSigned()).toList();
        } finally {
            lock.unlock();
        }
        for (Served zone : asked) {
            Set<String> found = parentsDs(world, zone.origin);
            lock.lock();
            try {
                zone.parent = found;
            } finally {
                lock.unlock();
            }
        }
    }

    /// DS records at the parent as text; null when nobody knows: what is not proven anybody may
    /// have said, and must not move keys.
    private static Set<String> parentsDs(World asked, Name origin) {
        return switch (asked.rrset(origin, Type.DS)) {
            case Lookup.Answer<RRset>(var set, var secure, _) -> {
                if (!secure) yield null;
                Set<String> found = new HashSet<>();
                for (byte[] rdata : set.rdata()) found.add(ZoneText.rdata(Type.DS, rdata));
                yield found;
            }
            case Lookup.NoData<RRset>(var secure) -> secure ? Set.of() : null;
            case Lookup.NxDomain<RRset>(var secure) -> secure ? Set.of() : null;
            case Lookup.Bogus<RRset> _, Lookup.Unavailable<RRset> _ -> null;
        };
    }

    // ---- DKIM keys of domains whose zones lie elsewhere -------------------------------------

    /// True when the zone of a domain is made by us.
    private boolean isMadeHere(Domain domain) {
        Served zone = closest(domain);
        return zone != null && !zone.row.isSecondary();
    }

    /// Looks whether the keys that somebody pasted elsewhere can be seen, and moves them on.
    private void askForDkim() {
        Map<Domain, List<DkimKey>> shown = new HashMap<>();
        lock.lock();
        try {
            for (Domain domain : mailDomains()) {
                if (isMadeHere(domain)) continue;
                List<DkimKey> visible = visible(domain);
                if (!visible.isEmpty()) shown.put(domain, visible);
            }
        } catch (IOException e) {
            trouble("DKIM keys of zones elsewhere: " + e.getMessage());
        } finally {
            lock.unlock();
        }
        shown.forEach(
                (domain, keys) -> {
                    Map<DkimKey, Lookup<RRset>> answers = new HashMap<>();
                    for (DkimKey key : keys) {
                        answers.put(key, world.rrset(key.owner(), Type.TXT));
                    }
                    moveElsewhere(domain, answers);
                });
    }

    private List<DkimKey> visible(Domain domain) throws IOException {
        return dkimOf(domain).stream().filter(DkimKey::isVisible).toList();
    }

    private void moveElsewhere(Domain domain, Map<DkimKey, Lookup<RRset>> answers) {
        lock.lock();
        try {
            Instant now = clock.instant();
            answers.forEach(
                    (key, answer) -> {
                        switch (answer) {
                            case Lookup.Answer<RRset>(var set, _, _) -> {
                                if (key.isIn(set)) seenSince.putIfAbsent(key.owner(), now);
                                else seenSince.remove(key.owner());
                            }
                            case Lookup.NoData<RRset> _, Lookup.NxDomain<RRset> _ ->
                                    seenSince.remove(key.owner());
                            case Lookup.Bogus<RRset> _, Lookup.Unavailable<RRset> _ -> {}
                        }
                    });
            List<DkimKey> known = dkimOf(domain);
            List<DkimKey> next =
                    new ArrayList<>(DkimKey.advance(visible(domain), now, this::isOld));
            for (DkimKey key : known) if (!key.isVisible()) next.add(key);
            keepDkim(domain, known, next);
        } catch (IOException e) {
            trouble("DKIM keys of " + domain.ascii() + " do not move on: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /// Whether a key has been seen for so long that nobody remembers its absence.
    private boolean isOld(DkimKey key) {
        Instant since = seenSince.get(key.owner());
        return since != null && !clock.instant().isBefore(since.plus(DkimKey.SEEN_BY_ALL));
    }

    // ---- being a secondary -------------------------------------------------------------------

    /// RFC 1035 §3.3.13: what nobody confirmed for the time of the SOA's expire is not served.
    private boolean expire() {
        boolean gone = false;
        Instant now = clock.instant();
        for (Served zone : zones.values()) {
            if (!zone.row.isSecondary() || zone.zone == null) continue;
            Instant checked = Instant.ofEpochMilli(zone.records.checked());
            if (now.isBefore(checked.plusSeconds(zone.soa(3)))) continue;
            zone.zone = null;
            zone.trouble = "expired: its primary has not answered since " + checked;
            trouble("zone " + zone.name().ascii() + " " + zone.trouble);
            gone = true;
        }
        return gone;
    }

    private void fetch(Served zone) {
        Zone current;
        lock.lock();
        try {
            current = zone.zone;
        } finally {
            lock.unlock();
        }
        String keyName = zone.row.primaryKey();
        TsigKey key = keyName == null ? null : settings.key(keyName);
        TransferClient.Outcome outcome;
        try {
            outcome =
                    keyName != null && key == null
                            ? new TransferClient.Outcome.Failed(
                                    "dns.tsig-keys has no key \"" + keyName + "\"")
                            : new TransferClient(zone.origin, primary(zone.row), key, clock)
                                    .fetch(current);
        } catch (RuntimeException e) {
            outcome = new TransferClient.Outcome.Failed("our own mistake: " + e);
        }
        lock.lock();
        try {
            zone.asking = false;
            if (zones.get(zone.name()) == zone) fetched(zone, outcome);
        } finally {
            lock.unlock();
        }
        if (told.contains(zone.origin)) poke();
    }

    private void fetched(Served zone, TransferClient.Outcome outcome) {
        Instant now = clock.instant();
        long retry = zone.zone == null ? 300 : zone.soa(2);
        switch (outcome) {
            case TransferClient.Outcome.Failed(var why) -> {
                zone.trouble = why;
                LOG.log(System.Logger.Level.WARNING, "zone {0}: {1}", zone.name().ascii(), why);
            }
            case TransferClient.Outcome.UpToDate _ -> {
                zone.trouble = null;
                zone.records = new Rows.Records(now.toEpochMilli(), zone.records.text());
                keepCopy(zone);
                retry = zone.soa(1);
            }
            case TransferClient.Outcome.Newer(var records, _) -> {
                try {
                    zone.zone = Zone.of(zone.origin, records);
                    zone.trouble = null;
                    zone.records = new Rows.Records(now.toEpochMilli(), ZoneText.write(records));
                    keepCopy(zone);
                    hang();
                    retry = zone.soa(1);
                } catch (IllegalArgumentException e) {
                    zone.trouble = "its primary sent no zone: " + e.getMessage();
                    trouble("zone " + zone.name().ascii() + ": " + zone.trouble);
                }
            }
        }
        zone.nextTry = now.plusSeconds(Math.clamp(retry, 30, 86_400));
    }

    /// For the next start; without a disk the copy in memory goes on.
    private void keepCopy(Served zone) {
        try {
            writer.commit(
                    new Batch().put(Rows.recordsKey(zone.name()), Rows.records(zone.records)));
        } catch (StoreTrouble e) {
            trouble("zone " + zone.name().ascii() + " is not kept: " + e.getMessage());
        }
    }

    private static InetSocketAddress primary(ZoneRow row) {
        return address(row.primary())
                .orElseThrow(() -> new IllegalStateException("primary " + row.primary()));
    }

    /// Reads `address[@port]`.
    public static Optional<InetSocketAddress> address(String text) {
        int at = text.indexOf('@');
        try {
            int port = at < 0 ? 53 : Integer.parseInt(text.substring(at + 1));
            if (port < 1 || port > 65_535) return Optional.empty();
            InetAddress host = InetAddress.ofLiteral(at < 0 ? text : text.substring(0, at));
            return Optional.of(new InetSocketAddress(host, port));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean mayTransfer(Name zone, InetAddress client, Name key) {
        for (ZoneSettings.Secondary secondary : settings.secondaries()) {
            if (!secondary.address().getAddress().equals(client)) continue;
            if (secondary.keyName() == null) return true;
            if (key != null && key.host().equalsIgnoreCase(secondary.keyName())) return true;
        }
        return false;
    }

    @Override
    public boolean notified(Name name, InetAddress server, Name key) {
        InetAddress primary = primaries.get(name);
        if (primary == null || !primary.equals(server)) return false;
        told.add(name);
        poke();
        return true;
    }

    // ---- what the operator orders ------------------------------------------------------------

    private interface Work {
        String run() throws IOException, Refusal;
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Outcome.Refused outcome;

        Refusal(Outcome.Why why, String text) {
            super(text, null, false, false);
            this.outcome = new Outcome.Refused(why, text);
        }
    }

    private Outcome locked(Work work) {
        lock.lock();
        try {
            return new Outcome.Ok(work.run());
        } catch (Refusal e) {
            return e.outcome;
        } catch (IOException e) {
            return new Outcome.Refused(Outcome.Why.TROUBLE, e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private static Domain domain(String text) throws Refusal {
        return Domain.parse(text)
                .filter(domain -> !domain.isLiteral())
                .orElseThrow(() -> new Refusal(Outcome.Why.BAD, "\"" + text + "\" is no domain"));
    }

    private Served zone(String text) throws Refusal {
        Domain name = domain(text);
        Served zone = zones.get(name);
        if (zone != null) return zone;
        String damaged = parked.get(name);
        throw damaged != null
                ? new Refusal(
                        Outcome.Why.TROUBLE, "zone " + name.ascii() + " is parked: " + damaged)
                : new Refusal(Outcome.Why.MISSING, "we do not serve a zone " + name.unicode());
    }

    /// What an order may choose.
    ///
    /// @param chain "nsec", "nsec3" or "unsigned"
    /// @param algorithm "ecdsap256" or "ed25519"
    /// @param primary `address[@port]`: be a secondary of it; null: the zone is ours
    /// @param key name of a TSIG key for the primary; null: none
    public record Choice(String chain, String algorithm, String primary, String key) {
        public static final Choice USUAL = new Choice("nsec", "ecdsap256", null, null);
    }

    public Outcome add(String name, Choice choice) {
        Outcome outcome = locked(() -> adding(name, choice));
        if (outcome instanceof Outcome.Ok) {
            try {
                if (choice.primary == null) prepareDkim(name);
            } catch (IOException e) {
                trouble("DKIM keys of " + name + " come later: " + e.getMessage());
            }
            refresh();
        }
        return outcome;
    }

    private void prepareDkim(String zone) throws IOException {
        List<Domain> inside = new ArrayList<>();
        lock.lock();
        try {
            Served served = zones.get(Domain.of(zone));
            for (Domain domain : mailDomains()) if (closest(domain) == served) inside.add(domain);
        } finally {
            lock.unlock();
        }
        for (Domain domain : inside) ensureDkim(domain);
    }

    private String adding(String text, Choice choice) throws IOException, Refusal {
        Domain name = domain(text);
        if (zones.containsKey(name)) {
            throw new Refusal(Outcome.Why.EXISTS, "zone " + name.unicode() + " exists");
        }
        if (parked.containsKey(name)) throw new Refusal(Outcome.Why.EXISTS, parked.get(name));
        ZoneRow row = row(name, choice);
        Served zone = new Served(row);
        byte[] key = Rows.zoneKey(name);
        Batch batch = new Batch().require(key, null).put(key, Rows.zone(row));
        Instant now = clock.instant();
        if (row.isSigned()) {
            zone.keys = List.of(newKey(zone, List.of(), now));
            for (ZoneKey made : zone.keys) {
                batch.put(Rows.keyKey(name, made.number()), Rows.key(made));
            }
        }
        writer.commit(batch);
        put(zone);
        if (row.isSecondary()) {
            return "zone " + name.unicode() + " will be copied from " + row.primary();
        }
        return added(row);
    }

    /// What was done, and what is left to do.
    private String added(ZoneRow row) throws IOException {
        String name = row.name().unicode();
        StringBuilder text = new StringBuilder("zone " + name + " added");
        if (!directory.isLocal(row.name())) text.append("; it is no mail domain of ours yet");
        if (settings.addresses().isEmpty()) {
            text.append("; dns.addresses is empty, so it says nowhere where we are");
        }
        String servers =
                String.join(", ", settings.nameServers().stream().map(Domain::ascii).toList());
        text.append("; have the registrar delegate it to ").append(servers);
        if (row.isSigned())
            text.append(", with the DS that `yubin dns keys ").append(name).append("` shows");
        return text.toString();
    }

    private ZoneRow row(Domain name, Choice choice) throws Refusal {
        ZoneRow.Chain chain =
                switch (choice.chain) {
                    case "nsec" -> ZoneRow.Chain.NSEC;
                    case "nsec3" -> ZoneRow.Chain.NSEC3;
                    case "unsigned" -> ZoneRow.Chain.UNSIGNED;
                    default ->
                            throw new Refusal(
                                    Outcome.Why.BAD, "chain: nsec, nsec3 or unsigned expected");
                };
        int algorithm =
                switch (choice.algorithm) {
                    case "ecdsap256" -> SigningKey.ECDSAP256;
                    case "ed25519" -> SigningKey.ED25519;
                    default ->
                            throw new Refusal(
                                    Outcome.Why.BAD, "algorithm: ecdsap256 or ed25519 expected");
                };
        if (choice.primary != null) {
            chain = ZoneRow.Chain.UNSIGNED;
            if (address(choice.primary).isEmpty()) {
                throw new Refusal(
                        Outcome.Why.BAD, "\"" + choice.primary + "\" is no address[@port]");
            }
            if (choice.key != null && settings.key(choice.key) == null) {
                throw new Refusal(
                        Outcome.Why.MISSING, "dns.tsig-keys has no key \"" + choice.key + "\"");
            }
        }
        return new ZoneRow(name, chain, algorithm, choice.primary, choice.key, clock.instant());
    }

    /// Stops serving a zone and forgets its keys, damaged rows included.
    public Outcome remove(String text) {
        Outcome outcome =
                locked(
                        () -> {
                            Domain name = domain(text);
                            if (!parked.containsKey(name)) zone(text);
                            Batch batch = new Batch();
                            batch.delete(Rows.zoneKey(name)).delete(Rows.recordsKey(name));
                            byte[] from = Rows.keysOf(Kind.ZONE_KEY, name);
                            batch.deleteRange(Family.RECORDS, from, Kind.after(from));
                            writer.commit(batch);
                            zones.remove(name);
                            primaries.remove(Name.of(name.ascii()));
                            told.remove(Name.of(name.ascii()));
                            parked.remove(name);
                            hang();
                            return "zone "
                                    + name.unicode()
                                    + " removed; if the parent still has its DS, have it removed";
                        });
        refresh();
        return outcome;
    }

    /// What was imported, and what was left out.
    public record Imported(int records, List<String> notes) {}

    /// Replaces the operator's own records of a zone by those of a zone file.
    ///
    /// @param taken gets what was done when the outcome is good
    public Outcome importRecords(String name, String text, Consumer<Imported> taken) {
        Outcome outcome = locked(() -> importing(name, text, taken));
        if (outcome instanceof Outcome.Ok) refresh();
        return outcome;
    }

    private String importing(String name, String text, Consumer<Imported> taken)
            throws IOException, Refusal {
        Served zone = zone(name);
        if (zone.row.isSecondary()) {
            throw new Refusal(Outcome.Why.BAD, "the zone is copied from " + zone.row.primary());
        }
        return switch (OwnRecords.read(text, zone.name())) {
            case OwnRecords.Reading.Bad(var line, var why) ->
                    throw new Refusal(
                            Outcome.Why.BAD, line == 0 ? why : "line " + line + ": " + why);
            case OwnRecords.Reading.Good(var sets, var notes) -> {
                List<RRset> before = zone.own;
                zone.own = sets;
                List<RRset> all = content(zone, mailDomains());
                all.add(soa(zone, 1));
                String fault = OwnRecords.fault(zone.origin, all);
                zone.own = before;
                if (fault != null) throw new Refusal(Outcome.Why.BAD, fault);
                Rows.Records records = new Rows.Records(0, ZoneText.write(sets));
                writer.commit(new Batch().put(Rows.recordsKey(zone.name()), Rows.records(records)));
                zone.own = sets;
                zone.records = records;
                int count = sets.stream().mapToInt(set -> set.rdata().size()).sum();
                taken.accept(new Imported(count, notes));
                yield count + " records of your own are in the zone " + zone.name().unicode();
            }
        };
    }

    /// A new key for a zone, now; it replaces the old one step by step.
    public Outcome roll(String name) {
        Outcome outcome =
                locked(
                        () -> {
                            Served zone = zone(name);
                            if (!zone.row.isSigned()) {
                                throw new Refusal(Outcome.Why.BAD, "the zone is not signed");
                            }
                            boolean busy =
                                    zone.keys.stream()
                                            .anyMatch(
                                                    key ->
                                                            key.state() == ZoneKey.State.FRESH
                                                                    || key.state()
                                                                            == ZoneKey.State.READY);
                            if (busy) {
                                throw new Refusal(
                                        Outcome.Why.EXISTS, "a new key is on its way already");
                            }
                            ZoneKey made = newKey(zone, zone.keys, clock.instant());
                            keep(zone, with(zone.keys, made));
                            return "key " + made.key().tag() + " made";
                        });
        if (outcome instanceof Outcome.Ok) refresh();
        return outcome;
    }

    // ---- what the operator sees --------------------------------------------------------------

    /// @param state "served", or what is wrong
    public record Summary(
            Domain name,
            String kind,
            String chain,
            long serial,
            int records,
            Instant signedUntil,
            String state) {}

    public List<Summary> list() {
        lock.lock();
        try {
            List<Summary> list = new ArrayList<>();
            for (Served zone : zones.values()) list.add(summary(zone));
            parked.forEach(
                    (name, why) ->
                            list.add(
                                    new Summary(
                                            name, "parked", "", 0, 0, null, "damaged: " + why)));
            return list;
        } finally {
            lock.unlock();
        }
    }

    private static Summary summary(Served zone) {
        int records = 0;
        if (zone.zone != null) for (RRset set : zone.zone.records()) records += set.rdata().size();
        return new Summary(
                zone.name(),
                zone.row.isSecondary() ? "secondary of " + zone.row.primary() : "primary",
                zone.row.isSecondary()
                        ? ""
                        : zone.row.chain().name().toLowerCase(java.util.Locale.ROOT),
                zone.zone == null ? 0 : zone.zone.serial(),
                records,
                zone.row.isSigned() ? zone.goodUntil : null,
                zone.trouble != null
                        ? zone.trouble
                        : zone.zone == null ? "not here yet" : "served");
    }

    /// The zone as it is served, as a zone file; empty with no such zone.
    public Optional<String> export(String name) {
        return records(name, true);
    }

    /// The same without what DNSSEC adds.
    public Optional<String> show(String name) {
        return records(name, false);
    }

    private Optional<String> records(String name, boolean signatures) {
        lock.lock();
        try {
            Served zone = Domain.parse(name).map(zones::get).orElse(null);
            if (zone == null || zone.zone == null) return Optional.empty();
            List<RRset> sets = new ArrayList<>();
            for (RRset set : zone.zone.records()) {
                if (signatures) sets.add(set);
                else if (!isProof(set.type())) {
                    sets.add(new RRset(set.owner(), set.type(), set.ttl(), set.rdata()));
                }
            }
            return Optional.of(ZoneText.write(sets));
        } finally {
            lock.unlock();
        }
    }

    private static boolean isProof(int type) {
        return type == Type.NSEC || type == Type.NSEC3 || type == Type.NSEC3PARAM;
    }

    /// A key of a zone or of its letters.
    ///
    /// @param use "DNSSEC" or "DKIM"
    /// @param name key tag or selector
    /// @param record the DS for the parent, or the TXT record's whole text
    /// @param words what it waits for
    public record KeyInfo(
            String use,
            String name,
            String algorithm,
            String state,
            Instant since,
            String record,
            String words) {}

    /// The keys of a domain, or empty when it is neither a zone nor a mail domain of ours.
    ///
    /// @param asked the parent is asked through it
    public Optional<List<KeyInfo>> keys(String text, World asked) throws IOException {
        Domain domain = Domain.parse(text).orElse(null);
        if (domain == null) return Optional.empty();
        Served zone;
        boolean local = directory.isLocal(domain);
        lock.lock();
        try {
            zone = zones.get(domain);
            if (zone == null && !local) return Optional.empty();
        } finally {
            lock.unlock();
        }
        Set<String> parent =
                zone != null && zone.row.isSigned() ? parentsDs(asked, zone.origin) : null;
        if (local) ensureDkim(domain);
        List<KeyInfo> list = new ArrayList<>();
        lock.lock();
        try {
            if (zone != null) {
                if (parent != null) zone.parent = parent;
                for (ZoneKey key : zone.keys) list.add(info(zone, key));
            }
            for (DkimKey key : local ? dkimOf(domain) : List.<DkimKey>of()) list.add(info(key));
        } finally {
            lock.unlock();
        }
        return Optional.of(list);
    }

    private static KeyInfo info(Served zone, ZoneKey key) {
        String ds = zone.dsText(key.key());
        boolean there = zone.parent != null && zone.parent.contains(ds);
        String has =
                zone.parent == null
                        ? "whether the parent has its DS is not proven"
                        : there ? "the parent has its DS" : "the parent does not have its DS";
        String words =
                switch (key.state()) {
                    case FRESH ->
                            "signs; everybody can see it after "
                                    + key.since().plus(zone.longestTtl()).plus(ZoneKey.PROPAGATION)
                                    + ": hand its DS to the parent then; "
                                    + has;
                    case READY -> "signs; hand its DS to the parent; " + has;
                    case TRUSTED -> "signs; " + has;
                    case MISSED ->
                            "signs; the parent had its DS, and has had it no more since "
                                    + key.since()
                                    + ": hand it in again; "
                                    + has;
                    case LEAVING -> "still signs; its DS is no longer needed; " + has;
                };
        return new KeyInfo(
                "DNSSEC",
                Integer.toString(key.key().tag()),
                key.key().algorithm() == SigningKey.ED25519 ? "Ed25519" : "ECDSA P-256",
                key.state().name().toLowerCase(java.util.Locale.ROOT),
                key.since(),
                zone.origin + " IN DS " + ds,
                words);
    }

    private static KeyInfo info(DkimKey key) {
        String words =
                switch (key.state()) {
                    case PREPARED -> "made; not yet in the DNS";
                    case PUBLISHED -> "in the DNS; signs when everybody can see it";
                    case SIGNING -> "signs letters";
                    case RETIRED -> "signs no more; stays for letters on the way";
                };
        return new KeyInfo(
                "DKIM",
                key.selector(),
                key.algorithm() == DkimKey.Algorithm.RSA ? "RSA 2048" : "Ed25519",
                key.state().name().toLowerCase(java.util.Locale.ROOT),
                key.since(),
                key.text(),
                words);
    }

    /// The keys that sign letters of a domain now; empty while none does.
    public List<DkimKey> signing(Domain domain) throws IOException {
        lock.lock();
        try {
            return dkimOf(domain).stream()
                    .filter(key -> key.state() == DkimKey.State.SIGNING)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /// What a mail domain of ours needs in the DNS, whoever serves it. Keys are made on the way.
    ///
    /// @throws IOException when it is none, or the store cannot be read
    public List<Wanted> records(Domain domain) throws IOException {
        if (!directory.isLocal(domain)) {
            throw new IOException(domain.unicode() + " is no mail domain of ours");
        }
        ensureDkim(domain);
        lock.lock();
        try {
            List<DkimKey> keys = dkimOf(domain);
            if (!isMadeHere(domain)) {
                // Shown to a person who pastes them: from now on they count as published, but sign
                // only when they have been seen.
                Instant now = clock.instant();
                keepDkim(domain, keys, DkimKey.advance(keys, now, _ -> false));
                keys = dkimOf(domain);
            }
            List<Wanted> all =
                    new ArrayList<>(
                            Plan.domain(
                                    settings,
                                    domain,
                                    keys.stream().filter(DkimKey::isVisible).toList()));
            Served zone = closest(settings.hostname());
            List<byte[]> hashes = zone != null && zone.row.isSigned() ? tlsa() : List.of();
            boolean also = directory.isLocal(settings.hostname());
            all.addAll(Plan.host(settings, also, hashes));
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// The text of the MTA-STS policy; empty when none is wanted.
    public Optional<String> policy() {
        return settings.mtaSts().equals("none")
                ? Optional.empty()
                : Optional.of(Plan.policy(settings));
    }

    /// Compares what the world sees with what ought to be there. Asks the network.
    public List<Finding> check(Domain domain, World asked) throws IOException {
        List<Wanted> wantedRecords = records(domain);
        Served zone;
        lock.lock();
        try {
            zone = closest(domain);
            if (zone != null && zone.zone != null) {
                wantedRecords = asServed(wantedRecords, zone.zone);
            }
        } finally {
            lock.unlock();
        }
        return new Comparison(asked, settings, domain, zone == null ? null : zone.name())
                .run(wantedRecords);
    }

    /// Where the operator's own records stand for ours, those ought to be seen.
    private static List<Wanted> asServed(List<Wanted> wanted, Zone zone) {
        List<Wanted> out = new ArrayList<>(wanted.size());
        for (Wanted each : wanted) {
            RRset found = null;
            for (RRset set : zone.records()) {
                if (set.type() == each.set().type() && set.owner().equals(each.set().owner())) {
                    found = set;
                }
            }
            if (found == null) {
                if (!each.set().owner().isUnder(zone.origin())) out.add(each);
                continue;
            }
            RRset plain = new RRset(found.owner(), found.type(), found.ttl(), found.rdata());
            boolean known = out.stream().anyMatch(w -> same(w.set(), plain));
            if (!known) out.add(new Wanted(plain, each.purpose()));
        }
        return out;
    }

    private static boolean same(RRset one, RRset other) {
        return one.type() == other.type() && one.owner().equals(other.owner());
    }

    // ---- the certificate ---------------------------------------------------------------------

    /// SHA-256 of the public keys to be found under `_25._tcp`.
    private List<byte[]> tlsa() {
        Instant now = clock.instant();
        List<byte[]> hashes = new ArrayList<>();
        for (Rows.Certificate known : certificates) {
            boolean current = Arrays.equals(known.hash(), certificate);
            boolean next = known.used().equals(Instant.EPOCH);
            if (current || next || now.isBefore(known.used().plus(TLSA_FORGOTTEN))) {
                hashes.add(known.hash());
            }
        }
        return hashes;
    }

    /// The servers use this public key from now on (SubjectPublicKeyInfo).
    public void certificateUsed(byte[] publicKey) {
        byte[] hash = Plan.sha256(publicKey);
        lock.lock();
        try {
            Instant now = clock.instant();
            List<Rows.Certificate> next = new ArrayList<>();
            Instant since = now;
            for (Rows.Certificate known : certificates) {
                if (Arrays.equals(known.hash(), hash)) {
                    since = known.since();
                } else if (Arrays.equals(known.hash(), certificate)) {
                    next.add(new Rows.Certificate(known.hash(), known.since(), now));
                } else if (now.isBefore(known.used().plus(TLSA_FORGOTTEN))) {
                    next.add(known);
                }
            }
            next.add(new Rows.Certificate(hash, since, now));
            certificate = hash;
            keepCertificates(next);
        } finally {
            lock.unlock();
        }
        refresh();
    }

    /// A certificate with this public key is to be used soon: publishes it and says from when on
    /// the servers may use it, so that nobody is left with an old TLSA record alone. RFC 7671.
    public Instant certificateComing(byte[] publicKey) {
        byte[] hash = Plan.sha256(publicKey);
        Instant ready;
        lock.lock();
        try {
            Instant now = clock.instant();
            Served zone = closest(settings.hostname());
            if (zone == null || !zone.row.isSigned() || certificate == null) return now;
            if (Arrays.equals(certificate, hash)) return now;
            for (Rows.Certificate known : certificates) {
                if (Arrays.equals(known.hash(), hash))
                    return later(now, known.since().plus(TLSA_SEEN));
            }
            List<Rows.Certificate> next = new ArrayList<>(certificates);
            next.add(new Rows.Certificate(hash, now, Instant.EPOCH));
            keepCertificates(next);
            ready = now.plus(TLSA_SEEN);
        } finally {
            lock.unlock();
        }
        refresh();
        return ready;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /// What is in memory counts for now, even when the disk is full.
    private void keepCertificates(List<Rows.Certificate> next) {
        Batch batch = new Batch();
        for (Rows.Certificate old : certificates) batch.delete(Rows.certificateKey(old.hash()));
        for (Rows.Certificate row : next) {
            batch.put(Rows.certificateKey(row.hash()), Rows.certificate(row));
        }
        certificates = next;
        try {
            writer.commit(batch);
        } catch (StoreTrouble e) {
            trouble("keys of certificates are not kept: " + e.getMessage());
        }
    }
}
