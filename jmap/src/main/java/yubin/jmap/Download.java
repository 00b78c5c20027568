package yubin.jmap;

import java.io.IOException;
import java.io.OutputStream;

/// The octets behind a blobId, to be sent whole or in part. RFC 8620 §6.2.
public final class Download {
    private static final int CHUNK = 256 << 10;

    private final String type;
    private final long size;
    private final Source source;

    /// Gives octets from anywhere in the blob.
    @FunctionalInterface
    interface Source {
        /// Fewer than `length` octets at the end only.
        byte[] read(long offset, int length) throws IOException;
    }

    Download(String type, long size, Source source) {
        this.type = type;
        this.size = size;
        this.source = source;
    }

    /// The media type that the server knows; the client's `type` argument comes before it.
    public String type() {
        return type;
    }

    /// Octets of the whole.
    public long size() {
        return size;
    }

    /// Writes `length` octets from `offset`; both within the blob.
    public void writeTo(OutputStream out, long offset, long length) throws IOException {
        long end = offset + length;
        for (long at = offset; at < end; ) {
            byte[] octets = source.read(at, (int) Math.min(CHUNK, end - at));
            if (octets.length == 0) throw new IOException("a blob ends before its size");
            out.write(octets);
            at += octets.length;
        }
    }

    byte[] read(long offset, int length) throws IOException {
        return source.read(offset, length);
    }

    /// All octets; for those whose size was looked at before.
    byte[] all() throws IOException {
        byte[] octets = source.read(0, (int) size);
        if (octets.length != size) throw new IOException("a blob ends before its size");
        return octets;
    }
}
