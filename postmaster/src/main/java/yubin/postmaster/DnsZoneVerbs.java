package yubin.postmaster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `yubin dns zone …`: the zones that we serve ourselves.
final class DnsZoneVerbs {
    /// A zone file larger than this is no mail domain's: an order must fit the hatch.
    private static final int FILE_OCTETS_MAX = Hatch.ORDER_OCTETS_MAX / 2;

    private DnsZoneVerbs() {}

    static CommandLine group() {
        return Verb.group(
                "Zones that we serve ourselves.",
                new Add(),
                new List(),
                new Show(),
                new Export(),
                new Import(),
                new Remove());
    }

    @Command(
            name = "add",
            description = {
                "Serve the zone DOMAIN, signed, always in step with our mail domains in it.",
                "With --primary it is served as a secondary of another name server."
            },
            footer = {
                "",
                "Example:",
                "  yubin dns zone add example.com",
                "  yubin dns zone add example.net --primary 192.0.2.53 --key xfr"
            })
    static final class Add extends OrderVerb {
        @Parameters(paramLabel = "DOMAIN")
        private String domain;

        @Option(
                names = "--chain",
                paramLabel = "KIND",
                description = "How absence is proven: nsec (default), nsec3; or unsigned.")
        private String chain;

        @Option(
                names = "--algorithm",
                paramLabel = "NAME",
                description = "Of keys: ecdsap256 (default) or ed25519.")
        private String algorithm;

        @Option(
                names = "--primary",
                paramLabel = "ADDRESS[@PORT]",
                description = "Copy the zone from this server.")
        private String primary;

        @Option(
                names = "--key",
                paramLabel = "NAME",
                description = "Key of dns.tsig-keys to ask the primary with.")
        private String key;

        @Override
        ObjectNode order() throws Trouble {
            boolean ours = chain != null || algorithm != null;
            if (primary != null && ours) {
                throw Trouble.usage("a copy is signed by its primary: no --chain, no --algorithm");
            }
            if (primary == null && key != null) throw Trouble.usage("--key needs --primary");
            return order(
                    "dns zone add",
                    "domain",
                    domain,
                    "chain",
                    chain,
                    "algorithm",
                    algorithm,
                    "primary",
                    primary,
                    "key",
                    key);
        }
    }

    @Command(
            name = "list",
            description = "List our zones and how they stand.",
            footer = {"", "Example:", "  yubin dns zone list --json"})
    static final class List extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("dns zone list");
        }
    }

    /// One whose answer is a text to be shown as it is.
    private abstract static class Text extends OrderVerb {
        @Parameters(paramLabel = "DOMAIN")
        private String domain;

        private final String verb;

        Text(String verb) {
            this.verb = verb;
        }

        @Override
        ObjectNode order() {
            return order(verb, "domain", domain);
        }

        @Override
        void show(JsonNode answer) {
            if (json) out().println(answer);
            else out().print(answer.path("text").asString());
            out().flush();
        }
    }

    @Command(
            name = "show",
            description = "Show the records of a zone without signatures and proofs.",
            footer = {"", "Example:", "  yubin dns zone show example.com"})
    static final class Show extends Text {
        Show() {
            super("dns zone show");
        }
    }

    @Command(
            name = "export",
            description = "Print a zone as it is served, signatures included, as a zone file.",
            footer = {"", "Example:", "  yubin dns zone export example.com > example.com.zone"})
    static final class Export extends Text {
        Export() {
            super("dns zone export");
        }
    }

    @Command(
            name = "import",
            description = {
                "Replace the records of your own in a zone by those of a zone file.",
                "They go before ours of the same name and type; SOA, the zone's NS and what DNSSEC adds",
                "are left out."
            },
            footer = {"", "Example:", "  yubin dns zone import example.com example.com.zone"})
    static final class Import extends OrderVerb {
        @Parameters(index = "0", paramLabel = "DOMAIN")
        private String domain;

        @Parameters(index = "1", paramLabel = "FILE", description = "- is standard input.")
        private String file;

        @Override
        ObjectNode order() throws Trouble {
            byte[] octets;
            try (InputStream in = file.equals("-") ? System.in : open(Path.of(file))) {
                octets = in.readNBytes(FILE_OCTETS_MAX + 1);
            } catch (IOException e) {
                throw Trouble.usage(file + ": cannot be read: " + ConfigFile.reason(e));
            }
            if (octets.length > FILE_OCTETS_MAX) {
                throw Trouble.bad(file + ": over " + Octets.format(FILE_OCTETS_MAX));
            }
            String text = new String(octets, StandardCharsets.UTF_8);
            return order("dns zone import", "domain", domain, "text", text);
        }

        private static InputStream open(Path path) throws IOException {
            return Files.newInputStream(path);
        }

        @Override
        void show(JsonNode answer) {
            if (json) {
                super.show(answer);
                return;
            }
            answer.path("notes").forEach(note -> say(note.asString()));
            out().println(answer.path("done").asString());
            out().flush();
        }
    }

    @Command(
            name = "remove",
            description = "Serve a zone no longer, and forget its keys and your own records in it.",
            footer = {"", "Example:", "  yubin dns zone remove example.com"})
    static final class Remove extends OrderVerb {
        @Parameters(paramLabel = "DOMAIN")
        private String domain;

        @Override
        ObjectNode order() {
            return order("dns zone remove", "domain", domain);
        }
    }
}
