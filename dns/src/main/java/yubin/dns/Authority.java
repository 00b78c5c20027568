package yubin.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import yubin.ledger.Counters;

/// An authoritative server for some zones. RFC 1034 §4.3.2, RFC 4035 §3.1, RFC 4592.
///
/// Answers from an immutable map of zones, so that a change ([#replace]) never shows half. Asks
/// nobody anything; names of other zones are REFUSED.
public final class Authority implements Answerer, AutoCloseable {
    /// Aliases followed inside one answer, within our own zones.
    private static final int ALIASES_MAX = 16;

    private static final Counters.Counter ANSWERED = Counters.of("dns.authority.answered");

    /// Finished answers; those of a zone of 10,000 names take some 10 MB.
    private static final int TABLE_SLOTS_MAX = 1 << 17;

    private static final long TABLE_OCTETS = 48 << 20;

    /// A map of zones and the answers cut from it: one never outlives the other.
    private record Snapshot(Map<Name, Zone> zones, AnswerTable table) {}

    private volatile Snapshot snapshot = new Snapshot(Map.of(), new AnswerTable(1, 0));
    private DnsListener listener;
    private volatile Transfers transfers;

    /// Leave out addresses that nobody asked for.
    private volatile boolean minimal;

    /// Answers nobody yet: what asks it is a [DnsListener] or a [Front].
    public Authority(Collection<Zone> zones) {
        replace(zones);
    }

    /// Serves the zones at an address (port 0: any free one) over UDP and TCP until closed.
    public static Authority open(InetSocketAddress address, Collection<Zone> zones)
            throws IOException {
        Authority authority = new Authority(zones);
        authority.listener =
                DnsListener.open(address, authority, Runtime.getRuntime().availableProcessors());
        return authority;
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return listener.address();
    }

    /// Serves these zones from now on.
    public void replace(Collection<Zone> newZones) {
        Map<Name, Zone> map = new HashMap<>();
        for (Zone zone : newZones) map.put(zone.origin(), zone);
        int names = 128;
        for (Zone zone : newZones) names += zone.nodes().size();
        int slots = Math.min(TABLE_SLOTS_MAX, Integer.highestOneBit(names) * 16);
        Map<Name, Zone> before = snapshot.zones;
        snapshot = new Snapshot(Map.copyOf(map), new AnswerTable(slots, TABLE_OCTETS));
        Transfers special = transfers;
        if (special != null) special.replaced(before, map);
    }

    /// From now on answers hold nothing but what was asked for and what is needed to go on: no
    /// addresses of exchangers and servers, unless they are glue below a delegation.
    public void minimalResponses() {
        minimal = true;
    }

    /// Gives zones to secondaries from now on, and hears of changes.
    public void transfers(Transfers rules) {
        transfers = rules;
    }

    /// True for what only the authority understands: transfers, NOTIFY and signed messages.
    boolean wants(byte[] query, int length) {
        return transfers != null && Transfers.isSpecial(query, length);
    }

    @Override
    public void close() {
        if (listener != null) listener.close();
    }

    @Override
    public int answer(byte[] query, int length, byte[] response, Path path, Later later) {
        Snapshot now = snapshot;
        int octets = now.table.answer(query, length, response, path.udp(), 0);
        if (octets > 0) {
            ANSWERED.increment();
            return octets;
        }
        Transfers special = transfers;
        if (special != null && Transfers.isSpecial(query, length)) {
            return special.answer(now.zones, query, length, response, path, later, this);
        }
        return plain(now, query, length, response, path);
    }

    /// The answer to an ordinary question that is not in the table.
    int plain(byte[] query, int length, byte[] response, Path path) {
        return plain(snapshot, query, length, response, path);
    }

    private int plain(Snapshot now, byte[] query, int length, byte[] response, Path path) {
        MessageWriter out = new MessageWriter(response);
        ServerQuery asked = ServerQuery.read(query, length, out, path.udp());
        if (asked == null) return out.length();
        ANSWERED.increment();
        Zone zone = zoneFor(now.zones, asked.question().name(), asked.question().type());
        if (zone == null) return asked.refuse(out, Rcode.REFUSED);
        new Answer(now.zones, zone, asked, out).write(minimal);
        int octets = asked.finish(out);
        now.table.put(query, length, response, octets, 0, AnswerTable.FOREVER);
        return octets;
    }

