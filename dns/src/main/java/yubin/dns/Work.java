package yubin.dns;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// What one resolution may still spend: one packet from outside never costs more than this,
/// whatever the servers say (NXNS, KeyTrap, endless chains). Used by one thread.
final class Work {
    private static final int QUERIES_MAX = 100;
    private static final int HOST_LOOKUPS_MAX = 24;
    private static final int DEPTH_MAX = 8;

    /// Signature checks in all, and those that failed (CVE-2023-50387).
    private static final int CHECKS_MAX = 120;

    private static final int CHECKS_FAILED_MAX = 16;

    /// NSEC3 hashes, each of up to 150 rounds (CVE-2023-50868).
    private static final int HASHES_MAX = 300;

    /// By [System#nanoTime].
    final long end;

    private final Consumer<String> trace;

    /// The zone whose servers are being asked; null before the first.
    private volatile Name asking;

    private int queries;
    private int hostLookups;
    private int checks;
    private int checksFailed;
    private int hashes;
    private final Deque<Name> hosts = new ArrayDeque<>();

    Work(long end) {
        this(end, null);
    }

    /// @param trace is told each step, one line at a time; null for nobody
    Work(long end, Consumer<String> trace) {
        this.end = end;
        this.trace = trace;
    }

    boolean isTraced() {
        return trace != null;
    }

    void tell(String step) {
        if (trace != null) trace.accept(step);
    }

    long left() {
        return end - System.nanoTime();
    }

    void asking(Name zone) {
        asking = zone;
    }

    Name asking() {
        return asking;
    }

    void query() throws Trouble {
        if (++queries > QUERIES_MAX) throw new Trouble("needs too many questions", 22);
        if (left() <= 0) throw new Trouble("the name servers do not answer in time", 22);
    }

    void check() throws Trouble {
        if (++checks > CHECKS_MAX) throw new Trouble("needs too many signature checks", 6);
    }

    void checkFailed() throws Trouble {
        if (++checksFailed > CHECKS_FAILED_MAX) throw new Trouble("too many bad signatures", 6);
    }

    void hash() throws Trouble {
        if (++hashes > HASHES_MAX) throw new Trouble("needs too many NSEC3 hashes", 6);
    }

    /// False when this host is being looked up already or it would go too deep.
    boolean enter(Name host) throws Trouble {
        if (hosts.size() >= DEPTH_MAX || hosts.contains(host)) return false;
        if (++hostLookups > HOST_LOOKUPS_MAX) {
            throw new Trouble("too many name servers without addresses", 22);
        }
        hosts.push(host);
        return true;
    }

    void leave() {
        hosts.pop();
    }

    int queries() {
        return queries;
    }
}
