package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `yubin dns zone`, `keys`, `records` and `check`, with a running post office and without one. The
/// world is a file of fixed answers.
class ZoneVerbsTest {
    @TempDir Path folder;
    private Path file;
    private Path hosts;
    private String out;
    private String err;

    @BeforeEach
    void configure() throws Exception {
        file = folder.resolve("yubin.toml");
        hosts = folder.resolve("world.zone");
        Files.writeString(hosts, "unused.test. A 192.0.2.200\n");
        StringBuilder toml = new StringBuilder("hostname = \"mail.example.com\"\n[listen]\n");
        for (Service service : Service.values()) {
            if (service.built()) toml.append(service.key()).append(" = [\"127.0.0.1:0\"]\n");
        }
        toml.append(
                """
                [resolver]
                hosts = "world.zone"
                root-hints = ["ns.root.test 127.0.0.1:1"]
                trust-anchors = "none"
                prime = false
                tries = 1
                first-wait = 0.05
                deadline = 0.3
                [dns]
                addresses = ["127.0.0.201"]
                name-servers = ["mail.example.com", "ns2.example.net"]
                tsig-keys = ["xfr hmac-sha256 %s"]
                secondaries = ["127.0.0.1:1 xfr"]
                contact = "dns.master@example.com"
                caa = ["letsencrypt.org"]
                dmarc = "quarantine"
                [dns.services]
                imaps = 993
                """
                        .formatted("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"));
        Files.writeString(file, toml);
    }

