package yubin.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import yubin.mime.Downgrade;
import yubin.mime.Message;
import yubin.mime.MessageScanner;
import yubin.store.Blob;
import yubin.store.Blobs;

/// The octets of one message on the way out: read from the store piece by piece, never whole on the
/// heap.
final class Parcel {
    private static final int CHUNK = 256 << 10;

    private final Blobs blobs;
    private final Blob blob;
    private byte[] first; // the first chunk, which is all of most messages
    private long sevenBitSize = -1; // not yet known

    Parcel(Blobs blobs, Blob blob) {
        this.blobs = blobs;
        this.blob = blob;
    }

    long size() {
        return blob.size();
    }

    /// How long [#copySevenBitTo] comes out: the same work once more, for servers that ask
    /// for SIZE.
    long sevenBitSize() throws IOException {
        if (sevenBitSize < 0) {
            long[] count = {0};
            copySevenBitTo(
                    new OutputStream() {
                        @Override
                        public void write(int octet) {
                            count[0]++;
                        }

                        @Override
                        public void write(byte[] octets, int offset, int length) {
                            count[0] += length;
                        }
                    });
            sevenBitSize = count[0];
        }
        return sevenBitSize;
    }

    /// Reads the first chunk, so that a message that the store cannot give is known before a
    /// transaction has begun.
    void open() throws IOException {
        if (first == null) first = blobs.read(blob, 0, CHUNK);
    }

    void copyTo(OutputStream out) throws IOException {
        open();
        out.write(first, 0, first.length);
        for (long at = first.length; at < blob.size(); at += CHUNK) {
            byte[] octets = blobs.read(blob, at, CHUNK);
            out.write(octets, 0, octets.length);
        }
    }

    /// The same with 8-bit parts as quoted-printable or base64, for a hop without 8BITMIME.
    /// RFC 6152 §3.
    void copySevenBitTo(OutputStream out) throws IOException {
        MessageScanner scanner = new MessageScanner();
        open();
        scanner.feed(first, 0, first.length);
        for (long at = first.length; at < blob.size(); at += CHUNK) {
            byte[] octets = blobs.read(blob, at, CHUNK);
            scanner.feed(octets, 0, octets.length);
        }
        Message message = scanner.finish();
        Downgrade.toSevenBit(message, new Octets(), out);
    }

    /// The message as a stream.
    private final class Octets extends InputStream {
        private byte[] chunk = first;
        private int at;
        private long next = first.length;

        @Override
        public int read() throws IOException {
            if (!fill()) return -1;
            return chunk[at++] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) return 0;
            if (!fill()) return -1;
            int n = Math.min(length, chunk.length - at);
            System.arraycopy(chunk, at, into, offset, n);
            at += n;
            return n;
        }

        private boolean fill() throws IOException {
            if (at < chunk.length) return true;
            if (next >= blob.size()) return false;
            chunk = blobs.read(blob, next, CHUNK);
            next += chunk.length;
            at = 0;
            return chunk.length > 0;
        }
    }
}
