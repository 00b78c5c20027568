package yubin.postmaster;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all verbs have in common: their options, and how they speak.
abstract class Verb implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration; yubin.toml in the working directory, else built-in defaults.")
    Path configFile;

    @Option(names = "--json", description = "Answer in JSON, for programs.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text and end.")
    boolean help;

    Config config() throws Trouble {
        return ConfigFile.load(configFile);
    }

    boolean json() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /// One line for the person who waits: on standard error, because standard output is the answer.
    void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("yubin: " + line);
        err.flush();
    }

    /// A verb that has only verbs below it.
    static CommandLine group(String description, Verb... verbs) {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage().description(description).synopsisSubcommandLabel("VERB");
        spec.addOption(
                CommandLine.Model.OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this text and end.")
                        .build());
        CommandLine line = new CommandLine(spec);
        for (Verb verb : verbs) line.addSubcommand(verb);
        nameVerbs(line);
        return line;
    }

    /// Puts the names of a group's verbs below its help.
    static void nameVerbs(CommandLine group) {
        String names = String.join(" | ", group.getSubcommands().keySet());
        group.getCommandSpec()
                .usageMessage()
                .footer("", "Say VERB --help for an example of each: " + names);
    }
}
