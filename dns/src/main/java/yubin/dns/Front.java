package yubin.dns;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicIntegerArray;
import yubin.ledger.Counters;

/// The resolver as a server: answers its clients' questions from the cache, and others when the
/// work is done. Names of our own zones are answered by the [Authority].
///
/// A client waits for the deadline at most, then gets SERVFAIL with an extended error (RFC 8914),
/// while the work goes on into the cache.
final class Front implements Answerer {
    /// Questions being worked on at once; beyond that they are refused with SERVFAIL.
    private static final int WAITING_MAX = 10_000;

    private static final int WAITING_PER_CLIENT_MAX = WAITING_MAX / 4;

    private static final int LATE_OCTETS = 4096;

    /// An extended error goes without a sentence that is longer (RFC 8914 §2: it is for people).
    private static final int ERROR_OCTETS_MAX = 300;

    private static final Counters.Counter ASKED = Counters.of("dns.front.asked");
    private static final Counters.Counter FROM_TABLE = Counters.of("dns.front.finished");
    private static final Counters.Counter REFUSED = Counters.of("dns.front.refused");

    /// Whom the rate limit binds.
    enum Limited {
        ALL,
        /// Who is none of our clients.
        STRANGERS
    }

    private final Recursion recursion;
    private final Inquiries inquiries;
    private final FixedAnswers hosts;
    private final Authority authority;
    private final Networks clients;
    private final RateLimit rateLimit;
    private final Limited limited;
    private final boolean minimalResponses;
    private final AnswerTable table = new AnswerTable(1 << 17, 64 << 20);
    private final Semaphore free = new Semaphore(WAITING_MAX);
    private final AtomicIntegerArray shares = new AtomicIntegerArray(1 << 12);

    /// For answers that come later, those at hand.
    private final ArrayBlockingQueue<MessageWriter> writers = new ArrayBlockingQueue<>(16);

    /// @param hosts fixed answers; null for none
    /// @param authority null when there are no zones of our own
    /// @param rateLimit answers a second for each client network, 0 for no limit
    Front(
            Recursion recursion,
            Inquiries inquiries,
            FixedAnswers hosts,
            Authority authority,
            Networks clients,
            int rateLimit,
            Limited limited,
            boolean minimalResponses) {
        this.limited = limited;
        this.rateLimit = rateLimit == 0 ? null : new RateLimit(rateLimit);
        this.recursion = recursion;
        this.inquiries = inquiries;
        this.hosts = hosts;
        this.authority = authority;
        this.clients = clients;
        this.minimalResponses = minimalResponses;
        if (!minimalResponses) recursion.keepBeside();
    }

    /// Forgets everything learned.
    void clear() {
        inquiries.clear();
        table.clear();
        recursion.clear();
    }

    void clearTable() {
        table.clear();
    }

    long tableOctets() {
        return table.octets();
    }

    @Override
    public int answer(byte[] query, int length, byte[] response, Path path, Later later) {
        int octets = unlimited(query, length, response, path, later);
        if (rateLimit == null || octets == 0 || !path.udp() || path.client() == null) return octets;
        InetAddress client = path.client().getAddress();
        if (limited == Limited.STRANGERS && clients.contain(client)) return octets;
        return switch (rateLimit.count(client, System.nanoTime() >> 30)) {
            case SEND -> octets;
            case DROP -> 0;
            case TRUNCATE -> truncated(query, length, response);
        };
    }

    /// Nothing but the question and TC.
    private static int truncated(byte[] query, int length, byte[] response) {
        MessageWriter out = new MessageWriter(response);
        ServerQuery asked = ServerQuery.read(query, length, out, true);
        if (asked == null) return 0;
        out.begin(asked.id(), flags(asked) | Message.TC, asked.octetsMax());
        out.question(asked.question());
        return out.length();
    }

