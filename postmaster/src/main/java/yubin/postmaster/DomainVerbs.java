package yubin.postmaster;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `yubin domain …`: the domains whose letters end here.
final class DomainVerbs {
    private DomainVerbs() {}

    static CommandLine group() {
        return Verb.group("Domains whose letters end here.", new Add(), new List(), new Remove());
    }

    @Command(
            name = "add",
            description = "Take in letters for a domain.",
            footer = {"", "Example:", "  yubin domain add example.com"})
    static final class Add extends OrderVerb {
        @Parameters(paramLabel = "DOMAIN")
        private String domain;

        @Override
        ObjectNode order() {
            return order("domain add", "domain", domain);
        }
    }

    @Command(
            name = "list",
            description = "List the domains.",
            footer = {"", "Example:", "  yubin domain list --json"})
    static final class List extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("domain list");
        }
    }

    @Command(
            name = "remove",
            description =
                    "Take in no more letters for a domain. It must have no accounts or aliases.",
            footer = {"", "Example:", "  yubin domain remove example.com"})
    static final class Remove extends OrderVerb {
        @Parameters(paramLabel = "DOMAIN")
        private String domain;

        @Override
        ObjectNode order() {
            return order("domain remove", "domain", domain);
        }
    }
}
