package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Questions as HTTPS brings them. RFC 8484.
class DnsOverHttpsTest {
    private static final InetSocketAddress FRIEND =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 4711);
    private static final InetSocketAddress STRANGER =
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.99"), 4711);

    /// The question of RFC 8484 §4.1.1 for the A records of www.example.com.
    private static final String EXAMPLE = "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB";

    private LittleInternet net;
    private Resolver resolver;
    private Authority zones;
    private DnsServer server;
    private DnsOverHttps door;

    @BeforeEach
    void open() throws IOException {
        net =
                new LittleInternet()
                        .zone(
                                ".",
                                "127.0.0.2",
                                "www.example.com. 128 A 192.0.2.1\n"
                                        + "a.example.com. 70 CNAME www.example.com.\n")
                        .start();
        resolver = new Resolver(new ResolverSettings(net.recursion.settings, null, true));
        zones = new Authority(List.of());
        server =
                new DnsServer(
                        resolver, zones, new DnsServer.Settings(Networks.loopback(), 1, true));
        server.publish(
                List.of(
                        Zone.parse(
                                Name.of("own.test"),
                                "@ 300 SOA ns host 1 7200 3600 1209600 60\n@ 300 NS ns\n"
                                        + "ns 300 A 192.0.2.7")));
        door = server.overHttps();
    }

    @AfterEach
    void close() {
        server.close();
        zones.close();
        resolver.close();
        net.close();
    }

    private static Message read(DnsOverHttps.Response response) {
        byte[] octets = assertInstanceOf(DnsOverHttps.Response.Answer.class, response).message();
        return assertInstanceOf(Message.class, Message.read(octets, octets.length));
    }

    private static int maxAge(DnsOverHttps.Response response) {
        return assertInstanceOf(DnsOverHttps.Response.Answer.class, response).maxAge();
    }

    private static int status(DnsOverHttps.Response response) {
        return assertInstanceOf(DnsOverHttps.Response.Refused.class, response).status();
    }

    private DnsOverHttps.Response post(String name, int type, InetSocketAddress client) {
        return door.post(DnsOverHttps.MEDIA_TYPE, MessageTest.query(name, type, true), client);
    }

    @Test
    void theExampleOfTheRfcByGetAndByPost() {
        DnsOverHttps.Response first = door.get(EXAMPLE, FRIEND);
        assertEquals("192.0.2.1", address(read(first)));
        assertEquals(128, maxAge(first));
        assertEquals(0, read(first).id());
        // From the table of finished answers the same, a moment later.
        byte[] body = Base64.getUrlDecoder().decode(EXAMPLE);
        DnsOverHttps.Response second = door.post("Application/DNS-Message; x=y", body, FRIEND);
        assertEquals("192.0.2.1", address(read(second)));
        assertTrue(maxAge(second) <= 128);
    }

    private static String address(Message message) {
        RRset last = message.answer().getLast();
        return ZoneText.rdata(last.type(), last.rdata().getFirst());
    }

    @Test
    void theShortestTtlOfAnAliasAndItsEndCounts() {
        assertEquals(70, maxAge(post("a.example.com", Type.A, FRIEND)));
    }

    @Test
    void aNegativeAnswerIsKeptAsLongAsItsSoaSays() {
        DnsOverHttps.Response none = post("none.own.test", Type.A, FRIEND);
        assertEquals(Rcode.NXDOMAIN, read(none).rcode());
        assertEquals(60, maxAge(none));
        DnsOverHttps.Response noData = post("ns.own.test", Type.MX, FRIEND);
        assertEquals(Rcode.NOERROR, read(noData).rcode());
        assertEquals(60, maxAge(noData));
    }

    @Test
    void strangersHearOfOurZonesOnlyAndNoRateLimitOfUdpBindsThem() {
        for (int i = 0; i < 20; i++) {
            assertEquals("192.0.2.7", address(read(post("ns.own.test", Type.A, STRANGER))));
        }
        DnsOverHttps.Response refused = post("www.example.com", Type.A, STRANGER);
        assertEquals(Rcode.REFUSED, read(refused).rcode());
        assertEquals(0, maxAge(refused));
    }

    @Test
    void transfersAndNotifiesAreNotImplemented() {
        assertEquals(Rcode.NOTIMP, read(post("own.test", Type.AXFR, FRIEND)).rcode());
        assertEquals(Rcode.NOTIMP, read(post("own.test", Type.IXFR, FRIEND)).rcode());
        byte[] notify = MessageTest.query("own.test", Type.SOA, false);
        notify[2] |= 4 << 3;
        DnsOverHttps.Response answer = door.post(DnsOverHttps.MEDIA_TYPE, notify, FRIEND);
        assertEquals(Rcode.NOTIMP, read(answer).rcode());
    }

    @Test
    void aBrokenQuestionGetsFormerr() {
        byte[] cut = Arrays.copyOf(MessageTest.query("own.test", Type.SOA, false), 17);
        DnsOverHttps.Response answer = door.post(DnsOverHttps.MEDIA_TYPE, cut, FRIEND);
        assertEquals(Rcode.FORMERR, read(answer).rcode());
    }

    @ParameterizedTest
    @CsvSource({"400,", "400,''", "400,AAAB", "400,???", "400,AAABAAABAAAAAAAAA3d3dwdleGF+"})
    void whatIsNoQuestionIsRefused(int status, String dns) {
        assertEquals(status, status(door.get(dns, FRIEND)));
    }

    @Test
    void bodiesOfAnotherTypeOrTooLongAreRefused() {
        byte[] body = MessageTest.query("own.test", Type.SOA, false);
        assertEquals(415, status(door.post("application/json", body, FRIEND)));
        assertEquals(415, status(door.post(null, body, FRIEND)));
        body = Arrays.copyOf(body, DnsOverHttps.BODY_OCTETS_MAX + 1);
        assertEquals(413, status(door.post(DnsOverHttps.MEDIA_TYPE, body, FRIEND)));
        assertEquals(414, status(door.get("A".repeat(10_000), FRIEND)));
        byte[] answer = MessageTest.query("own.test", Type.SOA, false);
        answer[2] |= (byte) 0x80;
        assertEquals(400, status(door.post(DnsOverHttps.MEDIA_TYPE, answer, FRIEND)));
    }
}
