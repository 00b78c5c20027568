package yubin.dns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import yubin.ledger.Counters;

/// Decides whether a link is proven from a trust anchor down. RFC 4035 §5, RFC 5155 §8, RFC 6840.
///
/// A signature names its zone (the signer); that zone's keys are trusted when its DS at the parent
/// is, which is a link of its own, signed by the parent. So the chain is walked upwards by signers,
/// and no zone cut is guessed from referrals. Only data without signatures needs the way down: from
/// the anchor label by label, until a proven absence of DS makes it insecure; if there is none, the
/// signatures were stripped and it is bogus. Trust of a zone is found once and kept; names grow
/// shorter on the way up, so waiting for each other cannot become a circle.
final class Validator {
    /// Signatures looked at for one RRset, checks made for it, keys read of one zone.
    private static final int SIGNATURES_MAX = 8;

    private static final int CHECKS_PER_SET_MAX = 8;
    private static final int KEYS_MAX = 32;
    private static final int DS_MAX = 16;
    private static final int PROOF_SETS_MAX = 8;

    private static final int BOGUS_SECONDS = 60;

    private static final Counters.Counter CHECKS = Counters.of("dns.validator.checks");

    private static final int EDE_BOGUS = 6, EDE_EXPIRED = 7, EDE_NOT_YET = 8, EDE_NO_KEY = 9;
    private static final int EDE_NO_SIGNATURE = 10, EDE_NO_NSEC = 12;

    private final Recursion recursion;
    private final boolean old;
    private volatile Map<Name, List<RRset>> anchors = Map.of();
    private final Set<Name> negative;
    private final Cache<Trust> trusts;
    private final Verified verified = new Verified();

    /// Takes what was proven; null when nobody wants it.
    private final Absences absences;

    private volatile boolean blind;
    private final ConcurrentHashMap<Name, CompletableFuture<Trust>> running =
            new ConcurrentHashMap<>();

    /// What is known of a zone.
    ///
    /// @param keys by which its records are checked; empty unless SECURE
    /// @param ttl seconds that this may be kept
    private record Trust(Link.Verdict verdict, List<Signatures.Key> keys, int ttl) {
        static final Trust INSECURE = new Trust(Link.Verdict.INSECURE, List.of(), 3600);

        static Trust bogus(String why, int extendedError) {
            return new Trust(Link.Verdict.bogus(why, extendedError), List.of(), BOGUS_SECONDS);
        }

        boolean is(Link.Security security) {
            return verdict.is(security);
        }
    }

    Validator(Recursion recursion, Absences absences) {
        this.absences = absences;
        RecursionSettings settings = recursion.settings;
        this.recursion = recursion;
        this.old = settings.oldAlgorithms();
        this.negative = settings.insecure();
        this.trusts = new Cache<>(settings.clock(), settings.cacheOctets() / 4, _ -> 1_500);
        Map<Name, List<RRset>> byZone = new HashMap<>();
        for (RRset anchor : settings.anchors()) {
            byZone.computeIfAbsent(anchor.owner(), _ -> new ArrayList<>()).add(anchor);
        }
        anchors = byZone;
    }

    /// Trusts these from now on, and no others.
    void trust(Map<Name, List<RRset>> newAnchors) {
        anchors = newAnchors;
        trusts.clear();
    }

    /// Whether the anchor of the root is used at all.
    boolean anchorsRoot() {
        return anchors.containsKey(Name.ROOT);
    }

    /// Nothing can be validated, because no signatures reach us: everything counts as insecure.
    void blind(boolean yes) {
        blind = yes;
    }

    void clear() {
        trusts.clear();
        verified.clear();
    }

    long cacheOctets() {
        return trusts.octets();
    }

    int clear(Name name) {
        return trusts.removeUnder(name);
    }

