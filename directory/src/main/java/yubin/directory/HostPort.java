package yubin.directory;

import java.net.InetAddress;
import java.util.Optional;
import yubin.mail.Domain;

/// Where a route leads: `host`, `host:port`, `192.0.2.1:port`, `[2001:db8::1]:port`.
///
/// @param host without brackets
record HostPort(String host, int port) {
    private static final int SMTP = 25;

    static Optional<HostPort> parse(String text) {
        String host = text.strip();
        String port = "";
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            if (end < 0) return Optional.empty();
            port = host.substring(end + 1);
            host = host.substring(1, end);
            if (!port.isEmpty() && !port.startsWith(":")) return Optional.empty();
            if (!isAddress(host)) return Optional.empty();
        } else {
            int colon = host.indexOf(':');
            if (colon >= 0 && host.indexOf(':', colon + 1) < 0) {
                port = host.substring(colon);
                host = host.substring(0, colon);
            }
            if (host.indexOf(':') >= 0 ? !isAddress(host) : Domain.parse(host).isEmpty()) {
                return Optional.empty();
            }
        }
        if (port.isEmpty()) return Optional.of(new HostPort(host, SMTP));
        try {
            int number = Integer.parseInt(port.substring(1));
            return number > 0 && number < 65_536
                    ? Optional.of(new HostPort(host, number))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isAddress(String text) {
        try {
            return text.indexOf('%') < 0 && InetAddress.ofLiteral(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
