package yubin.delivery;

import java.net.InetSocketAddress;

/// One place where a letter may be handed over.
///
/// @param name as the MX or the route names it; an address literal where there is no name
/// @param address with its port
record Host(String name, InetSocketAddress address) {
    /// As logs and journeys show it.
    @Override
    public String toString() {
        return name + "[" + address.getAddress().getHostAddress() + "]:" + address.getPort();
    }
}
