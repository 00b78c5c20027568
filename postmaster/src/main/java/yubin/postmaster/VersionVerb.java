package yubin.postmaster;

import picocli.CommandLine.Command;

/// `yubin version`
@Command(
        name = "version",
        description = "Show the version of Yubin and of the Java it runs on.",
        footer = {"", "Example:", "  yubin version --json"})
final class VersionVerb extends Verb {
    @Override
    public Integer call() {
        out().println(
                        json
                                ? Json.object(
                                        "version",
                                        Version.NUMBER,
                                        "java",
                                        System.getProperty("java.version"))
                                : Version.line());
        return 0;
    }
}