    private int unlimited(byte[] query, int length, byte[] response, Path path, Later later) {
        InetAddress client = path.client() == null ? null : path.client().getAddress();
        boolean ours = client == null || clients.contain(client);
        if (authority != null) {
            int octets = authority.finished(query, length, response, path.udp());
            if (octets > 0) return octets;
        }
        if (ours) {
            int octets = table.answer(query, length, response, path.udp(), recursion.links.now());
            if (octets > 0) {
                FROM_TABLE.increment();
                return octets;
            }
        }
        if (authority != null && authority.wants(query, length)) {
            return authority.answer(query, length, response, path, later);
        }
        MessageWriter out = new MessageWriter(response);
        ServerQuery asked = ServerQuery.read(query, length, out, path.udp());
        if (asked == null) return out.length();
        ASKED.increment();
        Question question = asked.question();
        if (isOurs(question)) {
            return authority.answer(query, length, response, path, later);
        }
        if (!ours) {
            REFUSED.increment();
            return asked.refuse(out, Rcode.REFUSED);
        }
        if (minimalResponses && question.type() == Type.ANY) return any(asked, out);
        if (minimalResponses && question.type() == Type.RRSIG) {
            return asked.refuse(out, Rcode.NOTIMP);
        }
        boolean disabled = (asked.flags() & Message.CD) != 0;
        if (hosts != null && hosts.at(question.name()) != null) {
            if (!enter(client)) return asked.refuse(out, Rcode.SERVFAIL);
            Thread.ofVirtual().start(() -> fixed(asked, disabled, path, later));
            return 0;
        }
        Resolution known = inquiries.known(question, disabled);
        if (known != null) {
            int octets = write(asked, known, out);
            if (known.extendedError() < 0) {
                long now = recursion.links.now();
                table.put(query, length, response, octets, now, finishedTtl(known));
            }
            return octets;
        }
        if ((asked.flags() & Message.RD) == 0) return refer(asked, out);
        if (!enter(client)) return asked.refuse(out, Rcode.SERVFAIL);
        byte[] own = Arrays.copyOf(query, length);
        inquiries.ask(
                question,
                disabled,
                resolution -> {
                    if (path.udp()) answerLate(asked, own, resolution, path, later);
                    // A client who reads slowly keeps nobody waiting but itself.
                    else {
                        Thread.startVirtualThread(
                                () -> answerLate(asked, own, resolution, path, later));
                    }
                });
        return 0;
    }

    /// Who asks for what is known only, and nothing is, hears who may know.
    private int refer(ServerQuery asked, MessageWriter out) {
        RRset servers = recursion.referral(asked.question());
        if (servers == null) return asked.refuse(out, Rcode.REFUSED);
        out.begin(asked.id(), flags(asked), asked.octetsMax());
        out.question(asked.question());
        out.reserve(asked.optOctets());
        if (!out.rrset(2, servers, false)) out.flags(out.flags() | Message.TC);
        out.release(asked.optOctets());
        return asked.finish(out);
    }

    /// Takes a place among the questions that wait, of which no client has more than its share.
    private boolean enter(InetAddress client) {
        if (!free.tryAcquire()) return false;
        int share = share(client);
        if (shares.incrementAndGet(share) <= WAITING_PER_CLIENT_MAX) return true;
        shares.decrementAndGet(share);
        free.release();
        return false;
    }

    private void leave(Path path) {
        shares.decrementAndGet(share(path.client() == null ? null : path.client().getAddress()));
        free.release();
    }

    /// Clients that fall on the same number have one share together.
    private int share(InetAddress client) {
        return client == null ? 0 : client.hashCode() & shares.length() - 1;
    }

    private boolean isOurs(Question question) {
        return authority != null && authority.zoneFor(question.name(), question.type()) != null;
    }

    /// The answer of a fixed name, whose aliases may lead out.
    private void fixed(ServerQuery asked, boolean disabled, Path path, Later later) {
        try {
            Resolution resolution =
                    hosts.resolve(
                            asked.question(),
                            rest -> {
                                Resolution known = inquiries.known(rest, disabled);
                                return known != null ? known : inquiries.ask(rest, disabled);
                            });
            MessageWriter late = new MessageWriter();
            later.send(late.octets(), write(asked, resolution, late));
        } finally {
            leave(path);
        }
    }

