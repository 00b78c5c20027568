package yubin.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Fetches a zone from its primary, and tells secondaries that ours has changed.
/// RFC 5936 §2, RFC 1995 §2, RFC 1996 §3.
public final class TransferClient {
    /// What became of a transfer.
    public sealed interface Outcome {
        /// The primary has nothing newer.
        record UpToDate() implements Outcome {}

        record Newer(List<RRset> records, long serial) implements Outcome {}

        record Failed(String why) implements Outcome {}
    }

    /// The whole transfer ends by then.
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final int CONNECT_MILLIS = 10_000;

    /// Records of a zone that we take: one larger is no mail domain's.
    private static final int RECORDS_MAX = 2_000_000;

    private static final long OCTETS_MAX = 256 << 20;

    /// Waits for the answer to a NOTIFY, each twice the one before (RFC 1996 §3, number 6).
    private static final int NOTIFY_TRIES = 5;

    private static final int NOTIFY_MILLIS = 1_000;

    private final Name zone;
    private final InetSocketAddress server;
    private final TsigKey key;
    private final InstantSource clock;

    /// @param key null to go unsigned
    public TransferClient(Name zone, InetSocketAddress server, TsigKey key, InstantSource clock) {
        this.zone = zone;
        this.server = server;
        this.key = key;
        this.clock = clock;
    }

    /// Asks for what is newer than `current`; null asks for the whole zone.
    public Outcome fetch(Zone current) {
        try {
            if (current == null) return transfer(null);
            Outcome outcome = transfer(current);
            // A primary that knows no IXFR may know AXFR (RFC 1995 §4).
            return outcome instanceof Outcome.Failed ? transfer(null, current) : outcome;
        } catch (SocketTimeoutException e) {
            return new Outcome.Failed(text() + " does not answer");
        } catch (IOException e) {
            return new Outcome.Failed(text() + ": " + e.getMessage());
        } catch (Misread e) {
            return new Outcome.Failed(text() + " sent nonsense: " + e.getMessage());
        }
    }

    private Outcome transfer(Zone current, Zone known) throws IOException {
        Outcome outcome = transfer(current);
        if (outcome instanceof Outcome.Newer(_, var serial)
                && (int) (serial - known.serial()) <= 0) {
            return new Outcome.UpToDate();
        }
        return outcome;
    }

    private String text() {
        return server.getAddress().getHostAddress();
    }

    private Outcome transfer(Zone current) throws IOException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        MessageWriter query = new MessageWriter(new byte[2048]);
        int id = Entropy.next() & 0xffff;
        query.begin(id, 0, 1500);
        query.question(new Question(zone, current == null ? Type.AXFR : Type.IXFR));
        if (current != null) query.rrset(2, current.soa(), false);
        Tsig tsig = key == null ? null : new Tsig(key);
        int octets = query.length();
        if (tsig != null) octets = tsig.sign(query.octets(), octets, clock.instant());
        try (Socket socket = new Socket()) {
            socket.connect(server, CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            byte[] framed = new byte[octets + 2];
            framed[0] = (byte) (octets >> 8);
            framed[1] = (byte) octets;
            System.arraycopy(query.octets(), 0, framed, 2, octets);
            out.write(framed);
            return read(socket, id, tsig, current, end);
        }
    }

