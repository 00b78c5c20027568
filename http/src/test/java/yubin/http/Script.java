package yubin.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A web server on loopback that says what it was told to, octet for octet.
final class Script implements AutoCloseable {
    private final ServerSocket server;
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private final Map<String, Boolean> dripping = new ConcurrentHashMap<>();
    private final StringBuffer heard = new StringBuffer();

    Script() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().start(this::run);
    }

    void on(String path, String answer) {
        on(path, answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    void on(String path, byte[] answer) {
        answers.put(path, answer);
    }

    /// The same, and then an octet now and then for ever.
    void drip(String path, String answer) {
        on(path, answer);
        dripping.put(path, true);
    }

    String url(String path) {
        return "http://images.example:" + server.getLocalPort() + path;
    }

    /// All that was asked, head and body.
    String heard() {
        return heard.toString();
    }

    private void run() {
        while (!server.isClosed()) {
            try {
                java.net.Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(java.net.Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            String first = in.readLine();
            if (first == null) return;
            heard.append(first).append('\n');
            int length = 0;
            for (String line = in.readLine();
                    line != null && !line.isEmpty();
                    line = in.readLine()) {
                heard.append(line).append('\n');
                if (line.startsWith("Content-Length: "))
                    length = Integer.parseInt(line.substring(16));
            }
            char[] body = new char[length];
            for (int i = 0; i < length; i++) body[i] = (char) in.read();
            heard.append(body).append('\n');
            String path = first.split(" ")[1];
            OutputStream out = socket.getOutputStream();
            out.write(
                    answers.getOrDefault(
                            path, "HTTP/1.1 404 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            out.flush();
            while (dripping.containsKey(path)) {
                Thread.sleep(100);
                out.write('x');
                out.flush();
            }
        } catch (IOException | InterruptedException e) {
            // the client has gone
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
