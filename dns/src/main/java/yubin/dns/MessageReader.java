package yubin.dns;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads one message from octets. RFC 1035 §4.1.
///
/// Bounds: a compression pointer must point before the name that holds it and before the last one
/// followed, so every name ends; names have 255 octets at most; the record counts are bounded by
/// the octets there are.
final class MessageReader {
    private final byte[] octets;
    private final int length;
    private final byte[] scratch = new byte[Name.OCTETS_MAX];
    private int at;
    private Edns edns;

    /// There are signatures without the RRset that they cover.
    private boolean orphans;

    MessageReader(byte[] octets, int length) {
        this.octets = octets;
        this.length = Math.min(length, octets.length);
    }

    Reading read() {
        try {
            return message();
        } catch (Misread e) {
            return new Reading.Unreadable(e.getMessage());
        }
    }

    private Message message() {
        int id = u16();
        int flags = u16();
        int questions = u16();
        int answers = u16();
        int authorities = u16();
        int additionals = u16();
        if (questions > 1) throw new Misread("more than one question");
        Question question = questions == 0 ? null : new Question(name(), u16(), u16());
        List<Group> answer = section(answers, question);
        List<Group> authority = section(authorities, question);
        List<Group> additional = section(additionals, question);
        if (orphans) {
            boolean asked = question != null && question.type() == Type.RRSIG;
            if (!asked) adopt(answer, List.of(authority, additional));
            adopt(authority, List.of(answer, additional));
            adopt(additional, List.of(answer, authority));
        }
        return new Message(
                id, flags, question, sets(answer), sets(authority), sets(additional), edns);
    }

    /// An RRSIG belongs to the RRset that it covers in whatever section the server put it.
    private static void adopt(List<Group> section, List<List<Group>> others) {
        if (section.isEmpty()) return;
        section.removeIf(orphan -> orphan.rdata.isEmpty() && adopted(orphan, others));
    }

    private static boolean adopted(Group orphan, List<List<Group>> others) {
        for (List<Group> other : others) {
            for (Group group : other) {
                boolean parent =
                        !group.rdata.isEmpty()
                                && group.type == orphan.type
                                && group.owner.equals(orphan.owner);
                if (!parent) continue;
                if (group.signatures.isEmpty()) group.signatures = new ArrayList<>(1);
                group.signatures.addAll(orphan.signatures);
                return true;
            }
        }
        return false;
    }

    /// RRset in the making.
    private static final class Group {
        Name owner;
        int type;
        int ttl;
        final List<byte[]> rdata = new ArrayList<>(2);
        List<byte[]> signatures = List.of();

        /// RFC 4035 §5.3.3: a signed RRset lives no longer than its signature says.
        RRset set() {
            long original = signatures.isEmpty() ? ttl : 0;
            for (byte[] signature : signatures) {
                original = Math.max(original, Rdata.u32(signature, 4) & 0xffff_ffffL);
            }
            ttl = (int) Math.min(ttl, original);
            return new RRset(owner, type, ttl, rdata, signatures);
        }
    }

