package yubin.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import yubin.directory.Login;
import yubin.ledger.Counters;
import yubin.mail.AccountId;

/// Fetches the images of letters for their readers, so that a sender learns neither when nor where
/// a
/// letter is read.
///
/// It is no open proxy: only a logged-in reader is served, and only addresses that this server
/// wrote
/// into a letter's view for that very account, which their signature shows.
final class ImageProxy implements HttpService {
    private static final String PATH = "/proxy/";
    private static final int SIGNATURE_OCTETS = 16;
    private static final Outside.Limits LIMITS =
            new Outside.Limits(Duration.ofSeconds(15), 10 << 20, 4);

    /// Images that are fetched at the same time for everybody.
    private static final Semaphore FREE = new Semaphore(64);

    private static final Counters.Counter FETCHED = Counters.of("http.images");
    private static final Counters.Counter FAILED = Counters.of("http.images-failed");

    private final Askers askers;
    private final Outside outside;
    private final byte[] secret;

    /// @param secret that stays over restarts: views are kept by browsers
    ImageProxy(Askers askers, Outside outside, byte[] secret) {
        this.askers = askers;
        this.outside = outside;
        this.secret = secret.clone();
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get(PATH + "{signature}/{address}", this::fetch);
    }

    /// Where `address` is loaded by a reader of `account`.
    String place(AccountId account, String address) {
        String absolute = address.startsWith("//") ? "https:" + address : address;
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return PATH
                + base64.encodeToString(signature(account, absolute))
                + "/"
                + base64.encodeToString(absolute.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] signature(AccountId account, String address) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            String text = "image\n" + account.value() + "\n" + address;
            byte[] whole = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(whole, SIGNATURE_OCTETS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private void fetch(ServerRequest request, ServerResponse response) throws IOException, Problem {
        Login login = askers.ask(request).login();
        var path = request.path().pathParameters();
        String address;
        try {
            Base64.Decoder base64 = Base64.getUrlDecoder();
            address = new String(base64.decode(path.get("address")), StandardCharsets.UTF_8);
            byte[] signature = base64.decode(path.get("signature"));
            if (!MessageDigest.isEqual(signature, signature(login.account(), address))) {
                throw Problem.of(403, "signature", "this image stands in no letter");
            }
        } catch (IllegalArgumentException e) {
            throw Problem.of(403, "signature", "this image stands in no letter");
        }
        if (!FREE.tryAcquire()) {
            throw Problem.of(503, "crowded", "too many images at the same time").retryAfter(2);
        }
        try {
            Outside.Answer answer = outside.get(address, "image/*", LIMITS);
            String type = answer.status() == 200 ? type(answer.body()) : null;
            if (type == null) throw new Outside.Failed("no image");
            FETCHED.increment();
            response.header(HeaderNames.CONTENT_TYPE, type);
            response.header(HeaderNames.CACHE_CONTROL, "private, max-age=604800");
            response.send(answer.body());
        } catch (IOException e) {
            FAILED.increment();
            System.getLogger("yubin.http")
                    .log(System.Logger.Level.DEBUG, () -> "image: " + e.getMessage());
            throw Problem.of(502, "image", "the image cannot be had");
        } finally {
            FREE.release();
        }
    }

    /// The media type by the octets themselves, whatever their server says; null for what is no
    /// image that cannot run.
    static String type(byte[] octets) {
        if (begins(octets, 0, "\211PNG\r\n\032\n")) return "image/png";
        if (begins(octets, 0, "\377\330\377")) return "image/jpeg";
        if (begins(octets, 0, "GIF87a") || begins(octets, 0, "GIF89a")) return "image/gif";
        if (begins(octets, 0, "RIFF") && begins(octets, 8, "WEBP")) return "image/webp";
        if (begins(octets, 4, "ftypavif") || begins(octets, 4, "ftypavis")) return "image/avif";
        if (begins(octets, 0, "BM") && octets.length > 26) return "image/bmp";
        if (begins(octets, 0, "\0\0\1\0")) return "image/x-icon";
        return null;
    }

    private static boolean begins(byte[] octets, int at, String magic) {
        if (octets.length < at + magic.length()) return false;
        for (int i = 0; i < magic.length(); i++) {
            if ((octets[at + i] & 0xFF) != magic.charAt(i)) return false;
        }
        return true;
    }
}
