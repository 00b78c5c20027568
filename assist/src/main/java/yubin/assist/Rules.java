package yubin.assist;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What the words of servers mean: the table `rules.tsv`, tried from top to bottom.
///
/// A phrase is looked for in lower case with single spaces. ` + ` joins phrases that must all be
/// there; `*` inside a phrase stands for up to 120 characters.
public final class Rules {
    private static final int STAR_MAX = 120;

    /// One line of the table. RFC 3463 §2 gives the form of a status code.
    ///
    /// @param system must stand in the facts about the speaker; empty for any
    /// @param codes commands, reply codes and beginnings of status codes, one of each kind must
    ///     fit; `?` in the place of a command fits an unknown one
    /// @param example a text from which the line was learned; every example is a test
    public record Rule(
            String system, List<String> codes, String pattern, String topic, String example) {
        public Rule {
            codes = List.copyOf(codes);
        }
    }

    /// What is known of a refusal.
    ///
    /// @param facts host names and headers in lower case, in which a system is recognised
    record Case(String text, String facts, String command, String reply, String status) {}

    /// In a reply of several lines the codes come again between the words.
    private static final Pattern REPEATED =
            Pattern.compile(" [245]\\d\\d[- ][245]\\.\\d{1,3}\\.\\d{1,3} ");

    private static final Rules TABLE = load();

    private final List<Rule> rules;
    private final List<String[][]> phrases;

    private Rules(List<Rule> rules) {
        this.rules = List.copyOf(rules);
        phrases = new ArrayList<>();
        for (Rule rule : rules) {
            String[] parts = rule.pattern().split(" \\+ ", -1);
            String[][] split = new String[parts.length][];
            for (int i = 0; i < parts.length; i++) split[i] = parts[i].split(" ?\\* ?", -1);
            phrases.add(split);
        }
    }

    public static Rules table() {
        return TABLE;
    }

    public List<Rule> all() {
        return rules;
    }

    /// The same table without the lines learned from one system.
    Rules without(String system) {
        List<Rule> kept = new ArrayList<>();
        for (Rule rule : rules) if (!rule.system().equals(system)) kept.add(rule);
        return new Rules(kept);
    }

    /// The first rule whose words and conditions fit; null when none does.
    ///
    /// @param needWords false: only rules that look at codes alone
    Rule match(Case what, boolean needWords) {
        String text = needWords ? REPEATED.matcher(plain(what.text())).replaceAll(" ") : "";
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (rule.pattern().isEmpty() == needWords) continue;
            if (!rule.system().isEmpty() && !what.facts().contains(rule.system())) continue;
            if (codesFit(rule, what) && (!needWords || has(text, phrases.get(i)))) return rule;
        }
        return null;
    }

    /// Whether the words of rule number `index` stand in `text`.
    boolean wordsFit(int index, String text) {
        return has(plain(text), phrases.get(index));
    }

    /// Lower case, each run of white space one space.
    static String plain(String text) {
        String head = text.length() > Codes.TEXT_MAX ? text.substring(0, Codes.TEXT_MAX) : text;
        StringBuilder out = new StringBuilder(head.length());
        boolean space = true;
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            boolean white = c <= ' ' || c == '\u00a0';
            if (!white) out.append(c == '\u2019' ? '\'' : c);
            else if (!space) out.append(' ');
            space = white;
        }
        return out.toString().toLowerCase(Locale.ROOT);
    }

    private static boolean codesFit(Rule rule, Case what) {
        return oneFits(rule, 'c', what) && oneFits(rule, 'r', what) && oneFits(rule, 's', what);
    }

    /// Whether a code of one kind (command, reply, status) fits; true when the rule names none.
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

    private static boolean has(String text, String[][] parts) {
        for (String[] part : parts) if (!hasPhrase(text, part)) return false;
        return true;
    }

    private static boolean hasPhrase(String text, String[] pieces) {
        int from = 0;
        while (true) {
            int at = text.indexOf(pieces[0], from);
            if (at < 0) return false;
            int end = at + pieces[0].length();
            boolean all = true;
            for (int i = 1; i < pieces.length && all; i++) {
                int next = text.indexOf(pieces[i], end);
                all = next >= 0 && next - end <= STAR_MAX;
                end = next + pieces[i].length();
            }
            if (all) return true;
            from = at + 1;
        }
    }

    private static Rules load() {
        List<Rule> rules = new ArrayList<>();
        for (String line : lines("rules.tsv")) {
            if (line.isBlank() || line.startsWith("#")) continue;
            String[] columns = line.split("\t", -1);
            if (columns.length < 4) throw new IllegalStateException("rules.tsv: " + line);
            rules.add(
                    new Rule(
                            columns[0].equals("-") ? "" : columns[0],
                            columns[1].equals("-") ? List.of() : List.of(columns[1].split(" ")),
                            columns[2].equals("-") ? "" : columns[2],
                            columns[3],
                            columns.length > 4 ? columns[4] : ""));
        }
        return new Rules(rules);
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
