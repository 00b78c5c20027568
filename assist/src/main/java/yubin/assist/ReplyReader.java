package yubin.assist;

/// Reads a bare refusal, as `550 5.1.1 User unknown`.
public final class ReplyReader {
    private ReplyReader() {}

    /// @param command the SMTP command that it answered, or empty
    public static Bounce read(String reply, String command) {
        return read(reply, command, "");
    }

    static Bounce read(String reply, String command, String recipient) {
        String text = reply.length() > Codes.TEXT_MAX ? reply.substring(0, Codes.TEXT_MAX) : reply;
        String named = Codes.named(command);
        Verdict verdict = new Verdict(Rules.table(), text, text, "", "", named);
        // Nearly every refusal of a person answers RCPT.
        if (verdict.command.isEmpty() && verdict.topic.equals("filtered")) {
            verdict = new Verdict(Rules.table(), text, text, "", "", "RCPT");
        }
        return verdict.bounce(recipient, "", "reply");
    }
}
