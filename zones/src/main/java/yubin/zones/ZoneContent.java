package yubin.zones;

import java.util.ArrayList;
import java.util.List;
import yubin.dns.RRset;
import yubin.dns.Type;
import yubin.mail.Domain;

/// What stands in a zone of ours, without what DNSSEC adds: what our mail domains, host and name
/// servers need, what the operator adds, and the delegations of our own zones below it.
final class ZoneContent {
    private final Board board;
    private final DkimKeys dkim;
    private final Certificates certificates;

    ZoneContent(Board board, DkimKeys dkim, Certificates certificates) {
        this.board = board;
        this.dkim = dkim;
        this.certificates = certificates;
    }

    /// @param domains all mail domains of ours
    List<RRset> of(Served zone, List<Domain> domains) {
        ZoneSettings settings = board.settings;
        List<Wanted> wantedRecords = new ArrayList<>();
        List<Wanted> apex = Plan.apex(settings, zone.name(), 0);
        wantedRecords.addAll(apex.subList(1, apex.size()));
        for (Domain domain : domains) {
            if (board.closest(domain) != zone) continue;
            wantedRecords.addAll(Plan.domain(settings, domain, dkim.known(domain)));
        }
        Domain host = settings.hostname();
        if (board.closest(host) == zone) {
            List<byte[]> hashes = zone.row.isSigned() ? certificates.hashes() : List.of();
            wantedRecords.addAll(Plan.host(settings, domains.contains(host), hashes));
        }
        List<RRset> sets = OwnRecords.merge(wantedRecords, zone.own, zone.origin);
        for (Served child : board.zones.values()) {
            boolean below =
                    child != zone
                            && child.origin.isUnder(zone.origin)
                            && board.closest(parentOf(child)) == zone;
            if (below) delegate(child, sets);
        }
        return sets;
    }

    RRset soa(Served zone, long serial) {
        return Plan.apex(board.settings, zone.name(), serial).getFirst().set();
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
        for (Wanted each : Plan.apex(board.settings, child.name(), 0)) {
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
}
