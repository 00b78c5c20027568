package yubin.dns;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Finished answers by question, ready to send. The hot path of the servers: one hash, one compare,
/// one copy, a few octets patched; nothing is allocated.
///
/// The key is the question as it came, in lower case, with those bits of the query that change the
/// answer (DO, CD, AD, EDNS at all). What is patched: id, RD, the case of the question (the
/// answer's names point at it), and the TTLs, whose places are noted when an answer is put in. A
/// query in any unusual form misses, and takes the slow path, which is the judge of this one in the
/// tests.
///
/// Each hash has four slots. Readers take no lock: an entry is immutable and published by the slot.
/// The octets in the table are bounded.
final class AnswerTable {
    /// Answers over this are not kept: they are rare, and go over TCP.
    private static final int ANSWER_OCTETS_MAX = 4096;

    private static final int WAYS = 4;

    /// Ttl of answers that do not age.
    static final int FOREVER = Integer.MAX_VALUE;

    private static final int DO = 1, CD = 2, AD = 4, EDNS = 8;

    private static final class Entry {
        final int hash;

        /// Question in lower case, then the bits.
        final byte[] key;

        final byte[] wire;
        final int[] ttlAt;
        final long at;
        final int ttl;

        Entry(int hash, byte[] key, byte[] wire, int[] ttlAt, long at, int ttl) {
            this.hash = hash;
            this.key = key;
            this.wire = wire;
            this.ttlAt = ttlAt;
            this.at = at;
            this.ttl = ttl;
        }

        long octets() {
            return 120L + key.length + wire.length + 4L * ttlAt.length;
        }
    }

    private final AtomicReferenceArray<Entry> slots;
    private final int mask;
    private final long octetsMax;
    private final AtomicLong octets = new AtomicLong();
    private int turn;

    /// @param size slots, a power of two
    AnswerTable(int size, long octetsMax) {
        this.slots = new AtomicReferenceArray<>(size);
        this.mask = size - 1;
        this.octetsMax = octetsMax;
    }

    /// Writes the answer into `out` and returns its octets; 0 when it is not here or the query is
    /// not of the usual form.
    ///
    /// @param now second, for the ages
    int answer(byte[] query, int length, byte[] out, boolean udp, long now) {
        int end = questionEnd(query, length);
        if (end < 0) return 0;
        int bits = bits(query, end, length);
        if (bits < 0) return 0;
        int hash = hash(query, end, bits);
        for (int way = 0; way < WAYS; way++) {
            Entry entry = slots.get((hash + way) & mask);
            if (entry == null || entry.hash != hash || !same(entry.key, query, end, bits)) continue;
            byte[] wire = entry.wire;
            int limit = MessageWriter.OCTETS_MAX;
            if (udp) {
                limit = 512;
                if ((bits & EDNS) != 0) {
                    limit = Math.clamp(Rdata.u16(query, end + 3), 512, Edns.UDP_OCTETS);
                }
            }
            if (wire.length > limit) return 0;
            long age = entry.ttl == FOREVER ? 0 : now - entry.at;
            if (age < 0 || age >= entry.ttl) return 0;
            System.arraycopy(wire, 0, out, 0, wire.length);
            out[0] = query[0];
            out[1] = query[1];
            out[2] = (byte) (wire[2] & ~1 | query[2] & 1);
            System.arraycopy(
                    query,
                    Message.HEADER_OCTETS,
                    out,
                    Message.HEADER_OCTETS,
                    end - 4 - Message.HEADER_OCTETS);
            if (age > 0) age(entry, out, (int) age);
            return wire.length;
        }
        return 0;
    }

    private static void age(Entry entry, byte[] out, int age) {
        for (int at : entry.ttlAt) {
            int ttl = Math.max(0, Rdata.u32(out, at) - age);
            out[at] = (byte) (ttl >>> 24);
            out[at + 1] = (byte) (ttl >>> 16);
            out[at + 2] = (byte) (ttl >>> 8);
            out[at + 3] = (byte) ttl;
        }
    }

    /// Keeps a finished answer to this query for `ttl` seconds; [#FOREVER] for one that never ages.
    void put(byte[] query, int length, byte[] answer, int answerLength, long now, int ttl) {
        int end = questionEnd(query, length);
        if (end < 0 || answerLength > ANSWER_OCTETS_MAX || ttl <= 0) return;
        int bits = bits(query, end, length);
        if (bits < 0 || (answer[2] & 2) != 0) return;
        int hash = hash(query, end, bits);
        byte[] key = new byte[end - Message.HEADER_OCTETS + 1];
        for (int i = Message.HEADER_OCTETS; i < end; i++) {
            key[i - Message.HEADER_OCTETS] = lower(query, i, end);
        }
        key[key.length - 1] = (byte) bits;
        byte[] wire = Arrays.copyOf(answer, answerLength);
        Entry entry = new Entry(hash, key, wire, ttlPlaces(wire), now, ttl);
        set(hash, entry, now);
    }

