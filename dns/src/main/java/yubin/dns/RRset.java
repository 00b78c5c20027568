package yubin.dns;

import java.util.List;

/// All records of one owner name and type, class IN. RFC 2181 §5.
///
/// @param ttl seconds, 0 to 2^31 - 1; the smallest of its records
/// @param rdata uncompressed wire form, at least one, nobody changes the arrays
/// @param signatures RDATA of the RRSIGs that cover it, often none
public record RRset(Name owner, int type, int ttl, List<byte[]> rdata, List<byte[]> signatures) {
    public RRset {
        if (rdata.isEmpty() && signatures.isEmpty())
            throw new IllegalArgumentException("no record");
    }

    public RRset(Name owner, int type, int ttl, List<byte[]> rdata) {
        this(owner, type, ttl, rdata, List.of());
    }

    RRset withOwner(Name name) {
        return new RRset(name, type, ttl, rdata, signatures);
    }

    RRset withTtl(int seconds) {
        return new RRset(owner, type, seconds, rdata, signatures);
    }

    @Override
    public String toString() {
        return owner + " " + ttl + " IN " + Type.name(type) + " x" + rdata.size();
    }
}
