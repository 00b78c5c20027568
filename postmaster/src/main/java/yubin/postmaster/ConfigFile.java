package yubin.postmaster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import yubin.mail.Domain;
import yubin.zones.ZoneSettings;

/// Reads `yubin.toml`. Total: what cannot be read becomes a list of problems, each with its line,
/// its key and what is allowed there, all of them at once.
final class ConfigFile {
    /// The result of reading; `config` is null exactly when there are problems.
    record Reading(Config config, List<String> problems) {}

    /// All keys outside `[listen]`, which has one for each [Service].
    private static final List<String> KEYS =
            new ArrayList<>(
                    List.of(
                            "hostname",
                            "data",
                            "tls.certificate",
                            "tls.key",
                            "auth.plaintext",
                            "auth.sender",
                            "limits.message",
                            "limits.connections-per-address"));

    static {
        for (String key : ResolverKeys.NAMES) KEYS.add("resolver." + key);
        for (String key : DnsKeys.NAMES) KEYS.add("dns." + key);
        for (String key : HttpConfig.NAMES) KEYS.add("http." + key);
    }

    private static final List<String> TABLES =
            List.of("listen", "tls", "auth", "limits", "resolver", "dns", "http");

    /// A configuration larger than this is a mistake.
    private static final long FILE_OCTETS_MAX = 1 << 20;

    private final Path file;
    private final Path folder;
    private final TomlParseResult toml;
    private final TomlValues values;

    private ConfigFile(Path file, Path folder, TomlParseResult toml) {
        this.file = file;
        this.folder = folder;
        this.toml = toml;
        this.values = new TomlValues(file, folder, toml);
    }

    /// Reads `file`, or `yubin.toml` in the working directory when it is null, which may be absent.
    ///
    /// @throws Trouble when there are problems
    static Config load(Path file) throws Trouble {
        Reading reading = read(file);
        if (reading.config != null) return reading.config;
        throw Trouble.usage(String.join("\n", reading.problems));
    }

    static Reading read(Path file) {
        Path named = file == null ? Path.of("yubin.toml") : file;
        Path place = named.toAbsolutePath().normalize();
        String text;
        try {
            if (Files.isRegularFile(place) && Files.size(place) > FILE_OCTETS_MAX) {
                return new Reading(null, List.of(named + ": is no configuration: over 1 MiB"));
            }
            text = Files.readString(place);
        } catch (NoSuchFileException e) {
            if (file != null) return new Reading(null, List.of(named + ": there is no such file"));
            Path here = Path.of("").toAbsolutePath();
            return new ConfigFile(null, here, Toml.parse("")).interpret();
        } catch (IOException e) {
            return new Reading(null, List.of(named + ": cannot be read: " + reason(e)));
        }
        TomlParseResult toml = Toml.parse(text);
        if (toml.hasErrors()) {
            return new Reading(
                    null,
                    toml.errors().stream()
                            .map(e -> named + ":" + e.position().line() + ": " + e.getMessage())
                            .toList());
        }
        return new ConfigFile(named, place.getParent(), toml).interpret();
    }

    private Reading interpret() {
        refuseUnknownKeys();
        Domain hostname =
                values.text(
                                "hostname",
                                "a domain name, such as \"mail.example.com\"",
                                Domain::parse)
                        .orElseGet(ConfigFile::systemName);
        Path data = values.path("data").orElse(folder.resolve("data"));
        Map<Service, List<InetSocketAddress>> listen = new EnumMap<>(Service.class);
        Set<Service> named = EnumSet.noneOf(Service.class);
        for (Service service : Service.values()) {
            String key = "listen." + service.key();
            if (toml.contains(key)) named.add(service);
            listen.put(service, values.addresses(key, -1).orElseGet(() -> defaults(service)));
        }
        Path certificate = values.path("tls.certificate").orElse(null);
        Path key = values.path("tls.key").orElse(null);
        if ((certificate == null) != (key == null)) {
            String present = key == null ? "tls.certificate" : "tls.key";
            values.problem(
                    present, "stands alone", "tls.certificate and tls.key together, or neither");
        }
        Config.Plaintext plaintext =
                values.choice(
                        "auth.plaintext", Config.Plaintext.values(), Config.Plaintext.LOOPBACK);
        Config.Sender sender =
                values.choice("auth.sender", Config.Sender.values(), Config.Sender.OWN);
        long message = values.octets("limits.message", Config.MESSAGE_OCTETS_DEFAULT);
        int connections =
                values.number(
                        "limits.connections-per-address",
                        Config.CONNECTIONS_PER_ADDRESS_DEFAULT,
                        1,
                        1_000_000);
        ResolverConfig resolver = ResolverKeys.read(values);
        ZoneSettings zones = DnsKeys.read(values, hostname, listen);
        HttpConfig http = HttpConfig.read(values);
        if (!values.problems().isEmpty()) return new Reading(null, values.problems());
        return new Reading(
                new Config(
                        file == null ? null : file.toAbsolutePath().normalize(),
                        hostname,
                        data,
                        listen,
                        named,
                        certificate,
                        key,
                        plaintext,
                        sender,
                        message,
                        connections,
                        resolver,
                        zones,
                        http),
                List.of());
    }

    private void refuseUnknownKeys() {
        for (List<String> path : toml.keyPathSet(true)) {
            String key = String.join(".", path);
            if (KEYS.contains(key) || isListenKey(path)) continue;
            if (ResolverKeys.isZone(path) || DnsKeys.isService(path)) continue;
            String table = path.size() > 1 ? path.get(0) : "";
            if (path.size() == 1 && toml.isTable(path)) {
                if (TABLES.contains(key)) continue;
                values.problem(path, "is an unknown table", String.join(", ", TABLES));
            } else if (path.size() == 1 && TABLES.contains(key)) {
                values.problem(
                        path, "is " + TomlValues.shown(toml.get(path)), "a table: [" + key + "]");
            } else if (path.size() == 1 || TABLES.contains(table)) {
                values.problem(path, "is an unknown key", neighbours(table));
            }
        }
    }

    private static boolean isListenKey(List<String> path) {
        return path.size() == 2
                && path.get(0).equals("listen")
                && Arrays.stream(Service.values()).anyMatch(s -> s.key().equals(path.get(1)));
    }

    /// The keys that may stand in `table`, empty for the top.
    private static String neighbours(String table) {
        if (table.equals("listen")) {
            return Arrays.stream(Service.values())
                    .map(Service::key)
                    .collect(Collectors.joining(", "));
        }
        if (table.isEmpty()) {
            return "hostname, data and the tables " + String.join(", ", TABLES);
        }
        return KEYS.stream()
                .filter(key -> key.startsWith(table + "."))
                .map(key -> key.substring(table.length() + 1))
                .collect(Collectors.joining(", "));
    }

    /// A service that was not named listens on both loopback addresses; one that is not built, not.
    private static List<InetSocketAddress> defaults(Service service) {
        if (!service.built()) return List.of();
        return List.of(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), service.defaultPort),
                new InetSocketAddress(InetAddress.ofLiteral("::1"), service.defaultPort));
    }

    /// The name this machine gives itself, without asking a name server; `localhost` when it is no
    /// domain name.
    private static Domain systemName() {
        String name = null;
        try {
            name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                name = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                // Falls through to the name that every machine has.
            }
        }
        return Optional.ofNullable(name)
                .flatMap(Domain::parse)
                .orElseGet(() -> new Domain("localhost"));
    }

    /// What an I/O error means to a person.
    static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "there is no such file";
            case java.nio.charset.CharacterCodingException _ -> "it is not UTF-8 text";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
