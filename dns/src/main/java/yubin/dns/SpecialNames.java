package yubin.dns;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Names that are nobody's in the world's DNS: they are answered here and never asked outside.
/// RFC 6761, RFC 6762 (`local`), RFC 7686 (`onion`), RFC 8375 (`home.arpa`), RFC 6303 and RFC 7793
/// (addresses of private networks and of documents), RFC 9476 (`alt`).
///
/// `localhost`, `local`, `onion`, `invalid` and `alt` always stay inside. The others may well exist
/// in a network of its own: they stay inside while we ask the Internet's root, not with root hints
/// or servers of the operator's. A stub or forward zone goes before all of this.
final class SpecialNames {
    /// RFC 6303 asks for such a SOA; the TTL of all answers here.
    private static final int TTL = 10_800;

    private static final String ALWAYS = "localhost local onion invalid alt";

    /// Top-level names with anything special below them, so that others are let go at once.
    private static final Set<String> TOPS =
            Set.of("localhost", "local", "onion", "invalid", "alt", "test", "arpa");

    private static final String IN_ADDR =
            "0 10 127 254.169 168.192 2.0.192 100.51.198 113.0.203 255.255.255.255";

    private static final String IP6 =
            "d.f 8.e.f 9.e.f a.e.f b.e.f 8.b.d.0.1.0.0.2 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
                    + ".0.0.0.0.0.0.0.0.0.0 0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0";

    private static final Name LOCALHOST = Name.of("localhost");
    private static final Name LOOPBACK4 = Name.of("1.0.0.127.in-addr.arpa");
    private static final Name LOOPBACK6 = Name.of(IP6.split(" ")[6] + ".ip6.arpa");

    /// By the name at the top of each tree: true when that name exists, as a zone without records.
    private final Map<Name, Boolean> trees = new HashMap<>();

    private final List<Name> configured = new ArrayList<>();

    SpecialNames(RecursionSettings settings) {
        for (String name : ALWAYS.split(" ")) trees.put(Name.of(name), name.equals("localhost"));
        configured.addAll(settings.stubs().keySet());
        configured.addAll(settings.forwards().keySet());
        boolean ownRoot = configured.remove(Name.ROOT);
        if (ownRoot || !settings.rootHints().equals(RootHints.BUILT_IN)) return;
        trees.put(Name.of("test"), false);
        trees.put(Name.of("home.arpa"), true);
        for (String net : IN_ADDR.split(" ")) trees.put(Name.of(net + ".in-addr.arpa"), true);
        for (int i = 16; i < 32; i++) trees.put(Name.of(i + ".172.in-addr.arpa"), true);
        for (int i = 64; i < 128; i++) trees.put(Name.of(i + ".100.in-addr.arpa"), true);
        for (String net : IP6.split(" ")) trees.put(Name.of(net + ".ip6.arpa"), true);
    }

    /// The answer to a question about a special name; null for an ordinary one.
    Link link(Question question) {
        Name name = question.name();
        if (!TOPS.contains(top(name))) return null;
        for (Name at = name; !at.isRoot(); at = at.parent()) {
            Boolean exists = trees.get(at);
            if (exists == null) continue;
            for (Name zone : configured) if (name.isUnder(zone)) return null;
            return answer(question, at, exists);
        }
        return null;
    }

    /// The last label in lower case; empty for the root.
    private static String top(Name name) {
        byte[] wire = name.wire();
        int last = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) last = at;
        int length = wire[last];
        if (length == 0 || length > 9) return "";
        char[] text = new char[length];
        for (int i = 0; i < length; i++) text[i] = (char) Name.lower(wire[last + 1 + i]);
        return new String(text);
    }

    private static Link answer(Question question, Name tree, boolean exists) {
        Name name = question.name();
        int type = question.type();
        boolean top = name.equals(tree);
        boolean local = tree.equals(LOCALHOST);
        boolean loopback = name.equals(LOOPBACK4) || name.equals(LOOPBACK6);
        // RFC 6761: localhost and all below it are this machine.
        if (local && type == Type.A) return records(question, tree, new byte[] {127, 0, 0, 1});
        if (local && type == Type.AAAA) {
            byte[] six = new byte[16];
            six[15] = 1;
            return records(question, tree, six);
        }
        if (loopback && type == Type.PTR) return records(question, tree, LOCALHOST.wire());
        RRset soa = new RRset(tree, Type.SOA, TTL, List.of(soa(tree)));
        if (top && exists && type == Type.SOA)
            return records(question, tree, soa.rdata().getFirst());
        if (top && exists && type == Type.NS) return records(question, tree, tree.wire());
        boolean there = local || loopback || top && exists || LOOPBACK4.isUnder(name);
        Link none =
                new Link(
                        question,
                        there ? Link.Kind.NODATA : Link.Kind.NXDOMAIN,
                        List.of(),
                        List.of(soa),
                        tree,
                        TTL);
        none.verdict(Link.Verdict.INSECURE);
        return none;
    }

    private static Link records(Question question, Name tree, byte[] rdata) {
        RRset set = new RRset(question.name(), question.type(), TTL, List.of(rdata));
        Link link = new Link(question, Link.Kind.RECORDS, List.of(set), List.of(), tree, TTL);
        link.verdict(Link.Verdict.INSECURE);
        return link;
    }

    /// As RFC 6303 wants it.
    private static byte[] soa(Name tree) {
        byte[] first = tree.wire();
        byte[] second = Name.of("nobody.invalid").wire();
        int[] numbers = {1, 3_600, 1_200, 604_800, TTL};
        java.nio.ByteBuffer out =
                java.nio.ByteBuffer.allocate(first.length + second.length + 4 * numbers.length);
        out.put(first).put(second);
        for (int number : numbers) out.putInt(number);
        return out.array();
    }
}
