package yubin.directory;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The arithmetic of SCRAM-SHA-256. RFC 5802 §3, RFC 7677 §3.
final class Scram {
    /// For new passwords. RFC 7677 §4 asks for 4,096 at least; the client does this work at each
    /// login.
    static final int ITERATIONS = 16_384;

    private Scram() {}

    /// Makes the keys that a server keeps for a password.
    static PasswordHash.Scram keys(String password) {
        byte[] octets = Passwords.prepare(password).getBytes(StandardCharsets.UTF_8);
        return keys(octets, Passwords.random(16), ITERATIONS);
    }

    static PasswordHash.Scram keys(byte[] password, byte[] salt, int iterations) {
        byte[] salted = hi(password, salt, iterations);
        byte[] storedKey = sha256(hmac(salted, "Client Key"));
        return new PasswordHash.Scram(iterations, salt, storedKey, hmac(salted, "Server Key"));
    }

    /// Compares in constant time.
    static boolean equal(String a, String b) {
        return MessageDigest.isEqual(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    /// `ClientProof = ClientKey XOR HMAC(StoredKey, AuthMessage)`: true when the client has shown
    /// the ClientKey behind our StoredKey.
    static boolean proves(byte[] proof, byte[] storedKey, byte[] authMessage) {
        byte[] key = hmac(storedKey, authMessage);
        if (proof.length != key.length) return false;
        for (int i = 0; i < key.length; i++) key[i] ^= proof[i];
        return MessageDigest.isEqual(sha256(key), storedKey);
    }

    /// `Hi(str, salt, i)` of RFC 5802 §2.2: PBKDF2 with HMAC and one block.
    static byte[] hi(byte[] password, byte[] salt, int iterations) {
        Mac mac = mac(password.length == 0 ? new byte[1] : password);
        mac.update(salt);
        byte[] round = mac.doFinal(new byte[] {0, 0, 0, 1});
        byte[] sum = round.clone();
        for (int i = 1; i < iterations; i++) {
            round = mac.doFinal(round);
            for (int k = 0; k < sum.length; k++) sum[k] ^= round[k];
        }
        return sum;
    }

    static byte[] hmac(byte[] key, String text) {
        return hmac(key, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] hmac(byte[] key, byte[] text) {
        return mac(key).doFinal(text);
    }

    static byte[] sha256(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
