package yubin.postmaster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;
import yubin.html.Remote;
import yubin.html.Sanitized;
import yubin.html.Sanitizer;
import yubin.mime.MessageJson;

/// `yubin message …`: single messages in files.
final class MessageVerbs {
    private MessageVerbs() {}

    static CommandLine group() {
        return Verb.group("Single messages in files.", new JsonForm(), new Sanitize());
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
            return parsed(Batch.file(order, "mime"));
        }

        private static String parsed(Path file) throws IOException {
            return MessageJson.of(Files.readAllBytes(file));
        }
    }

    @Command(
            name = "sanitize",
            description = "Print HTML of a mail as a fragment that is safe to show.",
            footer = {
                "",
                "Example:",
                "  yubin message sanitize letter.html --block-remote",
                "  echo '{\"verb\":\"sanitize\",\"file\":\"/tmp/letter.html\"}' | yubin message sanitize"
                        + " --batch"
            })
    static final class Sanitize extends Verb {
        @Parameters(paramLabel = "FILE", arity = "0..1", description = "HTML in UTF-8.")
        private Path file;

        @Option(
                names = "--block-remote",
                description = "Leave out what would be fetched from elsewhere, such as images.")
        private boolean blockRemote;

        @Option(
                names = "--batch",
                description = "Read orders from standard input, one JSON object a line.")
        private boolean batch;

        @Override
        public Integer call() throws Trouble {
            if (batch == (file != null)) throw Trouble.usage("give a FILE, or --batch");
            if (batch) {
                Batch.run(System.in, System.out, this::answer);
                return 0;
            }
            try {
                Sanitized clean = clean(file, blockRemote);
                out().println(json ? json(clean) : clean.html());
                return 0;
            } catch (IOException e) {
                throw Trouble.bad(file + " cannot be read: " + ConfigFile.reason(e));
            }
        }

        private String answer(ObjectNode order) throws IOException {
            Path named = Batch.file(order, "sanitize");
            boolean block = order.path("blockRemote").asBoolean(blockRemote);
            return json(clean(named, block)).toString();
        }

        /// Octets that are no UTF-8 become U+FFFD.
        private static Sanitized clean(Path file, boolean blockRemote) throws IOException {
            String html = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return Sanitizer.clean(html, blockRemote ? Remote.BLOCK : Remote.KEEP);
        }

        private static ObjectNode json(Sanitized clean) {
            return Json.object("html", clean.html(), "blocked", clean.blocked());
        }
    }
}