    /// The security of a link, found out now if nobody did before.
    ///
    /// @throws Trouble when the records needed for it cannot be had: that is not bogus
    Link.Verdict check(Link link, Work work) throws Trouble {
        Link.Verdict known = link.verdict();
        if (!known.is(Link.Security.UNCHECKED)) return known;
        Link.Verdict verdict;
        try {
            verdict = judge(link, work);
        } catch (Misread e) {
            verdict = Link.Verdict.bogus(link.question + ": " + e.getMessage(), EDE_BOGUS);
        }
        if (verdict.is(Link.Security.SECURE)) link.validUntil = validUntil(link);
        link.verdict(verdict);
        if (work.isTraced()) work.tell(Steps.judged(link, verdict));
        if (verdict.is(Link.Security.BOGUS)) recursion.keepBogus(link, BOGUS_SECONDS);
        return verdict;
    }

    /// The first end of a signature that is not past.
    private long validUntil(Link link) {
        long now = recursion.links.now();
        int left = Integer.MAX_VALUE;
        for (List<RRset> sets : List.of(link.answer, link.authority)) {
            for (RRset set : sets) {
                int best = -1;
                for (byte[] signature : set.signatures()) {
                    best = Math.max(best, Rdata.u32(signature, 8) - (int) now);
                }
                if (best > 0) left = Math.min(left, best);
            }
        }
        return left == Integer.MAX_VALUE ? Long.MAX_VALUE : now + left;
    }

    private Link.Verdict judge(Link link, Work work) throws Trouble {
        Name name = link.question.name();
        if (anchorAbove(name) == null) return Link.Verdict.INSECURE;
        return switch (link.kind) {
            case RECORDS, ALIAS -> positive(link, work);
            case NODATA, NXDOMAIN -> negative(link, work);
        };
    }

    /// The closest anchor at or above a name; null when there is none or the operator said that
    /// nothing below is validated.
    private Name anchorAbove(Name name) {
        if (blind) return null;
        for (Name at = name; ; at = at.parent()) {
            if (negative.contains(at)) return null;
            if (anchors.containsKey(at)) return at;
            if (at.isRoot()) return null;
        }
    }

    // ---- records -----------------------------------------------------------------------------

    private Link.Verdict positive(Link link, Work work) throws Trouble {
        if (link.question.type() == Type.RRSIG) return Link.Verdict.INSECURE;
        if (link.question.type() == Type.ANY) return all(link, work);
        RRset set = link.answer.getFirst();
        Checked checked = check(set, work);
        if (checked.signature == null) return checked.verdict;
        // A wildcard's signature has fewer labels than the name (RFC 4035 §5.3.4).
        int labels = checked.signature[3] & 0xff;
        if (labels >= labels(set.owner())) return checked.verdict;
        link.wildcard = true;
        List<RRset> good = proofs(link, checked.zone, work);
        DenialProof proof = DenialProof.of(checked.zone, good, work);
        DenialProof.Proof used =
                proof == null ? DenialProof.Proof.NONE : proof.wildcardUsed(set.owner(), labels);
        if (used == DenialProof.Proof.PROVEN && absences != null && set.type() != Type.DNAME) {
            long until = validUntil(link);
            absences.add(checked.zone, null, good, until);
            absences.addWildcard(checked.zone, set, labels, until);
        }
        return switch (used) {
            case PROVEN, PROVEN_CUT -> checked.verdict;
            case INSECURE -> Link.Verdict.INSECURE;
            case NONE ->
                    Link.Verdict.bogus(
                            "the wildcard used for " + set.owner() + " is not proven", EDE_NO_NSEC);
        };
    }

    /// Every RRset of an answer to ANY. Those of a wildcard are not looked into.
    private Link.Verdict all(Link link, Work work) throws Trouble {
        Link.Verdict worst = Link.Verdict.SECURE;
        for (RRset set : link.answer) {
            Checked checked = check(set, work);
            if (checked.verdict.is(Link.Security.BOGUS)) return checked.verdict;
            boolean whole =
                    checked.signature != null
                            && (checked.signature[3] & 0xff) >= labels(set.owner());
            if (!checked.verdict.is(Link.Security.SECURE) || !whole) worst = Link.Verdict.INSECURE;
        }
        return worst;
    }

