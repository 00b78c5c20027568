package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import yubin.directory.Account;
import yubin.directory.Administration;
import yubin.directory.Directory;
import yubin.directory.Outcome;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mime.Message;
import yubin.search.Catalogue;
import yubin.store.Boxes;
import yubin.store.NewEmail;
import yubin.store.Store;
import yubin.store.Upload;
import yubin.wire.Tls;
import yubin.wire.Wire;

/// A real store and directory in a temporary folder, with an IMAP window before them.
final class Office implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-25T01:35:00Z");
    static final String PASSWORD = "secret";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /// May be moved; everything here reads it.
    volatile Instant now = NOW;

    final Store store;
    final Directory directory;
    ImapServer server;

    Office(Path folder) throws IOException {
        store = Store.open(folder.resolve("data"), () -> now);
        directory =
                Directory.open(
                        store, () -> now, Directory.Settings.of(Domain.of("mx.example.com")));
        assertInstanceOf(Outcome.Ok.class, directory.administration().addDomain("example.com"));
        server = window(null, true);
    }

    /// Asked by the window; null unless a test has set it before it made the window.
    Catalogue catalogue;

    ImapServer window(Tls tls, boolean plaintext) {
        return new ImapServer(
                new ImapSettings("mx.example.com", tls, wire -> plaintext, 1 << 20),
                store,
                directory,
                catalogue,
                () -> now);
    }

    /// Makes an account of its own for a test and returns its address.
    String account() {
        return account(Long.MAX_VALUE);
    }

    String account(long quotaOctets) {
        String address = "u" + NUMBERS.incrementAndGet() + "@example.com";
        Outcome outcome =
                directory
                        .administration()
                        .addAccount(
                                new Administration.NewAccount(
                                        address,
                                        PASSWORD,
                                        "",
                                        quotaOctets,
                                        false,
                                        Account.Type.PERSON,
                                        null));
        assertInstanceOf(Outcome.Ok.class, outcome, outcome.text());
        return address;
    }

    Boxes boxes(String address) throws IOException {
        var found = (yubin.directory.Found.Local) directory.find(Address.of(address));
        return store.boxes(found.targets().getFirst().account());
    }

    /// Puts a message into the inbox, as a delivery does.
    void deliver(String address, String text) throws IOException {
        byte[] octets = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        Boxes boxes = boxes(address);
        try (Upload upload = store.blobs().upload(1)) {
            upload.write(octets, 0, octets.length);
            upload.finish();
            boxes.append(
                    boxes.find("INBOX").orElseThrow().id(),
                    new NewEmail(
                            upload, Message.parse(octets), new byte[0], 0, NOW.toEpochMilli(), 540),
                    Long.MAX_VALUE);
        }
    }

    void deliver(String address, int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            deliver(
                    address,
                    "From: Bob <bob@example.com>\nSubject: letter "
                            + i
                            + "\nMessage-ID: <"
                            + i
                            + "@example.com>\n\nHello "
                            + i
                            + "\n");
        }
    }

    /// A client that has heard nothing yet.
    Chat stranger() {
        return new Chat(server);
    }

    /// A client that has logged in.
    Chat with(String address) {
        Chat chat = new Chat(server);
        chat.plays("S: * OK [CAPABILITY …] mx.example.com ready");
        chat.plays("C: l LOGIN " + address + " " + PASSWORD + "\nS: l OK [CAPABILITY …] Logged in");
        return chat;
    }

    /// A client that has logged in and selected the inbox.
    Chat in(String address) {
        Chat chat = with(address);
        chat.says("s SELECT INBOX");
        chat.hears("s OK [READ-WRITE] Selected");
        return chat;
    }

    static Wire.Pair pair() {
        return Wire.pair(
                new InetSocketAddress("127.0.0.1", 40000), new InetSocketAddress("127.0.0.1", 143));
    }

    @Override
    public void close() {
        directory.close();
        store.close();
    }
}
