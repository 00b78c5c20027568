package yubin.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/// The mechanisms themselves: a state for each message that is awaited.
final class SaslExchange extends Sasl {
    /// Octets of one message from the client, decoded.
    static final int MESSAGE_OCTETS_MAX = 8192;

    private final Logins logins;
    private final Visitor visitor;
    private State state;

    /// What is awaited, and what to make of it.
    private sealed interface State {
        record PlainMessage() implements State {}

        record LoginName() implements State {}

        record LoginPassword(String name) implements State {}

        /// @param plus whether the mechanism was the one with channel binding
        record ScramFirst(boolean plus) implements State {}

        record ScramFinal(
                String name,
                Logins.ScramSecret secret,
                byte[] binding,
                String nonce,
                String messages)
                implements State {}

        /// The client has only to say that it has seen our proof.
        record ScramNothing(Step.End end) implements State {}

        record Over() implements State {}
    }

    private SaslExchange(Logins logins, Visitor visitor, State state) {
        this.logins = logins;
        this.visitor = visitor;
        this.state = state;
    }

    /// Empty for a mechanism that is not known or not possible here.
    static Optional<Sasl> begin(String mechanism, Logins logins, Visitor visitor) {
        State first =
                switch (mechanism.toUpperCase(java.util.Locale.ROOT)) {
                    case "PLAIN" -> new State.PlainMessage();
                    case "LOGIN" -> new State.LoginName();
                    case "SCRAM-SHA-256" -> new State.ScramFirst(false);
                    case "SCRAM-SHA-256-PLUS" ->
                            canBind(visitor) ? new State.ScramFirst(true) : null;
                    default -> null;
                };
        return first == null
                ? Optional.empty()
                : Optional.of(new SaslExchange(logins, visitor, first));
    }

    @Override
    public Step respond(byte[] response) {
        State now = state;
        state = new State.Over();
        if (response != null && response.length > MESSAGE_OCTETS_MAX) return malformed("too long");
        try {
            return switch (now) {
                case State.PlainMessage() -> plain(response);
                case State.LoginName() -> loginName(response);
                case State.LoginPassword(String name) ->
                        logins.login(name, text(orEmpty(response)), visitor);
                case State.ScramFirst(boolean plus) -> scramFirst(response, plus);
                case State.ScramFinal scram -> scramFinal(orEmpty(response), scram);
                case State.ScramNothing(Step.End end) ->
                        orEmpty(response).length == 0 ? end : malformed("octets after the proof");
                case State.Over() -> malformed("the exchange is over");
            };
        } catch (CharacterCodingException e) {
            return malformed("not UTF-8");
        } catch (IOException e) {
            return new Step.Failed(
                    Step.Why.LATER, "temporary trouble, try again later", e.toString());
        }
    }

    /// `message = [authzid] UTF8NUL authcid UTF8NUL passwd`, RFC 4616 §2.
    private Step plain(byte[] response) throws IOException {
        if (response == null) {
            state = new State.PlainMessage();
            return new Step.Challenge(new byte[0]);
        }
        String message = text(response);
        int first = message.indexOf(0);
        int second = message.indexOf(0, first + 1);
        if (first < 0 || second < 0 || message.indexOf(0, second + 1) >= 0) {
            return malformed("PLAIN without two NUL");
        }
        String authorization = message.substring(0, first);
        String name = message.substring(first + 1, second);
        if (!isSelf(authorization, name)) return somebodyElse(name, authorization);
        return logins.login(name, message.substring(second + 1), visitor);
    }

    /// LOGIN asks with words that clients compare. An initial response is the name.
    private Step loginName(byte[] response) throws IOException {
        if (response == null) {
            state = new State.LoginName();
            return challenge("Username:");
        }
        state = new State.LoginPassword(text(response));
        return challenge("Password:");
    }

