package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Servers that are slow, wrong, old or hostile, and what the resolver makes of them.
class ScenarioTest {
    private static final String MAIL = "@ MX 10 mx\nmx A 192.0.2.1\nwww CNAME mx\n";
    private static final String SERVER = "127.0.0.4";

    private static LittleInternet internet() {
        return new LittleInternet()
                .zone(".", "127.0.0.2", "")
                .zone("test.", "127.0.0.3", "")
                .zone("tokyo.test.", SERVER, MAIL);
    }

    /// The true answer, changed.
    private static LittleInternet with(UnaryOperator<byte[]> change) {
        LittleInternet net = internet();
        return net.script(SERVER, query -> List.of(change.apply(net.answer(SERVER, query, true))));
    }

    private static Message read(byte[] octets) {
        return (Message) Message.read(octets, octets.length);
    }

    private static byte[] rcode(byte[] answer, int rcode) {
        byte[] out = Arrays.copyOf(answer, answer.length);
        out[3] = (byte) (out[3] & 0xf0 | rcode);
        return out;
    }

    /// The message with other sections.
    private static byte[] rewrite(Message m, List<RRset> an, List<RRset> ns, List<RRset> ar) {
        MessageWriter out = new MessageWriter();
        out.begin(m.id(), m.flags(), 65_535);
        out.question(m.question());
        for (RRset set : an) out.rrset(1, set, true);
        for (RRset set : ns) out.rrset(2, set, true);
        for (RRset set : ar) out.rrset(3, set, true);
        if (m.edns() != null) out.opt(new Edns(true));
        return out.copy();
    }

    private static RRset rr(String line) {
        return LittleInternet.records(line, Name.ROOT).getFirst();
    }

    @Test
    void refusalAndFailureOfAllServersIsNoAnswer() {
        for (int rcode : new int[] {Rcode.REFUSED, Rcode.SERVFAIL, Rcode.NOTAUTH}) {
            try (LittleInternet net = with(answer -> rcode(answer, rcode))) {
                net.start();
                Resolution got = net.resolve("tokyo.test", Type.MX);
                assertEquals(Resolution.Kind.FAILED, got.kind());
                assertTrue(got.why().contains("127.0.0.4"), got.why());
            }
        }
    }

    @Test
    void anOldServerThatKnowsNoEdnsIsAskedPlainly() {
        LittleInternet net = internet();
        net.script(
                SERVER,
                query -> {
                    byte[] answer = net.answer(SERVER, query, true);
                    if (query[11] == 0) return List.of(answer);
                    byte[] error = Arrays.copyOf(answer, 12);
                    Arrays.fill(error, 4, 12, (byte) 0);
                    return List.of(rcode(error, Rcode.FORMERR));
                });
        try (net) {
            net.start();
            assertEquals(Resolution.Kind.ANSWER, net.resolve("tokyo.test", Type.MX).kind());
        }
    }

    @Test
    void whatLiesOutsideTheZoneIsNotBelieved() {
        RRset lie = rr("mx.osaka.test. 3600 A 192.0.2.66");
        RRset lieNs = rr("test. 3600 NS ns.tokyo.test.");
        LittleInternet net =
                with(
                        octets -> {
                            Message m = read(octets);
                            List<RRset> answer = new ArrayList<>(m.answer());
                            answer.add(lie);
                            return rewrite(m, answer, List.of(lieNs), List.of(lie));
                        });
        net.zone("osaka.test.", "127.0.0.5", MAIL);
        try (net) {
            net.start();
            assertEquals(Resolution.Kind.ANSWER, net.resolve("tokyo.test", Type.MX).kind());
            byte[] address =
                    net.resolve("mx.osaka.test", Type.A).answer().getFirst().rdata().getFirst();
            assertEquals(1, address[3]);
            // The delegation of test. still leads to its own server.
            assertEquals(Resolution.Kind.NXDOMAIN, net.resolve("other.test", Type.A).kind());
        }
    }

    @Test
    void anUpwardReferralIsLame() {
        LittleInternet net =
                with(
                        octets -> {
                            Message m = read(octets);
                            byte[] out =
                                    rewrite(
                                            m,
                                            List.of(),
                                            List.of(rr(". 3600 NS a.root.")),
                                            List.of());
                            out[2] &= ~4;
                            return out;
                        });
        try (net) {
            net.start();
            assertEquals(Resolution.Kind.FAILED, net.resolve("tokyo.test", Type.MX).kind());
        }
    }

    @Test
    void forgedPacketsBeforeTheTrueOneAreDropped() {
        LittleInternet net = internet();
        net.script(
                SERVER,
                query -> {
                    byte[] good = net.answer(SERVER, query, true);
                    byte[] wrongId = good.clone();
                    wrongId[1] ^= 1;
                    byte[] wrongName = good.clone();
                    wrongName[13] ^= 1;
                    return List.of(wrongId, wrongName, new byte[3], good);
                });
        try (net) {
            net.start();
            assertEquals(Resolution.Kind.ANSWER, net.resolve("tokyo.test", Type.MX).kind());
        }
    }