    /// The zone closest above the name. The DS of a zone of ours is asked of its parent, if that is
    /// ours as well (RFC 4035 §3.1.4.1).
    Zone zoneFor(Name name, int type) {
        return zoneFor(snapshot.zones, name, type);
    }

    /// An answer that was given before, ready to send; 0 octets when there is none.
    int finished(byte[] query, int length, byte[] response, boolean udp) {
        return snapshot.table.answer(query, length, response, udp, 0);
    }

    private static Zone zoneFor(Map<Name, Zone> all, Name name, int type) {
        Zone zone = closest(all, name);
        if (zone != null && type == Type.DS && zone.origin().equals(name) && !name.isRoot()) {
            Zone parent = closest(all, name.parent());
            if (parent != null) return parent;
        }
        return zone;
    }

    private static Zone closest(Map<Name, Zone> zones, Name name) {
        for (Name at = name; ; at = at.parent()) {
            Zone zone = zones.get(at);
            if (zone != null || at.isRoot()) return zone;
        }
    }

    /// One answer in the making: the steps of RFC 1034 §4.3.2, then what DNSSEC adds.
    private static final class Answer {
        private final Map<Name, Zone> zones;
        private Zone zone;
        private final ServerQuery asked;
        private final MessageWriter out;
        private final boolean signed;
        private final int type;
        private final List<RRset> additional = new ArrayList<>(4);
        private final Set<RRset> proofs = new HashSet<>();

        /// Proofs for the wildcards used: written when the answer section is complete.
        private final List<RRset> wildcardProofs = new ArrayList<>(2);
        private boolean truncated;

        Answer(Map<Name, Zone> zones, Zone zone, ServerQuery asked, MessageWriter out) {
            this.zones = zones;
            this.zone = zone;
            this.asked = asked;
            this.out = out;
            this.signed = asked.dnssecOk();
            this.type = asked.question().type();
        }

        void write(boolean minimal) {
            int flags = Message.QR | Message.AA | asked.flags() & (Message.RD | Message.CD);
            out.begin(asked.id(), flags, asked.octetsMax());
            out.question(asked.question());
            out.reserve(asked.optOctets());
            Name name = asked.question().name();
            Set<Name> seen = new HashSet<>();
            for (int step = 0; name != null && step < ALIASES_MAX && !truncated; step++) {
                if (!seen.add(name)) break;
                if (step > 0) {
                    zone = zoneFor(zones, name, type);
                    if (zone == null) break;
                }
                name = look(name, step == 0);
            }
            proof(wildcardProofs);
            if (!truncated && !minimal) additional();
            out.release(asked.optOctets());
        }

        /// One look-up; returns the name that an alias leads to, or null at the end.
        private Name look(Name name, boolean first) {
            return switch (zone.find(name, type)) {
                case Zone.Found.Referral(var cut) -> referral(cut, first);
                case Zone.Found.Renamed(var node) -> renamed(name, node);
                case Zone.Found.NoName(var encloser) -> {
                    // RFC 2308 §2.1: an alias that leads nowhere is a name error as well.
                    out.flags(out.flags() | Rcode.NXDOMAIN);
                    soa();
                    if (signed && zone.denial() != null) {
                        proof(zone.denial().noName(name, encloser));
                    }
                    yield null;
                }
                case Zone.Found.Here(var node, var byWildcard, var encloser) ->
                        here(name, node, byWildcard ? encloser : null);
            };
        }

        private Name here(Name name, Zone.Node node, Zone.Node encloser) {
            if (node.cname != null && type != Type.CNAME && type != Type.ANY && type != Type.NSEC) {
                put(1, name, node.cname);
                if (encloser != null) wildcardUsed(name, encloser);
                return Rdata.nameAt(node.cname.rdata().getFirst(), 0);
            }
            boolean found = false;
            for (RRset set : node.sets) {
                if (type == Type.RRSIG && !set.signatures().isEmpty()) {
                    RRset sigs = new RRset(set.owner(), Type.RRSIG, set.ttl(), set.signatures());
                    put(1, name, sigs);
                    found = true;
                } else if (set.type() == type || type == Type.ANY) {
                    if (set.rdata().isEmpty()) continue;
                    put(1, name, set);
                    alsoSend(set);
                    found = true;
                    // RFC 8482 §4.1: one RRset is answer enough to ANY.
                    break;
                }
            }
            if (found) {
                if (encloser != null) wildcardUsed(name, encloser);
                return null;
            }
            soa();
            if (signed && zone.denial() != null) {
                proof(
                        encloser == null
                                ? zone.denial().noData(node)
                                : zone.denial().wildcardNoData(name, encloser, node));
            }
            return null;
        }

