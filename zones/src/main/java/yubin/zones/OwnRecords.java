package yubin.zones;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.Type;
import yubin.dns.Zone;
import yubin.dns.ZoneFile;
import yubin.mail.Domain;

/// The records that the operator adds to a zone: reading, checking, and joining with ours.
///
/// What the operator says goes before what we would say: an RRset of ours gives way to one of the
/// same name and type; of TXT records only that of the same kind (`v=spf1` and the like).
final class OwnRecords {
    /// Records of a zone that a person keeps by hand.
    private static final int OCTETS_MAX = 16 << 20;

    /// The result of reading.
    sealed interface Reading {
        /// @param notes what was left out or looks wrong, one sentence each
        record Good(List<RRset> sets, List<String> notes) implements Reading {}

        /// @param line counted from 1; 0: no single one
        record Bad(int line, String why) implements Reading {}
    }

    /// What we make ourselves, so that another name server's zone file can be read as it is.
    private static final Set<Integer> OURS =
            Set.of(
                    Type.SOA,
                    Type.RRSIG,
                    Type.NSEC,
                    Type.NSEC3,
                    Type.NSEC3PARAM,
                    Type.DNSKEY,
                    Type.CDS,
                    Type.CDNSKEY);

    private OwnRecords() {}

    static Reading read(String text, Domain zone) {
        if (text.length() > OCTETS_MAX) return new Reading.Bad(0, "over 16 MiB");
        Name origin = Name.of(zone.ascii());
        // The reader takes characters for octets.
        String octets =
                new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return switch (ZoneFile.parse(octets, origin)) {
            case ZoneFile.Malformed(var line, var why) -> new Reading.Bad(line, why);
            case ZoneFile.Records(var sets) -> check(sets, origin, octets);
        };
    }

    private static Reading check(List<RRset> sets, Name origin, String text) {
        List<RRset> kept = new ArrayList<>(sets.size());
        List<String> notes = new ArrayList<>();
        for (RRset set : sets) {
            String place = set.owner() + " " + Type.name(set.type());
            if (!set.owner().isUnder(origin)) {
                return bad(text, origin, set, set.owner() + " is not in the zone " + origin);
            }
            boolean apex = set.owner().equals(origin);
            if (OURS.contains(set.type())) {
                notes.add("left out, made by ourselves: " + place);
                continue;
            }
            if (apex && set.type() == Type.NS) {
                notes.add("left out, dns.name-servers says it: " + place);
                continue;
            }
            if (apex && set.type() == Type.CNAME) {
                return bad(text, origin, set, "the zone's own name cannot be a CNAME");
            }
            if (set.owner().toString().startsWith("*.") && set.type() == Type.NS) {
                return bad(text, origin, set, "a wildcard cannot be a delegation");
            }
            if (set.rdata().isEmpty()) continue;
            kept.add(new RRset(set.owner(), set.type(), set.ttl(), set.rdata()));
        }
        for (RRset set : kept) {
            if (set.type() != Type.CNAME) continue;
            if (set.rdata().size() > 1) {
                return bad(text, origin, set, "more than one CNAME at " + set.owner());
            }
            for (RRset other : kept) {
                if (other != set && other.owner().equals(set.owner())) {
                    String why = "CNAME and " + Type.name(other.type()) + " at " + set.owner();
                    return bad(text, origin, later(text, origin, set, other), why);
                }
            }
        }
        for (RRset set : kept) {
            if (set.type() != Type.DNAME) continue;
            for (RRset other : kept) {
                boolean below =
                        other.owner().isUnder(set.owner()) && !other.owner().equals(set.owner());
                if (below) {
                    String why = other.owner() + " lies below the DNAME at " + set.owner();
                    return bad(text, origin, other, why);
                }
            }
        }
        warn(kept, notes);
        return new Reading.Good(kept, notes);
    }

    private static void warn(List<RRset> kept, List<String> notes) {
        for (RRset set : kept) {
            if (set.type() != Type.TXT) continue;
            long spf = set.rdata().stream().filter(rdata -> kind(rdata).equals("v=spf1")).count();
            if (spf > 1) notes.add("two SPF records are as bad as none: " + set.owner());
        }
    }

