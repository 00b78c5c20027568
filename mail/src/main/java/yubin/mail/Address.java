package yubin.mail;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/// A mailbox `local-part@domain`. RFC 5321 §4.1.2; UTF-8 in the local part RFC 6531 §3.3.
///
/// The local part is kept as it was written, without quotes: only its own host may read a meaning
/// into it (RFC 5321 §2.3.11). Two addresses are the same person here when their [#key] is equal.
///
/// @param local 1 to 64 octets of UTF-8, unquoted
public record Address(String local, Domain domain) {
    /// RFC 5321 §4.5.3.1.1.
    public static final int LOCAL_OCTETS_MAX = 64;

    public Address {
        int octets = local.getBytes(StandardCharsets.UTF_8).length;
        if (octets < 1 || octets > LOCAL_OCTETS_MAX) {
            throw new IllegalArgumentException("local part of " + octets + " octets");
        }
    }

    /// Reads `local@domain` or `"quoted local"@domain`, without angle brackets; empty when it is
    /// not a mailbox.
    public static Optional<Address> parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1) return Optional.empty();
        return local(text.substring(0, at))
                .flatMap(
                        local ->
                                Domain.parse(text.substring(at + 1))
                                        .map(domain -> new Address(local, domain)));
    }

    /// The same for an address that is known to be good.
    ///
    /// @throws IllegalArgumentException when it is not
    public static Address of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("address " + text));
    }

    /// What the directory looks up: NFC, lower case, A-labels.
    public String key() {
        return Normalizer.normalize(local, Normalizer.Form.NFC).toLowerCase(Locale.ROOT)
                + "@"
                + domain.ascii();
    }

    /// True when a hop needs SMTPUTF8 to carry this address: an A-label domain alone does not.
    public boolean needsSmtpUtf8() {
        for (int i = 0; i < local.length(); i++) if (local.charAt(i) > 127) return true;
        return false;
    }

    /// In the form of a path, the local part quoted where its characters ask for it.
    @Override
    public String toString() {
        return (isDotString(local) ? local : quote(local)) + "@" + domain.ascii();
    }

    /// `Local-part = Dot-string / Quoted-string`
    private static Optional<String> local(String text) {
        String local;
        if (text.startsWith("\"")) {
            if (text.length() < 3 || !text.endsWith("\"")) return Optional.empty();
            StringBuilder inner = new StringBuilder();
            for (int i = 1; i < text.length() - 1; i++) {
                char c = text.charAt(i);
                if (c == '"') return Optional.empty();
                if (c == '\\') {
                    if (++i == text.length() - 1) return Optional.empty();
                    c = text.charAt(i);
                }
                if (c < ' ' || c == 127) return Optional.empty();
                inner.append(c);
            }
            local = inner.toString();
        } else {
            if (!isDotString(text)) return Optional.empty();
            local = text;
        }
        int octets = local.getBytes(StandardCharsets.UTF_8).length;
        return octets < 1 || octets > LOCAL_OCTETS_MAX ? Optional.empty() : Optional.of(local);
    }

    /// `Dot-string = Atom *("." Atom)`. Dots in odd places are let through between atoms as many
    /// Japanese mobile addresses carry them (`ann..b.@example.com`), but never alone.
    private static boolean isDotString(String text) {
        boolean anyAtom = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') continue;
            boolean atext =
                    c > 127
                            || c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
            if (!atext) return false;
            anyAtom = true;
        }
        return anyAtom;
    }

    private static String quote(String local) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c == '"' || c == '\\') quoted.append('\\');
            quoted.append(c);
        }
        return quoted.append('"').toString();
    }
}
