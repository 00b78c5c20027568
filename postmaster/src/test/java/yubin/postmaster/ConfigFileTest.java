package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import yubin.dns.Name;
import yubin.dns.RecursionSettings;
import yubin.dns.ResolverSettings;
import yubin.dns.Type;
import yubin.zones.ZoneSettings;

class ConfigFileTest {
    @TempDir Path folder;

    @Test
    void everyKeyOfTheIssueIsReadAndPathsAreRelativeToTheFile() throws Exception {
        Config config =
                read("""
                                hostname = "Mail.Example.COM"
                                data = "letters"
                                [listen]
                                smtp = ["127.0.0.1:2525", "[::1]:0"]
                                imap = []
                                sieve = ["127.0.0.1:4190"]
                                [tls]
                                certificate = "cert.pem"
                                key = "/etc/key.pem"
                                [auth]
                                plaintext = "never"
                                sender = "any"
                                [limits]
                                message = "1G"
                                connections-per-address = 7
                                [resolver]
                                servers = ["192.0.2.53", "[2001:db8::1]:5353", "2001:db8::2"]
                                hosts = "hosts.zone"
                                """)
                        .config();
        assertNotNull(config);
        assertEquals("mail.example.com", config.hostname().ascii());
        assertEquals(folder.resolve("letters"), config.data());
        assertEquals(
                List.of("127.0.0.1:2525", "[::1]:0"),
                config.listen().get(Service.SMTP).stream().map(SocketAddresses::format).toList());
        assertEquals(List.of(), config.listen().get(Service.IMAP));
        assertEquals(
                List.of("127.0.0.1:1995", "[::1]:1995"),
                config.listen().get(Service.POP3S).stream().map(SocketAddresses::format).toList());
        assertTrue(config.named().contains(Service.SIEVE));
        assertTrue(config.byDefault(Service.POP3S));
        assertEquals(folder.resolve("cert.pem"), config.certificate());
        assertEquals(Path.of("/etc/key.pem"), config.key());
        assertEquals(Config.Plaintext.NEVER, config.plaintext());
        assertEquals(Config.Sender.ANY, config.sender());
        assertEquals(1L << 30, config.messageOctetsMax());
        assertEquals(7, config.connectionsPerAddressMax());
        assertEquals(
                List.of("192.0.2.53:53", "[2001:db8::1]:5353", "[2001:db8::2]:53"),
                config.resolver().servers().stream().map(SocketAddresses::format).toList());
        assertEquals(folder.resolve("hosts.zone"), config.resolver().hosts());
    }

    @Test
    void everyKeyOfTheResolverIsRead() throws Exception {
        Files.writeString(folder.resolve("root.key"), ". DS 1 13 2 " + "ab".repeat(32) + "\n");
        Files.writeString(folder.resolve("root.hints"), ". NS a.\na. A 192.0.2.1\n");
        ResolverConfig config =
                read("""
                                [resolver]
                                root-hints = "root.hints"
                                trust-anchors = "root.key"
                                insecure = ["corp.example"]
                                allow-private = true
                                qname-minimisation = false
                                case-0x20 = true
                                cookies = false
                                prefetch = false
                                aggressive = false
                                prime = false
                                edns-size = 512
                                ports = "2000-3000"
                                ipv4 = true
                                ipv6 = false
                                tries = 2
                                first-wait = 0.25
                                deadline = 2
                                minimal-responses = false
                                cache = "10M"
                                clock-file = "now"
                                clients = ["192.0.2.0/24"]
                                rate-limit = 0
                                [resolver.stubs]
                                "corp.example" = ["192.0.2.53"]
                                [resolver.forwards]
                                "lab.example" = ["192.0.2.54:5353"]
                                """)
                        .config()
                        .resolver();
        ResolverSettings settings = config.settings();
        RecursionSettings recursion = settings.recursion();
        assertEquals("192.0.2.1", address(recursion.rootHints().getFirst().address()));
        assertEquals(Type.DS, recursion.anchors().getFirst().type());
        assertEquals(Set.of(Name.of("corp.example")), recursion.insecure());
        assertEquals("192.0.2.53", address(recursion.stubs().get(Name.of("corp.example"))));
        assertEquals("192.0.2.54", address(recursion.forwards().get(Name.of("lab.example"))));
        assertTrue(recursion.allowPrivate());
        assertFalse(recursion.minimise());
        assertTrue(recursion.case0x20());
        assertFalse(recursion.cookies() || recursion.prime() || settings.prefetch());
        assertFalse(recursion.aggressive());
        assertTrue(recursion.ipv4());
        assertFalse(recursion.ipv6());
        assertEquals(
                new RecursionSettings.Sending(512, 2000, 3000, 2, Duration.ofMillis(250)),
                recursion.sending());
        assertEquals(Duration.ofSeconds(2), recursion.deadline());
        assertEquals(10 << 20, recursion.cacheOctets());
        Files.writeString(folder.resolve("now"), "1189944000\n");
        assertEquals(1_189_944_000, recursion.clock().instant().getEpochSecond());
        assertFalse(config.minimalResponses());
        assertEquals("192.0.2.0/24", config.clients().toString());
        assertEquals(0, config.rateLimit());
    }

