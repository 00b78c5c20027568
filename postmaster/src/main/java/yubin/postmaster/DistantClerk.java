package yubin.postmaster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Has orders obeyed by the running server, over its socket.
final class DistantClerk implements Clerk {
    private final SocketChannel channel;
    private final BufferedReader in;
    private final Writer out;

    private DistantClerk(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        this.out = Channels.newWriter(channel, StandardCharsets.UTF_8);
    }

    /// Null when no server runs on `data`.
    static DistantClerk connect(Path data) {
        try {
            Path socket = Hatch.socket(data);
            if (!Files.exists(socket)) return null;
            return new DistantClerk(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        } catch (IOException e) {
            // Left behind by a server that was killed; the folder's own lock decides.
            return null;
        }
    }

    @Override
    public JsonNode obey(ObjectNode order, Consumer<String> progress) throws Trouble {
        try {
            out.write(order.toString());
            out.write('\n');
            out.flush();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                ObjectNode answer = Json.read(line);
                if (answer.has("error")) {
                    int exit = answer.path("exit").asInt(Trouble.SERVER);
                    throw new Trouble(exit, answer.path("error").asString());
                }
                if (answer.has("answer")) return answer.path("answer");
                progress.accept(answer.path("progress").asString(""));
            }
        } catch (IOException e) {
            throw Trouble.server("the server broke the connection: " + ConfigFile.reason(e));
        }
        throw Trouble.server("the server ended before it answered");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing is lost: each order was answered.
        }
    }
}
