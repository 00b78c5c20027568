package yubin.assist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

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
            String example) {
        Rule {
            codes = List.copyOf(codes);
        }
    }

    /// What is known of a refusal beside its words.
    ///
    /// @param facts host names and headers in lower case, in which a system is recognised
    record Case(String facts, String command, String reply, String status) {}

    /// The lines whose words stand in a text.
    record Said(BitSet lines) {}

    /// So many first letters of a phrase are its key; a shorter phrase is its own.
    private static final int KEY = 3;

    private static final Rules TABLE = load();

    private final List<Rule> rules;
    private final List<Phrase[]> phrases = new ArrayList<>();
    private final Map<String, BitSet> byKey = new HashMap<>();
    private final BitSet wordless = new BitSet();
    private final Consumer<Rule> deciding;

    private Rules(List<Rule> rules, Consumer<Rule> deciding) {
        this.rules = List.copyOf(rules);
        this.deciding = deciding;
        for (int i = 0; i < rules.size(); i++) {
            String words = rules.get(i).words();
            Phrase[] split = Phrase.all(words);
            phrases.add(split);
            if (words.isEmpty()) wordless.set(i);
            else if (!words.startsWith("=")) {
                byKey.computeIfAbsent(split[0].key(KEY), _ -> new BitSet()).set(i);
            }
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
        return new Rules(kept, deciding);
    }

    /// The same table, which tells `watcher` each line that decided a case.
    Rules watched(Consumer<Rule> watcher) {
        return new Rules(rules, watcher);
    }

    /// Finds the lines whose words stand in `text`; a text without words fits those without.
    Said said(String text) {
        String plain = Phrase.plain(text);
        BitSet candidates = new BitSet();
        for (int at = 0; at < plain.length(); at++) {
            if (!Phrase.isStart(plain, at)) continue;
            for (int length = 1; length <= KEY && at + length <= plain.length(); length++) {
                BitSet lines = byKey.get(plain.substring(at, at + length));
                if (lines != null) candidates.or(lines);
            }
        }
        BitSet fitting = (BitSet) wordless.clone();
        for (int i = candidates.nextSetBit(0); i >= 0; i = candidates.nextSetBit(i + 1)) {
            if (stand(plain, phrases.get(i))) fitting.set(i);
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
            if (!what.facts().contains(rule.system()) || !codesFit(rule, what)) continue;
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
        for (Rule rule : rules) {
            if (rule.words().equals("=" + found.topic()) && codesFit(rule, what)) return rule;
        }
        return found;
    }

    /// Whether the words of line number `index` stand in `text`.
    boolean wordsFit(int index, String text) {
        return stand(Phrase.plain(text), phrases.get(index));
    }

    private static boolean stand(String plain, Phrase[] phrases) {
        for (Phrase phrase : phrases) if (!phrase.standsIn(plain)) return false;
        return true;
    }

    private static boolean codesFit(Rule rule, Case what) {
        return oneFits(rule, 'c', what) && oneFits(rule, 'r', what) && oneFits(rule, 's', what);
    }

    /// Whether a code of one kind (command, reply, status) fits; true when the line names none.
    private static boolean oneFits(Rule rule, char kind, Case what) {
        boolean named = false;
        for (String code : rule.codes()) {
            boolean digit = Character.isDigit(code.charAt(0));
            char is = !digit ? 'c' : code.indexOf('.') > 0 ? 's' : 'r';
            if (is != kind) continue;
            named = true;
            boolean fits =
                    switch (kind) {
                        case 'c' -> what.command().equals(code.equals("?") ? "" : code);
                        case 'r' -> what.reply().startsWith(code);
                        default ->
                                code.endsWith(".")
                                        ? what.status().startsWith(code)
                                        : what.status().equals(code);
                    };
            if (fits) return true;
        }
        return !named;
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
        return new Rules(rules, _ -> {});
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
