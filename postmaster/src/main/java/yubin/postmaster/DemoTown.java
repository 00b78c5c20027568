package yubin.postmaster;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The world of the demo: two post offices on two addresses of loopback, with the same ports as two
/// machines would have, in a closed internet that knows only them.
final class DemoTown implements AutoCloseable {
    /// One person with her post office.
    record Resident(String name, String address, String password, String language) {
        String domain() {
            return address.substring(address.indexOf('@') + 1);
        }
    }

    static final Resident ANN = new Resident("Ann", "ann@tokyo.test", "sakura", "en");
    static final Resident BEN = new Resident("勉 (Ben)", "ben@osaka.test", "momiji", "ja");

    private static final InetAddress DNS_AT = InetAddress.ofLiteral("127.0.0.80");
    private static final InetAddress TOKYO_AT = InetAddress.ofLiteral("127.0.0.81");
    private static final InetAddress OSAKA_AT = InetAddress.ofLiteral("127.0.0.82");

    /// Gets what the cart of either office says and hears.
    interface CartEar {
        void hear(String office, String host, String line);
    }

    private final PrintWriter story;
    private final Map<Service, Integer> ports = new EnumMap<>(Service.class);
    private volatile CartEar cartEar = (office, host, line) -> {};
    private final DemoInternet internet = new DemoInternet(DNS_AT);
    private PostOffice tokyo;
    private PostOffice osaka;

    private DemoTown(PrintWriter story) {
        this.story = story;
    }

    static DemoTown open(Path folder, PrintWriter story) throws Trouble {
        DemoTown town = new DemoTown(story);
        try {
            town.choosePorts();
            town.internet.open(town.ports.get(Service.DNS));
            Config tokyo = town.prepare(folder.resolve("tokyo"), ANN, TOKYO_AT);
            Config osaka = town.prepare(folder.resolve("osaka"), BEN, OSAKA_AT);
            town.tokyo = town.openOffice(tokyo, ANN);
            town.osaka = town.openOffice(osaka, BEN);
            return town;
        } catch (IOException e) {
            town.close();
            throw Trouble.server("the demo cannot start: " + ConfigFile.reason(e));
        } catch (Trouble | RuntimeException e) {
            town.close();
            throw e;
        }
    }

    /// The default ports, or free ones where somebody else has them. One port of a service serves
    /// both offices: that is how the cart of one finds the door of the other.
    private void choosePorts() throws IOException {
        List<String> moved = new ArrayList<>();
        for (Service service : Service.values()) {
            if (!service.built()) continue;
            int port = service.defaultPort;
            while (!isFree(service, port)) port = anyPort();
            if (port != service.defaultPort) moved.add(service.key() + " " + port);
            ports.put(service, port);
        }
        if (!moved.isEmpty()) {
            story.println(
                    "Some ports are occupied; these are used instead: " + String.join(", ", moved));
        }
    }

    private static boolean isFree(Service service, int port) {
        boolean root = service != Service.DNS || isFree(DNS_AT, port);
        return root && isFree(TOKYO_AT, port) && isFree(OSAKA_AT, port);
    }

