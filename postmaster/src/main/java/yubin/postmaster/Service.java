package yubin.postmaster;

import java.util.Locale;

/// What the post office can listen for: the keys of `[listen]` in the configuration.
///
/// Every key is known from the first day, also where its room does not stand yet.
enum Service {
    SMTP(2525, 25),
    SUBMISSION(2587, 587),
    SUBMISSIONS(2465, 465),
    LMTP(2424, 24),
    IMAP(1143, 143),
    IMAPS(1993, 993),
    POP3(1110, 110),
    POP3S(1995, 995),
    SIEVE(4190, 4190),
    HTTP(8080, 80),
    HTTPS(8443, 443),
    DNS(1053, 53),
    DOT(8853, 853);

    /// Where it listens when the configuration does not say: a port that needs no privilege.
    final int defaultPort;

    /// Where the world expects it.
    final int officialPort;

    Service(int defaultPort, int officialPort) {
        this.defaultPort = defaultPort;
        this.officialPort = officialPort;
    }

    /// As written in the configuration.
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// False for a room that is not built yet: its listen key is named at start and has no effect.
    boolean built() {
        return switch (this) {
            case SMTP, SUBMISSION, SUBMISSIONS, LMTP, IMAP, IMAPS, POP3, POP3S -> true;
            case HTTP, HTTPS, DNS, DOT -> true;
            case SIEVE -> false;
        };
    }

    /// True where TLS begins with the first octet, RFC 8314 §3.
    boolean implicitTls() {
        return switch (this) {
            case SUBMISSIONS, IMAPS, POP3S, HTTPS, DOT -> true;
            default -> false;
        };
    }
}
