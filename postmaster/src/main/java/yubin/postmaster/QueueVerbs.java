package yubin.postmaster;

import java.util.ArrayList;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `yubin queue …`: letters that were promised and have not yet arrived.
final class QueueVerbs {
    private QueueVerbs() {}

    static CommandLine group() {
        return Verb.group(
                "Letters that were promised and have not yet arrived.",
                new List(),
                new Show(),
                new Retry(),
                new Hold(),
                new Release(),
                new Bounce(),
                new Drop());
    }

    @Command(
            name = "list",
            description = "List what waits, the next to be tried first.",
            footer = {"", "Example:", "  yubin queue list --json"})
    static final class List extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("queue list");
        }
    }

    @Command(
            name = "show",
            description =
                    "Show one letter: its envelope, its attempts, what each host said and what it means.",
            footer = {"", "Example:", "  yubin queue show 01HZX3K9QZT4"})
    static final class Show extends OrderVerb {
        @Parameters(paramLabel = "ID")
        private String id;

        @Option(
                names = "--lang",
                description = "Language: ${COMPLETION-CANDIDATES}; ja if not given.")
        private ExplainVerb.Language language = ExplainVerb.Language.ja;

        @Override
        ObjectNode order() {
            return order("queue show", "id", id, "lang", json ? null : language.name());
        }
    }

    /// A verb that does one thing to some letters.
    abstract static class Act extends OrderVerb {
        @Parameters(paramLabel = "ID", arity = "0..*")
        private java.util.List<String> ids = new ArrayList<>();

        @Option(names = "--all", description = "All letters that wait.")
        private boolean all;

        @Override
        ObjectNode order() throws Trouble {
            if (all == !ids.isEmpty())
                throw Trouble.usage("name letters by their ids, or say --all");
            return order("queue " + spec.name(), "ids", all ? null : ids, "all", all);
        }
    }

    @Command(
            name = "retry",
            description = "Try letters now.",
            footer = {"", "Example:", "  yubin queue retry --all"})
    static final class Retry extends Act {}

    @Command(
            name = "hold",
            description = "Try letters no more until they are released.",
            footer = {"", "Example:", "  yubin queue hold 01HZX3K9QZT4"})
    static final class Hold extends Act {}

    @Command(
            name = "release",
            description = "Undo hold.",
            footer = {"", "Example:", "  yubin queue release 01HZX3K9QZT4"})
    static final class Release extends Act {}

    @Command(
            name = "bounce",
            description = "Give letters up and tell their senders.",
            footer = {"", "Example:", "  yubin queue bounce 01HZX3K9QZT4"})
    static final class Bounce extends Act {}

    @Command(
            name = "drop",
            description = "Give letters up and tell nobody; their journeys keep it.",
            footer = {"", "Example:", "  yubin queue drop 01HZX3K9QZT4"})
    static final class Drop extends Act {}
}