    private static RRset later(String text, Name origin, RRset one, RRset other) {
        return line(text, origin, one) > line(text, origin, other) ? one : other;
    }

    private static Reading bad(String text, Name origin, RRset set, String why) {
        return new Reading.Bad(line(text, origin, set), why);
    }

    /// The line with which this set begins: the end of the shortest beginning of the text that
    /// has it, found by halving.
    private static int line(String text, Name origin, RRset wanted) {
        String[] lines = text.split("\n", -1);
        int low = 1;
        int high = lines.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            String part = String.join("\n", List.of(lines).subList(0, middle)) + "\n";
            boolean has =
                    ZoneFile.parse(part, origin) instanceof ZoneFile.Records(var sets)
                            && sets.stream()
                                    .anyMatch(
                                            set ->
                                                    set.type() == wanted.type()
                                                            && set.owner().equals(wanted.owner()));
            if (has) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// The first word of a TXT record, which says what it is for.
    static String kind(byte[] rdata) {
        int end = 1;
        int most = Math.min(rdata.length, 1 + (rdata.length == 0 ? 0 : rdata[0] & 0xff));
        while (end < most && rdata[end] != ' ' && rdata[end] != ';') end++;
        String word = new String(rdata, 1, Math.max(0, end - 1), StandardCharsets.ISO_8859_1);
        return word.startsWith("v=") ? word : "";
    }

    private record Place(Name owner, int type) {}

    /// The RRsets of a zone: ours, where the operator says nothing else, and the operator's.
    static List<RRset> merge(List<Wanted> ours, List<RRset> own, Name origin) {
        Set<Name> ownNames = new HashSet<>();
        Set<Name> aliases = new HashSet<>();
        Set<Name> cuts = new HashSet<>();
        Map<Place, RRset> theirs = new LinkedHashMap<>();
        for (RRset set : own) {
            ownNames.add(set.owner());
            theirs.put(new Place(set.owner(), set.type()), set);
            if (set.type() == Type.CNAME || set.type() == Type.DNAME) aliases.add(set.owner());
            if (set.type() == Type.NS && !set.owner().equals(origin)) cuts.add(set.owner());
        }
        Map<Place, RRset> all = new LinkedHashMap<>();
        for (Wanted wanted : ours) {
            RRset set = wanted.set();
            Name owner = set.owner();
            if (hidden(owner, origin, aliases, cuts)) continue;
            if (set.type() == Type.CNAME && ownNames.contains(owner)) continue;
            RRset said = theirs.get(new Place(owner, set.type()));
            if (said != null && (set.type() != Type.TXT || replaces(said, set))) continue;
            all.merge(new Place(owner, set.type()), set, OwnRecords::join);
        }
        theirs.forEach((place, set) -> all.merge(place, set, OwnRecords::join));
        return new ArrayList<>(all.values());
    }

    /// Where the operator has an alias, a delegation or something above it that is one.
    private static boolean hidden(Name owner, Name origin, Set<Name> aliases, Set<Name> cuts) {
        if (aliases.contains(owner)) return true;
        for (Name at = owner; !at.equals(origin); at = at.parent()) {
            if (cuts.contains(at) || aliases.contains(at)) return true;
        }
        return false;
    }

    private static boolean replaces(RRset said, RRset ours) {
        String kind = kind(ours.rdata().getFirst());
        return said.rdata().stream().anyMatch(rdata -> kind(rdata).equals(kind));
    }

    private static RRset join(RRset one, RRset other) {
        List<byte[]> rdata = new ArrayList<>(one.rdata());
        for (byte[] each : other.rdata()) {
            if (rdata.stream().noneMatch(known -> java.util.Arrays.equals(known, each))) {
                rdata.add(each);
            }
        }
        return new RRset(one.owner(), one.type(), Math.min(one.ttl(), other.ttl()), rdata);
    }

    /// Why these make no zone; null when they do.
    static String fault(Name origin, Collection<RRset> sets) {
        try {
            Zone.of(origin, sets);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }
}
