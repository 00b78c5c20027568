package yubin.dns;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Asks recursive servers that do the work. RFC 1034 §5.3.1.
///
/// Every server is asked in turn, with a growing wait, until one gives an answer, all have refused
/// or the time is over. EDNS always (RFC 6891 §7 for servers that do not know it); a truncated
/// answer is asked for again over TCP.
final class Stub {
    private static final long FIRST_WAIT_NANOS = 800_000_000L;

    /// Aliases followed when the server did not do it.
    private static final int ALIASES_MAX = 12;

    private final Upstream upstream;
    private final List<InetSocketAddress> servers;

    Stub(Upstream upstream, List<InetSocketAddress> servers) {
        this.upstream = upstream;
        this.servers = servers;
    }

    /// Never null; comes before the deadline ([System#nanoTime]).
    Resolution resolve(Question question, long deadline) {
        List<RRset> chain = new ArrayList<>();
        Set<Name> seen = new HashSet<>();
        Question now = question;
        boolean secure = true;
        int ttl = Cache.TTL_MAX;
        while (seen.add(now.name()) && seen.size() <= ALIASES_MAX) {
            Outcome outcome = ask(now, deadline);
            if (outcome.failure != null) return outcome.failure;
            secure &= outcome.secure;
            Step step = follow(outcome.message, now, chain, seen);
            for (RRset set : chain) ttl = Math.min(ttl, set.ttl());
            if (step.kind != null) {
                boolean negative = step.kind != Resolution.Kind.ANSWER;
                List<RRset> authority = negative ? outcome.message.authority() : List.of();
                if (negative) ttl = Math.min(ttl, Resolution.negativeTtl(authority));
                return new Resolution(step.kind, chain, authority, secure, ttl, "", -1);
            }
            now = new Question(step.next, question.type());
        }
        return Resolution.failed(
                "aliases of " + question.name().host() + " run in a circle", 60, -1);
    }

    private record Step(Resolution.Kind kind, Name next) {}

    /// Walks the aliases in the answer section and appends what was used to `chain`. Only records
    /// that belong to the question are looked at (RFC 5452 §9.1).
    private static Step follow(
            Message message, Question question, List<RRset> chain, Set<Name> seen) {
        Name name = question.name();
        for (int i = 0; i < ALIASES_MAX; i++) {
            RRset set = Message.find(message.answer(), name, question.type());
            if (set != null) {
                chain.add(set);
                return new Step(Resolution.Kind.ANSWER, null);
            }
            RRset alias = Message.find(message.answer(), name, Type.CNAME);
            if (alias == null) break;
            chain.add(alias);
            name = Rdata.nameAt(alias.rdata().getFirst(), 0);
            if (seen.contains(name)) return new Step(null, name);
            if (Message.find(message.answer(), name, Type.CNAME) != null) seen.add(name);
        }
        if (message.rcode() == Rcode.NXDOMAIN) return new Step(Resolution.Kind.NXDOMAIN, null);
        // An alias without its end: the server left the rest to us.
        boolean more = !name.equals(question.name());
        boolean soa = Resolution.negativeTtl(message.authority()) > 0;
        return more && !soa ? new Step(null, name) : new Step(Resolution.Kind.NODATA, null);
    }

    private record Outcome(Message message, boolean secure, Resolution failure) {}

    private Outcome ask(Question question, long deadline) {
        String trouble = "no name server is known";
        long wait = FIRST_WAIT_NANOS;
        for (int round = 0; ; round++) {
            boolean anySilent = false;
            for (InetSocketAddress server : servers) {
                long left = deadline - System.nanoTime();
                if (left <= 0) return failed(trouble);
                switch (exchange(server, question, Math.min(left, wait), deadline)) {
                    case Upstream.Reply.Got(var message, _) -> {
                        int rcode = message.rcode();
                        if (rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN) {
                            // RFC 4035 §4.9.3: AD counts only over a path that is trusted.
                            boolean secure =
                                    message.has(Message.AD)
                                            && server.getAddress().isLoopbackAddress();
                            return new Outcome(message, secure, null);
                        }
                        trouble =
                                "the name server "
                                        + text(server)
                                        + " answered "
                                        + Rcode.name(rcode)
                                        + " for "
                                        + question.name().host();
                    }
                    case Upstream.Reply.Garbage(var why) ->
                            trouble = "the name server " + text(server) + " sent nonsense: " + why;
                    case Upstream.Reply.Failed(var why) -> {
                        trouble = "the name server cannot be reached: " + why;
                        anySilent = true;
                    }
                    case Upstream.Reply.Silent() -> {
                        trouble = "the name server " + text(server) + " does not answer";
                        anySilent = true;
                    }
                }
            }
            if (!anySilent || round == 4) return failed(trouble);
            wait *= 2;
        }
    }

    private static Outcome failed(String why) {
        return new Outcome(null, false, Resolution.failed(why, 30, 22));
    }

    private Upstream.Reply exchange(
            InetSocketAddress server, Question question, long wait, long deadline) {
        Upstream.Reply reply = upstream.ask(server, query(question, true), wait);
        boolean edns = true;
        if (reply instanceof Upstream.Reply.Got(var message, _)
                && message.edns() == null
                && (message.rcode() == Rcode.FORMERR || message.rcode() == Rcode.NOTIMP)) {
            edns = false;
            reply = upstream.ask(server, query(question, false), wait);
        }
        if (reply instanceof Upstream.Reply.Got(var message, _) && message.has(Message.TC)) {
            long left = deadline - System.nanoTime();
            return upstream.askTcp(server, query(question, edns), left);
        }
        return reply;
    }

    /// RD, and AD to ask for the server's judgement (RFC 6840 §5.7).
    private static byte[] query(Question question, boolean edns) {
        MessageWriter out = new MessageWriter(new byte[Message.HEADER_OCTETS + 255 + 4 + 11]);
        out.begin(0, Message.RD | Message.AD, MessageWriter.OCTETS_MAX);
        out.question(question);
        if (edns) out.opt(new Edns(false));
        return out.copy();
    }

    private static String text(InetSocketAddress server) {
        return server.getAddress().getHostAddress();
    }
}
