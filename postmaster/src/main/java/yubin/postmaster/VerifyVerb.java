package yubin.postmaster;

import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `yubin verify`: reads the whole data folder and changes nothing.
@Command(
        name = "verify",
        description = "Check the data folder: every record and every message; changes nothing.",
        footer = {"", "Example:", "  yubin verify --config /etc/yubin.toml"})
final class VerifyVerb extends OrderVerb {
    @Override
    ObjectNode order() {
        return order("verify");
    }

    @Override
    public Integer call() throws Trouble {
        Config config = config();
        say("reading all of " + config.data());
        JsonNode answer;
        try (Clerk clerk = Clerk.reach(config)) {
            answer = clerk.obey(order());
        }
        show(answer);
        return answer.path("problems").isEmpty() ? 0 : Trouble.BAD;
    }
}
