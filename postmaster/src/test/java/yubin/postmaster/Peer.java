package yubin.postmaster;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A plain and deliberately stupid client for tests: octets as ISO 8859-1, no mercy, no TLS. It
/// shares no code with the server.
final class Peer implements AutoCloseable {
    static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private int tag;

    Peer(InetSocketAddress to) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(to, PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /// @param octets sent as they are, without a line end
    Peer send(String octets) throws IOException {
        out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return this;
    }

    Peer say(String line) throws IOException {
        return send(line + "\r\n");
    }

    /// A line without CRLF.
    String hear() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) throw new EOFException("closed after: " + line);
            line.write(octet);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /// Hears lines until the peer closes; the end may also be a reset.
    List<String> hearAll() {
        List<String> lines = new ArrayList<>();
        try {
            while (true) lines.add(hear());
        } catch (IOException e) {
            return lines;
        }
    }

    /// Hears a whole SMTP reply and returns its last line.
    String reply() throws IOException {
        String line = hear();
        while (line.length() > 3 && line.charAt(3) == '-') line = hear();
        return line;
    }

    String smtp(String command) throws IOException {
        return say(command).reply();
    }

    /// As [#smtp], wanting a reply that begins with `code`.
    String smtp(String command, String code) throws IOException {
        String reply = smtp(command);
        if (!reply.startsWith(code)) {
            throw new AssertionError(command + ": wanted " + code + ", heard " + reply);
        }
        return reply;
    }

    /// @param untagged lines with their literals
    /// @param status the tagged line without its tag
    record Answer(List<String> untagged, String status) {
        boolean ok() {
            return status.startsWith("OK");
        }
    }

    /// Sends an IMAP command and hears up to its tagged answer.
    Answer imap(String command) throws IOException {
        return imapEnd(begin(command));
    }

    /// Sends an IMAP command with a synchronizing literal and whatever comes behind it.
    Answer imap(String command, byte[] literal, String rest) throws IOException {
        String name = begin(command + " {" + literal.length + "}");
        String line = hear();
        while (line.startsWith("* ")) line = hear();
        if (!line.startsWith("+")) return new Answer(List.of(), line.substring(name.length() + 1));
        out.write(literal);
        say(rest);
        return imapEnd(name);
    }

    private String begin(String command) throws IOException {
        String name = "p" + ++tag;
        say(name + " " + command);
        return name;
    }

    private Answer imapEnd(String name) throws IOException {
        List<String> untagged = new ArrayList<>();
        while (true) {
            String line = hearWithLiterals();
            if (line.startsWith(name + " ")) {
                return new Answer(untagged, line.substring(name.length() + 1));
            }
            untagged.add(line);
        }
    }

    String hearWithLiterals() throws IOException {
        StringBuilder all = new StringBuilder();
        while (true) {
            String line = hear();
            all.append(line);
            int open = line.lastIndexOf('{');
            if (open < 0 || !line.endsWith("}")) return all.toString();
            int octets = Integer.parseInt(line.substring(open + 1, line.length() - 1));
            byte[] literal = in.readNBytes(octets);
            if (literal.length < octets) throw new EOFException("closed inside a literal");
            all.append(new String(literal, StandardCharsets.ISO_8859_1));
        }
    }

    /// Opens IMAP, logs in, selects.
    static Peer reader(InetSocketAddress imap, String name, String password) throws IOException {
        Peer peer = new Peer(imap);
        peer.hear();
        Answer login = peer.imap("LOGIN " + name + " " + password);
        if (!login.ok()) throw new AssertionError("login: " + login.status());
        return peer;
    }

    /// Hands in one letter; the last reply.
    static String deliver(InetSocketAddress smtp, String from, String to, String letter)
            throws IOException {
        try (Peer peer = new Peer(smtp)) {
            peer.reply();
            peer.smtp("EHLO client.example", "250");
            String mail = peer.smtp("MAIL FROM:<" + from + ">");
            if (!mail.startsWith("250")) return mail;
            String rcpt = peer.smtp("RCPT TO:<" + to + ">");
            if (!rcpt.startsWith("250")) return rcpt;
            String data = peer.smtp("DATA");
            if (!data.startsWith("354")) return data;
            peer.send(letter);
            return peer.smtp(".");
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
