package yubin.dns;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Signs a zone with keys that are both KSK and ZSK: each of them signs everything.
/// RFC 4035 §2, RFC 5155 §7.1.
public final class ZoneSigner {
    /// How absence is proven.
    public sealed interface Chain {
        record Nsec() implements Chain {}

        record Nsec3(int iterations, byte[] salt, boolean optOut) implements Chain {}
    }

    private static final int DNSKEY_TTL = 3600;

    private final List<SigningKey> keys;
    private Instant inception;
    private Instant expiration;

    /// Signatures made earlier that may be used again, by owner and type; and the second that
    /// they must outlast.
    private Map<Name, List<RRset>> earlier = Map.of();

    private long outlast;

    public ZoneSigner(List<SigningKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /// With one new key of an algorithm of [Signatures].
    static ZoneSigner generate(int algorithm) {
        return new ZoneSigner(List.of(SigningKey.generate(algorithm)));
    }

    public ZoneSigner valid(Instant from, Instant until) {
        this.inception = from;
        this.expiration = until;
        return this;
    }

    /// Keeps the signatures of `zone` for records that did not change, so that a change of one
    /// record stays a small change: those made by these very keys that hold until `until`.
    public ZoneSigner reuse(Zone zone, Instant until) {
        earlier = new HashMap<>();
        for (RRset set : zone.records()) {
            earlier.computeIfAbsent(set.owner(), _ -> new ArrayList<>(2)).add(set);
        }
        outlast = until.getEpochSecond();
        return this;
    }

    byte[] dnskey() {
        return keys.getFirst().dnskey();
    }

    /// The DS for the parent, SHA-256.
    RRset ds(Name zone, int ttl) {
        return new RRset(zone, Type.DS, ttl, List.of(keys.getFirst().ds(zone)));
    }

    /// The records with DNSKEY, chain and signatures.
    public List<RRset> sign(Name origin, Collection<RRset> sets, Chain chain) {
        Map<Name, List<RRset>> names = new HashMap<>();
        int negativeTtl = 300;
        Set<Name> cuts = new HashSet<>();
        for (RRset set : sets) {
            names.computeIfAbsent(set.owner(), _ -> new ArrayList<>()).add(set);
            if (set.type() == Type.SOA) {
                byte[] soa = set.rdata().getFirst();
                negativeTtl = Math.min(set.ttl(), Rdata.u32(soa, soa.length - 4));
            }
            if (set.type() == Type.NS && !set.owner().equals(origin)) cuts.add(set.owner());
        }
        List<RRset> apex = names.get(origin);
        if (apex == null) throw new IllegalArgumentException("no records at " + origin);
        List<byte[]> dnskeys = keys.stream().map(SigningKey::dnskey).toList();
        apex.add(new RRset(origin, Type.DNSKEY, DNSKEY_TTL, dnskeys));
        if (chain instanceof Chain.Nsec3(var iterations, var salt, _)) {
            apex.add(new RRset(origin, Type.NSEC3PARAM, 0, List.of(param(iterations, salt))));
        }
        NavigableMap<Name, SortedSet<Integer>> types = new TreeMap<>();
        Set<Name> insecureCuts = new HashSet<>();
        names.forEach(
                (name, at) -> {
                    if (below(name, cuts, origin)) return;
                    TreeSet<Integer> here = new TreeSet<>();
                    for (RRset set : at) {
                        boolean glue = cuts.contains(name) && set.type() != Type.NS;
                        if (!glue || set.type() == Type.DS) here.add(set.type());
                    }
                    boolean unsigned = cuts.contains(name) && !here.contains(Type.DS);
                    if (unsigned) insecureCuts.add(name);
                    else here.add(Type.RRSIG);
                    types.put(name, here);
                });
        List<RRset> all = new ArrayList<>();
        for (List<RRset> at : names.values()) all.addAll(at);
        switch (chain) {
            case Chain.Nsec() -> nsec(all, types, negativeTtl);
            case Chain.Nsec3 nsec3 -> nsec3(all, origin, types, insecureCuts, nsec3, negativeTtl);
        }
        List<RRset> out = new ArrayList<>(all.size());
        for (RRset set : all) {
            boolean cut = cuts.contains(set.owner());
            boolean ours =
                    !below(set.owner(), cuts, origin)
                            && (!cut || set.type() == Type.DS || set.type() == Type.NSEC);
            out.add(ours ? signed(origin, set) : set);
        }
        return out;
    }

    /// Strictly below a delegation.
    private static boolean below(Name name, Set<Name> cuts, Name origin) {
        for (Name at = name; !at.equals(origin); ) {
            at = at.parent();
            if (cuts.contains(at)) return true;
        }
        return false;
    }

    private static void nsec(
            List<RRset> all, NavigableMap<Name, SortedSet<Integer>> types, int ttl) {
        for (Name name : types.keySet()) {
            Name next = types.higherKey(name);
            if (next == null) next = types.firstKey();
            TreeSet<Integer> here = new TreeSet<>(types.get(name));
            here.add(Type.NSEC);
            here.add(Type.RRSIG);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(next.wire());
            out.writeBytes(RdataText.bitmap(here));
            all.add(new RRset(name, Type.NSEC, ttl, List.of(out.toByteArray())));
        }
    }

    private static void nsec3(
            List<RRset> all,
            Name origin,
            NavigableMap<Name, SortedSet<Integer>> types,
            Set<Name> insecureCuts,
            Chain.Nsec3 chain,
            int ttl) {
        NavigableMap<byte[], SortedSet<Integer>> hashed = new TreeMap<>(Arrays::compareUnsigned);
        types.forEach(
                (name, here) -> {
                    if (chain.optOut && insecureCuts.contains(name)) return;
                    hashed.put(Nsec3Hash.of(name, chain.salt, chain.iterations), here);
                    // Empty non-terminals have one too (RFC 5155 §7.1).
                    for (Name above = name; !above.equals(origin); ) {
                        above = above.parent();
                        if (types.containsKey(above)) continue;
                        hashed.putIfAbsent(
                                Nsec3Hash.of(above, chain.salt, chain.iterations), new TreeSet<>());
                    }
                });
        for (byte[] hash : hashed.keySet()) {
            byte[] next = hashed.higherKey(hash);
            if (next == null) next = hashed.firstKey();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] param = param(chain.iterations, chain.salt);
            if (chain.optOut) param[1] = 1;
            out.writeBytes(param);
            out.write(next.length);
            out.writeBytes(next);
            out.writeBytes(RdataText.bitmap(hashed.get(hash)));
            Name owner = origin.child(Name.label(RdataText.base32hex(hash))).orElseThrow();
            all.add(new RRset(owner, Type.NSEC3, ttl, List.of(out.toByteArray())));
        }
    }

