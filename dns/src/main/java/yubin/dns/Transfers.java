package yubin.dns;

import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import yubin.ledger.Counters;

/// Hands whole zones to secondaries and takes their NOTIFYs: AXFR (RFC 5936), IXFR (RFC 1995),
/// NOTIFY (RFC 1996), each with or without TSIG (RFC 8945).
///
/// For IXFR it keeps what changed between the versions that were published since the start; who
/// has an older one gets the whole zone.
public final class Transfers {
    /// Who may do what. Called by the threads that read packets: must not wait.
    public interface Policy {
        /// @param key of the TSIG that signed the request; null when it was not signed
        boolean mayTransfer(Name zone, InetAddress client, Name key);

        /// Somebody says that a zone has changed.
        ///
        /// @return false when we are no secondary of this zone, or not of this server
        boolean notified(Name zone, InetAddress server, Name key);
    }

    /// RFC 1996 §3.
    private static final int NOTIFY = 4;

    private static final int VERSIONS_MAX = 32;

    /// Transfers at once: each may take as long as its client reads.
    private static final int AT_ONCE = 16;

    /// Octets of one message of a transfer: names can be pointed at in the first 16 KiB.
    private static final int MESSAGE_OCTETS = 16_384;

    /// Room for a TSIG behind a message.
    private static final int TSIG_OCTETS = 400;

    private static final Counters.Counter SENT = Counters.of("dns.transfers.sent");
    private static final Counters.Counter REFUSED = Counters.of("dns.transfers.refused");

    private static final System.Logger LOG = System.getLogger("yubin.dns.Transfers");

    private final Map<Name, TsigKey> keys = new HashMap<>();
    private final Policy policy;
    private final InstantSource clock;
    private final Map<Name, Deque<ZoneDiff>> history = new ConcurrentHashMap<>();
    private final Semaphore free = new Semaphore(AT_ONCE);

    public Transfers(Collection<TsigKey> keys, Policy policy, InstantSource clock) {
        for (TsigKey key : keys) this.keys.put(key.name(), key);
        this.policy = policy;
        this.clock = clock;
    }

    /// True for NOTIFY, AXFR, IXFR and whatever ends in a TSIG.
    static boolean isSpecial(byte[] query, int length) {
        if (length < Message.HEADER_OCTETS + 5 || query[2] < 0) return false;
        if ((query[2] >> 3 & 15) == NOTIFY) return true;
        if (query[4] != 0 || query[5] != 1) return false;
        int at = Message.HEADER_OCTETS;
        while (query[at] != 0) {
            if ((query[at] & 0xc0) != 0) return false;
            at += query[at] + 1;
            if (at + 5 > length) return false;
        }
        int type = Rdata.u16(query, at + 1);
        if (type == Type.AXFR || type == Type.IXFR) return true;
        // Of plain queries only the common form with nothing or an OPT is told apart quickly.
        boolean plain =
                length == at + 5
                        || Rdata.u16(query, 10) == 1 && at + 8 < length && isOpt(query, at);
        return !plain && Tsig.isSigned(query, length);
    }

    private static boolean isOpt(byte[] query, int at) {
        return query[at + 5] == 0 && Rdata.u16(query, at + 6) == Type.OPT;
    }

    /// Notes what changed, for IXFR.
    void replaced(Map<Name, Zone> before, Map<Name, Zone> after) {
        history.keySet().retainAll(after.keySet());
        after.forEach(
                (name, zone) -> {
                    Zone old = before.get(name);
                    if (old == null || old == zone || old.serial() == zone.serial()) return;
                    ZoneDiff diff = ZoneDiff.between(old, zone);
                    history.compute(
                            name,
                            (_, known) -> {
                                Deque<ZoneDiff> next =
                                        known == null
                                                ? new ArrayDeque<>()
                                                : new ArrayDeque<>(known);
                                next.addLast(diff);
                                // More than the zone itself is no saving (RFC 1995).
                                long size = next.stream().mapToLong(ZoneDiff::size).sum();
                                while (next.size() > VERSIONS_MAX
                                        || !next.isEmpty() && size > zone.records().size() * 2L) {
                                    size -= next.removeFirst().size();
                                }
                                return next;
                            });
                });
    }

