package yubin.postmaster;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `yubin route …`: fixed ways that letters take instead of the one in DNS.
final class RouteVerbs {
    private RouteVerbs() {}

    static CommandLine group() {
        return Verb.group(
                "Fixed ways for letters to a domain, instead of the one in DNS.",
                new Add(),
                new List(),
                new Remove());
    }

    @Command(
            name = "add",
            description = "Send letters for DOMAIN to HOST; * stands for all other domains.",
            footer = {
                "",
                "Example:",
                "  yubin route add example.net mx.example.org:2525",
                "  yubin route add '*' smart.example.org:587 --user me --password-stdin < secret"
            })
    static final class Add extends OrderVerb {
        @Parameters(index = "0", paramLabel = "DOMAIN")
        private String domain;

        @Parameters(
                index = "1",
                paramLabel = "HOST[:PORT]",
                description = "A name or an address; port 25 when none is given.")
        private String host;

        @Option(names = "--user", description = "Name for a login at the smart host.")
        private String user;

        @Option(names = "--password", description = "Password; visible to others, so rather:")
        private String password;

        @Option(
                names = "--password-stdin",
                description = "Read the password from the first line of standard input.")
        private boolean passwordStdin;

        @Override
        ObjectNode order() throws Trouble {
            String secret = passwordStdin ? passwordFrom(System.in) : password;
            if ((user == null) != (secret == null)) {
                throw Trouble.usage("a login needs both --user and a password");
            }
            return order(
                    "route add", "domain", domain, "host", host, "user", user, "password", secret);
        }
    }

    @Command(
            name = "list",
            description = "List the routes.",
            footer = {"", "Example:", "  yubin route list"})
    static final class List extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("route list");
        }
    }

    @Command(
            name = "remove",
            description = "Let letters for a domain go by DNS again.",
            footer = {"", "Example:", "  yubin route remove example.net"})
    static final class Remove extends OrderVerb {
        @Parameters(paramLabel = "DOMAIN")
        private String domain;

        @Override
        ObjectNode order() {
            return order("route remove", "domain", domain);
        }
    }
}
