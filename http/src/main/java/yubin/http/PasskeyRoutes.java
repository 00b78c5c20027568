package yubin.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.exception.DataConversionException;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.Challenge;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.VerificationException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Directory;
import yubin.directory.Login;
import yubin.directory.Outcome;
import yubin.directory.Passkeys;
import yubin.mail.AccountId;

/// Passkeys (WebAuthn): made in a session, and a way in without a password.
///
/// The device must have seen its owner (user verification), so that a passkey is worth both
/// factors.
/// Who made the device is not asked. A challenge is drawn here, good once, for five minutes.
final class PasskeyRoutes implements HttpService {
    private static final Duration CHALLENGE_LIFE = Duration.ofMinutes(5);
    private static final int CHALLENGES_MAX = 10_000;
    private static final int TIMEOUT_MILLIS = 300_000;

    private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
            List.of(
                    COSEAlgorithmIdentifier.EdDSA,
                    COSEAlgorithmIdentifier.ES256,
                    COSEAlgorithmIdentifier.RS256);

    private final Site site;
    private final Askers askers;
    private final LoginRoutes door;
    private final Directory directory;
    private final HttpSettings settings;

    /// For whom a challenge was drawn; 0 for a login.
    private final Cache<String, Long> challenges =
            Caffeine.newBuilder()
                    .maximumSize(CHALLENGES_MAX)
                    .expireAfterWrite(CHALLENGE_LIFE)
                    .build();

    PasskeyRoutes(
            HttpSettings settings,
            Site site,
            Askers askers,
            LoginRoutes door,
            Directory directory) {
        this.settings = settings;
        this.site = site;
        this.askers = askers;
        this.door = door;
        this.directory = directory;
    }

    /// Loaded when the first passkey is used, not at the start.
    private static final class Library {
        static final ObjectConverter CONVERTER = new ObjectConverter();
        static final WebAuthnManager MANAGER =
                WebAuthnManager.createNonStrictWebAuthnManager(CONVERTER);
        static final AttestedCredentialDataConverter DATA =
                new AttestedCredentialDataConverter(CONVERTER);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/auth/passkeys", this::list);
        rules.post("/auth/passkeys/options", this::creationOptions);
        rules.post("/auth/passkeys", this::add);
        rules.delete("/auth/passkeys/{id}", this::remove);
        rules.post("/login/passkey/options", this::requestOptions);
        rules.post("/login/passkey", this::login);
    }

