package yubin.zones;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import yubin.directory.Administration;
import yubin.directory.Directory;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.Zone;
import yubin.ledger.Counters;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Keys;
import yubin.store.Keys.Family;
import yubin.store.Kind;
import yubin.store.Octets;
import yubin.store.StoreTrouble;

/// The board on which all name plates hang: the zones as they are served now, and the one lock that
/// guards them and every change of their rows. All parts of this room share it.
final class Board {
    private static final Counters.Counter TROUBLES = Counters.of("dns.zones.troubles");

    private static final System.Logger LOG = System.getLogger("yubin.zones");

    /// Writes a batch and returns when it is on disk, as `Committer.commit` does.
    interface Writer {
        void commit(Batch batch) throws StoreTrouble;
    }

    final ReentrantLock lock = new ReentrantLock();
    final Keys keys;
    final Writer writer;
    final Directory directory;
    final ZoneSettings settings;
    final InstantSource clock;

    /// The rest is guarded by lock.
    final Map<Domain, Served> zones = new TreeMap<>();

    /// Zones whose rows are damaged, and why.
    final Map<Domain, String> parked = new TreeMap<>();

    Board(
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

    /// Reads all rows; a damaged one parks its zone alone.
    ///
    /// @throws IOException when the store cannot be read at all
    void load() throws IOException {
        List<Domain> names = new ArrayList<>();
        Rows.scan(
                keys,
                Kind.ZONE.key(0, 0),
                (key, value) -> {
                    String text = new String(key, 9, key.length - 9, StandardCharsets.UTF_8);
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
    }

    private void load(Domain name) throws IOException {
        try {
            byte[] value = keys.get(Family.RECORDS, Rows.zoneKey(name));
            Served zone = new Served(Rows.readZone(name, value));
            zone.records = Rows.readRecords(keys.get(Family.RECORDS, Rows.recordsKey(name)));
            zone.keys = Rows.readKeys(keys, name);
            if (zone.row.isSecondary()) restore(zone);
            else zone.own = own(zone.records.text(), name);
            zones.put(name, zone);
        } catch (Octets.Malformed e) {
            park(name, e.getMessage());
        }
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

    /// What can be served, in any order.
    List<Zone> served() {
        List<Zone> list = new ArrayList<>();
        for (Served zone : zones.values()) if (zone.zone != null) list.add(zone.zone);
        return list;
    }

    /// The zone of ours that a name lies in, the closest; null when none is.
    Served closest(Domain domain) {
        for (Name at = Name.of(domain.ascii()); !at.isRoot(); at = at.parent()) {
            Served zone = Domain.parse(at.host()).map(zones::get).orElse(null);
            if (zone != null) return zone;
        }
        return null;
    }

    /// True when the zone of a domain is made by us.
    boolean isMadeHere(Domain domain) {
        Served zone = closest(domain);
        return zone != null && !zone.row.isSecondary();
    }

    /// Of the directory.
    List<Domain> mailDomains() throws IOException {
        List<Domain> domains = new ArrayList<>();
        for (Administration.DomainEntry entry : directory.administration().domains()) {
            domains.add(entry.domain());
        }
        return domains;
    }

    /// Counts and logs what must not stay unseen.
    static void trouble(String text) {
        TROUBLES.increment();
        LOG.log(System.Logger.Level.ERROR, "{0}", text);
    }
}
