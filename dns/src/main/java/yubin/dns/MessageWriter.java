package yubin.dns;

import java.util.Arrays;
import java.util.List;

/// Writes one message into a buffer of its own, names compressed. RFC 1035 §4.1.4.
///
/// Nothing throws when the buffer or the limit is reached: the RRset that does not fit is taken
/// back and the caller told. One writer serves many messages, one after the other.
final class MessageWriter {
    /// RFC 1035 §4.2.2.
    static final int OCTETS_MAX = 65_535;

    /// Only the first 16 KiB can be pointed at.
    private static final int POINTER_MAX = 0x3fff;

    /// Places of names written: few at first, since most messages hold few.
    private static final int SLOTS_FIRST = 32;

    private static final int SLOTS_MAX = 512;

    private static final int JUMPS_MAX = 128;

    private final byte[] out;
    private short[] slots = new short[SLOTS_FIRST];
    private int slotsUsed;
    private int at;
    private int limit;
    private boolean full;

    MessageWriter() {
        this(new byte[OCTETS_MAX]);
    }

    MessageWriter(byte[] out) {
        this.out = out;
    }

    /// For one question with an OPT record and a cookie.
    static MessageWriter ofQuery() {
        return new MessageWriter(new byte[Message.HEADER_OCTETS + Name.OCTETS_MAX + 4 + 11 + 44]);
    }

    /// Begins a new message of at most `octetsMax`.
    MessageWriter begin(int id, int flags, int octetsMax) {
        if (slotsUsed > 0) Arrays.fill(slots, (short) 0);
        slotsUsed = 0;
        at = 0;
        full = false;
        limit = Math.min(octetsMax, out.length);
        u16(id);
        u16(flags);
        u16(0);
        u16(0);
        u16(0);
        u16(0);
        return this;
    }

    /// No message at all.
    void clear() {
        at = 0;
    }

    byte[] octets() {
        return out;
    }

    int length() {
        return at;
    }

    byte[] copy() {
        return Arrays.copyOf(out, at);
    }

    int flags() {
        return Rdata.u16(out, 2);
    }

    void flags(int flags) {
        set16(2, flags);
    }

    /// Keeps `octets` free at the end, for an OPT record.
    void reserve(int octets) {
        limit -= octets;
    }

    void release(int octets) {
        limit += octets;
    }

    void question(Question question) {
        name(question.name().wire(), 0, true);
        u16(question.type());
        u16(question.rrclass());
        count(0);
    }

    /// Section 1 answer, 2 authority, 3 additional. False when it does not fit: then nothing of it
    /// is written.
    boolean rrset(int section, RRset set, boolean signatures) {
        return rrset(section, set.owner(), set, set.ttl(), signatures);
    }

    boolean rrset(int section, Name owner, RRset set, int ttl, boolean signatures) {
        int start = at;
        int records = 0;
        List<byte[]> rdata = set.rdata();
        for (int i = 0; i < rdata.size(); i++) {
            record(owner, set.type(), ttl, rdata.get(i));
            records++;
        }
        if (signatures) {
            List<byte[]> sigs = set.signatures();
            for (int i = 0; i < sigs.size(); i++) {
                record(owner, Type.RRSIG, ttl, sigs.get(i));
                records++;
            }
        }
        if (full || at > limit) {
            at = start;
            full = false;
            return false;
        }
        set16(4 + 2 * section, Rdata.u16(out, 4 + 2 * section) + records);
        return true;
    }

    private void record(Name owner, int type, int ttl, byte[] rdata) {
        name(owner.wire(), 0, true);
        u16(type);
        u16(Question.IN);
        u32(ttl);
        int lengthAt = at;
        u16(0);
        rdata(type, rdata);
        if (!full) set16(lengthAt, at - lengthAt - 2);
    }

    /// Compresses the names of the types of RFC 1035 only, RFC 3597
    private void rdata(int type, byte[] rdata) {
        String fields = Rdata.fields(type);
        if (fields == null || fields.indexOf('N') < 0) {
            bytes(rdata, 0, rdata.length);
            return;
        }
        int from = 0;
        for (int i = 0; i < fields.length(); i++) {
            char field = fields.charAt(i);
            int octets = Rdata.width(field, rdata, from, rdata.length);
            if (field == 'N') name(rdata, from, true);
            else bytes(rdata, from, octets);
            from += octets;
        }
    }

    /// A record of another class or form, such as a CHAOS answer.
    boolean raw(int section, Name owner, int type, int rrclass, int ttl, byte[] rdata) {
        int start = at;
        name(owner.wire(), 0, true);
        u16(type);
        u16(rrclass);
        u32(ttl);
        u16(rdata.length);
        bytes(rdata, 0, rdata.length);
        if (full || at > limit) {
            at = start;
            full = false;
            return false;
        }
        count(section);
        return true;
    }

