package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {
    private static final Zone ZONE = Zone.parse(Name.of("example.com"), Zones.EXAMPLE);

    static byte[] query(String name, int type, boolean edns) {
        MessageWriter out = new MessageWriter(new byte[512]);
        out.begin(0x1234, Message.RD, 512);
        out.question(new Question(Name.of(name), type));
        if (edns) out.opt(new Edns(true));
        return out.copy();
    }

    @Test
    void namesAreCompressedAndReadBack() {
        byte[] answer = ServerFrom.answer(query("example.com", Type.MX, true), ZONE);
        Message message = assertInstanceOf(Message.class, Message.read(answer, answer.length));
        assertEquals(2, message.answer().getFirst().rdata().size());
        assertEquals("example.com.", message.answer().getFirst().owner().toString());
        String text = new String(answer, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertEquals(text.indexOf("example"), text.lastIndexOf("example"));
        assertTrue(message.has(Message.AA));
        assertTrue(message.edns() != null);
    }

    @Test
    void whatDoesNotFitIsTakenBack() {
        RRset big = new RRset(Name.of("a.b"), Type.TXT, 1, List.of(new byte[300]));
        RRset small = new RRset(Name.of("c.b"), Type.A, 1, List.of(new byte[4]));
        MessageWriter out = new MessageWriter(new byte[512]);
        out.begin(1, 0, 200);
        out.question(new Question(Name.of("q.b"), Type.A));
        assertFalse(out.rrset(1, big, false));
        assertTrue(out.rrset(1, small, false));
        Message message = assertInstanceOf(Message.class, Message.read(out.octets(), out.length()));
        assertEquals(
                List.of("c.b. 1 IN A x1"), message.answer().stream().map(RRset::toString).toList());
    }

    /// Header, then what is wrong.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0001",
                "000181800002000000000000000001000100000100010000",
                // a pointer to itself, a pointer forward, a chain of two that point at each other
                "000181800001000000000000c00c00010001",
                "000181800001000000000000c02000010001",
                "00018180000100000000000001 61c00e00010001",
                // a label type of the future, a label beyond the end
                "0001818000010000000000004000010001",
                "0001818000010000000000003f61",
                // an answer without octets
                "00018180000100010000000000 00010001",
                // RDATA of A with three octets
                "000181800001000100000000 0000010001 00 0001 0001 00000000 0003 010203",
                // MX whose name runs out of its RDATA
                "000181800001000100000000 00000f0001 00 000f 0001 00000000 0004 000a 0161 00"
            })
    void malformedMessagesAreValues(String hex) {
        byte[] octets = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertInstanceOf(Reading.Unreadable.class, Message.read(octets, octets.length));
    }

    @Test
    void aLongChainOfPointersEnds() {
        byte[] octets = new byte[65_535];
        octets[5] = 1;
        // Each pointer leads two octets back; the last to a root label.
        for (int i = 14; i + 1 < 16_384; i += 2) {
            octets[i] = (byte) (0xc0 | i - 2 >> 8);
            octets[i + 1] = (byte) (i - 2);
        }
        assertInstanceOf(Message.class, Message.read(octets, octets.length));
    }

    /// Nothing that comes in ever throws, whatever it is.
    @Test
    void mutatedPacketsNeverThrow() {
        long seed = System.nanoTime();
        System.out.println("MessageTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> corpus = new ArrayList<>();
        for (String name : Zones.NAMES) {
            for (int type : new int[] {Type.A, Type.MX, Type.TXT, Type.SOA, Type.ANY, Type.SRV}) {
                byte[] query = query(name, type, true);
                corpus.add(query);
                corpus.add(ServerFrom.answer(query, ZONE));
            }
        }
        Authority authority = new Authority(List.of(ZONE));
        byte[] response = new byte[65_535];
        for (int i = 0; i < 100_000; i++) {
            byte[] packet = corpus.get(random.nextInt(corpus.size())).clone();
            int changes = 1 + random.nextInt(4);
            for (int c = 0; c < changes; c++) {
                int at = random.nextInt(packet.length);
                switch (random.nextInt(4)) {
                    case 0 -> packet[at] = (byte) random.nextInt();
                    case 1 -> packet[at] ^= (byte) (1 << random.nextInt(8));
                    case 2 -> packet[at] = (byte) (0xc0 | random.nextInt(2));
                    default -> packet = Arrays.copyOf(packet, Math.max(1, at));
                }
            }
            if (Message.read(packet, packet.length) instanceof Message message) {
                rewritten(message);
            }
            int length =
                    authority.answer(
                            packet, packet.length, response, new Answerer.Path(null, true), null);
            if (length > 0) {
                assertInstanceOf(Message.class, Message.read(response, length));
            }
        }
    }

    /// What was read can be written and read again to the same.
    private static void rewritten(Message message) {
        MessageWriter out = new MessageWriter();
        out.begin(message.id(), message.flags(), MessageWriter.OCTETS_MAX);
        if (message.question() != null) out.question(message.question());
        for (RRset set : message.answer()) assertTrue(out.rrset(1, set, true));
        Message again = assertInstanceOf(Message.class, Message.read(out.octets(), out.length()));
        assertEquals(message.answer().toString(), again.answer().toString());
        for (int i = 0; i < message.answer().size(); i++) {
            List<byte[]> one = message.answer().get(i).rdata();
            List<byte[]> two = again.answer().get(i).rdata();
            for (int j = 0; j < one.size(); j++) assertTrue(Arrays.equals(one.get(j), two.get(j)));
        }
    }
}
