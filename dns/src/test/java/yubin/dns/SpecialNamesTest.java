package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 6761 and its relatives: which names stay inside, and what they are.
class SpecialNamesTest {
    private static final InetSocketAddress SERVER =
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.53"), 53);

    private static RecursionSettings settings(
            List<RecursionSettings.Hint> hints,
            Map<Name, List<InetSocketAddress>> stubs,
            Map<Name, List<InetSocketAddress>> forwards) {
        return RecursionSettings.defaults(InstantSource.system())
                .change()
                .rootHints(hints)
                .stubs(stubs)
                .forwards(forwards)
                .anchors(List.of())
                .build();
    }

    private static final SpecialNames INTERNET =
            new SpecialNames(settings(RootHints.BUILT_IN, Map.of(), Map.of()));

    @ParameterizedTest
    @CsvSource({
        "localhost, A, 127.0.0.1",
        "a.LocalHost, A, 127.0.0.1",
        "localhost, AAAA, ::1",
        "localhost, MX, NODATA",
        "1.0.0.127.in-addr.arpa, PTR, localhost.",
        "2.0.0.127.in-addr.arpa, PTR, NXDOMAIN",
        "0.0.127.in-addr.arpa, PTR, NODATA",
        "printer.local, A, NXDOMAIN",
        "local, A, NXDOMAIN",
        "abc.onion, A, NXDOMAIN",
        "x.invalid, MX, NXDOMAIN",
        "x.alt, A, NXDOMAIN",
        "x.test, A, NXDOMAIN",
        "home.arpa, A, NODATA",
        "nas.home.arpa, A, NXDOMAIN",
        "4.3.2.10.in-addr.arpa, PTR, NXDOMAIN",
        "10.in-addr.arpa, SOA, 10.in-addr.arpa. nobody.invalid. 1 3600 1200 604800 10800",
        "10.in-addr.arpa, NS, 10.in-addr.arpa.",
        "1.0.31.172.in-addr.arpa, PTR, NXDOMAIN",
        "1.0.168.192.in-addr.arpa, PTR, NXDOMAIN",
        "1.0.100.100.in-addr.arpa, PTR, NXDOMAIN",
        "1.2.0.192.in-addr.arpa, PTR, NXDOMAIN",
        "a.b.9.e.f.ip6.arpa, PTR, NXDOMAIN",
        "a.b.d.f.ip6.arpa, PTR, NXDOMAIN",
        "1.0.32.172.in-addr.arpa, PTR, asked",
        "1.0.0.8.in-addr.arpa, PTR, asked",
        "1.128.100.in-addr.arpa, PTR, asked",
        "notlocal, A, asked",
        "localhost.example.com, A, asked",
        "arpa, NS, asked",
        "., NS, asked",
    })
    void staysInsideOrNot(String name, String type, String expected) {
        assertEquals(expected, shown(INTERNET, name, type));
    }

    private static String shown(SpecialNames names, String name, String type) {
        Link link = names.link(new Question(Name.of(name), Type.parse(type)));
        if (link == null) return "asked";
        assertEquals(Link.Security.INSECURE, link.verdict().security());
        if (link.kind == Link.Kind.RECORDS) {
            RRset set = link.answer.getFirst();
            return ZoneText.rdata(set.type(), set.rdata().getFirst());
        }
        assertEquals(Type.SOA, link.authority.getFirst().type());
        return link.kind.toString();
    }

    @Test
    void aRootOfItsOwnKnowsWhichOfThemExist() {
        var hint = new RecursionSettings.Hint(Name.of("ns.root.test"), SERVER);
        SpecialNames own = new SpecialNames(settings(List.of(hint), Map.of(), Map.of()));
        assertEquals("asked", shown(own, "tokyo.test", "MX"));
        assertEquals("asked", shown(own, "1.0.0.10.in-addr.arpa", "PTR"));
        assertEquals("NXDOMAIN", shown(own, "printer.local", "A"));
        SpecialNames forwarding =
                new SpecialNames(
                        settings(RootHints.BUILT_IN, Map.of(), Map.of(Name.ROOT, List.of(SERVER))));
        assertEquals("asked", shown(forwarding, "1.0.0.10.in-addr.arpa", "PTR"));
        assertEquals("127.0.0.1", shown(forwarding, "localhost", "A"));
    }

    @Test
    void aZoneOfTheOperatorGoesFirst() {
        SpecialNames names =
                new SpecialNames(
                        settings(
                                RootHints.BUILT_IN,
                                Map.of(Name.of("10.in-addr.arpa"), List.of(SERVER)),
                                Map.of(Name.of("corp.local"), List.of(SERVER))));
        assertNull(names.link(new Question(Name.of("1.0.0.10.in-addr.arpa"), Type.PTR)));
        assertNull(names.link(new Question(Name.of("dc.corp.local"), Type.A)));
        assertEquals("NXDOMAIN", shown(names, "other.local", "A"));
    }
}
