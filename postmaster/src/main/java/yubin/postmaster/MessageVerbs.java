package yubin.postmaster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;
import yubin.mime.MessageJson;

/// `yubin message …`: single messages in files.
final class MessageVerbs {
    private MessageVerbs() {}

    static CommandLine group() {
        return Verb.group("Single messages in files.", new JsonForm());
    }

    @Command(
            name = "json",
            description = "Print the parsed structure of a message as one JSON object.",
            footer = {
                "",
                "Example:",
                "  yubin message json letter.eml",
                "  echo '{\"verb\":\"mime\",\"file\":\"/tmp/letter.eml\"}' | yubin message json --batch"
            })
    static final class JsonForm extends Verb {
        @Parameters(paramLabel = "FILE", arity = "0..1")
        private Path file;

        @Option(
                names = "--batch",
                description = "Read orders from standard input, one JSON object a line.")
        private boolean batch;

        @Override
        public Integer call() throws Trouble {
            if (batch == (file != null)) throw Trouble.usage("give a FILE, or --batch");
            if (batch) {
                Batch.run(System.in, System.out, JsonForm::answer);
                return 0;
            }
            try {
                out().println(parsed(file));
                return 0;
            } catch (IOException e) {
                throw Trouble.bad(file + " cannot be read: " + ConfigFile.reason(e));
            }
        }

        private static String answer(ObjectNode order) throws IOException {
            String verb = order.path("verb").asString("mime");
            if (!verb.equals("mime")) throw new IllegalArgumentException("unknown verb " + verb);
            String name = order.path("file").asString("");
            if (name.isEmpty()) throw new IllegalArgumentException("file is missing");
            try {
                return parsed(Path.of(name));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("file: " + e.getMessage(), e);
            }
        }

        private static String parsed(Path file) throws IOException {
            return MessageJson.of(Files.readAllBytes(file));
        }
    }
}
