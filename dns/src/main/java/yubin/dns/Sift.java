package yubin.dns;

import java.util.ArrayList;
import java.util.List;

/// Takes from a server's message what this server may say, and nothing else.
///
/// The answer is built from the question: owner, type and class must match (RFC 5452 §9.1); what
/// lies outside the zone that the server was asked as is left out; NS records count only as a
/// referral, further down, towards the name asked (CVE-2025-11411).
sealed interface Sift {
    /// @param more what else the message tells about names further along its aliases
    record Told(Link link, List<Link> more) implements Sift {}

    /// @param ds what was said about the DS of the child; null when nothing
    record Referral(Delegation child, Link ds) implements Sift {}

    /// Not an answer that this server could rightly give.
    record Lame(String why) implements Sift {}

    int ALIASES_MAX = 16;

    /// A negative answer without SOA is believed for this long.
    int BARE_NEGATIVE_TTL = 5;

    /// Records beside the answer that are kept to be shown.
    int BESIDE_MAX = 16;

    /// @param beside keep the NS and the additional records of an answer, to be shown
    static Sift of(Message message, Question question, Delegation asked, int port, boolean beside) {
        Sift sift = of(message, question, asked, port);
        return beside && sift instanceof Told told ? Beside.keep(message, told, asked) : sift;
    }