    @Test
    void everyKeyOfTheDnsIsRead() throws Exception {
        ZoneSettings settings =
                read("""
                                hostname = "mail.example.com"
                                [listen]
                                smtp = ["192.0.2.9:25"]
                                imaps = ["0.0.0.0:993"]
                                pop3s = ["192.0.2.1:995"]
                                submission = ["127.0.0.1:587"]
                                [dns]
                                addresses = ["192.0.2.1", "2001:db8::1"]
                                name-servers = ["mail.example.com", "NS2.example.net"]
                                tsig-keys = ["xfr hmac-sha256 MTIzNDU2Nzg5MDEyMzQ1Ng=="]
                                secondaries = ["192.0.2.53 xfr", "[2001:db8::53]:5353"]
                                contact = "dns.master@example.com"
                                caa = ["letsencrypt.org"]
                                dmarc = "reject"
                                mta-sts = "testing"
                                key-days = 0
                                [dns.services]
                                submissions = 465
                                pop3s = 0
                                """)
                        .config()
                        .zones();
        assertEquals(2, settings.addresses().size());
        assertEquals("ns2.example.net", settings.nameServers().getLast().ascii());
        assertEquals("xfr", settings.secondaries().getFirst().keyName());
        assertEquals(5353, settings.secondaries().getLast().address().getPort());
        assertEquals("dns.master@example.com", settings.contact());
        assertEquals(List.of("letsencrypt.org"), settings.authorities());
        assertEquals("reject testing", settings.dmarc() + " " + settings.mtaSts());
        assertTrue(settings.keyAge().isZero());
        assertEquals(Map.of("imaps", 993, "submissions", 465), settings.services());
        assertFalse(DnsKeys.describe(settings).toString().contains("MTIzNDU2"));
        ZoneSettings bare =
                read("[listen]\nsmtp = [\"192.0.2.9:25\", \"[::1]:25\"]").config().zones();
        assertEquals("192.0.2.9", bare.addresses().getFirst().getHostAddress());
        assertEquals(1, bare.addresses().size());
        assertEquals(Map.of(), bare.services());
    }

    @Test
    void anMtaStsPolicyWantsPort443AndACertificateThatIsBelieved() throws Exception {
        String certificate = "[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n";
        String official = "[listen]\nhttps = [\"0.0.0.0:443\"]\n";
        String forwarded =
                "[listen]\nhttps = [\"0.0.0.0:8443\"]\n"
                        + "[http]\nurl = \"https://mail.example.com\"\n";
        assertNull(obstacle(official + certificate));
        assertNull(obstacle(forwarded + certificate));
        assertTrue(obstacle(official).contains("self-signed"));
        for (String hidden :
                List.of(
                        "",
                        "[listen]\nhttps = [\"127.0.0.1:443\"]\n",
                        "[listen]\nhttps = []\n[http]\nurl = \"https://mail.example.com\"\n",
                        "[listen]\nhttps = [\"0.0.0.0:8443\"]\n",
                        forwarded.replace("example.com", "example.com:8443"),
                        forwarded.replace("https://", "http://"))) {
            assertTrue(obstacle(hidden + certificate).contains("port 443"), hidden);
        }
    }

    private String obstacle(String toml) throws Exception {
        return read(toml).config().zones().mtaStsObstacle();
    }

