package yubin.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import yubin.directory.Login;
import yubin.directory.Sasl;
import yubin.directory.Step;
import yubin.mail.Reply;
import yubin.wire.Buffers;
import yubin.wire.Wire;

/// The lines between AUTH and its end. RFC 4954 §4.
final class AuthDialogue {
    /// RFC 4954 §4 wants this much of a line.
    static final int LINE_OCTETS_MAX = 12_288;

    /// No mechanism of ours has more turns.
    private static final int TURNS_MAX = 10;

    private static final System.Logger LOG = System.getLogger("yubin.smtp");

    /// How it ended.
    ///
    /// @param login null when it failed
    record Outcome(Login login, Reply reply) {}

    private AuthDialogue() {}

    static Outcome hold(Wire wire, Sasl sasl, String initial) throws IOException {
        byte[] response = null;
        if (initial != null) {
            response = initial.equals("=") ? new byte[0] : decode(initial);
            if (response == null) return failed(501, "5.5.2", "that is no Base64");
        }
        Step step = sasl.respond(response);
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            switch (step) {
                case Step.Challenge(var octets) -> {
                    wire.write("334 " + Base64.getEncoder().encodeToString(octets) + "\r\n");
                    String line = readLine(wire);
                    if (line == null) return failed(500, "5.5.6", "line too long");
                    if (line.equals("*")) return failed(501, "5.7.0", "cancelled");
                    response = decode(line);
                    if (response == null) return failed(501, "5.5.2", "that is no Base64");
                    step = sasl.respond(response);
                }
                case Step.Done(var login) -> {
                    return new Outcome(login, Reply.of(235, "2.7.0", "logged in"));
                }
                case Step.Failed failed -> {
                    LOG.log(System.Logger.Level.INFO, () -> wire.id() + ": " + failed.forLog());
                    return new Outcome(null, reply(failed));
                }
            }
        }
        return failed(501, "5.5.2", "no end of this exchange");
    }

    private static Outcome failed(int code, String status, String text) {
        return new Outcome(null, Reply.of(code, status, text));
    }

    private static Reply reply(Step.Failed failed) {
        String text = failed.forPeer();
        return switch (failed.why()) {
            case CREDENTIALS, NOT_ALLOWED -> Reply.of(535, "5.7.8", text);
            case MALFORMED -> Reply.of(501, "5.5.2", text);
            case DISABLED -> Reply.of(535, "5.7.13", text);
            case LATER -> Reply.of(454, "4.7.0", text);
        };
    }

    /// Null for a line over its bound.
    private static String readLine(Wire wire) throws IOException {
        wire.awaitInput();
        byte[] line = Buffers.take();
        try {
            int length = wire.readLine(line, LINE_OCTETS_MAX);
            return new String(line, 0, length, StandardCharsets.ISO_8859_1);
        } catch (Wire.LineTooLong _) {
            return null;
        } finally {
            java.util.Arrays.fill(line, 0, 1024, (byte) 0); // a password may have lain here
            Buffers.give(line);
        }
    }

    /// Null when it is no Base64: any other character is refused, not skipped.
    private static byte[] decode(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
