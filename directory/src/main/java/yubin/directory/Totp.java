package yubin.directory;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// One-time codes of six digits that a telephone computes too: RFC 6238 over HMAC-SHA-1, 30
/// seconds,
/// which is what every authenticator app speaks.
final class Totp {
    static final int SECRET_OCTETS = 20;
    static final long STEP_MILLIS = 30_000;

    /// Steps that a clock may be off, to either side. RFC 6238
    private static final int STEPS_OFF = 1;

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Totp() {}

    /// The code of a time step, RFC 4226
    static String code(byte[] secret, long step) {
        byte[] counter = new byte[8];
        for (int i = 0; i < 8; i++) counter[i] = (byte) (step >>> 56 - 8 * i);
        byte[] hash;
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            hash = mac.doFinal(counter);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
        int at = hash[hash.length - 1] & 0xF;
        int number =
                (hash[at] & 0x7F) << 24
                        | (hash[at + 1] & 0xFF) << 16
                        | (hash[at + 2] & 0xFF) << 8
                        | hash[at + 3] & 0xFF;
        return String.format("%06d", number % 1_000_000);
    }

    /// The step whose code this is, near `millis`; -1 when it is none of them.
    static long step(byte[] secret, String code, long millis) {
        long now = millis / STEP_MILLIS;
        long found = -1;
        for (long step = now - STEPS_OFF; step <= now + STEPS_OFF; step++) {
            if (Scram.equal(code(secret, step), code)) found = step;
        }
        return found;
    }

    /// Base32 without padding, as authenticator apps take it (RFC 4648).
    static String base32(byte[] octets) {
        StringBuilder text = new StringBuilder();
        int bits = 0;
        int count = 0;
        for (byte octet : octets) {
            bits = bits << 8 | octet & 0xFF;
            for (count += 8; count >= 5; count -= 5) {
                text.append(ALPHABET.charAt(bits >>> count - 5 & 31));
            }
        }
        if (count > 0) text.append(ALPHABET.charAt(bits << 5 - count & 31));
        return text.toString();
    }
}
