package yubin.dns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import yubin.ledger.Counters;

/// Proofs of absence that were found good, used for every question that they answer: denials for
/// other names and types, and answers from a wildcard known to stand for a name. RFC 8198 §5.
///
/// Each zone has its own records, by owner (NSEC) or hash (NSEC3). What a question needs is picked
/// out and judged by [DenialProof] as if it had just come in. Only secure records are here; those
/// of NSEC3 opt-out prove nothing for others (RFC 8198 §5.2) and are not kept.
///
/// Bounds: octets in all, records a zone, hashes a question. The zones not used for longest go
/// first. One lock, held for a few look-ups.
final class Absences {
    private static final int RECORDS_PER_ZONE_MAX = 4096;

    /// More rounds of NSEC3 cost more than asking.
    private static final int ITERATIONS_MAX = 10;

    /// Labels between a name and its zone that are hashed.
    private static final int DEPTH_MAX = 8;

    private static final int RECORD_OCTETS = 400;

    private static final Counters.Counter USED = Counters.of("dns.resolver.aggressive");

    private final Cache<Link> clock;
    private final long octetsMax;
    private final LinkedHashMap<Name, Chain> zones = new LinkedHashMap<>(16, 0.75f, true);
    private long octets;

    /// @param until second at which it ends
    private record Held(RRset set, long until) {}

    private record Wild(Name owner, int type) {}

    private static final class Chain {
        final TreeMap<Name, Held> plain = new TreeMap<>();
        final TreeMap<byte[], Held> hashed = new TreeMap<>(Arrays::compareUnsigned);
        final Map<Wild, Held> wildcards = new HashMap<>();
        byte[] salt = {};
        int iterations;
        Held soa;

        int size() {
            return plain.size() + hashed.size() + wildcards.size();
        }
    }

    /// @param clock whose time is that of the cache
    Absences(Cache<Link> clock, long octetsMax) {
        this.clock = clock;
        this.octetsMax = octetsMax;
    }

    // ---- what comes in -----------------------------------------------------------------------

    /// Keeps secure NSEC or NSEC3 records of a zone.
    ///
    /// @param soa that of the zone, secure; null when it is not known
    /// @param until second at which the first of the signatures ends
    synchronized void add(Name zone, RRset soa, List<RRset> proofs, long until) {
        Chain chain = chain(zone);
        long now = clock.now();
        // RFC 8198 §5.4.
        int ttlMax = soa == null ? Integer.MAX_VALUE : Resolution.negativeTtl(List.of(soa));
        if (soa != null) chain.soa = new Held(soa, end(now, ttlMax, until));
        for (RRset set : proofs) {
            Held held = new Held(set, end(now, Math.min(set.ttl(), ttlMax), until));
            if (set.type() == Type.NSEC) {
                count(chain.plain.put(set.owner(), held));
            } else if (set.type() == Type.NSEC3 && !DenialProof.optOut(set)) {
                byte[] rdata = set.rdata().getFirst();
                byte[] salt = Arrays.copyOfRange(rdata, 5, 5 + (rdata[4] & 0xff));
                int iterations = Rdata.u16(rdata, 2);
                if (iterations > ITERATIONS_MAX || !set.owner().parent().equals(zone)) continue;
                if (iterations != chain.iterations || !Arrays.equals(salt, chain.salt)) {
                    // The zone has a new chain.
                    octets -= (long) chain.hashed.size() * RECORD_OCTETS;
                    chain.hashed.clear();
                    chain.salt = salt;
                    chain.iterations = iterations;
                }
                count(chain.hashed.put(DenialProof.ownerHash(set), held));
            }
        }
        bound(zone, chain);
    }

    /// Keeps what a wildcard of a zone stands for: secure records, with the owner asked for.
    ///
    /// @param labels of the name right above the wildcard
    synchronized void addWildcard(Name zone, RRset set, int labels, long until) {
        Name owner = set.owner().suffix(labels).wildcard().orElse(null);
        if (owner == null) return;
        Chain chain = chain(zone);
        Held held = new Held(set.withOwner(owner), end(clock.now(), set.ttl(), until));
        count(chain.wildcards.put(new Wild(owner, set.type()), held));
        bound(zone, chain);
    }

