package yubin.postmaster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import yubin.ledger.EventLog;

/// `yubin dev`: a post office of example.com to work on the web client with.
@Command(
        name = "dev",
        description = {
            "Open a post office with letters to look at, and its mail client in the browser.",
            "Two people of example.com have boxes in Japanese and English; the client reloads when a",
            "file of web/src is saved. Nothing leaves the machine. The folder is made anew at each",
            "start."
        },
        footer = {"", "Example:", "  yubin dev --letters 10000"})
final class DevVerb extends Verb {
    @Option(
            names = "--letters",
            paramLabel = "N",
            description = "Further letters in each inbox; 300 by default.")
    private int letters = 300;

    @Option(
            names = "--keep",
            description = "Go on with the folder of the last time, whatever lies in it.")
    private boolean keep;

    @Option(
            names = "--no-watch",
            description = "Show the client that was built, without Vite's development server.")
    private boolean noWatch;

    @Override
    public Integer call() throws Trouble {
        if (letters < 0 || letters > 1_000_000) {
            throw Trouble.usage("--letters is a number from 0 to 1000000");
        }
        EventLog.open(System.err, System.Logger.Level.WARNING);
        Closing closing = Closing.onSignals();
        String home = System.getProperty("yubin.home");
        try {
            Path folder =
                    home == null
                            ? Files.createTempDirectory("yubin-dev")
                            : Files.createDirectories(Path.of(home, "dev"));
            boolean fresh = !keep || !Files.exists(folder.resolve("data"));
            if (fresh) {
                Rehearsal.delete(folder, this::say);
                Files.createDirectories(folder);
            }
            try (DevOffice office = DevOffice.open(folder)) {
                if (fresh) office.furnish(letters, this::say);
                Process watch = noWatch || home == null ? null : watch(Path.of(home), office);
                tell(office, watch != null);
                closing.await();
                if (watch != null) watch.destroy();
            }
        } catch (IOException e) {
            throw Trouble.server("the post office cannot start: " + ConfigFile.reason(e));
        }
        return 0;
    }

    /// Vite's development server in front of ours; null when it is not installed.
    private Process watch(Path home, DevOffice office) throws IOException {
        Path web = home.resolveSibling("web");
        Path vite = web.resolve("node_modules/vite/bin/vite.js");
        if (!Files.exists(vite)) {
            say("web/node_modules has no Vite: the client does not reload by itself");
            return null;
        }
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                "node",
                                vite.toString(),
                                "--host",
                                "127.0.0.1",
                                "--clearScreen",
                                "false"));
        builder.environment().put("YUBIN_DEV_SERVER", office.url());
        builder.directory(web.toFile()).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("vite.log").toFile()));
        try {
            return builder.start();
        } catch (IOException e) {
            say("Node cannot be started: the client does not reload by itself");
            return null;
        }
    }

    private void tell(DevOffice office, boolean watched) {
        if (watched) say("http://127.0.0.1:5173  the client, reloads on save (.yubin/vite.log)");
        say(office.url() + "  the client as it was built, and JMAP");
        for (DevOffice.Person person : DevOffice.PEOPLE) {
            say("%s  password %s".formatted(person.address(), DevOffice.PASSWORD));
        }
        say("end with Ctrl+C");
    }
}
