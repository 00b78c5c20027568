package yubin.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What carries the octets of one connection: a socket, a pipe in memory, or TLS over one of them.
///
/// One thread reads and one writes at a time; the last three methods may be called by any.
interface Transport {
    /// Reads at least one octet; -1 at the end of the stream or after [#shutdownInput].
    int read(ByteBuffer into) throws IOException;

    /// Writes all of `from`.
    void write(ByteBuffer from) throws IOException;

    /// Octets that can be read without waiting, 0 when none or not known.
    int available() throws IOException;

    InetSocketAddress peer();

    InetSocketAddress local();

    /// Tells the peer that nothing more comes.
    void shutdownOutput() throws IOException;

    /// Wakes the reader: it sees the end of the stream.
    void shutdownInput();

    void close();

    /// A TCP connection. Blocking calls park the virtual thread.
    record Socket(SocketChannel channel, InetSocketAddress peer, InetSocketAddress local)
            implements Transport {
        static Socket of(SocketChannel channel) throws IOException {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
            InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
            if (peer == null || local == null) throw new IOException("gone before it was served");
            return new Socket(channel, peer, local);
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return channel.read(into);
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            while (from.hasRemaining()) channel.write(from);
        }

        @Override
        public int available() throws IOException {
            return channel.socket().getInputStream().available();
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public void shutdownInput() {
            try {
                channel.shutdownInput();
            } catch (IOException e) {
                close();
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException _) {
                // nothing is left to save
            }
        }
    }

    /// One end of a connection in memory: reads from one pipe, writes to the other.
    record Ends(Pipe in, Pipe out, InetSocketAddress peer, InetSocketAddress local)
            implements Transport {
        @Override
        public int read(ByteBuffer into) throws IOException {
            return in.read(into);
        }

        @Override
        public void write(ByteBuffer from) throws IOException {
            out.write(from);
        }

        @Override
        public int available() {
            return in.available();
        }

        @Override
        public void shutdownOutput() {
            out.end();
        }

        @Override
        public void shutdownInput() {
            in.end();
        }

        @Override
        public void close() {
            in.end();
            out.end();
        }
    }

    /// One direction of a connection in memory: at most 64 KiB lie between writer and reader, as
    /// in a socket's buffers.
    final class Pipe {
        private final byte[] ring = new byte[64 * 1024];
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private int start; // guarded by lock, as are the next two
        private int count;
        private boolean ended;

        int read(ByteBuffer into) throws IOException {
            lock.lock();
            try {
                while (count == 0 && !ended) changed.awaitUninterruptibly();
                if (count == 0) return -1;
                int n = Math.min(Math.min(count, into.remaining()), ring.length - start);
                into.put(ring, start, n);
                start = (start + n) % ring.length;
                count -= n;
                changed.signalAll();
                return n;
            } finally {
                lock.unlock();
            }
        }

        void write(ByteBuffer from) throws IOException {
            lock.lock();
            try {
                while (from.hasRemaining()) {
                    while (count == ring.length && !ended) changed.awaitUninterruptibly();
                    if (ended) throw new IOException("pipe closed");
                    int at = (start + count) % ring.length;
                    int room = Math.min(ring.length - count, ring.length - at);
                    int n = Math.min(room, from.remaining());
                    from.get(ring, at, n);
                    count += n;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        int available() {
            lock.lock();
            try {
                return count;
            } finally {
                lock.unlock();
            }
        }

        void end() {
            lock.lock();
            try {
                ended = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
