package yubin.store;

import java.security.MessageDigest;
import java.util.Arrays;

/// The octets of one message coming in. Up to 256 KiB wait in memory for their commit; a larger
/// message goes to the disk chunk by chunk, and what no commit claims is purged.
///
/// Used by one thread. Close it when the message is in its boxes or given up.
public final class Upload implements AutoCloseable {
    /// About what the records of one delivery take.
    private static final int RECORDS_OCTETS = 3000;

    private final Blobs blobs;
    private final int tenant;
    private final MessageDigest digest;
    private byte[] chunk = new byte[Blobs.CHUNK_HEADER + 4096];
    private int filled = Blobs.CHUNK_HEADER;
    private long size;
    private long number; // 0 until a chunk went to the disk or a change keeps it
    private int chunksWritten;
    private byte[] sha256; // null until finished
    private int endsMissing; // CRs that LFs lack
    private byte last = '\n';

    Upload(Blobs blobs, int tenant) {
        this.blobs = blobs;
        this.tenant = tenant;
        digest = Blobs.sha256();
    }

    /// @throws StoreTrouble.DiskLow when there is no room for it
    public void write(byte[] octets, int offset, int length) throws StoreTrouble {
        if (sha256 != null) throw new IllegalStateException("finished");
        digest.update(octets, offset, length);
        countEnds(octets, offset, length);
        size += length;
        int at = offset;
        int left = length;
        while (left > 0) {
            if (filled == Blobs.CHUNK_HEADER + Blobs.CHUNK) flush();
            int room = Math.min(left, Blobs.CHUNK_HEADER + Blobs.CHUNK - filled);
            if (filled + room > chunk.length) {
                int bigger = Math.max(chunk.length * 2, filled + room);
                chunk = Arrays.copyOf(chunk, Math.min(Blobs.CHUNK_HEADER + Blobs.CHUNK, bigger));
            }
            System.arraycopy(octets, at, chunk, filled, room);
            filled += room;
            at += room;
            left -= room;
        }
    }

    /// Says that all octets are here. The upload can then be put into any number of boxes and onto
    /// the shelf.
    public Upload finish() throws StoreTrouble {
        if (sha256 == null) {
            if (chunksWritten > 0 && filled > Blobs.CHUNK_HEADER) flush();
            sha256 = digest.digest();
        }
        return this;
    }

    /// The loop looks at LF only, as nearly every one has its CR.
    private void countEnds(byte[] octets, int offset, int length) {
        if (length == 0) return;
        for (int i = offset; i < offset + length; i++) {
            if (octets[i] == '\n' && (i == offset ? last : octets[i - 1]) != '\r') endsMissing++;
        }
        last = octets[offset + length - 1];
    }

    /// How many octets longer the message is when each of its lines ends with CRLF.
    int endsMissing() {
        return endsMissing + (last == '\n' ? 0 : last == '\r' ? 1 : 2);
    }

    public long size() {
        return size;
    }

    public int tenant() {
        return tenant;
    }

    /// The octets, when they are still whole in memory; null for a large message.
    public byte[] octets() {
        return chunksWritten > 0 || chunk == null
                ? null
                : Arrays.copyOfRange(chunk, Blobs.CHUNK_HEADER, filled);
    }

    /// The first octets of a finished message, `max` at most; what went to the disk is read back.
    public byte[] head(int max) throws StoreTrouble {
        int length = (int) Math.min(max, size);
        if (chunksWritten == 0) {
            return Arrays.copyOfRange(chunk, Blobs.CHUNK_HEADER, Blobs.CHUNK_HEADER + length);
        }
        return blobs.read(new Blob(tenant, number, size, sha256()), 0, length);
    }

    /// Lets the memory go. What was written to the disk and not kept is purged later.
    @Override
    public void close() {
        chunk = null;
    }

    byte[] sha256() {
        if (sha256 == null) throw new IllegalStateException("not finished");
        return sha256;
    }

    /// The number of the octets on disk; 0 while all are in memory.
    long number() {
        return number;
    }

    /// Puts the octets that are in memory into a batch, under a number of their own.
    long putInto(Batch batch) throws StoreTrouble {
        if (number == 0) number = blobs.nextNumber();
        if (chunksWritten == 0) {
            Blobs.header(chunk);
            batch.expect(filled + RECORDS_OCTETS);
            batch.put(Keys.Family.BLOBS, Blobs.chunkKey(number, 0), chunk, 0, filled);
        }
        return number;
    }

    private void flush() throws StoreTrouble {
        Batch batch = new Batch(filled + 64);
        if (chunksWritten == 0) {
            number = blobs.nextNumber();
            blobs.pending(batch, number);
        }
        Blobs.header(chunk);
        batch.put(Keys.Family.BLOBS, Blobs.chunkKey(number, chunksWritten), chunk, 0, filled);
        blobs.writeChunk(batch);
        chunksWritten++;
        filled = Blobs.CHUNK_HEADER;
    }
}
