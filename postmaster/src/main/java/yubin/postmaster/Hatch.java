package yubin.postmaster;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The hatch behind the counter: a Unix domain socket in the data folder through which the command
/// line reaches the running server.
///
/// One JSON object a line in, one a line out: `{"answer":…}` or `{"error":"…","exit":1}`, before it
/// any number of `{"progress":"…"}`. Whoever may open the socket is the postmaster, so it lies in a
/// folder that only the server's own user may enter, and has mode 0600.
final class Hatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("yubin.postmaster");

    /// An order longer than this is refused and the connection closed.
    static final int ORDER_OCTETS_MAX = 4 << 20;

    /// The longest path that a Unix domain socket may have everywhere.
    private static final int PATH_OCTETS_MAX = 100;

    private final Path socket;
    private final DirectClerk clerk;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private Hatch(Path socket, DirectClerk clerk, ServerSocketChannel server) {
        this.socket = socket;
        this.clerk = clerk;
        this.server = server;
    }

    /// Where the socket of a data folder lies: in it, or where that path is too long for a socket,
    /// in a folder of the user's own below the system's temporary one.
    static Path socket(Path data) {
        Path socket = data.resolve("run").resolve("hatch");
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= PATH_OCTETS_MAX) {
            return socket;
        }
        String name =
                "yubin-%s-%08x"
                        .formatted(System.getProperty("user.name"), data.toString().hashCode());
        return Path.of(System.getProperty("java.io.tmpdir"), name, "hatch");
    }

    /// Opens the hatch of `data`, whose lock the caller holds: an old socket there is nobody's.
    static Hatch open(Path data, DirectClerk clerk) throws IOException {
        Path socket = socket(data);
        Path folder = socket.getParent();
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder.getParent());
            Files.createDirectory(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        if (!Files.getOwner(folder).getName().equals(System.getProperty("user.name"))) {
            throw new IOException(folder + " belongs to somebody else");
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        Hatch hatch = new Hatch(socket, clerk, server);
        Thread.ofVirtual().name("hatch").start(hatch::accept);
        return hatch;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                open.add(channel);
                Thread.ofVirtual().name("hatch-order").start(() -> serve(channel));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "the hatch cannot accept: " + e.getMessage());
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            ByteBuffer in = ByteBuffer.allocate(8192);
            for (String line = line(channel, in); line != null; line = line(channel, in)) {
                send(channel, answer(line, progress -> tell(channel, progress)));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "hatch: " + e.getMessage());
        } finally {
            open.remove(channel);
        }
    }

    /// One line without its LF; null at the end, or when it is too long. Between calls `in` is
    /// ready to be written to.
    private static String line(SocketChannel channel, ByteBuffer in) throws IOException {
        var line = new java.io.ByteArrayOutputStream();
        while (line.size() <= ORDER_OCTETS_MAX) {
            in.flip();
            while (in.hasRemaining()) {
                byte octet = in.get();
                if (octet == '\n') {
                    in.compact();
                    return line.toString(StandardCharsets.UTF_8);
                }
                line.write(octet);
            }
            in.clear();
            if (channel.read(in) < 0) return null;
        }
        return null;
    }

    private static void send(SocketChannel channel, ObjectNode line) throws IOException {
        ByteBuffer out = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (out.hasRemaining()) channel.write(out);
    }

    /// Whoever has gone away misses the progress; the order is carried out all the same.
    private static void tell(SocketChannel channel, String progress) {
        try {
            send(channel, Json.object("progress", progress));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "hatch: " + e.getMessage());
        }
    }

    private ObjectNode answer(String line, Consumer<String> progress) {
        try {
            JsonNode answer = clerk.obey(Json.read(line), progress);
            return Json.object("answer", answer);
        } catch (Trouble e) {
            return Json.object("error", e.getMessage(), "exit", e.exitCode());
        } catch (IllegalArgumentException e) {
            return Json.object("error", e.getMessage(), "exit", Trouble.USAGE);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "an order failed", e);
            return Json.object("error", "this is a bug in Yubin: " + e, "exit", Trouble.SERVER);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (SocketChannel channel : open) channel.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing the hatch: " + e.getMessage());
        }
    }
}