    private List<Group> section(int count, Question question) {
        if (count == 0) return List.of();
        List<Group> groups = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) record(groups, question);
        for (Group group : groups) orphans |= group.rdata.isEmpty();
        return groups;
    }

    private static List<RRset> sets(List<Group> groups) {
        if (groups.isEmpty()) return List.of();
        List<RRset> sets = new ArrayList<>(groups.size());
        for (Group group : groups) sets.add(group.set());
        return sets;
    }

    private void record(List<Group> groups, Question question) {
        boolean ownerIsQuestion =
                question != null
                        && at + 1 < length
                        && octets[at] == (byte) 0xc0
                        && octets[at + 1] == Message.HEADER_OCTETS;
        Name owner = ownerIsQuestion ? question.name() : name();
        if (ownerIsQuestion) at += 2;
        int type = u16();
        int rrclass = u16();
        int high = u16();
        int low = u16();
        int rdataLength = u16();
        int end = at + rdataLength;
        if (end > length) throw new Misread("record longer than the message");
        if (type == Type.OPT) {
            opt(owner, rrclass, high, low, end);
            return;
        }
        // RFC 2181 §8: a TTL with its first bit set counts as 0.
        int ttl = high >= 0x8000 ? 0 : high << 16 | low;
        if (rrclass != Question.IN || rdataLength == 0 && !Rdata.mayBeEmpty(type)) {
            if (rrclass == Question.IN) throw new Misread("empty " + Type.name(type));
            at = end;
            return;
        }
        byte[] rdata = Rdata.read(this, type, end);
        at = end;
        boolean signature = type == Type.RRSIG;
        int covered = signature ? (rdata[0] & 0xff) << 8 | rdata[1] & 0xff : type;
        Group group = group(groups, owner, covered, ttl);
        if (!signature) {
            if (!repeated(group.rdata, rdata)) group.rdata.add(rdata);
        } else {
            if (group.signatures.isEmpty()) group.signatures = new ArrayList<>(1);
            group.signatures.add(rdata);
        }
    }

    /// RFC 2181 §5: equal records count once. Only the first are compared: it is a courtesy.
    private static boolean repeated(List<byte[]> before, byte[] rdata) {
        for (int i = Math.min(before.size(), 64) - 1; i >= 0; i--) {
            if (Arrays.equals(before.get(i), rdata)) return true;
        }
        return false;
    }

    private static Group group(List<Group> groups, Name owner, int type, int ttl) {
        for (int i = groups.size() - 1; i >= 0; i--) {
            Group group = groups.get(i);
            if (group.type == type && group.owner.equals(owner)) {
                group.ttl = Math.min(group.ttl, ttl);
                return group;
            }
        }
        Group group = new Group();
        group.owner = owner;
        group.type = type;
        group.ttl = ttl;
        groups.add(group);
        return group;
    }

    /// RFC 6891 §6.1.2. A second OPT makes the message malformed (§6.1.1).
    private void opt(Name owner, int size, int high, int low, int end) {
        if (edns != null || !owner.isRoot()) throw new Misread("OPT out of place");
        List<Edns.Option> options = at == end ? List.of() : new ArrayList<>(2);
        while (at < end) {
            int code = u16();
            int optionEnd = u16() + at;
            if (optionEnd > end) throw new Misread("option longer than OPT");
            options.add(new Edns.Option(code, Arrays.copyOfRange(octets, at, optionEnd)));
            at = optionEnd;
        }
        edns = new Edns(size, high >> 8, high & 0xff, (low & 0x8000) != 0, options);
    }

    int at() {
        return at;
    }

    byte[] octets() {
        return octets;
    }

    int u16() {
        if (at + 2 > length) throw new Misread("message ends early");
        int value = (octets[at] & 0xff) << 8 | octets[at + 1] & 0xff;
        at += 2;
        return value;
    }

    void skip(int count, int end) {
        if (count < 0 || at + count > end) throw new Misread("RDATA ends early");
        at += count;
    }

    /// Reads a possibly compressed name. RFC 1035 §4.1.4.
    Name name() {
        int used = 0;
        int from = at;
        int afterFirstPointer = -1;
        int pointerMax = at;
        while (true) {
            if (from >= length) throw new Misread("name ends early");
            int octet = octets[from] & 0xff;
            if (octet >= 0xc0) {
                if (from + 1 >= length) throw new Misread("pointer ends early");
                int target = (octet & 0x3f) << 8 | octets[from + 1] & 0xff;
                if (target >= pointerMax) throw new Misread("pointer forward");
                if (afterFirstPointer < 0) afterFirstPointer = from + 2;
                pointerMax = target;
                from = target;
            } else if (octet >= 0x40) {
                throw new Misread("unknown label type");
            } else {
                if (from + octet >= length) throw new Misread("label ends early");
                if (used + octet + 1 > Name.OCTETS_MAX) throw new Misread("name too long");
                System.arraycopy(octets, from, scratch, used, octet + 1);
                used += octet + 1;
                from += octet + 1;
                if (octet == 0) break;
            }
        }
        at = afterFirstPointer < 0 ? from : afterFirstPointer;
        return used == 1 ? Name.ROOT : new Name(Arrays.copyOf(scratch, used));
    }
}
