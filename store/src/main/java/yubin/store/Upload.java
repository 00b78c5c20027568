package yubin.store;

/// The octets of one message coming in. Up to 256 KiB wait in memory for their commit; a larger
/// message goes to the disk chunk by chunk, and what no commit claims is purged.
///
/// Used by one thread. Close it when the message is in its boxes or given up.
public final class Upload implements AutoCloseable {
    Upload() {}

    /// @throws StoreTrouble.DiskLow when there is no room for it
    public void write(byte[] octets, int offset, int length) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Says that all octets are here. The upload can then be put into any number of boxes and onto
    /// the shelf.
    public Upload finish() throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    public long size() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
