package yubin.dns;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Judges what a zone's NSEC or NSEC3 records prove. RFC 4035 §5.4, RFC 5155 §8, RFC 6840 §4.
///
/// All records given were checked against their signatures and belong to one zone.
abstract sealed class DenialProof {
    /// Rounds of NSEC3 beyond which a zone counts as insecure (RFC 9276).
    private static final int ITERATIONS_MAX = 150;

    /// What a proof comes to.
    enum Proof {
        /// Nothing of use.
        NONE,
        PROVEN,
        /// PROVEN, and the name is a delegation.
        PROVEN_CUT,
        /// An opt-out span or too many rounds: it may be, or not.
        INSECURE
    }

    /// The proof in these records; null when there is none of either kind.
    static DenialProof of(Name zone, List<RRset> sets, Work work) {
        List<RRset> nsec = new ArrayList<>(sets.size());
        List<RRset> nsec3 = new ArrayList<>(sets.size());
        for (RRset set : sets) {
            if (set.type() == Type.NSEC) nsec.add(set);
            else if (set.type() == Type.NSEC3) nsec3.add(set);
        }
        if (!nsec.isEmpty()) return new Nsec(zone, nsec);
        return nsec3.isEmpty() ? null : new Nsec3(zone, nsec3, work);
    }

    /// The name exists (perhaps by a wildcard) and has no such type.
    abstract Proof noData(Name name, int type) throws Trouble;

    /// The name does not exist and no wildcard stands for it.
    abstract Proof noName(Name name) throws Trouble;

    /// The name does not exist below its ancestor of `labels` labels, whose wildcard was used.
    abstract Proof wildcardUsed(Name name, int labels) throws Trouble;

    /// A record at the name itself: does it show that the type is absent? RFC 6840 §4.1, §4.4.
    private static Proof absent(byte[] rdata, int bitmapAt, Name name, int type) {
        boolean ns = Rdata.bitmapHas(rdata, bitmapAt, Type.NS);
        boolean soa = Rdata.bitmapHas(rdata, bitmapAt, Type.SOA);
        if (Rdata.bitmapHas(rdata, bitmapAt, type)) return Proof.NONE;
        if (type != Type.CNAME && Rdata.bitmapHas(rdata, bitmapAt, Type.CNAME)) return Proof.NONE;
        if (type == Type.DS) {
            if (soa && !name.isRoot()) return Proof.NONE;
            return ns ? Proof.PROVEN_CUT : Proof.PROVEN;
        }
        return ns && !soa ? Proof.NONE : Proof.PROVEN;
    }

    /// A delegation or DNAME: it says nothing about names below it.
    private static boolean hidesBelow(byte[] rdata, int bitmapAt) {
        boolean cut =
                Rdata.bitmapHas(rdata, bitmapAt, Type.NS)
                        && !Rdata.bitmapHas(rdata, bitmapAt, Type.SOA);
        return cut || Rdata.bitmapHas(rdata, bitmapAt, Type.DNAME);
    }

    /// The deepest name above `name` that the NSEC covering it shows to exist.
    static Name encloser(RRset cover, Name name) {
        int a = shared(cover.owner(), name);
        int b = shared(Nsec.next(cover), name);
        return name.suffix(Math.max(a, b));
    }

    private static int shared(Name a, Name b) {
        for (int labels = Math.min(a.labels(), b.labels()); labels > 0; labels--) {
            if (a.suffix(labels).equals(b.suffix(labels))) return labels;
        }
        return 0;
    }

    /// The hash that an NSEC3's owner is; empty when it is none.
    static byte[] ownerHash(RRset set) {
        byte[] wire = set.owner().wire();
        try {
            return RdataText.base32hex(new String(wire, 1, wire[0], StandardCharsets.ISO_8859_1));
        } catch (Misread e) {
            return new byte[0];
        }
    }

    static boolean optOut(RRset nsec3) {
        return (nsec3.rdata().getFirst()[1] & 1) != 0;
    }

    private static final class Nsec extends DenialProof {
        private final Name zone;
        private final List<RRset> sets;

