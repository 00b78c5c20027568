package yubin.dns;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One zone, never changed after it was made: a new version is a new Zone. RFC 1034 §4.2.
///
/// Every name that has records or lies above one that has is a [Node] (RFC 4592 §2.2.2). A node
/// knows the zone cut or DNAME that hides it, so a look-up is one or a few hash probes.
public final class Zone {
    /// A name that exists in the zone.
    static final class Node {
        final Name name;
        RRset[] sets = {};
        RRset cname;
        RRset dname;
        RRset ns;

        /// The delegation at or above this name; null inside the zone's own data.
        Node cut;

        /// The nearest node above this name that has a DNAME.
        Node renamed;

        /// The child `*`.
        Node wildcard;

        Node(Name name) {
            this.name = name;
        }

        RRset set(int type) {
            for (RRset set : sets) {
                if (set.type() == type && !set.rdata().isEmpty()) return set;
            }
            return null;
        }
    }

    private final Name origin;
    private final Map<Name, Node> nodes;
    private final RRset soa;
    private final Denial denial;
    private final List<RRset> records;

    private Zone(
            Name origin,
            Map<Name, Node> nodes,
            RRset soa,
            Denial denial,
            Collection<RRset> records) {
        this.records = List.copyOf(records);
        this.origin = origin;
        this.nodes = nodes;
        this.soa = soa;
        this.denial = denial;
    }

