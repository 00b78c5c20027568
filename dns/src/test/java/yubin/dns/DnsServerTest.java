package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.wire.ClientTls;
import yubin.wire.Listener;
import yubin.wire.Tls;
import yubin.wire.Wire;

/// The doors for clients: our own zones for everybody, the resolver for our networks.
class DnsServerTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    private static final Networks ELSEWHERE = new Networks(List.of("192.0.2.0/24"));

    @TempDir Path folder;

    private static LittleInternet internet() {
        return new LittleInternet()
                .zone(".", "127.0.0.2", "a.example. A 192.0.2.1\nb.example. A 192.0.2.2\n")
                .start();
    }

    private static Resolver resolver(LittleInternet net) throws IOException {
        return new Resolver(new ResolverSettings(net.recursion.settings, null, true));
    }

    private static Zone own(String address) {
        return Zone.parse(
                Name.of("own.test"),
                "@ 300 SOA ns host 1 7200 3600 1209600 300\n@ 300 NS ns\nns 300 A " + address);
    }

    private static Message udp(InetSocketAddress server, String name) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5000);
            byte[] query = MessageTest.query(name, Type.A, true);
            socket.send(new DatagramPacket(query, query.length, server));
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            return read(packet.getData(), packet.getLength());
        }
    }

    private static Message read(byte[] octets, int length) {
        return assertInstanceOf(Message.class, Message.read(octets, length));
    }

    private static String address(Message message) {
        return ZoneText.rdata(Type.A, message.answer().getFirst().rdata().getFirst());
    }

    @Test
    void ourClientsGetTheResolverAndEverybodyOurZones() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net);
                Authority zones = new Authority(List.of());
                DnsServer ours = server(resolver, zones, Networks.loopback(), 0);
                DnsServer strangers = server(resolver, zones, ELSEWHERE, 0)) {
            InetSocketAddress door = ours.open(ANY);
            InetSocketAddress gate = strangers.open(ANY);
            assertEquals("192.0.2.1", address(udp(door, "a.example")));
            assertEquals(Rcode.REFUSED, udp(gate, "a.example").rcode());
            assertEquals(Rcode.NXDOMAIN, udp(door, "ns.own.test").rcode());
            // Zones come and change while we run.
            ours.publish(List.of(own("192.0.2.7")));
            assertEquals("192.0.2.7", address(udp(door, "ns.own.test")));
            Message seen = udp(gate, "ns.own.test");
            assertEquals("192.0.2.7", address(seen));
            assertTrue(seen.has(Message.AA));
            ours.publish(List.of(own("192.0.2.8")));
            assertEquals("192.0.2.8", address(udp(gate, "ns.own.test")));
        }
    }

    private static DnsServer server(
            Resolver resolver, Authority zones, Networks clients, int rateLimit) {
        return new DnsServer(resolver, zones, new DnsServer.Settings(clients, rateLimit, true));
    }

    @Test
    void fixedAnswersAreForClientsToo() throws Exception {
        FixedAnswers hosts =
                FixedAnswers.of("x.example. A 192.0.2.9\ny.example. CNAME a.example.\n");
        try (LittleInternet net = internet();
                Resolver resolver =
                        new Resolver(new ResolverSettings(net.recursion.settings, hosts, true));
                DnsServer server =
                        server(resolver, new Authority(List.of()), Networks.loopback(), 0)) {
            InetSocketAddress door = server.open(ANY);
            assertEquals("192.0.2.9", address(udp(door, "x.example")));
            assertEquals(2, udp(door, "y.example").answer().size());
            assertEquals("192.0.2.1", address(udp(door, "a.example")));
        }
    }

    @Test
    void severalQuestionsOverOneTcpConnection() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net);
                DnsServer server =
                        server(resolver, new Authority(List.of()), Networks.loopback(), 0);
                Socket socket = new Socket()) {
            InetSocketAddress door = server.open(ANY);
            socket.connect(door);
            socket.setSoTimeout(5000);
            for (String name : List.of("a.example", "b.example")) {
                socket.getOutputStream().write(framed(name));
            }
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Set<String> found = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                byte[] answer = in.readNBytes(in.readUnsignedShort());
                found.add(address(read(answer, answer.length)));
            }
            assertEquals(Set.of("192.0.2.1", "192.0.2.2"), found);
        }
    }

    @Test
    void aClientWhoNeverReadsIsCutAndOthersAreServed() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net);
                DnsServer server =
                        server(resolver, new Authority(List.of()), Networks.loopback(), 0);
                Socket deaf = new Socket()) {
            InetSocketAddress door = server.open(ANY);
            deaf.setReceiveBufferSize(2048);
            deaf.connect(door);
            byte[] question = framed("a.example");
            boolean cut = false;
            long end = System.nanoTime() + 20_000_000_000L;
            Thread writer =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            while (true) deaf.getOutputStream().write(question);
                                        } catch (IOException e) {
                                            // Cut, or closed by the test.
                                        }
                                    });
            while (!cut && System.nanoTime() < end) {
                assertEquals("192.0.2.1", address(udp(door, "a.example")));
                cut = !writer.isAlive();
                Thread.sleep(100);
            }
            assertTrue(cut, "a client who reads nothing keeps its connection");
        }
    }

    @Test
    void oneClientTakesNoMoreThanItsShareOfWhatWaits() throws Exception {
        try (LittleInternet net =
                        new LittleInternet()
                                .zone(".", "127.0.0.2", "")
                                .script("127.0.0.2", _ -> List.of())
                                .start();
                Resolver resolver = resolver(net)) {
            Networks everybody = new Networks(List.of("192.0.2.0/24"));
            Front front =
                    new Front(
                            resolver.recursion(),
                            resolver.inquiries(),
                            null,
                            null,
                            everybody,
                            0,
                            Front.Limited.ALL,
                            true);
            int waiting = 0;
            while (waiting < 10_000 && asks(front, "192.0.2.1", "a" + waiting) == 0) waiting++;
            assertEquals(2_500, waiting);
            assertEquals(0, asks(front, "192.0.2.2", "other"));
        }
    }

    /// Octets of an answer at once; 0 when it comes later.
    private static int asks(Front front, String client, String name) {
        byte[] query = MessageTest.query(name + ".example", Type.A, true);
        InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral(client), 5353);
        byte[] response = new byte[MessageWriter.OCTETS_MAX];
        return front.answer(
                query, query.length, response, new Answerer.Path(from, true), (_, _) -> {});
    }

    private static byte[] framed(String name) {
        byte[] query = MessageTest.query(name, Type.A, true);
        byte[] framed = new byte[query.length + 2];
        framed[1] = (byte) query.length;
        System.arraycopy(query, 0, framed, 2, query.length);
        return framed;
    }

    @Test
    void severalQuestionsOverOneConnectionWithTls() throws Exception {
        Tls tls = Tls.selfSigned(folder, "dns.example.com");
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net);
                DnsServer server =
                        server(resolver, new Authority(List.of()), Networks.loopback(), 0);
                Listener listener =
                        Listener.open("dot", ANY, tls, Listener.Limits.DEFAULT, server.overTls());
                Wire wire = Wire.connect(listener.address(), null, Duration.ofSeconds(5))) {
            wire.deadline(Duration.ofSeconds(5), Duration.ofSeconds(5));
            wire.startTls(ClientTls.opportunistic("dns.example.com"));
            wire.write(framed("a.example"));
            wire.write(framed("b.example"));
            wire.flush();
            Set<String> found = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                byte[] head = new byte[2];
                wire.readFully(head, 0, 2);
                byte[] answer = new byte[Rdata.u16(head, 0)];
                wire.readFully(answer, 0, answer.length);
                found.add(address(read(answer, answer.length)));
            }
            assertEquals(Set.of("192.0.2.1", "192.0.2.2"), found);
            // What is no message at all gets no answer, and the next one does.
            wire.write(new byte[] {0, 3, 1, 2, 3});
            wire.write(framed("a.example"));
            wire.flush();
            byte[] head = new byte[2];
            wire.readFully(head, 0, 2);
            assertTrue(Rdata.u16(head, 0) > 12);
        }
    }

    @Test
    void theRateLimitBindsStrangersOnly() throws Exception {
        try (LittleInternet net = internet();
                Resolver resolver = resolver(net);
                Authority zones = new Authority(List.of(own("192.0.2.7")));
                DnsServer ours = server(resolver, zones, Networks.loopback(), 3);
                DnsServer strangers = server(resolver, zones, ELSEWHERE, 3)) {
            assertEquals(40, answered(ours.open(ANY), 40));
            int few = answered(strangers.open(ANY), 40);
            // Three a second at most, in at most two seconds, and every other one truncated.
            assertTrue(few >= 3 && few <= 6, few + " whole answers");
        }
    }

    /// Whole answers to so many questions in a row.
    private static int answered(InetSocketAddress server, int count) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(300);
            byte[] query = MessageTest.query("ns.own.test", Type.A, true);
            int whole = 0;
            for (int i = 0; i < count; i++) {
                socket.send(new DatagramPacket(query, query.length, server));
            }
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                    socket.receive(packet);
                    if (!read(packet.getData(), packet.getLength()).has(Message.TC)) whole++;
                }
            } catch (SocketTimeoutException e) {
                return whole;
            }
        }
    }
}