    private synchronized void set(int hash, Entry entry, long now) {
        int slot = -1;
        for (int way = 0; way < WAYS && slot < 0; way++) {
            Entry old = slots.get((hash + way) & mask);
            boolean free =
                    old == null
                            || old.hash == hash && Arrays.equals(old.key, entry.key)
                            || old.ttl != FOREVER && now - old.at >= old.ttl;
            if (free) slot = (hash + way) & mask;
        }
        if (slot < 0) slot = (hash + (turn++ & WAYS - 1)) & mask;
        Entry old = slots.get(slot);
        long growth = entry.octets() - (old == null ? 0 : old.octets());
        // Full: what is there stays until it is old or something smaller wants its place.
        if (growth > 0 && octets.get() + growth > octetsMax) return;
        slots.set(slot, entry);
        octets.addAndGet(growth);
    }

    synchronized void clear() {
        for (int i = 0; i <= mask; i++) slots.set(i, null);
        octets.set(0);
    }

    long octets() {
        return octets.get();
    }

    /// Where the only question ends; -1 for a message of another form than a plain query.
    private static int questionEnd(byte[] query, int length) {
        if (length < Message.HEADER_OCTETS + 5) return -1;
        // QR, opcode, TC and rcode are 0; one question, no answers, at most one additional record.
        if ((query[2] & 0xfa) != 0 || (query[3] & 0x4f) != 0) return -1;
        if (query[4] != 0 || query[5] != 1) return -1;
        if ((query[6] | query[7] | query[8] | query[9] | query[10]) != 0) return -1;
        int at = Message.HEADER_OCTETS;
        while (query[at] != 0) {
            if ((query[at] & 0xc0) != 0) return -1;
            at += query[at] + 1;
            if (at + 5 > length || at - Message.HEADER_OCTETS >= Name.OCTETS_MAX) return -1;
        }
        if (query[at + 3] != 0 || query[at + 4] != 1) return -1;
        return at + 5;
    }

    /// The bits of the key; -1 when what follows the question is not nothing or a plain OPT.
    private static int bits(byte[] query, int end, int length) {
        int bits = ((query[3] & 0x10) != 0 ? CD : 0) | ((query[3] & 0x20) != 0 ? AD : 0);
        if (query[11] == 0) return length == end ? bits : -1;
        if (query[11] != 1 || length < end + 11) return -1;
        boolean plain =
                query[end] == 0
                        && query[end + 1] == 0
                        && query[end + 2] == Type.OPT
                        && query[end + 5] == 0
                        && query[end + 6] == 0;
        if (!plain || !noneButCookie(query, end + 9, length)) return -1;
        return bits | EDNS | ((query[end + 7] & 0x80) != 0 ? DO : 0);
    }

    /// True for an OPT without options or with a cookie alone, which changes no answer: we give
    /// none in return (RFC 7873 §5.2.1).
    private static boolean noneButCookie(byte[] query, int at, int length) {
        int octets = Rdata.u16(query, at);
        if (length != at + 2 + octets) return false;
        return octets == 0
                || octets >= 4
                        && Rdata.u16(query, at + 2) == Edns.COOKIE
                        && Rdata.u16(query, at + 4) == octets - 4;
    }

    /// Type and class are octets like others, but not letters.
    private static byte lower(byte[] query, int at, int end) {
        return at < end - 4 ? Name.lower(query[at]) : query[at];
    }

    private static int hash(byte[] query, int end, int bits) {
        int hash = bits;
        int nameEnd = end - 4;
        for (int i = Message.HEADER_OCTETS; i < nameEnd; i++) {
            hash = hash * 31 + Name.lower(query[i]);
        }
        hash = hash * 31 + Rdata.u16(query, nameEnd);
        hash *= 0x9e3779b9;
        return hash ^ hash >>> 15;
    }

    private static boolean same(byte[] key, byte[] query, int end, int bits) {
        int octets = end - Message.HEADER_OCTETS;
        if (key.length != octets + 1 || key[octets] != bits) return false;
        for (int i = 0; i < octets; i++) {
            byte octet = query[Message.HEADER_OCTETS + i];
            if (key[i] != octet && (i >= octets - 4 || key[i] != Name.lower(octet))) return false;
        }
        return true;
    }

    /// The offsets of all TTLs but that of OPT, which is none.
    private static int[] ttlPlaces(byte[] wire) {
        int records = Rdata.u16(wire, 6) + Rdata.u16(wire, 8) + Rdata.u16(wire, 10);
        int[] places = new int[records];
        int count = 0;
        int at = skipName(wire, Message.HEADER_OCTETS) + 4;
        for (int i = 0; i < records; i++) {
            at = skipName(wire, at);
            if (Rdata.u16(wire, at) != Type.OPT) places[count++] = at + 4;
            at += 10 + Rdata.u16(wire, at + 8);
        }
        return Arrays.copyOf(places, count);
    }

    private static int skipName(byte[] wire, int from) {
        int at = from;
        while (wire[at] != 0) {
            if ((wire[at] & 0xc0) != 0) return at + 2;
            at += wire[at] + 1;
        }
        return at + 1;
    }
}
