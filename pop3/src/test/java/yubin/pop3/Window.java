package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import yubin.directory.Account;
import yubin.directory.Administration;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Outcome;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mime.Message;
import yubin.store.NewEmail;
import yubin.store.Role;
import yubin.store.Store;
import yubin.store.Upload;
import yubin.wire.Listener;
import yubin.wire.Tls;
import yubin.wire.Wire;

/// A store, a directory and a POP3 window over them, for tests. Every password is `secret`.
final class Window implements AutoCloseable {
    static final String HOST = "mail.example.com";

    final Store store;
    final Directory directory;
    final Tls tls;
    final Pop3 pop3;

    Window(Path folder, Pop3.Plaintext plaintext) throws IOException {
        store = Store.open(folder.resolve("data"), InstantSource.system());
        directory =
                Directory.open(
                        store, InstantSource.system(), Directory.Settings.of(Domain.of(HOST)));
        tls = Tls.selfSigned(folder, HOST);
        pop3 = new Pop3(HOST, store, directory, tls, plaintext);
        directory.administration().addDomain("example.com");
    }

    AccountId account(String address) throws IOException {
        Outcome added =
                directory
                        .administration()
                        .addAccount(
                                new Administration.NewAccount(
                                        address,
                                        "secret",
                                        null,
                                        Long.MAX_VALUE,
                                        false,
                                        Account.Type.PERSON,
                                        null));
        assertInstanceOf(Outcome.Ok.class, added, added.text());
        Found found = directory.find(Address.of(address));
        return ((Found.Local) found).targets().getFirst().account();
    }

    void deliver(AccountId account, String message) throws IOException {
        byte[] octets = message.getBytes(StandardCharsets.UTF_8);
        try (Upload upload = store.blobs().upload(1)) {
            upload.write(octets, 0, octets.length);
            NewEmail email =
                    new NewEmail(
                            upload.finish(),
                            Message.parse(octets),
                            "Return-Path: <>\r\n".getBytes(StandardCharsets.US_ASCII),
                            0,
                            1_000_000_000L,
                            0);
            int inbox = store.boxes(account).ensure(Role.INBOX).id();
            store.boxes(account).append(inbox, email, Long.MAX_VALUE);
        }
    }

    /// A connection to a new session, its greeting heard.
    Talk talk(String from) throws IOException {
        return talk(from, pop3);
    }

    static Talk talk(String from, Pop3 pop3) throws IOException {
        Wire.Pair pair =
                Wire.pair(new InetSocketAddress(from, 40000), new InetSocketAddress(from, 110));
        Thread.ofVirtual()
                .start(
                        () -> {
                            try (Wire wire = pair.server()) {
                                pop3.serve(wire);
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        Talk talk = new Talk(pair.client());
        talk.says("+OK mail.example.com POP3");
        return talk;
    }

    Talk login(String name) throws IOException {
        Talk talk = talk("127.0.0.1");
        talk.plays("C: USER " + name + "\nS: +OK\nC: PASS secret\nS: +OK *");
        return talk;
    }

    Listener listen(Listener.Limits limits) throws IOException {
        return Listener.open(
                "pop3",
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                null,
                limits,
                pop3);
    }

    /// The client's end.
    record Talk(Wire wire) implements AutoCloseable {
        Talk {
            wire.deadline(Duration.ofSeconds(10), Duration.ofSeconds(10));
        }

        String hears() throws IOException {
            byte[] line = new byte[4096];
            int length = wire.readLine(line);
            return new String(line, 0, length, StandardCharsets.UTF_8);
        }

        /// @param expected a line, where `*` is any text
        void says(String expected) throws IOException {
            String heard = hears();
            String pattern =
                    Stream.of(expected.split("\\*", -1))
                            .map(Pattern::quote)
                            .collect(Collectors.joining(".*"));
            assertTrue(heard.matches(pattern), "expected " + expected + "\nheard " + heard);
        }

        /// `C:` is sent, `S:` expected.
        Talk plays(String script) throws IOException {
            for (String line : script.split("\n")) {
                if (line.startsWith("C:")) {
                    wire.write(line.substring(Math.min(3, line.length())) + "\r\n");
                    wire.flush();
                } else if (!line.isBlank()) {
                    says(line.substring(Math.min(3, line.length())));
                }
            }
            return this;
        }

        void isOver() {
            try {
                assertEquals("the end", hears());
            } catch (IOException e) {
                assertInstanceOf(Wire.Closed.class, e);
            }
        }

        @Override
        public void close() {
            wire.abort();
        }
    }

    @Override
    public void close() {
        directory.close();
        store.close();
    }
}
