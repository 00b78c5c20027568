package yubin.postmaster;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `yubin alias …`: addresses that lead to others.
final class AliasVerbs {
    private static final String ALIAS = "An address, or @DOMAIN for all that nobody has there.";

    private AliasVerbs() {}

    static CommandLine group() {
        return Verb.group("Addresses that lead to others.", new Add(), new List(), new Remove());
    }

    @Command(
            name = "add",
            description = "Let an address lead to one or more others.",
            footer = {
                "",
                "Example:",
                "  yubin alias add sales@example.com ann@example.com ben@example.com",
                "  yubin alias add @example.com ann@example.com"
            })
    static final class Add extends OrderVerb {
        @Parameters(index = "0", paramLabel = "ALIAS", description = ALIAS)
        private String alias;

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "ADDRESS")
        private java.util.List<String> targets;

        @Override
        ObjectNode order() {
            return order("alias add", "alias", alias, "targets", targets);
        }
    }

    @Command(
            name = "list",
            description = "List the aliases.",
            footer = {"", "Example:", "  yubin alias list"})
    static final class List extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("alias list");
        }
    }

    @Command(
            name = "remove",
            description = "Remove an alias.",
            footer = {"", "Example:", "  yubin alias remove sales@example.com"})
    static final class Remove extends OrderVerb {
        @Parameters(index = "0", paramLabel = "ALIAS", description = ALIAS)
        private String alias;

        @Override
        ObjectNode order() {
            return order("alias remove", "alias", alias);
        }
    }
}