        Nsec(Name zone, List<RRset> sets) {
            this.zone = zone;
            this.sets = sets;
        }

        private static Name next(RRset set) {
            return Rdata.nameAt(set.rdata().getFirst(), 0);
        }

        private static int bitmapAt(byte[] rdata) {
            return Rdata.nameOctets(rdata, 0, rdata.length);
        }

        private boolean covers(RRset set, Name name) {
            Name owner = set.owner();
            Name next = next(set);
            if (owner.compareTo(name) >= 0) return false;
            if (!next.equals(zone) && name.compareTo(next) >= 0) return false;
            byte[] rdata = set.rdata().getFirst();
            return !(name.isUnder(owner) && hidesBelow(rdata, bitmapAt(rdata)));
        }

        /// The name lies above the next one, so it exists without records.
        private static boolean emptyNonTerminal(RRset set, Name name) {
            return next(set).isUnder(name) && !next(set).equals(name);
        }

        private RRset covering(Name name) {
            for (RRset set : sets) if (covers(set, name)) return set;
            return null;
        }

        @Override
        Proof noData(Name name, int type) {
            for (RRset set : sets) {
                byte[] rdata = set.rdata().getFirst();
                if (set.owner().equals(name)) {
                    Proof proof = absent(rdata, bitmapAt(rdata), name, type);
                    if (proof != Proof.NONE) return proof;
                } else if (covers(set, name) && emptyNonTerminal(set, name)) {
                    return Proof.PROVEN;
                }
            }
            RRset cover = covering(name);
            if (cover == null) return Proof.NONE;
            Name wildcard = encloser(cover, name).wildcard().orElse(null);
            for (RRset set : sets) {
                if (!set.owner().equals(wildcard)) continue;
                byte[] rdata = set.rdata().getFirst();
                if (absent(rdata, bitmapAt(rdata), wildcard, type) != Proof.NONE) {
                    return Proof.PROVEN;
                }
            }
            // A wildcard that has names below it and no records of its own.
            RRset around = wildcard == null ? null : covering(wildcard);
            boolean empty = around != null && emptyNonTerminal(around, wildcard);
            return empty ? Proof.PROVEN : Proof.NONE;
        }

        @Override
        Proof noName(Name name) {
            RRset cover = covering(name);
            if (cover == null || emptyNonTerminal(cover, name)) return Proof.NONE;
            Name wildcard = encloser(cover, name).wildcard().orElse(null);
            if (wildcard == null) return Proof.PROVEN;
            RRset other = covering(wildcard);
            return other != null && !emptyNonTerminal(other, wildcard) ? Proof.PROVEN : Proof.NONE;
        }

        @Override
        Proof wildcardUsed(Name name, int labels) {
            RRset cover = covering(name);
            if (cover == null || emptyNonTerminal(cover, name)) return Proof.NONE;
            return encloser(cover, name).labels() <= labels ? Proof.PROVEN : Proof.NONE;
        }
    }

    private static final class Nsec3 extends DenialProof {
        private final Name zone;
        private final List<RRset> sets;
        private final byte[] salt;
        private final int iterations;
        private final Work work;

        Nsec3(Name zone, List<RRset> all, Work work) {
            this.zone = zone;
            this.work = work;
            byte[] first = all.getFirst().rdata().getFirst();
            this.iterations = Rdata.u16(first, 2);
            this.salt = Arrays.copyOfRange(first, 5, 5 + (first[4] & 0xff));
            this.sets = new ArrayList<>(all.size());
            for (RRset set : all) {
                byte[] rdata = set.rdata().getFirst();
                // RFC 5155 §8.1, §8.2: unknown hash or flags are ignored, as are other parameters.
                boolean same =
                        rdata[0] == 1
                                && (rdata[1] & 0xfe) == 0
                                && Rdata.u16(rdata, 2) == iterations
                                && Arrays.equals(
                                        salt, 0, salt.length, rdata, 5, 5 + (rdata[4] & 0xff))
                                && set.owner().parent().equals(zone);
                if (same) this.sets.add(set);
            }
        }

