package yubin.postmaster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import yubin.dns.DnsServe;

/// `yubin dns serve`: the map room by itself. No [Verb], because its --json names a file and it
/// needs no yubin.toml.
@Command(
        name = "serve",
        description = "Run only the resolver, and zones given, as a JSON file says.",
        footer = {
            "",
            "Example:",
            "  echo '{\"listen\":\"127.0.0.1:5353\"}' > dns.json",
            "  yubin dns serve --json dns.json"
        })
final class DnsServeVerb implements Callable<Integer> {
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
            Signals.on("TERM", serve::close);
            Signals.onHangup(serve::flush);
            serve.await();
            return 0;
        } catch (IOException e) {
            throw Trouble.server(e.getMessage());
        }
    }
}
