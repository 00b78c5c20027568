package yubin.assist;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `docs/reasons.md`: every reason with what people are told, made from the data files.
final class ReasonsPage {
    private ReasonsPage() {}

    static String text() {
        StringBuilder out = new StringBuilder();
        out.append("# Why a letter does not arrive\n\n")
                .append("What `yubin explain` says for each reason, in Japanese and English. ")
                .append("Made from `reasons.txt` and\nthe tables of rules of the room `assist`; ")
                .append("correct the sentences there. `{recipient}`, `{domain}`, `{limit}` and\n")
                .append(
                        "`{list}` are filled from the notice. What is said for programs is the button that they can offer:\n")
                .append(
                        "`address` (correct it and send again), `smaller`, `wait`, `postmaster` (write to the ")
                .append(
                        "administrator here), `call`,\n`edit` (change the letter and send again), `nothing`.\n");
        Map<String, Set<String>> codes = codes();
        for (Reasons.Entry entry : Reasons.all()) {
            out.append("\n## ").append(entry.topic()).append("\n\n");
            if (entry.hard()) out.append("Hard: sending to this address again fails again.\n\n");
            Set<String> own = codes.getOrDefault(entry.topic(), Set.of());
            out.append("For programs: `").append(entry.step()).append("`.\n\n");
            if (!own.isEmpty()) out.append("Codes: ").append(String.join(", ", own)).append("\n\n");
            words(out, entry.japanese());
            out.append('\n');
            words(out, entry.english());
        }
        return out.toString();
    }

    /// Codes that mean a reason without any words.
    private static Map<String, Set<String>> codes() {
        Map<String, Set<String>> codes = new LinkedHashMap<>();
        for (Rules.Rule rule : Rules.table().all()) {
            if (!rule.words().isEmpty()) continue;
            codes.computeIfAbsent(rule.topic(), k -> new LinkedHashSet<>())
                    .add(String.join(" ", rule.codes()));
        }
        return codes;
    }

    private static void words(StringBuilder out, Reasons.Words words) {
        List<String> lines = new ArrayList<>();
        lines.add(words.happened());
        lines.add(words.whose());
        out.append(String.join("  \n", lines)).append('\n');
        for (String advice : words.next()) out.append("- ").append(advice).append('\n');
    }
}
