package yubin.postmaster;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import yubin.ledger.EventLog;

/// `yubin demo`: two post offices, and a letter that travels between them.
@Command(
        name = "demo",
        description = {
            "Open two post offices, tokyo.test and osaka.test, and watch letters go between them.",
            "They have a little DNS of their own. Every step is shown; then both stay open."
        },
        footer = {"", "Example:", "  yubin demo --once"})
final class DemoVerb extends Verb {
    @Option(
            names = "--once",
            description = "End after the journey; exit code 0 only if every letter arrived.")
    private boolean once;

    @Override
    public Integer call() throws Trouble {
        EventLog.open(System.err, System.Logger.Level.ERROR);
        Closing closing = once ? null : Closing.onSignals();
        Path folder;
        try {
            folder = Files.createTempDirectory("yubin-demo");
        } catch (IOException e) {
            throw Trouble.server("no temporary folder: " + ConfigFile.reason(e));
        }
        PrintWriter story = json ? spec.commandLine().getErr() : out();
        try (DemoTown town = DemoTown.open(folder, story)) {
            DemoJourney journey = new DemoJourney(town, story);
            boolean arrived = journey.run();
            if (json) out().println(journey.result());
            if (closing == null) return arrived ? 0 : Trouble.SERVER;
            town.leaveOpen();
            closing.await();
            return 0;
        } finally {
            Rehearsal.delete(folder, this::say);
        }
    }
}
