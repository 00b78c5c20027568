package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A million answers, each changed a little, go where answers from the network go: nothing throws
/// and nothing runs for ever. `-Dfuzz.packets=10000000` for more, `-Dfuzz.seed=N` to see one again.
class FuzzTest {
    private static final int PACKETS = Integer.getInteger("fuzz.packets", 1_000_000);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    private static final Name ORIGIN = Name.of("example.com");

    /// What else a zone may hold: a record of each type.
    private static final String TYPES =
            """
            t HINFO "cpu" "os"
            t MINFO a b
            t RP a b
            t AFSDB 1 a
            t NAPTR 100 50 "s" "http+N2L" "" www
            t KX 1 a
            t CERT 1 2 8 AQID
            t SSHFP 4 2 0123456789abcdef
            t CSYNC 66 3 A NS AAAA
            t CDS 60485 5 1 2bb183af
            t CDNSKEY 256 3 5 AQPS
            t OPENPGPKEY AQIDBA==
            t SMIMEA 3 1 1 0123456789abcdef
            t SVCB 1 a mandatory=alpn alpn=h2 key667="hello"
            t HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1
            t EUI48 00-00-5e-00-53-2a
            t URI 10 1 "ftp://ftp.example.com/public"
            t CAA 0 issue "ca.example.net"
            t TYPE65280 \\# 4 01020304
            t ZONEMD 2018031900 1 1 616c6c6f
            """;

    private final Random random = new Random(SEED);
    private final List<byte[]> corpus = corpus();
    private final MessageWriter writer = new MessageWriter();
    private final MessageWriter again = new MessageWriter();
    private final byte[] response = new byte[MessageWriter.OCTETS_MAX];
    private int packets;

    /// Every kind of true answer: positive, alias, wildcard, referral, both denials, truncated,
    /// plain and signed; with and without EDNS; whole over TCP.
    private static List<byte[]> corpus() {
        List<RRset> records = LittleInternet.records(Zones.EXAMPLE + TYPES, ORIGIN);
        List<byte[]> corpus = new ArrayList<>();
        byte[] salt = {1, 2};
        List<ZoneSigner.Chain> chains = new ArrayList<>();
        chains.add(null);
        chains.add(new ZoneSigner.Chain.Nsec());
        chains.add(new ZoneSigner.Chain.Nsec3(1, salt, true));
        for (ZoneSigner.Chain chain : chains) {
            List<RRset> sets = records;
            if (chain != null) {
                ZoneSigner signer = ZoneSigner.generate(Signatures.ECDSAP256);
                signer.valid(Instant.ofEpochSecond(0), Instant.ofEpochSecond(1 << 30));
                sets = signer.sign(ORIGIN, new ArrayList<>(records), chain);
            }
            Authority authority = new Authority(List.of(Zone.of(ORIGIN, sets)));
            TreeSet<Integer> types = new TreeSet<>(List.of(Type.ANY, Type.DS, Type.AAAA));
            for (RRset set : records) types.add(set.type());
            List<String> names = new ArrayList<>(List.of(Zones.NAMES));
            names.add("t.example.com");
            names.add("ent.example.com");
            for (String name : names) {
                for (int type : types) {
                    if (!name.startsWith("t.") && type > Type.SRV && type != Type.ANY) continue;
                    byte[] query = MessageTest.query(name, type, chain != null);
                    corpus.add(query);
                    corpus.add(answer(authority, query, true));
                    if (name.startsWith("big")) corpus.add(answer(authority, query, false));
                }
            }
        }
        return corpus;
    }

