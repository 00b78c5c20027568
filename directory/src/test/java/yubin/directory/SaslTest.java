package yubin.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SaslTest {
    private static final Visitor PLAIN = Visitor.plain(Office.LOOPBACK, Use.SUBMISSION);
    private static final Visitor TLS =
            new Visitor(
                    Office.LOOPBACK,
                    Use.SUBMISSION,
                    type -> type.equals("tls-exporter") ? "exported".getBytes(UTF_8) : null);

    private final Office office =
            new Office()
                    .domain("example.com")
                    .account("ann@example.com", "pencil", false)
                    .account("bob@example.com", "p\u00AAss\u00A0word", false);

    @AfterEach
    void close() {
        office.close();
    }

    private static byte[] octets(String text) {
        return text.getBytes(UTF_8);
    }

    private Sasl begin(String mechanism, Visitor visitor) {
        return office.directory.sasl(mechanism, visitor).orElseThrow();
    }

    private static String end(Step step) {
        return switch (step) {
            case Step.Done(Login login) -> login.address().toString();
            case Step.Failed(Step.Why why, String peer, String log) -> {
                assertFalse(log.contains("pencil"));
                yield why.toString();
            }
            case Step.Challenge(byte[] challenge) -> "challenge " + new String(challenge, UTF_8);
        };
    }

    @Test
    void plain() {
        assertEquals("challenge ", end(begin("PLAIN", PLAIN).respond(null)));
        String[][] rows = {
            {"\0ann@example.com\0pencil", "ann@example.com"},
            {"ann@example.com\0ann\0pencil", "ann@example.com"},
            {"\0bob@example.com\0p\u00AAss\u00A0word", "bob@example.com"},
            {"\0bob@example.com\0pass word", "bob@example.com"},
            {"bob@example.com\0ann@example.com\0pencil", "NOT_ALLOWED"},
            {"\0ann@example.com\0pen", "CREDENTIALS"},
            {"\0ann@example.com\0", "CREDENTIALS"},
            {"\0\0", "CREDENTIALS"},
            {"ann pencil", "MALFORMED"},
            {"\0ann@example.com\0pencil\0", "MALFORMED"},
            {"", "MALFORMED"},
        };
        for (String[] row : rows) {
            assertEquals(row[1], end(begin("plain", PLAIN).respond(octets(row[0]))), row[0]);
        }
        assertEquals("MALFORMED", end(begin("PLAIN", PLAIN).respond(new byte[] {0, -1, 0, 65})));
        assertEquals("MALFORMED", end(begin("PLAIN", PLAIN).respond(new byte[9000])));
    }

    @Test
    void login() {
        Sasl sasl = begin("LOGIN", PLAIN);
        assertEquals("challenge Username:", end(sasl.respond(null)));
        assertEquals("challenge Password:", end(sasl.respond(octets("ann@example.com"))));
        assertEquals("ann@example.com", end(sasl.respond(octets("pencil"))));
        assertEquals("MALFORMED", end(sasl.respond(octets("pencil"))));
    }

    /// A SCRAM client after RFC 5802, written apart from the server.
    private static final class Client {
        final String gs2;
        final String bare;
        final byte[] binding;
        String last;
        String signature;

        Client(String gs2, String name, byte[] bindingData) {
            this.gs2 = gs2;
            this.bare = "n=" + name + ",r=fyko+d2lbbFgONRv9qkxdawL";
            byte[] header = octets(gs2);
            this.binding = java.util.Arrays.copyOf(header, header.length + bindingData.length);
            System.arraycopy(bindingData, 0, binding, header.length, bindingData.length);
        }

        byte[] first() {
            return octets(gs2 + bare);
        }

        byte[] last(String challenge, String password) throws Exception {
            String[] parts = challenge.split(",");
            byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
            int iterations = Integer.parseInt(parts[2].substring(2));
            var spec =
                    new javax.crypto.spec.PBEKeySpec(password.toCharArray(), salt, iterations, 256);
            byte[] salted =
                    javax.crypto.SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(spec)
                            .getEncoded();
            String without = "c=" + Base64.getEncoder().encodeToString(binding) + "," + parts[0];
            byte[] all = octets(bare + "," + challenge + "," + without);
            byte[] clientKey = Scram.hmac(salted, "Client Key");
            byte[] proof = Scram.hmac(Scram.sha256(clientKey), all);
            for (int i = 0; i < proof.length; i++) proof[i] ^= clientKey[i];
            signature =
                    "v="
                            + Base64.getEncoder()
                                    .encodeToString(
                                            Scram.hmac(Scram.hmac(salted, "Server Key"), all));
            last = without + ",p=" + Base64.getEncoder().encodeToString(proof);
            return octets(last);
        }
    }

    private String scram(String mechanism, Visitor visitor, Client client, String password)
            throws Exception {
        Sasl sasl = begin(mechanism, visitor);
        Step first = sasl.respond(client.first());
        if (!(first instanceof Step.Challenge challenge)) return end(first);
        Step second = sasl.respond(client.last(new String(challenge.octets(), UTF_8), password));
        if (!(second instanceof Step.Challenge proof)) return end(second);
        assertEquals(client.signature, new String(proof.octets(), UTF_8));
        return end(sasl.respond(new byte[0]));
    }

    @Test
    void scramWithAndWithoutChannelBinding() throws Exception {
        byte[] none = {};
        byte[] exported = octets("exported");
        String plus = "SCRAM-SHA-256-PLUS";
        Client ok = new Client("n,,", "ann@example.com", none);
        assertEquals("ann@example.com", scram("SCRAM-SHA-256", PLAIN, ok, "pencil"));
        assertEquals("CREDENTIALS", scram("SCRAM-SHA-256", PLAIN, ok, "pen"));
        assertEquals(
                "bob@example.com",
                scram(
                        "SCRAM-SHA-256",
                        PLAIN,
                        new Client("n,,", "bob@example.com", none),
                        "pass word"));
        assertEquals(
                "CREDENTIALS",
                scram("SCRAM-SHA-256", PLAIN, new Client("n,,", "carl", none), "pencil"));
        assertEquals(
                "ann@example.com",
                scram("SCRAM-SHA-256", PLAIN, new Client("y,,", "ann", none), "pencil"));
        assertEquals(
                "MALFORMED", scram("SCRAM-SHA-256", TLS, new Client("y,,", "ann", none), "pencil"));
        assertEquals(
                "ann@example.com",
                scram(plus, TLS, new Client("p=tls-exporter,,", "ann", exported), "pencil"));
        assertEquals(
                "CREDENTIALS",
                scram(plus, TLS, new Client("p=tls-exporter,,", "ann", octets("x")), "pencil"));
        assertEquals(
                "MALFORMED",
                scram(plus, TLS, new Client("p=tls-unique,,", "ann", exported), "pencil"));
        assertEquals("MALFORMED", scram(plus, TLS, new Client("n,,", "ann", none), "pencil"));
        assertEquals(
                "NOT_ALLOWED",
                scram("SCRAM-SHA-256", PLAIN, new Client("n,a=bob,", "ann", none), "pencil"));
        assertEquals(
                "ann@example.com",
                scram(
                        "SCRAM-SHA-256",
                        PLAIN,
                        new Client("n,a=ann@example.com,", "ann", none),
                        "pencil"));
        assertTrue(office.directory.sasl(plus, PLAIN).isEmpty());
        assertTrue(office.directory.sasl("CRAM-MD5", PLAIN).isEmpty());
    }

    @Test
    void anUnknownNameGetsTheSameSaltEachTime() {
        String first = end(begin("SCRAM-SHA-256", PLAIN).respond(octets("n,,n=zoe,r=abc")));
        String again = end(begin("SCRAM-SHA-256", PLAIN).respond(octets("n,,n=zoe,r=abc")));
        assertEquals(first.replaceAll(".*,s=", ""), again.replaceAll(".*,s=", ""));
    }

    @Test
    void theExampleOfTheRfc() {
        // RFC 7677 §3: user "user", password "pencil".
        byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
        PasswordHash.Scram keys = Scram.keys(octets("pencil"), salt, 4096);
        byte[] all =
                octets(
                        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
                                + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
                                + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
        byte[] proof = Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertTrue(Scram.proves(proof, keys.storedKey(), all));
        assertArrayEquals(
                Base64.getDecoder().decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
                Scram.hmac(keys.serverKey(), all));
    }

    @Test
    void whatIsOffered() {
        assertEquals(List.of("SCRAM-SHA-256"), Sasl.mechanisms(PLAIN, false));
        assertEquals(
                List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"),
                Sasl.mechanisms(TLS, true));
    }

    @Test
    void garbageIsRefusedAndNeverThrows() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] seeds = {
            "n,,n=ann,r=abc", "y,,n=ann,r=abc", "p=tls-exporter,,n=a,r=b", "n,a=x,n=ann,r=abc",
            "c=biws,r=abc,p=AAAA", "n,,m=x,n=ann,r=abc", "n,,n==2C=3D,r=x", "\0a\0b"
        };
        for (int round = 0; round < 3000; round++) {
            byte[] message = octets(seeds[random.nextInt(seeds.length)]);
            for (int i = random.nextInt(4); i > 0; i--) {
                message[random.nextInt(message.length)] = (byte) random.nextInt(256);
            }
            Sasl sasl = begin("SCRAM-SHA-256", PLAIN);
            Step step = sasl.respond(message);
            if (step instanceof Step.Challenge) step = sasl.respond(message);
            assertInstanceOf(Step.Failed.class, step, "seed " + seed);
        }
    }
}
