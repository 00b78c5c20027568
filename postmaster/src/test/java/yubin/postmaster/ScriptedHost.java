package yubin.postmaster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/// A mail host for tests that says what its script has for a local part: at RCPT, or after the
/// dot when the script's line begins with `DATA `. Everybody else's mail is taken.
final class ScriptedHost implements AutoCloseable {
    private final ServerSocket listener;
    private final Map<String, String> script;

    ScriptedHost(Map<String, String> script) throws IOException {
        this.script = script;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::listen);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> talk(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            var in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.ISO_8859_1));
            say(socket, "220 scripted.example ESMTP");
            String atEnd = null;
            for (String line; (line = in.readLine()) != null; ) {
                String verb =
                        line.length() < 4 ? line : line.substring(0, 4).toUpperCase(Locale.ROOT);
                switch (verb) {
                    case "RCPT" -> {
                        String said = script.get(line.replaceAll("(?i)^RCPT TO: ?<(.*)@.*", "$1"));
                        boolean late = said != null && said.startsWith("DATA ");
                        if (late) atEnd = said.substring("DATA ".length());
                        say(socket, said == null || late ? "250 2.1.5 OK" : said);
                    }
                    case "DATA" -> {
                        say(socket, "354 go on");
                        for (String text = in.readLine(); !".".equals(text); text = in.readLine()) {
                            if (text == null) return;
                        }
                        say(socket, atEnd == null ? "250 2.0.0 taken" : atEnd);
                        atEnd = null;
                    }
                    case "QUIT" -> {
                        say(socket, "221 2.0.0 bye");
                        return;
                    }
                    default -> say(socket, "250 2.0.0 OK");
                }
            }
        } catch (IOException e) {
            // The client went away.
        }
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
