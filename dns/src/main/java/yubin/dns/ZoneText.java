package yubin.dns;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// Records as lines of a zone file, which [ZoneFile] reads back to the same. RFC 1035 §5.1.
public final class ZoneText {
    /// SOA first, then by name, then by type.
    private static final Comparator<RRset> ORDER =
            Comparator.comparing((RRset set) -> set.type() != Type.SOA)
                    .thenComparing(RRset::owner)
                    .thenComparing(RRset::type);

    private ZoneText() {}

    /// One line for each record and signature of the set, without line ends.
    public static List<String> lines(RRset set) {
        List<String> lines = new ArrayList<>(set.rdata().size() + set.signatures().size());
        for (byte[] rdata : set.rdata()) lines.add(line(set, set.type(), rdata));
        for (byte[] rdata : set.signatures()) lines.add(line(set, Type.RRSIG, rdata));
        return lines;
    }

    private static String line(RRset set, int type, byte[] rdata) {
        String text = rdata(type, rdata);
        return "%s\t%d\tIN\t%s\t%s".formatted(set.owner(), set.ttl(), Type.name(type), text);
    }

    /// What stands behind the type.
    public static String rdata(int type, byte[] rdata) {
        return RdataText.write(type, rdata);
    }

    /// A whole zone, in canonical order behind its SOA.
    public static String write(Collection<RRset> sets) {
        StringBuilder text = new StringBuilder();
        sets.stream()
                .sorted(ORDER)
                .forEach(set -> lines(set).forEach(line -> text.append(line).append('\n')));
        return text.toString();
    }
}
