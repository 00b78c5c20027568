package yubin.postmaster;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.search.Catalogue;

/// `yubin search …`: the search index, which is made from the letters and can always be made anew.
final class SearchVerbs {
    private SearchVerbs() {}

    static CommandLine group() {
        return Verb.group("The search index.", new Status(), new Rebuild());
    }

    @Command(
            name = "status",
            description = "Tell how far the search index of the running post office has come.",
            footer = {"", "Example:", "  yubin search status --json"})
    static final class Status extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("search status");
        }
    }

    @Command(
            name = "rebuild",
            description = {
                "Throw the search index away, to have it made anew.",
                "The running post office does so at once, else the next one that starts. Searching",
                "goes on meanwhile, only slower."
            },
            footer = {"", "Example:", "  yubin search rebuild"})
    static final class Rebuild extends OrderVerb {
        @Override
        ObjectNode order() {
            return order("search rebuild");
        }
    }

    static JsonNode status(Catalogue catalogue) {
        Catalogue.Status status = catalogue.status();
        return Json.object(
                "running",
                status.running(),
                "ready",
                status.ready(),
                "messages",
                status.messages(),
                "waits-for-room",
                status.waitsForRoom());
    }

    static JsonNode rebuild(Catalogue catalogue) throws IOException {
        catalogue.rebuild();
        return Json.object("rebuilding", true);
    }
}
