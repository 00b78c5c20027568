package yubin.dns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The NSEC or NSEC3 chain of a signed zone, and the proofs cut from it.
/// RFC 4035 §3.1.3, RFC 5155 §7.2.
abstract sealed class Denial {
    /// The chain in these records; null when there is none.
    static Denial of(Name origin, Map<Name, Zone.Node> nodes, Collection<RRset> sets) {
        Zone.Node apex = nodes.get(origin);
        RRset param = apex.set(Type.NSEC3PARAM);
        if (param != null) {
            NavigableMap<byte[], RRset> chain = new TreeMap<>(Arrays::compareUnsigned);
            for (RRset set : sets) {
                if (set.type() != Type.NSEC3 || set.rdata().isEmpty()) continue;
                byte[] label = set.owner().wire();
                try {
                    String text =
                            new String(
                                    label, 1, label[0], java.nio.charset.StandardCharsets.US_ASCII);
                    chain.put(RdataText.base32hex(text), set);
                } catch (Misread e) {
                    throw new IllegalArgumentException("NSEC3 at " + set.owner(), e);
                }
            }
            byte[] rdata = param.rdata().getFirst();
            int iterations = Rdata.u16(rdata, 2);
            if (!chain.isEmpty()) {
                return new Hashed(
                        origin, Arrays.copyOfRange(rdata, 5, rdata.length), iterations, chain);
            }
        }
        if (apex.set(Type.NSEC) == null) return null;
        NavigableMap<Name, RRset> chain = new TreeMap<>();
        for (Zone.Node node : nodes.values()) {
            RRset nsec = node.set(Type.NSEC);
            if (nsec != null) chain.put(node.name, nsec);
        }
        return new Plain(chain);
    }

    /// `node` exists and has no such type.
    abstract List<RRset> noData(Zone.Node node);

    /// The name does not exist, and neither does a wildcard at its closest encloser.
    abstract List<RRset> noName(Name name, Zone.Node encloser);

    /// The name does not exist, so that the wildcard was used.
    abstract List<RRset> wildcardUsed(Name name, Zone.Node encloser);

    /// The wildcard was used and has no such type.
    abstract List<RRset> wildcardNoData(Name name, Zone.Node encloser, Zone.Node wildcard);

    private static void add(List<RRset> proof, RRset set) {
        if (set != null && !proof.contains(set)) proof.add(set);
    }

    private static final class Plain extends Denial {
        private final NavigableMap<Name, RRset> chain;

        Plain(NavigableMap<Name, RRset> chain) {
            this.chain = chain;
        }

        /// The NSEC of this name or the one whose gap holds it; the chain is a ring.
        private RRset at(Name name) {
            Map.Entry<Name, RRset> floor = chain.floorEntry(name);
            return (floor != null ? floor : chain.lastEntry()).getValue();
        }

        @Override
        List<RRset> noData(Zone.Node node) {
            return List.of(at(node.name));
        }

        @Override
        List<RRset> noName(Name name, Zone.Node encloser) {
            List<RRset> proof = new ArrayList<>(2);
            add(proof, at(name));
            encloser.name.wildcard().ifPresent(wildcard -> add(proof, at(wildcard)));
            return proof;
        }

        @Override
        List<RRset> wildcardUsed(Name name, Zone.Node encloser) {
            return List.of(at(name));
        }

        @Override
        List<RRset> wildcardNoData(Name name, Zone.Node encloser, Zone.Node wildcard) {
            List<RRset> proof = new ArrayList<>(2);
            add(proof, at(wildcard.name));
            add(proof, at(name));
            return proof;
        }
    }

    private static final class Hashed extends Denial {
        private final Name origin;
        private final byte[] salt;
        private final int iterations;
        private final NavigableMap<byte[], RRset> chain;

        Hashed(Name origin, byte[] salt, int iterations, NavigableMap<byte[], RRset> chain) {
            this.origin = origin;
            this.salt = salt;
            this.iterations = iterations;
            this.chain = chain;
        }

        private RRset match(Name name) {
            return chain.get(Nsec3Hash.of(name, salt, iterations));
        }

        private RRset cover(Name name) {
            Map.Entry<byte[], RRset> lower = chain.lowerEntry(Nsec3Hash.of(name, salt, iterations));
            return (lower != null ? lower : chain.lastEntry()).getValue();
        }

        /// Closest provable encloser and the cover of the next closer name. RFC 5155 §7.2.1. Under
        /// opt-out the encloser itself may have no NSEC3 (RFC 5155 §7.1).
        private void encloser(List<RRset> proof, Name name, Name encloser) {
            Name provable = encloser;
            RRset match = match(provable);
            while (match == null && !provable.equals(origin)) {
                provable = provable.parent();
                match = match(provable);
            }
            add(proof, match);
            add(proof, cover(name.suffix(provable.labels() + 1)));
        }

        @Override
        List<RRset> noData(Zone.Node node) {
            List<RRset> proof = new ArrayList<>(2);
            RRset match = match(node.name);
            if (match != null) proof.add(match);
            else encloser(proof, node.name, node.name);
            return proof;
        }

        @Override
        List<RRset> noName(Name name, Zone.Node encloser) {
            List<RRset> proof = new ArrayList<>(3);
            encloser(proof, name, encloser.name);
            encloser.name.wildcard().ifPresent(wildcard -> add(proof, cover(wildcard)));
            return proof;
        }

        @Override
        List<RRset> wildcardUsed(Name name, Zone.Node encloser) {
            return List.of(cover(name.suffix(encloser.name.labels() + 1)));
        }

        @Override
        List<RRset> wildcardNoData(Name name, Zone.Node encloser, Zone.Node wildcard) {
            List<RRset> proof = new ArrayList<>(3);
            encloser(proof, name, encloser.name);
            RRset match = match(wildcard.name);
            add(proof, match != null ? match : cover(wildcard.name));
            return proof;
        }
    }
}