    /// @param zone its signer, when `signature` is the good one; both null otherwise
    private record Checked(Link.Verdict verdict, Name zone, byte[] signature) {}

    private static int labels(Name owner) {
        return owner.isWildcard() ? owner.labels() - 1 : owner.labels();
    }

    private Checked check(RRset set, Work work) throws Trouble {
        if (set.signatures().isEmpty()) {
            Name from = set.type() == Type.DS ? set.owner().parent() : set.owner();
            return new Checked(unsigned(from, set.owner(), EDE_NO_SIGNATURE, work), null, null);
        }
        Link.Verdict worst = null;
        int looked = 0;
        for (byte[] signature : set.signatures()) {
            if (++looked > SIGNATURES_MAX) break;
            Name signer = Rdata.nameAt(signature, 18);
            boolean above =
                    set.owner().isUnder(signer)
                            && !(set.type() == Type.DS
                                    && signer.equals(set.owner())
                                    && !signer.isRoot());
            if (!above || (signature[3] & 0xff) > labels(set.owner())) continue;
            if (anchorAbove(signer) == null) {
                // An island: the signer lies above the anchor that we have.
                continue;
            }
            Trust trust = trust(signer, work);
            if (trust.is(Link.Security.INSECURE)) {
                return new Checked(Link.Verdict.INSECURE, null, null);
            }
            if (trust.is(Link.Security.BOGUS)) {
                worst = trust.verdict;
                continue;
            }
            Link.Verdict verdict = signed(set, signature, trust.keys, work);
            if (verdict.is(Link.Security.SECURE)) return new Checked(verdict, signer, signature);
            if (worst == null || !verdict.why().isEmpty()) worst = verdict;
        }
        if (worst == null) {
            worst =
                    Link.Verdict.bogus(
                            "no signature of " + set.owner() + " is by its zone", EDE_NO_SIGNATURE);
        }
        return new Checked(worst, null, null);
    }

    /// Checks one signature with each key that it may be of. RFC 4035 §5.3.1.
    private Link.Verdict signed(RRset set, byte[] signature, List<Signatures.Key> keys, Work work)
            throws Trouble {
        int algorithm = signature[2] & 0xff;
        long now = recursion.links.now();
        // RFC 1982 serial arithmetic, RFC 4034 §3.1.5.
        if (Rdata.u32(signature, 8) - (int) now < 0) {
            return Link.Verdict.bogus("the signature of " + set.owner() + " expired", EDE_EXPIRED);
        }
        if ((int) now - Rdata.u32(signature, 12) < 0) {
            return Link.Verdict.bogus(
                    "the signature of " + set.owner() + " is not valid yet", EDE_NOT_YET);
        }
        int tag = Rdata.u16(signature, 16);
        int checks = 0;
        for (Signatures.Key key : keys) {
            if (key.tag() != tag || key.algorithm() != algorithm) continue;
            if (++checks > CHECKS_PER_SET_MAX) break;
            if (verified.has(signature, set, key)) return Link.Verdict.SECURE;
            work.check();
            CHECKS.increment();
            if (Signatures.verify(signature, set, key)) {
                verified.add(signature, set, key);
                return Link.Verdict.SECURE;
            }
            work.checkFailed();
        }
        return checks == 0
                ? Link.Verdict.bogus("no key made the signature of " + set.owner(), EDE_NO_KEY)
                : Link.Verdict.bogus("the signature of " + set.owner() + " is wrong", EDE_BOGUS);
    }