    @Test
    void nxdomainForAnEmptyNonTerminalDoesNotHideWhatIsBelow() {
        LittleInternet net = internet();
        net.zone("tokyo.test.", SERVER, MAIL + "a.b.ent TXT \"here\"\n");
        net.script(
                SERVER,
                query -> {
                    byte[] answer = net.answer(SERVER, query, true);
                    String name = read(query).question().name().lower().toString();
                    boolean ent =
                            name.equals("ent.tokyo.test.") || name.equals("b.ent.tokyo.test.");
                    return List.of(ent ? rcode(answer, Rcode.NXDOMAIN) : answer);
                });
        try (net) {
            net.start();
            assertEquals(
                    Resolution.Kind.ANSWER, net.resolve("a.b.ent.tokyo.test", Type.TXT).kind());
        }
    }

    @Test
    void aReferralToHundredsOfServersCostsLittle() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 300; i++) many.append("victim NS ns" + i + ".no.osaka.test.\n");
        LittleInternet net = internet();
        net.zone("tokyo.test.", SERVER, MAIL + many);
        net.zone("osaka.test.", "127.0.0.5", MAIL);
        try (net) {
            net.start();
            assertEquals(Resolution.Kind.FAILED, net.resolve("x.victim.tokyo.test", 1).kind());
            assertTrue(net.asked.size() < 60, () -> net.asked.size() + " questions");
        }
    }

    /// CVE-2023-50387: many keys of one tag, many signatures that fit none of them.
    @Test
    void keyTrapIsBounded() {
        LittleInternet net = internet();
        for (String zone : List.of(".", "test.", "tokyo.test.")) net.signed(zone);
        net.edit(
                "tokyo.test.",
                sets -> {
                    List<RRset> out = new ArrayList<>();
                    for (RRset set : sets) {
                        if (set.type() != Type.MX) {
                            out.add(set);
                            continue;
                        }
                        List<byte[]> bad = new ArrayList<>();
                        for (int i = 0; i < 200; i++) {
                            byte[] copy = set.signatures().getFirst().clone();
                            copy[copy.length - 1] ^= (byte) (1 + i);
                            copy[copy.length - 2] ^= (byte) i;
                            bad.add(copy);
                        }
                        out.add(new RRset(set.owner(), set.type(), set.ttl(), set.rdata(), bad));
                    }
                    return out;
                });
        try (net) {
            net.start(".");
            long before = yubin.ledger.Counters.of("dns.validator.checks").sum();
            Resolution got = net.resolve("tokyo.test", Type.MX);
            assertTrue(got.kind() != Resolution.Kind.ANSWER, got.toString());
            assertTrue(yubin.ledger.Counters.of("dns.validator.checks").sum() - before < 40);
        }
    }

    @Test
    void twoServersOneDeadIsAnAnswer() {
        LittleInternet net = internet();
        net.zone("tokyo.test.", SERVER, MAIL + "@ NS ns2\nns2 A 127.0.0.6\n");
        net.zone(
                "test.",
                "127.0.0.3",
                "tokyo.test. NS ns2.tokyo.test.\nns2.tokyo.test. A 127.0.0.6\n");
        try (net) {
            net.start();
            for (int i = 0; i < 5; i++) {
                net.recursion.links.clear();
                assertEquals(Resolution.Kind.ANSWER, net.resolve("tokyo.test", Type.MX).kind());
            }
        }
    }

    @Test
    void oldDataHelpsWhenAllServersAreGone() {
        LittleInternet net = internet();
        boolean[] dead = {false};
        net.script(SERVER, query -> dead[0] ? List.of() : List.of(net.answer(SERVER, query, true)));
        try (net) {
            net.start();
            net.resolve("tokyo.test", Type.MX);
            dead[0] = true;
            net.second.addAndGet(4000);
            assertEquals(Resolution.Kind.FAILED, net.resolve("tokyo.test", Type.MX).kind());
            Resolution stale = net.recursion.stale(new Question(Name.of("tokyo.test"), Type.MX));
            assertEquals(Resolution.Kind.ANSWER, stale.kind());
            assertEquals(30, stale.ttl());
            net.second.addAndGet(100_000);
            assertEquals(null, net.recursion.stale(new Question(Name.of("tokyo.test"), Type.MX)));
        }
    }

    @Test
    void anUnknownAlgorithmIsAsIfUnsigned() {
        LittleInternet net = internet();
        for (String zone : List.of(".", "test.", "tokyo.test.")) net.signed(zone);
        net.edit(
                "test.",
                sets -> {
                    List<RRset> out = new ArrayList<>();
                    for (RRset set : sets) {
                        if (set.type() != Type.DS) {
                            out.add(set);
                            continue;
                        }
                        byte[] ds = set.rdata().getFirst().clone();
                        ds[2] = (byte) 250;
                        RRset other = new RRset(set.owner(), Type.DS, set.ttl(), List.of(ds));
                        out.add(net.signer("test.").signed(Name.of("test."), other));
                    }
                    return out;
                });
        try (net) {
            net.start(".");
            Resolution got = net.resolve("tokyo.test", Type.MX);
            assertEquals(Resolution.Kind.ANSWER, got.kind(), got.toString());
            assertEquals(false, got.secure());
        }
    }
}
