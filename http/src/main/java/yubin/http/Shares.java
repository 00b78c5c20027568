package yubin.http;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/// How much one peer address has in work, so that nobody takes everything. An IPv6 peer counts by
/// its /64 network.
final class Shares {
    private final int most;
    private final ConcurrentHashMap<Long, Integer> taken = new ConcurrentHashMap<>();

    Shares(int most) {
        this.most = most;
    }

    /// Takes one; false when the peer has its share already.
    boolean take(InetAddress peer) {
        boolean[] given = {false};
        taken.compute(
                key(peer),
                (_, count) -> {
                    int now = count == null ? 0 : count;
                    given[0] = now < most;
                    return given[0] ? Integer.valueOf(now + 1) : count;
                });
        return given[0];
    }

    void giveBack(InetAddress peer) {
        taken.computeIfPresent(key(peer), (_, count) -> count <= 1 ? null : count - 1);
    }

    /// The first 8 octets, or all 4 with a mark that no network of IPv6 has.
    private static long key(InetAddress peer) {
        byte[] octets = peer.getAddress();
        long key = octets.length == 4 ? 0xFFFF_FFFFL : 0;
        for (int i = 0; i < Math.min(8, octets.length); i++) key = key << 8 | octets[i] & 0xFF;
        return key;
    }
}
