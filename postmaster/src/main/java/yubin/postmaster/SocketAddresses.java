package yubin.postmaster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Address literals with a port, read without asking any name server.
final class SocketAddresses {
    private SocketAddresses() {}

    /// Reads `192.0.2.1:25` or `[2001:db8::1]:25`; without a port only where `defaultPort` is not
    /// negative. Port 0 stands for any free one. Empty when it is no literal.
    static Optional<InetSocketAddress> parse(String text, int defaultPort) {
        String host;
        String port;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0) return Optional.empty();
            host = text.substring(1, end);
            port = text.substring(end + 1);
            if (!port.isEmpty() && !port.startsWith(":")) return Optional.empty();
            if (!port.isEmpty()) port = port.substring(1);
            else if (defaultPort < 0) return Optional.empty();
        } else if (text.indexOf(':') != text.lastIndexOf(':')) {
            if (defaultPort < 0) return Optional.empty();
            host = text;
            port = "";
        } else {
            int colon = text.indexOf(':');
            if (colon < 0 && defaultPort < 0) return Optional.empty();
            host = colon < 0 ? text : text.substring(0, colon);
            port = colon < 0 ? "" : text.substring(colon + 1);
            if (colon == text.length() - 1) return Optional.empty();
        }
        int number = port.isEmpty() ? defaultPort : number(port);
        if (number < 0) return Optional.empty();
        try {
            return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(host), number));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// As it is written in the configuration.
    static String format(InetSocketAddress address) {
        String host = shorten(address.getAddress().getHostAddress());
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /// `0:0:0:0:0:0:0:1` as `::1`: the first run of at least two zeros goes.
    private static String shorten(String host) {
        if (host.indexOf(':') < 0) return host;
        return host.replaceFirst("(^|:)0(:0)+(:|$)", "::");
    }

    private static int number(String port) {
        if (port.length() > 5) return -1;
        int number = 0;
        for (int i = 0; i < port.length(); i++) {
            int digit = port.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            number = number * 10 + digit;
        }
        return number <= 65535 ? number : -1;
    }
}
