package yubin.wire;

import java.security.cert.X509Certificate;
import java.util.List;

/// What a TLS handshake agreed on.
///
/// @param protocol `TLSv1.3` or `TLSv1.2`
/// @param cipher the suite's IANA name
/// @param peerCertificates as the peer sent them, leaf first; empty when it sent none
/// @param applicationProtocol what ALPN chose, such as `h2` (RFC 7301); empty when nothing
/// @param verified client side: the chain and the name were checked and are good
public record TlsFacts(
        String protocol,
        String cipher,
        List<X509Certificate> peerCertificates,
        String applicationProtocol,
        boolean verified,
        Bindings bindings) {
    /// Where channel bindings come from: the engine knows.
    @FunctionalInterface
    public interface Bindings {
        byte[] of(String type);
    }

    /// Channel binding data for `tls-server-end-point` or `tls-exporter`; null when this engine
    /// cannot give that type.
    public byte[] channelBinding(String type) {
        return bindings.of(type);
    }
}
