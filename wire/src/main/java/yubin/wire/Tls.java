package yubin.wire;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/// The post office's own certificate and key, and the engines made with them.
public final class Tls {
    private Tls() {}

    /// Reads PEM files: a certificate chain, leaf first, and its key (PKCS #8, PKCS #1 or SEC 1).
    ///
    /// @throws IOException with one clear sentence when a file cannot be read or the two do not
    ///     belong together
    public static Tls load(Path certificate, Path key) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Uses `tls-cert.pem` and `tls-key.pem` in `folder`, made first when absent: P-256, for
    /// `hostname`, localhost, 127.0.0.1 and ::1.
    public static Tls selfSigned(Path folder, String hostname) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Reads the files again; new connections use the new pair. On an error the old pair stays.
    public void reload() throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Leaf first.
    public List<X509Certificate> certificates() {
        throw new UnsupportedOperationException();
    }

    /// True when handshakes run on BoringSSL, false when on the JDK.
    public static boolean isNative() {
        throw new UnsupportedOperationException();
    }
}
