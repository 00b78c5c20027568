package yubin.delivery;

import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import yubin.mail.Envelope;
import yubin.mail.Recipient;
import yubin.mail.Recipient.Notify;

/// Writes the parameters of MAIL and RCPT that this server understands.
final class Parameters {
    private static final Notify[] ORDER = {
        Notify.NEVER, Notify.SUCCESS, Notify.FAILURE, Notify.DELAY
    };

    private Parameters() {}

    /// RET and ENVID as they came, RFC 3461 §5.2.1.
    static void mail(StringBuilder out, Envelope envelope) {
        if (envelope.ret() != null) out.append(" RET=").append(envelope.ret().name());
        if (envelope.envelopeId() != null) {
            out.append(" ENVID=").append(xtext(envelope.envelopeId()));
        }
    }

    /// NOTIFY and ORCPT as they came, RFC 3461 §5.2.1.
    static void rcpt(StringBuilder out, Recipient recipient, boolean smtpUtf8) {
        if (!recipient.notices().isEmpty()) {
            StringJoiner notices = new StringJoiner(",", " NOTIFY=", "");
            for (Notify notify : ORDER) {
                if (recipient.notices().contains(notify)) notices.add(notify.name());
            }
            out.append(notices);
        }
        String original = recipient.originalRecipient();
        if (original == null) return;
        int semicolon = original.indexOf(';');
        if (semicolon < 1) return;
        String type = original.substring(0, semicolon);
        String address = original.substring(semicolon + 1).strip();
        boolean utf8 = type.equalsIgnoreCase("utf-8");
        out.append(" ORCPT=").append(type).append(';');
        out.append(utf8 ? unitext(address, smtpUtf8) : xtext(address));
    }

    /// `xtext = *( xchar / hexchar )`, RFC 3461 §4.
    static String xtext(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (octet > ' ' && octet < 127 && octet != '+' && octet != '=') {
                out.append((char) octet);
            } else {
                out.append('+');
                out.append(Character.toUpperCase(Character.forDigit(octet >> 4 & 15, 16)));
                out.append(Character.toUpperCase(Character.forDigit(octet & 15, 16)));
            }
        }
        return out.toString();
    }

    /// `utf-8-addr-unitext`, or the 7-bit `utf-8-addr-xtext` for a server without SMTPUTF8.
    /// RFC 6533 §3.
    private static String unitext(String text, boolean smtpUtf8) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            boolean plain = c > ' ' && c < 127 && "\\+=".indexOf(c) < 0;
                            if (plain || c > 127 && smtpUtf8) {
                                out.appendCodePoint(c);
                            } else {
                                String hex =
                                        Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT);
                                out.append("\\x{").append(hex.length() < 2 ? "0" : "");
                                out.append(hex).append('}');
                            }
                        });
        return out.toString();
    }
}
