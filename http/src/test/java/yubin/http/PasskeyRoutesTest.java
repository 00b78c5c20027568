package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Timeout(120)
class PasskeyRoutesTest {
    private static final String LOGIN = "{\"name\":\"ann@example.com\",\"password\":\"orange\"}";

    private Front front;
    private HttpClient client;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        front = Front.open(folder);
        client = front.client();
    }

    @AfterEach
    void close() {
        client.close();
        front.close();
    }

    /// A device with one key, which obeys every page.
    private final class Device {
        final KeyPair keys;
        final byte[] id = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] owner;
        String origin = front.https("").toString();
        int flags = 0x05; // user present and verified

        Device() throws GeneralSecurityException {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            keys = generator.generateKeyPair();
        }

        /// What `navigator.credentials.create()` gives.
        ObjectNode create(JsonNode options) throws Exception {
            owner = decoded(options.at("/user/id").asString());
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            data.writeBytes(authenticatorData(options.at("/rp/id").asString(), flags | 0x40));
            data.writeBytes(new byte[16]);
            data.writeBytes(new byte[] {0, (byte) id.length});
            data.writeBytes(id);
            ECPublicKey key = (ECPublicKey) keys.getPublic();
            data.writeBytes(new byte[] {(byte) 0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20});
            data.writeBytes(coordinate(key.getW().getAffineX().toByteArray()));
            data.writeBytes(new byte[] {0x22, 0x58, 0x20});
            data.writeBytes(coordinate(key.getW().getAffineY().toByteArray()));
            ByteArrayOutputStream attestation = new ByteArrayOutputStream();
            attestation.write(0xA3);
            attestation.writeBytes("cfmtdnonegattStmt".getBytes(StandardCharsets.US_ASCII));
            attestation.write(0xA0);
            attestation.writeBytes("hauthData".getBytes(StandardCharsets.US_ASCII));
            attestation.write(0x58);
            attestation.write(data.size());
            attestation.writeBytes(data.toByteArray());
            byte[] cbor = attestation.toByteArray();
            // Text strings of CBOR begin with 0x60 and their length.
            cbor[1] = 0x63;
            cbor[5] = 0x64;
            cbor[10] = 0x67;
            cbor[19] = 0x68;
            ObjectNode credential = credential();
            credential
                    .putObject("response")
                    .put("clientDataJSON", encoded(clientData("webauthn.create", options)))
                    .put("attestationObject", encoded(cbor))
                    .putArray("transports");
            return credential;
        }

        /// What `navigator.credentials.get()` gives.
        ObjectNode get(JsonNode options) throws Exception {
            byte[] data = authenticatorData(options.path("rpId").asString(), flags);
            byte[] json = clientData("webauthn.get", options);
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(data);
            signature.update(MessageDigest.getInstance("SHA-256").digest(json));
            ObjectNode credential = credential();
            credential
                    .putObject("response")
                    .put("clientDataJSON", encoded(json))
                    .put("authenticatorData", encoded(data))
                    .put("signature", encoded(signature.sign()))
                    .put("userHandle", encoded(owner));
            return credential;
        }

        private ObjectNode credential() {
            ObjectNode credential = Bodies.JSON.createObjectNode();
            credential.put("id", encoded(id)).put("rawId", encoded(id)).put("type", "public-key");
            credential.putObject("clientExtensionResults");
            return credential;
        }

        private byte[] clientData(String type, JsonNode options) {
            return Bodies.JSON
                    .createObjectNode()
                    .put("type", type)
                    .put("challenge", options.path("challenge").asString())
                    .put("origin", origin)
                    .put("crossOrigin", false)
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
        }

        private byte[] authenticatorData(String host, int flags) throws Exception {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(host.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.allocate(37).put(hash).put((byte) flags).putInt(0).array();
        }
    }

    private static byte[] coordinate(byte[] number) {
        byte[] octets = new byte[32];
        int length = Math.min(32, number.length);
        System.arraycopy(number, number.length - length, octets, 32 - length, length);
        return octets;
    }

    private static String encoded(byte[] octets) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }

    private Browser browser() {
        return new Browser(front, client);
    }

    private Device enrolled(Browser browser) throws Exception {
        Device device = new Device();
        JsonNode options = browser.json("POST", "/auth/passkeys/options", "{}", 200);
        ObjectNode body = Bodies.JSON.createObjectNode().put("label", "key ring");
        body.set("credential", device.create(options));
        browser.json("POST", "/auth/passkeys", body.toString(), 201);
        return device;
    }

    private JsonNode logIn(Browser browser, Device device, int status) throws Exception {
        JsonNode options = browser.json("POST", "/login/passkey/options", null, 200);
        ObjectNode body = Bodies.JSON.createObjectNode();
        body.set("credential", device.get(options));
        return browser.json("POST", "/login/passkey", body.toString(), status);
    }

    @Test
    void aPasskeyIsAWayInUntilItIsTakenAway() throws Exception {
        Browser first = browser();
        first.json("POST", "/login", LOGIN, 200);
        Device device = enrolled(first);
        Browser second = browser();
        assertEquals("ann@example.com", logIn(second, device, 200).path("address").asString());
        second.json("GET", "/jmap/session", null, 200);
        JsonNode list = second.json("GET", "/auth/passkeys", null, 200);
        assertEquals("key ring", list.path(0).path("label").asString());
        String path = "/auth/passkeys/" + list.path(0).path("id").asString();
        first.json("DELETE", path, null, 204);
        first.json("DELETE", path, null, 404);
        second.json("GET", "/jmap/session", null, 401);
        logIn(browser(), device, 401);
    }

    @Test
    void whatAThiefOfOnePartHasIsNotEnough() throws Exception {
        Browser browser = browser();
        browser.json("POST", "/login", LOGIN, 200);
        Device device = enrolled(browser);
        Device other = new Device();
        other.owner = device.owner;
        logIn(browser(), other, 401); // another key
        device.origin = "https://evil.example";
        logIn(browser(), device, 401); // a page of another site
        device.origin = front.https("").toString();
        device.flags = 0x01;
        logIn(browser(), device, 401); // nobody has shown who they are
        device.flags = 0x05;
        Browser thief = browser();
        JsonNode options = thief.json("POST", "/login/passkey/options", null, 200);
        ObjectNode body = Bodies.JSON.createObjectNode();
        body.set("credential", device.get(options));
        browser().json("POST", "/login/passkey", body.toString(), 200);
        JsonNode again = thief.json("POST", "/login/passkey", body.toString(), 400);
        assertEquals("urn:yubin:error:challenge", again.path("type").asString());
        for (String bad : new String[] {"{}", "{\"credential\":{}}", "{\"credential\":[1]}"}) {
            browser().json("POST", "/login/passkey", bad, 400);
        }
    }
}
