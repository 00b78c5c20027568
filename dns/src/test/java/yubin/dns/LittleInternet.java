package yubin.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// An internet of its own on 127.0.0.0/8: a root and zones below it, each on an address, all on one
/// port; signed or not, and with servers that a test may replace.
final class LittleInternet implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-15T00:00:00Z");

    final AtomicLong second = new AtomicLong(NOW.getEpochSecond());

    /// Like the system's it gives milliseconds without making an object.
    final InstantSource clock =
            new InstantSource() {
                @Override
                public Instant instant() {
                    return Instant.ofEpochSecond(second.get());
                }

                @Override
                public long millis() {
                    return second.get() * 1000;
                }
            };

    final int port;
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, ZoneSigner> signers = new HashMap<>();
    private final Map<String, ZoneSigner.Chain> chains = new HashMap<>();
    private final Map<String, Function<List<RRset>, List<RRset>>> edits = new HashMap<>();
    private final Map<String, List<RRset>> ready = new HashMap<>();
    private final Map<String, List<String>> addresses = new HashMap<>();
    private final Map<String, Function<byte[], List<byte[]>>> scripts = new HashMap<>();
    private final List<AutoCloseable> running = new ArrayList<>();
    final List<String> asked = java.util.Collections.synchronizedList(new ArrayList<>());
    private final List<String> anchors = new ArrayList<>();
    private final java.util.Set<Name> insecure = new java.util.HashSet<>();
    private final Map<Name, List<InetSocketAddress>> stubs = new HashMap<>();
    private final Map<Name, List<InetSocketAddress>> forwards = new HashMap<>();
    private final java.util.Set<String> bareServers = new java.util.TreeSet<>();
    private Behaviour behaviour = (_, _, _) -> null;
    private boolean aggressive = true;
    private boolean minimise = true;
    private boolean case0x20;
    private boolean cookies = true;
    private boolean allowPrivate = true;
    private boolean oldAlgorithms = true;
    private long deadlineMillis = 3000;
    Recursion recursion;

    LittleInternet() {
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A zone on an address. Delegations and DS in its parent are written by [#start].
    LittleInternet zone(String origin, String address, String records) {
        String soa = "@ 3600 SOA ns host 1 7200 3600 1209600 300\n";
        String ns =
                origin.equals(".")
                        ? "@ NS ns.root-servers.test.\n"
                        : "@ NS ns\nns A " + address + "\n";
        texts.put(origin, "$TTL 3600\n" + soa + ns + records);
        addresses.put(origin, List.of(address));
        return this;
    }

    /// A zone as it stands in a file, with the signatures that it has.
    void ready(String origin, String address, Path file) {
        try {
            ready.put(origin, records(Files.readString(file), Name.ROOT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        texts.put(origin, "");
        addresses.put(origin, List.of(address));
    }

    LittleInternet signed(String origin, int algorithm, ZoneSigner.Chain chain) {
        return signed(origin, algorithm, 1, chain);
    }

    LittleInternet signed(String origin, int algorithm, int count, ZoneSigner.Chain chain) {
        List<SigningKey> keys = new ArrayList<>();
        while (keys.size() < count) keys.add(SigningKey.generate(algorithm));
        signers.put(
                origin,
                new ZoneSigner(keys)
                        .valid(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(14))));
        chains.put(origin, chain);
        return this;
    }

    LittleInternet signed(String origin) {
        return signed(origin, Signatures.ECDSAP256, new ZoneSigner.Chain.Nsec());
    }

    /// What the server at this address sends to a query; null: the true answer.
    interface Behaviour {
        List<byte[]> answer(String address, byte[] query, Answerer.Path path);
    }

    void behave(Behaviour newBehaviour) {
        behaviour = newBehaviour;
    }

    /// A server at this address even if no zone lies there.
    void server(String address) {
        bareServers.add(address);
    }

    void add(String origin, String records) {
        texts.merge(origin, records, String::concat);
    }

    void unsigned(String origin) {
        signers.remove(origin);
        chains.remove(origin);
    }

    void anchors(String... origins) {
        anchors.clear();
        anchors.addAll(List.of(origins));
    }

    void insecure(String name) {
        insecure.add(Name.of(name));
    }

    /// `set aggressive off`, `set minimise on`, `set case0x20 on`, `set cookies off`,
    /// `set private off`, `set old off`, `set deadline MILLIS`, `set stub ZONE ADDRESS`,
    /// `set forward ZONE ADDRESS`.
    void set(String[] words) {
        boolean on = words[2].equals("on");
        switch (words[1]) {
            case "aggressive" -> aggressive = on;
            case "minimise" -> minimise = on;
            case "case0x20" -> case0x20 = on;
            case "cookies" -> cookies = on;
            case "private" -> allowPrivate = on;
            case "old" -> oldAlgorithms = on;
            case "deadline" -> deadlineMillis = Long.parseLong(words[2]);
            case "stub", "forward" -> {
                var map = words[1].equals("stub") ? stubs : forwards;
                InetAddress address = InetAddress.ofLiteral(words[3]);
                map.computeIfAbsent(Name.of(words[2]), _ -> new ArrayList<>())
                        .add(new InetSocketAddress(address, port));
            }
            default -> throw new IllegalArgumentException("set " + words[1]);
        }
    }

    /// The deepest signed zone that holds a name; for a DS, that above it.
    Name signerOf(Name name, boolean above) {
        for (Name at = above ? name.parent() : name; ; at = at.parent()) {
            if (signers.containsKey(at.toString())) return at;
            if (at.isRoot()) throw new IllegalArgumentException("no signed zone holds " + name);
        }
    }

    /// `%h(NAME)`, `%b(NAME)` and `%a(NAME)` become the NSEC3 hash of a name, the one before and
    /// the one after it.
    String hashes(String text) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int at; (at = text.indexOf('%', from)) >= 0; ) {
            int end = text.indexOf(')', at);
            Name name = Name.of(text.substring(at + 3, end));
            var chain = (ZoneSigner.Chain.Nsec3) chains.get(signerOf(name, false).toString());
            byte[] hash = Nsec3Hash.of(name, chain.salt(), chain.iterations());
            char step = text.charAt(at + 1);
            int by = step == 'a' ? 1 : step == 'b' ? -1 : 0;
            hash[hash.length - 1] += (byte) by;
            out.append(text, from, at).append(RdataText.base32hex(hash));
            from = end + 1;
        }
        return out.append(text.substring(from)).toString();
    }

    ZoneSigner signer(String origin) {
        return signers.get(origin);
    }

    /// Changes a zone after it was signed.
    LittleInternet edit(String origin, Function<List<RRset>, List<RRset>> edit) {
        edits.merge(origin, edit, Function::andThen);
        return this;
    }

    /// Another server at this address; it may ask [#answer] for the true answer.
    LittleInternet script(String address, Function<byte[], List<byte[]>> script) {
        scripts.put(address, script);
        return this;
    }

    LittleInternet minimise(boolean on) {
        minimise = on;
        return this;
    }

    LittleInternet case0x20() {
        case0x20 = true;
        return this;
    }

    private final Map<String, Authority> authorities = new HashMap<>();

    byte[] answer(String address, byte[] query, boolean udp) {
        byte[] out = new byte[65_535];
        Authority authority = authorities.get(address);
        int length = authority.answer(query, query.length, out, new Answerer.Path(null, udp), null);
        return java.util.Arrays.copyOf(out, length);
    }

    /// Signs all, opens all servers, and makes the resolver.
    LittleInternet start(String... anchorsOf) {
        List<String> origins = new ArrayList<>(texts.keySet());
        // Children first: parents carry their DS.
        origins.sort((a, b) -> Name.of(b).labels() - Name.of(a).labels());
        Map<String, List<Zone>> byAddress = new HashMap<>();
        for (String origin : origins) {
            Name name = Name.of(origin);
            String text = texts.get(origin) + delegations(origin);
            List<RRset> sets = new ArrayList<>(records(text, name));
            for (String child : origins) {
                if (child.equals(origin) || !parent(child).equals(origin)) continue;
                if (signers.containsKey(child) && signers.containsKey(origin)) {
                    sets.add(signers.get(child).ds(Name.of(child), 3600));
                }
            }
            if (ready.containsKey(origin)) sets = ready.get(origin);
            if (signers.containsKey(origin)) {
                sets = signers.get(origin).sign(name, sets, chains.get(origin));
            }
            if (edits.containsKey(origin)) sets = edits.get(origin).apply(sets);
            for (String address : addresses.get(origin)) {
                byAddress.computeIfAbsent(address, _ -> new ArrayList<>()).add(Zone.of(name, sets));
            }
        }
        try {
            for (String bare : bareServers) byAddress.computeIfAbsent(bare, _ -> new ArrayList<>());
            for (Map.Entry<String, List<Zone>> each : byAddress.entrySet()) {
                String address = each.getKey();
                Authority authority = new Authority(each.getValue());
                authorities.put(address, authority);
                Answerer answerer =
                        (query, length, response, path, later) -> {
                            note(address, query, length);
                            List<byte[]> moved =
                                    behaviour.answer(
                                            address, java.util.Arrays.copyOf(query, length), path);
                            if (moved != null) {
                                for (byte[] out : moved) later.send(out, out.length);
                                return 0;
                            }
                            if (path.udp() && scripts.containsKey(address)) {
                                byte[] q = java.util.Arrays.copyOf(query, length);
                                for (byte[] out : scripts.get(address).apply(q)) {
                                    later.send(out, out.length);
                                }
                                return 0;
                            }
                            return authority.answer(query, length, response, path, later);
                        };
                running.add(
                        DnsListener.open(
                                new InetSocketAddress(InetAddress.ofLiteral(address), port),
                                answerer,
                                1));
            }
            List<RRset> trusted = new ArrayList<>();
            anchors.addAll(List.of(anchorsOf));
            for (String origin : anchors) {
                if (ready.containsKey(origin)) {
                    trusted.add(Message.find(ready.get(origin), Name.of(origin), Type.DNSKEY));
                    continue;
                }
                trusted.add(signers.get(origin).ds(Name.of(origin), 3600));
            }
            InetAddress root = InetAddress.ofLiteral(addresses.get(".").getFirst());
            var hint =
                    new RecursionSettings.Hint(
                            Name.of("ns.root-servers.test"), new InetSocketAddress(root, port));
            recursion =
                    new Recursion(
                            RecursionSettings.defaults(clock)
                                    .change()
                                    .rootHints(List.of(hint))
                                    .stubs(stubs)
                                    .forwards(forwards)
                                    .anchors(trusted)
                                    .insecure(insecure)
                                    .aggressive(aggressive)
                                    .minimise(minimise)
                                    .ipv6(false)
                                    .prime(false)
                                    .allowPrivate(allowPrivate)
                                    .cookies(cookies)
                                    .case0x20(case0x20)
                                    .oldAlgorithms(oldAlgorithms)
                                    .deadline(Duration.ofMillis(deadlineMillis))
                                    .cacheOctets(16 << 20)
                                    .port(port)
                                    .build());
            running.add(recursion);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private void note(String address, byte[] query, int length) {
        if (Message.read(query, length) instanceof Message message && message.question() != null) {
            asked.add(
                    address
                            + " "
                            + message.question().name().lower()
                            + " "
                            + Type.name(message.question().type()));
        }
    }

    private String parent(String child) {
        for (Name at = Name.of(child).parent(); ; at = at.parent()) {
            if (texts.containsKey(at.toString())) return at.toString();
        }
    }

    private String delegations(String origin) {
        StringBuilder out = new StringBuilder();
        for (String child : texts.keySet()) {
            if (child.equals(".") || !parent(child).equals(origin)) continue;
            out.append(child).append(" NS ns.").append(child).append('\n');
            for (String address : addresses.get(child)) {
                out.append("ns.").append(child).append(" A ").append(address).append('\n');
            }
        }
        return out.toString();
    }

    static List<RRset> records(String text, Name origin) {
        return switch (ZoneFile.parse(text, origin)) {
            case ZoneFile.Records(var sets) -> sets;
            case ZoneFile.Malformed bad -> throw new IllegalArgumentException(bad.toString());
        };
    }

    Resolution resolve(String name, int type) {
        return recursion.resolve(
                new Question(Name.of(name), type),
                false,
                new Work(System.nanoTime() + 4_000_000_000L));
    }

    @Override
    public void close() {
        for (AutoCloseable each : running) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
