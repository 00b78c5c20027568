package yubin.assist;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What people are told about each reason: the file `reasons.txt`.
public final class Reasons {
    /// @param happened one or two sentences
    /// @param whose whose side it is on
    /// @param next what to do, most useful first
    public record Words(String happened, String whose, List<String> next) {
        public Words {
            next = List.copyOf(next);
        }

        /// The same with other advice.
        public Words with(String advice) {
            return new Words(happened, whose, List.of(advice));
        }
    }

    /// @param hard the address or domain itself is wrong; sending again fails again
    /// @param step the one thing that a program can offer
    public record Entry(String topic, boolean hard, NextStep step, Words japanese, Words english) {}

    private static final Map<String, Entry> ENTRIES = load();

    private Reasons() {}

    public static List<Entry> all() {
        return List.copyOf(ENTRIES.values());
    }

    /// The entry of a topic, or of its reason when the special case has none.
    static Entry entry(String topic) {
        Entry entry = ENTRIES.get(topic);
        if (entry != null) return entry;
        int colon = topic.indexOf(':');
        entry = ENTRIES.get(colon < 0 ? topic : topic.substring(0, colon));
        return entry == null ? ENTRIES.get("undefined") : entry;
    }

    public static Words explain(Bounce bounce, boolean japanese) {
        Entry entry = entry(bounce.topic());
        Words words = japanese ? entry.japanese() : entry.english();
        List<String> next = new ArrayList<>();
        for (String advice : words.next()) {
            String filled = Slots.fill(advice, bounce, japanese);
            if (!filled.isEmpty()) next.add(filled);
        }
        return new Words(
                Slots.fill(words.happened(), bounce, japanese),
                Slots.fill(words.whose(), bounce, japanese),
                next);
    }

    private static Map<String, Entry> load() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, List<String>> fields = new LinkedHashMap<>();
        String topic = null;
        for (String line : Rules.lines("reasons.txt")) {
            if (line.isBlank() || line.startsWith("#")) continue;
            if (line.startsWith("[")) {
                if (topic != null) entries.put(topic, entry(topic, fields));
                fields.clear();
                topic = line.substring(1, line.indexOf(']'));
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 0) throw new IllegalStateException("reasons.txt: " + line);
            fields.computeIfAbsent(line.substring(0, colon), k -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        if (topic != null) entries.put(topic, entry(topic, fields));
        return Collections.unmodifiableMap(entries);
    }

    private static Entry entry(String topic, Map<String, List<String>> fields) {
        boolean hard = fields.getOrDefault("hard", List.of("no")).getFirst().equals("yes");
        NextStep step = NextStep.named(fields.getOrDefault("step", List.of("")).getFirst());
        return new Entry(topic, hard, step, words(topic, "ja", fields), words(topic, "en", fields));
    }

    private static Words words(String topic, String language, Map<String, List<String>> fields) {
        List<String> happened = fields.get(language + " happened");
        List<String> whose = fields.get(language + " whose");
        List<String> next = fields.get(language + " next");
        if (happened == null || whose == null || next == null) {
            throw new IllegalStateException("reasons.txt: " + topic + " lacks " + language);
        }
        return new Words(happened.getFirst(), whose.getFirst(), next);
    }
}
