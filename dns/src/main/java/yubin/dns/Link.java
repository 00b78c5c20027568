package yubin.dns;

import java.util.List;

/// What the servers of one zone say to one question: records, an alias, or that there is nothing.
/// An answer to a client is one link or a chain of them.
///
/// Its security is found out when somebody wants to know, and then kept.
final class Link {
    enum Kind {
        RECORDS,
        ALIAS,
        NODATA,
        NXDOMAIN
    }

    /// RFC 4033 §5.
    enum Security {
        UNCHECKED,
        SECURE,
        INSECURE,
        BOGUS
    }

    final Question question;
    final Kind kind;

    /// RECORDS: the RRset. ALIAS: the CNAME, or a DNAME and the CNAME made from it.
    final List<RRset> answer;

    /// SOA, NSEC and NSEC3 sets that came with it.
    final List<RRset> authority;

    /// NS sets that came with it, to be shown and never to be followed.
    final List<RRset> servers;

    /// Additional records that came with it, to be shown.
    final List<RRset> additional;

    /// The zone whose servers were asked.
    final Name zone;

    /// Seconds.
    final int ttl;

    /// For a proven absence of DS: the name is a zone cut, so what lies below is insecure.
    volatile boolean provesCut;

    /// The records were made from a wildcard: the proofs belong to the answer.
    volatile boolean wildcard;

    /// Second at which the first of its signatures ends (RFC 4035 §5.3.3).
    volatile long validUntil = Long.MAX_VALUE;

    /// For a SECURE link: its servers and additional records were judged as well, and the bad ones
    /// are known.
    volatile List<RRset> unproven;

    private volatile Verdict verdict = new Verdict(Security.UNCHECKED, "", -1);

    /// @param why for BOGUS, a sentence
    /// @param extendedError RFC 8914 §4, -1 for none
    record Verdict(Security security, String why, int extendedError) {
        static final Verdict SECURE = new Verdict(Security.SECURE, "", -1);
        static final Verdict INSECURE = new Verdict(Security.INSECURE, "", -1);

        static Verdict bogus(String why, int extendedError) {
            return new Verdict(Security.BOGUS, why, extendedError);
        }

        boolean is(Security other) {
            return security == other;
        }
    }

    Link(
            Question question,
            Kind kind,
            List<RRset> answer,
            List<RRset> authority,
            Name zone,
            int ttl) {
        this(question, kind, answer, authority, List.of(), List.of(), zone, ttl);
    }

    Link(
            Question question,
            Kind kind,
            List<RRset> answer,
            List<RRset> authority,
            List<RRset> servers,
            List<RRset> additional,
            Name zone,
            int ttl) {
        this.question = question;
        this.servers = servers;
        this.additional = additional;
        this.kind = kind;
        this.answer = answer;
        this.authority = authority;
        this.zone = zone;
        this.ttl = ttl;
    }

    Verdict verdict() {
        return verdict;
    }

    void verdict(Verdict newVerdict) {
        verdict = newVerdict;
    }

    /// The records are a DNAME that makes the name asked for too long (RFC 6672).
    boolean isTooLong() {
        return kind == Kind.RECORDS
                && question.type() != Type.DNAME
                && question.type() != Type.ANY
                && answer.getFirst().type() == Type.DNAME;
    }

    /// Where an alias leads.
    Name target() {
        return Rdata.nameAt(answer.getLast().rdata().getFirst(), 0);
    }

    /// The same, to be shown with what else came in its message.
    Link with(List<RRset> newServers, List<RRset> newAdditional) {
        return new Link(question, kind, answer, authority, newServers, newAdditional, zone, ttl);
    }

    long octets() {
        return 120
                + Cache.octets(answer)
                + Cache.octets(authority)
                + Cache.octets(servers)
                + Cache.octets(additional);
    }
}