    private void answerLate(
            ServerQuery asked, byte[] query, Resolution resolution, Path path, Later later) {
        MessageWriter pooled = writers.poll();
        if (pooled == null) pooled = new MessageWriter(new byte[LATE_OCTETS]);
        try {
            MessageWriter out = pooled;
            int octets = write(asked, resolution, out);
            if ((out.flags() & Message.TC) != 0 && !path.udp()) {
                out = new MessageWriter();
                octets = write(asked, resolution, out);
            }
            later.send(out.octets(), octets);
            // A zone of our own may have come meanwhile.
            if (resolution.extendedError() < 0 && !isOurs(asked.question())) {
                long now = recursion.links.now();
                table.put(query, query.length, out.octets(), octets, now, finishedTtl(resolution));
            }
        } finally {
            writers.offer(pooled);
            leave(path);
        }
    }

    /// RFC 8482 §4.2: nobody gets everything at once.
    private static int any(ServerQuery asked, MessageWriter out) {
        Question question = asked.question();
        out.begin(asked.id(), flags(asked), asked.octetsMax());
        out.question(question);
        byte[] rdata = Name.label("\u0007RFC8482\u0000");
        out.rrset(1, new RRset(question.name(), Type.HINFO, 3600, List.of(rdata)), false);
        return asked.finish(out);
    }

    /// A finished answer leaves its table early, so that somebody sees that it grows old.
    private static int finishedTtl(Resolution resolution) {
        int ttl = resolution.ttl();
        return ttl < 60 ? ttl : ttl - ttl / 10;
    }

    private static int flags(ServerQuery asked) {
        return Message.QR | Message.RA | asked.flags() & (Message.RD | Message.CD);
    }

    private int write(ServerQuery asked, Resolution resolution, MessageWriter out) {
        boolean dnssec = asked.dnssecOk();
        int rcode =
                switch (resolution.kind()) {
                    case ANSWER, NODATA -> Rcode.NOERROR;
                    case NXDOMAIN -> Rcode.NXDOMAIN;
                    case BOGUS -> Rcode.SERVFAIL;
                    case FAILED -> resolution.answer().isEmpty() ? Rcode.SERVFAIL : Rcode.YXDOMAIN;
                };
        // RFC 6840 §5.8: AD for those who asked for it.
        boolean wantsAd = dnssec || (asked.flags() & Message.AD) != 0;
        boolean ad = resolution.secure() && wantsAd && rcode != Rcode.SERVFAIL;
        out.begin(asked.id(), flags(asked) | (ad ? Message.AD : 0) | rcode, asked.octetsMax());
        out.question(asked.question());
        Edns edns = edns(asked, resolution);
        int reserved = edns == null ? 0 : 11;
        if (edns != null) {
            for (Edns.Option option : edns.options()) reserved += 4 + option.data().length;
        }
        out.reserve(reserved);
        boolean whole = true;
        for (RRset set : resolution.answer()) whole = whole && out.rrset(1, set, dnssec);
        for (RRset set : resolution.authority()) {
            if (!whole) break;
            boolean proof = set.type() == Type.NSEC || set.type() == Type.NSEC3;
            if (!dnssec && proof && asked.question().type() != set.type()) continue;
            boolean fits = out.rrset(2, set, dnssec);
            whole = fits || set.type() == Type.NS;
        }
        for (RRset set : resolution.additional()) {
            if (!whole || !out.rrset(3, set, dnssec)) break;
        }
        if (!whole) out.flags(out.flags() | Message.TC);
        out.release(reserved);
        if (edns != null) out.opt(edns);
        return out.length();
    }

    private static Edns edns(ServerQuery asked, Resolution resolution) {
        if (asked.edns() == null) return null;
        List<Edns.Option> options = new ArrayList<>(1);
        int code = resolution.extendedError();
        if (code >= 0) {
            byte[] why = resolution.why().getBytes(StandardCharsets.UTF_8);
            byte[] data =
                    Arrays.copyOf(new byte[] {(byte) (code >> 8), (byte) code}, 2 + why.length);
            System.arraycopy(why, 0, data, 2, why.length);
            if (data.length > ERROR_OCTETS_MAX) data = Arrays.copyOf(data, 2);
            options.add(new Edns.Option(Edns.EXTENDED_ERROR, data));
        }
        return new Edns(Edns.UDP_OCTETS, 0, 0, asked.dnssecOk(), options);
    }
}
