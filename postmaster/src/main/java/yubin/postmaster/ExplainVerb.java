package yubin.postmaster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.assist.Bounce;
import yubin.assist.BounceReader;
import yubin.assist.NextStep;
import yubin.assist.Reading;
import yubin.assist.Reasons;
import yubin.assist.ReplyReader;

/// `yubin explain`
@Command(
        name = "explain",
        description = "Say in plain words what an error mail or a refusal means.",
        footer = {
            "",
            "Example:",
            "  yubin explain bounce.eml --lang en",
            "  yubin explain \"550 5.1.1 User unknown\"",
            "  echo '{\"verb\":\"bounce\",\"file\":\"/tmp/bounce.eml\"}' | yubin explain --batch"
        })
final class ExplainVerb extends Verb {
    enum Language {
        ja,
        en
    }

    @Parameters(
            paramLabel = "FILE|REPLY",
            arity = "0..1",
            description = "A message in a file, or a reply such as \"550 5.1.1 User unknown\".")
    private String what;

    @Option(names = "--lang", description = "Language: ${COMPLETION-CANDIDATES}; ja if not given.")
    private Language language = Language.ja;

    @Option(names = "--command", description = "The SMTP command that the reply answered.")
    private String command = "";

    @Option(
            names = "--batch",
            description = "Read orders from standard input, one JSON object a line.")
    private boolean batch;

    @Override
    public Integer call() throws Trouble {
        if (batch == (what != null)) throw Trouble.usage("give a FILE or a reply, or --batch");
        if (batch) {
            Batch.run(System.in, System.out, ExplainVerb::answer);
            return 0;
        }
        Reading reading = read();
        if (json) out().println(json(reading));
        else say(reading, language == Language.ja);
        return 0;
    }

    private Reading read() throws Trouble {
        if (what.matches("(?s)[245]\\d\\d(?:[ -].*)?")) {
            return Reading.of(ReplyReader.read(what, command));
        }
        try {
            return BounceReader.read(Files.readAllBytes(Path.of(what)));
        } catch (IOException e) {
            throw Trouble.bad(what + " cannot be read: " + ConfigFile.reason(e));
        } catch (InvalidPathException e) {
            throw Trouble.bad(what + " is no file and no reply");
        }
    }

    private static String answer(ObjectNode order) throws IOException {
        Path named = Batch.file(order, "bounce");
        return json(BounceReader.read(Files.readAllBytes(named))).toString();
    }

    private static ObjectNode json(Reading reading) {
        ArrayNode bounces = Json.list();
        for (Bounce bounce : reading.bounces()) bounces.add(json(bounce));
        return Json.object(
                "bounces",
                bounces,
                "kind",
                kind(reading.kind()),
                "messageId",
                reading.returned().messageId(),
                "subject",
                reading.returned().subject());
    }

    private static String kind(Reading.Kind kind) {
        return switch (kind) {
            case BOUNCE -> "bounce";
            case DELIVERED -> "delivered";
            case FEEDBACK -> "feedback";
            case AUTO_REPLY -> "vacation";
            case READ_RECEIPT -> "receipt";
            case OTHER -> "other";
        };
    }

    private static ObjectNode json(Bounce bounce) {
        return Json.object(
                "recipient",
                bounce.recipient(),
                "originalRecipient",
                bounce.originalRecipient(),
                "status",
                bounce.status(),
                "reply",
                bounce.reply(),
                "reason",
                bounce.reason(),
                "hard",
                bounce.hard(),
                "step",
                NextStep.of(bounce.topic()).toString(),
                "diagnostic",
                bounce.diagnostic(),
                "explanation",
                Json.object(
                        "ja", Explanations.json(Reasons.explain(bounce, true)),
                        "en", Explanations.json(Reasons.explain(bounce, false))),
                "source",
                bounce.source());
    }

    private void say(Reading reading, boolean japanese) {
        if (reading.bounces().isEmpty()) {
            out().println(notAnErrorMail(reading.kind(), japanese));
            return;
        }
        List<String> texts = new ArrayList<>();
        for (Bounce bounce : reading.bounces()) texts.add(text(bounce, japanese));
        if (!reading.returned().subject().isEmpty()) {
            out().println((japanese ? "件名：" : "Subject: ") + visible(reading.returned().subject()));
            out().println();
        }
        out().println(String.join("\n", texts).strip());
    }

    private static String text(Bounce bounce, boolean japanese) {
        Reasons.Words words = Reasons.explain(bounce, japanese);
        StringBuilder text = new StringBuilder();
        if (!bounce.recipient().isEmpty()) text.append(bounce.recipient()).append("\n  ");
        text.append(words.happened()).append("\n  ").append(words.whose()).append('\n');
        for (String advice : words.next()) text.append("  - ").append(advice).append('\n');
        text.append("  (").append(bounce.reason()).append(' ').append(bounce.status()).append(')');
        return visible(text.append('\n').toString());
    }

    /// Text of strangers must not steer the terminal.
    private static String visible(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n]]", " ");
    }

    private static String notAnErrorMail(Reading.Kind kind, boolean japanese) {
        return switch (kind) {
            case DELIVERED -> japanese ? "メールは届いています。" : "The message has arrived.";
            case FEEDBACK ->
                    japanese
                            ? "迷惑メールとして報告されたという通知です。"
                            : "This is a report that a message was marked as spam.";
            case AUTO_REPLY ->
                    japanese ? "不在などの自動応答です。" : "This is an automatic answer, not an error.";
            case READ_RECEIPT -> japanese ? "開封の通知です。" : "This is a read receipt.";
            default -> japanese ? "エラーメールではありません。" : "This is not an error mail.";
        };
    }
}