    /// Never longer than three hours (RFC 8198 §5.4).
    private static long end(long now, int ttl, long until) {
        return Math.min(now + Math.min(ttl, 10_800), until);
    }

    private Chain chain(Name zone) {
        return zones.computeIfAbsent(
                zone,
                _ -> {
                    octets += RECORD_OCTETS;
                    return new Chain();
                });
    }

    private void count(Held before) {
        if (before == null) octets += RECORD_OCTETS;
    }

    private void bound(Name zone, Chain chain) {
        if (chain.size() > RECORDS_PER_ZONE_MAX) remove(zone);
        Iterator<Map.Entry<Name, Chain>> oldest = zones.entrySet().iterator();
        while (octets > octetsMax && oldest.hasNext()) {
            octets -= (oldest.next().getValue().size() + 1L) * RECORD_OCTETS;
            oldest.remove();
        }
    }

    private void remove(Name zone) {
        Chain gone = zones.remove(zone);
        if (gone != null) octets -= (gone.size() + 1L) * RECORD_OCTETS;
    }

    synchronized void clear() {
        zones.clear();
        octets = 0;
    }

    /// Forgets the zones that say something of this name or of names below it.
    synchronized void clear(Name name) {
        List<Name> gone = new ArrayList<>();
        for (Name zone : zones.keySet()) {
            if (zone.isUnder(name) || name.isUnder(zone)) gone.add(zone);
        }
        for (Name zone : gone) remove(zone);
    }

    synchronized long octets() {
        return octets;
    }

    // ---- what is answered --------------------------------------------------------------------

    /// A secure link that needs no question; null when nothing here answers.
    ///
    /// @param top zones above it say nothing of the question
    Link link(Question question, Name top) {
        int type = question.type();
        // Those that stand beside or outside of the type bit maps.
        boolean odd = type == 0 || type >= 249 && type <= 255;
        odd |= type == Type.RRSIG || type == Type.NSEC || type == Type.NSEC3 || type == Type.SIG;
        if (odd || question.rrclass() != Question.IN) return null;
        Name name = question.name();
        Name from = type == Type.DS && !name.isRoot() ? name.parent() : name;
        try {
            Link link = find(question, from, top);
            if (link != null) USED.increment();
            return link;
        } catch (Trouble | Misread e) {
            // Too many hashes: those who know the answer are asked.
            return null;
        }
    }

    private synchronized Link find(Question question, Name from, Name top) throws Trouble {
        if (zones.isEmpty()) return null;
        for (Name zone = from; ; zone = zone.parent()) {
            Chain chain = zones.get(zone);
            if (chain != null) return find(question, zone, chain);
            if (zone.isRoot() || zone.equals(top)) return null;
        }
    }

    private Link find(Question question, Name zone, Chain chain) throws Trouble {
        Name name = question.name();
        List<Held> proofs = new ArrayList<>(3);
        Name encloser =
                chain.hashed.isEmpty()
                        ? pickPlain(chain, name, proofs)
                        : pickHashed(chain, zone, name, proofs);
        if (proofs.isEmpty()) return null;
        List<RRset> sets = new ArrayList<>(3);
        for (Held held : proofs) if (!sets.contains(held.set)) sets.add(held.set);
        Work work = new Work(System.nanoTime() + 1_000_000_000L);
        DenialProof proof = DenialProof.of(zone, sets, work);
        DenialProof.Proof none = proof.noName(name);
        if (none == DenialProof.Proof.PROVEN) {
            return denial(question, Link.Kind.NXDOMAIN, zone, chain, proofs, false);
        }
        none = proof.noData(name, question.type());
        if (none == DenialProof.Proof.PROVEN || none == DenialProof.Proof.PROVEN_CUT) {
            boolean cut = none == DenialProof.Proof.PROVEN_CUT;
            return denial(question, Link.Kind.NODATA, zone, chain, proofs, cut);
        }
        if (encloser == null) return null;
        none = proof.wildcardUsed(name, encloser.labels());
        return none == DenialProof.Proof.PROVEN
                ? wildcard(question, encloser, zone, chain, proofs)
                : null;
    }

