package yubin.jmap;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/// Date and UTCDate. RFC 8620 §1.4.
final class Dates {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX");

    /// `time-secfrac` without digits, or with zeros only, is not allowed; letters in capitals.
    private static final Pattern DATE =
            Pattern.compile(
                    "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{0,8}[1-9])?"
                            + "(Z|[+-]\\d\\d:\\d\\d)");

    private Dates() {}

    static String date(OffsetDateTime date) {
        return SECONDS.format(date);
    }

    /// Whole seconds.
    static String utc(long millis) {
        return SECONDS.format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
    }

    static String utc(Instant instant) {
        return utc(instant.toEpochMilli());
    }

    /// Null for what is no Date.
    static OffsetDateTime parse(String text) {
        if (!DATE.matcher(text).matches()) return null;
        try {
            return OffsetDateTime.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /// Null for what is no UTCDate.
    static Instant parseUtc(String text) {
        OffsetDateTime date = text.endsWith("Z") ? parse(text) : null;
        return date == null ? null : date.toInstant();
    }
}
