package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorityTest {
    private static final Zone ZONE = Zone.parse(Name.of("example.com"), Zones.EXAMPLE);

    private static Message ask(String name, int type, boolean udp) {
        byte[] query = MessageTest.query(name, type, true);
        byte[] out = new byte[65_535];
        int length =
                new Authority(List.of(ZONE))
                        .answer(query, query.length, out, new Answerer.Path(null, udp), null);
        return assertInstanceOf(Message.class, Message.read(out, length));
    }

    private static String print(List<RRset> sets) {
        StringBuilder out = new StringBuilder();
        for (RRset set : sets) {
            for (byte[] rdata : set.rdata()) {
                if (!out.isEmpty()) out.append("; ");
                String text = RdataText.write(set.type(), rdata);
                out.append(set.owner().host().replace(".example.com", ""));
                out.append(' ').append(Type.name(set.type())).append(' ');
                out.append(text.replace(".example.com.", ""));
            }
        }
        return out.toString();
    }

    /// Question, rcode, AA, answer, authority.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "mx.example.com A | 0 | true | mx A 192.0.2.3 | -",
                "MX.Example.COM AAAA | 0 | true | mx AAAA 2001:db8::3 | -",
                "mx.example.com TXT | 0 | true | - | SOA",
                "nope.example.com A | 3 | true | - | SOA",
                "a.nope.example.com A | 3 | true | - | SOA",
                "www.example.com A | 0 | true | www CNAME mx; mx A 192.0.2.3 | -",
                "www.example.com CNAME | 0 | true | www CNAME mx | -",
                "chain.example.com A | 0 | true | chain CNAME www; www CNAME mx; mx A 192.0.2.3 | -",
                "www.example.com TXT | 0 | true | www CNAME mx | SOA",
                "out.example.com A | 0 | true | out CNAME host.other.test. | -",
                "loop1.example.com A | 0 | true | loop1 CNAME loop2; loop2 CNAME loop1 | -",
                "lost.example.com A | 3 | true | lost CNAME nothing | SOA",
                // RFC 4592 §2.2.1: wildcards do not cover names that exist, even as empty
                // non-terminals.
                "q.wild.example.com A | 0 | true | q.wild A 192.0.2.5 | -",
                "a.q.wild.example.com A | 0 | true | a.q.wild A 192.0.2.5 | -",
                "q.wild.example.com TXT | 0 | true | - | SOA",
                "y.wild.example.com A | 0 | true | - | SOA",
                "z.y.wild.example.com A | 3 | true | - | SOA",
                "*.wild.example.com A | 0 | true | *.wild A 192.0.2.5 | -",
                "q.alias.example.com A | 0 | true | q.alias CNAME mx; mx A 192.0.2.3 | -",
                "b.ent.example.com A | 0 | true | - | SOA",
                "ent.example.com A | 0 | true | - | SOA",
                "_tcp.mx.example.com TLSA | 0 | true | - | SOA",
                "sub.example.com A | 0 | false | - | sub NS ns.sub; sub NS ns.far.test.",
                "a.b.sub.example.com MX | 0 | false | - | sub NS ns.sub; sub NS ns.far.test.",
                "ns.sub.example.com A | 0 | false | - | sub NS ns.sub; sub NS ns.far.test.",
                "sub.example.com DS | 0 | true | - | SOA",
                "www.old.example.com A | 0 | true | old DNAME new; www.old CNAME www.new; www.new A 192.0.2.9 | -",
                "old.example.com A | 0 | true | - | SOA",
                "other.test A | 5 | false | - | -",
                "com A | 5 | false | - | -"
            })
    void answers(String question, int rcode, boolean aa, String answer, String authority) {
        String[] words = question.split(" ");
        Message message = ask(words[0], Type.parse(words[1]), true);
        assertEquals(rcode, message.rcode());
        assertEquals(aa, message.has(Message.AA));
        assertEquals(answer == null ? "" : answer, print(message.answer()));
        String soa = "example.com SOA ns1 hostmaster 1 7200 3600 1209600 300";
        assertEquals(
                authority == null ? "" : authority.equals("SOA") ? soa : authority,
                print(message.authority()));
        // RFC 2308 §3.
        if ("SOA".equals(authority)) assertEquals(300, message.authority().getFirst().ttl());
    }

    @Test
    void aReferralCarriesItsGlueAndMxItsAddresses() {
        assertEquals("ns.sub A 192.0.2.8", print(ask("x.sub.example.com", 1, true).additional()));
        assertEquals(
                "mx A 192.0.2.3; mx AAAA 2001:db8::3",
                print(ask("example.com", Type.MX, true).additional()));
    }

    @Test
    void tooLargeForUdpIsTruncatedAndWholeOverTcp() {
        Message udp = ask("big.example.com", Type.TXT, true);
        assertTrue(udp.has(Message.TC));
        assertEquals(0, udp.answer().size());
        Message tcp = ask("big.example.com", Type.TXT, false);
        assertEquals(7, tcp.answer().getFirst().rdata().size());
    }

    @Test
    void anyGetsOneRRset() {
        assertEquals(1, ask("mx.example.com", Type.ANY, true).answer().size());
    }

    /// Header and question octets, expected flags and code in hex.
    @ParameterizedTest
    @CsvSource({
        "0001 0000 0000 0000 0000 0000, 8001",
        "0001 0000 0002 0000 0000 0000 00 0001 0001 00 0001 0001, 8001",
        "0001 0100 0001 0000 0000 0000 00 0001, 8101",
        "0001 2000 0001 0000 0000 0000 00 0006 0001, a004",
        "0001 0000 0001 0000 0000 0001 00 0001 0001 00 0029 04d0 00010000 0000, 8000",
        "0001 0000 0001 0000 0000 0000 00 00fc 0001, 8005",
        "0001 8000 0001 0000 0000 0000 00 0001 0001, ",
        "0001 00, "
    })
    void oddQueries(String hex, String flags) {
        byte[] query = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] answer = ServerFrom.answer(query, ZONE);
        if (flags == null) {
            assertEquals(0, answer.length);
            return;
        }
        assertEquals(Integer.parseInt(flags, 16), Rdata.u16(answer, 2));
        Message message = assertInstanceOf(Message.class, Message.read(answer, answer.length));
        if (flags.equals("8000")) assertEquals(Rcode.BADVERS, message.rcode());
    }

    @Test
    void digReadsIt() throws Exception {
        try (Authority authority =
                Authority.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        List.of(ZONE))) {
            assertEquals(
                    "10 mx.example.com.\n20 mx2.other.test.\n",
                    dig(authority, "example.com", "MX"));
            assertEquals(7, dig(authority, "big.example.com", "TXT").lines().count());
            assertEquals("192.0.2.3\n", dig(authority, "+tcp", "mx.example.com", "A"));
            assertEquals("\"yubin\"\n", dig(authority, "CH", "TXT", "version.bind"));
        }
    }

    private static String dig(Authority authority, String... words) throws Exception {
        List<String> command =
                new java.util.ArrayList<>(List.of("dig", "+short", "+norec", "+time=2"));
        command.addAll(List.of("@127.0.0.1", "-p", "" + authority.address().getPort()));
        command.addAll(Arrays.asList(words));
        Process dig;
        try {
            dig = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (java.io.IOException e) {
            Assumptions.abort("dig (bind9-dnsutils) is not installed");
            return "";
        }
        String out = new String(dig.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        dig.waitFor();
        return out.lines().sorted().map(line -> line + "\n").reduce("", String::concat);
    }
}
