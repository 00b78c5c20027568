package yubin.postmaster;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;
import yubin.dns.Name;
import yubin.dns.Networks;
import yubin.dns.RRset;
import yubin.dns.RecursionSettings;
import yubin.dns.RootHints;

/// Reads `[resolver]`; docs/configuration.md explains each key.
final class ResolverKeys {
    /// Without the two tables `stubs` and `forwards`.
    static final List<String> NAMES =
            List.of(
                    "servers",
                    "hosts",
                    "root-hints",
                    "trust-anchors",
                    "follow-anchors",
                    "insecure",
                    "allow-private",
                    "aggressive",
                    "qname-minimisation",
                    "case-0x20",
                    "cookies",
                    "prefetch",
                    "prime",
                    "edns-size",
                    "ports",
                    "ipv4",
                    "ipv6",
                    "tries",
                    "first-wait",
                    "deadline",
                    "minimal-responses",
                    "cache",
                    "clock-file",
                    "clients",
                    "rate-limit",
                    "stubs",
                    "forwards");

    private static final int DNS_PORT = 53;
    private static final List<String> DEFAULT_CLIENTS = List.of("127.0.0.0/8", "::1");

    private static final String ANCHORS_ALLOWED =
            "a list of DS or DNSKEY records, such as [\". DS 20326 8 2 E06D…\"], the path of a file"
                    + " of them, or \"none\"";

    private static final String HINTS_ALLOWED =
            "a list of \"name address\" or \"name address:port\", such as"
                    + " [\"ns.root.example 192.0.2.53\"], or the path of a file like IANA's"
                    + " named.root";

    private final TomlValues values;

    private ResolverKeys(TomlValues values) {
        this.values = values;
    }

    static ResolverConfig read(TomlValues values) {
        return new ResolverKeys(values).read();
    }

    /// True for a zone in `[resolver.stubs]` or `[resolver.forwards]`.
    static boolean isZone(List<String> path) {
        return path.size() == 3
                && path.get(0).equals("resolver")
                && (path.get(1).equals("stubs") || path.get(1).equals("forwards"));
    }

    private ResolverConfig read() {
        RecursionSettings.Sending usual = RecursionSettings.Sending.DEFAULT;
        int[] ports = ports();
        Object anchors = values.raw("resolver.trust-anchors");
        Object hints = values.raw("resolver.root-hints");
        return new ResolverConfig(
                values.addresses("resolver.servers", DNS_PORT).orElse(List.of()),
                values.path("resolver.hosts").orElse(null),
                hints instanceof TomlArray list ? hints(list) : List.of(),
                hints instanceof TomlArray ? null : file("root-hints", HINTS_ALLOWED),
                zones("stubs"),
                zones("forwards"),
                anchors(anchors),
                anchors instanceof TomlArray || "none".equals(anchors)
                        ? null
                        : file("trust-anchors", ANCHORS_ALLOWED),
                flag("follow-anchors", true),
                insecure(),
                values.raw("resolver.allow-private") == null ? null : flag("allow-private", false),
                flag("aggressive", true),
                flag("qname-minimisation", true),
                flag("case-0x20", false),
                flag("cookies", true),
                flag("prefetch", true),
                flag("prime", true),
                flag("ipv4", true),
                flag("ipv6", true),
                new RecursionSettings.Sending(
                        values.number("resolver.edns-size", usual.ednsOctets(), 512, 4096),
                        ports[0],
                        ports[1],
                        values.number("resolver.tries", usual.tries(), 1, 10),
                        seconds("first-wait", usual.firstWait(), 10)),
                seconds("deadline", Duration.ofSeconds(5), 60),
                flag("minimal-responses", true),
                values.octets("resolver.cache", ResolverConfig.CACHE_OCTETS_DEFAULT),
                values.path("resolver.clock-file").orElse(null),
                clients(),
                values.number(
                        "resolver.rate-limit", ResolverConfig.RATE_LIMIT_DEFAULT, 0, 1_000_000));
    }

    private boolean flag(String name, boolean otherwise) {
        String key = "resolver." + name;
        Object value = values.raw(key);
        if (value == null) return otherwise;
        if (value instanceof Boolean flag) return flag;
        values.problem(key, "is " + TomlValues.shown(value), "true or false");
        return otherwise;
    }

    private Duration seconds(String name, Duration otherwise, int most) {
        String key = "resolver." + name;
        Object value = values.raw(key);
        if (value == null) return otherwise;
        double seconds = value instanceof Number number ? number.doubleValue() : -1;
        if (seconds >= 0.01 && seconds <= most) return Duration.ofMillis((long) (seconds * 1000));
        values.problem(key, "is " + TomlValues.shown(value), "seconds, from 0.01 to " + most);
        return otherwise;
    }

