package yubin.postmaster;

import picocli.CommandLine.Command;

/// `yubin demo`
@Command(
        name = "demo",
        description = "To come.",
        footer = {"", "Example:", "  yubin demo"})
final class DemoVerb extends Verb {
    @Override
    public Integer call() throws Trouble {
        throw Trouble.server("demo is not built yet");
    }
}
