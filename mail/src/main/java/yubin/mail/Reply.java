package yubin.mail;

import java.util.List;
import java.util.stream.Collectors;

/// An SMTP reply, sent or received. RFC 5321 §4.2, enhanced status codes RFC 2034 §4.
///
/// @param code 200 to 599
/// @param status null where the command has none (greeting, HELO, EHLO, AUTH challenges)
/// @param lines at least one, without code, status and CRLF
public record Reply(int code, EnhancedStatus status, List<String> lines) {
    public Reply {
        if (code < 200 || code > 599) throw new IllegalArgumentException("reply code " + code);
        if (lines.isEmpty()) throw new IllegalArgumentException("reply without text");
        lines = List.copyOf(lines);
    }

    public static Reply of(int code, String text) {
        return new Reply(code, null, List.of(text));
    }

    public static Reply of(int code, String status, String text) {
        return new Reply(code, EnhancedStatus.of(status), List.of(text));
    }

    public boolean isPositive() {
        return code < 400;
    }

    /// A 4yz reply: worth another try.
    public boolean isTransient() {
        return code >= 400 && code < 500;
    }

    public boolean isPermanent() {
        return code >= 500;
    }

    /// As it goes over the wire, each line with its code and CRLF.
    public String wireForm() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            out.append(code).append(i + 1 < lines.size() ? '-' : ' ');
            if (status != null) out.append(status).append(' ');
            out.append(lines.get(i)).append("\r\n");
        }
        return out.toString();
    }

    /// In one line, as logs, traces and bounces show it.
    @Override
    public String toString() {
        return code
                + " "
                + (status == null ? "" : status + " ")
                + lines.stream().collect(Collectors.joining(" "));
    }
}
