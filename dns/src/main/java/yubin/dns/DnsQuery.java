package yubin.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One question for a person: answered by a resolver of its own, or by one server as it is.
public final class DnsQuery {
    private static final long WAIT_NANOS = 5_000_000_000L;

    /// What came of it.
    ///
    /// @param status NOERROR, NXDOMAIN and so on, as the header of an answer has it
    /// @param proof `secure`, `insecure`, `bogus`; empty where nobody validated
    /// @param why a sentence when there is no answer; else empty
    /// @param answer lines of a zone file, as are the other two
    public record Outcome(
            String status,
            String proof,
            String why,
            List<String> answer,
            List<String> authority,
            List<String> additional,
            List<String> flags,
            long millis) {}

    private DnsQuery() {}

    /// Resolves with these settings, from nothing known.
    ///
    /// @param dnssec show signatures and proofs
    /// @param trace is told each step
    public static Outcome resolve(
            ResolverSettings settings, Name name, int type, boolean dnssec, Consumer<String> trace)
            throws IOException {
        long start = System.nanoTime();
        try (Resolver resolver = new Resolver(settings)) {
            Resolution found = resolver.traced(new Question(name, type), trace);
            String status =
                    switch (found.kind()) {
                        case ANSWER, NODATA -> "NOERROR";
                        case NXDOMAIN -> "NXDOMAIN";
                        case BOGUS, FAILED -> "SERVFAIL";
                    };
            String proof =
                    switch (found.kind()) {
                        case BOGUS -> "bogus";
                        case FAILED -> "";
                        case ANSWER, NODATA, NXDOMAIN -> found.secure() ? "secure" : "insecure";
                    };
            return new Outcome(
                    status,
                    proof,
                    found.why(),
                    lines(found.answer(), dnssec, type),
                    lines(found.authority(), dnssec, type),
                    lines(found.additional(), dnssec, type),
                    List.of(),
                    (System.nanoTime() - start) / 1_000_000);
        }
    }

    /// Asks one server, as a client that wants recursion, over UDP and then TCP if it must.
    ///
    /// @throws IOException in one sentence when it gives no answer
    public static Outcome ask(InetSocketAddress server, Name name, int type, boolean dnssec)
            throws IOException {
        long start = System.nanoTime();
        MessageWriter out = new MessageWriter(new byte[Message.HEADER_OCTETS + 255 + 4 + 11]);
        // AD: to hear of the server's judgement (RFC 6840 §5.7).
        out.begin(0, Message.RD | Message.AD, MessageWriter.OCTETS_MAX);
        out.question(new Question(name, type));
        out.opt(new Edns(dnssec));
        byte[] query = out.copy();
        try (Upstream upstream = new Upstream(RecursionSettings.Sending.DEFAULT)) {
            Upstream.Reply reply = upstream.ask(server, query, false, WAIT_NANOS);
            if (reply instanceof Upstream.Reply.Got(var message, _) && message.has(Message.TC)) {
                reply = upstream.askTcp(server, query, WAIT_NANOS);
            }
            String who = "the name server " + server.getAddress().getHostAddress();
            return switch (reply) {
                case Upstream.Reply.Got(var message, _) ->
                        outcome(message, dnssec, type, (System.nanoTime() - start) / 1_000_000);
                case Upstream.Reply.Garbage(var why) ->
                        throw new IOException(who + " sent nonsense: " + why);
                case Upstream.Reply.Failed(var why) ->
                        throw new IOException(who + " cannot be reached: " + why);
                case Upstream.Reply.Silent() -> throw new IOException(who + " does not answer");
            };
        }
    }

    private static Outcome outcome(Message message, boolean dnssec, int type, long millis) {
        List<String> flags = new ArrayList<>();
        if (message.has(Message.AA)) flags.add("aa");
        if (message.has(Message.TC)) flags.add("tc");
        if (message.has(Message.RD)) flags.add("rd");
        if (message.has(Message.RA)) flags.add("ra");
        if (message.has(Message.AD)) flags.add("ad");
        if (message.has(Message.CD)) flags.add("cd");
        byte[] error = message.edns() == null ? null : message.edns().option(Edns.EXTENDED_ERROR);
        boolean told = error != null && error.length >= 2;
        return new Outcome(
                Rcode.name(message.rcode()),
                message.has(Message.AD) ? "secure, says the server" : "",
                told ? extended(error) : "",
                lines(message.answer(), dnssec, type),
                lines(message.authority(), dnssec, type),
                lines(message.additional(), dnssec, type),
                flags,
                millis);
    }

    private static String extended(byte[] error) {
        String text = new String(error, 2, error.length - 2, StandardCharsets.UTF_8);
        String code = "extended error " + Rdata.u16(error, 0) + " (RFC 8914)";
        return text.isEmpty() ? code : text + "; " + code;
    }

    private static List<String> lines(List<RRset> sets, boolean dnssec, int type) {
        List<String> lines = new ArrayList<>();
        for (RRset set : sets) {
            boolean proof = set.type() == Type.NSEC || set.type() == Type.NSEC3;
            if (proof && !dnssec && type != set.type()) continue;
            boolean bare = !dnssec && type != Type.RRSIG && !set.rdata().isEmpty();
            RRset shown = bare ? new RRset(set.owner(), set.type(), set.ttl(), set.rdata()) : set;
            lines.addAll(ZoneText.lines(shown));
        }
        return lines;
    }
}
