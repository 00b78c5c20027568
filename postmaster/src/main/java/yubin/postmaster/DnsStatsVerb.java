package yubin.postmaster;

import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/// `yubin dns stats`
@Command(
        name = "stats",
        description = "Show what the resolver of the running post office has done so far.",
        footer = {"", "Example:", "  yubin dns stats --json"})
final class DnsStatsVerb extends OrderVerb {
    @Override
    ObjectNode order() {
        return order("dns stats");
    }
}
