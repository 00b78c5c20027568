package yubin.smtp;

import java.util.Locale;
import java.util.Map;
import yubin.mail.Envelope;

/// The parameters of MAIL.
///
/// @param size octets declared, RFC 1870 §6; -1 when not said
/// @param body RFC 6152 §3, RFC 3030 §3; null when not said
/// @param smtpUtf8 RFC 6531 §3.4
/// @param ret RFC 3461 §4.3; null when not said
/// @param envelopeId decoded, RFC 3461 §4.4; null when not said
/// @param auth RFC 4954 §5, decoded; null when not said. We trust nobody's word for it
record MailParameters(
        long size,
        Envelope.Body body,
        boolean smtpUtf8,
        Envelope.Ret ret,
        String envelopeId,
        String auth)
        implements Parameters {
    static final MailParameters NONE = new MailParameters(-1, null, false, null, null, null);

    /// RFC 3461 §4.4.
    private static final int ENVELOPE_ID_MAX = 100;

    static Parameters parse(String line, int from) {
        if (from == line.length()) return NONE;
        Bad[] bad = new Bad[1];
        Map<String, Parameter> given = Parameters.split(line, from, bad);
        if (given == null) return bad[0];
        long size = -1;
        Envelope.Body body = null;
        boolean smtpUtf8 = false;
        Envelope.Ret ret = null;
        String envelopeId = null;
        String auth = null;
        for (var entry : given.entrySet()) {
            String value = entry.getValue().value();
            boolean good = true;
            switch (entry.getKey()) {
                case "SIZE" -> {
                    size = value == null ? -1 : SmtpCommand.number(value);
                    good = size >= 0;
                }
                case "BODY" -> {
                    body = body(value);
                    good = body != null;
                }
                case "SMTPUTF8" -> {
                    smtpUtf8 = true;
                    good = value == null;
                }
                case "RET" -> {
                    ret = ret(value);
                    good = ret != null;
                }
                case "ENVID" -> {
                    envelopeId = value == null ? null : Parameters.xtext(value);
                    good =
                            envelopeId != null
                                    && value.length() <= ENVELOPE_ID_MAX
                                    && !Parameters.hasControls(envelopeId);
                }
                case "AUTH" -> {
                    auth = value == null ? null : value.equals("<>") ? "" : Parameters.xtext(value);
                    good = auth != null;
                }
                default -> {
                    return new Bad(SmtpCommand.Problem.PARAMETER_UNKNOWN, entry.getValue().at());
                }
            }
            if (!good) return new Bad(SmtpCommand.Problem.PARAMETER_VALUE, entry.getValue().at());
        }
        return new MailParameters(size, body, smtpUtf8, ret, envelopeId, auth);
    }

    private static Envelope.Body body(String value) {
        if (value == null) return null;
        return switch (value.toUpperCase(Locale.ROOT)) {
            case "7BIT" -> Envelope.Body.SEVEN_BIT;
            case "8BITMIME" -> Envelope.Body.EIGHT_BIT_MIME;
            case "BINARYMIME" -> Envelope.Body.BINARY_MIME;
            default -> null;
        };
    }

    private static Envelope.Ret ret(String value) {
        if (value == null) return null;
        return switch (value.toUpperCase(Locale.ROOT)) {
            case "FULL" -> Envelope.Ret.FULL;
            case "HDRS" -> Envelope.Ret.HDRS;
            default -> null;
        };
    }
}
