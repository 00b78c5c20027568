package yubin.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import yubin.directory.Account;
import yubin.directory.Administration;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Outcome;
import yubin.jmap.Jmap;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mime.Message;
import yubin.queue.Inspector;
import yubin.queue.Intake;
import yubin.queue.RetryTimes;
import yubin.store.Boxes;
import yubin.store.NewEmail;
import yubin.store.Role;
import yubin.store.Store;
import yubin.store.Upload;
import yubin.wire.Listener;
import yubin.wire.Tls;
import yubin.zones.ClientSettings;
import yubin.zones.ZoneSettings;

/// A glass front on loopback, plain and with TLS, for tests.
final class Front implements AutoCloseable {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    static final String ANN = "ann@example.com";
    static final String PASSWORD = "orange";

    final Store store;
    final Directory directory;
    final Intake intake;
    final HttpServer server;
    final Tls tls;
    volatile Instant now = Instant.parse("2026-11-25T01:35:00Z");
    private boolean open = true;
    private final Listener plain;
    private final Listener secure;

    private Front(Path folder, HttpSettings settings) throws IOException {
        Domain name = Domain.of(settings.hostname());
        store = Store.open(folder.resolve("data"), () -> now);
        directory = Directory.open(store, () -> now, Directory.Settings.of(name));
        good(directory.administration().addDomain("example.com"));
        person(ANN, PASSWORD);
        intake =
                Intake.open(
                        store,
                        directory,
                        Inspector.PASS_ALL,
                        name,
                        () -> now,
                        RetryTimes.standard());
        Jmap jmap =
                new Jmap(
                        store,
                        directory,
                        intake,
                        () -> now,
                        new Jmap.Settings(
                                name, settings.uploadOctetsMax(), settings.uploadOctetsMax()));
        Outside outside =
                new Outside(
                        host -> List.of(InetAddress.ofLiteral("127.0.0.1")),
                        to -> to.getAddress().isLoopbackAddress(),
                        null);
        ZoneSettings published =
                new ZoneSettings(
                        name,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        null,
                        List.of(),
                        "none",
                        "testing",
                        null,
                        Map.of("submissions", 465, "submission", 587, "imaps", 993),
                        Duration.ZERO);
        ClientSettings clients = new ClientSettings(published, directory::isLocal);
        this.server = new HttpServer(settings, directory, jmap, outside, null, clients, () -> now);
        this.tls = Tls.selfSigned(folder, "localhost");
        this.plain = Listener.open("http", ANY_PORT, null, Listener.Limits.DEFAULT, server);
        this.secure =
                Listener.open(
                        "https",
                        ANY_PORT,
                        tls.offering("h2", "http/1.1"),
                        Listener.Limits.DEFAULT,
                        server);
    }

    static HttpSettings settings(int requestsPerAddress) {
        return settings(requestsPerAddress, null);
    }

    static HttpSettings settings(int requestsPerAddress, Path web) {
        return new HttpSettings(
                "mail.example.test", null, wire -> true, 1 << 20, requestsPerAddress, web);
    }

    static Front open(Path folder) throws IOException {
        return new Front(folder, settings(100));
    }

    static Front open(Path folder, HttpSettings settings) throws IOException {
        return new Front(folder, settings);
    }

    void person(String address, String password) {
        good(
                directory
                        .administration()
                        .addAccount(
                                new Administration.NewAccount(
                                        address,
                                        password,
                                        "Ann",
                                        Long.MAX_VALUE,
                                        false,
                                        Account.Type.PERSON,
                                        null)));
    }

    /// Puts a message into Ann's inbox, as a delivery does.
    void deliver(String text) throws IOException {
        byte[] octets = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        Found.Local ann = (Found.Local) directory.find(Address.of(ANN));
        Boxes boxes = store.boxes(ann.targets().getFirst().account());
        try (Upload upload = store.blobs().upload(1)) {
            upload.write(octets, 0, octets.length);
            upload.finish();
            boxes.append(
                    boxes.ensure(Role.INBOX).id(),
                    new NewEmail(
                            upload, Message.parse(octets), new byte[0], 0, now.toEpochMilli(), 540),
                    Long.MAX_VALUE);
        }
    }

    static void good(Outcome outcome) {
        if (!(outcome instanceof Outcome.Ok)) throw new AssertionError(outcome.text());
    }

    /// The value of Authorization for Ann.
    static String basic() {
        return basic(ANN, PASSWORD);
    }

    static String basic(String name, String password) {
        byte[] octets = (name + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(octets);
    }

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + plain.address().getPort() + path);
    }

    URI https(String path) {
        return URI.create("https://localhost:" + secure.address().getPort() + path);
    }

    /// A client that believes our certificate.
    HttpClient client() throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("own", tls.certificates().getFirst());
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return HttpClient.newBuilder()
                    .sslContext(context)
                    .connectTimeout(Duration.ofSeconds(20))
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /// Sends octets as they are and returns all that comes until the server closes.
    String says(String octets) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", plain.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    Socket socket() throws IOException {
        Socket socket = new Socket("127.0.0.1", plain.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        server.close();
        plain.close(Duration.ofSeconds(2));
        secure.close(Duration.ofSeconds(2));
        intake.close();
        directory.close();
        store.close();
    }
}
