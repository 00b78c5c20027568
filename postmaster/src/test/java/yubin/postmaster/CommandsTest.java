package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import yubin.directory.Login;
import yubin.directory.Step;
import yubin.directory.Use;
import yubin.directory.Visitor;

/// The verbs that need data, with a running server and without one.
class CommandsTest {
    @TempDir Path folder;
    private Path file;
    private String out;
    private String err;

    @BeforeEach
    void configure() throws IOException {
        file = folder.resolve("yubin.toml");
        StringBuilder toml = new StringBuilder("hostname = \"mail.example.com\"\n[listen]\n");
        for (Service service : Service.values()) {
            if (service.built()) toml.append(service.key()).append(" = [\"127.0.0.1:0\"]\n");
        }
        Files.writeString(file, toml);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void verbsDoTheSameWithAServerAndWithoutOne(boolean server) throws Exception {
        PostOffice post = server ? PostOffice.open(ConfigFile.load(file), line -> {}) : null;
        try {
            people();
            aliasesAndRoutes();
            theQueueIsEmpty();
        } finally {
            if (post != null) post.close();
        }
    }

    private void people() {
        ok("domain add example.com");
        bad("domain add example.com");
        bad("domain add ex..ample");
        ok("domain add 例え.jp");
        ok("account add ann@example.com --password orange --name Ann --quota 1M --admin");
        ok("account add ben@example.com");
        bad("account add ben@example.com");
        bad("account add cat@example.org");
        ok("account disable ben@example.com");
        ok("account passwd ben@example.com --password lemon");
        bad("account passwd cat@example.com --password lemon");
        JsonNode accounts = json("account list --json");
        assertEquals(2, accounts.size());
        assertEquals("ann@example.com", accounts.get(0).path("address").asString());
        assertEquals("1M", accounts.get(0).path("quota").asString());
        assertTrue(accounts.get(0).path("admin").asBoolean());
        assertFalse(accounts.get(1).path("enabled").asBoolean());
        assertTrue(accounts.get(1).path("login").asBoolean());
        ok("account enable ben@example.com");
        limits();
        ok("account remove ben@example.com");
        assertEquals(1, json("account list --json").size());
        bad("domain remove example.com");
        ok("domain remove 例え.jp");
        assertEquals(1, json("domain list --json").size());
        ok("account list");
        assertTrue(out.contains("ann@example.com  Ann"), out);
    }

    private void limits() {
        ok("account set ben@example.com --message 10M --recipients-per-day 500 --quota 2G");
        ok("account set ben@example.com --sessions 3 --name Ben");
        JsonNode ben = json("account list --json").get(1);
        assertEquals("10M", ben.path("message").asString());
        assertEquals(500, ben.path("recipients-per-day").asInt());
        assertEquals(3, ben.path("sessions").asInt());
        assertEquals("2G", ben.path("quota").asString());
        assertEquals("Ben", ben.path("name").asString());
        ok("account set ben@example.com --message 0 --quota none");
        ben = json("account list --json").get(1);
        assertFalse(ben.has("message"));
        assertFalse(ben.has("quota"));
        assertEquals(500, ben.path("recipients-per-day").asInt());
        bad("account set ben@example.com --recipients-per-day -1");
        bad("account set cat@example.com --sessions 1");
        assertEquals(Trouble.USAGE, run("account set ben@example.com"));
        assertEquals(Trouble.USAGE, run("account set ben@example.com --message much"));
        ok("account add dan@example.com --message 1M --recipients-per-day 9");
        JsonNode dan = json("account list --json").get(2);
        assertEquals("1M", dan.path("message").asString());
        assertEquals(9, dan.path("recipients-per-day").asInt());
        ok("account remove dan@example.com");
    }

    private void aliasesAndRoutes() {
        ok("alias add sales@example.com ann@example.com far@example.org");
        ok("alias add @example.com ann@example.com");
        JsonNode aliases = json("alias list --json");
        assertEquals(2, aliases.size());
        assertTrue(aliases.toString().contains("\"@example.com\""), aliases.toString());
        ok("alias remove @example.com");
        bad("alias remove @example.com");
        ok("route add example.net mx.example.org:2525");
        ok("route add * smart.example.org:587 --user me --password secret");
        JsonNode routes = json("route list --json");
        assertEquals("mx.example.org", routes.get(0).path("host").asString());
        assertEquals(2525, routes.get(0).path("port").asInt());
        assertEquals("*", routes.get(1).path("domain").asString());
        assertEquals("me", routes.get(1).path("user").asString());
        assertFalse(routes.toString().contains("secret"));
        ok("route remove example.net");
        bad("route remove example.net");
    }

    private void theQueueIsEmpty() {
        assertEquals(0, json("queue list --json").size());
        bad("queue show 000000000001");
        assertEquals(Trouble.USAGE, run("queue show nonsense"));
        bad("queue drop 000000000001");
        ok("queue retry --all");
        bad("trace ann@example.com");
        bad("trace <x@example.com>");
        assertEquals(0, json("verify --json").path("found").asInt());
    }

    @Test
    void anImportKeepsGoodLinesAndNamesBadOnes() throws Exception {
        ok("domain add example.com");
        ok("account add ann@example.com --password orange");
        Path csv = folder.resolve("people.csv");
        Files.writeString(
                csv,
                """
                address,password,name,quota
                ann@example.com,apple,Ann,
                ben@example.com,lemon,"Ben, the second",1G
                nonsense,x,,
                cat@example.org,x,,
                dan@example.com,x,Dan,much
                eve@example.com,{SHA512-CRYPT}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1,Eve,
                """);
        assertEquals(Trouble.BAD, run("account import " + csv));
        List<String> named = new ArrayList<>();
        err.lines()
                .filter(line -> line.contains("people.csv:"))
                .forEach(line -> named.add(line.replaceAll(".*people.csv:(\\d+):.*", "$1")));
        assertEquals(List.of("2", "4", "5", "6"), named, err);
        assertTrue(out.contains("2 added, 0 updated, 4 bad lines"), out);
        assertEquals(Trouble.BAD, run("account import --update --json " + csv));
        assertEquals(3, Json.read(out).path("updated").asInt(), out);
        try (Office office = Office.open(ConfigFile.load(file))) {
            assertTrue(knows(office, "ann@example.com", "apple"));
            assertTrue(knows(office, "ben@example.com", "lemon"));
            assertTrue(knows(office, "eve@example.com", "Hello world!"));
            assertFalse(knows(office, "eve@example.com", "Hello world"));
        }
    }

    private static boolean knows(Office office, String name, String password) {
        Visitor visitor = Visitor.plain(java.net.InetAddress.getLoopbackAddress(), Use.IMAP);
        return office.directory().login(name, password, visitor) instanceof Step.Done(Login login);
    }

    @Test
    void theSocketIsThePostmastersAlone() throws Exception {
        try (PostOffice post = PostOffice.open(ConfigFile.load(file), line -> {})) {
            Path socket = Hatch.socket(post.config().data());
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(socket.getParent())));
        }
    }

    @Test
    void aPathTooLongForASocketIsNoTrouble() throws Exception {
        Path deep = folder.resolve("x".repeat(100));
        Files.createDirectories(deep);
        Path moved = deep.resolve("yubin.toml");
        Files.copy(file, moved);
        file = moved;
        try (PostOffice post = PostOffice.open(ConfigFile.load(file), line -> {})) {
            ok("domain add example.com");
            assertFalse(Hatch.socket(post.config().data()).startsWith(deep));
        }
    }

    @Test
    void whatTheServerCannotReadIsAnsweredAndTheSessionGoesOn() throws Exception {
        try (PostOffice post = PostOffice.open(ConfigFile.load(file), line -> {});
                var channel =
                        java.nio.channels.SocketChannel.open(
                                java.net.UnixDomainSocketAddress.of(
                                        Hatch.socket(post.config().data())))) {
            String orders = "nonsense\n{}\n{\"verb\":\"fly\"}\n{\"verb\":\"domain list\"}\n";
            channel.write(java.nio.ByteBuffer.wrap(orders.getBytes()));
            var in =
                    new java.io.BufferedReader(
                            java.nio.channels.Channels.newReader(
                                    channel, java.nio.charset.StandardCharsets.UTF_8));
            assertTrue(in.readLine().contains("not JSON"));
            assertTrue(in.readLine().contains("the order lacks verb"));
            assertTrue(in.readLine().contains("unknown order"));
            assertEquals("{\"answer\":[]}", in.readLine());
        }
    }

    private void ok(String line) {
        assertEquals(0, run(line), line + ": " + err);
    }

    private void bad(String line) {
        assertEquals(Trouble.BAD, run(line), line + ": " + err);
        assertEquals(1, err.lines().count(), err);
    }

    private JsonNode json(String line) {
        ok(line);
        JsonNode node = JsonMapper.shared().readTree(out);
        assertTrue(node instanceof ArrayNode || node.isObject(), out);
        return node;
    }

    private int run(String line) {
        StringWriter answers = new StringWriter();
        StringWriter troubles = new StringWriter();
        var command = Main.commandLine();
        command.setOut(new PrintWriter(answers, true));
        command.setErr(new PrintWriter(troubles, true));
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        words.addAll(List.of("--config", file.toString()));
        int exit = command.execute(words.toArray(String[]::new));
        out = answers.toString();
        err = troubles.toString();
        return exit;
    }
}