    /// What came beside a secure link and is not secure itself. RFC 4035 §3.2.3 wants it left out.
    List<RRset> unproven(Link link, Work work) {
        List<RRset> unproven = new ArrayList<>(2);
        for (RRset set : link.servers) if (!proven(set, work)) unproven.add(set);
        if (!unproven.isEmpty()) return unproven;
        for (RRset set : link.additional) if (!proven(set, work)) unproven.add(set);
        return unproven;
    }

    private boolean proven(RRset set, Work work) {
        if (set.signatures().isEmpty()) return false;
        try {
            return check(set, work).verdict.is(Link.Security.SECURE);
        } catch (Trouble | Misread e) {
            return false;
        }
    }

    // ---- absence -----------------------------------------------------------------------------

    private Link.Verdict negative(Link link, Work work) throws Trouble {
        Name name = link.question.name();
        int type = link.question.type();
        boolean signed = false;
        for (RRset set : link.authority) {
            signed |= set.type() != Type.SOA && !set.signatures().isEmpty();
        }
        Name from = type == Type.DS && !name.isRoot() ? name.parent() : name;
        if (!signed) return unsigned(from, name, EDE_NO_NSEC, work);
        // The proof is of one zone: that of the deepest signer.
        Name zone = null;
        Checked failed = null;
        RRset secureSoa = null;
        List<RRset> good = new ArrayList<>(4);
        int looked = 0;
        for (RRset set : link.authority) {
            boolean denial = set.type() == Type.NSEC || set.type() == Type.NSEC3;
            boolean soa = set.type() == Type.SOA && !set.signatures().isEmpty();
            if (!denial && !soa || ++looked > PROOF_SETS_MAX) continue;
            Checked checked = check(set, work);
            if (checked.verdict.is(Link.Security.INSECURE)) return Link.Verdict.INSECURE;
            if (!checked.verdict.is(Link.Security.SECURE)) {
                failed = checked;
                continue;
            }
            if (soa) secureSoa = set;
            // RFC 4035 §5.4: an NSEC made from a wildcard is no proof at that name.
            boolean whole = (checked.signature[3] & 0xff) == labels(set.owner());
            if (!denial || !whole) continue;
            boolean own = type == Type.DS && checked.zone.equals(name) && !name.isRoot();
            if (own || !name.isUnder(checked.zone)) continue;
            if (zone == null || checked.zone.labels() > zone.labels()) {
                zone = checked.zone;
                good.clear();
            }
            if (checked.zone.equals(zone)) good.add(set);
        }
        DenialProof proof = zone == null ? null : DenialProof.of(zone, good, work);
        if (proof == null) {
            if (failed != null) return failed.verdict;
            return Link.Verdict.bogus(
                    "the absence of " + link.question + " is not proven", EDE_NO_NSEC);
        }
        DenialProof.Proof result = DenialProof.Proof.NONE;
        if (link.kind == Link.Kind.NXDOMAIN) result = proof.noName(name);
        if (link.kind == Link.Kind.NODATA) result = proof.noData(name, type);
        if (result == DenialProof.Proof.NONE && link.kind == Link.Kind.NODATA && type == Type.DS) {
            result = proof.noName(name);
        }
        link.provesCut = result == DenialProof.Proof.PROVEN_CUT;
        boolean proven =
                result == DenialProof.Proof.PROVEN || result == DenialProof.Proof.PROVEN_CUT;
        if (proven && absences != null) {
            RRset own = secureSoa != null && secureSoa.owner().equals(zone) ? secureSoa : null;
            absences.add(zone, own, good, validUntil(link));
        }
        return switch (result) {
            case PROVEN, PROVEN_CUT -> Link.Verdict.SECURE;
            case INSECURE -> Link.Verdict.INSECURE;
            case NONE ->
                    failed != null
                            ? failed.verdict
                            : Link.Verdict.bogus(
                                    "the absence of " + link.question + " is not proven",
                                    EDE_NO_NSEC);
        };
    }

