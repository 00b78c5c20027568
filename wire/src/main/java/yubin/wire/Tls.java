package yubin.wire;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The post office's own certificate and key, and the engines made with them.
///
/// Session tickets are on, under keys that live in memory only and change twice a day: a ticket of
/// the period before still opens.
public final class Tls {
    private static final long TICKET_NANOS = Duration.ofHours(12).toNanos();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path certificate;
    private final Path key;

    /// What ALPN may choose from, dearest first; empty to take no part in it.
    private final List<String> applicationProtocols;

    private final List<Tls> offerings = new CopyOnWriteArrayList<>();

    /// What new connections use. BoringSSL's contexts are counted by reference: we hold the newest,
    /// each engine holds its own, so that an older one is freed with its last connection.
    private volatile Pair current;

    private OpenSslSessionTicketKey ticketKey; // guarded by this, as is the next
    private OpenSslSessionTicketKey ticketKeyBefore;
    private volatile long ticketsDue;

    private record Pair(SslContext context, List<X509Certificate> chain) {}

    private Tls(Path certificate, Path key, List<String> applicationProtocols) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.applicationProtocols = applicationProtocols;
        reload();
    }

    /// Reads PEM files: a certificate chain, leaf first, and its key (PKCS #8, PKCS #1 or SEC 1).
    ///
    /// @throws IOException with one clear sentence when a file cannot be read or the two do not
    ///     belong together
    public static Tls load(Path certificate, Path key) throws IOException {
        return new Tls(certificate, key, List.of());
    }

    /// Uses `tls-cert.pem` and `tls-key.pem` in `folder`, made first when absent, run out or made
    /// for another name: P-256, for `hostname`, localhost, 127.0.0.1 and ::1.
    public static Tls selfSigned(Path folder, String hostname) throws IOException {
        Path certificate = folder.resolve("tls-cert.pem");
        Path key = folder.resolve("tls-key.pem");
        if (!Pem.isUsable(certificate, key, hostname)) {
            Files.createDirectories(folder);
            Pem.makeSelfSigned(certificate, key, hostname);
        }
        return new Tls(certificate, key, List.of());
    }

    /// The same certificate for listeners that agree on a protocol by ALPN (RFC 7301); reloaded
    /// with
    /// this one. A peer that offers none of these, or no ALPN, is served without a choice.
    ///
    /// @param protocols dearest first, such as `h2`
    public Tls offering(String... protocols) throws IOException {
        Tls offering = new Tls(certificate, key, List.of(protocols));
        offerings.add(offering);
        return offering;
    }

    /// What [#reload] would use now, leaf first.
    ///
    /// @throws IOException as there
    public List<X509Certificate> coming() throws IOException {
        List<X509Certificate> chain = Pem.chain(certificate);
        check(chain, Pem.key(key));
        return chain;
    }

    private void check(List<X509Certificate> chain, PrivateKey secret) throws IOException {
        if (Pem.belongTogether(secret, chain.getFirst().getPublicKey())) return;
        throw new IOException(
                "the key in " + key + " is not that of the certificate in " + certificate);
    }

    /// Reads the files again; new connections use the new pair. On an error the old pair stays.
    public void reload() throws IOException {
        List<X509Certificate> chain = Pem.chain(certificate);
        PrivateKey secret = Pem.key(key);
        check(chain, secret);
        SslContext context =
                // No client is asked for a certificate; without this, the system's roots are read.
                SslContextBuilder.forServer(secret, chain)
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .sslProvider(Engine.PROVIDER)
                        .protocols(Engine.PROTOCOLS)
                        .applicationProtocolConfig(negotiation())
                        .build();
        Pair before;
        synchronized (this) {
            before = current;
            current = new Pair(context, chain);
            if (ticketKey == null) rotateTicketKey();
            else useTicketKeys();
        }
        if (before != null) ReferenceCountUtil.release(before.context());
        for (Tls offering : offerings) offering.reload();
    }

    private ApplicationProtocolConfig negotiation() {
        if (applicationProtocols.isEmpty()) return ApplicationProtocolConfig.DISABLED;
        return new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                applicationProtocols);
    }

    /// Leaf first.
    public List<X509Certificate> certificates() {
        return current.chain();
    }

    /// True when handshakes run on BoringSSL, false when on the JDK.
    public static boolean isNative() {
        return Engine.PROVIDER != SslProvider.JDK;
    }

    Engine serverEngine() {
        if (System.nanoTime() - ticketsDue > 0) {
            synchronized (this) {
                if (System.nanoTime() - ticketsDue > 0) rotateTicketKey();
            }
        }
        while (true) {
            Pair pair = current;
            try {
                ReferenceCountUtil.retain(pair.context());
            } catch (IllegalReferenceCountException _) {
                continue; // freed by a reload since it was read: there is a newer one
            }
            try {
                return Engine.server(pair.context(), pair.chain().getFirst());
            } finally {
                ReferenceCountUtil.release(pair.context());
            }
        }
    }

    /// For tests: what a connection that begins now holds.
    SslContext context() {
        return current.context();
    }

    private void rotateTicketKey() {
        ticketKeyBefore = ticketKey;
        ticketKey =
                new OpenSslSessionTicketKey(
                        random(OpenSslSessionTicketKey.NAME_SIZE),
                        random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                        random(OpenSslSessionTicketKey.AES_KEY_SIZE));
        ticketsDue = System.nanoTime() + TICKET_NANOS;
        useTicketKeys();
    }

    /// The JDK's engine makes tickets by itself.
    private void useTicketKeys() {
        if (!(current.context() instanceof ReferenceCountedOpenSslContext)
                && !(current.context() instanceof OpenSslServerContext)) {
            return;
        }
        OpenSslSessionContext sessions = (OpenSslSessionContext) current.context().sessionContext();
        if (ticketKeyBefore == null) sessions.setTicketKeys(ticketKey);
        else sessions.setTicketKeys(ticketKey, ticketKeyBefore);
    }

    private static byte[] random(int octets) {
        byte[] bytes = new byte[octets];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
