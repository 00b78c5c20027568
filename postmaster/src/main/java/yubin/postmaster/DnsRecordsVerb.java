package yubin.postmaster;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `yubin dns records`
@Command(
        name = "records",
        description = {
            "Print what a mail domain of ours needs in the DNS, as lines of a zone file.",
            "It is exactly what to paste where its zone lies elsewhere."
        },
        footer = {"", "Example:", "  yubin dns records example.com"})
final class DnsRecordsVerb extends OrderVerb {
    /// From here on a TXT record is several strings, which forms of the web want as one.
    private static final int STRING_OCTETS_MAX = 255;

    @Parameters(paramLabel = "DOMAIN")
    private String domain;

    @Override
    ObjectNode order() {
        return order("dns records", "domain", domain);
    }

    @Override
    void show(JsonNode answer) {
        if (json) {
            super.show(answer);
            return;
        }
        for (JsonNode record : answer) {
            out().println("; " + record.path("purpose").asString());
            String text = record.path("text").asString("");
            if (text.length() > STRING_OCTETS_MAX) {
                out().println("; in a form of the web as one string: " + text);
            }
            out().printf(
                            "%s\t%d\tIN\t%s\t%s%n",
                            record.path("name").asString(),
                            record.path("ttl").asLong(),
                            record.path("type").asString(),
                            record.path("value").asString());
        }
        out().flush();
    }
}