    /// The NSEC at or around the name and, if it does not exist, the one at or around the wildcard.
    /// Returns the closest encloser; null when there is a record at the name itself.
    private Name pickPlain(Chain chain, Name name, List<Held> proofs) {
        Held first = floor(chain, name);
        if (first == null) return null;
        proofs.add(first);
        if (first.set.owner().equals(name)) return null;
        Name encloser = DenialProof.encloser(first.set, name);
        Name wildcard = encloser.wildcard().orElse(null);
        Held second = wildcard == null ? null : floor(chain, wildcard);
        if (second != null) proofs.add(second);
        return encloser;
    }

    private Held floor(Chain chain, Name name) {
        Map.Entry<Name, Held> entry = chain.plain.floorEntry(name);
        return entry == null ? null : fresh(entry.getValue());
    }

    /// The same of NSEC3: the name's own record, or those of closest encloser, next closer name and
    /// wildcard. RFC 5155 §8.3.
    private Name pickHashed(Chain chain, Name zone, Name name, List<Held> proofs) {
        int depth = name.labels() - zone.labels();
        if (depth > DEPTH_MAX) return null;
        Name below = null;
        for (Name at = name; ; at = at.parent()) {
            Held match = fresh(chain.hashed.get(hash(chain, at)));
            if (match != null) {
                proofs.add(match);
                if (below == null) return null;
                add(proofs, around(chain, below));
                Name wildcard = at.wildcard().orElse(null);
                if (wildcard != null) add(proofs, around(chain, wildcard));
                return at;
            }
            if (at.equals(zone)) return null;
            below = at;
        }
    }

    private static void add(List<Held> proofs, Held held) {
        if (held != null) proofs.add(held);
    }

    /// The record whose span holds the hash of a name, or begins with it; the chain is a ring.
    private Held around(Chain chain, Name name) {
        Map.Entry<byte[], Held> entry = chain.hashed.floorEntry(hash(chain, name));
        return fresh((entry != null ? entry : chain.hashed.lastEntry()).getValue());
    }

    private static byte[] hash(Chain chain, Name name) {
        return Nsec3Hash.of(name, chain.salt, chain.iterations);
    }

    private Held fresh(Held held) {
        return held != null && held.until > clock.now() ? held : null;
    }

    private Link denial(
            Question question,
            Link.Kind kind,
            Name zone,
            Chain chain,
            List<Held> proofs,
            boolean cut) {
        Held soa = fresh(chain.soa);
        if (soa == null) return null;
        List<Held> all = new ArrayList<>(proofs.size() + 1);
        all.add(soa);
        all.addAll(proofs);
        Link link = made(question, kind, List.of(), all, zone, soa.until);
        link.provesCut = cut;
        return link;
    }

    /// RFC 8198 §5.3.
    private Link wildcard(
            Question question, Name encloser, Name zone, Chain chain, List<Held> proofs) {
        Name owner = encloser.wildcard().orElse(null);
        if (owner == null) return null;
        Held held = fresh(chain.wildcards.get(new Wild(owner, question.type())));
        Link.Kind kind = Link.Kind.RECORDS;
        if (held == null) {
            held = fresh(chain.wildcards.get(new Wild(owner, Type.CNAME)));
            kind = Link.Kind.ALIAS;
        }
        if (held == null) return null;
        int left = (int) (held.until - clock.now());
        RRset set = held.set.withOwner(question.name()).withTtl(left);
        Link link = made(question, kind, List.of(set), proofs, zone, held.until);
        link.wildcard = true;
        return link;
    }

    private Link made(
            Question question,
            Link.Kind kind,
            List<RRset> answer,
            List<Held> authority,
            Name zone,
            long end) {
        long now = clock.now();
        List<RRset> sets = new ArrayList<>(authority.size());
        for (Held held : authority) {
            end = Math.min(end, held.until);
            if (Message.find(sets, held.set.owner(), held.set.type()) == null) {
                sets.add(held.set.withTtl((int) (held.until - now)));
            }
        }
        Link link = new Link(question, kind, answer, sets, zone, (int) (end - now));
        link.verdict(Link.Verdict.SECURE);
        link.validUntil = end;
        return link;
    }
}
