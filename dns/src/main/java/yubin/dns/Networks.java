package yubin.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Networks of clients, such as `192.0.2.0/24` or `2001:db8::/32`.
public final class Networks {
    private record Network(byte[] address, int bits) {}

    private final List<String> texts;
    private final List<Network> networks = new ArrayList<>();
    private final boolean loopback;

    /// @throws IllegalArgumentException naming the text that is no network
    public Networks(List<String> texts) {
        this.texts = List.copyOf(texts);
        for (String text : texts) {
            try {
                int slash = text.indexOf('/');
                byte[] address =
                        InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                                .getAddress();
                int bits =
                        slash < 0
                                ? address.length * 8
                                : Integer.parseInt(text.substring(slash + 1));
                if (bits < 0 || bits > address.length * 8) {
                    throw new IllegalArgumentException("prefix length");
                }
                networks.add(new Network(address, bits));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("not a network: " + text, e);
            }
        }
        loopback = texts.contains("127.0.0.0/8") && texts.contains("::1");
    }

    public static Networks loopback() {
        return new Networks(List.of("127.0.0.0/8", "::1"));
    }

    boolean contain(InetAddress client) {
        // Without looking at octets, which would be copied.
        if (loopback && client.isLoopbackAddress()) return true;
        byte[] address = client.getAddress();
        for (Network network : networks) {
            if (matches(network, address)) return true;
        }
        return false;
    }

    private static boolean matches(Network network, byte[] address) {
        if (network.address.length != address.length) return false;
        int whole = network.bits / 8;
        for (int i = 0; i < whole; i++) if (network.address[i] != address[i]) return false;
        int rest = network.bits % 8;
        return rest == 0 || ((network.address[whole] ^ address[whole]) & 0xff) >> 8 - rest == 0;
    }

    /// As they were written.
    @Override
    public String toString() {
        return String.join(", ", texts);
    }
}