    static Sift of(Message message, Question question, Delegation asked, int port) {
        int rcode = message.rcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN && rcode != Rcode.YXDOMAIN) {
            return new Lame("answered " + Rcode.name(rcode));
        }
        List<Link> links = new ArrayList<>(1);
        List<RRset> proofs = proofs(message, asked.zone);
        if (!message.has(Message.AA) && rcode == Rcode.NOERROR && !message.answer().isEmpty()) {
            // A parent may hold what belongs to its child: the child decides.
            Sift down = referral(message, question, proofs, asked, port);
            if (down != null && !aliased(message, question)) return down;
        }
        Name name = question.name();
        while (links.size() < ALIASES_MAX && name.isUnder(asked.zone)) {
            Question now = new Question(name, question.type());
            if (rcode == Rcode.YXDOMAIN && renaming(message, name, asked.zone) == null) {
                return new Lame("answered YXDOMAIN");
            }
            List<RRset> all = everything(message, now);
            if (!all.isEmpty()) {
                int ttl = Cache.TTL_MAX;
                for (RRset each : all) ttl = Math.min(ttl, each.ttl());
                links.add(link(now, Link.Kind.RECORDS, all, proofs, asked.zone, ttl));
                return told(links);
            }
            RRset set = Message.find(message.answer(), name, question.type());
            if (set != null) {
                RRset own = set.withOwner(name);
                links.add(
                        link(now, Link.Kind.RECORDS, List.of(own), proofs, asked.zone, set.ttl()));
                return told(links);
            }
            Link alias = alias(message, now, proofs, asked.zone);
            if (alias == null) break;
            links.add(alias);
            name = alias.target();
        }
        if (ambiguous(message, name, question.type(), asked.zone)) {
            return new Lame("has two aliases for " + name);
        }
        RRset tooLong = renaming(message, name, asked.zone);
        if (tooLong != null && question.type() != Type.DNAME) {
            // RFC 6672: the name that the DNAME makes would be too long.
            Question now = new Question(name, question.type());
            List<RRset> dname = List.of(tooLong);
            links.add(link(now, Link.Kind.RECORDS, dname, proofs, asked.zone, tooLong.ttl()));
            return told(links);
        }
        if (rcode == Rcode.YXDOMAIN && links.isEmpty()) return new Lame("answered YXDOMAIN");
        if (!links.isEmpty()) {
            // The end of the chain may lie in another zone: then its own servers are asked.
            // A denial for a name in this zone counts if it has its SOA.
            boolean loop = false;
            for (Link link : links) loop |= link.question.name().equals(name);
            if (!loop && name.isUnder(asked.zone) && hasSoa(proofs, name)) {
                links.add(negative(message, new Question(name, question.type()), proofs, asked));
            }
            return told(links);
        }
        if (rcode == Rcode.NXDOMAIN || hasSoa(proofs, question.name())) {
            links.add(negative(message, question, proofs, asked));
            return told(links);
        }
        Sift down = referral(message, question, proofs, asked, port);
        if (down != null) return down;
        boolean upward = false;
        for (RRset set : message.authority()) upward |= set.type() == Type.NS;
        if (upward && !message.has(Message.AA) && !(message.has(Message.RA) && !asked.forward)) {
            return new Lame("is no server for " + asked.zone.host());
        }
        links.add(negative(message, question, proofs, asked));
        return told(links);
    }

    /// An answer by a server that does not call itself an authority and recurses, or that says
    /// nothing at all: it counts only if no other server says better.
    static boolean isWeak(Message message, Delegation asked) {
        if (asked.forward || message.has(Message.AA)) return false;
        boolean mute =
                message.rcode() == Rcode.NOERROR
                        && message.answer().isEmpty()
                        && Message.find(message.authority(), Type.SOA) == null;
        return message.has(Message.RA) || mute;
    }

    /// All RRsets of the name when the question is for ANY, or all signatures when it is for RRSIG.
    private static List<RRset> everything(Message message, Question question) {
        int type = question.type();
        if (type != Type.ANY && type != Type.RRSIG) return List.of();
        List<RRset> all = new ArrayList<>(4);
        for (RRset set : message.answer()) {
            if (!set.owner().equals(question.name())) continue;
            if (type == Type.ANY) all.add(set.withOwner(question.name()));
            else if (!set.signatures().isEmpty()) {
                all.add(new RRset(question.name(), Type.RRSIG, set.ttl(), set.signatures()));
            }
        }
        return all;
    }

    private static Told told(List<Link> links) {
        return new Told(links.getFirst(), links.subList(1, links.size()));
    }

    private static Link link(
            Question question,
            Link.Kind kind,
            List<RRset> answer,
            List<RRset> authority,
            Name zone,
            int ttl) {
        return new Link(question, kind, answer, authority, zone, Math.min(ttl, Cache.TTL_MAX));
    }

    /// CNAME, or DNAME above the name with the CNAME made here (RFC 6672): that of the server has
    /// no signature and is not needed.
    private static Link alias(Message message, Question question, List<RRset> proofs, Name zone) {
        if (question.type() == Type.CNAME) return null;
        RRset set = renaming(message, question.name(), zone);
        if (set != null) {
            Name to = Rdata.nameAt(set.rdata().getFirst(), 0);
            Name moved = question.name().moved(set.owner(), to).orElse(null);
            if (moved == null) return null;
            RRset made = new RRset(question.name(), Type.CNAME, set.ttl(), List.of(moved.wire()));
            return link(question, Link.Kind.ALIAS, List.of(set, made), proofs, zone, set.ttl());
        }
        RRset cname = Message.find(message.answer(), question.name(), Type.CNAME);
        if (cname == null || cname.rdata().size() != 1) return null;
        RRset own = cname.withOwner(question.name());
        return link(question, Link.Kind.ALIAS, List.of(own), proofs, zone, cname.ttl());
    }

    /// The DNAME of the answer that moves a name; null when there is none.
    private static RRset renaming(Message message, Name name, Name zone) {
        for (RRset set : message.answer()) {
            boolean renames =
                    set.type() == Type.DNAME
                            && set.rdata().size() == 1
                            && name.isUnder(set.owner())
                            && !name.equals(set.owner())
                            && set.owner().isUnder(zone);
            if (renames) return set;
        }
        return null;
    }

    /// Two CNAMEs or DNAMEs where only one can be (RFC 2181 §10.1, RFC 6672).
    private static boolean ambiguous(Message message, Name name, int type, Name zone) {
        if (type == Type.CNAME || type == Type.DNAME || !name.isUnder(zone)) return false;
        for (RRset set : message.answer()) {
            if (set.rdata().size() < 2) continue;
            if (set.type() == Type.CNAME && set.owner().equals(name)) return true;
            boolean above = name.isUnder(set.owner()) && !name.equals(set.owner());
            if (set.type() == Type.DNAME && above) return true;
        }
        return false;
    }

    private static List<RRset> proofs(Message message, Name zone) {
        List<RRset> proofs = new ArrayList<>(message.authority().size());
        for (RRset set : message.authority()) {
            boolean proof =
                    set.type() == Type.SOA || set.type() == Type.NSEC || set.type() == Type.NSEC3;
            if (proof && !set.rdata().isEmpty() && set.owner().isUnder(zone)) proofs.add(set);
        }
        return proofs;
    }

    private static boolean hasSoa(List<RRset> proofs, Name name) {
        for (RRset set : proofs) {
            if (set.type() == Type.SOA && name.isUnder(set.owner())) return true;
        }
        return false;
    }

    private static Link negative(
            Message message, Question question, List<RRset> proofs, Delegation asked) {
        Link.Kind kind = message.rcode() == Rcode.NXDOMAIN ? Link.Kind.NXDOMAIN : Link.Kind.NODATA;
        int ttl = Resolution.negativeTtl(proofs);
        if (!hasSoa(proofs, question.name())) ttl = BARE_NEGATIVE_TTL;
        return link(question, kind, List.of(), proofs, asked.zone, ttl);
    }

    private static boolean aliased(Message message, Question question) {
        return Message.find(message.answer(), Type.CNAME) != null && question.type() != Type.CNAME
                || Message.find(message.answer(), Type.DNAME) != null;
    }

    /// The way down that a message tells; null when it tells none.
    private static Sift referral(
            Message message, Question question, List<RRset> proofs, Delegation asked, int port) {
        for (RRset set : message.authority()) {
            if (set.type() != Type.NS || set.rdata().isEmpty()) continue;
            Name child = set.owner();
            boolean down = child.isUnder(asked.zone) && !child.equals(asked.zone);
            boolean towards =
                    question.name().isUnder(child)
                            && !(question.type() == Type.DS && question.name().equals(child));
            if (down && towards && !asked.forward)
                return referral(message, set, proofs, asked, port);
        }
        return null;
    }

    private static Sift referral(
            Message message, RRset ns, List<RRset> proofs, Delegation asked, int port) {
        Name zone = ns.owner();
        Delegation child = new Delegation(zone, false, Math.min(ns.ttl(), 86_400));
        List<Name> named = new ArrayList<>(ns.rdata().size());
        for (byte[] rdata : ns.rdata()) {
            Name host = Rdata.nameAt(rdata, 0);
            named.add(host);
            boolean glued = false;
            if (host.isUnder(asked.zone)) {
                for (int family : new int[] {Type.A, Type.AAAA}) {
                    RRset glue = Message.find(message.additional(), host, family);
                    if (glue == null) continue;
                    child.glue(glue, port);
                    glued = true;
                }
            }
            // A host inside the child has no address but its glue.
            if (!glued) child.host(host);
        }
        child.named(named);
        Question asksDs = new Question(zone, Type.DS);
        RRset ds = Message.find(message.authority(), zone, Type.DS);
        Link about = null;
        if (ds != null) {
            about = link(asksDs, Link.Kind.RECORDS, List.of(ds), List.of(), asked.zone, ds.ttl());
        } else if (!proofs.isEmpty()) {
            int ttl = Cache.TTL_MAX;
            for (RRset proof : proofs) ttl = Math.min(ttl, proof.ttl());
            about = link(asksDs, Link.Kind.NODATA, List.of(), proofs, asked.zone, ttl);
        }
        return new Referral(child, about);
    }
}
