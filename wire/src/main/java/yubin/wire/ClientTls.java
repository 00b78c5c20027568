package yubin.wire;

import java.nio.file.Path;

/// How an outgoing connection turns TLS on.
///
/// @param serverName the name sent as SNI, and checked when `verify`; null for none
/// @param verify true: chain and name must be good; false: any certificate will do (opportunistic)
/// @param trustAnchors a PEM file of roots to trust, null for the system's
public record ClientTls(String serverName, boolean verify, Path trustAnchors) {
    public static ClientTls opportunistic(String serverName) {
        return new ClientTls(serverName, false, null);
    }

    public static ClientTls verified(String serverName) {
        return new ClientTls(serverName, true, null);
    }
}
