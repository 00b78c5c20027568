package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whole zones and their changes from one of our servers to another. RFC 5936, RFC 1995, RFC 1996,
/// RFC 8945.
class TransfersTest {
    private static final Name ZONE = Name.of("example.com");
    private static final TsigKey KEY =
            TsigKey.parse(
                            "transfer.example hmac-sha256 MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
                    .orElseThrow();
    private static final TsigKey OTHER =
            TsigKey.parse(
                            "transfer.example hmac-sha256 ZZEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
                    .orElseThrow();

    private final InstantSource clock = InstantSource.system();
    private final List<Name> notified = new ArrayList<>();
    private boolean keyWanted;
    private Authority authority;

    @BeforeEach
    void open() throws Exception {
        authority =
                Authority.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of());
        Transfers.Policy policy =
                new Transfers.Policy() {
                    @Override
                    public boolean mayTransfer(Name zone, InetAddress client, Name key) {
                        return client.isLoopbackAddress() && (!keyWanted || KEY.name().equals(key));
                    }

                    @Override
                    public boolean notified(Name zone, InetAddress server, Name key) {
                        return notified.add(zone);
                    }
                };
        authority.transfers(new Transfers(List.of(KEY), policy, clock));
    }

    @AfterEach
    void close() {
        authority.close();
    }

    private static Zone version(int serial, String records) {
        String soa = "@ 60 SOA ns1 hostmaster %d 3600 900 604800 60\n@ 60 NS ns1\n";
        return Zone.parse(ZONE, soa.formatted(serial) + "ns1 60 A 192.0.2.1\n" + records);
    }

    private TransferClient client(TsigKey key) {
        return new TransferClient(ZONE, authority.address(), key, clock);
    }

    private static Zone newer(TransferClient.Outcome outcome) {
        return Zone.of(
                ZONE,
                assertInstanceOf(TransferClient.Outcome.Newer.class, outcome, outcome::toString)
                        .records());
    }

    private static void assertSame(Zone expected, Zone actual) {
        assertEquals(ZoneText.write(expected.records()), ZoneText.write(actual.records()));
    }

    private static String names(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++)
            text.append("h").append(i).append(" 60 TXT host").append(i).append('\n');
        return text.toString();
    }

    @Test
    void aWholeZoneComesOverInManyMessagesEachSigned() {
        Zone zone = version(7, names(0, 3000));
        authority.replace(List.of(zone));
        keyWanted = true;
        assertSame(zone, newer(client(KEY).fetch(null)));
    }

    @Test
    void whoHasNoKeyIsRefused() {
        authority.replace(List.of(version(7, "")));
        keyWanted = true;
        var refused =
                assertInstanceOf(TransferClient.Outcome.Failed.class, client(null).fetch(null));
        assertEquals("127.0.0.1 says REFUSED", refused.why());
    }

    @Test
    void aWrongSecretIsRefusedAndNothingIsGiven() {
        authority.replace(List.of(version(7, "")));
        var refused =
                assertInstanceOf(TransferClient.Outcome.Failed.class, client(OTHER).fetch(null));
        assertEquals("127.0.0.1 says RCODE9", refused.why());
    }

    @Test
    void onlyWhatChangedComesOver() {
        Zone first = version(1, names(0, 500));
        Zone second = version(2, names(1, 501));
        Zone third = version(3, names(2, 502) + "h7 60 TXT again\n");
        authority.replace(List.of(first));
        authority.replace(List.of(second));
        authority.replace(List.of(third));
        assertSame(third, newer(client(KEY).fetch(first)));
        assertSame(third, newer(client(null).fetch(second)));
        assertInstanceOf(TransferClient.Outcome.UpToDate.class, client(KEY).fetch(third));
    }

    @Test
    void aVersionThatIsNotKnownAnyMoreGetsTheWholeZone() {
        Zone now = version(9, names(0, 20));
        authority.replace(List.of(now));
        assertSame(now, newer(client(null).fetch(version(3, "old 60 TXT old\n"))));
    }

    @Test
    void aSignedZoneKeepsItsSignaturesOnTheWay() {
        SigningKey key = SigningKey.generate(SigningKey.ED25519);
        Instant now = Instant.now();
        Zone plain = version(5, names(0, 40));
        ZoneSigner signer = new ZoneSigner(List.of(key)).valid(now, now.plus(Duration.ofDays(14)));
        Zone signed =
                Zone.of(ZONE, signer.sign(ZONE, plain.records(), new ZoneSigner.Chain.Nsec()));
        authority.replace(List.of(signed));
        assertSame(signed, newer(client(KEY).fetch(null)));

        Zone changed = version(6, names(0, 40) + "new 60 TXT new\n");
        ZoneSigner again =
                new ZoneSigner(List.of(key))
                        .valid(now, now.plus(Duration.ofDays(14)))
                        .reuse(signed, now.plus(Duration.ofDays(7)));
        Zone next = Zone.of(ZONE, again.sign(ZONE, changed.records(), new ZoneSigner.Chain.Nsec()));
        // SOA, the new name with its NSEC, the NSEC before it, and their signatures.
        ZoneDiff diff = ZoneDiff.between(signed, next);
        assertTrue(diff.size() <= 12, "a small change stays small: " + diff.size());
        authority.replace(List.of(next));
        assertSame(next, newer(client(KEY).fetch(signed)));
    }

    @Test
    void notifyIsHeardAndAnswered() {
        Zone zone = version(7, "");
        authority.replace(List.of(zone));
        assertTrue(client(KEY).tell(zone));
        assertTrue(client(null).tell(zone));
        assertEquals(List.of(ZONE, ZONE), notified);
    }

    @Test
    void transfersDoNotGoOverUdp() {
        authority.replace(List.of(version(7, "")));
        MessageWriter query = new MessageWriter();
        query.begin(5, 0, 512).question(new Question(ZONE, Type.AXFR));
        byte[] response = new byte[65_535];
        int octets =
                authority.answer(
                        query.octets(),
                        query.length(),
                        response,
                        new Answerer.Path(authority.address(), true),
                        (_, _) -> {});
        assertEquals(Rcode.REFUSED, response[3] & 15);
        assertTrue(octets < 100);
    }

    /// Random changed octets of signed requests: nothing throws, and no changed request is obeyed.
    @Test
    void aRequestChangedOnTheWayIsNotObeyed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        authority.replace(List.of(version(7, "")));
        MessageWriter query = new MessageWriter();
        query.begin(5, 0, 512).question(new Question(ZONE, Type.SOA));
        byte[] good = query.octets().clone();
        int length = new Tsig(KEY).sign(good, query.length(), clock.instant());
        byte[] response = new byte[65_535];
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = java.util.Arrays.copyOf(good, length);
            bad[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
            int octets =
                    authority.answer(
                            bad,
                            bad.length,
                            response,
                            new Answerer.Path(authority.address(), true),
                            (_, _) -> {});
            assertTrue(octets >= 0);
            boolean obeyed =
                    Tsig.request(bad, bad.length, Map.of(KEY.name(), KEY), clock.instant())
                            instanceof Tsig.Request.Good;
            // The id of the message is not what is signed, its original id is; the case of names
            // and the class and TTL of the record do not count.
            if (obeyed)
                assertFalse(differsWhereItCounts(good, bad, query.length()), "seed " + seed);
        }
    }

    private static boolean differsWhereItCounts(byte[] good, byte[] bad, int end) {
        for (int i = 2; i < end; i++) if (i != 11 && good[i] != bad[i]) return true;
        return false;
    }
}
