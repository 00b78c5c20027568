package yubin.store;

/// Message octets: found by SHA-256 within a tenant, kept in chunks of at most 256 KiB, held by
/// links, purged some time after the last link is gone.
public final class Blobs {
    Blobs() {}

    /// Begins to take in a message for a tenant.
    public Upload upload(int tenant) {
        throw new UnsupportedOperationException();
    }

    /// Reads `length` octets from `offset`, fewer at the end.
    ///
    /// Blocks on the disk at worst; at most 256 KiB per call are sensible.
    public byte[] read(Blob blob, long offset, int length) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }
}