    private void list(ServerRequest request, ServerResponse response) throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        ArrayNode list = Bodies.JSON.createArrayNode();
        for (Passkeys.Passkey one : directory.passkeys().list(asker.login().account())) {
            list.addObject()
                    .put("id", Long.toString(one.id()))
                    .put("label", one.label())
                    .put("created", one.created().toString())
                    .put("used", one.used() == null ? null : one.used().toString());
        }
        LoginRoutes.send(response, list);
    }

    private void creationOptions(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Askers.Asker asker = askers.person(request);
        askers.confirm(request, asker, Bodies.object(request));
        Login login = asker.login();
        ObjectNode options = Bodies.JSON.createObjectNode();
        options.putObject("rp").put("id", host(request)).put("name", settings.hostname());
        String address = login.address().toString();
        options.putObject("user")
                .put("id", base64(handle(login.account())))
                .put("name", address)
                .put("displayName", address);
        options.put("challenge", draw(login.account().value()));
        ArrayNode parameters = options.putArray("pubKeyCredParams");
        for (COSEAlgorithmIdentifier algorithm : ALGORITHMS) {
            parameters.addObject().put("type", "public-key").put("alg", algorithm.getValue());
        }
        ArrayNode known = options.putArray("excludeCredentials");
        for (Passkeys.Passkey one : directory.passkeys().list(login.account())) {
            known.addObject()
                    .put("type", "public-key")
                    .put("id", base64(data(one).getCredentialId()));
        }
        options.putObject("authenticatorSelection")
                .put("residentKey", "required")
                .put("requireResidentKey", true)
                .put("userVerification", "required");
        options.put("attestation", "none").put("timeout", TIMEOUT_MILLIS);
        LoginRoutes.send(response, options);
    }

    private void add(ServerRequest request, ServerResponse response) throws IOException, Problem {
        Login login = askers.person(request).login();
        ObjectNode body = Bodies.object(request);
        String label = Bodies.needed(body, "label");
        byte[] data;
        try {
            RegistrationData registration =
                    parsed(body, Library.MANAGER::parseRegistrationResponseJSON);
            Challenge challenge = registration.getCollectedClientData().getChallenge();
            take(challenge, login.account().value());
            Library.MANAGER.verify(
                    registration,
                    new RegistrationParameters(
                            server(request, challenge),
                            ALGORITHMS.stream()
                                    .map(
                                            algorithm ->
                                                    new PublicKeyCredentialParameters(
                                                            PublicKeyCredentialType.PUBLIC_KEY,
                                                            algorithm))
                                    .toList(),
                            true,
                            true));
            AttestedCredentialData attested =
                    registration
                            .getAttestationObject()
                            .getAuthenticatorData()
                            .getAttestedCredentialData();
            data = Library.DATA.convert(attested);
        } catch (DataConversionException | VerificationException | IllegalArgumentException e) {
            throw Problem.of(400, "passkey", "the passkey is not good: " + e.getMessage());
        }
        Outcome outcome = directory.passkeys().add(login.account(), label, data);
        if (outcome instanceof Outcome.Refused(_, String text)) {
            throw Problem.of(400, "passkey", text);
        }
        response.status(201).send();
    }

    private void remove(ServerRequest request, ServerResponse response)
            throws IOException, Problem {
        Login login = askers.person(request).login();
        String id = request.path().pathParameters().get("id");
        boolean gone =
                id.matches("[0-9]{1,18}")
                        && directory.passkeys().remove(login.account(), Long.parseLong(id))
                                instanceof Outcome.Ok;
        if (!gone) throw Problem.of(Status.NOT_FOUND_404);
        response.status(204).send();
    }

    /// Names no account: the device knows which passkeys it has for this site.
    private void requestOptions(ServerRequest request, ServerResponse response) throws Problem {
        askers.refuseForeign(request.headers(), request.authority());
        ObjectNode options = Bodies.JSON.createObjectNode();
        options.put("challenge", draw(0)).put("rpId", host(request));
        options.put("userVerification", "required").put("timeout", TIMEOUT_MILLIS);
        options.putArray("allowCredentials");
        LoginRoutes.send(response, options);
    }

    private void login(ServerRequest request, ServerResponse response) throws IOException, Problem {
        askers.refuseForeign(request.headers(), request.authority());
        ObjectNode body = Bodies.object(request);
        Login login;
        try {
            AuthenticationData shown =
                    parsed(body, Library.MANAGER::parseAuthenticationResponseJSON);
            Challenge challenge = shown.getCollectedClientData().getChallenge();
            take(challenge, 0);
            AccountId account = account(shown.getUserHandle());
            Passkeys.Passkey passkey = find(account, shown.getCredentialId());
            Library.MANAGER.verify(
                    shown,
                    new AuthenticationParameters(
                            server(request, challenge), record(passkey), null, true, true));
            login = directory.passkeys().login(account, passkey.id()).orElseThrow(this::unknown);
        } catch (DataConversionException | VerificationException | IllegalArgumentException e) {
            System.getLogger("yubin.http")
                    .log(System.Logger.Level.INFO, "passkey: " + e.getMessage());
            throw unknown();
        }
        door.admit(request, response, login, Bodies.text(body, "device"));
    }

    /// The library's parsers throw what they come across on hostile input, null pointers too.
    private static <T> T parsed(ObjectNode body, Function<String, T> parser) throws Problem {
        try {
            return parser.apply(body.path("credential").toString());
        } catch (RuntimeException e) {
            throw Problem.of(400, "passkey", "the passkey cannot be read");
        }
    }

    private Problem unknown() {
        return Problem.of(401, "credentials", "this passkey is not known here");
    }

    private Passkeys.Passkey find(AccountId account, byte[] credentialId)
            throws IOException, Problem {
        for (Passkeys.Passkey one : directory.passkeys().list(account)) {
            if (Arrays.equals(data(one).getCredentialId(), credentialId)) return one;
        }
        throw unknown();
    }

    /// Signature counters are not kept: passkeys that are shared between devices have none.
    private static CredentialRecordImpl record(Passkeys.Passkey passkey) {
        return new CredentialRecordImpl(
                new NoneAttestationStatement(),
                true,
                null,
                null,
                0,
                data(passkey),
                null,
                null,
                null,
                null);
    }

    private static AttestedCredentialData data(Passkeys.Passkey passkey) {
        return Library.DATA.convert(passkey.data());
    }

    private ServerProperty server(ServerRequest request, Challenge challenge) {
        return ServerProperty.builder()
                .origin(Origin.create(site.base(request.isSecure(), request.authority())))
                .rpId(host(request))
                .challenge(challenge)
                .build();
    }

    /// The host that passkeys belong to, without a port.
    private String host(ServerRequest request) {
        return URI.create(site.base(request.isSecure(), request.authority())).getHost();
    }

    private String draw(long account) {
        String challenge = base64(new DefaultChallenge().getValue());
        challenges.put(challenge, account);
        return challenge;
    }

    private void take(Challenge challenge, long account) throws Problem {
        Long drawn = challenges.asMap().remove(base64(challenge.getValue()));
        if (drawn == null || drawn != account) {
            throw Problem.of(400, "challenge", "this took too long; begin again");
        }
    }

    private static byte[] handle(AccountId account) {
        return ByteBuffer.allocate(Long.BYTES).putLong(account.value()).array();
    }

    private AccountId account(byte[] handle) throws Problem {
        if (handle == null || handle.length != Long.BYTES) throw unknown();
        long number = ByteBuffer.wrap(handle).getLong();
        if (number < 1) throw unknown();
        return new AccountId(number);
    }

    private static String base64(byte[] octets) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }
}