        private byte[] hash(Name name) throws Trouble {
            work.hash();
            return Nsec3Hash.of(name, salt, iterations);
        }

        private static byte[] nextHash(byte[] rdata) {
            int at = 5 + (rdata[4] & 0xff);
            return Arrays.copyOfRange(rdata, at + 1, at + 1 + (rdata[at] & 0xff));
        }

        private static int bitmapAt(byte[] rdata) {
            int at = 5 + (rdata[4] & 0xff);
            return at + 1 + (rdata[at] & 0xff);
        }

        private RRset matching(Name name) throws Trouble {
            byte[] hash = hash(name);
            for (RRset set : sets) if (Arrays.equals(ownerHash(set), hash)) return set;
            return null;
        }

        private RRset covering(Name name) throws Trouble {
            byte[] hash = hash(name);
            for (RRset set : sets) {
                byte[] owner = ownerHash(set);
                byte[] next = nextHash(set.rdata().getFirst());
                boolean after = Arrays.compareUnsigned(owner, hash) < 0;
                boolean before = Arrays.compareUnsigned(hash, next) < 0;
                boolean last = Arrays.compareUnsigned(owner, next) >= 0;
                if (last ? after || before : after && before) return set;
            }
            return null;
        }

        /// The closest encloser that the records prove; null without proof. RFC 5155 §8.3.
        private Name encloser(Name name) throws Trouble {
            for (Name above = name; !above.equals(zone); ) {
                above = above.parent();
                if (!above.isUnder(zone)) return null;
                RRset match = matching(above);
                if (match == null) continue;
                byte[] rdata = match.rdata().getFirst();
                return hidesBelow(rdata, bitmapAt(rdata)) ? null : above;
            }
            return null;
        }

        private static Name nextCloser(Name name, Name encloser) {
            return name.suffix(encloser.labels() + 1);
        }

        @Override
        Proof noData(Name name, int type) throws Trouble {
            if (iterations > ITERATIONS_MAX) return Proof.INSECURE;
            RRset match = matching(name);
            if (match != null) {
                byte[] rdata = match.rdata().getFirst();
                return absent(rdata, bitmapAt(rdata), name, type);
            }
            Name encloser = encloser(name);
            if (encloser == null) return Proof.NONE;
            RRset cover = covering(nextCloser(name, encloser));
            if (cover == null) return Proof.NONE;
            // RFC 5155 §8.6: an unsigned delegation may hide in the span.
            if (type == Type.DS && optOut(cover)) return Proof.INSECURE;
            Name wildcard = encloser.wildcard().orElse(null);
            RRset wild = wildcard == null ? null : matching(wildcard);
            if (wild != null) {
                byte[] rdata = wild.rdata().getFirst();
                Proof proof = absent(rdata, bitmapAt(rdata), wildcard, type);
                if (proof == Proof.NONE) return Proof.NONE;
                return optOut(cover) ? Proof.INSECURE : Proof.PROVEN;
            }
            return optOut(cover) ? Proof.INSECURE : Proof.NONE;
        }

        @Override
        Proof noName(Name name) throws Trouble {
            if (iterations > ITERATIONS_MAX) return Proof.INSECURE;
            Name encloser = encloser(name);
            if (encloser == null) return Proof.NONE;
            RRset cover = covering(nextCloser(name, encloser));
            if (cover == null) return Proof.NONE;
            Name wildcard = encloser.wildcard().orElse(null);
            if (wildcard != null && covering(wildcard) == null) return Proof.NONE;
            return optOut(cover) ? Proof.INSECURE : Proof.PROVEN;
        }

        @Override
        Proof wildcardUsed(Name name, int labels) throws Trouble {
            if (iterations > ITERATIONS_MAX) return Proof.INSECURE;
            RRset cover = covering(name.suffix(labels + 1));
            if (cover == null) return Proof.NONE;
            return optOut(cover) ? Proof.INSECURE : Proof.PROVEN;
        }
    }
}
