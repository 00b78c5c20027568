package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import yubin.dns.Name;
import yubin.dns.Zone;

/// The DNS of a running post office, asked by the command line.
class MapRoomTest {
    @TempDir Path folder;

    /// Runs a verb and returns its exit code and what it printed.
    private static Map.Entry<Integer, String> run(String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            int code = Main.run(args);
            return Map.entry(code, said.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }

    private static Zone zone() {
        return Zone.parse(
                Name.of("own.test"),
                "@ 300 SOA ns host 1 7200 3600 1209600 300\n@ 300 NS ns\nns 300 A 192.0.2.7");
    }

    @Test
    void theOfficeAnswersFromItsZonesAndTheQueryVerbShowsIt() throws Exception {
        try (TestOffice office = new TestOffice(folder)) {
            office.post.maps().publish(List.of(zone()));
            String door = SocketAddresses.format(office.at(Service.DNS));
            var own = run("dns", "query", "ns.own.test", "--server", door);
            assertEquals(0, own.getKey(), own.getValue());
            assertTrue(own.getValue().contains("ns.own.test. A: NOERROR, flags aa rd"), "" + own);
            assertTrue(own.getValue().contains("ns.own.test.\t300\tIN\tA\t192.0.2.7"), "" + own);
            var none = run("dns", "query", "no.own.test", "MX", "--server", door, "--json");
            assertEquals(1, none.getKey(), none.getValue());
            assertEquals("NXDOMAIN", Json.read(none.getValue()).path("status").asString());
            var local = run("dns", "query", "localhost", "--server", door);
            assertTrue(local.getValue().contains("127.0.0.1"), "" + local);
            var reverse = run("dns", "query", "127.0.0.1", "--server", door);
            assertTrue(reverse.getValue().contains("PTR\tlocalhost."), "" + reverse);
        }
    }

    @Test
    void statsAndFlushReachTheRunningOffice() throws Exception {
        String hosts = folder.resolve("hosts").toString();
        Files.writeString(Path.of(hosts), "mx.example.com. A 192.0.2.1\n");
        Config config =
                TestOffice.config(
                        folder, Rehearsal.anyPorts(), "[resolver]\nhosts = \"" + hosts + "\"");
        try (TestOffice office = new TestOffice(config)) {
            office.post.maps().resolver().addresses("mx.example.com");
            JsonNode stats = office.order("dns stats");
            assertTrue(stats.path("resolver.asked").asLong() >= 2, stats.toString());
            for (String name :
                    List.of("cache.octets", "upstream.sent", "validator.checks", "front.asked")) {
                assertTrue(stats.path(name).isNumber(), name + " in " + stats);
            }
            String said = office.order("dns flush", "name", "example.com").asString();
            assertEquals("forgot 0 entries at and below example.com.", said);
        }
    }

    @Test
    void aMachineWithoutIpv6AsksTheOtherServers() throws Exception {
        Path file = folder.resolve("yubin.toml");
        Files.writeString(
                file,
                "[resolver]\nroot-hints = [\"a.root.test [2001:db8::1]:1\","
                        + " \"b.root.test 127.0.0.1:1\"]\nprime = false\ntries = 1\n"
                        + "first-wait = 0.1\ntrust-anchors = \"none\"\n");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Djava.net.preferIPv4Stack=true",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "yubin.postmaster.Main",
                                "dns",
                                "query",
                                "example.com",
                                "--trace",
                                "--config",
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(Trouble.SERVER, process.waitFor(), said);
        assertTrue(said.contains("127.0.0.1@1 (of .)  com. A?  no answer"), said);
        assertTrue(said.contains("2001:db8:0:0:0:0:0:1@1 (of .)  com. A?  cannot be"), said);
    }

    @Test
    void aQueryThatNobodyCanAnswerSaysSoAndWrongUsageIsNamed() throws Exception {
        Path file = folder.resolve("yubin.toml");
        Files.writeString(
                file,
                "[resolver]\nroot-hints = [\"ns.root.test 127.0.0.1:1\"]\nprime = false\ntries = 1\n"
                        + "first-wait = 0.1\ntrust-anchors = \"none\"\n");
        var silent = run("dns", "query", "example.com", "MX", "--trace", "--config", "" + file);
        assertEquals(Trouble.SERVER, silent.getKey(), silent.getValue());
        assertTrue(
                silent.getValue().contains("example.com cannot be looked up: the "),
                silent.getValue());
        assertTrue(silent.getValue().contains("127.0.0.1@1 (of .)"), silent.getValue());
        assertEquals(Trouble.USAGE, run("dns", "query", "example.com", "NOTYPE").getKey());
        assertEquals(Trouble.USAGE, run("dns", "query", "a..b").getKey());
        assertEquals(Trouble.USAGE, run("dns", "query", "a", "A", "--server", "x").getKey());
    }
}
