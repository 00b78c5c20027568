package yubin.postmaster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import yubin.dns.DnsServe;

/// `yubin dns …`: the map room by itself.
final class DnsVerbs {
    private DnsVerbs() {}

    static CommandLine group() {
        CommandLine line = Verb.group("The resolver and the zones.");
        line.addSubcommand(new ServeAlone());
        line.getCommandSpec()
                .usageMessage()
                .footer("", "Say VERB --help for an example of each: serve");
        return line;
    }

    @Command(
            name = "serve",
            description = "Run only the resolver, and zones given, as a JSON file says.",
            footer = {
                "",
                "Example:",
                "  echo '{\"listen\":\"127.0.0.1:5353\"}' > dns.json",
                "  yubin dns serve --json dns.json"
            })
    static final class ServeAlone implements Callable<Integer> {
        // No Verb: its --json names a file, and it needs no yubin.toml.
        @Option(names = "--json", paramLabel = "FILE", required = true, description = "Settings.")
        private Path file;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this text and end.")
        private boolean help;

        @Override
        public Integer call() throws Trouble, InterruptedException {
            try (DnsServe serve = DnsServe.open(file)) {
                Signals.on("HUP", serve::flush);
                Signals.on("TERM", serve::close);
                serve.await();
                return 0;
            } catch (IOException e) {
                throw Trouble.server(e.getMessage());
            }
        }
    }
}
