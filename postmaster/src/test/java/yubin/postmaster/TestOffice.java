package yubin.postmaster;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import yubin.mail.Domain;
import yubin.zones.ZoneSettings;

/// A whole post office for tests: any free ports of loopback, a data folder of its own, and two
/// people, ann@example.com (orange) and ben@example.com (lemon).
final class TestOffice implements AutoCloseable {
    final PostOffice post;
    private final DirectClerk clerk;

    TestOffice(Path folder) throws Trouble {
        this(config(folder, Rehearsal.anyPorts(), ""));
        order("domain add", "domain", "example.com");
        order("account add", "address", "ann@example.com", "password", "orange", "name", "Ann");
        order("account add", "address", "ben@example.com", "password", "lemon", "name", "Ben");
    }

    /// An empty post office.
    TestOffice(Config config) throws Trouble {
        post = PostOffice.open(config, line -> {});
        clerk = post.clerk();
    }

    /// @param toml `[resolver]`, `[dns]` and `[http]`, or nothing
    static Config config(Path folder, Map<Service, List<InetSocketAddress>> listen, String toml) {
        return config(folder, "mail.example.com", listen, toml);
    }

    static Config config(
            Path folder, String name, Map<Service, List<InetSocketAddress>> listen, String toml) {
        Config plain = Rehearsal.config(folder, listen);
        Domain hostname = Domain.of(name);
        TomlValues values = TomlValues.of(toml);
        ResolverConfig resolver = ResolverKeys.read(values);
        ZoneSettings zones = DnsKeys.read(values, hostname, listen);
        HttpConfig http = HttpConfig.read(values);
        if (!values.problems().isEmpty()) throw new AssertionError(values.problems());
        return new Config(
                null,
                hostname,
                plain.data(),
                listen,
                plain.named(),
                null,
                null,
                plain.plaintext(),
                plain.sender(),
                plain.messageOctetsMax(),
                plain.connectionsPerAddressMax(),
                resolver,
                zones,
                http);
    }

    JsonNode order(String verb, Object... pairs) throws Trouble {
        return clerk.obey(OrderVerb.order(verb, pairs));
    }

    InetSocketAddress at(Service service) {
        return post.addresses(service).getFirst();
    }

    int port(Service service) {
        return at(service).getPort();
    }

    /// How many messages a box has in INBOX, as IMAP tells it.
    int messages(String name, String password) throws java.io.IOException {
        try (Peer peer = Peer.reader(at(Service.IMAP), name, password)) {
            for (String line : peer.imap("STATUS INBOX (MESSAGES)").untagged()) {
                int at = line.indexOf("MESSAGES ");
                if (at > 0) return Integer.parseInt(line.substring(at + 9, line.indexOf(')', at)));
            }
            throw new AssertionError("no STATUS answer");
        }
    }

    @Override
    public void close() {
        post.close();
    }
}