    /// RFC 6891 §6.1.2.
    void opt(Edns edns) {
        u8(0);
        u16(Type.OPT);
        u16(edns.udpOctetsMax());
        u16(edns.extendedRcode() << 8 | edns.version());
        u16(edns.dnssecOk() ? 0x8000 : 0);
        int lengthAt = at;
        u16(0);
        for (Edns.Option option : edns.options()) {
            u16(option.code());
            u16(option.data().length);
            bytes(option.data(), 0, option.data().length);
        }
        if (full) return;
        set16(lengthAt, at - lengthAt - 2);
        count(3);
    }

    private void count(int section) {
        set16(4 + 2 * section, Rdata.u16(out, 4 + 2 * section) + 1);
    }

    private void name(byte[] name, int from, boolean compress) {
        int pos = from;
        while (name[pos] != 0) {
            int slot = slot(name, pos);
            int known = slots[slot] & 0xffff;
            if (known != 0 && compress) {
                u16(0xc000 | known);
                return;
            }
            if (known == 0 && at <= POINTER_MAX) {
                if (slotsUsed == slots.length / 2 && grow()) slot = slot(name, pos);
                if (slotsUsed < slots.length / 2) {
                    slots[slot] = (short) at;
                    slotsUsed++;
                }
            }
            bytes(name, pos, name[pos] + 1);
            pos += name[pos] + 1;
        }
        u8(0);
    }

    /// The slot that holds this ending of a name, or the free one where it belongs.
    private int slot(byte[] name, int from) {
        int hash = 0;
        int i = from;
        for (; name[i] != 0; i++) hash = hash * 31 + Name.lower(name[i]);
        int slot = (hash ^ hash >>> 15) & slots.length - 1;
        while (slots[slot] != 0 && !sameName(slots[slot] & 0xffff, name, from)) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    /// Four times the slots; what was taken back loses its place. False when there are enough.
    private boolean grow() {
        if (slots.length >= SLOTS_MAX) return false;
        short[] old = slots;
        slots = new short[old.length * 4];
        slotsUsed = 0;
        for (short place : old) {
            int written = place & 0xffff;
            if (written == 0 || written >= at) continue;
            int hash = hashWritten(written);
            int slot = (hash ^ hash >>> 15) & slots.length - 1;
            while (slots[slot] != 0) slot = slot + 1 & slots.length - 1;
            slots[slot] = place;
            slotsUsed++;
        }
        return true;
    }

    /// The hash of the name that was written at `from`, as [#slot] counts it.
    private int hashWritten(int from) {
        int hash = 0;
        int jumps = 0;
        for (int here = from; here < at && out[here] != 0; ) {
            int octet = out[here] & 0xff;
            if (octet >= 0xc0) {
                if (here + 1 >= at || ++jumps > JUMPS_MAX) return 0;
                here = Rdata.u16(out, here) & POINTER_MAX;
            } else {
                int end = Math.min(here + 1 + octet, at);
                for (; here < end; here++) hash = hash * 31 + Name.lower(out[here]);
            }
        }
        return hash;
    }

    /// Entries of what was taken back lie behind the end or hold other octets: both compare
    /// unequal.
    private boolean sameName(int written, byte[] name, int from) {
        int here = written;
        int there = from;
        int jumps = 0;
        while (here < at) {
            int octet = out[here] & 0xff;
            if (octet >= 0xc0) {
                if (here + 1 >= at || ++jumps > JUMPS_MAX) return false;
                here = Rdata.u16(out, here) & POINTER_MAX;
            } else {
                if (octet != name[there]) return false;
                if (octet == 0) return true;
                if (here + octet >= at) return false;
                if (!Name.sameOctets(out, here + 1, name, there + 1, octet)) return false;
                here += octet + 1;
                there += octet + 1;
            }
        }
        return false;
    }

    private void bytes(byte[] octets, int from, int count) {
        if (at + count > out.length) {
            full = true;
            return;
        }
        System.arraycopy(octets, from, out, at, count);
        at += count;
    }

    private void u8(int value) {
        if (at + 1 > out.length) {
            full = true;
            return;
        }
        out[at++] = (byte) value;
    }

    private void u16(int value) {
        if (at + 2 > out.length) {
            full = true;
            return;
        }
        set16(at, value);
        at += 2;
    }

    private void u32(int value) {
        u16(value >>> 16);
        u16(value & 0xffff);
    }

    private void set16(int where, int value) {
        out[where] = (byte) (value >> 8);
        out[where + 1] = (byte) value;
    }
}
