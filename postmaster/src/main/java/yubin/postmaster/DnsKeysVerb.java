package yubin.postmaster;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `yubin dns keys`
@Command(
        name = "keys",
        description = {
            "Show the keys of a domain: its zone's, with the DS for the parent, and its letters'.",
            "Says how each stands and what it waits for."
        },
        footer = {
            "",
            "Example:",
            "  yubin dns keys example.com",
            "  yubin dns keys example.com --roll"
        })
final class DnsKeysVerb extends OrderVerb {
    @Parameters(paramLabel = "DOMAIN")
    private String domain;

    @Option(
            names = "--roll",
            description = "Make a new key for the zone now; it replaces the old one step by step.")
    private boolean roll;

    @Override
    ObjectNode order() {
        return order(roll ? "dns keys roll" : "dns keys", "domain", domain);
    }

    @Override
    void show(JsonNode answer) {
        if (json || !answer.isArray()) {
            super.show(answer);
            return;
        }
        for (JsonNode key : answer) {
            out().printf(
                            "%s key %s, %s, %s since %s: %s%n    %s%n",
                            key.path("use").asString(),
                            key.path("key").asString(),
                            key.path("algorithm").asString(),
                            key.path("state").asString(),
                            key.path("since").asString(),
                            key.path("words").asString(),
                            key.path("record").asString());
        }
        out().flush();
    }
}