    /// The good denial records of a zone that came with a link.
    private List<RRset> proofs(Link link, Name zone, Work work) throws Trouble {
        List<RRset> good = new ArrayList<>(2);
        int looked = 0;
        for (RRset set : link.authority) {
            if (set.type() != Type.NSEC && set.type() != Type.NSEC3) continue;
            if (++looked > PROOF_SETS_MAX) break;
            Checked checked = check(set, work);
            boolean own = checked.signature != null && checked.zone.equals(zone);
            if (own && (checked.signature[3] & 0xff) == labels(set.owner())) good.add(set);
        }
        return good;
    }

    // ---- zones -------------------------------------------------------------------------------

    /// Data without signatures: insecure if the way down from the anchor says so, else bogus.
    private Link.Verdict unsigned(Name name, Name owner, int extendedError, Work work)
            throws Trouble {
        Name anchor = anchorAbove(name);
        if (anchor == null) return Link.Verdict.INSECURE;
        Trust trust = trust(anchor, work);
        for (int labels = anchor.labels() + 1; labels <= name.labels(); labels++) {
            if (!trust.is(Link.Security.SECURE)) return trust.verdict;
            Name at = name.suffix(labels);
            if (negative.contains(at)) return Link.Verdict.INSECURE;
            Link ds = recursion.link(new Question(at, Type.DS), work);
            Link.Verdict verdict = check(ds, work);
            if (!verdict.is(Link.Security.SECURE)) return verdict;
            if (ds.provesCut) return Link.Verdict.INSECURE;
            if (ds.kind == Link.Kind.RECORDS) trust = trust(at, work);
            if (ds.kind == Link.Kind.NXDOMAIN) break;
        }
        if (!trust.is(Link.Security.SECURE)) return trust.verdict;
        return Link.Verdict.bogus(owner + " should be signed and is not", extendedError);
    }

