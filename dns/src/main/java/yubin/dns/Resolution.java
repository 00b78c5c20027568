package yubin.dns;

import java.util.List;

/// What came of resolving one question, before a room or a client sees it.
///
/// @param answer aliases in the order they were followed, then the RRset asked for; empty unless
///     there is something to show. With FAILED: the aliases up to a DNAME that makes a
///     name too long
/// @param authority the SOA and the proofs of a negative answer; the zone's NS if they are kept
/// @param additional addresses that came along, if they are kept
/// @param ttl seconds that the whole holds from now
/// @param why for a person; empty unless BOGUS or FAILED
/// @param extendedError INFO-CODE of RFC 8914 §4; -1 for none
record Resolution(
        Kind kind,
        List<RRset> answer,
        List<RRset> authority,
        List<RRset> additional,
        boolean secure,
        int ttl,
        String why,
        int extendedError) {
    Resolution(
            Kind kind,
            List<RRset> answer,
            List<RRset> authority,
            boolean secure,
            int ttl,
            String why,
            int extendedError) {
        this(kind, answer, authority, List.of(), secure, ttl, why, extendedError);
    }

    enum Kind {
        ANSWER,
        NODATA,
        NXDOMAIN,
        BOGUS,
        FAILED
    }

    static Resolution failed(String why, int retrySeconds, int extendedError) {
        return new Resolution(
                Kind.FAILED, List.of(), List.of(), false, retrySeconds, why, extendedError);
    }

    /// The same, `age` seconds later.
    Resolution aged(int age) {
        if (age == 0) return this;
        return new Resolution(
                kind,
                Cache.aged(answer, age),
                Cache.aged(authority, age),
                Cache.aged(additional, age),
                secure,
                ttl - age,
                why,
                extendedError);
    }

    long octets() {
        return 64 + Cache.octets(answer) + Cache.octets(authority) + Cache.octets(additional);
    }

    /// The RRset of this type at the end of the aliases.
    RRset last(int type) {
        for (int i = answer.size() - 1; i >= 0; i--) {
            if (answer.get(i).type() == type && !answer.get(i).rdata().isEmpty()) {
                return answer.get(i);
            }
        }
        throw new IllegalStateException("an answer without " + Type.name(type));
    }

    /// Seconds that a negative answer with this authority section may be kept (RFC 2308 §5: the
    /// smaller of the SOA's TTL and minimum, at most three hours); 0 without a SOA.
    static int negativeTtl(List<RRset> authority) {
        for (RRset set : authority) {
            if (set.type() != Type.SOA || set.rdata().isEmpty()) continue;
            byte[] rdata = set.rdata().getFirst();
            long minimum = Rdata.u32(rdata, rdata.length - 4) & 0xffff_ffffL;
            return (int) Math.min(Math.min(set.ttl(), minimum), 10_800);
        }
        return 0;
    }
}
