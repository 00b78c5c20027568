package yubin.postmaster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tomlj.TomlTable;
import tools.jackson.databind.node.ObjectNode;
import yubin.dns.TsigKey;
import yubin.mail.Domain;
import yubin.zones.ZoneSettings;

/// Reads `[dns]`, what we publish about our domains; docs/configuration.md explains each key.
final class DnsKeys {
    /// Without the table `services`.
    static final List<String> NAMES =
            List.of(
                    "addresses",
                    "name-servers",
                    "secondaries",
                    "tsig-keys",
                    "contact",
                    "caa",
                    "dmarc",
                    "mta-sts",
                    "key-days",
                    "services");

    private static final int DNS_PORT = 53;
    private static final int KEY_DAYS = 365;
    private static final int KEY_DAYS_MAX = 3650;

    private enum Dmarc {
        NONE,
        QUARANTINE,
        REJECT
    }

    private enum MtaSts {
        NONE,
        TESTING,
        ENFORCE
    }

    private final TomlValues values;

    private DnsKeys(TomlValues values) {
        this.values = values;
    }

    /// @param listen where this post office listens: what is said there to the world is published
    static ZoneSettings read(
            TomlValues values, Domain hostname, Map<Service, List<InetSocketAddress>> listen) {
        return new DnsKeys(values).read(hostname, listen);
    }

    /// True for a service in `[dns.services]`.
    static boolean isService(List<String> path) {
        return path.size() == 3
                && path.get(0).equals("dns")
                && path.get(1).equals("services")
                && ZoneSettings.SERVICES.contains(path.get(2));
    }

