package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import yubin.dns.DnsQuery;
import yubin.dns.Lookup;
import yubin.dns.Mx;
import yubin.dns.Name;
import yubin.dns.Resolver;
import yubin.dns.Type;
import yubin.mail.Domain;

/// Our zones and our resolver with the programs that others run: each accepts the other.
class NameServersTest {
    private static final String SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

    /// Nobody is asked: what has to be known is given.
    private static final String ALONE =
            """
            [resolver]
            root-hints = ["ns.root.test 127.0.0.1:1"]
            trust-anchors = "none"
            prime = false
            tries = 1
            first-wait = 0.05
            deadline = 0.3
            """;

    private static final String OWN =
            """
            *.wild 300 A 192.0.2.5
            sub.ent 300 A 192.0.2.6
            alias 300 CNAME x.wild
            big 300 TXT "%s" "%1$s" "%1$s"
            """
                    .formatted("b".repeat(250));

    @TempDir Path folder;

    /// A post office with zones of each kind, which these servers may copy.
    private TestOffice office(InetSocketAddress... secondaries) throws Exception {
        List<String> all = new ArrayList<>();
        for (InetSocketAddress at : secondaries) {
            all.add("\"" + SocketAddresses.format(at) + " xfr\"");
        }
        String dns =
                """
                [dns]
                addresses = ["192.0.2.1", "2001:db8::1"]
                name-servers = ["ns1.example.com", "ns2.example.com"]
                contact = "dns.master@example.com"
                caa = ["letsencrypt.org"]
                dmarc = "reject"
                tsig-keys = ["xfr hmac-sha256 %s"]
                secondaries = [%s]
                """
                        .formatted(SECRET, String.join(", ", all));
        TestOffice office =
                new TestOffice(
                        TestOffice.config(
                                folder.resolve("office"), Rehearsal.anyPorts(), ALONE + dns));
        for (String domain : List.of("example.com", "example.net")) {
            office.order("domain add", "domain", domain);
        }
        office.order("dns zone add", "domain", "example.com", "chain", "nsec");
        office.order(
                "dns zone add", "domain", "example.net", "chain", "nsec3", "algorithm", "ed25519");
        for (String zone : List.of("example.com", "example.net")) {
            office.order("dns zone import", "domain", zone, "text", OWN);
        }
        return office;
    }

    private static String ds(TestOffice office, String zone) throws Trouble {
        JsonNode keys = office.order("dns keys", "domain", zone);
        return keys.path(0).path("record").asString();
    }

    private static String at(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + "@" + address.getPort();
    }

    @Test
    void unboundBelievesOurZones() throws Exception {
        External.server("unbound", "unbound");
        try (TestOffice office = office()) {
            String ds = ds(office, "example.com");
            // The last digit of the digest is another one: this zone must not be believed.
            String wrong = ds(office, "example.net");
            char last = wrong.charAt(wrong.length() - 1);
            String bogus = wrong.substring(0, wrong.length() - 1) + (last == '0' ? '1' : '0');
            for (boolean good : List.of(true, false)) {
                StringBuilder text = new StringBuilder();
                text.append("    trust-anchor: \"").append(ds).append("\"\n");
                text.append("    trust-anchor: \"").append(good ? wrong : bogus).append("\"\n");
                for (String zone : List.of("example.com", "example.net")) {
                    text.append("stub-zone:\n    name: ").append(zone);
                    text.append("\n    stub-addr: ").append(at(office.at(Service.DNS)));
                    text.append('\n');
                }
                Path home = folder.resolve("unbound" + good);
                try (NameServerProcess unbound =
                        NameServerProcess.unbound(
                                home, NameServerProcess.free("127.0.0.95"), "" + text)) {
                    unbound.until("example.com", "SOA", seen -> seen.status().equals("NOERROR"));
                    if (good) {
                        believes(unbound, "example.com");
                        believes(unbound, "example.net");
                    } else {
                        assertEquals("SERVFAIL", unbound.ask("example.net", "MX").status());
                    }
                }
            }
        }
    }