    private static boolean isFree(InetAddress address, int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, address)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int anyPort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, TOKYO_AT)) {
            return probe.getLocalPort();
        }
    }

    /// Makes a post office that knows its domain and its resident and serves its zone, and has the
    /// zone delegated, with its DS, before anybody asks for it.
    private Config prepare(Path folder, Resident resident, InetAddress at)
            throws IOException, Trouble {
        Files.createDirectories(folder);
        StringBuilder toml = new StringBuilder();
        toml.append("hostname = \"mail.").append(resident.domain()).append("\"\n[listen]\n");
        ports.forEach(
                (service, port) -> {
                    InetSocketAddress address = new InetSocketAddress(at, port);
                    String text = SocketAddresses.format(address);
                    toml.append(service.key()).append(" = [\"").append(text).append("\"]\n");
                });
        toml.append(internet.resolver());
        toml.append("[dns]\naddresses = [\"").append(at.getHostAddress()).append("\"]\n");
        Path file = folder.resolve("yubin.toml");
        Files.writeString(file, toml);
        Config config = ConfigFile.load(file);
        String domain = resident.domain();
        try (Clerk clerk = DirectClerk.open(config)) {
            clerk.obey(OrderVerb.order("domain add", "domain", domain));
            clerk.obey(OrderVerb.order("dns zone add", "domain", domain));
            JsonNode keys = clerk.obey(OrderVerb.order("dns keys", "domain", domain));
            String ds = keys.get(0).path("record").asString();
            internet.delegate(domain, config.hostname().ascii(), at, ds);
            clerk.obey(
                    OrderVerb.order(
                            "account add",
                            "address",
                            resident.address(),
                            "password",
                            resident.password(),
                            "name",
                            resident.name(),
                            "admin",
                            true));
        }
        return config;
    }

    private PostOffice openOffice(Config config, Resident resident) throws Trouble {
        int port = ports.get(Service.SMTP);
        String office = resident.domain();
        return PostOffice.open(
                config,
                line -> {},
                settings ->
                        settings.withPort(port)
                                .withTranscript((host, line) -> cartEar.hear(office, host, line)));
    }

    void cartEar(CartEar ear) {
        cartEar = ear;
    }

    PostOffice office(Resident resident) {
        return resident == ANN ? tokyo : osaka;
    }

    InetSocketAddress at(Resident resident, Service service) {
        return office(resident).addresses(service).getFirst();
    }

    InetSocketAddress dns() {
        return internet.address();
    }

    /// Says how to read the letters with clients of one's own.
    void leaveOpen() {
        story.println();
        story.println(
                "Both post offices stay open until Ctrl-C. Everything is in a temporary folder.");
        for (Resident resident : List.of(ANN, BEN)) {
            String host = at(resident, Service.IMAPS).getAddress().getHostAddress();
            story.printf(
                    """

                    %s   password %s
                      IMAP %s port %d, with TLS %d; POP3 %d, with TLS %d; sending %d, with TLS %d
                      curl -k --user %s:%s 'imaps://%s:%d/INBOX;MAILINDEX=1'
                      mutt -f 'imaps://%s:%s@%s:%d/INBOX'
                    """,
                    resident.address(),
                    resident.password(),
                    host,
                    ports.get(Service.IMAP),
                    ports.get(Service.IMAPS),
                    ports.get(Service.POP3),
                    ports.get(Service.POP3S),
                    ports.get(Service.SUBMISSION),
                    ports.get(Service.SUBMISSIONS),
                    resident.address(),
                    resident.password(),
                    host,
                    ports.get(Service.IMAPS),
                    resident.address().replace("@", "%40"),
                    resident.password(),
                    host,
                    ports.get(Service.IMAPS));
        }
        story.printf(
                """

                Write one more, and see where it went:
                  swaks --server %s --tls --auth-user %s --auth-password %s --from %s --to %s
                  %s trace %s --config %s
                """,
                SocketAddresses.format(at(ANN, Service.SUBMISSION)),
                ANN.address(),
                ANN.password(),
                ANN.address(),
                BEN.address(),
                command(),
                BEN.address(),
                tokyo.config().file());
        story.flush();
    }

    /// As it can be called from any folder.
    private static String command() {
        String home = System.getProperty("yubin.home");
        return home == null ? "./yubin" : Path.of(home).resolveSibling("yubin").toString();
    }

    @Override
    public void close() {
        if (tokyo != null && osaka != null) {
            // At the same time: together they have the five seconds of one.
            Thread other = Thread.ofVirtual().start(osaka::close);
            tokyo.close();
            try {
                other.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else if (tokyo != null) {
            tokyo.close();
        }
        internet.close();
    }
}
