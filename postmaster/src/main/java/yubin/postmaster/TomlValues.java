package yubin.postmaster;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/// The values of a TOML file, key by key. What is not as it should be becomes a problem with its
/// line and what is allowed, and counts as absent.
final class TomlValues {
    private record Problem(int line, String text) {}

    private static final String ADDRESSES_ALLOWED =
            "a list of \"address:port\", such as [\"127.0.0.1:2525\", \"[::1]:2525\"]; [] is off";

    private final Path file;
    private final Path folder;
    private final TomlParseResult toml;
    private final List<Problem> problems = new ArrayList<>();

    /// @param file as messages name it
    /// @param folder what relative paths start from
    TomlValues(Path file, Path folder, TomlParseResult toml) {
        this.file = file;
        this.folder = folder;
        this.toml = toml;
    }

    /// The same from text.
    static TomlValues of(String toml) {
        return new TomlValues(Path.of("text"), Path.of("").toAbsolutePath(), Toml.parse(toml));
    }

    /// Null when absent.
    Object raw(String key) {
        return toml.get(key);
    }

    <T> Optional<T> text(
            String key, String allowed, java.util.function.Function<String, Optional<T>> reader) {
        Object value = toml.get(key);
        if (value == null) return Optional.empty();
        Optional<T> read = value instanceof String string ? reader.apply(string) : Optional.empty();
        if (read.isEmpty()) problem(key, "is " + shown(value), allowed);
        return read;
    }

    /// A file or folder, relative to the one the configuration lies in; empty text is absence.
    Optional<Path> path(String key) {
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

    Optional<List<InetSocketAddress>> addresses(String key, int defaultPort) {
        return addresses(List.of(key.split("\\.")), toml.get(key), defaultPort);
    }

    /// The same for a value that is at hand.
    Optional<List<InetSocketAddress>> addresses(List<String> key, Object value, int defaultPort) {
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

    /// A list of texts.
    List<String> texts(String key, List<String> fallback, String allowed) {
        Object value = toml.get(key);
        if (value == null) return fallback;
        List<String> texts = new ArrayList<>();
        if (value instanceof TomlArray list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof String text) texts.add(text);
                else problem(key, "has " + shown(list.get(i)), allowed);
            }
        } else {
            problem(key, "is " + shown(value), allowed);
        }
        return texts;
    }

    <E extends Enum<E>> E choice(String key, E[] values, E fallback) {
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

    long octets(String key, long fallback) {
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

    int number(String key, int fallback, int least, int most) {
        Object value = toml.get(key);
        if (value == null) return fallback;
        if (value instanceof Long number && number >= least && number <= most) {
            return number.intValue();
        }
        problem(key, "is " + shown(value), "a whole number from " + least + " to " + most);
        return fallback;
    }

    void problem(String key, String what, String allowed) {
        problem(List.of(key.split("\\.")), what, allowed);
    }

    void problem(List<String> path, String what, String allowed) {
        TomlPosition position = toml.inputPositionOf(path);
        int line = position == null ? 0 : position.line();
        String place = line == 0 ? file.toString() : file + ":" + line;
        String key = String.join(".", path);
        String text = "%s: %s %s; allowed: %s".formatted(place, key, what, allowed);
        problems.add(new Problem(line, text));
    }

    /// Everything that was found wrong, in the order of the lines.
    List<String> problems() {
        problems.sort(Comparator.comparingInt(Problem::line));
        return problems.stream().map(Problem::text).toList();
    }

    static String shown(Object value) {
        return switch (value) {
            case String string -> "\"" + string + "\"";
            case TomlArray _ -> "a list";
            case org.tomlj.TomlTable _ -> "a table";
            default -> String.valueOf(value);
        };
    }
}
