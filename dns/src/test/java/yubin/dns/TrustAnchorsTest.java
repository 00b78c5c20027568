package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The life of trust anchors, day by day. RFC 5011
class TrustAnchorsTest {
    private static final Name ZONE = Name.of("example");
    private static final long DAY = 86_400;
    private static final SigningKey A = SigningKey.generate(Signatures.ECDSAP256);
    private static final SigningKey B = SigningKey.generate(Signatures.ECDSAP256);
    private static final SigningKey C = SigningKey.generate(Signatures.ED25519);

    @TempDir Path folder;
    private Path file;
    private TrustAnchors anchors;
    private long day;

    @BeforeEach
    void begin() throws IOException {
        file = folder.resolve("dns/trust-anchors");
        anchors = anchoredAt(A);
    }

    private TrustAnchors anchoredAt(SigningKey key) throws IOException {
        RRset ds = new RRset(ZONE, Type.DS, 3600, List.of(key.ds(ZONE)));
        return new TrustAnchors(file, List.of(ds), false);
    }

    private static RRset keys(List<SigningKey> shown, SigningKey... signers) {
        List<byte[]> rdata = shown.stream().map(SigningKey::dnskey).toList();
        RRset set = new RRset(ZONE, Type.DNSKEY, 3600, rdata);
        return new ZoneSigner(List.of(signers))
                .valid(Instant.ofEpochSecond(0), Instant.ofEpochSecond(1000 * DAY))
                .signed(ZONE, set);
    }

    /// Looks at the zone on a day: these keys, signed by them all.
    private boolean sees(long when, SigningKey... shown) throws IOException {
        return sees(when, keys(List.of(shown), shown));
    }

    private boolean sees(long when, RRset set) throws IOException {
        day = when;
        return anchors.look(ZONE, set, 1 + when * DAY).believed();
    }

    /// The keys that are believed, by letter.
    private String believed() {
        TreeSet<String> letters = new TreeSet<>();
        for (RRset set : anchors.trusted().getOrDefault(ZONE, List.of())) {
            for (byte[] each : set.rdata()) {
                int tag = set.type() == Type.DS ? Rdata.u16(each, 0) : Signatures.tag(each);
                letters.add(tag == A.tag() ? "A" : tag == B.tag() ? "B" : "C");
            }
        }
        return String.join("", letters);
    }

    @Test
    void aNewKeyIsBelievedAfterThirtyDays() throws IOException {
        assertEquals("A", believed());
        assertTrue(sees(1, A));
        assertTrue(sees(2, A, B));
        assertEquals("A", believed());
        assertTrue(sees(31, A, B));
        assertEquals("A", believed(), "29 days");
        assertTrue(sees(32, A, B));
        assertEquals("AB", believed());
        // The old one revokes itself, and the new one carries on alone.
        assertTrue(sees(40, A.revoked(), B));
        assertEquals("B", believed());
        assertTrue(sees(70, B));
        assertEquals("B", believed());
        assertFalse(sees(71, A), "it is believed again");
    }

    @Test
    void aNewKeyThatGoesAwayBeginsAnew() throws IOException {
        sees(1, A);
        sees(2, A, B);
        sees(20, A);
        sees(21, A, B);
        sees(40, A, B);
        assertEquals("A", believed());
        sees(51, A, B);
        assertEquals("AB", believed());
    }

    @Test
    void aNewKeyCountsOnlyWhenABelievedOneSigned() throws IOException {
        sees(1, A);
        assertFalse(sees(2, keys(List.of(A, B), B)), "B vouches for itself");
        assertFalse(sees(40, keys(List.of(A, B), B)));
        assertEquals("A", believed());
        // An attacker who has no key cannot make the time pass either.
        sees(41, A, B);
        assertFalse(sees(72, keys(List.of(A, B), B)));
        assertEquals("A", believed());
        assertTrue(sees(73, A, B));
        assertEquals("AB", believed());
    }

    @Test
    void aKeyThatIsMissingStaysBelieved() throws IOException {
        sees(1, A, B);
        sees(31, A, B);
        assertEquals("AB", believed());
        assertTrue(sees(32, keys(List.of(A), A)));
        assertTrue(sees(200, keys(List.of(A), A)));
        assertEquals("AB", believed());
        assertTrue(sees(201, keys(List.of(B), B)));
        assertEquals("AB", believed());
    }

    @Test
    void revocationNeedsTheKeysOwnSignature() throws IOException {
        sees(1, A, B);
        sees(31, A, B);
        assertTrue(sees(32, keys(List.of(A.revoked(), B), B)));
        assertEquals("AB", believed(), "B said that A is revoked");
        assertTrue(sees(33, keys(List.of(A.revoked(), B), A.revoked(), B)));
        assertEquals("B", believed());
    }

    @Test
    void aStrangersRevocationIsNothing() throws IOException {
        assertTrue(sees(1, keys(List.of(A, C.revoked()), A, C.revoked())));
        assertEquals("A", believed());
        assertTrue(sees(2, A, C));
        assertTrue(sees(32, A, C));
        assertEquals("AC", believed());
    }

    @Test
    void whenAllAreRevokedTheZoneHasNoAnchor() throws IOException {
        sees(1, A);
        assertFalse(sees(2, keys(List.of(A.revoked()), A.revoked())));
        assertEquals("", believed());
        assertEquals(Map.of(), anchors.trusted());
        assertFalse(sees(3, A));
        assertEquals("", believed());
        // Also over a restart.
        anchors = anchoredAt(A);
        assertEquals("", believed());
    }

