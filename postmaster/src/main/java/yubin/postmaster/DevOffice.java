package yubin.postmaster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// The post office of `yubin dev`: example.com with two people and their letters, in an internet
/// that knows nobody else, so that nothing leaves the machine.
final class DevOffice implements AutoCloseable {
    /// Somebody with a box here.
    record Person(String name, String address) {}

    static final Person HANAKO = new Person("佐藤 花子", "hanako@example.com");
    static final Person ANN = new Person("Ann Lee", "ann@example.com");
    static final List<Person> PEOPLE = List.of(HANAKO, ANN);
    static final String PASSWORD = "sakura-and-maple";

    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final DateTimeFormatter INTERNAL_DATE =
            DateTimeFormatter.ofPattern("dd-MMM-yyyy HH:mm:ss xx", Locale.ROOT);

    private final DemoInternet internet;
    private final PostOffice post;

    private DevOffice(DemoInternet internet, PostOffice post) {
        this.internet = internet;
        this.post = post;
    }

    static DevOffice open(Path folder) throws IOException, Trouble {
        DemoInternet internet = new DemoInternet(HERE);
        try {
            internet.open(0);
            StringBuilder toml = new StringBuilder("hostname = \"mail.example.com\"\n[listen]\n");
            for (Service service : Service.values()) {
                if (!service.built()) continue;
                int port = service == Service.HTTP && free() ? service.defaultPort : 0;
                toml.append(service.key()).append(" = [\"127.0.0.1:" + port + "\"]\n");
            }
            toml.append(internet.resolver());
            Path file = folder.resolve("yubin.toml");
            Files.writeString(file, toml);
            return new DevOffice(internet, PostOffice.open(ConfigFile.load(file), line -> {}));
        } catch (IOException | Trouble | RuntimeException e) {
            internet.close();
            throw e;
        }
    }

    private static boolean free() {
        try (ServerSocket probe = new ServerSocket(Service.HTTP.defaultPort, 1, HERE)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    InetSocketAddress at(Service service) {
        return Rehearsal.at(post, service);
    }

    String url() {
        return "http://127.0.0.1:" + at(Service.HTTP).getPort();
    }

    /// Makes the accounts and puts letters into their boxes, `more` of them without a story.
    void furnish(int more, Consumer<String> say) throws IOException, Trouble {
        Clerk clerk = post.clerk();
        clerk.obey(OrderVerb.order("domain add", "domain", "example.com"));
        for (Person person : PEOPLE) {
            clerk.obey(
                    OrderVerb.order(
                            "account add",
                            "address",
                            person.address(),
                            "password",
                            PASSWORD,
                            "name",
                            person.name()));
        }
        OffsetDateTime now = OffsetDateTime.now();
        append(HANAKO, DevLetters.japanese(now), more, now, say);
        append(ANN, DevLetters.english(now), more, now, say);
        hand(HANAKO, ANN.address(), "お茶のお誘い", "アンさん\n\n明日の午後、お茶はいかがですか。\n\n花子\n");
        hand(ANN, "nobody@nowhere.test", "Are you there?", "Hello?\n");
    }

    /// Over IMAP, because only there a letter can have come in earlier. RFC 9051 §6.3.12, with
    /// literals that do not wait (RFC 7888 §4).
    private void append(
            Person person,
            List<DevLetters.Letter> stories,
            int more,
            OffsetDateTime now,
            Consumer<String> say)
            throws IOException {
        try (Caller window = Caller.connect(at(Service.IMAPS), true, line -> {})) {
            window.imapGreeting();
            window.imap("LOGIN " + person.address() + " " + PASSWORD);
            window.imap("CREATE Sent");
            window.imap("CREATE Drafts");
            for (DevLetters.Letter letter : stories) append(window, letter);
            for (int i = 0; i < more; i++) {
                append(window, DevLetters.plain(person, i, now));
                if (i % 5_000 == 4_999) say.accept((i + 1) + " letters for " + person.address());
            }
            window.imap("LOGOUT");
        }
    }

    private static void append(Caller window, DevLetters.Letter letter) throws IOException {
        window.imap(
                "APPEND %s (%s) \"%s\" {%d+}\r\n%s"
                        .formatted(
                                letter.mailbox(),
                                letter.flags(),
                                INTERNAL_DATE.format(letter.at()),
                                letter.octets().length,
                                new String(letter.octets(), StandardCharsets.UTF_8)));
    }

    /// Hands a letter in, so that it has a journey.
    private void hand(Person from, String to, String subject, String text) throws IOException {
        try (Caller door = Caller.connect(at(Service.SUBMISSION), false, line -> {})) {
            door.smtp(null, "220");
            door.smtp("EHLO client.example.com", "250");
            door.smtp("STARTTLS", "220");
            door.startTls();
            door.smtp("EHLO client.example.com", "250");
            door.smtp("AUTH PLAIN " + Caller.plain(from.address(), PASSWORD), "235");
            door.smtp("MAIL FROM:<" + from.address() + ">", "250");
            door.smtp("RCPT TO:<" + to + ">", "250");
            door.smtp("DATA", "354");
            door.data(Letters.plain(from.address(), to, subject, text));
            door.smtp("QUIT", "221");
        }
    }

    @Override
    public void close() {
        post.close();
        internet.close();
    }
}
