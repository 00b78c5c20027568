package yubin.zones;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import yubin.dns.RRset;
import yubin.dns.SigningKey;
import yubin.dns.Type;
import yubin.dns.Zone;
import yubin.dns.ZoneText;
import yubin.mail.Domain;

/// What the operator sees: the zones, their keys, what to paste elsewhere, and what the world makes
/// of it.
public final class Reports {
    private final Board board;
    private final Zones room;

    Reports(Board board, Zones room) {
        this.board = board;
        this.room = room;
    }

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
        board.lock.lock();
        try {
            List<Summary> list = new ArrayList<>();
            for (Served zone : board.zones.values()) list.add(summary(zone));
            board.parked.forEach(
                    (name, why) ->
                            list.add(
                                    new Summary(
                                            name, "parked", "", 0, 0, null, "damaged: " + why)));
            return list;
        } finally {
            board.lock.unlock();
        }
    }

    private static Summary summary(Served zone) {
        int records = 0;
        if (zone.zone != null) for (RRset set : zone.zone.records()) records += set.rdata().size();
        return new Summary(
                zone.name(),
                zone.row.isSecondary() ? "secondary of " + zone.row.primary() : "primary",
                zone.row.isSecondary() ? "" : zone.row.chain().name().toLowerCase(Locale.ROOT),
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
        board.lock.lock();
        try {
            Served zone = Domain.parse(name).map(board.zones::get).orElse(null);
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
            board.lock.unlock();
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
        boolean local = board.directory.isLocal(domain);
        board.lock.lock();
        try {
            zone = board.zones.get(domain);
            if (zone == null && !local) return Optional.empty();
        } finally {
            board.lock.unlock();
        }
        Set<String> parent =
                zone != null && zone.row.isSigned() ? ZoneKeys.parentsDs(asked, zone.origin) : null;
        if (local) room.dkim.ensure(domain);
        List<KeyInfo> list = new ArrayList<>();
        board.lock.lock();
        try {
            if (zone != null) {
                if (parent != null) zone.parent = parent;
                for (ZoneKey key : zone.keys) list.add(info(zone, key));
            }
            for (DkimKey key : local ? room.dkim.of(domain) : List.<DkimKey>of())
                list.add(info(key));
        } finally {
            board.lock.unlock();
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
                            zone.shownSince == null
                                    ? "nobody can see it while no post office runs; " + has
                                    : "signs; everybody can see it after "
                                            + zone.seenByAll(key)
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
                key.state().name().toLowerCase(Locale.ROOT),
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
                key.state().name().toLowerCase(Locale.ROOT),
                key.since(),
                key.text(),
                words);
    }

    /// What a mail domain of ours needs in the DNS, whoever serves it. Keys are made on the way.
    ///
    /// @throws IOException when it is none, or the store cannot be read
    public List<Wanted> records(Domain domain) throws IOException {
        if (!board.directory.isLocal(domain)) {
            throw new IOException(domain.unicode() + " is no mail domain of ours");
        }
        room.dkim.ensure(domain);
        board.lock.lock();
        try {
            List<DkimKey> keys = room.dkim.of(domain);
            if (!board.isMadeHere(domain)) {
                // Shown to a person who pastes them: from now on they count as published, but sign
                // only when they have been seen.
                Instant now = board.clock.instant();
                room.dkim.keep(domain, keys, DkimKey.advance(keys, now, _ -> false));
                keys = room.dkim.of(domain);
            }
            List<Wanted> all =
                    new ArrayList<>(
                            Plan.domain(
                                    board.settings,
                                    domain,
                                    keys.stream().filter(DkimKey::isVisible).toList()));
            Served zone = board.closest(board.settings.hostname());
            List<byte[]> hashes =
                    zone != null && zone.row.isSigned() ? room.certificates.hashes() : List.of();
            boolean also = board.directory.isLocal(board.settings.hostname());
            all.addAll(Plan.host(board.settings, also, hashes));
            return all;
        } finally {
            board.lock.unlock();
        }
    }

    /// Compares what the world sees with what ought to be there. Asks the network.
    public List<Finding> check(Domain domain, World asked) throws IOException {
        List<Wanted> wantedRecords = records(domain);
        Served zone;
        board.lock.lock();
        try {
            zone = board.closest(domain);
            if (zone != null && zone.zone != null) {
                wantedRecords = asServed(wantedRecords, zone.zone);
            }
        } finally {
            board.lock.unlock();
        }
        return new Comparison(asked, board.settings, domain, zone == null ? null : zone.name())
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
}
