package yubin.postmaster;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `yubin dns flush`
@Command(
        name = "flush",
        description = {
            "Make the resolver of the running post office forget a name and all below it.",
            "The name \".\" is everything."
        },
        footer = {"", "Example:", "  yubin dns flush example.com"})
final class DnsFlushVerb extends OrderVerb {
    @Parameters(paramLabel = "NAME")
    private String name;

    @Override
    ObjectNode order() {
        return order("dns flush", "name", name);
    }
}