        private void wildcardUsed(Name name, Zone.Node encloser) {
            if (!signed || zone.denial() == null) return;
            wildcardProofs.addAll(zone.denial().wildcardUsed(name, encloser));
        }

        /// RFC 1034 §4.3.2 step 3b; RFC 4035 §3.1.4 for the DS or its absence.
        private Name referral(Zone.Node cut, boolean first) {
            if (first) out.flags(out.flags() & ~Message.AA);
            put(2, cut.name, cut.ns);
            if (signed) {
                RRset ds = cut.set(Type.DS);
                if (ds != null) put(2, cut.name, ds);
                else if (zone.denial() != null) proof(zone.denial().noData(cut));
            }
            // Glue below the cut is needed to go on: without it the answer counts as truncated
            // (RFC 9471).
            for (byte[] ns : cut.ns.rdata()) {
                Name host = Rdata.nameAt(ns, 0);
                Zone.Node node = host.isUnder(zone.origin()) ? zone.node(host) : null;
                if (node == null) continue;
                for (int family : new int[] {Type.A, Type.AAAA}) {
                    RRset glue = node.set(family);
                    if (glue == null) continue;
                    if (host.isUnder(cut.name)) put(3, host, glue);
                    else additional.add(glue);
                }
            }
            return null;
        }

        /// A CNAME made from the DNAME. RFC 1034 §4.3.2 as changed by RFC 6672.
        private Name renamed(Name name, Zone.Node node) {
            put(1, node.name, node.dname);
            Name target = Rdata.nameAt(node.dname.rdata().getFirst(), 0);
            Name moved = name.moved(node.name, target).orElse(null);
            if (moved == null) {
                out.flags(out.flags() | Rcode.YXDOMAIN);
                return null;
            }
            put(1, name, new RRset(name, Type.CNAME, node.dname.ttl(), List.of(moved.wire())));
            return type == Type.CNAME || type == Type.ANY ? null : moved;
        }

        private void soa() {
            RRset soa = zone.soa();
            byte[] rdata = soa.rdata().getFirst();
            // RFC 2308 §3: the smaller of the SOA's TTL and its minimum.
            long minimum = Rdata.u32(rdata, rdata.length - 4) & 0xffff_ffffL;
            int ttl = (int) Math.min(soa.ttl(), minimum);
            if (!out.rrset(2, soa.owner(), soa, ttl, signed)) truncate();
        }

        private void proof(List<RRset> sets) {
            for (RRset set : sets) if (proofs.add(set)) put(2, set.owner(), set);
        }

        private void put(int section, Name owner, RRset set) {
            if (truncated) return;
            if (!out.rrset(section, owner, set, set.ttl(), signed)) truncate();
        }

        private void truncate() {
            truncated = true;
            out.flags(out.flags() | Message.TC);
        }

        /// Addresses that the client will want next, as far as there is room.
        private void alsoSend(RRset set) {
            int at =
                    switch (set.type()) {
                        case Type.NS -> 0;
                        case Type.MX -> 2;
                        case Type.SRV -> 6;
                        default -> -1;
                    };
            if (at < 0) return;
            for (byte[] rdata : set.rdata()) {
                Name host = Rdata.nameAt(rdata, at);
                if (!host.isUnder(zone.origin())) continue;
                Zone.Node node = zone.node(host);
                if (node == null || node.cut != null) continue;
                for (int family : new int[] {Type.A, Type.AAAA}) {
                    RRset addresses = node.set(family);
                    if (addresses != null && !additional.contains(addresses)) {
                        additional.add(addresses);
                    }
                }
            }
        }

        private void additional() {
            for (RRset set : additional) if (!out.rrset(3, set, signed)) return;
        }
    }
}
