package yubin.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON file of `yubin dns serve`. Every key may be missing; unknown keys are ignored.
///
/// | key | value | default |
/// | --- | --- | --- |
/// | `listen` | address:port | 127.0.0.1:5353 |
/// | `threads` | UDP threads | 1 |
/// | `rootHints` | list of [name, address] | the Internet's |
/// | `stubs`, `forwards` | list of [zone, address] | none |
/// | `trustAnchors` | list of DS or DNSKEY lines | the root's |
/// | `insecure` | list of names | none |
/// | `now`, `nowFile` | second, file with the second | the system's clock |
/// | `qnameMinimisation`, `ipv4`, `cookies` | boolean | true |
/// | `ipv6`, `prime`, `allowPrivate`, `case0x20`, `minimalResponses` | boolean | false |
/// | `oldAlgorithms` | boolean | true when `now` or `nowFile` is given |
/// | `zones` | list of [zone, file] | none |
/// | `rateLimit` | answers a second per client network, 0 = off | 0 |
/// | `clients` | list of networks | loopback |
/// | `deadline` | seconds | 5 |
///
/// An address may end in `@port`; without it the port is 53.
record ServeSettings(
        InetSocketAddress listen,
        int threads,
        RecursionSettings recursion,
        List<Zone> zones,
        Networks clients,
        int rateLimit,
        boolean minimalResponses) {

    /// @throws IOException when the file or one that it names cannot be read, in one sentence
    static ServeSettings read(Path file) throws IOException {
        try {
            JsonNode root = JsonMapper.builder().build().readTree(Files.readString(file));
            if (!root.isObject()) throw new IllegalArgumentException("a JSON object expected");
            return read(root);
        } catch (JacksonException e) {
            throw new IOException(file + ": " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static ServeSettings read(JsonNode root) throws IOException {
        boolean fixedClock = given(root, "now") || given(root, "nowFile");
        List<RecursionSettings.Hint> hints = new ArrayList<>();
        if (given(root, "rootHints")) {
            for (JsonNode pair : root.get("rootHints")) {
                hints.add(new RecursionSettings.Hint(name(pair.path(0)), address(pair.path(1))));
            }
        } else {
            hints.addAll(RootHints.BUILT_IN);
        }
        List<RRset> anchors = RootHints.anchors();
        if (given(root, "trustAnchors")) {
            StringBuilder text = new StringBuilder();
            for (JsonNode line : root.get("trustAnchors")) {
                text.append(line.asString().replace('\n', ' ').strip()).append('\n');
            }
            anchors = RootHints.parse(text.toString());
        }
        Set<Name> insecure = new HashSet<>();
        for (JsonNode each : root.path("insecure")) insecure.add(name(each));
        List<Zone> zones = new ArrayList<>();
        for (JsonNode pair : root.path("zones")) {
            zones.add(Zone.read(Path.of(pair.path(1).asString()), name(pair.path(0))));
        }
        List<String> clients = new ArrayList<>();
        for (JsonNode each : root.path("clients")) clients.add(each.asString());
        RecursionSettings recursion =
                RecursionSettings.defaults(clock(root))
                        .change()
                        .rootHints(hints)
                        .stubs(addresses(root.path("stubs")))
                        .forwards(addresses(root.path("forwards")))
                        .anchors(anchors)
                        .insecure(insecure)
                        .aggressive(flag(root, "aggressive", true))
                        .minimise(flag(root, "qnameMinimisation", true))
                        .ipv4(flag(root, "ipv4", true))
                        .ipv6(flag(root, "ipv6", false))
                        .prime(flag(root, "prime", false))
                        .allowPrivate(flag(root, "allowPrivate", false))
                        .cookies(flag(root, "cookies", true))
                        .case0x20(flag(root, "case0x20", false))
                        .oldAlgorithms(flag(root, "oldAlgorithms", fixedClock))
                        .deadline(
                                Duration.ofMillis(
                                        (long) (1000 * root.path("deadline").asDouble(5))))
                        .cacheOctets(root.path("cacheOctets").asLong(128 << 20))
                        .build();
        return new ServeSettings(
                listen(root.path("listen").asString("127.0.0.1:5353")),
                Math.clamp(root.path("threads").asInt(1), 1, 64),
                recursion,
                zones,
                clients.isEmpty() ? Networks.loopback() : new Networks(clients),
                root.path("rateLimit").asInt(0),
                flag(root, "minimalResponses", false));
    }

    private static boolean given(JsonNode root, String key) {
        return root.has(key) && !root.get(key).isNull();
    }

    private static boolean flag(JsonNode root, String key, boolean otherwise) {
        return given(root, key) ? root.get(key).asBoolean() : otherwise;
    }

    private static Name name(JsonNode node) {
        return Name.parse(node.asString())
                .orElseThrow(() -> new IllegalArgumentException("not a name: " + node));
    }

    private static Map<Name, List<InetSocketAddress>> addresses(JsonNode pairs) {
        Map<Name, List<InetSocketAddress>> map = new HashMap<>();
        for (JsonNode pair : pairs) {
            map.computeIfAbsent(name(pair.path(0)), _ -> new ArrayList<>())
                    .add(address(pair.path(1)));
        }
        return map;
    }

    private static InetSocketAddress address(JsonNode node) {
        String text = node.asString().strip();
        int at = text.indexOf('@');
        try {
            int port = at < 0 ? 53 : Integer.parseInt(text.substring(at + 1));
            String host = at < 0 ? text : text.substring(0, at);
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an address[@port]: " + text, e);
        }
    }

    private static InetSocketAddress listen(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, colon).replace("[", "").replace("]", "");
            return new InetSocketAddress(
                    InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("listen: not an address:port: " + text, e);
        }
    }

    private static InstantSource clock(JsonNode root) {
        if (given(root, "nowFile")) return new FileClock(Path.of(root.get("nowFile").asString()));
        if (given(root, "now")) {
            return InstantSource.fixed(Instant.ofEpochSecond(root.get("now").asLong()));
        }
        return InstantSource.system();
    }
}