    @Test
    void expiredSignaturesProveNothing() throws IOException {
        sees(1, A);
        assertFalse(sees(1001, A, B));
        assertFalse(sees(1100, A, B));
        assertEquals("A", believed());
    }

    @Test
    void whatIsKnownOutlivesARestartAndOtherAnchorsBeginAnew() throws IOException {
        sees(1, A, B);
        anchors = anchoredAt(A);
        sees(31, A, B);
        anchors = anchoredAt(A);
        assertEquals("AB", believed());
        sees(32, A.revoked(), B);
        anchors = anchoredAt(A);
        assertEquals("B", believed());
        anchors = anchoredAt(C);
        assertEquals("C", believed());
    }

    @Test
    void manyKeysAreNotAllRemembered() throws IOException {
        List<SigningKey> many = new ArrayList<>(List.of(A));
        for (int i = 0; i < 100; i++) many.add(SigningKey.generate(Signatures.ED25519));
        assertTrue(sees(1, keys(many, A)));
        try (Stream<String> lines = Files.lines(file)) {
            assertEquals(33, lines.count());
        }
    }

    @Test
    void aDamagedFileIsRefusedWithItsLine() throws IOException {
        sees(1, A);
        String good = Files.readString(file);
        for (String bad : List.of("", "x\n", good + "valid\n", good + "valid x . DNSKEY 1\n")) {
            Files.writeString(file, bad);
            IOException e = assertThrows(IOException.class, () -> anchoredAt(A));
            assertTrue(e.getMessage().contains("trust-anchors, line "), e.getMessage());
        }
    }

    @Test
    void theNextLookIsBetweenAnHourAndFifteenDays() throws IOException {
        RRset set = keys(List.of(A), A);
        assertEquals(3600, anchors.look(ZONE, set, 1).nextSeconds());
        RRset slow =
                new ZoneSigner(List.of(A))
                        .valid(Instant.ofEpochSecond(0), Instant.ofEpochSecond(1000 * DAY))
                        .signed(ZONE, set.withTtl(60 * 86_400));
        assertEquals(15 * DAY, anchors.look(ZONE, slow, 1).nextSeconds());
        assertEquals(DAY, anchors.look(Name.of("other"), slow, 1).nextSeconds());
    }

    /// The whole way: a resolver over a zone that changes its keys.
    @Test
    void aResolverFollowsTheRootThroughARoll() throws Exception {
        AtomicReference<List<SigningKey>> shown = new AtomicReference<>(List.of(A));
        try (LittleInternet net =
                new LittleInternet().zone(".", "127.0.0.2", "www.test. A 192.0.2.1\n")) {
            net.behave((address, query, path) -> List.of(rolled(net, shown.get(), query)));
            net.start();
            RRset ds = new RRset(Name.ROOT, Type.DS, 3600, List.of(A.ds(Name.ROOT)));
            RecursionSettings settings =
                    net.recursion
                            .settings
                            .change()
                            .anchors(List.of(ds))
                            .anchorsFile(file)
                            .oldAlgorithms(false)
                            .build();
            try (Resolver resolver = new Resolver(new ResolverSettings(settings, null, false))) {
                assertEquals(3600, resolver.followAnchors().toSeconds());
                assertTrue(isSecure(resolver));
                shown.set(List.of(A, B));
                net.second.addAndGet(DAY);
                resolver.followAnchors();
                net.second.addAndGet(31 * DAY);
                resolver.followAnchors();
                shown.set(List.of(A.revoked(), B));
                net.second.addAndGet(DAY);
                resolver.followAnchors();
                resolver.flush();
                assertTrue(isSecure(resolver), "B is believed");
                shown.set(List.of(B));
                net.second.addAndGet(DAY);
                resolver.flush();
                assertTrue(isSecure(resolver), "B alone");
                shown.set(List.of(A));
                resolver.flush();
                assertFalse(isSecure(resolver), "A, which was revoked");
            }
            // A new start knows it still.
            try (Resolver resolver = new Resolver(new ResolverSettings(settings, null, false))) {
                shown.set(List.of(B));
                assertTrue(isSecure(resolver));
            }
        }
    }

    private static boolean isSecure(Resolver resolver) {
        return resolver.rrset(Name.of("www.test"), Type.A) instanceof Lookup.Answer<RRset> answer
                && answer.secure();
    }

    /// The answer of a root with these keys, of which the revoked ones sign the keys only.
    private static byte[] rolled(LittleInternet net, List<SigningKey> keys, byte[] query) {
        Message asked = (Message) Message.read(query, query.length);
        Question question = asked.question();
        List<byte[]> rdata = keys.stream().map(SigningKey::dnskey).toList();
        RRset dnskey = new RRset(Name.ROOT, Type.DNSKEY, 3600, rdata);
        RRset www = LittleInternet.records("www.test. 3600 A 192.0.2.1\n", Name.ROOT).getFirst();
        RRset set = question.type() == Type.DNSKEY ? dnskey : www;
        List<SigningKey> signers = new ArrayList<>(keys);
        if (set == www) signers.removeIf(key -> (key.dnskey()[1] & 0x80) != 0);
        Instant now = Instant.ofEpochSecond(net.second.get());
        RRset signed =
                new ZoneSigner(signers)
                        .valid(now.minusSeconds(DAY), now.plusSeconds(60 * DAY))
                        .signed(Name.ROOT, set);
        MessageWriter out = new MessageWriter();
        out.begin(asked.id(), Message.QR | Message.AA, 65_535);
        out.question(question);
        out.rrset(1, signed, true);
        out.opt(new Edns(true));
        return out.copy();
    }
}