    @Test
    void aMistakeInTheDnsNamesItsLineAndNeverShowsASecret() throws Exception {
        List<String> problems =
                read("""
                                [dns]
                                addresses = ["mail.example.com"]
                                name-servers = ["a..b"]
                                tsig-keys = ["xfr hmac-sha256 short"]
                                secondaries = ["192.0.2.53 other"]
                                contact = "nobody"
                                dmarc = "maybe"
                                color = "red"
                                [dns.services]
                                imaps = "many"
                                gopher = 70
                                """)
                        .problems();
        assertEquals(9, problems.size(), problems.toString());
        for (int line = 2; line <= 8; line++) {
            String place = "yubin.toml:" + line + ": dns.";
            assertTrue(problems.get(line - 2).contains(place), problems.toString());
        }
        assertTrue(problems.get(7).contains("yubin.toml:10: dns.services.imaps is \"many\""));
        assertTrue(
                problems.get(8).contains("yubin.toml:11: dns.services.gopher is an unknown key"));
        assertFalse(problems.toString().contains("short"), problems.toString());
    }

    private static String address(InetSocketAddress at) {
        return at.getAddress().getHostAddress();
    }

    private static String address(List<InetSocketAddress> at) {
        return address(at.getFirst());
    }

    @Test
    void filesOfTheResolverAreRefusedWithTheirLine() throws Exception {
        Files.writeString(folder.resolve("bad"), "\n. DS x\n");
        for (String key : List.of("trust-anchors", "root-hints", "hosts")) {
            ResolverConfig config = read("[resolver]\n" + key + " = \"bad\"\n").config().resolver();
            Trouble trouble = assertThrows(Trouble.class, config::settings);
            String said = trouble.getMessage();
            assertTrue(said.startsWith("resolver." + key + ": "), said);
            assertTrue(said.contains("bad") && said.contains("line 2"), said);
        }
    }

    @Test
    void aPrivateRootMayLeadToPrivateAddressesOnItsOwnPort() throws Exception {
        String hints = "[resolver]\nroot-hints = [\"ns.root.test %s\"]\n";
        RecursionSettings own =
                read(hints.formatted("127.0.0.1:1053")).config().resolver().settings().recursion();
        assertTrue(own.allowPrivate());
        assertEquals(1053, own.port());
        RecursionSettings world =
                read(hints.formatted("192.0.2.1")).config().resolver().settings().recursion();
        assertFalse(world.allowPrivate());
        assertEquals(53, world.port());
    }

