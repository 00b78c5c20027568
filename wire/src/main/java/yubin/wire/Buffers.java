package yubin.wire;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Buffers that connections borrow while octets flow and give back before they wait.
///
/// One size for all, large enough for a whole TLS record of either engine. At most [#KEPT_MAX] lie
/// here unused; beyond that the collector has them.
public final class Buffers {
    /// Octets of one buffer.
    public static final int OCTETS = 20 * 1024;

    private static final int KEPT_MAX = 128;
    private static final ConcurrentLinkedQueue<byte[]> KEPT = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Buffers() {}

    /// A buffer of [#OCTETS]; what it holds is undefined.
    public static byte[] take() {
        byte[] buffer = KEPT.poll();
        if (buffer == null) return new byte[OCTETS];
        COUNT.decrementAndGet();
        return buffer;
    }

    /// Gives a buffer back. The caller keeps no reference.
    public static void give(byte[] buffer) {
        if (buffer.length != OCTETS) return;
        if (COUNT.incrementAndGet() > KEPT_MAX) {
            COUNT.decrementAndGet();
        } else {
            KEPT.add(buffer);
        }
    }
}