    private static byte[] answer(Authority authority, byte[] query, boolean udp) {
        byte[] out = new byte[MessageWriter.OCTETS_MAX];
        Answerer.Path path = new Answerer.Path(null, udp);
        return Arrays.copyOf(out, authority.answer(query, query.length, out, path, null));
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nothingThatComesInThrowsOrRunsForEver() {
        System.out.println("FuzzTest seed " + SEED + ", " + corpus.size() + " true answers");
        Authority authority =
                new Authority(List.of(Zone.parse(ORIGIN, Zones.EXAMPLE.replace("big ", "b "))));
        int readable = 0;
        for (; packets < PACKETS; packets++) {
            byte[] packet = changed(corpus.get(random.nextInt(corpus.size())));
            try {
                if (taken(packet, authority)) readable++;
            } catch (RuntimeException | AssertionError e) {
                String hex = java.util.HexFormat.of().formatHex(packet);
                throw new AssertionError("seed " + SEED + ", packet " + packets + ": " + hex, e);
            }
        }
        // Changes that nothing survives would prove nothing.
        assertTrue(readable > PACKETS / 10, readable + " of " + PACKETS + " were readable");
    }

    /// One to four changes, as bad links, bad programs and bad people make them.
    private byte[] changed(byte[] original) {
        byte[] packet = original.clone();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            int at = random.nextInt(packet.length);
            switch (random.nextInt(9)) {
                case 0 -> packet[at] = (byte) random.nextInt();
                case 1 -> packet[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> packet[at] = (byte) (random.nextBoolean() ? 0 : 0xff);
                case 3 -> {
                    packet[at] = (byte) (0xc0 | random.nextInt(2));
                    if (at + 1 < packet.length) packet[at + 1] = (byte) random.nextInt();
                }
                case 4 -> packet = Arrays.copyOf(packet, Math.max(1, at));
                case 5 -> packet = Arrays.copyOf(packet, packet.length + random.nextInt(40));
                case 6 -> {
                    // The counts of the header.
                    int count = 4 + random.nextInt(8);
                    if (count < packet.length) packet[count] = (byte) random.nextInt(4);
                }
                case 7 -> {
                    // A piece moved to another place.
                    int to = random.nextInt(packet.length);
                    int octets = random.nextInt(1 + Math.min(64, packet.length - Math.max(at, to)));
                    System.arraycopy(packet, at, packet, to, octets);
                }
                default -> {
                    // The end of another message.
                    byte[] other = corpus.get(random.nextInt(corpus.size()));
                    if (at < other.length) {
                        packet = Arrays.copyOf(packet, other.length);
                        System.arraycopy(other, at, packet, at, other.length - at);
                    }
                }
            }
        }
        return packet;
    }

    /// All that happens to a message before it is believed. True when it could be read at all.
    private boolean taken(byte[] packet, Authority authority) {
        Answerer.Path path = new Answerer.Path(null, true);
        int length = authority.answer(packet, packet.length, response, path, null);
        if (length > 0) assertInstanceOf(Message.class, Message.read(response, length));
        if (!(Message.read(packet, packet.length) instanceof Message message)) return false;
        rewritten(message);
        if (message.question() != null) sifted(message, ORIGIN);
        if (packets % 8 == 0) shown(message);
        return true;
    }

    /// What the resolver takes from it lies in the zone asked, and its proofs can be judged.
    private void sifted(Message message, Name zone) {
        Delegation asked = new Delegation(zone, false, 3600);
        Question question = message.question();
        Sift sift = Sift.of(message, question, asked, 53, true);
        if (sift instanceof Sift.Referral(var child, _)) {
            assertTrue(child.zone.isUnder(zone) && question.name().isUnder(child.zone));
        }
        if (!(sift instanceof Sift.Told(var link, var more))) return;
        assertEquals(question.name(), link.question.name());
        judged(link);
        for (Link each : more) judged(each);
    }

    private static void judged(Link link) {
        assertTrue(link.octets() > 0);
        Work work = new Work(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
        Name name = link.question.name();
        try {
            DenialProof proof = DenialProof.of(ORIGIN, link.authority, work);
            if (proof == null) return;
            proof.noName(name);
            proof.noData(name, link.question.type());
            if (name.isUnder(ORIGIN) && !name.equals(ORIGIN)) {
                proof.wildcardUsed(name, ORIGIN.labels());
            }
        } catch (Misread | Trouble e) {
            // Bogus, or too much work: both are answers of the validator.
            assertTrue(e.getMessage() != null);
        }
    }

    /// What was read can be written, and reads the same.
    private void rewritten(Message message) {
        writer.begin(message.id(), message.flags(), MessageWriter.OCTETS_MAX);
        if (message.question() != null) writer.question(message.question());
        int written = 0;
        for (RRset set : message.answer()) if (writer.rrset(1, set, true)) written++;
        if (written < message.answer().size()) return;
        Message read =
                assertInstanceOf(Message.class, Message.read(writer.octets(), writer.length()));
        again.begin(read.id(), read.flags(), MessageWriter.OCTETS_MAX);
        if (read.question() != null) again.question(read.question());
        for (RRset set : read.answer()) assertTrue(again.rrset(1, set, true));
        int differs =
                Arrays.mismatch(
                        writer.octets(), 0, writer.length(), again.octets(), 0, again.length());
        assertEquals(-1, differs);
    }

    /// As text for a person, and from the text again.
    private static void shown(Message message) {
        for (List<RRset> section :
                List.of(message.answer(), message.authority(), message.additional())) {
            for (RRset set : section) {
                for (byte[] rdata : set.rdata()) {
                    // Types that only questions and transactions have stand in no zone file.
                    if (set.type() == 0 || set.type() > 248 && set.type() < 256) continue;
                    String line = "x 1 IN " + Type.name(set.type()) + " ";
                    String text = line + RdataText.write(set.type(), rdata) + "\n";
                    RRset back = LittleInternet.records(text, ORIGIN).getFirst();
                    assertArrayEquals(rdata, back.rdata().getFirst(), text);
                }
            }
        }
    }
}
