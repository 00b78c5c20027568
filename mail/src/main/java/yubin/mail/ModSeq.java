package yubin.mail;

/// When a message last changed, counted in changes to its account. RFC 7162 §3.1.
///
/// Range 1 to 2^63 - 1. Only ever grows; messages changed by one STORE may share a value.
public record ModSeq(long value) implements Comparable<ModSeq> {
    public ModSeq {
        if (value < 1) throw new IllegalArgumentException("modseq " + value);
    }

    @Override
    public int compareTo(ModSeq other) {
        return Long.compare(value, other.value);
    }
}
