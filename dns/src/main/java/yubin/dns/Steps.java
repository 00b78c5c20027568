package yubin.dns;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The words of a trace: what each server said to what, and why it was believed.
final class Steps {
    private Steps() {}

    static String said(
            InetSocketAddress server, Delegation zone, Question question, Sift sift, long nanos) {
        String what =
                switch (sift) {
                    case Sift.Told(var link, var more) -> {
                        List<String> parts = new ArrayList<>();
                        parts.add(found(link));
                        for (Link each : more) parts.add(found(each));
                        yield String.join(", ", parts);
                    }
                    case Sift.Referral(var child, var ds) ->
                            "referred to the name servers of " + child.zone + secured(ds);
                    case Sift.Lame(var why) -> "no use: it " + why;
                };
        return asked(server, zone, question) + what + " (" + nanos / 1_000_000 + " ms)";
    }

    static String failed(
            InetSocketAddress server, Delegation zone, Question question, String what) {
        return asked(server, zone, question) + what;
    }

    private static String asked(InetSocketAddress server, Delegation zone, Question question) {
        String whose = zone.forward ? "forwarder" : "of " + zone.zone;
        String at = server.getAddress().getHostAddress();
        String port = server.getPort() == 53 ? "" : "@" + server.getPort();
        return "%s%s (%s)  %s?  ".formatted(at, port, whose, question);
    }

    private static String secured(Link ds) {
        if (ds == null) return "";
        return ds.kind == Link.Kind.RECORDS ? ", with their DS" : ", which have no DS";
    }

    private static String found(Link link) {
        return switch (link.kind) {
            case RECORDS -> {
                int count = link.answer.getFirst().rdata().size();
                yield count == 1 ? "1 record" : count + " records";
            }
            case ALIAS -> "an alias of " + link.target();
            case NODATA -> "the name has no such record";
            case NXDOMAIN -> "no such name";
        };
    }

    /// Why a link is believed, or is not.
    static String judged(Link link, Link.Verdict verdict) {
        String why =
                switch (verdict.security()) {
                    case SECURE -> "secure: " + signatures(link);
                    case INSECURE ->
                            "insecure: no trust anchor leads there, or the parent proves that it is"
                                    + " not signed";
                    case BOGUS -> "BOGUS: " + verdict.why();
                    case UNCHECKED -> "not checked";
                };
        return "    " + link.question + "  " + why;
    }

    private static String signatures(Link link) {
        List<RRset> sets = link.answer.isEmpty() ? link.authority : link.answer;
        for (RRset set : sets) {
            for (byte[] each : set.signatures()) {
                long until = Rdata.u32(each, 8) & 0xffff_ffffL;
                String what = link.answer.isEmpty() ? "the proof is signed" : "signed";
                return "%s by %s, key %d, algorithm %d, until %s"
                        .formatted(
                                what,
                                Rdata.nameAt(each, 18),
                                Rdata.u16(each, 16),
                                each[2] & 0xff,
                                Instant.ofEpochSecond(until));
            }
        }
        return "proven by what was proven before";
    }

    /// Why the keys of a zone are trusted.
    static String trusted(Name zone, boolean anchored, Link.Verdict verdict) {
        String why =
                switch (verdict.security()) {
                    case SECURE ->
                            anchored
                                    ? "trusted: they are the trust anchor's"
                                    : "trusted: its parent names them in a signed DS";
                    case INSECURE -> "not used: the zone is not signed";
                    case BOGUS -> "BOGUS: " + verdict.why();
                    case UNCHECKED -> "not checked";
                };
        return "    keys of " + zone + "  " + why;
    }
}
