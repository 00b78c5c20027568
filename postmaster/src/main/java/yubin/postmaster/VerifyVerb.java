package yubin.postmaster;

import java.io.IOException;
import java.nio.file.Files;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Store;
import yubin.store.Verify;

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
        if (!Files.isDirectory(config.data())) {
            throw Trouble.bad("there is no data folder " + config.data());
        }
        say("reading all of " + config.data());
        JsonNode answer;
        try (DistantClerk distant = DistantClerk.connect(config.data())) {
            answer = distant != null ? distant.obey(order()) : alone(config);
        }
        show(answer);
        return answer.path("found").asInt() == 0 ? 0 : Trouble.BAD;
    }

    /// No server runs: the folder is opened without the means to write to it.
    private static JsonNode alone(Config config) throws Trouble {
        try (Store store = Store.openReadOnly(config.data(), InstantSource.system())) {
            return report(store);
        } catch (IOException e) {
            throw Trouble.server(Office.sentence(config, e));
        }
    }

    static JsonNode report(Store store) throws IOException {
        Verify.Report report = Verify.run(store);
        return Json.object(
                "accounts",
                report.accounts(),
                "mailboxes",
                report.mailboxes(),
                "messages",
                report.messages(),
                "emails",
                report.emails(),
                "blobs",
                report.blobs(),
                "octets",
                report.octets(),
                "found",
                report.found(),
                "findings",
                report.findings());
    }
}
