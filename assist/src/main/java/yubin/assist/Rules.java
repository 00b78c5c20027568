package yubin.assist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What the words of servers mean: the tables `rules.tsv` (special cases), `wording.tsv` (the
/// same for all systems) and `codes.tsv` (when the words said nothing), tried from top to bottom.
///
/// How a line is written stands at the head of `rules.tsv`.
public final class Rules {
    /// The tables, in the order in which they are tried.
    enum Part {
        SPECIAL("rules.tsv"),
        GENERAL("wording.tsv"),
        CODES("codes.tsv");

        final String file;

        Part(String file) {
            this.file = file;
        }
    }

    /// One line of a table. RFC 3463 §2 gives the form of a status code.
    ///
    /// @param system must stand in the facts about the speaker; empty for any
    /// @param codes commands, reply codes and beginnings of status codes, one of each kind must
    ///     fit; `?` in the place of a command fits an unknown one
    /// @param words empty: the codes alone decide; `=userunknown`: replaces what another line
    ///     without codes says
    /// @param example a text that shows what is meant; every example is a test
    record Rule(
            Part part,
            String system,
            List<String> codes,
            String words,
            String topic,
            String example,
            Needs needs) {
        Rule(
                Part part,
                String system,
                List<String> codes,
                String words,
                String topic,
                String example) {
            this(part, system, List.copyOf(codes), words, topic, example, Needs.of(codes));
        }
    }

    /// Codes by their kind; one of each kind must fit where there are any.
    private record Needs(List<String> commands, List<String> replies, List<String> statuses) {
        static Needs of(List<String> codes) {
            Needs needs = new Needs(new ArrayList<>(0), new ArrayList<>(0), new ArrayList<>(0));
            for (String code : codes) {
                if (!Character.isDigit(code.charAt(0))) needs.commands.add(code);
                else if (code.indexOf('.') > 0) needs.statuses.add(code);
                else needs.replies.add(code);
            }
            return needs;
        }

        boolean fit(Case what) {
            return fits(commands, code -> what.command().equals(code.equals("?") ? "" : code))
                    && fits(replies, what.reply()::startsWith)
                    && fits(statuses, code -> statusFits(code, what.status()));
        }

        private static boolean statusFits(String code, String status) {
            return code.endsWith(".") ? status.startsWith(code) : status.equals(code);
        }

        private static boolean fits(List<String> codes, Predicate<String> test) {
            if (codes.isEmpty()) return true;
            for (String code : codes) if (test.test(code)) return true;
            return false;
        }
    }

    /// What is known of a refusal beside its words.
    ///
    /// @param facts host names and headers in lower case, in which a system is recognised
    record Case(String facts, String command, String reply, String status) {}

    /// The lines whose words stand in a text.
    record Said(BitSet lines) {}

    private static final Rules TABLE = load();

    private final List<Rule> rules;
    private final PhraseIndex index = new PhraseIndex();
    private final List<int[]> phrases = new ArrayList<>(); // of each line; numbers in the index
    private final Map<Integer, List<Integer>> byFirst = new HashMap<>(); // lines by first phrase
    private final BitSet wordless = new BitSet();
    private final Map<String, List<Rule>> replacing = new HashMap<>(); // lines with `=topic`
    private final Consumer<Rule> deciding;
    private final Consumer<String> hearing;

    private Rules(List<Rule> rules, Consumer<Rule> deciding, Consumer<String> hearing) {
        this.rules = List.copyOf(rules);
        this.deciding = deciding;
        this.hearing = hearing;
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            int[] numbers = {};
            if (rule.words().isEmpty()) {
                wordless.set(i);
            } else if (rule.words().startsWith("=")) {
                replacing.computeIfAbsent(rule.words(), _ -> new ArrayList<>()).add(rule);
            } else {
                numbers = Arrays.stream(Phrase.all(rule.words())).mapToInt(index::add).toArray();
                byFirst.computeIfAbsent(numbers[0], _ -> new ArrayList<>()).add(i);
            }
            phrases.add(numbers);
        }
    }

    static Rules table() {
        return TABLE;
    }

    List<Rule> all() {
        return rules;
    }

    /// The same table without some of its lines.
    Rules without(Set<Rule> dropped) {
        List<Rule> kept = new ArrayList<>(rules);
        kept.removeAll(dropped);
        return new Rules(kept, deciding, hearing);
    }

    /// The same table, which tells `watcher` each line that decided a case.
    Rules watched(Consumer<Rule> watcher) {
        return new Rules(rules, watcher, hearing);
    }

    /// The same table, which tells `listener` each text that it looks up.
    Rules overheard(Consumer<String> listener) {
        return new Rules(rules, deciding, listener);
    }

    /// Finds the lines whose words stand in `text`; a text without words fits those without.
    Said said(String text) {
        hearing.accept(text);
        BitSet standing = index.find(Phrase.plain(text));
        BitSet fitting = (BitSet) wordless.clone();
        for (int i = standing.nextSetBit(0); i >= 0; i = standing.nextSetBit(i + 1)) {
            for (int line : byFirst.getOrDefault(i, List.of())) {
                boolean all = true;
                for (int number : phrases.get(line)) all &= standing.get(number);
                if (all) fitting.set(line);
            }
        }
        return new Said(fitting);
    }

    /// The first line that fits; null when none does.
    ///
    /// @param last true: only the table of codes is asked, otherwise only the two before it
    Rule match(Said said, Case what, boolean last) {
        BitSet lines = said.lines();
        for (int i = lines.nextSetBit(0); i >= 0; i = lines.nextSetBit(i + 1)) {
            Rule rule = rules.get(i);
            if ((rule.part() == Part.CODES) != last) continue;
            if (!what.facts().contains(rule.system()) || !rule.needs().fit(what)) continue;
            Rule better = instead(rule, what);
            deciding.accept(better);
            return better;
        }
        return null;
    }

    /// The line with `=topic` in the place of words that replaces `found` under these codes.
    private Rule instead(Rule found, Case what) {
        boolean plain = found.codes().isEmpty() && found.system().isEmpty();
        if (!plain || found.words().isEmpty()) return found;
        for (Rule rule : replacing.getOrDefault("=" + found.topic(), List.of())) {
            if (rule.needs().fit(what)) return rule;
        }
        return found;
    }

    /// Whether the words of line number `line` stand in `text`, by the plain way.
    boolean wordsFit(int line, String text) {
        String plain = Phrase.plain(text);
        for (Phrase phrase : Phrase.all(rules.get(line).words())) {
            if (!phrase.standsIn(plain)) return false;
        }
        return true;
    }

    private static Rules load() {
        List<Rule> rules = new ArrayList<>();
        for (Part part : Part.values()) {
            for (String line : lines(part.file)) {
                if (line.isBlank() || line.startsWith("#")) continue;
                String[] columns = line.split("\t", -1);
                if (columns.length != 5) throw new IllegalStateException(part.file + ": " + line);
                for (int i = 0; i < columns.length; i++) {
                    if (columns[i].equals("-")) columns[i] = "";
                }
                List<String> codes =
                        columns[1].isEmpty() ? List.of() : List.of(columns[1].split(" "));
                rules.add(new Rule(part, columns[0], codes, columns[2], columns[3], columns[4]));
            }
        }
        return new Rules(rules, _ -> {}, _ -> {});
    }

    static List<String> lines(String resource) {
        try (InputStream in = Rules.class.getResourceAsStream(resource)) {
            if (in == null) throw new IllegalStateException(resource + " is missing");
            var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
