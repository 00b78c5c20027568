package yubin.zones;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import yubin.dns.Lookup;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.SigningKey;
import yubin.dns.Type;
import yubin.dns.ZoneText;
import yubin.store.Batch;
import yubin.store.StoreTrouble;

/// Makes the keys that sign our zones and moves them on, as [ZoneKey] says: by the clock, and by
/// what the parents have.
final class ZoneKeys {
    private static final System.Logger LOG = System.getLogger("yubin.zones");

    private final Board board;

    ZoneKeys(Board board) {
        this.board = board;
    }

    /// Takes a step for a zone's keys; a first or a further key is made here, in a millisecond.
    void move(Served zone, Instant now) throws StoreTrouble {
        List<ZoneKey> next =
                ZoneKey.advance(
                        zone.keys,
                        now,
                        zone.isShownFor(zone.longestTtl().plus(ZoneKey.PROPAGATION), now),
                        zone.longestTtl(),
                        zone.parent,
                        key -> zone.dsText(key));
        if (ZoneKey.wantsNew(next, now, board.settings.keyAge())) {
            next = with(next, make(zone, next, now));
            LOG.log(System.Logger.Level.INFO, "zone {0}: a new key", zone.name().ascii());
        }
        keep(zone, next);
    }

    /// A further key, now.
    ///
    /// @return its tag
    int add(Served zone) throws StoreTrouble {
        ZoneKey made = make(zone, zone.keys, board.clock.instant());
        keep(zone, with(zone.keys, made));
        return made.key().tag();
    }

    private static List<ZoneKey> with(List<ZoneKey> keys, ZoneKey more) {
        List<ZoneKey> all = new ArrayList<>(keys);
        all.add(more);
        return all;
    }

    /// RFC 4034 Appendix B: key tags are no names, yet two keys of one tag make others work twice.
    static ZoneKey make(Served zone, List<ZoneKey> known, Instant now) {
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
        board.writer.commit(batch);
        zone.keys = next;
    }

    /// Asks what the parents have; outside the lock.
    void askParents(World world) {
        List<Served> asked;
        board.lock.lock();
        try {
            asked = board.zones.values().stream().filter(zone -> zone.row.isSigned()).toList();
        } finally {
            board.lock.unlock();
        }
        for (Served zone : asked) {
            Set<String> found = parentsDs(world, zone.origin);
            board.lock.lock();
            try {
                zone.parent = found;
            } finally {
                board.lock.unlock();
            }
        }
    }

    /// DS records at the parent as text; null when nobody knows: what is not proven anybody may
    /// have said, and must not move keys.
    static Set<String> parentsDs(World asked, Name origin) {
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
}