    private static void believes(NameServerProcess unbound, String zone) throws IOException {
        String[][] questions = {
            {"", "MX", "NOERROR", "10 mail.example.com."},
            {"", "CAA", "NOERROR", "0 issue \"letsencrypt.org\""},
            {"", "DNSKEY", "NOERROR", "257 3 "},
            {"_imap._tcp.", "SRV", "NOERROR", "0 0 0 ."},
            {"big.", "TXT", "NOERROR", "bbb"},
            {"x.wild.", "A", "NOERROR", "192.0.2.5"},
            {"x.y.wild.", "A", "NOERROR", "192.0.2.5"},
            {"alias.", "A", "NOERROR", "192.0.2.5"},
            {"x.wild.", "MX", "NOERROR", null},
            {"wild.", "A", "NOERROR", null},
            {"", "PTR", "NOERROR", null},
            {"ent.", "TXT", "NOERROR", null},
            {"_tcp.", "A", "NOERROR", null},
            {"nothing.", "A", "NXDOMAIN", null},
            {"deep.down.ent.", "A", "NXDOMAIN", null},
            {"zzz.", "MX", "NXDOMAIN", null},
        };
        for (String[] question : questions) {
            String what = question[0] + zone + " " + question[1];
            DnsQuery.Outcome seen = unbound.ask(question[0] + zone, question[1]);
            assertEquals(question[2], seen.status(), what + ": " + seen);
            assertTrue(seen.flags().contains("ad"), what + " is not proven: " + seen);
            assertEquals(question[3] == null, seen.answer().isEmpty(), what + ": " + seen);
            String answer = String.join("\n", seen.answer());
            assertTrue(question[3] == null || answer.contains(question[3]), what + ": " + seen);
        }
    }

