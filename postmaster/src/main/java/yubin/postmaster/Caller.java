package yubin.postmaster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import yubin.wire.ClientTls;
import yubin.wire.Wire;

/// A client for our own doors and windows: says a line, hears the whole answer, and tells both to
/// whoever listens. The demo and the rehearsal speak through it.
///
/// It is strict: an answer that was not wanted ends the conversation with an exception that quotes
/// it.
final class Caller implements AutoCloseable {
    /// Gets every line, `C: ` or `S: ` in front.
    interface Ear {
        void hear(String line);
    }

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LINE_OCTETS_MAX = 64 << 10;
    private static final int LITERAL_OCTETS_MAX = 1 << 20;

    private final Wire wire;
    private Ear ear;
    private final byte[] line = new byte[LINE_OCTETS_MAX];
    private int tag;

    private Caller(Wire wire, Ear ear) {
        this.wire = wire;
        this.ear = ear;
    }

    /// @param tls whether TLS begins with the first octet
    static Caller connect(InetSocketAddress to, boolean tls, Ear ear) throws IOException {
        Wire wire = Wire.connect(to, null, PATIENCE);
        wire.deadline(PATIENCE, PATIENCE);
        Caller caller = new Caller(wire, ear);
        if (tls) caller.startTls();
        return caller;
    }

    /// The certificate is not checked: it is our own, and self-signed.
    void startTls() throws IOException {
        wire.startTls(ClientTls.opportunistic("localhost"));
        ear.hear("   (" + wire.tls().protocol() + ", " + wire.tls().cipher() + ")");
    }

    /// Says an SMTP command and hears its reply, which must begin with `code`.
    ///
    /// @param command null to hear only
    /// @return the text of all lines of the reply
    String smtp(String command, String code) throws IOException {
        if (command != null) say(command);
        StringBuilder text = new StringBuilder();
        String heard;
        do {
            heard = hear();
            text.append(heard.length() > 4 ? heard.substring(4) : "").append('\n');
        } while (heard.length() > 3 && heard.charAt(3) == '-');
        want(heard.startsWith(code), code, heard);
        return text.toString();
    }

    /// Says an SMTP message and its final dot; lines end with LF in `message`.
    String data(String message) throws IOException {
        for (String part : message.split("\n", -1)) say(part.startsWith(".") ? "." + part : part);
        return smtp(".", "250");
    }

    /// Hears an IMAP greeting.
    void imapGreeting() throws IOException {
        String heard = hear();
        want(heard.startsWith("* OK"), "* OK", heard);
    }

    /// Says an IMAP command and hears everything up to its tagged answer, which must be OK.
    ///
    /// @return the untagged lines, literals in place
    List<String> imap(String command) throws IOException {
        String name = "a" + ++tag;
        say(name + " " + command);
        List<String> answers = new ArrayList<>();
        while (true) {
            String heard = hearWithLiterals();
            if (heard.startsWith(name + " ")) {
                want(heard.startsWith(name + " OK"), name + " OK", heard);
                return answers;
            }
            answers.add(heard);
        }
    }

    /// Waits in IDLE (RFC 2177 §3) until an untagged line comes that is `wanted`.
    void imapIdle(Predicate<String> wanted) throws IOException {
        String name = "a" + ++tag;
        say(name + " IDLE");
        String heard = hear();
        while (!heard.startsWith("+")) {
            want(heard.startsWith("* "), "+", heard);
            heard = hear();
        }
        while (!wanted.test(heard)) heard = hear();
        say("DONE");
        do {
            heard = hear();
        } while (heard.startsWith("* "));
        want(heard.startsWith(name + " OK"), name + " OK", heard);
    }

    /// From now on nobody listens.
    Caller quietly() {
        ear = line -> {};
        return this;
    }

