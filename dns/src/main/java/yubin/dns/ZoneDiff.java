package yubin.dns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What changed from one version of a zone to the next, in single records. RFC 1995 §4.
///
/// @param removed without the old SOA
/// @param added without the new SOA
record ZoneDiff(Record oldSoa, List<Record> removed, Record newSoa, List<Record> added) {
    /// One record, signatures included, equal by its octets.
    record Record(Name owner, int type, int ttl, byte[] rdata) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Record(var name, var kind, var seconds, var octets)
                    && kind == type
                    && seconds == ttl
                    && name.equals(owner)
                    && Arrays.equals(octets, rdata);
        }

        @Override
        public int hashCode() {
            return owner.hashCode() * 31 + Arrays.hashCode(rdata) + type;
        }

        RRset alone() {
            return new RRset(owner, type, ttl, List.of(rdata));
        }

        long serial() {
            return Rdata.u32(rdata, rdata.length - 20) & 0xffff_ffffL;
        }
    }

    static ZoneDiff between(Zone before, Zone after) {
        Set<Record> old = new LinkedHashSet<>(flat(before.records()));
        Set<Record> now = new LinkedHashSet<>(flat(after.records()));
        Record oldSoa = soa(old);
        Record newSoa = soa(now);
        List<Record> removed = new ArrayList<>();
        for (Record record : old) {
            if (record.type != Type.SOA && !now.contains(record)) removed.add(record);
        }
        List<Record> added = new ArrayList<>();
        for (Record record : now) {
            if (record.type != Type.SOA && !old.contains(record)) added.add(record);
        }
        return new ZoneDiff(oldSoa, removed, newSoa, added);
    }

    private static Record soa(Collection<Record> records) {
        for (Record record : records) if (record.type == Type.SOA) return record;
        throw new IllegalArgumentException("no SOA");
    }

    int size() {
        return removed.size() + added.size() + 2;
    }

    /// The records of these sets one by one.
    static List<Record> flat(Collection<RRset> sets) {
        List<Record> records = new ArrayList<>(sets.size() * 2);
        for (RRset set : sets) {
            for (byte[] rdata : set.rdata()) {
                records.add(new Record(set.owner(), set.type(), set.ttl(), rdata));
            }
            for (byte[] rdata : set.signatures()) {
                records.add(new Record(set.owner(), Type.RRSIG, set.ttl(), rdata));
            }
        }
        return records;
    }

    /// The way back: each RRSIG stands with the set that it covers.
    static List<RRset> gather(Collection<Record> records) {
        record Place(Name owner, int type) {}
        Map<Place, List<Record>> places = new LinkedHashMap<>();
        for (Record record : records) {
            int type = record.type == Type.RRSIG ? Rdata.u16(record.rdata, 0) : record.type;
            places.computeIfAbsent(new Place(record.owner, type), _ -> new ArrayList<>(2))
                    .add(record);
        }
        List<RRset> sets = new ArrayList<>(places.size());
        places.forEach(
                (place, list) -> {
                    List<byte[]> rdata = new ArrayList<>(list.size());
                    List<byte[]> signatures = new ArrayList<>(1);
                    int ttl = Integer.MAX_VALUE;
                    for (Record record : list) {
                        boolean signature = record.type == Type.RRSIG;
                        (signature ? signatures : rdata).add(record.rdata);
                        ttl = Math.min(ttl, record.ttl);
                    }
                    sets.add(new RRset(place.owner, place.type, ttl, rdata, signatures));
                });
        return sets;
    }
}
