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
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import yubin.mail.Domain;

/// Reads `yubin.toml`. Total: what cannot be read becomes a list of problems, each with its line,
/// its key and what is allowed there, all of them at once.
final class ConfigFile {
    /// The result of reading; `config` is null exactly when there are problems.
    record Reading(Config config, List<String> problems) {}

    private record Problem(int line, String text) {}

    /// All keys outside `[listen]`, which has one for each [Service].
    private static final List<String> KEYS =
            List.of(
                    "hostname",
                    "data",
                    "tls.certificate",
                    "tls.key",
                    "auth.plaintext",
                    "auth.sender",
                    "limits.message",
                    "limits.connections-per-address",
                    "resolver.servers",
                    "resolver.hosts");

    private static final List<String> TABLES =
            List.of("listen", "tls", "auth", "limits", "resolver");

    private static final int DNS_PORT = 53;

    /// A configuration larger than this is a mistake.
    private static final long FILE_OCTETS_MAX = 1 << 20;

    private static final String ADDRESSES_ALLOWED =
            "a list of \"address:port\", such as [\"127.0.0.1:2525\", \"[::1]:2525\"]; [] is off";

    private final Path file;
    private final Path folder;
    private final TomlParseResult toml;
    private final List<Problem> problems = new ArrayList<>();

