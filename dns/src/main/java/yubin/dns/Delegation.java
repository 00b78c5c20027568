package yubin.dns;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// The servers of a zone as its parent (or the operator) names them. RFC 1034 §4.2.1.
///
/// Addresses that came as glue are used for asking this zone and nowhere else, so a lie in them
/// harms nobody but the zone that told it.
final class Delegation {
    /// Hosts and addresses beyond these are not looked at (NXNS: one referral can name hundreds).
    private static final int HOSTS_MAX = 13;

    private static final int ADDRESSES_MAX = 32;

    final Name zone;

    /// Recursive servers, asked with RD.
    final boolean forward;

    /// Seconds that it holds; Integer.MAX_VALUE for what the operator set.
    final int ttl;

    private final List<Name> hostsLeft = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    /// All that were named, with or without an address; empty when only addresses are known.
    private List<Name> named = List.of();

    Delegation(Name zone, boolean forward, int ttl) {
        this.zone = zone;
        this.forward = forward;
        this.ttl = ttl;
    }

    void named(List<Name> hosts) {
        named = List.copyOf(hosts);
    }

    List<Name> named() {
        return named;
    }

    /// True when an NS set, told by a server of this zone, is that of the zone, and its addresses
    /// do not contradict those that the parent told.
    boolean agrees(RRset ns, List<RRset> additional) {
        if (named.isEmpty()) return true;
        if (!ns.owner().equals(zone)) return false;
        List<InetSocketAddress> known = addresses();
        for (Name host : named) {
            RRset address = Message.find(additional, host, Type.A);
            if (address == null || known.isEmpty()) continue;
            boolean same = false;
            for (InetSocketAddress each : known) {
                for (byte[] octets : address.rdata()) {
                    same |= java.util.Arrays.equals(octets, each.getAddress().getAddress());
                }
            }
            if (!same) return false;
        }
        return true;
    }

    /// A server without an address yet.
    synchronized void host(Name host) {
        if (hostsLeft.size() < HOSTS_MAX && !hostsLeft.contains(host)) hostsLeft.add(host);
    }

    /// Addresses of an RRset.
    void glue(RRset set, int port) {
        for (byte[] rdata : set.rdata()) {
            try {
                address(new InetSocketAddress(java.net.InetAddress.getByAddress(rdata), port));
            } catch (java.net.UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    synchronized void address(InetSocketAddress address) {
        if (addresses.size() < ADDRESSES_MAX && !addresses.contains(address)) {
            addresses.add(address);
        }
    }

    synchronized List<InetSocketAddress> addresses() {
        return new ArrayList<>(addresses);
    }

    /// A host without known addresses that is not in `tried`, drawn at random; null when none is
    /// left.
    synchronized Name nextHost(java.util.Set<Name> tried) {
        Name chosen = null;
        int eligible = 0;
        for (Name host : hostsLeft) {
            if (!tried.contains(host) && Entropy.below(++eligible) == 0) chosen = host;
        }
        return chosen;
    }

    /// Its addresses are known now.
    synchronized void found(Name host) {
        hostsLeft.remove(host);
    }

    synchronized boolean hasHosts() {
        return !hostsLeft.isEmpty();
    }

    long octets() {
        return 2_000;
    }
}
