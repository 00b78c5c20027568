package yubin.dns;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash of a name for NSEC3. RFC 5155 §5.
final class Nsec3Hash {
    private static final ThreadLocal<MessageDigest> SHA1 =
            ThreadLocal.withInitial(
                    () -> {
                        try {
                            return MessageDigest.getInstance("SHA-1");
                        } catch (NoSuchAlgorithmException e) {
                            throw new IllegalStateException(e);
                        }
                    });

    private Nsec3Hash() {}

    static byte[] of(Name name, byte[] salt, int iterations) {
        MessageDigest sha1 = SHA1.get();
        sha1.update(name.lower().wire());
        sha1.update(salt);
        byte[] hash = sha1.digest();
        for (int i = 0; i < iterations; i++) {
            sha1.update(hash);
            sha1.update(salt);
            hash = sha1.digest();
        }
        return hash;
    }
}
