package yubin.postmaster;

import picocli.CommandLine.Command;

/// `yubin rehearse`
@Command(
        name = "rehearse",
        hidden = true,
        description = "To come.",
        footer = {"", "Example:", "  yubin rehearse"})
final class Rehearsal extends Verb {
    @Override
    public Integer call() throws Trouble {
        throw Trouble.server("rehearse is not built yet");
    }
}