    int answer(
            Map<Name, Zone> zones,
            byte[] query,
            int length,
            byte[] response,
            Answerer.Path path,
            Answerer.Later later,
            Authority authority) {
        byte[] own = Arrays.copyOf(query, length);
        Tsig tsig = null;
        int octets = length;
        switch (Tsig.request(own, length, keys, clock.instant())) {
            case Tsig.Request.Unsigned _ -> {}
            case Tsig.Request.Good(var exchange, var left) -> {
                tsig = exchange;
                octets = left;
            }
            case Tsig.Request.Malformed _ -> {
                return bare(own, response, Rcode.FORMERR);
            }
            case Tsig.Request.Bad bad -> {
                REFUSED.increment();
                int head = bare(own, response, Rcode.NOTAUTH);
                return Tsig.refuse(bad, response, head, clock.instant());
            }
        }
        int written = signed(zones, own, octets, response, path, later, authority, tsig);
        if (tsig == null || written == 0) return written;
        return tsig.sign(response, written, clock.instant());
    }

    private int signed(
            Map<Name, Zone> zones,
            byte[] query,
            int length,
            byte[] response,
            Answerer.Path path,
            Answerer.Later later,
            Authority authority,
            Tsig tsig) {
        boolean notify = (query[2] >> 3 & 15) == NOTIFY;
        if (!notify && !isTransfer(query)) {
            return authority.plain(query, length, response, path);
        }
        if (!(Message.read(query, length) instanceof Message message)
                || message.question() == null
                || message.question().rrclass() != Question.IN) {
            return bare(query, response, Rcode.FORMERR);
        }
        InetAddress client = path.client() == null ? null : path.client().getAddress();
        Name zoneName = message.question().name();
        Name keyName = tsig == null ? null : tsig.key().name();
        if (notify) {
            boolean ours = policy.notified(zoneName, client, keyName);
            return echo(message, response, ours ? Rcode.NOERROR : Rcode.NOTAUTH, Message.AA);
        }
        Zone zone = zones.get(zoneName);
        if (zone == null) return echo(message, response, Rcode.NOTAUTH, 0);
        if (!policy.mayTransfer(zoneName, client, keyName)) {
            REFUSED.increment();
            return echo(message, response, Rcode.REFUSED, 0);
        }
        boolean whole = message.question().type() == Type.AXFR;
        if (path.udp()) {
            // RFC 5936 §4.2: AXFR needs TCP. RFC 1995 §4: an IXFR that does not fit gets the SOA.
            if (whole) return echo(message, response, Rcode.REFUSED, 0);
            MessageWriter out = new MessageWriter(response);
            begin(out, message, true);
            out.rrset(1, zone.soa(), false);
            return out.length();
        }
        if (!free.tryAcquire()) return echo(message, response, Rcode.SERVFAIL, 0);
        try {
            List<RRset> records = whole ? wholeZone(zone) : changes(zone, message);
            SENT.increment();
            return send(message, records, response, later, tsig);
        } finally {
            free.release();
        }
    }

    private static boolean isTransfer(byte[] query) {
        int at = Message.HEADER_OCTETS;
        while (query[at] != 0) at += query[at] + 1;
        int type = Rdata.u16(query, at + 1);
        return type == Type.AXFR || type == Type.IXFR;
    }

    /// SOA, everything else, SOA. RFC 5936 §2.2.
    private static List<RRset> wholeZone(Zone zone) {
        List<RRset> records = new ArrayList<>(zone.records().size() + 2);
        RRset soa = zone.soa();
        RRset bare = new RRset(soa.owner(), Type.SOA, soa.ttl(), soa.rdata());
        records.add(soa);
        for (RRset set : zone.records()) if (set.type() != Type.SOA) records.add(set);
        records.add(bare);
        return records;
    }

