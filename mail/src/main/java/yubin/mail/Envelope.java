package yubin.mail;

import java.util.List;

/// What is written on the outside of a letter. RFC 5321 §2.3.1.
///
/// @param from the reverse-path
/// @param recipients at least one, at most the server's bound
/// @param body what MAIL BODY declared, RFC 6152 §3 and RFC 3030 §3
/// @param smtpUtf8 whether MAIL said SMTPUTF8, RFC 6531 §3.4
/// @param ret what a bounce brings back, null when nothing was said, RFC 3461 §4.3
/// @param envelopeId ENVID decoded from xtext, null when absent, RFC 3461 §4.4
public record Envelope(
        ReversePath from,
        List<Recipient> recipients,
        Body body,
        boolean smtpUtf8,
        Ret ret,
        String envelopeId) {
    /// The declared content of the message.
    public enum Body {
        SEVEN_BIT,
        EIGHT_BIT_MIME,
        BINARY_MIME
    }

    /// How much of the message a bounce returns.
    public enum Ret {
        FULL,
        HDRS
    }

    public Envelope {
        recipients = List.copyOf(recipients);
        if (recipients.isEmpty()) throw new IllegalArgumentException("envelope without recipient");
    }

    public static Envelope of(ReversePath from, List<Recipient> recipients) {
        return new Envelope(from, recipients, Body.EIGHT_BIT_MIME, false, null, null);
    }
}
