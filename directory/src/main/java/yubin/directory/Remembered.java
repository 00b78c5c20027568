package yubin.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Logins that succeeded, for some minutes, so that clients which reconnect all day do not pay for
/// Argon2id each time.
///
/// Kept is HMAC-SHA-256 over account, credential, its version and the password, under a key that is
/// drawn at start and never leaves memory. A new password has a new version: what was remembered
/// for the old one is never asked for again. Only success is remembered.
final class Remembered {
    private static final int LOGINS_MAX = 100_000;
    private static final Duration KEPT = Duration.ofMinutes(10);

    private final Mac keyed;
    private final Cache<ByteBuffer, Boolean> logins =
            Caffeine.newBuilder().maximumSize(LOGINS_MAX).expireAfterWrite(KEPT).build();

    Remembered() {
        try {
            keyed = Mac.getInstance("HmacSHA256");
            keyed.init(new SecretKeySpec(Passwords.random(32), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean knows(long account, Rows.Credential credential, String password) {
        return logins.getIfPresent(mark(account, credential, password)) != null;
    }

    void remember(long account, Rows.Credential credential, String password) {
        logins.put(mark(account, credential, password), Boolean.TRUE);
    }

    private ByteBuffer mark(long account, Rows.Credential credential, String password) {
        byte[] octets = password.getBytes(StandardCharsets.UTF_8);
        ByteBuffer text = ByteBuffer.allocate(24 + octets.length);
        text.putLong(account).putLong(credential.id()).putLong(credential.version()).put(octets);
        try {
            return ByteBuffer.wrap(((Mac) keyed.clone()).doFinal(text.array()));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