    /// `"1024-65535"`; two zeros when the system chooses.
    private int[] ports() {
        String key = "resolver.ports";
        Object value = values.raw(key);
        if (value == null || "".equals(value)) return new int[] {0, 0};
        if (value instanceof String text && text.matches("\\d{1,5}-\\d{1,5}")) {
            int dash = text.indexOf('-');
            int least = Integer.parseInt(text.substring(0, dash));
            int most = Integer.parseInt(text.substring(dash + 1));
            // Fewer would be guessed (RFC 5452 §9.2).
            if (least >= 1 && most <= 65_535 && most - least >= 255) return new int[] {least, most};
        }
        values.problem(
                key,
                "is " + TomlValues.shown(value),
                "\"first-last\" with 256 ports at least, such as \"1024-65535\"; \"\": the system"
                        + " chooses");
        return new int[] {0, 0};
    }

    private Path file(String name, String allowed) {
        String key = "resolver." + name;
        Object value = values.raw(key);
        if (value == null || value instanceof String) return values.path(key).orElse(null);
        values.problem(key, "is " + TomlValues.shown(value), allowed);
        return null;
    }

    private List<RecursionSettings.Hint> hints(TomlArray list) {
        List<RecursionSettings.Hint> hints = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            Object each = list.get(i);
            String[] words =
                    each instanceof String text ? text.strip().split("\\s+") : new String[0];
            Optional<Name> name = words.length == 2 ? Name.parse(words[0]) : Optional.empty();
            Optional<InetSocketAddress> address =
                    words.length == 2
                            ? SocketAddresses.parse(words[1], DNS_PORT)
                            : Optional.empty();
            if (name.isPresent() && address.isPresent()) {
                hints.add(new RecursionSettings.Hint(name.get(), address.get()));
            } else {
                values.problem(
                        "resolver.root-hints", "has " + TomlValues.shown(each), HINTS_ALLOWED);
            }
        }
        if (list.isEmpty()) values.problem("resolver.root-hints", "is empty", HINTS_ALLOWED);
        return hints;
    }

    private Map<Name, List<InetSocketAddress>> zones(String name) {
        String key = "resolver." + name;
        String allowed = "zones with a list of addresses each: \"corp.example\" = [\"192.0.2.53\"]";
        Map<Name, List<InetSocketAddress>> zones = new HashMap<>();
        Object value = values.raw(key);
        if (value == null) return zones;
        if (!(value instanceof TomlTable table)) {
            values.problem(key, "is " + TomlValues.shown(value), allowed);
            return zones;
        }
        for (String zone : table.keySet()) {
            List<String> path = List.of("resolver", name, zone);
            Optional<Name> origin = Name.parse(zone);
            Optional<List<InetSocketAddress>> servers =
                    values.addresses(path, table.get(List.of(zone)), DNS_PORT);
            if (origin.isEmpty()) values.problem(path, "is no name of a zone", allowed);
            else if (table.get(List.of(zone)) instanceof TomlArray list && list.isEmpty()) {
                values.problem(path, "is empty", allowed);
            } else if (servers.isPresent()) zones.put(origin.get(), servers.get());
        }
        return zones;
    }

    /// Null when there is no list.
    private List<RRset> anchors(Object value) {
        if ("none".equals(value)) return List.of();
        if (!(value instanceof TomlArray list)) return null;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof String line)
                text.append(line.replace('\n', ' ')).append('\n');
            else {
                values.problem(
                        "resolver.trust-anchors",
                        "has " + TomlValues.shown(list.get(i)),
                        ANCHORS_ALLOWED);
            }
        }
        try {
            return RootHints.parse(text.toString());
        } catch (IllegalArgumentException e) {
            values.problem("resolver.trust-anchors", "has " + e.getMessage(), ANCHORS_ALLOWED);
            return List.of();
        }
    }

    private Set<Name> insecure() {
        String allowed = "a list of domain names, such as [\"corp.example\"]";
        Set<Name> names = new HashSet<>();
        for (String text : values.texts("resolver.insecure", List.of(), allowed)) {
            Optional<Name> name = Name.parse(text);
            if (name.isPresent()) names.add(name.get());
            else values.problem("resolver.insecure", "has \"" + text + "\"", allowed);
        }
        return names;
    }

    private Networks clients() {
        String allowed = "a list of networks, such as [\"127.0.0.0/8\", \"::1\", \"192.0.2.0/24\"]";
        try {
            return new Networks(values.texts("resolver.clients", DEFAULT_CLIENTS, allowed));
        } catch (IllegalArgumentException e) {
            values.problem("resolver.clients", "is wrong: " + e.getMessage(), allowed);
            return Networks.loopback();
        }
    }
}
