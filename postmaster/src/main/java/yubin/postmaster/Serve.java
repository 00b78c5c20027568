package yubin.postmaster;

import picocli.CommandLine.Command;

/// `yubin serve`
@Command(
        name = "serve",
        description = "To come.",
        footer = {"", "Example:", "  yubin serve"})
final class Serve extends Verb {
    @Override
    public Integer call() throws Trouble {
        throw Trouble.server("serve is not built yet");
    }
}