    private Outcome read(Socket socket, int id, Tsig tsig, Zone current, long end)
            throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        List<ZoneDiff.Record> records = new ArrayList<>();
        long taken = 0;
        Stream stream = new Stream();
        while (!stream.complete) {
            byte[] head = new byte[2];
            readFully(socket, in, head, end);
            byte[] message = new byte[Rdata.u16(head, 0)];
            readFully(socket, in, message, end);
            taken += message.length;
            if (taken > OCTETS_MAX) return new Outcome.Failed("the zone is over 256 MiB");
            if (message.length < Message.HEADER_OCTETS || Rdata.u16(message, 0) != id) {
                return new Outcome.Failed(text() + " answered another question");
            }
            int octets = message.length;
            int rcode = message[3] & 15;
            if (tsig != null) {
                octets = tsig.answer(message, octets, clock.instant());
                tsig.answered();
                if (octets < 0 && rcode != Rcode.NOERROR) {
                    return new Outcome.Failed(text() + " says " + Rcode.name(rcode));
                }
                if (octets < 0) return new Outcome.Failed(text() + " did not sign its answer");
            }
            if (rcode != Rcode.NOERROR) {
                return new Outcome.Failed(text() + " says " + Rcode.name(rcode));
            }
            if (!take(message, octets, records, stream)) {
                return new Outcome.Failed(text() + " sent no zone");
            }
            if (records.size() > RECORDS_MAX) {
                return new Outcome.Failed("the zone has too many records");
            }
            boolean alone = records.size() == 1 && current != null;
            if (alone && (int) (records.getFirst().serial() - current.serial()) <= 0) {
                return new Outcome.UpToDate();
            }
        }
        if (tsig != null && !tsig.complete()) {
            return new Outcome.Failed(text() + " did not sign the end of its answer");
        }
        return current != null && stream.incremental ? patch(records, current) : whole(records);
    }

    /// Knows by the SOAs where a transfer ends. RFC 5936 §2.2, RFC 1995 §4.
    private static final class Stream {
        boolean complete;
        boolean incremental;
        private long serial;
        private int count;
        private boolean adding;

        void take(ZoneDiff.Record record) {
            if (complete) throw new Misread("records behind the last SOA");
            count++;
            if (count == 1) {
                if (record.type() != Type.SOA) throw new Misread("no SOA first");
                serial = record.serial();
                return;
            }
            if (record.type() != Type.SOA) return;
            long here = record.serial();
            if (count == 2) {
                // An IXFR goes on with the old SOA; an empty zone ends.
                incremental = here != serial;
                complete = !incremental;
            } else if (!incremental) {
                complete = true;
            } else {
                // Each step is old SOA, removed, new SOA, added; then comes the newest SOA again.
                adding = !adding;
                if (!adding && here == serial) complete = true;
            }
        }
    }

    private boolean take(byte[] message, int octets, List<ZoneDiff.Record> records, Stream stream) {
        MessageReader in = new MessageReader(message, octets);
        in.skip(Message.HEADER_OCTETS, octets);
        for (int i = Rdata.u16(message, 4); i > 0; i--) {
            in.name();
            in.skip(4, octets);
        }
        int count = Rdata.u16(message, 6);
        for (int i = 0; i < count; i++) {
            Name owner = in.name();
            int type = in.u16();
            int rrclass = in.u16();
            int ttl = in.u16() << 16 | in.u16();
            int end = in.u16() + in.at();
            if (end > octets || rrclass != Question.IN || !owner.isUnder(zone)) {
                throw new Misread("a record that does not belong to the zone");
            }
            byte[] rdata = Rdata.read(in, type, end);
            in.skip(end - in.at(), octets);
            ZoneDiff.Record record = new ZoneDiff.Record(owner, type, Math.max(0, ttl), rdata);
            stream.take(record);
            records.add(record);
        }
        return count > 0;
    }

    private static Outcome whole(List<ZoneDiff.Record> records) {
        List<ZoneDiff.Record> once = records.subList(0, records.size() - 1);
        return new Outcome.Newer(ZoneDiff.gather(once), records.getFirst().serial());
    }

    private Outcome patch(List<ZoneDiff.Record> records, Zone current) {
        Set<ZoneDiff.Record> now = new LinkedHashSet<>(ZoneDiff.flat(current.records()));
        boolean adding = true;
        for (ZoneDiff.Record record : records.subList(1, records.size() - 1)) {
            if (record.type() == Type.SOA) adding = !adding;
            if (adding) {
                now.add(record);
            } else if (!now.remove(record)) {
                return new Outcome.Failed(text() + " takes away what we do not have");
            }
        }
        return new Outcome.Newer(ZoneDiff.gather(now), records.getFirst().serial());
    }

    private static void readFully(Socket socket, DataInputStream in, byte[] into, long end)
            throws IOException {
        int at = 0;
        while (at < into.length) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) throw new SocketTimeoutException();
            socket.setSoTimeout((int) Math.min(left, 30_000));
            int count = in.read(into, at, into.length - at);
            if (count < 0) throw new IOException("the connection ended early");
            at += count;
        }
    }

    /// Says that the zone has changed, again and again until the secondary answers. Waits for some
    /// half a minute at most.
    ///
    /// @return true when it answered
    public boolean tell(Zone changed) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            int id = Entropy.next() & 0xffff;
            MessageWriter out = new MessageWriter(new byte[2048]);
            out.begin(id, 4 << 11 | Message.AA, 1200);
            out.question(new Question(zone, Type.SOA));
            out.rrset(1, changed.soa(), false);
            for (int i = 0; i < NOTIFY_TRIES; i++) {
                byte[] message = Arrays.copyOf(out.octets(), out.octets().length);
                int octets = out.length();
                Tsig tsig = key == null ? null : new Tsig(key);
                if (tsig != null) octets = tsig.sign(message, octets, clock.instant());
                socket.send(new DatagramPacket(message, octets));
                if (heard(socket, id, tsig, NOTIFY_MILLIS << i)) return true;
            }
        } catch (IOException e) {
            // As good as silence: the secondary asks by itself when its refresh time is over.
        }
        return false;
    }

    private static void pause(long end) {
        try {
            Thread.sleep(Math.max(0, (end - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean heard(DatagramSocket socket, int id, Tsig tsig, int millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000L;
        byte[] message = new byte[1500];
        for (long left = millis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            socket.setSoTimeout((int) left);
            DatagramPacket packet = new DatagramPacket(message, message.length);
            try {
                socket.receive(packet);
            } catch (SocketTimeoutException e) {
                return false;
            } catch (PortUnreachableException e) {
                // It may be starting again: as good as silence.
                pause(end);
                return false;
            }
            boolean ours =
                    packet.getLength() >= Message.HEADER_OCTETS
                            && Rdata.u16(message, 0) == id
                            && message[2] < 0
                            && (message[2] >> 3 & 15) == 4;
            if (!ours) continue;
            if (tsig == null) return true;
            return tsig.answer(message, packet.getLength(), clock.instant()) >= 0;
        }
        return false;
    }
}