    /// Says a POP3 command and hears its answer, which must be +OK.
    ///
    /// @param command null to hear only
    /// @param lines whether lines up to a dot follow
    List<String> pop3(String command, boolean lines) throws IOException {
        if (command != null) say(command);
        String heard = hear();
        want(heard.startsWith("+OK"), "+OK", heard);
        List<String> answers = new ArrayList<>();
        if (!lines) return answers;
        for (heard = hear(); !heard.equals("."); heard = hear()) {
            answers.add(heard.startsWith(".") ? heard.substring(1) : heard);
        }
        return answers;
    }

    /// Says an HTTP/1.1 request and hears its answer, whose status must be `status`.
    ///
    /// @param head request line and fields; Host is there already
    /// @param body null for none
    /// @return the body, which has a Content-Length
    String http(String head, String body, int status) throws IOException {
        byte[] octets = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String length = body == null ? "" : "\r\nContent-Length: " + octets.length;
        int line = (head + "\n").indexOf('\n');
        say(head.substring(0, line).strip() + "\r\nHost: localhost" + length);
        for (String field : head.substring(Math.min(line + 1, head.length())).split("\n")) {
            if (!field.isBlank()) say(field.strip());
        }
        say("");
        wire.write(octets);
        wire.flush();
        String first = hear();
        want(first.startsWith("HTTP/1.1 " + status), String.valueOf(status), first);
        int expected = 0;
        for (String field = hear(); !field.isEmpty(); field = hear()) {
            String lower = field.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                expected = Integer.parseInt(lower.substring(15).strip());
            }
        }
        byte[] answer = new byte[Math.min(expected, LITERAL_OCTETS_MAX)];
        wire.readFully(answer, 0, answer.length);
        return new String(answer, StandardCharsets.UTF_8);
    }

    void say(String text) throws IOException {
        ear.hear("C: " + shown(text));
        wire.write(text + "\r\n");
        wire.flush();
    }

    String hear() throws IOException {
        int length = wire.readLine(line);
        String heard = new String(line, 0, length, StandardCharsets.UTF_8);
        ear.hear("S: " + heard);
        return heard;
    }

    /// A line whose `{n}` at the end announces a literal goes on behind it.
    private String hearWithLiterals() throws IOException {
        StringBuilder all = new StringBuilder();
        while (true) {
            String heard = hear();
            all.append(heard);
            int octets = literal(heard);
            if (octets < 0) return all.toString();
            byte[] literal = new byte[octets];
            wire.readFully(literal, 0, octets);
            String text = new String(literal, StandardCharsets.UTF_8);
            text.lines().forEach(part -> ear.hear("S: " + part));
            all.append("\r\n").append(text);
        }
    }

    private static int literal(String heard) throws IOException {
        if (!heard.endsWith("}")) return -1;
        int open = heard.lastIndexOf('{');
        try {
            int octets = Integer.parseInt(heard.substring(open + 1, heard.length() - 1));
            if (octets <= LITERAL_OCTETS_MAX) return octets;
        } catch (NumberFormatException e) {
            return -1;
        }
        throw new IOException("a literal of " + heard.substring(open) + " octets");
    }

    private static void want(boolean good, String wanted, String heard) throws IOException {
        if (!good) throw new IOException("wanted " + wanted + ", heard: " + heard);
    }

    /// The line without what is secret in it.
    private static String shown(String text) {
        String upper = text.toUpperCase(java.util.Locale.ROOT);
        if (upper.startsWith("AUTH PLAIN ")) return text.substring(0, 11) + "…";
        if (upper.startsWith("PASS ")) return text.substring(0, 5) + "…";
        int login = upper.indexOf(" LOGIN ");
        if (login >= 0) return text.substring(0, text.lastIndexOf(' ')) + " …";
        return text;
    }

    /// The initial response of PLAIN, RFC 4616 §2.
    static String plain(String name, String password) {
        var octets = new ByteArrayOutputStream();
        octets.write(0);
        octets.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        octets.write(0);
        octets.writeBytes(password.getBytes(StandardCharsets.UTF_8));
        return java.util.Base64.getEncoder().encodeToString(octets.toByteArray());
    }

    @Override
    public void close() {
        wire.close();
    }
}