    @Test
    void anEmptyFileGivesTheDefaults() throws Exception {
        Config config = read("").config();
        assertEquals(folder.resolve("data"), config.data());
        assertNull(config.certificate());
        assertEquals(Config.Plaintext.LOOPBACK, config.plaintext());
        assertEquals(Config.Sender.OWN, config.sender());
        assertEquals(50L << 20, config.messageOctetsMax());
        assertEquals(1000, config.connectionsPerAddressMax());
        assertEquals(List.of(), config.resolver().servers());
        assertNull(config.resolver().hosts());
        for (Service service : Service.values()) {
            assertEquals(service.built() ? 2 : 0, config.listen().get(service).size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hostnam = `x` | 1: hostnam is an unknown key; allowed: hostname, data and",
                "hostname = `a b` | 1: hostname is \"a b\"; allowed: a domain name",
                "hostname = 5 | 1: hostname is 5; allowed: a domain name",
                "data = `` | 1: data is \"\"; allowed: the path",
                "[liste] | 1: liste is an unknown table; allowed: listen, tls",
                "listen = 5 | 1: listen is 5; allowed: a table: [listen]",
                "[listen]~smpt = [] | 2: listen.smpt is an unknown key; allowed: smtp, submission",
                "[listen]~smtp = 25 | 2: listen.smtp is 25; allowed: a list of",
                "[listen]~smtp = [25] | 2: listen.smtp has 25; allowed: a list of",
                "[listen]~smtp = [`mx:25`] | 2: listen.smtp has \"mx:25\"; allowed: a list of",
                "[listen]~smtp = [`192.0.2.1`] | 2: listen.smtp has \"192.0.2.1\"; allowed:",
                "[listen]~smtp = [`192.0.2.1:70000`] | 2: listen.smtp has \"192.0.2.1:70000\"",
                "[tls]~key = `k` | 2: tls.key stands alone; allowed: tls.certificate and tls.key",
                "[auth]~plaintext = `yes` | 2: auth.plaintext is \"yes\"; allowed: \"never\", \"loo",
                "[auth]~sender = true | 2: auth.sender is true; allowed: \"own\", \"any\"",
                "[limits]~message = `50MB` | 2: limits.message is \"50MB\"; allowed: a number",
                "[limits]~message = 0 | 2: limits.message is 0; allowed: a number",
                "[limits]~connections-per-address = `1` | 2: limits.connections-per-address is \"1\"",
                "[limits]~connections-per-address = -1 | 2: limits.connections-per-address is -1",
                "[resolver]~servers = [`ns.example`] | 2: resolver.servers has \"ns.example\"",
                "[resolver]~hosts = 1 | 2: resolver.hosts is 1; allowed: a path",
                "[resolver]~stubs = 1 | 2: resolver.stubs is 1; allowed: zones with a list",
                "[resolver.stubs]~`corp.example` = [`x`] | 2: resolver.stubs.corp.example has",
                "[resolver.stubs]~`a..b` = [`192.0.2.1`] | 2: resolver.stubs.a..b is no name",
                "[resolver.forwards]~`a` = [] | 2: resolver.forwards.a is empty; allowed: zones",
                "[resolver]~forward = 1 | 2: resolver.forward is an unknown key; allowed: servers",
                "[resolver]~root-hints = [`a`] | 2: resolver.root-hints has \"a\"; allowed: a list",
                "[resolver]~root-hints = [] | 2: resolver.root-hints is empty; allowed: a list of",
                "[resolver]~root-hints = 5 | 2: resolver.root-hints is 5; allowed: a list of",
                "[resolver]~trust-anchors = [`. DS x`] | 2: resolver.trust-anchors has trust",
                "[resolver]~trust-anchors = [`. A 192.0.2.1`] | 2: resolver.trust-anchors has",
                "[resolver]~trust-anchors = 5 | 2: resolver.trust-anchors is 5; allowed: a list",
                "[resolver]~insecure = [`a..b`] | 2: resolver.insecure has \"a..b\"; allowed: a",
                "[resolver]~prime = 1 | 2: resolver.prime is 1; allowed: true or false",
                "[resolver]~edns-size = 100 | 2: resolver.edns-size is 100; allowed: a whole num",
                "[resolver]~ports = `1-2` | 2: resolver.ports is \"1-2\"; allowed: \"first-last\"",
                "[resolver]~tries = 0 | 2: resolver.tries is 0; allowed: a whole number from 1",
                "[resolver]~first-wait = `1s` | 2: resolver.first-wait is \"1s\"; allowed: seconds",
                "[resolver]~deadline = 0 | 2: resolver.deadline is 0; allowed: seconds, from",
                "[resolver]~cache = `x` | 2: resolver.cache is \"x\"; allowed: a number",
                "[resolver]~clock-file = 1 | 2: resolver.clock-file is 1; allowed: a path",
                "[resolver]~clients = [`1.2.3.4/99`] | 2: resolver.clients is wrong: not a net",
                "[resolver]~rate-limit = -1 | 2: resolver.rate-limit is -1; allowed: a whole n",
                "hostname = | 1: ",
            })
    void whatIsWrongIsNamedWithLineKeyAndWhatIsAllowed(String toml, String problem)
            throws Exception {
        ConfigFile.Reading reading = read(toml.replace('`', '"').replace('~', '\n'));
        assertNull(reading.config());
        assertEquals(1, reading.problems().size(), reading.problems().toString());
        String said = reading.problems().getFirst();
        String expected = folder.resolve("yubin.toml") + ":" + problem;
        assertTrue(said.startsWith(expected), said);
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheirLines() throws Exception {
        List<String> problems =
                read("[auth]\nsender = 1\nplaintxt = 1\n[limits]\nmessage = \"x\"").problems();
        assertEquals(3, problems.size());
        for (int i = 0; i < 3; i++) {
            assertTrue(problems.get(i).contains(":" + List.of(2, 3, 5).get(i) + ":"));
        }
    }

    @Test
    void aNamedFileMustBeThere() {
        Trouble trouble =
                assertThrows(Trouble.class, () -> ConfigFile.load(folder.resolve("no.toml")));
        assertEquals(Trouble.USAGE, trouble.exitCode());
        assertTrue(trouble.getMessage().endsWith("no.toml: there is no such file"));
    }

    private ConfigFile.Reading read(String toml) throws IOException {
        Path file = folder.resolve("yubin.toml");
        Files.writeString(file, toml);
        return ConfigFile.read(file);
    }
}
