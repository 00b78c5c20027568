package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Record;

/// Every type that the room knows, with RDATA made at random: text and wire, both ways, and what
/// another library makes of both.
class RdataTest {
    private static final int ROUNDS = 200;
    private static final long SEED = System.nanoTime();
    private static final org.xbill.DNS.Name OWNER = owner();

    private final Random random = new Random(SEED);

    private static org.xbill.DNS.Name owner() {
        System.out.println("RdataTest seed " + SEED);
        return org.xbill.DNS.Name.fromConstantString("x.example.com.");
    }

    static Stream<String> knownTypes() {
        return IntStream.range(1, 260)
                .filter(type -> Rdata.fields(type) != null)
                .mapToObj(Type::name);
    }

    /// dnsjava knows these by their octets only, and reads SVCB's parameters as they should be,
    /// not as they may be; for those see below.
    private static final List<String> NOT_JUDGED =
            List.of("CSYNC", "EUI48", "EUI64", "NID", "L32", "L64", "LP", "AVC", "SVCB", "HTTPS");

    @ParameterizedTest(name = "{0}")
    @MethodSource("knownTypes")
    void textAndWireBothWays(String name) throws IOException {
        int type = Type.parse(name);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] rdata = rdata(Rdata.fields(type));
            String text = RdataText.write(type, rdata);
            assertArrayEquals(rdata, read(name, text), () -> SEED + " " + name + " " + text);
            String generic = "\\# " + rdata.length + " " + HexFormat.of().formatHex(rdata);
            assertArrayEquals(rdata, read(name, generic), () -> SEED + " " + name + " " + generic);
            assertArrayEquals(rdata, read("TYPE" + type, generic));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("knownTypes")
    void anotherLibraryReadsWhatWeWriteAndWritesWhatWeRead(String name) throws IOException {
        if (NOT_JUDGED.contains(name)) return;
        int type = Type.parse(name);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] rdata = plausible(name, rdata(Rdata.fields(type)));
            String ours = RdataText.write(type, rdata);
            Record theirs = Record.fromString(OWNER, type, 1, 60, ours, org.xbill.DNS.Name.root);
            assertArrayEquals(rdata, theirs.rdataToWireCanonical(), () -> SEED + " " + ours);
            String back = Record.newRecord(OWNER, type, 1, 60, rdata).rdataToString();
            assertArrayEquals(rdata, read(name, back), () -> SEED + " " + name + " " + back);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SVCB | 0 alias.example.",
                "HTTPS | 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1,192.0.2.2",
                "HTTPS | 1 . alpn=h2 no-default-alpn ipv6hint=2001:db8::1,2001:db8::2",
                "SVCB | 16 a.example. mandatory=alpn,port alpn=h2 port=53 ech=AQIDBA==",
                "SVCB | 1 a. key667=hello key65280=a\\001b"
            })
    void serviceParametersAreJudgedAsTheyShouldBe(String name, String text) throws IOException {
        int type = Type.parse(name);
        byte[] rdata = read(name, text);
        Record theirs = Record.fromString(OWNER, type, 1, 60, text, org.xbill.DNS.Name.root);
        assertArrayEquals(theirs.rdataToWireCanonical(), rdata);
        String back = Record.newRecord(OWNER, type, 1, 60, rdata).rdataToString();
        assertArrayEquals(rdata, read(name, back));
        Record again =
                Record.fromString(
                        OWNER, type, 1, 60, RdataText.write(type, rdata), org.xbill.DNS.Name.root);
        assertArrayEquals(rdata, again.rdataToWireCanonical());
    }

    /// A type that nobody knows, at both ends of the numbers. RFC 3597
    @ParameterizedTest
    @CsvSource({"TYPE259", "TYPE999", "TYPE65280", "TYPE65534", "NXT", "APL", "LOC"})
    void unknownTypesAreOctets(String name) throws IOException {
        int type = Type.parse(name);
        for (int octets : new int[] {0, 1, 255, 256, 4000}) {
            byte[] rdata = new byte[octets];
            random.nextBytes(rdata);
            String text = RdataText.write(type, rdata);
            assertEquals(
                    "\\# " + octets,
                    text.substring(
                            0, text.indexOf(' ', 3) < 0 ? text.length() : text.indexOf(' ', 3)));
            assertArrayEquals(rdata, read(name, text));
            if (type > 256) {
                Record theirs =
                        Record.fromString(OWNER, type, 1, 60, text, org.xbill.DNS.Name.root);
                assertArrayEquals(rdata, theirs.rdataToWireCanonical());
            }
        }
    }

    /// Each type cut short at each octet, and with one octet too many: a value or a Misread, and
    /// never text that reads back as something else.
    @ParameterizedTest(name = "{0}")
    @MethodSource("knownTypes")
    void rdataOfTheWrongLengthIsRefusedOrSomethingElse(String name) {
        int type = Type.parse(name);
        for (int round = 0; round < 20; round++) {
            byte[] rdata = rdata(Rdata.fields(type));
            for (int octets = 0; octets <= rdata.length + 1; octets++) {
                byte[] cut = Arrays.copyOf(rdata, octets);
                byte[] message = message(type, cut);
                switch (Message.read(message, message.length)) {
                    case Message readable -> {
                        List<RRset> answer = readable.answer();
                        RRset set = answer.getFirst();
                        byte[] read =
                                (type == Type.RRSIG ? set.signatures() : set.rdata()).getFirst();
                        assertArrayEquals(cut, read);
                        assertArrayEquals(cut, read(name, RdataText.write(type, cut)));
                    }
                    case Reading.Unreadable _ -> {
                        // What is none of this type is shown as octets, and no zone file takes it.
                        String text = RdataText.write(type, cut);
                        assertThrows(Misread.class, () -> readOrThrow(type, text), text);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // length, then what is wrong
                "A | 010203 | three octets",
                "A | 0102030405 | five octets",
                "AAAA | 20010db8 | four octets",
                "MX | 00 | half a number",
                "MX | 000a | no name",
                "MX | 000a0161 | a name without end",
                "MX | 000a016100ff | an octet behind the name",
                "TXT | 0361 | a string without end",
                "SOA | 0000 | no numbers",
                "SRV | 000000010019 | no name",
                "NSEC | 000000 | a window without octets",
                "NSEC | 00000021000000000000000000000000000000000000000000000000000000000000 | 33 octets",
                "NSEC | 00010140000140 | windows out of order",
                "NSEC | 0000 | half a window",
                "NSEC3 | 010000000014ff | a hash without end",
                "NSEC3PARAM | 0100000004aabb | a salt without end",
                "RRSIG | 0001 | nothing but a type",
                "SVCB | 0001000001000302 | a parameter without end",
                "SVCB | 00010000030002 01bb00010000 | keys out of order",
                "CAA | 0005697373 | a tag without end",
                "URI | 0001 | half of it",
                "EUI48 | 0000 | two octets",
                "NAPTR | 00010001 | no strings"
            })
    void malformedRdataMakesTheMessageUnreadable(String name, String hex, String what) {
        int type = Type.parse(name);
        byte[] rdata = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] message = message(type, rdata);
        assertInstanceOf(Reading.Unreadable.class, Message.read(message, message.length), what);
    }

    private static byte[] message(int type, byte[] rdata) {
        MessageWriter out = new MessageWriter(new byte[8192]);
        out.begin(1, Message.QR, 8192);
        out.question(new Question(Name.of("x.example.com"), type));
        out.raw(1, Name.of("x.example.com"), type, Question.IN, 60, rdata);
        return out.copy();
    }

    private static byte[] readOrThrow(int type, String text) {
        return RdataText.read(type, words(text), Name.ROOT);
    }

    private static List<ZoneFile.Word> words(String text) {
        return Stream.of(text.split(" ")).map(each -> new ZoneFile.Word(each, false)).toList();
    }

    private static byte[] read(String type, String text) {
        RRset set =
                LittleInternet.records("x 60 IN " + type + " " + text + "\n", Name.ROOT).getFirst();
        return (set.rdata().isEmpty() ? set.signatures() : set.rdata()).getFirst();
    }

    // ---- RDATA at random ---------------------------------------------------------------------

    private byte[] rdata(String fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length(); i++) {
            switch (fields.charAt(i)) {
                case '1' -> octets(out, 1);
                case '2' -> octets(out, 2);
                case '4', 'T', 'd', 'a' -> octets(out, 4);
                case 't' -> {
                    out.write(0);
                    out.write(1 + random.nextInt(60));
                }
                case 'e' -> octets(out, 6);
                case 'E', '8' -> octets(out, 8);
                case '6' -> octets(out, 16);
                case 's' -> string(out, random.nextInt(256));
                case 'g' -> {
                    int letters = 1 + random.nextInt(20);
                    out.write(letters);
                    for (; letters > 0; letters--) out.write('a' + random.nextInt(26));
                }
                case 'S' -> {
                    for (int n = 1 + random.nextInt(4); n > 0; n--)
                        string(out, random.nextInt(256));
                }
                case 'q' -> octets(out, 1 + random.nextInt(300));
                case 'x', 'b' -> octets(out, 1 + random.nextInt(300));
                case 'z' -> string(out, random.nextInt(20));
                case 'h' -> string(out, 20);
                case 'B' -> bitmap(out);
                case 'v' -> parameters(out);
                default -> name(out);
            }
        }
        return out.toByteArray();
    }

    /// dnsjava looks at what the fields mean, too.
    private static byte[] plausible(String name, byte[] rdata) {
        switch (name) {
            case "RRSIG", "SIG" -> rdata[4] &= 0x7f; // A TTL.
            case "SOA" -> {
                for (int i = rdata.length - 16; i < rdata.length; i += 4) rdata[i] &= 0x7f;
            }
            case "X25" -> {
                rdata = Arrays.copyOf(rdata, 12);
                rdata[0] = 11;
                for (int i = 1; i < 12; i++) rdata[i] = (byte) ('0' + (i & 7));
            }
            case "KEY" -> rdata[0] = 0; // Otherwise there might be no key.
            case "DS", "CDS" -> {
                rdata = Arrays.copyOf(rdata, 4 + 32);
                rdata[3] = 2;
            }
            case "ZONEMD" -> {
                rdata = Arrays.copyOf(rdata, 6 + 48);
                rdata[4] = 1;
                rdata[5] = 1;
            }
            case "SSHFP" -> {
                rdata = Arrays.copyOf(rdata, 2 + 32);
                rdata[1] = 2;
            }
            default -> {}
        }
        return rdata;
    }

    private void octets(ByteArrayOutputStream out, int count) {
        byte[] octets = new byte[count];
        random.nextBytes(octets);
        out.writeBytes(octets);
    }

    private void string(ByteArrayOutputStream out, int count) {
        out.write(count);
        octets(out, count);
    }

    /// Lower-case letters and every odd octet: the canonical form of both libraries is the same.
    private void name(ByteArrayOutputStream out) {
        for (int labels = random.nextInt(4); labels > 0; labels--) {
            int octets = 1 + random.nextInt(random.nextInt(8) == 0 ? 60 : 8);
            out.write(octets);
            for (int i = 0; i < octets; i++) {
                int octet = random.nextInt(4) == 0 ? random.nextInt(256) : 'a' + random.nextInt(26);
                out.write(octet >= 'A' && octet <= 'Z' ? '-' : octet);
            }
        }
        out.write(0);
    }

    private void bitmap(ByteArrayOutputStream out) {
        TreeSet<Integer> types = new TreeSet<>();
        for (int n = random.nextInt(6); n > 0; n--) types.add(1 + random.nextInt(127));
        for (int n = random.nextInt(3); n > 0; n--) types.add(1024 + random.nextInt(5000));
        out.writeBytes(RdataText.bitmap(types));
    }

    private void parameters(ByteArrayOutputStream out) {
        for (int key = 0; key < 12; key++) {
            if (random.nextBoolean()) continue;
            out.write(0);
            out.write(key);
            int octets = random.nextInt(40);
            out.write(0);
            out.write(octets);
            octets(out, octets);
        }
    }
}
