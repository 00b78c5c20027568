package yubin.mime;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Dates in header fields. RFC 5322 §3.3, obsolete forms §4.3.
///
/// ```
/// date-time = [ day-of-week "," ] day month year hour ":" minute [ ":" second ] zone
/// ```
/// Read besides: `Thu Feb 13 23:32:54 1969`, months as numbers, `2004-02-05`, years of two and
/// three digits, names of zones, comments anywhere.
public final class MailDate {
    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
    private static final String[] DAY_NAMES = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTH_NAMES = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    /// Hours from UTC of names that are more than local custom. RFC 5322 §4.3; JST and its
    /// neighbours are ours.
    private static final Map<String, Integer> ZONES =
            Map.ofEntries(
                    Map.entry("EDT", -4),
                    Map.entry("EST", -5),
                    Map.entry("EST5EDT", -5),
                    Map.entry("CDT", -5),
                    Map.entry("CST", -6),
                    Map.entry("CST6CDT", -6),
                    Map.entry("MDT", -6),
                    Map.entry("MST", -7),
                    Map.entry("MST7MDT", -7),
                    Map.entry("PDT", -7),
                    Map.entry("PST", -8),
                    Map.entry("PST8PDT", -8),
                    Map.entry("HST", -10),
                    Map.entry("WET", 0),
                    Map.entry("BST", 1),
                    Map.entry("CET", 1),
                    Map.entry("MET", 1),
                    Map.entry("MEZ", 1),
                    Map.entry("CEST", 2),
                    Map.entry("MEST", 2),
                    Map.entry("MESZ", 2),
                    Map.entry("EET", 2),
                    Map.entry("EEST", 3),
                    Map.entry("MSK", 3),
                    Map.entry("JST", 9),
                    Map.entry("KST", 9),
                    Map.entry("AEST", 10));

    /// Words of one date; more are not looked at.
    private static final int WORDS_MAX = 16;

    private MailDate() {}

    /// Reads a date as people write it; null when it is none. Total.
    ///
    /// @param text unfolded or not; of a Received field what follows the last semicolon is read
    public static OffsetDateTime parse(String text) {
        if (text == null) return null;
        List<String> words = words(text.substring(text.lastIndexOf(';') + 1));
        int day = -1;
        int month = -1;
        int year = -1;
        int[] time = null;
        ZoneOffset zone = null;
        for (String word : words) {
            char c = word.charAt(0);
            if (word.indexOf(':') > 0 && time == null) {
                time = time(word);
                if (time == null) return null;
            } else if ((c == '+' || c == '-') && time != null && zone == null) {
                zone = numericZone(word);
            } else if (Character.digit(c, 10) >= 0) {
                int dash = word.indexOf('-');
                if (dash == 4 && day < 0 && word.length() >= 8) {
                    int second = word.indexOf('-', 5);
                    if (second < 0) return null;
                    year = number(word.substring(0, 4));
                    month = number(word.substring(5, second));
                    day = number(word.substring(second + 1));
                    continue;
                }
                if (dash > 0 && day < 0) {
                    // 21-Nov-1997
                    int second = word.indexOf('-', dash + 1);
                    if (second < 0) return null;
                    day = number(word.substring(0, dash));
                    month = month(word.substring(dash + 1, second));
                    year = year(word.substring(second + 1));
                    continue;
                }
                int value = number(word);
                if (value < 0) return null;
                if (day < 0) day = value;
                else if (month < 0) month = value;
                else if (year < 0) year = year(word);
            } else if (month < 0 && month(word) > 0) {
                month = month(word);
            } else if (time != null && zone == null) {
                zone = namedZone(word);
            } else if (day >= 0 && month < 0) {
                return null;
            }
        }
        if (time == null || day < 0 || month < 0 || year < 0) return null;
        try {
            return LocalDateTime.of(year, month, day, time[0], time[1], Math.min(time[2], 59))
                    .atOffset(zone == null ? ZoneOffset.UTC : zone);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>(8);
        int at = 0;
        while (at < text.length() && words.size() < WORDS_MAX) {
            char c = text.charAt(at);
            if (c == '(') {
                at = Addresses.skipComment(text, at);
            } else if (c <= ' ' || c == ',') {
                at++;
            } else {
                int start = at;
                while (at < text.length() && !isBreak(text.charAt(at))) at++;
                words.add(text.substring(start, at));
            }
        }
        return words;
    }

    private static boolean isBreak(char c) {
        return c <= ' ' || c == ',' || c == '(';
    }

    private static int[] time(String word) {
        String[] parts = word.split("[:.]", 4);
        int hour = number(parts[0]);
        int minute = number(parts[1]);
        int second = parts.length > 2 ? number(parts[2]) : 0;
        boolean good = hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
        return good && second >= 0 && second <= 60 ? new int[] {hour, minute, second} : null;
    }

    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 4) return -1;
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            number = number * 10 + digit;
        }
        return number;
    }

    /// Two digits below 50 are of this century, three count from 1900. RFC 5322 §4.3.
    private static int year(String digits) {
        int year = number(digits);
        if (year < 0) return -1;
        if (digits.length() == 2) return year < 50 ? 2000 + year : 1900 + year;
        return digits.length() == 3 ? 1900 + year : year;
    }

    private static int month(String word) {
        if (word.length() < 3) return number(word);
        int at = MONTHS.indexOf(word.substring(0, 3).toLowerCase(Locale.ROOT));
        return at >= 0 && at % 3 == 0 ? at / 3 + 1 : -1;
    }

    private static ZoneOffset numericZone(String word) {
        int number = number(word.substring(1).replace(":", ""));
        if (number < 0) return ZoneOffset.UTC;
        int minutes = word.length() <= 3 ? number * 60 : number / 100 * 60 + number % 100;
        if (minutes > 18 * 60) return ZoneOffset.UTC;
        return ZoneOffset.ofTotalSeconds((word.charAt(0) == '-' ? -60 : 60) * minutes);
    }

    /// A name that is not known means nothing: -0000. RFC 5322 §4.3.
    private static ZoneOffset namedZone(String word) {
        String name = word.toUpperCase(Locale.ROOT);
        int sign = Math.max(name.indexOf('+'), name.indexOf('-'));
        if (sign == 3 && (name.startsWith("GMT") || name.startsWith("UTC"))) {
            return numericZone(name.substring(sign));
        }
        return ZoneOffset.ofHours(ZONES.getOrDefault(name, 0));
    }

    /// `Wed, 25 Nov 2026 10:35:00 +0900`.
    public static String format(OffsetDateTime date) {
        int minutes = date.getOffset().getTotalSeconds() / 60;
        return String.format(
                Locale.ROOT,
                "%s, %d %s %04d %02d:%02d:%02d %c%02d%02d",
                DAY_NAMES[date.getDayOfWeek().getValue() - 1],
                date.getDayOfMonth(),
                MONTH_NAMES[date.getMonthValue() - 1],
                date.getYear(),
                date.getHour(),
                date.getMinute(),
                date.getSecond(),
                minutes < 0 ? '-' : '+',
                Math.abs(minutes) / 60,
                Math.abs(minutes) % 60);
    }
}
