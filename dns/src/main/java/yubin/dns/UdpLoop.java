package yubin.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;

/// One UDP socket of a server and the thread that reads it.
sealed interface UdpLoop extends AutoCloseable permits UdpLoop.Nio, NativeUdp {
    System.Logger LOG = System.getLogger("yubin.dns.UdpLoop");

    int RECEIVE_BUFFER_OCTETS = 1 << 20;

    /// Opens a socket; several at one address share its packets.
    static UdpLoop open(InetSocketAddress address, Answerer answerer, boolean shared)
            throws IOException {
        return NativeUdp.isAvailable()
                ? new NativeUdp(address, answerer, shared)
                : new Nio(address, answerer, shared);
    }

    /// Reads until closed.
    void run();

    @Override
    void close();

    /// A packet at a time, everywhere.
    final class Nio implements UdpLoop {
        private final DatagramChannel channel;
        private final Answerer answerer;

        Nio(InetSocketAddress address, Answerer answerer, boolean shared) throws IOException {
            this.channel = DatagramChannel.open();
            this.answerer = answerer;
            try {
                if (shared) channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_OCTETS);
                channel.bind(address);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        @Override
        public void run() {
            ByteBuffer in = ByteBuffer.allocateDirect(MessageWriter.OCTETS_MAX);
            byte[] query = new byte[MessageWriter.OCTETS_MAX];
            byte[] response = new byte[MessageWriter.OCTETS_MAX];
            ByteBuffer out = ByteBuffer.allocateDirect(MessageWriter.OCTETS_MAX);
            while (true) {
                try {
                    in.clear();
                    InetSocketAddress client = (InetSocketAddress) channel.receive(in);
                    in.flip();
                    int length = in.remaining();
                    in.get(query, 0, length);
                    int octets =
                            answerer.answer(
                                    query,
                                    length,
                                    response,
                                    new Answerer.Path(client, true),
                                    (late, count) -> send(client, ByteBuffer.wrap(late, 0, count)));
                    if (octets == 0) continue;
                    out.clear();
                    out.put(response, 0, octets).flip();
                    send(client, out);
                } catch (ClosedChannelException e) {
                    return;
                } catch (IOException e) {
                    // A client that cannot be reached is its own trouble.
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "a query was dropped", e);
                }
            }
        }

        private void send(InetSocketAddress client, ByteBuffer packet) {
            try {
                channel.send(packet, client);
            } catch (IOException e) {
                // Closed, or the client cannot be reached.
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "close", e);
            }
        }
    }
}
