package yubin.dns;

import java.util.List;

/// A whole DNS message, its records gathered into RRsets. RFC 1035 §4.1.
///
/// Records of another class than IN are left out. An RRSIG stands with the RRset that it covers, or
/// alone in one without RDATA.
///
/// @param flags second 16 bits of the header
/// @param question null when the message has none
/// @param edns null when the message has no OPT record
record Message(
        int id,
        int flags,
        Question question,
        List<RRset> answer,
        List<RRset> authority,
        List<RRset> additional,
        Edns edns)
        implements Reading {
    static final int QR = 0x8000, AA = 0x0400, TC = 0x0200, RD = 0x0100, RA = 0x0080;
    static final int AD = 0x0020, CD = 0x0010, OPCODE = 0x7800;

    /// RFC 1035 §4.1.1.
    static final int HEADER_OCTETS = 12;

    /// Reads the first `length` octets. Total: never null, never throws.
    static Reading read(byte[] octets, int length) {
        return new MessageReader(octets, length).read();
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    int rcode() {
        return flags & 15 | (edns == null ? 0 : edns.extendedRcode() << 4);
    }

    int opcode() {
        return (flags & OPCODE) >> 11;
    }

    /// The first RRset of this type in a section; null when there is none.
    static RRset find(List<RRset> section, int type) {
        for (RRset set : section) {
            if (set.type() == type && !set.rdata().isEmpty()) return set;
        }
        return null;
    }

    /// The RRset of this name and type in a section; null when it is not there.
    static RRset find(List<RRset> section, Name name, int type) {
        for (RRset set : section) {
            if (set.type() == type && !set.rdata().isEmpty() && set.owner().equals(name)) {
                return set;
            }
        }
        return null;
    }
}