    /// The keys of a zone, or why there are none.
    private Trust trust(Name zone, Work work) throws Trouble {
        Cache.Entry<Trust> known = trusts.fresh(zone, Type.DNSKEY);
        if (known != null) return known.value();
        CompletableFuture<Trust> mine = new CompletableFuture<>();
        CompletableFuture<Trust> other = running.putIfAbsent(zone, mine);
        if (other == null) {
            Trust trust = null;
            try {
                trust = find(zone, work);
                if (work.isTraced()) {
                    work.tell(Steps.trusted(zone, anchors.containsKey(zone), trust.verdict));
                }
                trusts.put(zone, Type.DNSKEY, trust, trust.ttl);
                return trust;
            } finally {
                running.remove(zone, mine);
                mine.complete(trust);
            }
        }
        try {
            Trust trust = other.get(Math.max(0, work.left()), TimeUnit.NANOSECONDS);
            if (trust == null)
                throw new Trouble("the keys of " + zone + " cannot be had", EDE_NO_KEY);
            return trust;
        } catch (TimeoutException e) {
            throw new Trouble("the keys of " + zone + " cannot be had", EDE_NO_KEY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble("interrupted", -1);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Trust find(Name zone, Work work) throws Trouble {
        List<RRset> anchor = anchors.get(zone);
        if (anchor != null) {
            List<byte[]> ds = new ArrayList<>();
            List<byte[]> keys = new ArrayList<>();
            for (RRset set : anchor) (set.type() == Type.DS ? ds : keys).addAll(set.rdata());
            return keys(zone, ds, keys, Cache.TTL_MAX, work);
        }
        if (zone.isRoot() || anchorAbove(zone) == null) return Trust.INSECURE;
        Link ds = recursion.link(new Question(zone, Type.DS), work);
        Link.Verdict verdict = check(ds, work);
        if (verdict.is(Link.Security.BOGUS)) return new Trust(verdict, List.of(), BOGUS_SECONDS);
        if (verdict.is(Link.Security.INSECURE)) return new Trust(verdict, List.of(), ds.ttl);
        if (ds.kind == Link.Kind.RECORDS) {
            return keys(zone, ds.answer.getFirst().rdata(), List.of(), ds.ttl, work);
        }
        if (ds.provesCut) return new Trust(Link.Verdict.INSECURE, List.of(), ds.ttl);
        return Trust.bogus(zone + " signs records but is no zone of its parent", EDE_BOGUS);
    }

    /// The DNSKEY RRset must be signed by a key that the DS (or the anchor) names. RFC 4035 §5.2.
    private Trust keys(Name zone, List<byte[]> ds, List<byte[]> trusted, int ttl, Work work)
            throws Trouble {
        List<byte[]> usable = usable(ds);
        boolean usableKey = false;
        for (byte[] key : trusted) usableKey |= Signatures.supports(key[3] & 0xff, old);
        if (usable.isEmpty() && !usableKey) {
            // RFC 4035 §5.2: only algorithms that we do not know: as if unsigned.
            return new Trust(Link.Verdict.INSECURE, List.of(), Math.max(1, ttl));
        }
        Link link = recursion.link(new Question(zone, Type.DNSKEY), work);
        if (link.kind != Link.Kind.RECORDS) {
            return Trust.bogus(zone + " has a DS and no DNSKEY", EDE_NO_KEY);
        }
        RRset set = link.answer.getFirst();
        List<Signatures.Key> keys = new ArrayList<>();
        List<Signatures.Key> entry = new ArrayList<>();
        for (byte[] rdata : set.rdata()) {
            if (keys.size() == KEYS_MAX) break;
            Signatures.Key key = Signatures.key(rdata, old);
            if (key == null) continue;
            keys.add(key);
            boolean named = false;
            for (byte[] each : trusted) named |= Arrays.equals(each, rdata);
            for (byte[] each : usable) named = named || named(each, key, zone, rdata, work);
            if (named) entry.add(key);
        }
        if (entry.isEmpty()) {
            return Trust.bogus("no key of " + zone + " is the one of its DS", EDE_NO_KEY);
        }
        Link.Verdict why = Link.Verdict.bogus("the keys of " + zone + " are not signed", 10);
        int looked = 0;
        for (byte[] signature : set.signatures()) {
            if (++looked > SIGNATURES_MAX) break;
            if (!Rdata.nameAt(signature, 18).equals(zone)) continue;
            if ((signature[3] & 0xff) != zone.labels()) continue;
            Link.Verdict verdict = signed(set, signature, entry, work);
            if (verdict.is(Link.Security.SECURE)) {
                link.verdict(verdict);
                int life = Math.min(Math.min(ttl, link.ttl), expiry(signature));
                return new Trust(verdict, keys, Math.max(1, life));
            }
            why = verdict;
        }
        return new Trust(why, List.of(), BOGUS_SECONDS);
    }

    private int expiry(byte[] signature) {
        return Rdata.u32(signature, 8) - (int) recursion.links.now();
    }

    /// Those of known algorithm and digest; SHA-1 digests only if there is nothing better
    /// (RFC 4509).
    private List<byte[]> usable(List<byte[]> ds) {
        List<byte[]> known = new ArrayList<>();
        boolean strong = false;
        for (byte[] each : ds) {
            boolean good =
                    each.length > 4
                            && Signatures.supports(each[2] & 0xff, old)
                            && Signatures.supportsDigest(each[3] & 0xff);
            if (!good) continue;
            if (known.size() < DS_MAX) known.add(each);
            strong |= each[3] != 1;
        }
        if (strong) known.removeIf(each -> each[3] == 1);
        return known;
    }

    private static boolean named(byte[] ds, Signatures.Key key, Name zone, byte[] dnskey, Work work)
            throws Trouble {
        if (Rdata.u16(ds, 0) != key.tag() || (ds[2] & 0xff) != key.algorithm()) return false;
        work.hash();
        byte[] digest = Signatures.digest(ds[3] & 0xff, zone, dnskey);
        return digest != null && Arrays.equals(digest, 0, digest.length, ds, 4, ds.length);
    }
}
