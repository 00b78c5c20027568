package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsServeTest {
    @TempDir Path folder;

    private DnsServe serve(String json) throws IOException {
        Path file = folder.resolve("dns.json");
        Files.writeString(file, json.replace('\'', '"'));
        return DnsServe.open(file);
    }

    private static Message ask(DnsServe serve, byte[] query) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(6_000);
            socket.send(new DatagramPacket(query, query.length, serve.address()));
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            return assertInstanceOf(
                    Message.class, Message.read(packet.getData(), packet.getLength()));
        }
    }

    private static byte[] query(String name, int type, int flags) {
        byte[] query = MessageTest.query(name, type, true);
        query[2] = (byte) (flags >> 8);
        query[3] = (byte) flags;
        return query;
    }

    private String forwarding(LittleInternet net, String more) {
        return "{'listen':'127.0.0.1:0','trustAnchors':[],'allowPrivate':true,"
                + "'rootHints':[['a.','127.0.0.2@"
                + net.port
                + "']],'unknown':{'x':1}"
                + more
                + "}";
    }

    @Test
    void answersFromTheRootAndItsOwnZonesAndRefusesWhatItMust() throws Exception {
        Path zone = folder.resolve("zone");
        Files.writeString(zone, Zones.EXAMPLE);
        try (LittleInternet net =
                        new LittleInternet()
                                .zone(".", "127.0.0.2", "host.test. A 192.0.2.1")
                                .start();
                DnsServe serve =
                        serve(forwarding(net, ",'zones':[['example.com.','" + zone + "']]"))) {
            Message own = ask(serve, query("mx.example.com", Type.A, 0));
            assertTrue(own.has(Message.AA));
            assertEquals(1, own.answer().size());
            // Not known yet, and not asked to find out.
            assertEquals(Rcode.REFUSED, ask(serve, query("host.test", Type.A, 0)).rcode());
            Message found = ask(serve, query("host.test", Type.A, Message.RD));
            assertEquals(Rcode.NOERROR, found.rcode());
            assertTrue(found.has(Message.RA));
            assertEquals(1, found.answer().size());
            assertEquals(1, ask(serve, query("HOST.test", Type.A, 0)).answer().size());
            serve.flush();
            assertEquals(Rcode.REFUSED, ask(serve, query("host.test", Type.A, 0)).rcode());
            Message none = ask(serve, query("none.test", Type.A, Message.RD));
            assertEquals(Rcode.NXDOMAIN, none.rcode());
            assertEquals(Type.SOA, none.authority().getFirst().type());
            assertEquals(
                    Type.A,
                    ask(serve, query("host.test", Type.ANY, Message.RD))
                            .answer()
                            .getFirst()
                            .type());
        }
    }

    @Test
    void minimalResponsesHoldOnlyWhatWasAskedFor() throws Exception {
        Path zone = folder.resolve("zone");
        Files.writeString(zone, Zones.EXAMPLE);
        String zones = ",'zones':[['example.com.','" + zone + "']]";
        try (LittleInternet net =
                        new LittleInternet()
                                .zone(
                                        ".",
                                        "127.0.0.2",
                                        "host.test. MX 5 mx.test.\nmx.test. A 192.0.2.1")
                                .start();
                DnsServe whole = serve(forwarding(net, zones));
                DnsServe minimal = serve(forwarding(net, zones + ",'minimalResponses':true"))) {
            for (String name : List.of("example.com", "host.test")) {
                Message more = ask(whole, query(name, Type.MX, Message.RD));
                Message less = ask(minimal, query(name, Type.MX, Message.RD));
                assertEquals(more.answer().size(), less.answer().size(), name);
                assertTrue(!more.additional().isEmpty(), name);
                assertTrue(less.additional().isEmpty(), name);
                assertTrue(less.authority().isEmpty(), name);
            }
        }
    }

    @Test
    void specialNamesStayInside() throws Exception {
        try (DnsServe serve = serve("{'listen':'127.0.0.1:0'}")) {
            Message local = ask(serve, query("localhost", Type.A, Message.RD));
            assertEquals(1, local.answer().size());
            for (String name : List.of("x.local", "nas.home.arpa", "4.3.2.10.in-addr.arpa")) {
                assertEquals(
                        Rcode.NXDOMAIN,
                        ask(serve, query(name, Type.PTR, Message.RD)).rcode(),
                        name);
            }
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        DnsServe serve = serve("{'listen':'127.0.0.1:0'}");
        serve.close();
        serve.close();
        serve.await();
    }

    @Test
    void strangersAreRefused() throws Exception {
        try (LittleInternet net = new LittleInternet().zone(".", "127.0.0.2", "").start();
                DnsServe serve = serve(forwarding(net, ",'clients':['192.0.2.0/24']"))) {
            assertEquals(Rcode.REFUSED, ask(serve, query("test", Type.A, Message.RD)).rcode());
        }
    }

    @Test
    void deadServersAreServfailWithAReasonInTime() throws Exception {
        try (LittleInternet net =
                        new LittleInternet()
                                .zone(".", "127.0.0.2", "")
                                .script("127.0.0.2", _ -> java.util.List.of())
                                .start();
                DnsServe serve = serve(forwarding(net, ",'deadline':1"))) {
            long start = System.nanoTime();
            Message failed = ask(serve, query("host.test", Type.A, Message.RD));
            assertEquals(Rcode.SERVFAIL, failed.rcode());
            assertTrue(System.nanoTime() - start < 3_000_000_000L);
            byte[] error = failed.edns().option(Edns.EXTENDED_ERROR);
            assertEquals(22, error[1]);
            String why =
                    new String(error, 2, error.length - 2, java.nio.charset.StandardCharsets.UTF_8);
            assertTrue(
                    why.startsWith("host.test cannot be looked up: the root name servers "), why);
        }
    }

    @Test
    void tooManyAnswersToOneNetworkAreHeldBack() throws Exception {
        RateLimit limit = new RateLimit(5);
        java.net.InetAddress client = java.net.InetAddress.ofLiteral("192.0.2.1");
        int sent = 0;
        for (int i = 0; i < 100; i++) {
            if (limit.count(client, 7) == RateLimit.Rule.SEND) sent++;
        }
        assertEquals(5, sent);
        assertEquals(RateLimit.Rule.SEND, limit.count(client, 8));
    }

    @Test
    void mistakesAreOneSentence() {
        for (String bad :
                new String[] {
                    "{",
                    "[]",
                    "{'listen':'x'}",
                    "{'rootHints':[['a','nowhere']]}",
                    "{'trustAnchors':['. DS x']}",
                    "{'zones':[['a.','/nonexistent/zone']]}",
                    "{'clients':['1.2.3.4/99']}"
                }) {
            IOException e = assertThrows(IOException.class, () -> serve(bad), bad);
            assertTrue(
                    e.getMessage().length() > 10 && !e.getMessage().contains("\n"), e.getMessage());
        }
    }

    @Test
    void networksContainWhatTheyShould() {
        Networks networks = new Networks(java.util.List.of("192.0.2.128/25", "2001:db8::/33"));
        String[] in = {"192.0.2.128", "192.0.2.255", "2001:db8:7fff::1"};
        String[] out = {"192.0.2.127", "192.0.3.128", "2001:db8:8000::1", "127.0.0.1"};
        Arrays.stream(in)
                .forEach(a -> assertTrue(networks.contain(java.net.InetAddress.ofLiteral(a)), a));
        Arrays.stream(out)
                .forEach(a -> assertTrue(!networks.contain(java.net.InetAddress.ofLiteral(a)), a));
    }
}
