package yubin.dns;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The `hosts` zone file: answers that need no server.
///
/// It speaks for every name that it holds, and for all types at that name; wildcards count
/// (RFC 4592 §3.3). It says nothing about other names.
public final class FixedAnswers {
    private final Zone zone;

    private FixedAnswers(Zone zone) {
        this.zone = zone;
    }

    /// @throws IOException when the file or a line of it cannot be read, saying which
    public static FixedAnswers read(Path file) throws IOException {
        try {
            return of(ZoneFile.read(file, Name.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /// The same from text.
    ///
    /// @throws IllegalArgumentException with the line and the reason
    public static FixedAnswers of(String zoneFile) {
        return of(ZoneFile.parse(zoneFile, Name.ROOT));
    }

    private static FixedAnswers of(ZoneFile file) {
        return switch (file) {
            case ZoneFile.Malformed bad -> throw new IllegalArgumentException(bad.toString());
            case ZoneFile.Records(var sets) -> new FixedAnswers(Zone.loose(sets));
        };
    }

    /// The records held at this name, which may be none of the asked type; null when it does not
    /// hold the name.
    List<RRset> at(Name name) {
        Zone.Node node =
                switch (zone.find(name, Type.ANY)) {
                    case Zone.Found.Here here -> here.node();
                    case Zone.Found.NoName _, Zone.Found.Referral _, Zone.Found.Renamed _ -> null;
                };
        return node == null || node.sets.length == 0 ? null : List.of(node.sets);
    }

    /// True when the name lies above one that is held: it exists and has no records.
    boolean isEmptyNonTerminal(Name name) {
        Zone.Node node = zone.node(name);
        return node != null && node.sets.length == 0 && !name.isRoot();
    }
}
