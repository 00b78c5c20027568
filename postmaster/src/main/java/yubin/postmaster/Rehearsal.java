package yubin.postmaster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import yubin.mail.Domain;

/// `yubin rehearse`, a hidden verb: the run from which the AOT cache of quick starts is made. It
/// opens a post office in a folder of its own, speaks to every door and window, and ends.
@Command(
        name = "rehearse",
        hidden = true,
        description = "Open a post office, use everything once, end: for the cache of ./yubin.",
        footer = {"", "Example:", "  yubin rehearse"})
final class Rehearsal extends Verb {
    private static final int LETTERS = 20;

    @Override
    public Integer call() throws Trouble {
        Path folder;
        try {
            folder = Files.createTempDirectory("yubin-rehearsal");
        } catch (IOException e) {
            throw Trouble.server("no temporary folder: " + ConfigFile.reason(e));
        }
        Main.commandLine(); // every verb as picocli sees it
        Closing.onSignals();
        try (DemoInternet internet = new DemoInternet(InetAddress.ofLiteral("127.0.0.1"));
                PostOffice post = PostOffice.open(written(folder, internet), this::say)) {
            Signals.onHangup(post::reload);
            Clerk clerk = post.clerk();
            clerk.obey(OrderVerb.order("domain add", "domain", "example.test"));
            for (String name : List.of("ann", "ben")) {
                clerk.obey(
                        OrderVerb.order(
                                "account add",
                                "address",
                                name + "@example.test",
                                "password",
                                "orange"));
            }
            for (int i = 0; i < LETTERS; i++) rehearse(post);
            post.maps().resolver().addresses("ns.test");
            post.maps().resolver().mx(Domain.of("nobody.test"));
            try (DistantClerk distant = DistantClerk.connect(folder.resolve("data"))) {
                distant.obey(OrderVerb.order("account list"));
                distant.obey(OrderVerb.order("trace", "what", "ben@example.test"));
            }
        } catch (IOException e) {
            throw Trouble.server("the rehearsal failed: " + ConfigFile.reason(e));
        } finally {
            delete(folder, this::say);
        }
        return 0;
    }

    /// The configuration by way of a file, as a real start has it.
    private static Config written(Path folder, DemoInternet internet) throws IOException, Trouble {
        internet.open(0);
        StringBuilder toml = new StringBuilder("hostname = \"mail.example.test\"\n[listen]\n");
        for (Service service : Service.values()) {
            if (service.built()) toml.append(service.key()).append(" = [\"127.0.0.1:0\"]\n");
        }
        toml.append(internet.resolver());
        Path file = folder.resolve("yubin.toml");
        Files.writeString(file, toml);
        return ConfigFile.load(file);
    }

    private static void rehearse(PostOffice post) throws IOException {
        Caller.Ear deaf = line -> {};
        try (Caller door = Caller.connect(at(post, Service.SUBMISSION), false, deaf)) {
            door.smtp(null, "220");
            door.smtp("EHLO client.test", "250");
            door.smtp("STARTTLS", "220");
            door.startTls();
            door.smtp("EHLO client.test", "250");
            door.smtp("AUTH PLAIN " + Caller.plain("ann@example.test", "orange"), "235");
            door.smtp("MAIL FROM:<ann@example.test>", "250");
            door.smtp("RCPT TO:<ben@example.test>", "250");
            door.smtp("DATA", "354");
            door.data(Letters.plain("ann@example.test", "ben@example.test", "おはよう", "お元気ですか。"));
            door.smtp("QUIT", "221");
        }
        try (Caller door = Caller.connect(at(post, Service.SMTP), false, deaf)) {
            door.smtp(null, "220");
            door.smtp("EHLO client.test", "250");
            door.smtp("MAIL FROM:<cat@example.net>", "250");
            door.smtp("RCPT TO:<ben@example.test>", "250");
            door.smtp("DATA", "354");
            door.data(Letters.plain("cat@example.net", "ben@example.test", "Hello", "A letter."));
            door.smtp("QUIT", "221");
        }
        try (Caller window = Caller.connect(at(post, Service.IMAPS), true, deaf)) {
            window.imapGreeting();
            window.imap("LOGIN ben@example.test orange");
            window.imap("LIST \"\" *");
            window.imap("SELECT INBOX");
            window.imap("FETCH 1:* (UID FLAGS ENVELOPE BODYSTRUCTURE INTERNALDATE BODY.PEEK[])");
            window.imap("STORE 1 +FLAGS (\\Seen)");
            window.imap("SEARCH UNSEEN");
            window.imap("LOGOUT");
        }
        try (Caller front = Caller.connect(at(post, Service.HTTPS), true, deaf)) {
            front.http("GET / HTTP/1.1", null, 200);
            String ben =
                    Base64.getEncoder()
                            .encodeToString(
                                    "ben@example.test:orange".getBytes(StandardCharsets.UTF_8));
            String login = "\nAuthorization: Basic " + ben;
            front.http("GET /jmap/session HTTP/1.1" + login, null, 200);
            front.http(
                    "POST /jmap/api HTTP/1.1" + login + "\nContent-Type: application/json",
                    """
                    {"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{},"0"]]}""",
                    200);
        }
        try (Caller window = Caller.connect(at(post, Service.POP3), false, deaf)) {
            window.pop3(null, false);
            window.pop3("USER ben@example.test", false);
            window.pop3("PASS orange", false);
            window.pop3("UIDL", true);
            window.pop3("RETR 1", true);
            window.pop3("QUIT", false);
        }
    }

    static InetSocketAddress at(PostOffice post, Service service) {
        return post.addresses(service).getFirst();
    }

    /// A configuration that touches nothing but `folder` and loopback.
    static Config config(Path folder, Map<Service, List<InetSocketAddress>> listen) {
        Domain hostname = Domain.of("mail.example.test");
        return new Config(
                null,
                hostname,
                folder.resolve("data"),
                listen,
                EnumSet.noneOf(Service.class),
                null,
                null,
                Config.Plaintext.LOOPBACK,
                Config.Sender.OWN,
                Config.MESSAGE_OCTETS_DEFAULT,
                Config.CONNECTIONS_PER_ADDRESS_DEFAULT,
                ResolverKeys.read(TomlValues.of("")),
                DnsKeys.read(TomlValues.of(""), hostname, listen),
                HttpConfig.read(TomlValues.of("")));
    }

    /// Every service on any free port of 127.0.0.1.
    static Map<Service, List<InetSocketAddress>> anyPorts() {
        Map<Service, List<InetSocketAddress>> listen = new EnumMap<>(Service.class);
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        for (Service service : Service.values()) {
            listen.put(service, service.built() ? List.of(any) : List.of());
        }
        return listen;
    }

    /// Deletes a folder of our own with everything in it.
    static void delete(Path folder, Consumer<String> say) {
        try (var all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        } catch (IOException e) {
            say.accept(folder + " could not be deleted: " + ConfigFile.reason(e));
        }
    }
}
