package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerTableTest {
    private static final Zone ZONE = Zone.parse(Name.of("example.com"), Zones.EXAMPLE);
    private static final Answerer.Path UDP = new Answerer.Path(null, true);

    /// The slow path judges the fast one: same octets for any query, asked twice in any case.
    @Test
    void theTableSaysWhatTheAuthoritySays() {
        long seed = System.nanoTime();
        System.out.println("AnswerTableTest seed " + seed);
        Random random = new Random(seed);
        Authority fast = new Authority(List.of(ZONE));
        byte[] one = new byte[65_535];
        byte[] two = new byte[65_535];
        int[] types = {Type.A, Type.MX, Type.TXT, Type.SOA, Type.NS, Type.AAAA};
        for (int i = 0; i < 10_000; i++) {
            String name = Zones.NAMES[random.nextInt(Zones.NAMES.length)];
            byte[] query =
                    MessageTest.query(
                            mixed(name, random),
                            types[random.nextInt(types.length)],
                            random.nextBoolean());
            query[0] = (byte) random.nextInt();
            query[2] = (byte) (random.nextInt() & 1);
            query[3] = (byte) (random.nextInt() & 0x30);
            if (random.nextInt(4) == 0)
                query[random.nextInt(query.length)] ^= (byte) (1 << random.nextInt(8));
            boolean udp = random.nextBoolean();
            Answerer.Path path = new Answerer.Path(null, udp);
            int quick = fast.answer(query, query.length, one, path, null);
            byte[] slow = slow(query, path, two);
            // The target that a DNAME makes keeps the case of the first who asked.
            byte[] told = Arrays.copyOf(one, quick);
            assertArrayEquals(lower(slow), lower(told), () -> Arrays.toString(query));
        }
    }

    private static byte[] lower(byte[] octets) {
        for (int i = 0; i < octets.length; i++) octets[i] = Name.lower(octets[i]);
        return octets;
    }

    private static byte[] slow(byte[] query, Answerer.Path path, byte[] buffer) {
        int length = new Authority(List.of(ZONE)).answer(query, query.length, buffer, path, null);
        return Arrays.copyOf(buffer, length);
    }

    private static String mixed(String name, Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            out.append(random.nextBoolean() ? Character.toUpperCase(c) : c);
        }
        return out.toString();
    }

    @Test
    void timesAreCountedDownAndEnd() {
        AnswerTable table = new AnswerTable(64, 1 << 20);
        byte[] query = MessageTest.query("example.com", Type.MX, true);
        byte[] answer = ServerFrom.answer(query, ZONE);
        table.put(query, query.length, answer, answer.length, 1000, 300);
        byte[] out = new byte[65_535];
        int octets = table.answer(query, query.length, out, true, 1100);
        Message message = assertInstanceOf(Message.class, Message.read(out, octets));
        assertEquals(3500, message.answer().getFirst().ttl());
        assertEquals(3500, message.additional().getFirst().ttl());
        assertEquals(Edns.UDP_OCTETS, message.edns().udpOctetsMax());
        assertEquals(0, table.answer(query, query.length, out, true, 1300));
        assertEquals(0, table.answer(query, query.length, out, true, 999));
    }

    @Test
    void itsOctetsAreBounded() {
        AnswerTable table = new AnswerTable(1024, 20_000);
        for (int i = 0; i < 2_000; i++) {
            byte[] query = MessageTest.query("n" + i + ".example.com", Type.A, true);
            byte[] answer = ServerFrom.answer(query, ZONE);
            table.put(query, query.length, answer, answer.length, 1000, 300);
            assertTrue(table.octets() <= 20_000, () -> "" + table.octets());
        }
    }

    @Test
    void aHitOfTheAuthorityAllocatesNothing() {
        Authority authority = new Authority(List.of(ZONE));
        byte[] query = MessageTest.query("mx.example.com", Type.A, true);
        assertAllocatesNothing(authority, query);
        assertAllocatesNothing(authority, withCookie(query));
    }

    @Test
    void aHitOfTheCacheAllocatesNothing() {
        try (LittleInternet net = new LittleInternet()) {
            net.zone(".", "127.0.0.2", "")
                    .zone("tokyo.test.", "127.0.0.4", "mx A 192.0.2.1\n")
                    .start();
            Inquiries inquiries = new Inquiries(net.recursion, false);
            Front front =
                    new Front(
                            net.recursion,
                            inquiries,
                            null,
                            null,
                            Networks.loopback(),
                            0,
                            Front.Limited.STRANGERS,
                            false);
            byte[] query = MessageTest.query("mx.tokyo.test", Type.A, true);
            query[2] = 1;
            Question question = new Question(Name.of("mx.tokyo.test"), Type.A);
            assertEquals(Resolution.Kind.ANSWER, inquiries.ask(question, false).kind());
            assertAllocatesNothing(front, query);
            assertAllocatesNothing(front, withCookie(query));
        }
    }

    private static void assertAllocatesNothing(Answerer answerer, byte[] query) {
        byte[] out = new byte[65_535];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            assertTrue(answerer.answer(query, query.length, out, UDP, null) > 0);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) answerer.answer(query, query.length, out, UDP, null);
        long octets = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(octets < 10_000, () -> octets + " octets for 10,000 answers");
    }

    /// The query with a client cookie of 8 octets in its OPT record.
    private static byte[] withCookie(byte[] query) {
        byte[] longer = Arrays.copyOf(query, query.length + 12);
        longer[query.length - 1] = 12;
        longer[query.length + 1] = Edns.COOKIE;
        longer[query.length + 3] = 8;
        return longer;
    }
}
