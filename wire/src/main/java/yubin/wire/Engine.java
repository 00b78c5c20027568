package yubin.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// One connection's TLS engine: BoringSSL's where its native library loads, else the JDK's.
///
/// A BoringSSL handshake costs a quarter of the JDK's. Its engine is counted by reference, without
/// a finalizer: [#release] must be called.
///
/// @param own what the server presents; null on the client side
/// @param verified true when the engine itself checks chain and name
record Engine(SSLEngine ssl, X509Certificate own, boolean verified, AtomicBoolean released) {
    static final SslProvider PROVIDER =
            OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;

    /// TLS 1.0 and 1.1 are refused, RFC 8314 §4.1.
    static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private static final ConcurrentHashMap<ClientTls, SslContext> CLIENTS =
            new ConcurrentHashMap<>();

    static Engine server(SslContext context, X509Certificate own) {
        return new Engine(
                context.newEngine(ByteBufAllocator.DEFAULT), own, false, new AtomicBoolean());
    }

    static Engine client(ClientTls how) throws IOException {
        ClientTls key = new ClientTls(null, how.verify(), how.trustAnchors());
        SslContext context = CLIENTS.get(key);
        if (context == null) {
            context = clientContext(how.verify(), how.trustAnchors());
            SslContext earlier = CLIENTS.putIfAbsent(key, context);
            if (earlier != null) context = earlier;
        }
        // The port takes part only in the session cache, which is not used.
        SSLEngine ssl =
                how.serverName() == null
                        ? context.newEngine(ByteBufAllocator.DEFAULT)
                        : context.newEngine(ByteBufAllocator.DEFAULT, how.serverName(), 25);
        return new Engine(ssl, null, how.verify(), new AtomicBoolean());
    }

    private static SslContext clientContext(boolean verify, Path trustAnchors) throws IOException {
        SslContextBuilder builder =
                SslContextBuilder.forClient().sslProvider(PROVIDER).protocols(PROTOCOLS);
        if (!verify) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null);
        } else {
            builder.endpointIdentificationAlgorithm("HTTPS");
            if (trustAnchors != null) {
                if (!Files.isReadable(trustAnchors)) {
                    throw new IOException("cannot read trust anchors in " + trustAnchors);
                }
                builder.trustManager(trustAnchors.toFile());
            }
        }
        return builder.build();
    }

    /// The most octets that one record unwraps to; no smaller target will do.
    int plainOctetsMax() {
        return ssl.getSession().getApplicationBufferSize();
    }

    /// Call when the handshake is over.
    TlsFacts facts() {
        SSLSession session = ssl.getSession();
        List<X509Certificate> peer = List.of();
        try {
            Certificate[] chain = session.getPeerCertificates();
            peer = java.util.Arrays.stream(chain).map(c -> (X509Certificate) c).toList();
        } catch (SSLPeerUnverifiedException _) {
            // the peer showed none
        }
        X509Certificate server = own != null ? own : peer.isEmpty() ? null : peer.getFirst();
        String protocol = session.getProtocol();
        String application = ssl.getApplicationProtocol();
        return new TlsFacts(
                protocol,
                session.getCipherSuite(),
                peer,
                application == null ? "" : application,
                verified,
                type -> binding(type, protocol, session, server));
    }

    private static byte[] binding(
            String type, String protocol, SSLSession session, X509Certificate server) {
        try {
            return switch (type) {
                case "tls-server-end-point" -> server == null ? null : serverEndPoint(server);
                case "tls-exporter" -> exported(protocol, session);
                default -> null;
            };
        } catch (GeneralSecurityException | IOException | UnsupportedOperationException _) {
            return null;
        }
    }

    /// The certificate's hash, by its signature's hash function, but SHA-256 for MD5 and SHA-1.
    private static byte[] serverEndPoint(X509Certificate server) throws GeneralSecurityException {
        String algorithm = server.getSigAlgName().toUpperCase(Locale.ROOT);
        String hash =
                algorithm.contains("SHA384")
                        ? "SHA-384"
                        : algorithm.contains("SHA512") ? "SHA-512" : "SHA-256";
        if (algorithm.startsWith("ED")) return null; // no single hash function: undefined
        return MessageDigest.getInstance(hash).digest(server.getEncoded());
    }

    /// Only the JDK's engine gives exported key material: tcnative has no call for it.
    private static byte[] exported(String protocol, SSLSession session) throws IOException {
        if (!protocol.equals("TLSv1.3") || !(session instanceof ExtendedSSLSession extended)) {
            return null;
        }
        return extended.exportKeyingMaterialData("EXPORTER-Channel-Binding", new byte[0], 32);
    }

    void release() {
        if (released.compareAndSet(false, true)) ReferenceCountUtil.release(ssl);
    }
}
