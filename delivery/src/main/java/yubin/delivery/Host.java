package yubin.delivery;

import java.net.InetSocketAddress;

/// One place where a letter may be handed over.
///
/// @param name as the MX or the route names it; an address literal where there is no name
/// @param address with its port
/// @param dane where its TLSA records may stand
record Host(String name, InetSocketAddress address, Dane.Candidate dane) {
    Host(String name, InetSocketAddress address) {
        this(name, address, Dane.Candidate.NONE);
    }

    /// As logs and journeys show it.
    @Override
    public String toString() {
        return name + "[" + address.getAddress().getHostAddress() + "]:" + address.getPort();
    }
}
