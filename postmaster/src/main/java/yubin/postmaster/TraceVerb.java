package yubin.postmaster;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `yubin trace WHAT`: the journey of a letter.
@Command(
        name = "trace",
        description = "Show the journey of letters, step by step, with times and reasons.",
        footer = {
            "",
            "Example:",
            "  yubin trace 01HZX3K9QZT4",
            "  yubin trace ann@example.com --lang en",
            "  yubin trace '<20261125.1@example.com>'"
        })
final class TraceVerb extends OrderVerb {
    @Parameters(
            paramLabel = "ID|ADDRESS|MESSAGE-ID",
            description = "A queue id, an address of the envelope, or a Message-ID in <>.")
    private String what;

    @Option(names = "--lang", description = "Language: ${COMPLETION-CANDIDATES}; ja if not given.")
    private ExplainVerb.Language language = ExplainVerb.Language.ja;

    @Override
    ObjectNode order() {
        return order("trace", "what", what, "lang", json ? null : language.name());
    }
}
