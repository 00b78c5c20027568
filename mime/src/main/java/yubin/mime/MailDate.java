package yubin.mime;

import java.time.OffsetDateTime;

/// Dates in header fields. RFC 5322 §3.3, obsolete forms §4.3.
public final class MailDate {
    private MailDate() {}

    /// Reads a date as people write it; null when it is none. Total.
    public static OffsetDateTime parse(String text) {
        return Later.later();
    }

    /// `Wed, 25 Nov 2026 10:35:00 +0900`.
    public static String format(OffsetDateTime date) {
        return Later.later();
    }
}
