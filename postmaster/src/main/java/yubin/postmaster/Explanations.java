package yubin.postmaster;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.assist.Reasons;
import yubin.queue.Explanation;

/// What the clerk says of a refusal, for programs and for people.
final class Explanations {
    private Explanations() {}

    /// Everything, in both languages.
    static ObjectNode json(Explanation why) {
        return Json.object(
                "status",
                why.read().status(),
                "reason",
                why.read().reason(),
                "hard",
                why.read().hard(),
                "expired",
                why.expired(),
                "step",
                why.nextStep().toString(),
                "ja",
                json(why.japanese()),
                "en",
                json(why.english()));
    }

    static ObjectNode json(Reasons.Words words) {
        ArrayNode next = Json.list();
        for (String advice : words.next()) next.add(advice);
        return Json.object("happened", words.happened(), "whose", words.whose(), "next", next);
    }

    /// What happened and whose side it is on.
    static String what(Explanation why, String language) {
        Reasons.Words words = words(why, language);
        return String.join(space(language), words.happened(), words.whose());
    }

    /// [#what], and what to do.
    static String all(Explanation why, String language) {
        List<String> sentences = new ArrayList<>(List.of(what(why, language)));
        sentences.addAll(words(why, language).next());
        return String.join(space(language), sentences);
    }

    private static Reasons.Words words(Explanation why, String language) {
        return language.equals("en") ? why.english() : why.japanese();
    }

    private static String space(String language) {
        return language.equals("en") ? " " : "";
    }
}
