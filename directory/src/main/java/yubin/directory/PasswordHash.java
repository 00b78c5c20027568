package yubin.directory;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A password as it is kept: `{SCHEME}` and what the scheme says, as Dovecot writes them.
///
/// ```
/// {ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$salt$hash       Base64 without padding
/// {SCRAM-SHA-256}4096,salt,StoredKey,ServerKey             Base64
/// {BLF-CRYPT}$2y$10$…                                      also $2a$ and $2b$
/// {SHA512-CRYPT}$6$rounds=5000$salt$hash                   rounds may be absent
/// ```
///
/// Hashes may be imported, so the cost that each may ask of us is bounded.
sealed interface PasswordHash {
    /// Characters of a hash that is imported.
    int TEXT_MAX = 512;

    int ARGON2_MEMORY_KIB_MAX = 256 << 10;
    int ARGON2_PASSES_MAX = 16;
    int ARGON2_LANES_MAX = 8;
    int SCRAM_ITERATIONS_MAX = 1_000_000;
    int SHA512_ROUNDS_MAX = 1_000_000;
    int BLOWFISH_COST_MAX = 15;

    record Argon2id(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash)
            implements PasswordHash {
        @Override
        public String toString() {
            Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
            return "{ARGON2ID}$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                    .formatted(
                            memoryKib,
                            passes,
                            lanes,
                            base64.encodeToString(salt),
                            base64.encodeToString(hash));
        }
    }

    /// RFC 5802 §3: what a server keeps.
    record Scram(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey)
            implements PasswordHash {
        @Override
        public String toString() {
            Base64.Encoder base64 = Base64.getEncoder();
            return "{SCRAM-SHA-256}%d,%s,%s,%s"
                    .formatted(
                            iterations,
                            base64.encodeToString(salt),
                            base64.encodeToString(storedKey),
                            base64.encodeToString(serverKey));
        }
    }

    /// @param text `$2y$…`
    record Blowfish(String text) implements PasswordHash {
        @Override
        public String toString() {
            return "{BLF-CRYPT}" + text;
        }
    }

    /// @param text `$6$…`
    record Sha512(String text) implements PasswordHash {
        @Override
        public String toString() {
            return "{SHA512-CRYPT}" + text;
        }
    }

    Pattern SCHEME = Pattern.compile("\\{([A-Za-z0-9.-]{1,32})\\}(.*)", Pattern.DOTALL);
    Pattern ARGON2ID =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,4})"
                            + "\\$([A-Za-z0-9+/]+)=*\\$([A-Za-z0-9+/]+)=*");
    Pattern SCRAM = Pattern.compile("(\\d{1,8}),([^,]+),([^,]+),([^,]+)");
    Pattern BLOWFISH = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
    Pattern SHA512 =
            Pattern.compile("\\$6\\$(?:rounds=(\\d{1,9})\\$)?[^$:\\n]{0,16}\\$[./A-Za-z0-9]{86}");

    /// The scheme's name in capitals; empty for a password in the clear.
    static Optional<String> scheme(String text) {
        Matcher scheme = SCHEME.matcher(text);
        return scheme.matches()
                ? Optional.of(scheme.group(1).toUpperCase(Locale.ROOT))
                : Optional.empty();
    }

    /// Empty when the scheme is not known, the hash cannot be read or it costs too much.
    static Optional<PasswordHash> parse(String text) {
        Matcher scheme = SCHEME.matcher(text);
        if (text.length() > TEXT_MAX || !scheme.matches()) return Optional.empty();
        String rest = scheme.group(2);
        try {
            return Optional.ofNullable(
                    switch (scheme.group(1).toUpperCase(Locale.ROOT)) {
                        case "ARGON2ID" -> argon2id(rest);
                        case "SCRAM-SHA-256" -> scram(rest);
                        case "BLF-CRYPT" -> blowfish(rest);
                        case "SHA512-CRYPT" -> sha512(rest);
                        default -> null;
                    });
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Base64 or a number
        }
    }

    private static PasswordHash argon2id(String text) {
        Matcher parts = ARGON2ID.matcher(text);
        if (!parts.matches()) return null;
        int memory = Integer.parseInt(parts.group(1));
        int passes = Integer.parseInt(parts.group(2));
        int lanes = Integer.parseInt(parts.group(3));
        byte[] salt = Base64.getDecoder().decode(parts.group(4));
        byte[] hash = Base64.getDecoder().decode(parts.group(5));
        boolean bounded =
                lanes >= 1
                        && lanes <= ARGON2_LANES_MAX
                        && memory >= 8 * lanes
                        && memory <= ARGON2_MEMORY_KIB_MAX
                        && passes >= 1
                        && passes <= ARGON2_PASSES_MAX
                        && salt.length >= 8
                        && salt.length <= 64
                        && hash.length >= 16
                        && hash.length <= 64;
        return bounded ? new Argon2id(memory, passes, lanes, salt, hash) : null;
    }

    private static PasswordHash scram(String text) {
        Matcher parts = SCRAM.matcher(text);
        if (!parts.matches()) return null;
        int iterations = Integer.parseInt(parts.group(1));
        byte[] salt = Base64.getDecoder().decode(parts.group(2));
        byte[] stored = Base64.getDecoder().decode(parts.group(3));
        byte[] server = Base64.getDecoder().decode(parts.group(4));
        boolean bounded =
                iterations >= 1
                        && iterations <= SCRAM_ITERATIONS_MAX
                        && salt.length >= 4
                        && salt.length <= 64
                        && stored.length == 32
                        && server.length == 32;
        return bounded ? new Scram(iterations, salt, stored, server) : null;
    }

    private static PasswordHash blowfish(String text) {
        Matcher parts = BLOWFISH.matcher(text);
        if (!parts.matches()) return null;
        int cost = Integer.parseInt(parts.group(1));
        return cost >= 4 && cost <= BLOWFISH_COST_MAX ? new Blowfish(text) : null;
    }

    private static PasswordHash sha512(String text) {
        Matcher parts = SHA512.matcher(text);
        if (!parts.matches()) return null;
        String rounds = parts.group(1);
        if (rounds != null && Integer.parseInt(rounds) > SHA512_ROUNDS_MAX) return null;
        return text.getBytes(StandardCharsets.UTF_8).length == text.length()
                ? new Sha512(text)
                : null;
    }
}
