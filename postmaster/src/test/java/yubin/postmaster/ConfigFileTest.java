package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
