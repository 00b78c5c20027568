package yubin.dns;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
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

/// Signs a zone with one key that is both KSK and ZSK. RFC 4035 §2, RFC 5155 §7.1.
final class ZoneSigner {
    /// How absence is proven.
    sealed interface Chain {
        record Nsec() implements Chain {}

        record Nsec3(int iterations, byte[] salt, boolean optOut) implements Chain {}
    }

    private final int algorithm;
    private final PrivateKey key;
    private final byte[] dnskey;
    private Instant inception;
    private Instant expiration;

    private ZoneSigner(int algorithm, PrivateKey key, byte[] dnskey) {
        this.algorithm = algorithm;
        this.key = key;
        this.dnskey = dnskey;
    }

    /// A new key of an algorithm of [Signatures].
    static ZoneSigner generate(int algorithm) {
        try {
            KeyPairGenerator generator;
            switch (algorithm) {
                case Signatures.ECDSAP256 -> {
                    generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp256r1"));
                }
                case Signatures.ECDSAP384 -> {
                    generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp384r1"));
                }
                case Signatures.ED25519 -> generator = KeyPairGenerator.getInstance("Ed25519");
                case Signatures.ED448 -> generator = KeyPairGenerator.getInstance("Ed448");
                default -> {
                    generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(2048);
                }
            }
            KeyPair pair = generator.generateKeyPair();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(new byte[] {1, 1, 3, (byte) algorithm});
            out.writeBytes(octets(pair));
            return new ZoneSigner(algorithm, pair.getPrivate(), out.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] octets(KeyPair pair) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (pair.getPublic()) {
            case ECPublicKey ec -> {
                int size = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
                out.writeBytes(fixed(ec.getW().getAffineX().toByteArray(), size));
                out.writeBytes(fixed(ec.getW().getAffineY().toByteArray(), size));
            }
            case EdECPublicKey ed -> {
                byte[] encoded = ed.getEncoded();
                int size = ed.getParams().getName().equals("Ed448") ? 57 : 32;
                out.write(encoded, encoded.length - size, size);
            }
            case RSAPublicKey rsa -> {
                byte[] exponent = rsa.getPublicExponent().toByteArray();
                out.write(exponent.length);
                out.writeBytes(exponent);
                byte[] modulus = rsa.getModulus().toByteArray();
                out.write(
                        modulus,
                        modulus[0] == 0 ? 1 : 0,
                        modulus.length - (modulus[0] == 0 ? 1 : 0));
            }
            default -> throw new IllegalStateException("key " + pair.getPublic());
        }
        return out.toByteArray();
    }

    private static byte[] fixed(byte[] number, int size) {
        byte[] out = new byte[size];
        int copy = Math.min(size, number.length);
        System.arraycopy(number, number.length - copy, out, size - copy, copy);
        return out;
    }

    ZoneSigner valid(Instant from, Instant until) {
        this.inception = from;
        this.expiration = until;
        return this;
    }

    byte[] dnskey() {
        return dnskey;
    }

    /// The DS for the parent, SHA-256.
    RRset ds(Name zone, int ttl) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int tag = Signatures.tag(dnskey);
        out.writeBytes(new byte[] {(byte) (tag >> 8), (byte) tag, (byte) algorithm, 2});
        out.writeBytes(Signatures.digest(2, zone, dnskey));
        return new RRset(zone, Type.DS, ttl, List.of(out.toByteArray()));
    }

    /// The records with DNSKEY, chain and signatures.
    List<RRset> sign(Name origin, Collection<RRset> sets, Chain chain) {
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
        apex.add(new RRset(origin, Type.DNSKEY, 3600, List.of(dnskey)));
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

    /// The set with its signature. RFC 4034 §3.1.8.1.
    RRset signed(Name zone, RRset set) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int labels = set.owner().isWildcard() ? set.owner().labels() - 1 : set.owner().labels();
        put(head, set.type(), 2);
        head.write(algorithm);
        head.write(labels);
        put(head, set.ttl(), 4);
        put(head, expiration.getEpochSecond(), 4);
        put(head, inception.getEpochSecond(), 4);
        put(head, Signatures.tag(dnskey), 2);
        head.writeBytes(zone.lower().wire());
        byte[] start = head.toByteArray();
        byte[] data = Signatures.signedData(start, start.length, set);
        try {
            Signature signer = Signature.getInstance(Signatures.algorithm(algorithm));
            signer.initSign(key);
            signer.update(data);
            head.writeBytes(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return new RRset(
                set.owner(), set.type(), set.ttl(), set.rdata(), List.of(head.toByteArray()));
    }

    private static void put(ByteArrayOutputStream out, long value, int octets) {
        for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
            out.write((int) (value >> shift));
    }
}
