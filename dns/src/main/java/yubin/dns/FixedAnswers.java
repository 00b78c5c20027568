package yubin.dns;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// The `hosts` zone file: answers that need no server.
///
/// It speaks for every name that it holds, and for all types at that name; wildcards count
/// (RFC 4592 §3.3). It says nothing about other names.
public final class FixedAnswers {
    private static final int ALIASES_MAX = 12;

    /// Of the news that a name has no such record.
    private static final int NONE_TTL = 3600;

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

    /// Answers as far as we hold names; where an alias leads away from them, `outside` answers the
    /// rest.
    Resolution resolve(Question question, Function<Question, Resolution> outside) {
        List<RRset> chain = new ArrayList<>(2);
        Set<Name> seen = new HashSet<>();
        Name name = question.name();
        int ttl = Cache.TTL_MAX;
        while (seen.add(name) && seen.size() <= ALIASES_MAX) {
            List<RRset> held = at(name);
            if (held == null) break;
            RRset set = Message.find(held, name, question.type());
            if (set == null) set = wildcard(held, name, question.type());
            if (set == null) set = wildcard(held, name, Type.CNAME);
            if (set == null) {
                return new Resolution(
                        Resolution.Kind.NODATA, chain, List.of(), false, NONE_TTL, "", -1);
            }
            chain.add(set);
            ttl = Math.min(ttl, set.ttl());
            if (set.type() == question.type()) {
                return new Resolution(Resolution.Kind.ANSWER, chain, List.of(), false, ttl, "", -1);
            }
            name = Rdata.nameAt(set.rdata().getFirst(), 0);
        }
        if (at(name) != null) {
            return Resolution.failed(
                    "aliases of " + question.name().host() + " run in a circle", 60, -1);
        }
        Resolution rest = outside.apply(new Question(name, question.type()));
        if (chain.isEmpty()) return rest;
        chain.addAll(rest.answer());
        return new Resolution(
                rest.kind(),
                chain,
                rest.authority(),
                false,
                Math.min(ttl, rest.ttl()),
                rest.why(),
                rest.extendedError());
    }

    private static RRset wildcard(List<RRset> held, Name name, int type) {
        for (RRset set : held) {
            if (set.type() == type && !set.rdata().isEmpty()) return set.withOwner(name);
        }
        return null;
    }

    /// True when the name lies above one that is held: it exists and has no records.
    boolean isEmptyNonTerminal(Name name) {
        Zone.Node node = zone.node(name);
        return node != null && node.sets.length == 0 && !name.isRoot();
    }
}
