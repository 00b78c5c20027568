package yubin.mail;

import java.util.Optional;

/// An enhanced mail system status code, `class.subject.detail`. RFC 3463 §2.
///
/// @param kind 2 success, 4 persistent transient failure, 5 permanent failure
/// @param subject 0 to 999
/// @param detail 0 to 999
public record EnhancedStatus(int kind, int subject, int detail) {
    public EnhancedStatus {
        boolean known = kind == 2 || kind == 4 || kind == 5;
        if (!known || subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new IllegalArgumentException(kind + "." + subject + "." + detail);
        }
    }

    /// Reads `5.1.1`; empty when it is no status code.
    public static Optional<EnhancedStatus> parse(String text) {
        String[] parts = text.split("\\.", 4);
        if (parts.length != 3) return Optional.empty();
        int[] numbers = new int[3];
        for (int i = 0; i < 3; i++) {
            if (parts[i].isEmpty() || parts[i].length() > 3) return Optional.empty();
            for (int k = 0; k < parts[i].length(); k++) {
                if (parts[i].charAt(k) < '0' || parts[i].charAt(k) > '9') return Optional.empty();
            }
            numbers[i] = Integer.parseInt(parts[i]);
        }
        if (numbers[0] != 2 && numbers[0] != 4 && numbers[0] != 5) return Optional.empty();
        return Optional.of(new EnhancedStatus(numbers[0], numbers[1], numbers[2]));
    }

    public static EnhancedStatus of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("status " + text));
    }

    @Override
    public String toString() {
        return kind + "." + subject + "." + detail;
    }
}
