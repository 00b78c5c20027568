package yubin.zones;

import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.ZoneFile;

/// Records that ought to be in the DNS, and what for.
///
/// @param purpose a few words for a person, such as "who takes letters for example.com"
public record Wanted(RRset set, String purpose) {
    /// @param line as a zone file has it, all names absolute
    static Wanted of(String line, String purpose) {
        return switch (ZoneFile.parse(line, Name.ROOT)) {
            case ZoneFile.Records(var sets) -> new Wanted(sets.getFirst(), purpose);
            case ZoneFile.Malformed bad ->
                    throw new IllegalArgumentException(line + ": " + bad.why());
        };
    }

    /// The strings of a TXT record joined, as people see it; octets as ISO 8859-1.
    public static String text(byte[] rdata) {
        return Comparison.joined(rdata);
    }
}
