package yubin.dns;

import java.util.ArrayList;
import java.util.List;

/// What a message says beside its answer: the NS records of the zone and addresses. It is kept only
/// to be shown, for clients that want whole answers; nobody is asked on its word (CVE-2025-11411).
final class Beside {
    private Beside() {}

    /// The same with what may be shown of the message, at the link that ends it.
    static Sift.Told keep(Message message, Sift.Told told, Delegation asked) {
        Link last = told.more().isEmpty() ? told.link() : told.more().getLast();
        boolean soa = Message.find(last.authority, Type.SOA) != null;
        boolean negative = last.kind == Link.Kind.NODATA || last.kind == Link.Kind.NXDOMAIN;
        List<RRset> servers = new ArrayList<>(1);
        if (last.kind != Link.Kind.NXDOMAIN && !(negative && soa)) {
            for (RRset set : message.authority()) {
                boolean ours =
                        set.type() == Type.NS
                                && !set.rdata().isEmpty()
                                && last.question.name().isUnder(set.owner())
                                && set.owner().isUnder(asked.zone)
                                && asked.agrees(set, message.additional());
                if (ours && servers.isEmpty()) servers.add(set);
            }
        }
        boolean stranger = servers.isEmpty() && Message.find(message.authority(), Type.NS) != null;
        List<RRset> additional = new ArrayList<>(2);
        if (!stranger || negative) additional(message, last, servers, asked, additional);
        if (servers.isEmpty() && additional.isEmpty()) return told;
        Link whole = last.with(servers, additional);
        if (told.more().isEmpty()) return new Sift.Told(whole, List.of());
        List<Link> more = new ArrayList<>(told.more());
        more.set(more.size() - 1, whole);
        return new Sift.Told(told.link(), more);
    }

    /// Addresses only of hosts that the rest names.
    private static void additional(
            Message message, Link last, List<RRset> servers, Delegation asked, List<RRset> into) {
        List<RRset> naming = new ArrayList<>(last.answer);
        naming.addAll(servers);
        for (RRset set : message.additional()) {
            if (into.size() == Sift.BESIDE_MAX) return;
            if (set.rdata().isEmpty() || !set.owner().isUnder(asked.zone)) continue;
            boolean address = set.type() == Type.A || set.type() == Type.AAAA;
            if (!address || named(naming, set.owner())) into.add(set);
        }
    }

    private static boolean named(List<RRset> sets, Name host) {
        for (RRset set : sets) {
            int at =
                    switch (set.type()) {
                        case Type.NS -> 0;
                        case Type.MX, Type.KX, Type.AFSDB -> 2;
                        case Type.SRV -> 6;
                        default -> -1;
                    };
            if (at < 0) continue;
            for (byte[] rdata : set.rdata()) {
                if (Rdata.nameAt(rdata, at).equals(host)) return true;
            }
        }
        return false;
    }
}
