package yubin.dns;

import java.io.IOException;
import java.time.Duration;
import yubin.wire.Listener;
import yubin.wire.Wire;

/// Questions over a connection with TLS, framed as over TCP: two octets of length, the message.
/// RFC 7858 §3.3. Several on each connection, answered as the answers come.

final class DnsOverTls implements Listener.Session {
    /// RFC 7858 §3.4 leaves it to us; as over plain TCP.
    private static final Duration IDLE = Duration.ofSeconds(10);

    private static final Duration WRITE = Duration.ofSeconds(4);

    private final Answerer answerer;

    DnsOverTls(Answerer answerer) {
        this.answerer = answerer;
    }

    @Override
    public void serve(Wire wire) throws IOException {
        wire.deadline(IDLE, IDLE);
        wire.writeDeadline(WRITE);
        Answerer.Path path = new Answerer.Path(wire.peer(), false);
        Answerer.Later later =
                (response, length) -> {
                    try {
                        send(wire, response, length);
                    } catch (IOException e) {
                        // The client has gone; its reader sees the same.
                    }
                };
        byte[] head = new byte[2];
        while (true) {
            wire.awaitInput();
            wire.readFully(head, 0, 2);
            byte[] query = new byte[Rdata.u16(head, 0)];
            wire.readFully(query, 0, query.length);
            // Not kept while the connection is idle.
            byte[] response = new byte[MessageWriter.OCTETS_MAX];
            int octets = answerer.answer(query, query.length, response, path, later);
            if (octets > 0) send(wire, response, octets);
        }
    }

    /// Length and message in one record, whichever thread they come from.
    private static void send(Wire wire, byte[] message, int length) throws IOException {
        byte[] framed = new byte[length + 2];
        framed[0] = (byte) (length >> 8);
        framed[1] = (byte) length;
        System.arraycopy(message, 0, framed, 2, length);
        wire.write(framed);
        wire.flush();
    }
}