    /// Reads a zone file whose relative names end in `origin`.
    ///
    /// @throws IOException when it cannot be read, with the line and the reason
    public static Zone read(Path file, Name origin) throws IOException {
        return switch (ZoneFile.read(file, origin)) {
            case ZoneFile.Malformed bad -> throw new IOException(file + ": " + bad);
            case ZoneFile.Records(var sets) -> {
                try {
                    yield of(origin, sets);
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + ": " + e.getMessage(), e);
                }
            }
        };
    }

    /// The same from text.
    ///
    /// @throws IllegalArgumentException with the line and the reason
    public static Zone parse(Name origin, String text) {
        return switch (ZoneFile.parse(text, origin)) {
            case ZoneFile.Malformed bad -> throw new IllegalArgumentException(bad.toString());
            case ZoneFile.Records(var sets) -> of(origin, sets);
        };
    }

    /// A zone of these records.
    ///
    /// @throws IllegalArgumentException when they make no zone, with the reason
    public static Zone of(Name origin, Collection<RRset> sets) {
        Map<Name, Node> nodes = gather(origin, sets);
        Node apex = nodes.get(origin);
        RRset soa = apex == null ? null : apex.set(Type.SOA);
        if (soa == null || soa.rdata().size() != 1) {
            throw new IllegalArgumentException("no single SOA at " + origin);
        }
        for (Node node : nodes.values()) {
            node.cname = node.set(Type.CNAME);
            node.dname = node.set(Type.DNAME);
            RRset ns = node.set(Type.NS);
            if (node != apex) node.ns = ns;
            check(node);
        }
        for (Node node : nodes.values()) place(nodes, node, origin);
        return new Zone(origin, nodes, soa, Denial.of(origin, nodes, sets), sets);
    }

    /// The names of fixed answers: no SOA, no zone cuts.
    static Zone loose(Collection<RRset> sets) {
        Map<Name, Node> nodes = gather(Name.ROOT, sets);
        for (Node node : nodes.values()) {
            node.cname = node.set(Type.CNAME);
            check(node);
        }
        for (Node node : nodes.values()) place(nodes, node, Name.ROOT);
        return new Zone(Name.ROOT, nodes, null, null, List.of());
    }

    private static Map<Name, Node> gather(Name origin, Collection<RRset> sets) {
        Map<Name, List<RRset>> byName = new HashMap<>(sets.size() * 2);
        for (RRset set : sets) {
            if (!set.owner().isUnder(origin)) {
                throw new IllegalArgumentException(set.owner() + " is not in the zone " + origin);
            }
            if (set.type() == Type.NSEC3) continue;
            byName.computeIfAbsent(set.owner(), _ -> new ArrayList<>(2)).add(set);
        }
        Map<Name, Node> nodes = new HashMap<>(byName.size() * 2);
        byName.forEach(
                (name, list) -> {
                    Node node = nodes.computeIfAbsent(name, Node::new);
                    node.sets = list.toArray(RRset[]::new);
                    for (Name above = name; !above.equals(origin); ) {
                        above = above.parent();
                        if (nodes.putIfAbsent(above, new Node(above)) != null) break;
                    }
                });
        return nodes;
    }

    /// A CNAME stands alone but for DNSSEC records. RFC 2181 §10.1, RFC 4034 §4.
    private static void check(Node node) {
        if (node.cname == null) return;
        if (node.cname.rdata().size() > 1) {
            throw new IllegalArgumentException("more than one CNAME at " + node.name);
        }
        for (RRset set : node.sets) {
            boolean beside =
                    set.type() == Type.CNAME
                            || set.type() == Type.NSEC
                            || set.type() == Type.KEY
                            || set.rdata().isEmpty();
            if (!beside) {
                throw new IllegalArgumentException(
                        "CNAME and " + Type.name(set.type()) + " at " + node.name);
            }
        }
    }

    private static void place(Map<Name, Node> nodes, Node node, Name origin) {
        node.wildcard = node.name.wildcard().map(nodes::get).orElse(null);
        if (node.ns != null) node.cut = node;
        for (Name above = node.name; !above.equals(origin); ) {
            above = above.parent();
            Node higher = nodes.get(above);
            if (higher.ns != null) node.cut = higher;
            if (higher.dname != null && node.renamed == null) node.renamed = higher;
        }
    }

    public Name origin() {
        return origin;
    }

    /// All records, in no order that matters.
    public List<RRset> records() {
        return records;
    }

    /// The version number, compared by RFC 1982 §3.2.
    public long serial() {
        byte[] rdata = soa.rdata().getFirst();
        return Rdata.u32(rdata, rdata.length - 20) & 0xffff_ffffL;
    }

    RRset soa() {
        return soa;
    }

    /// Null when the zone is not signed.
    Denial denial() {
        return denial;
    }

    Node node(Name name) {
        return nodes.get(name);
    }

    Collection<Node> nodes() {
        return nodes.values();
    }

    /// Where a look-up ends. RFC 1034 §4.3.2, RFC 4592 §3.2.
    sealed interface Found {
        /// `node` has the question's name, or is the wildcard that stands for it.
        record Here(Node node, boolean byWildcard, Node encloser) implements Found {}

        record Referral(Node cut) implements Found {}

        record Renamed(Node dname) implements Found {}

        record NoName(Node encloser) implements Found {}
    }

    /// Looks up a name in or below the zone's origin. The DS of a delegation belongs to this side
    /// of the cut (RFC 4035 §3.1.4.1).
    Found find(Name name, int type) {
        Node node = nodes.get(name);
        if (node != null) {
            if (node.cut != null && !(node.cut == node && type == Type.DS)) {
                return new Found.Referral(node.cut);
            }
            if (node.renamed != null) return new Found.Renamed(node.renamed);
            return new Found.Here(node, false, node);
        }
        Name above = name;
        do above = above.parent();
        while (!nodes.containsKey(above));
        Node encloser = nodes.get(above);
        if (encloser.cut != null) return new Found.Referral(encloser.cut);
        if (encloser.dname != null) return new Found.Renamed(encloser);
        if (encloser.renamed != null) return new Found.Renamed(encloser.renamed);
        if (encloser.wildcard != null && encloser.wildcard.cut == null) {
            return new Found.Here(encloser.wildcard, true, encloser);
        }
        return new Found.NoName(encloser);
    }
}