    private ZoneSettings read(Domain hostname, Map<Service, List<InetSocketAddress>> listen) {
        List<TsigKey> keys = keys();
        return new ZoneSettings(
                hostname,
                addresses(listen.get(Service.SMTP)),
                nameServers(),
                secondaries(keys),
                keys,
                values.text(
                                "dns.contact",
                                "a mail address, such as \"hostmaster@example.com\"",
                                DnsKeys::contact)
                        .orElse(null),
                authorities(),
                lower(values.choice("dns.dmarc", Dmarc.values(), Dmarc.NONE)),
                lower(values.choice("dns.mta-sts", MtaSts.values(), MtaSts.NONE)),
                mtaStsObstacle(listen.get(Service.HTTPS)),
                services(listen),
                Duration.ofDays(values.number("dns.key-days", KEY_DAYS, 0, KEY_DAYS_MAX)));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /// Without a word of the operator those that the door for other post offices is opened on, if
    /// the world can reach them.
    private List<InetAddress> addresses(List<InetSocketAddress> smtp) {
        String allowed = "a list of IP addresses, such as [\"192.0.2.1\", \"2001:db8::1\"]";
        Set<InetAddress> addresses = new LinkedHashSet<>();
        if (values.raw("dns.addresses") == null) {
            for (InetSocketAddress at : smtp) {
                if (isPublic(at.getAddress())) addresses.add(at.getAddress());
            }
            return List.copyOf(addresses);
        }
        for (String text : values.texts("dns.addresses", List.of(), allowed)) {
            try {
                addresses.add(InetAddress.ofLiteral(text));
            } catch (IllegalArgumentException e) {
                values.problem("dns.addresses", "has \"" + text + "\"", allowed);
            }
        }
        return List.copyOf(addresses);
    }

    private static boolean isPublic(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress();
    }

    private List<Domain> nameServers() {
        String allowed = "a list of host names, such as [\"ns1.example.com\", \"ns2.example.net\"]";
        List<Domain> servers = new ArrayList<>();
        for (String text : values.texts("dns.name-servers", List.of(), allowed)) {
            Optional<Domain> name = Domain.parse(text).filter(domain -> !domain.isLiteral());
            if (name.isPresent()) servers.add(name.get());
            else values.problem("dns.name-servers", "has \"" + text + "\"", allowed);
        }
        return servers;
    }

    private List<TsigKey> keys() {
        String allowed = "a list of \"name algorithm secret\", such as [\"xfr hmac-sha256 Zm9v…\"]";
        List<TsigKey> keys = new ArrayList<>();
        for (String text : values.texts("dns.tsig-keys", List.of(), allowed)) {
            Optional<TsigKey> key = TsigKey.parse(text);
            if (key.isPresent()) {
                keys.add(key.get());
            } else {
                // Never the text itself: it may hold a secret.
                String name = text.strip().split("\\s+")[0];
                values.problem("dns.tsig-keys", "has \"" + name + " …\"", allowed);
            }
        }
        return keys;
    }

    private List<ZoneSettings.Secondary> secondaries(List<TsigKey> keys) {
        String allowed =
                "a list of \"address[:port]\" or \"address[:port] key\", such as"
                        + " [\"192.0.2.53 xfr\"], the key being one of dns.tsig-keys";
        List<ZoneSettings.Secondary> secondaries = new ArrayList<>();
        for (String text : values.texts("dns.secondaries", List.of(), allowed)) {
            String[] words = text.strip().split("\\s+");
            Optional<InetSocketAddress> at = SocketAddresses.parse(words[0], DNS_PORT);
            String key = words.length == 2 ? words[1] : null;
            boolean known =
                    key == null
                            || keys.stream().anyMatch(k -> k.name().host().equalsIgnoreCase(key));
            if (at.isPresent() && words.length <= 2 && known) {
                secondaries.add(new ZoneSettings.Secondary(at.get(), key));
            } else {
                values.problem("dns.secondaries", "has \"" + text + "\"", allowed);
            }
        }
        return secondaries;
    }

    private static Optional<String> contact(String text) {
        int at = text.lastIndexOf('@');
        boolean good =
                at > 0
                        && text.substring(0, at).matches("[A-Za-z0-9._+=-]+")
                        && Domain.parse(text.substring(at + 1)).isPresent();
        return good ? Optional.of(text) : Optional.empty();
    }

    private List<String> authorities() {
        String allowed = "a list of certification authorities, such as [\"letsencrypt.org\"]";
        List<String> authorities = new ArrayList<>();
        for (String text : values.texts("dns.caa", List.of(), allowed)) {
            boolean good = text.chars().allMatch(c -> c >= ' ' && c < 127 && c != '"' && c != '\\');
            if (good && !text.isBlank()) authorities.add(text);
            else values.problem("dns.caa", "has \"" + text + "\"", allowed);
        }
        return authorities;
    }

    /// What keeps others from fetching an MTA-STS policy: they ask port 443, and believe a
    /// certificate of an authority only. RFC 8461 §3.3. Null: nothing that is known here.
    private String mtaStsObstacle(List<InetSocketAddress> https) {
        boolean forwarded =
                values.raw("http.url") instanceof String text
                        && HttpConfig.base(text).filter(DnsKeys::isAtHttpsPort).isPresent();
        boolean offered = false;
        for (InetSocketAddress at : https) {
            boolean official = at.getPort() == Service.HTTPS.officialPort;
            offered |= !at.getAddress().isLoopbackAddress() && (official || forwarded);
        }
        if (!offered) {
            return "the world does not reach us by https at port 443: set [listen] https, or [http]"
                    + " url where the port is forwarded";
        }
        if (values.raw("tls.certificate") != null) return null;
        return "the certificate is self-signed, so nobody would believe the policy: set [tls]"
                + " certificate to one that names mta-sts.DOMAIN too";
    }

    private static boolean isAtHttpsPort(URI url) {
        boolean official = url.getPort() == -1 || url.getPort() == Service.HTTPS.officialPort;
        return url.getScheme().equals("https") && official;
    }

    /// What mail programs of the world can use: the services that do not listen on loopback alone,
    /// then what the operator says, which knows of port forwarding.
    private Map<String, Integer> services(Map<Service, List<InetSocketAddress>> listen) {
        Map<String, Integer> ports = new HashMap<>();
        for (String name : ZoneSettings.SERVICES) {
            for (InetSocketAddress at :
                    listen.get(Service.valueOf(name.toUpperCase(Locale.ROOT)))) {
                if (!at.getAddress().isLoopbackAddress()) ports.putIfAbsent(name, at.getPort());
            }
        }
        String allowed = "ports of services, 0 for none: imaps = 993; services are ";
        Object value = values.raw("dns.services");
        if (value == null) return ports;
        if (!(value instanceof TomlTable table)) {
            values.problem(
                    "dns.services",
                    "is " + TomlValues.shown(value),
                    allowed + String.join(", ", ZoneSettings.SERVICES));
            return ports;
        }
        for (String name : table.keySet()) {
            List<String> path = List.of("dns", "services", name);
            Object port = table.get(List.of(name));
            if (!ZoneSettings.SERVICES.contains(name)) continue;
            if (!(port instanceof Long number) || number < 0 || number > 65_535) {
                values.problem(
                        path,
                        "is " + TomlValues.shown(port),
                        allowed + String.join(", ", ZoneSettings.SERVICES));
            } else if (number == 0) {
                ports.remove(name);
            } else {
                ports.put(name, number.intValue());
            }
        }
        return ports;
    }

    /// Every value in force, for `config check`; of keys only their names.
    static ObjectNode describe(ZoneSettings settings) {
        ObjectNode answer = Json.object();
        put(
                answer,
                "addresses",
                list(settings.addresses().stream().map(InetAddress::getHostAddress).toList()));
        put(
                answer,
                "name-servers",
                list(settings.nameServers().stream().map(Domain::ascii).toList()));
        put(
                answer,
                "secondaries",
                list(settings.secondaries().stream().map(DnsKeys::secondary).toList()));
        put(
                answer,
                "tsig-keys",
                list(settings.keys().stream().map(key -> key.name().host()).toList()));
        put(
                answer,
                "contact",
                settings.contact() == null ? "hostmaster of each zone" : settings.contact());
        put(answer, "caa", settings.authorities().isEmpty() ? "any" : list(settings.authorities()));
        put(answer, "dmarc", settings.dmarc());
        put(answer, "mta-sts", settings.mtaSts());
        long days = settings.keyAge().toDays();
        put(answer, "key-days", days == 0 ? "never" : days);
        List<String> services = new ArrayList<>();
        for (String name : ZoneSettings.SERVICES) {
            Integer port = settings.services().get(name);
            if (port != null) services.add(name + " " + port);
        }
        put(answer, "services", list(services));
        return answer;
    }

    private static String secondary(ZoneSettings.Secondary secondary) {
        String at = SocketAddresses.format(secondary.address());
        return secondary.keyName() == null ? at : at + " " + secondary.keyName();
    }

    private static void put(ObjectNode answer, String key, Object value) {
        answer.setAll(Json.object("dns." + key, value));
    }

    private static String list(List<String> texts) {
        return texts.isEmpty() ? "none" : String.join(", ", texts);
    }
}
