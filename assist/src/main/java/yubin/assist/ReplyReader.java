package yubin.assist;

/// Reads a bare refusal, as `550 5.1.1 User unknown`.
public final class ReplyReader {
    private ReplyReader() {}

    /// @param command the SMTP command that it answered, or empty
    public static Bounce read(String reply, String command) {
        return read(reply, command, "");
    }

    /// @param recipient for whom it was said, as people write the address; or empty
    public static Bounce read(String reply, String command, String recipient) {
        String text = Codes.head(reply);
        Verdict.Hearing hearing = Verdict.Hearing.of(Rules.table());
        String named = Codes.named(command);
        Verdict verdict = new Verdict(hearing, text, text, "", "", named);
        // Nearly every refusal of a person answers RCPT.
        if (verdict.command.isEmpty() && verdict.topic.equals("filtered")) {
            verdict = new Verdict(hearing, text, text, "", "", "RCPT");
        }
        return verdict.bounce(recipient, "", false, "reply");
    }
}
