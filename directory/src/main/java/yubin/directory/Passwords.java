package yubin.directory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Optional;
import org.apache.commons.codec.digest.Sha2Crypt;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Makes and checks password hashes. Computes long: see [HashPool] for where it may run.
final class Passwords {
    /// Characters of a password; a longer one is wrong without a look.
    static final int CHARACTERS_MAX = 1024;

    private static final int ARGON2_MEMORY_KIB = 19 << 10;
    private static final int ARGON2_PASSES = 2;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Passwords() {}

    /// Makes the hash that new passwords get.
    static PasswordHash.Argon2id hash(String password) {
        byte[] salt = random(16);
        byte[] octets = prepare(password).getBytes(StandardCharsets.UTF_8);
        byte[] hash = argon2id(octets, salt, ARGON2_MEMORY_KIB, ARGON2_PASSES, 1, 32);
        return new PasswordHash.Argon2id(ARGON2_MEMORY_KIB, ARGON2_PASSES, 1, salt, hash);
    }

    /// Takes as long as checking a password of somebody who exists.
    static void pretend(String password) {
        byte[] octets = password.getBytes(StandardCharsets.UTF_8);
        argon2id(octets, new byte[16], ARGON2_MEMORY_KIB, ARGON2_PASSES, 1, 32);
    }

    /// True when a hash is of the kind that new passwords get, or dearer.
    static boolean isStrong(PasswordHash hash) {
        return hash instanceof PasswordHash.Argon2id argon
                && (long) argon.memoryKib() * argon.passes()
                        >= (long) ARGON2_MEMORY_KIB * ARGON2_PASSES;
    }

    /// Compares in constant time. The password as it came is tried too where preparing changes
    /// it: imported hashes were made from it.
    static boolean matches(PasswordHash hash, String password) {
        String prepared = prepare(password);
        return verify(hash, prepared) || !prepared.equals(password) && verify(hash, password);
    }

    private static boolean verify(PasswordHash hash, String password) {
        byte[] octets = password.getBytes(StandardCharsets.UTF_8);
        return switch (hash) {
            case PasswordHash.Argon2id(
                            int memory,
                            int passes,
                            int lanes,
                            byte[] salt,
                            byte[] expected) ->
                    MessageDigest.isEqual(
                            expected,
                            argon2id(octets, salt, memory, passes, lanes, expected.length));
            case PasswordHash.Scram keys ->
                    MessageDigest.isEqual(
                            keys.storedKey(),
                            Scram.keys(octets, keys.salt(), keys.iterations()).storedKey());
            case PasswordHash.Blowfish(String text) -> OpenBSDBCrypt.checkPassword(text, octets);
            case PasswordHash.Sha512(String text) ->
                    MessageDigest.isEqual(
                            text.getBytes(StandardCharsets.US_ASCII),
                            Sha2Crypt.sha512Crypt(octets.clone(), text)
                                    .getBytes(StandardCharsets.US_ASCII));
        };
    }

    private static byte[] argon2id(
            byte[] password, byte[] salt, int memory, int passes, int lanes, int length) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(memory)
                        .withIterations(passes)
                        .withParallelism(lanes)
                        .withSalt(salt)
                        .build());
        byte[] hash = new byte[length];
        generator.generateBytes(password, hash);
        return hash;
    }

    static byte[] random(int octets) {
        byte[] random = new byte[octets];
        RANDOM.nextBytes(random);
        return random;
    }

    /// Why a new password is not taken; empty when it is good.
    static Optional<String> objection(String password) {
        if (password.isEmpty()) return Optional.of("the password is empty");
        if (password.length() > CHARACTERS_MAX) {
            return Optional.of("the password is over " + CHARACTERS_MAX + " characters");
        }
        for (int i = 0; i < password.length(); i++) {
            if (Character.isISOControl(password.charAt(i))) {
                return Optional.of("the password has a control character");
            }
        }
        return Optional.empty();
    }

    /// Brings passwords that look the same to the same octets: SASLprep, RFC 4013 §2.
    ///
    /// Other spaces become SPACE, characters "mapped to nothing" go, the rest is NFKC. What
    /// SASLprep prohibits is left as it is, so that a password chosen elsewhere still works.
    /// RFC 8265 §4.2 is stricter about NFKC, but SCRAM clients do this.
    static String prepare(String password) {
        boolean ascii = true;
        for (int i = 0; i < password.length() && ascii; i++) ascii = password.charAt(i) < 128;
        if (ascii) return password;
        StringBuilder mapped = new StringBuilder(password.length());
        password.codePoints()
                .filter(c -> !isMappedToNothing(c))
                .map(c -> c > 127 && Character.getType(c) == Character.SPACE_SEPARATOR ? ' ' : c)
                .forEach(mapped::appendCodePoint);
        return Normalizer.normalize(mapped, Normalizer.Form.NFKC);
    }

    /// Table B.1 of RFC 3454 as RFC 4013 §2.1 uses it.
    private static boolean isMappedToNothing(int c) {
        return c == 0x00AD
                || c == 0x034F
                || c == 0x1806
                || c >= 0x180B && c <= 0x180D
                || c >= 0x200B && c <= 0x200D
                || c == 0x2060
                || c >= 0xFE00 && c <= 0xFE0F
                || c == 0xFEFF;
    }
}
