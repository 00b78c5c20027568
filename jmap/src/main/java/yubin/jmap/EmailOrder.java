package yubin.jmap;

import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import yubin.mime.Addresses;
import yubin.mime.BaseSubject;
import yubin.mime.Field;
import yubin.mime.MailDate;

/// Sorts the emails of a [Sweep]. RFC 8621 §4.4.2.
final class EmailOrder {
    private EmailOrder() {}

    /// @param indexes in the sweep, ascending
    static int[] sort(EmailMatch match, List<QueryWindow.Comparator> by, int[] indexes)
            throws IOException {
        Sweep sweep = match.sweep();
        boolean plain = by.size() == 1 && by.getFirst().property().equals("receivedAt");
        if (plain) return byReceived(sweep, indexes, by.getFirst().isAscending());
        if (by.isEmpty()) return byReceived(sweep, indexes, false);
        Comparable<?>[][] keys = new Comparable<?>[by.size()][];
        for (int k = 0; k < keys.length; k++) keys[k] = keys(match, by.get(k), indexes);
        Integer[] order = new Integer[indexes.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> compare(sweep, by, keys, indexes, a, b));
        int[] sorted = new int[order.length];
        for (int i = 0; i < sorted.length; i++) sorted[i] = indexes[order[i]];
        return sorted;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static int compare(
            Sweep sweep,
            List<QueryWindow.Comparator> by,
            Comparable<?>[][] keys,
            int[] indexes,
            int a,
            int b) {
        for (int k = 0; k < keys.length; k++) {
            int order = ((Comparable) keys[k][a]).compareTo(keys[k][b]);
            if (order != 0) return by.get(k).isAscending() ? order : -order;
        }
        int order = Long.compare(sweep.received[indexes[b]], sweep.received[indexes[a]]);
        return order != 0
                ? order
                : Long.compare(sweep.emails[indexes[b]], sweep.emails[indexes[a]]);
    }

    /// Mail arrives in the order of its date as a rule: then nothing is to be sorted.
    private static int[] byReceived(Sweep sweep, int[] indexes, boolean ascending) {
        int[] sorted = indexes;
        if (!isSorted(sweep, indexes)) {
            long[][] pairs = new long[indexes.length][];
            for (int i = 0; i < pairs.length; i++) {
                int index = indexes[i];
                pairs[i] = new long[] {sweep.received[index], sweep.emails[index], index};
            }
            Arrays.sort(
                    pairs,
                    (a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
            sorted = new int[pairs.length];
            for (int i = 0; i < pairs.length; i++) sorted[i] = (int) pairs[i][2];
        }
        if (ascending) return sorted;
        int[] reversed = new int[sorted.length];
        for (int i = 0; i < sorted.length; i++) reversed[i] = sorted[sorted.length - 1 - i];
        return reversed;
    }

    private static boolean isSorted(Sweep sweep, int[] indexes) {
        for (int i = 1; i < indexes.length; i++) {
            long before = sweep.received[indexes[i - 1]];
            long here = sweep.received[indexes[i]];
            if (before > here) return false;
            if (before == here && sweep.emails[indexes[i - 1]] > sweep.emails[indexes[i]]) {
                return false;
            }
        }
        return true;
    }

    private static Comparable<?>[] keys(EmailMatch match, QueryWindow.Comparator by, int[] indexes)
            throws IOException {
        Sweep sweep = match.sweep();
        String collation = by.node().path("collation").asString(null);
        long bit =
                by.property().contains("Keyword")
                        ? Keywords.bit(match.boxes(), by.node().get("keyword").stringValue())
                        : 0;
        Comparable<?>[] keys = new Comparable<?>[indexes.length];
        for (int i = 0; i < keys.length; i++) {
            int index = indexes[i];
            keys[i] =
                    switch (by.property()) {
                        case "receivedAt" -> sweep.received[index];
                        case "size" -> sweep.sizes[index];
                        case "hasKeyword" -> (sweep.flags[index] & bit) != 0;
                        case "allInThreadHaveKeyword" ->
                                match.threads()
                                        .matches(sweep.emails[index], bit, EmailFilter.Of.ALL);
                        case "someInThreadHaveKeyword" ->
                                match.threads()
                                        .matches(sweep.emails[index], bit, EmailFilter.Of.SOME);
                        case "sentAt" -> sent(match, index);
                        case "subject" -> Collation.key(collation, subject(match, index));
                        default -> Collation.key(collation, person(match, by.property(), index));
                    };
        }
        return keys;
    }

    /// The Date field; where it cannot be read, the time of arrival.
    private static Long sent(EmailMatch match, int index) throws IOException {
        Reading reading = match.reading(index);
        String date = reading == null ? null : reading.source().unfolded("date");
        OffsetDateTime read = date == null ? null : MailDate.parse(date);
        return read == null ? match.sweep().received[index] : read.toInstant().toEpochMilli();
    }

    private static String subject(EmailMatch match, int index) throws IOException {
        Reading reading = match.reading(index);
        List<Field> fields = reading == null ? List.of() : reading.source().fields("subject");
        return fields.isEmpty() ? "" : BaseSubject.of(fields.getLast().text()).text();
    }

    /// The name of the first person, else the address. RFC 8621 §4.4.2.
    private static String person(EmailMatch match, String field, int index) throws IOException {
        Reading reading = match.reading(index);
        List<Field> fields = reading == null ? List.of() : reading.source().fields(field);
        if (fields.isEmpty()) return "";
        var people = Addresses.flatten(Addresses.parse(fields.getLast().unfolded()));
        if (people.isEmpty()) return "";
        String name = people.getFirst().name();
        return name == null || name.isBlank() ? people.getFirst().address() : name.strip();
    }
}
