package yubin.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import yubin.ledger.Counters;

/// Carries questions to servers over TCP. A connection whose answer came is kept for a short while
/// for the next question to the same server. RFC 7766 §6.2.1.
///
/// Each question has a connection to itself meanwhile, so nobody waits behind a slow answer.
final class TcpUpstream implements AutoCloseable {
    /// Idle connections kept, over all servers.
    private static final int IDLE_MAX = 32;

    /// Shorter than servers usually keep them, so that few are found closed.
    private static final long IDLE_NANOS = 4_000_000_000L;

    private static final Counters.Counter SENT = Counters.of("dns.upstream.tcp");
    private static final Counters.Counter OPENED = Counters.of("dns.upstream.tcp-connections");

    private record Idle(InetSocketAddress server, Socket socket, long since) {}

    /// Oldest first; guarded by itself.
    private final Deque<Idle> idle = new ArrayDeque<>();

    private volatile boolean closed;

    /// Sends a query with its id set and returns the octets of the next message on the connection.
    ///
    /// @param deadline by [System#nanoTime]
    /// @throws SocketTimeoutException when nothing came in time
    byte[] ask(InetSocketAddress server, byte[] query, long deadline) throws IOException {
        SENT.increment();
        Socket kept = take(server);
        if (kept != null) {
            try {
                return exchange(server, kept, query, deadline);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                // The server closed it meanwhile: a new one tells.
            }
        }
        OPENED.increment();
        Socket socket = new Socket();
        try {
            socket.connect(server, millis(deadline));
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            closeQuietly(socket);
            throw e;
        }
        return exchange(server, socket, query, deadline);
    }

    private byte[] exchange(InetSocketAddress server, Socket socket, byte[] query, long deadline)
            throws IOException {
        boolean whole = false;
        try {
            byte[] framed = new byte[query.length + 2];
            framed[0] = (byte) (query.length >> 8);
            framed[1] = (byte) query.length;
            System.arraycopy(query, 0, framed, 2, query.length);
            socket.getOutputStream().write(framed);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] head = new byte[2];
            readFully(socket, in, head, deadline);
            byte[] reply = new byte[Rdata.u16(head, 0)];
            readFully(socket, in, reply, deadline);
            // With another's answer on it the connection is of no more use.
            whole = reply.length >= 2 && reply[0] == query[0] && reply[1] == query[1];
            return reply;
        } finally {
            if (whole) keep(server, socket);
            else closeQuietly(socket);
        }
    }

    /// Each read waits for what is left of the time, so a server that sends an octet a second ends
    /// at the deadline too.
    private static void readFully(Socket socket, DataInputStream in, byte[] into, long deadline)
            throws IOException {
        int at = 0;
        while (at < into.length) {
            socket.setSoTimeout(millis(deadline));
            int count = in.read(into, at, into.length - at);
            if (count < 0) throw new IOException("connection closed");
            at += count;
        }
    }

    private static int millis(long deadline) throws SocketTimeoutException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) throw new SocketTimeoutException();
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    private Socket take(InetSocketAddress server) {
        synchronized (idle) {
            sweep();
            Iterator<Idle> newest = idle.descendingIterator();
            while (newest.hasNext()) {
                Idle each = newest.next();
                if (!each.server.equals(server)) continue;
                newest.remove();
                return each.socket;
            }
            return null;
        }
    }

    private void keep(InetSocketAddress server, Socket socket) {
        synchronized (idle) {
            sweep();
            if (idle.size() == IDLE_MAX) closeQuietly(idle.removeFirst().socket);
            idle.addLast(new Idle(server, socket, System.nanoTime()));
            if (closed) clear();
        }
    }

    /// Closes what is idle for too long.
    private void sweep() {
        long now = System.nanoTime();
        while (!idle.isEmpty() && now - idle.getFirst().since > IDLE_NANOS) {
            closeQuietly(idle.removeFirst().socket);
        }
    }

    private void clear() {
        for (Idle each : idle) closeQuietly(each.socket);
        idle.clear();
    }

    @Override
    public void close() {
        closed = true;
        synchronized (idle) {
            clear();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more can be done with it.
        }
    }
}