    private static byte[] param(int iterations, byte[] salt) {
        byte[] out = new byte[5 + salt.length];
        out[0] = 1;
        out[2] = (byte) (iterations >> 8);
        out[3] = (byte) iterations;
        out[4] = (byte) salt.length;
        System.arraycopy(salt, 0, out, 5, salt.length);
        return out;
    }

    /// The set with its signatures, one of each key. RFC 4034 §3.1.8.1.
    RRset signed(Name zone, RRset set) {
        List<byte[]> kept = kept(set);
        if (kept != null) return new RRset(set.owner(), set.type(), set.ttl(), set.rdata(), kept);
        List<byte[]> signatures = new ArrayList<>(keys.size());
        for (SigningKey key : keys) signatures.add(signature(zone, set, key));
        return new RRset(set.owner(), set.type(), set.ttl(), set.rdata(), signatures);
    }

    /// The signatures of the same records in the zone before; null when they will not do.
    private List<byte[]> kept(RRset set) {
        for (RRset old : earlier.getOrDefault(set.owner(), List.of())) {
            if (old.type() != set.type()) continue;
            boolean same =
                    old.ttl() == set.ttl()
                            && old.rdata().size() == set.rdata().size()
                            && old.signatures().size() == keys.size();
            for (int i = 0; same && i < set.rdata().size(); i++) {
                same = Arrays.equals(old.rdata().get(i), set.rdata().get(i));
            }
            for (int i = 0; same && i < keys.size(); i++) {
                byte[] rrsig = old.signatures().get(i);
                same =
                        Rdata.u16(rrsig, 16) == keys.get(i).tag()
                                && (Rdata.u32(rrsig, 8) & 0xffff_ffffL) > outlast;
            }
            return same ? old.signatures() : null;
        }
        return null;
    }

    private byte[] signature(Name zone, RRset set, SigningKey key) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int labels = set.owner().isWildcard() ? set.owner().labels() - 1 : set.owner().labels();
        put(head, set.type(), 2);
        head.write(key.algorithm());
        head.write(labels);
        put(head, set.ttl(), 4);
        put(head, expiration.getEpochSecond(), 4);
        put(head, inception.getEpochSecond(), 4);
        put(head, key.tag(), 2);
        head.writeBytes(zone.lower().wire());
        byte[] start = head.toByteArray();
        head.writeBytes(key.sign(Signatures.signedData(start, start.length, set)));
        return head.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, long value, int octets) {
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
            out.write((int) (value >> shift));
    }
}
