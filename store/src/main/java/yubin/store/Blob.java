package yubin.store;

import java.util.HexFormat;

/// The octets of one message as they are kept: shared by all copies within a tenant.
///
/// @param number where the octets lie; grows with time, never used again
/// @param size octets
/// @param sha256 32 octets, the name by which equal blobs are found
public record Blob(int tenant, long number, long size, byte[] sha256) {
    /// The name in hexadecimal digits.
    public String hex() {
        return HexFormat.of().formatHex(sha256);
    }
}
