package yubin.dns;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLongArray;

/// Answers a second for each client network (IPv4 /24, IPv6 /56), so that nobody uses us to flood
/// others with a forged sender. UDP only: who speaks TCP has proven its address.
///
/// One word per bucket: the second in its upper half, the count in its lower. Networks that share a
/// bucket share the limit. Of the answers over the limit every second one goes out empty with TC,
/// so that a true client can come by TCP.
final class RateLimit {
    private static final int BUCKETS = 1 << 16;

    /// What to do with an answer.
    enum Rule {
        SEND,
        TRUNCATE,
        DROP
    }

    private final int perSecond;
    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final int salt = Entropy.next();

    /// @param perSecond more than 0
    RateLimit(int perSecond) {
        this.perSecond = perSecond;
    }

    /// Counts an answer to this client at this second (any clock that goes on).
    Rule count(InetAddress client, long second) {
        int bucket = bucket(client.getAddress());
        long now = second << 32;
        while (true) {
            long old = buckets.get(bucket);
            long next = (old & 0xffff_ffff_0000_0000L) == now ? old + 1 : now + 1;
            if (!buckets.compareAndSet(bucket, old, next)) continue;
            int count = (int) next;
            if (count <= perSecond) return Rule.SEND;
            return (count & 1) == 0 ? Rule.TRUNCATE : Rule.DROP;
        }
    }

    private int bucket(byte[] address) {
        int hash = salt;
        int octets = address.length == 4 ? 3 : 7;
        for (int i = 0; i < octets; i++) hash = (hash ^ address[i] & 0xff) * 0x01000193;
        return (hash ^ hash >>> 16) & BUCKETS - 1;
    }
}