    private ConfigFile(Path file, Path folder, TomlParseResult toml) {
        this.file = file;
        this.folder = folder;
        this.toml = toml;
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
                text("hostname", "a domain name, such as \"mail.example.com\"", Domain::parse)
                        .orElseGet(ConfigFile::systemName);
        Path data = path("data").orElse(folder.resolve("data"));
        Map<Service, List<InetSocketAddress>> listen = new EnumMap<>(Service.class);
        Set<Service> named = EnumSet.noneOf(Service.class);
        for (Service service : Service.values()) {
            String key = "listen." + service.key();
            if (toml.contains(key)) named.add(service);
            listen.put(service, addresses(key, -1).orElseGet(() -> defaults(service)));
        }
        Path certificate = path("tls.certificate").orElse(null);
        Path key = path("tls.key").orElse(null);
        if ((certificate == null) != (key == null)) {
            String present = key == null ? "tls.certificate" : "tls.key";
            problem(present, "stands alone", "tls.certificate and tls.key together, or neither");
        }
        Config.Plaintext plaintext =
                choice("auth.plaintext", Config.Plaintext.values(), Config.Plaintext.LOOPBACK);
        Config.Sender sender = choice("auth.sender", Config.Sender.values(), Config.Sender.OWN);
        long message = octets("limits.message", Config.MESSAGE_OCTETS_DEFAULT);
        int connections =
                number(
                        "limits.connections-per-address",
                        Config.CONNECTIONS_PER_ADDRESS_DEFAULT,
                        1_000_000);
        List<InetSocketAddress> resolvers =
                addresses("resolver.servers", DNS_PORT).orElse(List.of());
        Path hosts = path("resolver.hosts").orElse(null);
        if (!problems.isEmpty()) return new Reading(null, sorted());
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
                        resolvers,
                        hosts),
                List.of());
    }

    private void refuseUnknownKeys() {
        for (List<String> path : toml.keyPathSet(true)) {
            String key = String.join(".", path);
            if (KEYS.contains(key) || isListenKey(path)) continue;
            String table = path.size() > 1 ? path.get(0) : "";
            if (path.size() == 1 && toml.isTable(path)) {
                if (TABLES.contains(key)) continue;
                problem(path, "is an unknown table", String.join(", ", TABLES));
            } else if (path.size() == 1 && TABLES.contains(key)) {
                problem(path, "is " + shown(toml.get(path)), "a table: [" + key + "]");
            } else if (path.size() == 1 || TABLES.contains(table)) {
                problem(path, "is an unknown key", neighbours(table));
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

    private <T> Optional<T> text(
            String key, String allowed, java.util.function.Function<String, Optional<T>> reader) {
        Object value = toml.get(key);
        if (value == null) return Optional.empty();
        Optional<T> read = value instanceof String string ? reader.apply(string) : Optional.empty();
        if (read.isEmpty()) problem(key, "is " + shown(value), allowed);
        return read;
    }

    /// A file or folder, relative to the one the configuration lies in; empty text is absence.
    private Optional<Path> path(String key) {
        Object value = toml.get(key);
        if (value instanceof String string && string.isEmpty()) {
            if (!key.equals("data")) return Optional.empty();
            problem(key, "is \"\"", "the path of a folder, relative to this file");
            return Optional.empty();
        }
        return text(
                key,
                "a path, relative to this file",
                string -> {
                    try {
                        return Optional.of(folder.resolve(string).normalize());
                    } catch (java.nio.file.InvalidPathException e) {
                        return Optional.empty();
                    }
                });
    }

    private Optional<List<InetSocketAddress>> addresses(String key, int defaultPort) {
        Object value = toml.get(key);
        if (value == null) return Optional.empty();
        String allowed =
                defaultPort < 0
                        ? ADDRESSES_ALLOWED
                        : "a list of addresses, each with or without a port: [\"192.0.2.53\"]";
        if (!(value instanceof TomlArray array)) {
            problem(key, "is " + shown(value), allowed);
            return Optional.empty();
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Object element = array.get(i);
            Optional<InetSocketAddress> address =
                    element instanceof String string
                            ? SocketAddresses.parse(string, defaultPort)
                            : Optional.empty();
            if (address.isEmpty()) problem(key, "has " + shown(element), allowed);
            else addresses.add(address.get());
        }
        return Optional.of(addresses);
    }

    private <E extends Enum<E>> E choice(String key, E[] values, E fallback) {
        String allowed =
                Arrays.stream(values)
                        .map(value -> "\"" + value.name().toLowerCase(Locale.ROOT) + "\"")
                        .collect(Collectors.joining(", "));
        return text(
                        key,
                        allowed,
                        string ->
                                Arrays.stream(values)
                                        .filter(
                                                v ->
                                                        v.name()
                                                                .toLowerCase(Locale.ROOT)
                                                                .equals(string))
                                        .findFirst())
                .orElse(fallback);
    }

    private long octets(String key, long fallback) {
        Object value = toml.get(key);
        if (value == null) return fallback;
        OptionalLong octets =
                switch (value) {
                    case String string -> Octets.parse(string);
                    case Long number -> OptionalLong.of(number);
                    default -> OptionalLong.empty();
                };
        if (octets.isEmpty() || octets.getAsLong() < 1) {
            problem(key, "is " + shown(value), Octets.ALLOWED);
            return fallback;
        }
        return octets.getAsLong();
    }

    private int number(String key, int fallback, int most) {
        Object value = toml.get(key);
        if (value == null) return fallback;
        if (value instanceof Long number && number >= 1 && number <= most) {
            return number.intValue();
        }
        problem(key, "is " + shown(value), "a whole number from 1 to " + most);
        return fallback;
    }

    private void problem(String key, String what, String allowed) {
        problem(List.of(key.split("\\.")), what, allowed);
    }

    private void problem(List<String> path, String what, String allowed) {
        TomlPosition position = toml.inputPositionOf(path);
        int line = position == null ? 0 : position.line();
        String place = line == 0 ? file.toString() : file + ":" + line;
        String key = String.join(".", path);
        String text = "%s: %s %s; allowed: %s".formatted(place, key, what, allowed);
        problems.add(new Problem(line, text));
    }

    private List<String> sorted() {
        problems.sort(Comparator.comparingInt(Problem::line));
        return problems.stream().map(Problem::text).toList();
    }

    private static String shown(Object value) {
        return switch (value) {
            case String string -> "\"" + string + "\"";
            case TomlArray _ -> "a list";
            case org.tomlj.TomlTable _ -> "a table";
            default -> String.valueOf(value);
        };
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
