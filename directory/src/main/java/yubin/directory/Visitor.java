package yubin.directory;

import java.net.InetAddress;
import java.util.function.Function;

/// Who knocks: what a window knows about a connection before anybody has logged in.
///
/// @param address of the peer; failed logins are slowed per address
/// @param use what the login is for
/// @param channelBinding gives the channel binding data of `tls-exporter` or
///     `tls-server-end-point`, null for a type that the connection cannot give; null itself
///     without TLS
public record Visitor(InetAddress address, Use use, Function<String, byte[]> channelBinding) {
    public static Visitor plain(InetAddress address, Use use) {
        return new Visitor(address, use, null);
    }

    public boolean isEncrypted() {
        return channelBinding != null;
    }
}