    private PostOffice opened(boolean server) throws Trouble {
        return server ? PostOffice.open(ConfigFile.load(file), line -> {}) : null;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aZoneIsAddedShownChangedAndRemoved(boolean server) throws Exception {
        try (PostOffice post = opened(server)) {
            assertEquals(server, post != null);
            ok("domain add example.com");
            ok("dns zone add example.com");
            assertEquals(
                    "zone example.com added; have the registrar delegate it to mail.example.com,"
                            + " ns2.example.net, with the DS that `yubin dns keys example.com`"
                            + " shows\n",
                    out);
            bad("dns zone add example.com", "zone example.com exists");
            bad("dns zone add ex..ample", "\"ex..ample\" is no domain");
            bad("dns zone add example.org --chain rope", "chain: nsec, nsec3 or unsigned expected");
            bad(
                    "dns zone add example.org --primary 192.0.2.53 --key none",
                    "dns.tsig-keys has no key \"none\"");
            assertEquals(Trouble.USAGE, run("dns zone add example.org --key xfr"));
            JsonNode zone = json("dns zone list --json").get(0);
            assertEquals("example.com", zone.path("zone").asString());
            assertEquals("nsec", zone.path("signed").asString());
            assertEquals("served", zone.path("state").asString());
            ok("dns zone show example.com");
            for (String line :
                    List.of(
                            "example.com.\t3600\tIN\tMX\t10 mail.example.com.",
                            "mail.example.com.\t300\tIN\tA\t127.0.0.201",
                            "_dmarc.example.com.\t3600\tIN\tTXT\t\"v=DMARC1; p=quarantine;"
                                    + " rua=mailto:postmaster@example.com\"",
                            "_imaps._tcp.example.com.\t3600\tIN\tSRV\t0 1 993 mail.example.com.",
                            "_imap._tcp.example.com.\t3600\tIN\tSRV\t0 0 0 .",
                            "example.com.\t3600\tIN\tCAA\t0 issue \"letsencrypt.org\"")) {
                assertTrue(out.contains(line), line + " is not in\n" + out);
            }
            assertTrue(out.contains("dns\\.master.example.com. "), out);
            assertFalse(out.contains("RRSIG"), out);
            ownRecords();
            aDomainBelowIsInTheZoneAsSoonAsItIsAdded();
            keys();
            ok("dns zone remove example.com");
            bad("dns zone show example.com", "we do not serve a zone example.com");
            bad("dns zone remove example.com", "we do not serve a zone example.com");
            assertEquals(0, json("dns zone list --json").size());
        }
    }

    private void ownRecords() throws Exception {
        Path own = folder.resolve("own.zone");
        Files.writeString(own, "@ 60 SOA a b 1 2 3 4 5\nwww 60 A 192.0.2.8\n@ 60 TXT hello\n");
        ok("dns zone import example.com " + own);
        assertEquals("2 records of your own are in the zone example.com\n", out);
        assertTrue(err.contains("left out, made by ourselves: example.com. SOA"), err);
        Files.writeString(own, "www 60 A 192.0.2.8\nwww 60 CNAME x\n");
        bad("dns zone import example.com " + own, "line 2: CNAME and A at www.example.com.");
        assertEquals(Trouble.USAGE, run("dns zone import example.com " + folder.resolve("none")));
        ok("dns zone export example.com");
        assertTrue(out.contains("www.example.com.\t60\tIN\tA\t192.0.2.8"), out);
        assertTrue(out.contains("www.example.com.\t60\tIN\tRRSIG\tA 13 3 60 "), out);
        assertTrue(
                json("dns zone export example.com --json")
                        .path("text")
                        .asString()
                        .equals(out(out)));
    }

    private String out(String json) {
        return Json.read(json).path("text").asString();
    }

    private void aDomainBelowIsInTheZoneAsSoonAsItIsAdded() {
        ok("domain add lists.example.com");
        ok("dns zone show example.com");
        assertTrue(out.contains("lists.example.com.\t3600\tIN\tMX\t10 mail.example.com."), out);
        ok("domain remove lists.example.com");
        ok("dns zone show example.com");
        assertFalse(out.contains("lists.example.com."), out);
    }

    private void keys() {
        JsonNode keys = json("dns keys example.com --json");
        assertEquals(3, keys.size(), keys.toString());
        assertEquals("DNSSEC", keys.get(0).path("use").asString());
        assertEquals("fresh", keys.get(0).path("state").asString());
        assertTrue(keys.get(0).path("record").asString().startsWith("example.com. IN DS "));
        assertTrue(keys.get(1).path("record").asString().startsWith("v=DKIM1; k=ed25519; p="));
        assertTrue(keys.get(2).path("record").asString().startsWith("v=DKIM1; k=rsa; p="));
        bad("dns keys example.com --roll", "a new key is on its way already");
        bad("dns keys example.net", "example.net is neither a zone nor a mail domain of ours");
        ok("dns keys example.com");
        assertTrue(out.contains("DNSSEC key " + keys.get(0).path("key").asString()), out);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatLiesElsewhereIsPrintedToPasteAndThenFoundRight(boolean server) throws Exception {
        try (PostOffice post = opened(server)) {
            assertEquals(server, post != null);
            ok("domain add example.org");
            ok("dns records example.org");
            assertTrue(
                    out.contains(
                            "; who takes letters for example.org\n"
                                    + "example.org.\t3600\tIN\tMX\t10 mail.example.com.\n"),
                    out);
            assertTrue(out.contains("; in a form of the web as one string: v=DKIM1; k=rsa; p="));
            JsonNode records = json("dns records example.org --json");
            assertEquals("MX", records.get(0).path("type").asString());
            assertEquals("10 mail.example.com.", records.get(0).path("value").asString());
            bad(
                    "dns records example.net",
                    "example.net is no mail domain of ours: yubin domain add example.net");
            bad(
                    "dns check example.net",
                    "example.net is no mail domain of ours: yubin domain add example.net");
            // Pasted as it is, the world sees it.
            ok("dns records example.org");
            String world =
                    out
                            + "201.0.0.127.in-addr.arpa. 60 PTR mail.example.com.\n"
                            + "ns2.example.net. 60 A 192.0.2.2\n";
            Files.writeString(hosts, world);
        }
        try (PostOffice post = opened(server)) {
            assertEquals(server, post != null);
            ok("dns check example.org");
            assertTrue(out.contains("ok       example.org. MX: who takes letters for"), out);
            assertTrue(out.contains("127.0.0.201 PTR: name and address lead to each other"), out);
            assertTrue(out.contains(", 0 wrong, 0 unknown\n"), out);
        }
        StringBuilder broken = new StringBuilder();
        for (String line : Files.readAllLines(hosts)) {
            if (line.contains("\tMX\t")) line = line.replace("mail.", "old.");
            if (line.contains("v=spf1 mx")) line += "\n" + line.replace("-all", "~all");
            // The name is there, but not its record.
            if (line.contains("_dmarc.")) line = "_dmarc.example.org. 60 A 192.0.2.9";
            if (line.contains(" PTR ")) line = line.replaceAll("PTR .*", "A 192.0.2.9");
            broken.append(line).append('\n');
        }
        Files.writeString(hosts, broken);
        try (PostOffice post = opened(server)) {
            assertEquals(server, post != null);
            assertEquals(Trouble.BAD, run("dns check example.org --json"), err);
            JsonNode found = JsonMapper.shared().readTree(out);
            assertEquals(
                    "differs (who takes letters for example.org): add 10 mail.example.com.; seen"
                            + " instead: 10 old.example.com.",
                    words(found, "example.org. MX"));
            assertEquals(
                    "is there, and beside it: \"v=spf1 mx ~all\"",
                    words(found, "example.org. TXT"));
            assertTrue(
                    words(found, "_dmarc.example.org. TXT")
                            .startsWith(
                                    "is missing (what to do with forged letters (DMARC)): add "),
                    found.toString());
            assertEquals(
                    "the address has no name: have your provider set the reverse name of the"
                            + " address to mail.example.com",
                    words(found, "127.0.0.201 PTR"));
        }
    }

    private static String words(JsonNode findings, String what) {
        List<String> seen = new ArrayList<>();
        for (JsonNode finding : findings) {
            seen.add(finding.path("what").asString());
            if (finding.path("what").asString().equals(what)) {
                return finding.path("words").asString();
            }
        }
        throw new AssertionError(what + " is not in " + seen);
    }

    @Test
    void whenNobodyAnswersTheCheckSaysSo() throws Exception {
        ok("domain add example.org");
        assertEquals(Trouble.SERVER, run("dns check example.org"), err);
        assertTrue(out.contains("unknown  example.org. MX: could not be asked: "), out);
    }

    private void ok(String line) {
        assertEquals(0, run(line), line + ": " + err + out);
    }

    private void bad(String line, String said) {
        assertEquals(Trouble.BAD, run(line), line + ": " + err);
        assertEquals("yubin: " + said + "\n", err);
    }

    private JsonNode json(String line) {
        ok(line);
        return JsonMapper.shared().readTree(out);
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
