package yubin.postmaster;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;
import yubin.ledger.EventLog;
import yubin.wire.Tls;

/// The one command `yubin`: reads the arguments and runs the verb they name.
@Command(
        name = "yubin",
        description = "A whole post office in one program.",
        synopsisSubcommandLabel = "VERB",
        footer = {
            "",
            "Each verb says more: yubin VERB --help",
            "Exit codes: 0 ok, 1 the thing asked about is bad, 2 wrong usage, 3 server trouble.",
            "",
            "Example:",
            "  yubin demo --once"
        })
final class Main implements Runnable {
    @Spec private CommandSpec spec;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text and end.")
    private boolean help;

    @CommandLine.Option(names = "--version", description = "Show the version and end.")
    private boolean version;

    public static void main(String[] args) {
        if (List.of(args).contains("serve")) {
            // A SIGHUP that comes before there is anything to read again must not end us.
            Signals.on("HUP", () -> {});
        }
        if (args.length > 0 && (args[0].equals("serve") || args[0].equals("demo"))) {
            // BoringSSL takes long to load: beside the rest of the start.
            Thread.ofPlatform().daemon().name("warm-up").start(Tls::isNative);
        }
        System.exit(run(args));
    }

    /// Runs one command line and returns its exit code.
    static int run(String... args) {
        EventLog.open(System.err, System.Logger.Level.WARNING);
        CommandLine line = commandLine(args.length == 0 ? null : args[0]);
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        return line.execute(args);
    }

    static CommandLine commandLine() {
        return commandLine(null);
    }

    /// The command line with all verbs, or only with `wanted` when it is one: describing a verb to
    /// picocli costs milliseconds at each start.
    private static CommandLine commandLine(String wanted) {
        CommandLine line = new CommandLine(new Main());
        Map<String, Supplier<?>> verbs = verbs();
        Supplier<?> one = verbs.get(wanted);
        if (one != null) line.addSubcommand(wanted, one.get());
        else verbs.forEach((name, verb) -> line.addSubcommand(name, verb.get()));
        line.setExecutionExceptionHandler(Main::troubled);
        line.setParameterExceptionHandler(Main::misused);
        line.setUsageHelpWidth(100);
        line.setUsageHelpAutoWidth(false);
        return line;
    }

    private static Map<String, Supplier<?>> verbs() {
        Map<String, Supplier<?>> verbs = new LinkedHashMap<>();
        verbs.put("serve", Serve::new);
        verbs.put("demo", DemoVerb::new);
        verbs.put("dev", DevVerb::new);
        verbs.put("rehearse", Rehearsal::new);
        verbs.put("domain", DomainVerbs::group);
        verbs.put("account", AccountVerbs::group);
        verbs.put("alias", AliasVerbs::group);
        verbs.put("route", RouteVerbs::group);
        verbs.put("queue", QueueVerbs::group);
        verbs.put("trace", TraceVerb::new);
        verbs.put("message", MessageVerbs::group);
        verbs.put("explain", ExplainVerb::new);
        verbs.put("dns", DnsVerbs::group);
        verbs.put("config", ConfigVerbs::group);
        verbs.put("search", SearchVerbs::group);
        verbs.put("verify", VerifyVerb::new);
        verbs.put("version", VersionVerb::new);
        return verbs;
    }

    @Override
    public void run() {
        if (version) {
            spec.commandLine().getOut().println(Version.line());
            return;
        }
        spec.commandLine().usage(spec.commandLine().getErr());
        throw new ParameterException(spec.commandLine(), "a verb is missing");
    }

    /// A [Trouble] is one sentence; anything else is our own bug and shows where it happened.
    private static int troubled(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (e instanceof Trouble trouble) {
            boolean json = line.getCommand() instanceof Verb verb && verb.json();
            if (json) line.getOut().println(Json.object("error", trouble.getMessage()));
            else trouble.getMessage().lines().forEach(text -> err.println("yubin: " + text));
            return trouble.exitCode();
        }
        err.println("yubin: this is a bug in Yubin: " + e);
        e.printStackTrace(err);
        return Trouble.SERVER;
    }

    private static int misused(ParameterException e, String[] args) {
        PrintWriter err = e.getCommandLine().getErr();
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        CommandLine line = e.getCommandLine();
        boolean group = !line.getSubcommands().isEmpty();
        String what =
                group && e instanceof UnmatchedArgumentException unmatched
                        ? "there is no verb \"" + unmatched.getUnmatched().getFirst() + "\""
                        : e.getMessage().replaceAll("\\s*\\R\\s*", "; ");
        err.println("yubin: " + what);
        err.println("yubin: try " + name + " --help");
        return Trouble.USAGE;
    }
}