    @Test
    void checkersAcceptOurExport() throws Exception {
        External.needs("ldns-verify-zone", "ldnsutils");
        External.needs("named-checkzone", "bind9-utils");
        try (TestOffice office = office()) {
            for (String zone : List.of("example.com", "example.net")) {
                Path file = folder.resolve(zone);
                String text =
                        office.order("dns zone export", "domain", zone).path("text").asString();
                Files.writeString(file, text);
                var verified = External.run(folder, "", "ldns-verify-zone", file.toString()).ok();
                assertTrue(verified.out().contains("Zone is verified and complete"), "" + verified);
                var checked =
                        External.run(
                                        folder,
                                        "",
                                        "named-checkzone",
                                        "-i",
                                        "local",
                                        zone,
                                        file.toString())
                                .ok();
                assertTrue(checked.out().contains("OK"), checked.out());
                // A damaged one is refused, or the check would say nothing.
                Files.writeString(file, text.replace("192.0.2.6", "192.0.2.7"));
                var damaged = External.run(folder, "", "ldns-verify-zone", file.toString());
                assertTrue(damaged.exit() != 0, damaged.out());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nsd", "knot"})
    void aSecondaryOfAnotherHouseCopiesOurZoneAndHearsOfChanges(String house) throws Exception {
        External.server(house.equals("nsd") ? "nsd" : "knotd", house);
        InetSocketAddress there = NameServerProcess.free("127.0.0.96");
        try (TestOffice office = office(there)) {
            try (NameServerProcess secondary =
                    secondary(house, there, office.at(Service.DNS), "example.net", SECRET)) {
                var first = secondary.until("example.net", "SOA", seen -> !seen.answer().isEmpty());
                assertTrue(first.flags().contains("aa"), "" + first);
                assertTrue(first.answer().toString().contains("RRSIG"), "" + first);
                // Changes are told; neither would ask again by itself for half an hour.
                office.order("domain add", "domain", "lists.example.net");
                secondary.until("lists.example.net", "MX", seen -> !seen.answer().isEmpty());
                office.order("domain remove", "domain", "lists.example.net");
                secondary.until(
                        "lists.example.net", "MX", seen -> seen.status().equals("NXDOMAIN"));
                sameAnswers(office.at(Service.DNS), secondary);
            }
            // With another secret it gets nothing.
            String other = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";
            try (NameServerProcess stranger =
                    secondary(house, there, office.at(Service.DNS), "example.com", other)) {
                long refused = refused(office);
                for (int i = 0; i < 400 && refused(office) == refused; i++) Thread.sleep(50);
                assertTrue(refused(office) > refused, stranger.log());
                assertTrue(stranger.ask("example.com", "SOA").answer().isEmpty());
            }
        }
    }

    private static long refused(TestOffice office) throws Trouble {
        return office.order("dns stats").path("transfers.refused").asLong();
    }

    private NameServerProcess secondary(
            String house, InetSocketAddress there, InetSocketAddress us, String zone, String secret)
            throws IOException {
        String address = there.getAddress().getHostAddress();
        Path home = folder.resolve(house + zone);
        if (house.equals("nsd")) {
            String text =
                    """
                    key:
                        name: "xfr"
                        algorithm: hmac-sha256
                        secret: "%s"
                    zone:
                        name: "%s"
                        zonefile: "FOLDER/zone"
                        allow-notify: 127.0.0.0/8 xfr
                        request-xfr: %s xfr
                        outgoing-interface: %s
                    """;
            return NameServerProcess.nsd(
                    home, there, text.formatted(secret, zone, at(us), address));
        }
        String text =
                """
                key:
                  - id: xfr
                    algorithm: hmac-sha256
                    secret: %s
                remote:
                  - id: primary
                    address: %s
                    via: %s
                    key: xfr
                acl:
                  - id: told
                    address: 127.0.0.0/8
                    key: xfr
                    action: notify
                zone:
                  - domain: %s
                    storage: FOLDER
                    master: primary
                    acl: told
                """;
        return NameServerProcess.knot(home, there, text.formatted(secret, at(us), address, zone));
    }

    /// Primary and secondary say the same.
    private static void sameAnswers(InetSocketAddress us, NameServerProcess secondary)
            throws IOException {
        for (String question :
                List.of(
                        "example.net MX",
                        "x.wild.example.net A",
                        "ent.example.net A",
                        "no.example.net A")) {
            String[] words = question.split(" ");
            DnsQuery.Outcome ours = DnsQuery.ask(us, Name.of(words[0]), Type.parse(words[1]), true);
            DnsQuery.Outcome theirs = secondary.ask(words[0], words[1]);
            assertEquals(ours.status(), theirs.status(), question);
            assertEquals(sorted(ours.answer()), sorted(theirs.answer()), question);
        }
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "on"})
    void weBelieveAZoneThatKnotSigns(String nsec3) throws Exception {
        External.server("knotd", "knot");
        Path home = Files.createDirectories(folder.resolve("knot"));
        Files.writeString(
                home.resolve("zone"),
                """
                $TTL 300
                @ SOA ns host 1 3600 600 86400 300
                @ NS ns
                ns A 192.0.2.1
                @ MX 10 mx
                mx A 192.0.2.2
                *.wild A 192.0.2.5
                sub.ent A 192.0.2.6
                """);
        String text =
                """
                policy:
                  - id: ours
                    algorithm: ecdsap256sha256
                    nsec3: %s
                    nsec3-iterations: 0
                zone:
                  - domain: example.org
                    file: FOLDER/zone
                    storage: FOLDER
                    zonefile-sync: -1
                    journal-content: none
                    dnssec-signing: on
                    dnssec-policy: ours
                """
                        .formatted(nsec3);
        try (NameServerProcess knot =
                NameServerProcess.knot(home, NameServerProcess.free("127.0.0.97"), text)) {
            DnsQuery.Outcome keys =
                    knot.until(
                            "example.org",
                            "DNSKEY",
                            seen -> "" + seen != null && key(seen) != null);
            String toml =
                    "[resolver]\nprime = false\ntrust-anchors = [\"%s\"]\n[resolver.stubs]\n\"example.org\" = [\"%s\"]\n"
                            .formatted(
                                    key(keys).replace('\t', ' '),
                                    SocketAddresses.format(knot.at()));
            ResolverConfig config =
                    TestOffice.config(folder, Rehearsal.anyPorts(), toml).resolver();
            try (Resolver resolver = new Resolver(config.settings())) {
                proven(resolver, "example.org", "MX", Lookup.Answer.class);
                proven(resolver, "x.wild.example.org", "A", Lookup.Answer.class);
                proven(resolver, "x.wild.example.org", "MX", Lookup.NoData.class);
                proven(resolver, "ent.example.org", "A", Lookup.NoData.class);
                proven(resolver, "mx.example.org", "AAAA", Lookup.NoData.class);
                proven(resolver, "no.example.org", "A", Lookup.NxDomain.class);
                proven(resolver, "a.b.sub.ent.example.org", "A", Lookup.NxDomain.class);
            }
        }
    }

    /// The key that the trust anchor is made of; null while there is none.
    private static String key(DnsQuery.Outcome outcome) {
        for (String line : outcome.answer()) if (line.contains("\tDNSKEY\t257 ")) return line;
        return null;
    }

    private static void proven(Resolver resolver, String name, String type, Class<?> kind) {
        Lookup<?> found = resolver.rrset(Name.of(name), Type.parse(type));
        assertInstanceOf(kind, found, name + " " + type);
        boolean secure =
                switch (found) {
                    case Lookup.Answer<?>(_, var proven, _) -> proven;
                    case Lookup.NoData<?>(var proven) -> proven;
                    case Lookup.NxDomain<?>(var proven) -> proven;
                    default -> false;
                };
        assertTrue(secure, name + " " + type + ": " + found);
    }

    /// Kyoto's post office signs its zone and shows it to nobody; NSD serves it to the world.
    @ParameterizedTest
    @ValueSource(strings = {"nsd", "knot"})
    void twoPostOfficesFindEachOtherThroughAnAuthorityOfAnotherHouse(String house)
            throws Exception {
        External.server(house.equals("nsd") ? "nsd" : "knotd", house);
        InetAddress kyotoAt = InetAddress.ofLiteral("127.0.0.98");
        try (DemoInternet internet = new DemoInternet(InetAddress.ofLiteral("127.0.0.99"))) {
            InetSocketAddress there = NameServerProcess.free("127.0.0.100");
            internet.open(there.getPort());
            Map<Service, List<InetSocketAddress>> listen = new EnumMap<>(Rehearsal.anyPorts());
            listen.put(Service.SMTP, List.of(new InetSocketAddress(kyotoAt, 0)));
            String toml =
                    internet.resolver()
                            + """
                            [dns]
                            addresses = ["127.0.0.98"]
                            name-servers = ["ns.kyoto.test"]
                            tsig-keys = ["xfr hmac-sha256 %s"]
                            secondaries = ["%s xfr"]
                            """
                                    .formatted(SECRET, SocketAddresses.format(there));
            Config config =
                    TestOffice.config(folder.resolve("kyoto"), "mail.kyoto.test", listen, toml);
            try (TestOffice kyoto = new TestOffice(config)) {
                kyoto.order("domain add", "domain", "kyoto.test");
                kyoto.order("account add", "address", "cat@kyoto.test", "password", "lime");
                kyoto.order("dns zone add", "domain", "kyoto.test");
                String ds = ds(kyoto, "kyoto.test");
                try (NameServerProcess server =
                        secondary(house, there, kyoto.at(Service.DNS), "kyoto.test", SECRET)) {
                    server.until("kyoto.test", "MX", seen -> !seen.answer().isEmpty());
                    internet.delegate("kyoto.test", "ns.kyoto.test", there.getAddress(), ds);
                    nara(internet, kyoto);
                }
            }
        }
    }

    private void nara(DemoInternet internet, TestOffice kyoto) throws Exception {
        Config config =
                TestOffice.config(
                        folder.resolve("nara"), Rehearsal.anyPorts(), internet.resolver());
        int port = kyoto.port(Service.SMTP);
        try (PostOffice nara =
                PostOffice.open(config, line -> {}, settings -> settings.withPort(port))) {
            Resolver resolver = nara.maps().resolver();
            var mx = assertInstanceOf(Lookup.Answer.class, resolver.mx(Domain.of("kyoto.test")));
            assertEquals(List.of(new Mx(10, "mail.kyoto.test")), mx.value());
            assertTrue(mx.secure(), "proven from the root down");
            DirectClerk clerk = nara.clerk();
            clerk.obey(OrderVerb.order("domain add", "domain", "nara.test"));
            clerk.obey(
                    OrderVerb.order(
                            "account add", "address", "ann@nara.test", "password", "orange"));
            InetSocketAddress door = nara.addresses(Service.SUBMISSION).getFirst();
            try (Caller caller = Caller.connect(door, false, line -> {})) {
                caller.smtp(null, "220");
                caller.smtp("EHLO client.test", "250");
                caller.smtp("AUTH PLAIN " + Caller.plain("ann@nara.test", "orange"), "235");
                caller.smtp("MAIL FROM:<ann@nara.test>", "250");
                caller.smtp("RCPT TO:<cat@kyoto.test>", "250");
                caller.smtp("DATA", "354");
                caller.data(Letters.plain("ann@nara.test", "cat@kyoto.test", "Hello", "A letter."));
                caller.smtp("QUIT", "221");
            }
            for (int i = 0; i < 400; i++) {
                if (kyoto.messages("cat@kyoto.test", "lime") == 1) return;
                Thread.sleep(50);
            }
            throw new AssertionError(
                    "no letter; waiting: " + clerk.obey(OrderVerb.order("queue list")));
        }
    }
}
