package yubin.dns;

import java.util.List;

/// The OPT pseudo-record of a message. RFC 6891 §6.1.2.
///
/// @param udpOctetsMax what its sender takes in one datagram; below 512 counts as 512
/// @param extendedRcode upper 8 bits of the response code
record Edns(
        int udpOctetsMax, int extendedRcode, int version, boolean dnssecOk, List<Option> options) {
    /// Fits the smallest path of the Internet without fragments, which can be forged.
    static final int UDP_OCTETS = 1232;

    static final int COOKIE = 10;
    static final int EXTENDED_ERROR = 15;

    record Option(int code, byte[] data) {}

    Edns(boolean dnssecOk) {
        this(UDP_OCTETS, 0, 0, dnssecOk, List.of());
    }

    /// The first option of this code; null when absent.
    byte[] option(int code) {
        for (Option option : options) if (option.code() == code) return option.data();
        return null;
    }
}
