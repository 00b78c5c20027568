package yubin.assist;

/// One recipient for whom delivery failed or is late, as an error mail or a reply tells it.
///
/// @param recipient the address; empty when nobody is named
/// @param originalRecipient as the sender wrote it, before aliases; empty when not told
/// @param status `5.1.1`; where only text was found at least a class, as `5.0.0`
/// @param reply three digits, or empty
/// @param command the SMTP command that was refused (`CONN`, `HELO`, `MAIL`, `RCPT`, `DATA`), or
///     empty when not told
/// @param diagnostic what was said, on one line
/// @param topic which words explain it: the reason, or a special case of it as `blocked:greylist`
/// @param hard sending to this address again will fail again
/// @param delayed the mail system goes on trying; nothing is given up yet
/// @param source which part of the mail said so
public record Bounce(
        String recipient,
        String originalRecipient,
        String status,
        String reply,
        String command,
        String diagnostic,
        String topic,
        boolean hard,
        boolean delayed,
        String source) {

    /// The reason in the vocabulary of the trade, as `userunknown`.
    public String reason() {
        int colon = topic.indexOf(':');
        return colon < 0 ? topic : topic.substring(0, colon);
    }
}
