package yubin.dns;

import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// A secret that two name servers share, to sign messages with. RFC 8945.
///
/// @param algorithm as the JDK calls it
public record TsigKey(Name name, Name algorithmName, String algorithm, byte[] secret) {
    /// Reads `name algorithm base64`, as other name servers have it in their configuration. Empty
    /// when it cannot be read; a secret under 16 octets cannot.
    public static Optional<TsigKey> parse(String text) {
        String[] words = text.strip().split("\\s+");
        if (words.length != 3) return Optional.empty();
        String algorithm =
                switch (words[1].toLowerCase(Locale.ROOT)) {
                    case "hmac-sha256" -> "HmacSHA256";
                    case "hmac-sha384" -> "HmacSHA384";
                    case "hmac-sha512" -> "HmacSHA512";
                    case "hmac-sha224" -> "HmacSHA224";
                    case "hmac-sha1" -> "HmacSHA1";
                    default -> null;
                };
        Optional<Name> name = Name.parse(words[0]);
        if (algorithm == null || name.isEmpty()) return Optional.empty();
        try {
            byte[] secret = Base64.getDecoder().decode(words[2]);
            if (secret.length < 16) return Optional.empty();
            return Optional.of(
                    new TsigKey(name.get().lower(), Name.of(words[1]).lower(), algorithm, secret));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TsigKey key
                && key.name.equals(name)
                && key.algorithm.equals(algorithm)
                && Arrays.equals(key.secret, secret);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /// Without the secret.
    @Override
    public String toString() {
        return name + " " + algorithm;
    }
}
