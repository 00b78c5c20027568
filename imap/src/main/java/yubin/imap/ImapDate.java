package yubin.imap;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/// Dates of IMAP: `date` of SEARCH and `date-time` of INTERNALDATE. RFC 3501 §9.
final class ImapDate {
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private ImapDate() {}

    /// `date = date-text / DQUOTE date-text DQUOTE`
    static LocalDate date(Cursor in) throws Cursor.Unreadable {
        boolean quoted = in.take('"');
        int from = in.at();
        LocalDate date = dateText(in, from);
        if (quoted) in.expect('"');
        return date;
    }

    /// `date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE`
    static OffsetDateTime dateTime(Cursor in) throws Cursor.Unreadable {
        in.expect('"');
        int from = in.at();
        in.take(' ');
        LocalDate date = dateText(in, from);
        in.space();
        int hour = twoDigits(in);
        in.expect(':');
        int minute = twoDigits(in);
        in.expect(':');
        int second = Math.min(twoDigits(in), 59);
        in.space();
        boolean west = in.peek() == '-';
        if (!in.take('-')) in.expect('+');
        int minutes = twoDigits(in) * 60 + twoDigits(in);
        in.expect('"');
        if (minutes > 18 * 60) throw new Cursor.Unreadable("a zone over 18 hours", from);
        try {
            return LocalDateTime.of(date, java.time.LocalTime.of(hour, minute, second))
                    .atOffset(ZoneOffset.ofTotalSeconds((west ? -minutes : minutes) * 60));
        } catch (DateTimeException e) {
            throw new Cursor.Unreadable("a time that is none", from);
        }
    }

    private static LocalDate dateText(Cursor in, int from) throws Cursor.Unreadable {
        int day = (int) Math.min(in.number(), 99);
        in.expect('-');
        String name = in.peekWord();
        int month = 0;
        for (int i = 0; i < 12 && month == 0; i++) {
            if (name.startsWith(MONTHS[i].toUpperCase(Locale.ROOT))) month = i + 1;
        }
        if (month == 0) throw in.bad("expected a month such as Jan");
        in.back(in.at() + 3);
        in.expect('-');
        int year = twoDigits(in) * 100 + twoDigits(in);
        try {
            return LocalDate.of(year, month, day);
        } catch (DateTimeException e) {
            throw new Cursor.Unreadable("a date that is none", from);
        }
    }

    private static int twoDigits(Cursor in) throws Cursor.Unreadable {
        int value = 0;
        for (int i = 0; i < 2; i++) {
            int c = in.peek();
            if (c < '0' || c > '9') throw in.bad("expected two digits");
            in.take((char) c);
            value = value * 10 + c - '0';
        }
        return value;
    }

    /// The day in the message's own zone, counted from 1970-01-01. SEARCH disregards time and zone.
    static long epochDay(long millis, int zoneMinutes) {
        return Math.floorDiv(millis + zoneMinutes * 60_000L, 86_400_000L);
    }

    /// Writes `"25-Nov-2026 10:35:00 +0900"`, 28 octets, without making objects.
    static void write(Out out, long millis, int zoneMinutes) {
        long local = Math.floorDiv(millis, 1000L) + zoneMinutes * 60L;
        long day = Math.floorDiv(local, 86_400L);
        int second = (int) Math.floorMod(local, 86_400L);
        // Days to year, month, day by counting from 1 March of year 0: leap days come last.
        long z = day + 719_468;
        long era = Math.floorDiv(z, 146_097L);
        long dayOfEra = z - era * 146_097;
        long yearOfEra =
                (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = (int) (dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100));
        int shifted = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = dayOfYear - (153 * shifted + 2) / 5 + 1;
        int month = shifted < 10 ? shifted + 3 : shifted - 9;
        long year = Math.clamp(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 0L, 9999L);
        out.octet('"');
        out.octet(dayOfMonth < 10 ? ' ' : '0' + dayOfMonth / 10).octet('0' + dayOfMonth % 10);
        out.octet('-').ascii(MONTHS[month - 1]).octet('-');
        out.twoDigits((int) (year / 100)).twoDigits((int) (year % 100)).octet(' ');
        out.twoDigits(second / 3600).octet(':').twoDigits(second / 60 % 60).octet(':');
        out.twoDigits(second % 60).octet(' ').octet(zoneMinutes < 0 ? '-' : '+');
        int zone = Math.abs(zoneMinutes);
        out.twoDigits(zone / 60).twoDigits(zone % 60).octet('"');
    }
}
