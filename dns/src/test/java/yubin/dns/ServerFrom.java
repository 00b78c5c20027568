package yubin.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A UDP server on loopback that answers as a test says: zero, one or several packets a query.
final class ServerFrom implements AutoCloseable {
    final DatagramSocket socket;
    final AtomicInteger asked = new AtomicInteger();

    ServerFrom(Function<byte[], List<byte[]>> script) {
        try {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual()
                .start(
                        () -> {
                            byte[] in = new byte[65_535];
                            while (true) {
                                try {
                                    DatagramPacket packet = new DatagramPacket(in, in.length);
                                    socket.receive(packet);
                                    asked.incrementAndGet();
                                    byte[] query = Arrays.copyOf(in, packet.getLength());
                                    for (byte[] out : script.apply(query)) {
                                        socket.send(
                                                new DatagramPacket(
                                                        out,
                                                        out.length,
                                                        packet.getSocketAddress()));
                                    }
                                } catch (IOException e) {
                                    return;
                                }
                            }
                        });
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }

    /// The answer of an authority for these zones to this query.
    static byte[] answer(byte[] query, Zone... zones) {
        byte[] out = new byte[65_535];
        Authority authority = new Authority(List.of(zones));
        int length =
                authority.answer(query, query.length, out, new Answerer.Path(null, true), null);
        return Arrays.copyOf(out, length);
    }

    @Override
    public void close() {
        socket.close();
    }
}