    /// `client-first-message`, RFC 5802 §7.
    private Step scramFirst(byte[] response, boolean plus) throws IOException {
        if (response == null) {
            state = new State.ScramFirst(plus);
            return new Step.Challenge(new byte[0]);
        }
        String message = text(response);
        int flagEnd = message.indexOf(',');
        int headerEnd = message.indexOf(',', flagEnd + 1);
        if (flagEnd < 0 || headerEnd < 0) return malformed("SCRAM without GS2 header");
        String flag = message.substring(0, flagEnd);
        String authorization = message.substring(flagEnd + 1, headerEnd);
        String bare = message.substring(headerEnd + 1);
        byte[] header = message.substring(0, headerEnd + 1).getBytes(StandardCharsets.UTF_8);

        byte[] binding = header;
        if (flag.startsWith("p=")) {
            if (!plus) return malformed("channel binding without -PLUS");
            byte[] data = bindingData(flag.substring(2));
            if (data == null) return malformed("channel binding " + flag + " is not possible");
            binding = join(header, data);
        } else if (flag.equals("n") || flag.equals("y")) {
            if (plus) return malformed("-PLUS without channel binding");
            // RFC 5802 §6: somebody has taken our -PLUS out of the list on its way.
            if (flag.equals("y") && canBind(visitor)) {
                return malformed("the server does support channel binding");
            }
        } else {
            return malformed("GS2 flag");
        }

        String[] parts = bare.split(",", -1);
        if (parts.length < 2 || !parts[0].startsWith("n=") || !parts[1].startsWith("r=")) {
            return malformed("SCRAM without name and nonce"); // or with an extension, m=
        }
        String name = saslName(parts[0].substring(2));
        String nonce = parts[1].substring(2);
        if (name == null || !isNonce(nonce)) return malformed("SCRAM name or nonce");
        if (!authorization.isEmpty()) {
            String other =
                    authorization.startsWith("a=") ? saslName(authorization.substring(2)) : null;
            if (other == null) return malformed("SCRAM authorization identity");
            if (!isSelf(other, name)) return somebodyElse(name, other);
        }
        Logins.ScramSecret secret = logins.scramSecret(Passwords.prepare(name));
        Base64.Encoder base64 = Base64.getEncoder();
        String both = nonce + base64.withoutPadding().encodeToString(Passwords.random(18));
        String reply =
                "r="
                        + both
                        + ",s="
                        + base64.encodeToString(secret.keys().salt())
                        + ",i="
                        + secret.keys().iterations();
        state = new State.ScramFinal(name, secret, binding, both, bare + "," + reply);
        return challenge(reply);
    }

    /// `client-final-message`, RFC 5802 §7.
    private Step scramFinal(byte[] response, State.ScramFinal scram) throws IOException {
        String message = text(response);
        int proofAt = message.lastIndexOf(",p=");
        if (proofAt < 0) return malformed("SCRAM without proof");
        String withoutProof = message.substring(0, proofAt);
        String[] parts = withoutProof.split(",", -1);
        if (parts.length < 2 || !parts[0].startsWith("c=") || !parts[1].startsWith("r=")) {
            return malformed("SCRAM without binding and nonce");
        }
        byte[] binding;
        byte[] proof;
        try {
            binding = Base64.getDecoder().decode(parts[0].substring(2));
            proof = Base64.getDecoder().decode(message.substring(proofAt + 3));
        } catch (IllegalArgumentException e) {
            return malformed("SCRAM Base64");
        }
        byte[] all = (scram.messages() + "," + withoutProof).getBytes(StandardCharsets.UTF_8);
        boolean proven = Scram.proves(proof, scram.secret().keys().storedKey(), all);
        proven &= MessageDigest.isEqual(binding, scram.binding());
        proven &= parts[1].substring(2).equals(scram.nonce());
        Step.End end = logins.finishScram(scram.name(), scram.secret(), proven, visitor);
        if (!(end instanceof Step.Done)) return end;
        byte[] signature = Scram.hmac(scram.secret().keys().serverKey(), all);
        state = new State.ScramNothing(end);
        return challenge("v=" + Base64.getEncoder().encodeToString(signature));
    }

    /// True when nobody else is asked for. Acting for others comes with shared mailboxes.
    private boolean isSelf(String authorization, String name) throws IOException {
        if (authorization.isEmpty() || authorization.equals(name)) return true;
        var self = logins.address(name);
        var other = logins.address(authorization);
        return self.isPresent() && other.isPresent() && self.get().key().equals(other.get().key());
    }

    private Step.Failed somebodyElse(String name, String other) {
        return new Step.Failed(
                Step.Why.NOT_ALLOWED,
                "you may not act for somebody else",
                "login: " + name + " as " + other);
    }

    static boolean canBind(Visitor visitor) {
        return visitor.isEncrypted()
                && (visitor.channelBinding().apply("tls-server-end-point") != null
                        || visitor.channelBinding().apply("tls-exporter") != null);
    }

    private byte[] bindingData(String type) {
        return switch (type) {
            case "tls-exporter", "tls-server-end-point" -> visitor.channelBinding().apply(type);
            default -> null;
        };
    }

    /// `saslname`, where `=2C` is a comma and `=3D` an equals sign; null when it is none.
    private static String saslName(String text) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) return null;
            if (c != '=') {
                name.append(c);
            } else if (text.startsWith("=2C", i)) {
                name.append(',');
                i += 2;
            } else if (text.startsWith("=3D", i)) {
                name.append('=');
                i += 2;
            } else {
                return null;
            }
        }
        return name.isEmpty() ? null : name.toString();
    }

    /// `c-nonce = printable`
    private static boolean isNonce(String nonce) {
        if (nonce.isEmpty() || nonce.length() > 1024) return false;
        for (int i = 0; i < nonce.length(); i++) {
            char c = nonce.charAt(i);
            if (c < 0x21 || c > 0x7E) return false;
        }
        return true;
    }

    private static Step.Failed malformed(String what) {
        return new Step.Failed(
                Step.Why.MALFORMED, "the authentication exchange cannot be read", "SASL: " + what);
    }

    private static Step.Challenge challenge(String text) {
        return new Step.Challenge(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] orEmpty(byte[] response) {
        return response == null ? new byte[0] : response;
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private static String text(byte[] octets) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    }
}
