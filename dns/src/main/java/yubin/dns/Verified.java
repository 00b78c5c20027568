package yubin.dns;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Signatures found good lately. The SOA and the closest encloser of a denial come with many
/// answers of a zone; checking them once is enough, since the same octets under the same key are
/// good or not for ever. Dates are the caller's business.
///
/// A table without locks: each signature has one place, and a new one takes it from an old one.
final class Verified {
    private static final int PLACES = 1024;

    /// Records beyond this are not kept, so that the table stays small.
    private static final int OCTETS_MAX = 512;

    private record Good(byte[] signature, RRset set, Signatures.Key key) {}

    private final AtomicReferenceArray<Good> table = new AtomicReferenceArray<>(PLACES);

    private static int place(byte[] signature) {
        return Arrays.hashCode(signature) & PLACES - 1;
    }

    boolean has(byte[] signature, RRset set, Signatures.Key key) {
        Good good = table.get(place(signature));
        return good != null
                && good.key.equals(key)
                && Arrays.equals(good.signature, signature)
                && good.set.type() == set.type()
                && good.set.owner().equals(set.owner())
                && same(good.set.rdata(), set.rdata());
    }

    private static boolean same(List<byte[]> one, List<byte[]> other) {
        if (one.size() != other.size()) return false;
        for (int i = 0; i < one.size(); i++) {
            if (!Arrays.equals(one.get(i), other.get(i))) return false;
        }
        return true;
    }

    void add(byte[] signature, RRset set, Signatures.Key key) {
        if (set.rdata().size() != 1 || set.rdata().getFirst().length > OCTETS_MAX) return;
        table.set(place(signature), new Good(signature, set, key));
    }

    void clear() {
        for (int i = 0; i < PLACES; i++) table.set(i, null);
    }
}
