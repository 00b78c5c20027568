package yubin.dns;

import java.security.SecureRandom;

/// Unpredictable numbers for ids, ports and cookies (RFC 5452 §9.2), drawn in bulk since one at a
/// time is slow.
final class Entropy {
    private static final SecureRandom SOURCE = new SecureRandom();
    private static final byte[] POOL = new byte[4096];
    private static int at = POOL.length;

    private Entropy() {}

    /// 32 random bits.
    static synchronized int next() {
        if (at == POOL.length) {
            SOURCE.nextBytes(POOL);
            at = 0;
        }
        int value = Rdata.u32(POOL, at);
        at += 4;
        return value;
    }

    static int below(int bound) {
        return (int) ((next() & 0xffff_ffffL) * bound >>> 32);
    }
}