    /// From the version in the request's authority section up to ours. RFC 1995 §4.
    private List<RRset> changes(Zone zone, Message message) {
        RRset soa = zone.soa();
        RRset bare = new RRset(soa.owner(), Type.SOA, soa.ttl(), soa.rdata());
        RRset theirs = Message.find(message.authority(), zone.origin(), Type.SOA);
        if (theirs == null) return wholeZone(zone);
        long serial = ZoneDiff.flat(List.of(theirs)).getFirst().serial();
        // RFC 1995 §2: who is not older gets the SOA alone.
        if ((int) (zone.serial() - serial) <= 0) return List.of(bare);
        List<ZoneDiff> steps = new ArrayList<>();
        for (ZoneDiff diff : history.getOrDefault(zone.origin(), new ArrayDeque<>())) {
            if (!steps.isEmpty() || diff.oldSoa().serial() == serial) steps.add(diff);
        }
        boolean reaches = !steps.isEmpty() && steps.getLast().newSoa().serial() == zone.serial();
        if (!reaches) return wholeZone(zone);
        List<RRset> records = new ArrayList<>();
        records.add(bare);
        for (ZoneDiff diff : steps) {
            records.add(diff.oldSoa().alone());
            for (ZoneDiff.Record record : diff.removed()) records.add(record.alone());
            records.add(diff.newSoa().alone());
            for (ZoneDiff.Record record : diff.added()) records.add(record.alone());
        }
        records.add(bare);
        return records;
    }

    /// Sends all messages but the last, which is left in `response`.
    private int send(
            Message message,
            List<RRset> records,
            byte[] response,
            Answerer.Later later,
            Tsig tsig) {
        MessageWriter out = new MessageWriter(response);
        begin(out, message, true);
        int limit = MESSAGE_OCTETS;
        out.reserve(MessageWriter.OCTETS_MAX - limit);
        int inMessage = 0;
        for (RRset set : records) {
            if (out.rrset(1, set, true)) {
                inMessage++;
                continue;
            }
            if (inMessage > 0) {
                flush(out, later, tsig);
                begin(out, message, false);
                out.reserve(MessageWriter.OCTETS_MAX - limit);
                inMessage = 0;
                if (out.rrset(1, set, true)) {
                    inMessage++;
                    continue;
                }
            }
            // A single RRset over the usual size has a message of its own.
            out.release(MessageWriter.OCTETS_MAX - limit - TSIG_OCTETS);
            if (!out.rrset(1, set, true)) {
                LOG.log(
                        System.Logger.Level.ERROR,
                        "{0} does not fit a message: the transfer ends early",
                        set);
                return echo(message, response, Rcode.SERVFAIL, 0);
            }
            inMessage++;
            out.reserve(MessageWriter.OCTETS_MAX - limit - TSIG_OCTETS);
        }
        return out.length();
    }

    private void flush(MessageWriter out, Answerer.Later later, Tsig tsig) {
        int octets = out.length();
        if (tsig != null) {
            octets = tsig.sign(out.octets(), octets, clock.instant());
            tsig.answered();
        }
        later.send(out.octets(), octets);
    }

    private static void begin(MessageWriter out, Message message, boolean first) {
        int flags = Message.QR | Message.AA | message.flags() & Message.RD;
        out.begin(message.id(), flags, MessageWriter.OCTETS_MAX);
        if (first) out.question(message.question());
    }

    private static int echo(Message message, byte[] response, int rcode, int flags) {
        MessageWriter out = new MessageWriter(response);
        int kept = message.flags() & (Message.OPCODE | Message.RD);
        out.begin(message.id(), Message.QR | kept | flags | rcode, MessageWriter.OCTETS_MAX);
        out.question(message.question());
        return out.length();
    }

    private static int bare(byte[] query, byte[] response, int rcode) {
        MessageWriter out = new MessageWriter(response);
        int kept = Rdata.u16(query, 2) & (Message.OPCODE | Message.RD);
        out.begin(Rdata.u16(query, 0), Message.QR | kept | rcode, MessageWriter.OCTETS_MAX);
        return out.length();
    }
}
