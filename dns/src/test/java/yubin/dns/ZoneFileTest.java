package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneFileTest {
    static List<RRset> records(String text) {
        return assertInstanceOf(
                        ZoneFile.Records.class, ZoneFile.parse(text, Name.of("example.com")))
                .sets();
    }

    private static String print(String text) {
        StringBuilder out = new StringBuilder();
        for (RRset set : records(text)) {
            for (byte[] rdata : set.rdata()) {
                out.append(set.owner()).append(' ').append(set.ttl()).append(' ');
                out.append(Type.name(set.type())).append(' ');
                out.append(RdataText.write(set.type(), rdata)).append('\n');
            }
        }
        return out.toString();
    }

    @Test
    void aWholeFile() {
        assertEquals(
                """
                example.com. 3600 SOA ns.example.com. admin.example.com. 1 7200 3600 1209600 300
                example.com. 60 MX 10 mx.example.com.
                example.com. 60 MX 20 backup.test.
                mx.example.com. 3600 A 192.0.2.1
                mx.example.com. 7200 AAAA 2001:db8::1
                t.example.com. 3600 TXT "a b;c" "quote \\" here" "plain"
                sub.other.test. 3600 A 192.0.2.2
                """,
                print(
                        """
                        ; a comment
                        $TTL 1h
                        @ IN SOA ns admin (
                            1 2h  ; serial and refresh
                            1h 2w 300 )
                          60 IN MX 10 mx
                          IN 60 MX 20 backup.test.
                        mx A 192.0.2.1
                        \t7200 IN AAAA 2001:DB8:0::1
                        t TXT "a b;c" "quote \\" here" plain
                        $ORIGIN other.test.
                        sub A 192.0.2.2
                        """));
    }

    /// Text, wire and text again, for every type with a form of its own.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "A | 192.0.2.1",
                "NS | ns.example.com.",
                "CNAME | a.b.",
                "SOA | a. b. 1 2 3 4 5",
                "PTR | host.example.com.",
                "HINFO | \"cpu\" \"os\"",
                "MINFO | a. b.",
                "MX | 10 mx.example.com.",
                "TXT | \"one\" \"two \\\"x\\\" \\000\\255\"",
                "RP | a. b.",
                "AFSDB | 1 a.",
                "AAAA | 2001:db8::1",
                "AAAA | ::",
                "AAAA | ::ffff:192.0.2.1",
                "AAAA | 1:0:0:2::3",
                "SRV | 0 1 993 mx.example.com.",
                "NAPTR | 100 50 \"s\" \"http+N2L\" \"\" www.example.com.",
                "KX | 1 a.",
                "CERT | 1 2 8 AQID",
                "DNAME | target.example.",
                "DS | 60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118",
                "SSHFP | 4 2 0123456789abcdef",
                "RRSIG | A 5 3 86400 20030322173103 20030220173103 2642 example.com. AQIDBA==",
                "NSEC | host.example.com. A MX RRSIG NSEC TYPE1234",
                "DNSKEY | 256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3",
                "NSEC3 | 1 1 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG",
                "NSEC3 | 1 0 0 - 2vptu5timamqttgl4luu9kg21e0aor3s",
                "NSEC3PARAM | 1 0 12 aabbccdd",
                "TLSA | 3 1 1 0123456789abcdef",
                "SMIMEA | 3 1 1 0123456789abcdef",
                "CDS | 60485 5 1 2bb183af",
                "CDNSKEY | 256 3 5 AQPS",
                "OPENPGPKEY | AQIDBA==",
                "CSYNC | 66 3 A NS AAAA",
                "ZONEMD | 2018031900 1 1 616c6c6f",
                "SVCB | 0 alias.example.",
                "HTTPS | 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1",
                "SVCB | 1 a. mandatory=alpn alpn=h2 key667=\"hello\"",
                "EUI48 | 00-00-5e-00-53-2a",
                "EUI64 | 00-00-5e-ef-10-00-00-2a",
                "URI | 10 1 \"ftp://ftp.example.com/public\"",
                "CAA | 128 iodef \"mailto:h@example.com\"",
                "SPF | \"v=spf1 -all\"",
                "NID | 10 0014:4fff:ff20:ee64",
                "L32 | 10 10.1.2.0",
                "L64 | 10 2001:0db8:1140:1000",
                "LP | 10 l64.example.",
                "SVCB | 1 . key1=\"\\\\001\\\\002\"",
                "TYPE65280 | \\# 4 01020304",
                "TYPE65280 | \\# 0"
            })
    void everyTypeBothWays(String type, String text) {
        RRset set = records("x " + type + " " + text).getFirst();
        byte[] rdata =
                set.type() == Type.RRSIG
                        ? null
                        : set.rdata().isEmpty() ? null : set.rdata().getFirst();
        if (rdata == null) rdata = set.signatures().getFirst();
        int number = Type.parse(type);
        assertEquals(text, RdataText.write(number, rdata));
        // RFC 3597: the generic form of a known type is the same record.
        String hex = java.util.HexFormat.of().formatHex(rdata);
        if (!type.startsWith("TYPE")) {
            RRset again =
                    records("x TYPE" + number + " \\# " + rdata.length + " " + hex).getFirst();
            List<byte[]> all = new ArrayList<>(again.rdata());
            all.addAll(again.signatures());
            assertArrayEquals(rdata, all.getFirst());
        }
        // And through a message.
        MessageWriter out = new MessageWriter();
        out.begin(1, Message.QR, 65_535);
        out.question(new Question(Name.of("x.example.com"), number));
        out.rrset(1, set, true);
        Message message = assertInstanceOf(Message.class, Message.read(out.octets(), out.length()));
        RRset read = message.answer().getFirst();
        List<byte[]> all = new ArrayList<>(read.rdata());
        all.addAll(read.signatures());
        assertArrayEquals(rdata, all.getFirst());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a A 192.0.2",
                "a A 192.0.2.256",
                "a AAAA 192.0.2.1",
                "a AAAA fe80::1%lo",
                "a MX mx",
                "a MX 65536 mx",
                "a MX 10 mx extra",
                "a FOO x",
                "a TXT \"open",
                "a ( TXT x",
                "a ) TXT x",
                "$INCLUDE other",
                "$TTL x",
                "a TYPE65280 x",
                "a TYPE65280 \\# 3 0102",
                "a..b A 192.0.2.1",
                " A 192.0.2.1",
                "a A \\# 3 010203",
                "a NSEC3 1 0 0 - ",
                "a CH TXT x",
                "a ANY x",
                "a TLSA 3 1 1 abc",
                "a DS \\# 0",
                "a TLSA \\# 2 0301",
                "a NSEC3 \\# 17 fc25825c0bdd41de369d84e5af81f01914",
                "a OPENPGPKEY",
                "a EUI48 00-00-5e-00-53",
                "a EUI48 0000-5e-00-53-2a-00",
                "a NID 10 0014:4fff:ff20",
                "a RRSIG A 5 3 86400 20031322173103 20030220173103 2642 example.com. AQIDBA=="
            })
    void badLinesAreNamed(String line) {
        ZoneFile.Malformed bad =
                assertInstanceOf(
                        ZoneFile.Malformed.class,
                        ZoneFile.parse("; first\n" + line + "\n", Name.of("example.com")));
        assertEquals(2, bad.line(), bad.why());
    }
}
