package yubin.postmaster;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `yubin dns check`: ends with 1 when something is wrong, with 3 when something could not be
// asked.
@Command(
        name = "check",
        description = {
            "Compare what the world sees of a mail domain with what should be there, line by line.",
            "Looks at its records, delegation and signatures, the names of our addresses, port 25."
        },
        footer = {"", "Example:", "  yubin dns check example.com"})
final class DnsCheckVerb extends OrderVerb {
    private static final Map<String, String> MARKS =
            Map.of("good", "ok     ", "hint", "hint   ", "bad", "WRONG  ", "unknown", "unknown");

    @Parameters(paramLabel = "DOMAIN")
    private String domain;

    @Override
    ObjectNode order() {
        return order("dns check", "domain", domain);
    }

    @Override
    public Integer call() throws Trouble {
        Config config = config();
        JsonNode answer;
        try (Clerk clerk = Clerk.reach(config)) {
            answer = clerk.obey(order());
        }
        show(answer);
        if (count(answer, "bad") > 0) return Trouble.BAD;
        return count(answer, "unknown") > 0 ? Trouble.SERVER : 0;
    }

    private static int count(JsonNode answer, String verdict) {
        int count = 0;
        for (JsonNode line : answer) {
            if (line.path("verdict").asString().equals(verdict)) count++;
        }
        return count;
    }

    @Override
    void show(JsonNode answer) {
        if (json) {
            super.show(answer);
            return;
        }
        for (JsonNode line : answer) {
            String verdict = line.path("verdict").asString();
            out().printf(
                            "%s  %s: %s%n",
                            MARKS.getOrDefault(verdict, verdict),
                            line.path("what").asString(),
                            Tables.text(line.path("words")));
        }
        out().printf(
                        "%d right, %d hints, %d wrong, %d unknown%n",
                        count(answer, "good"),
                        count(answer, "hint"),
                        count(answer, "bad"),
                        count(answer, "unknown"));
        out().flush();
    }
}
