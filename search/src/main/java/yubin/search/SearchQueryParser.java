package yubin.search;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import yubin.search.SearchQuery.Age;
import yubin.search.SearchQuery.All;
import yubin.search.SearchQuery.Any;
import yubin.search.SearchQuery.Before;
import yubin.search.SearchQuery.Everything;
import yubin.search.SearchQuery.From;
import yubin.search.SearchQuery.HasAttachment;
import yubin.search.SearchQuery.Header;
import yubin.search.SearchQuery.In;
import yubin.search.SearchQuery.Keyword;
import yubin.search.SearchQuery.Larger;
import yubin.search.SearchQuery.Not;
import yubin.search.SearchQuery.Parsed;
import yubin.search.SearchQuery.Problem;
import yubin.search.SearchQuery.Query;
import yubin.search.SearchQuery.Smaller;
import yubin.search.SearchQuery.Text;
import yubin.search.SearchQuery.Why;

/// Reads the language of the search box; the grammar is at [SearchQuery].
final class SearchQueryParser {
    /// Characters of a query. Nobody types more.
    static final int CHARS_MAX = 4_000;

    /// Parentheses within each other.
    static final int DEPTH_MAX = 20;

    private static final Map<String, Field> FIELDS =
            Map.ofEntries(
                    Map.entry("from", Field.FROM),
                    Map.entry("to", Field.TO),
                    Map.entry("cc", Field.CC),
                    Map.entry("bcc", Field.BCC),
                    Map.entry("subject", Field.SUBJECT),
                    Map.entry("body", Field.BODY),
                    Map.entry("filename", Field.FILE_NAMES),
                    Map.entry("差出人", Field.FROM),
                    Map.entry("宛先", Field.TO),
                    Map.entry("件名", Field.SUBJECT),
                    Map.entry("本文", Field.BODY),
                    Map.entry("添付", Field.FILE_NAMES));

    private final String text;
    private int at;

    private static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;
        private final Why why;
        private final int where;

        Unreadable(Why why, int where) {
            super(why.name(), null, false, false);
            this.why = why;
            this.where = where;
        }
    }

    SearchQueryParser(String text) {
        this.text = text;
    }

    Parsed parse() {
        try {
            if (text.length() > CHARS_MAX) throw new Unreadable(Why.TOO_LONG, CHARS_MAX);
            SearchQuery query = query(0);
            if (at < text.length()) throw new Unreadable(Why.UNBALANCED, at); // a `)` too many
            return new Query(query);
        } catch (Unreadable e) {
            return new Problem(e.why, e.where);
        }
    }

    /// `query = all *( "OR" all )`
    private SearchQuery query(int depth) throws Unreadable {
        if (depth > DEPTH_MAX) throw new Unreadable(Why.TOO_DEEP, at);
        List<SearchQuery> any = new ArrayList<>();
        do {
            SearchQuery all = all(depth);
            if (!(all instanceof Everything)) any.add(all);
        } while (takeWord("OR"));
        return switch (any.size()) {
            case 0 -> new Everything();
            case 1 -> any.getFirst();
            default -> new Any(List.copyOf(any));
        };
    }

    private SearchQuery all(int depth) throws Unreadable {
        List<SearchQuery> all = new ArrayList<>();
        while (true) {
            blanks();
            if (at == text.length() || text.charAt(at) == ')' || seesWord("OR")) break;
            SearchQuery term = negatable(depth);
            if (!(term instanceof Everything)) all.add(term);
        }
        return switch (all.size()) {
            case 0 -> new Everything();
            case 1 -> all.getFirst();
            default -> new All(List.copyOf(all));
        };
    }

    private SearchQuery negatable(int depth) throws Unreadable {
        boolean not = takeWord("NOT");
        blanks();
        char c = at < text.length() ? text.charAt(at) : ' ';
        boolean dash = c == '-' || c == '\uFF0D';
        if (!not && dash && at + 1 < text.length() && !isBlank(text.charAt(at + 1))) {
            not = true;
            at++;
        }
        SearchQuery term = term(depth);
        return not && !(term instanceof Everything) ? new Not(term) : term;
    }

    private SearchQuery term(int depth) throws Unreadable {
        if (at == text.length()) return new Everything();
        if (text.charAt(at) == '(') {
            int open = at++;
            SearchQuery inner = query(depth + 1);
            blanks();
            if (at == text.length()) throw new Unreadable(Why.UNBALANCED, open);
            at++;
            return inner;
        }
        int start = at;
        String operator = operator();
        if (operator != null) {
            SearchQuery query = operated(operator);
            if (query != null) return query;
            at = start;
        }
        String value = value();
        return isEmpty(value) ? new Everything() : new Text(Field.ANYWHERE, value);
    }

    private static boolean isEmpty(String value) {
        return value.isEmpty() || value.equals("\"\"");
    }

    /// The word before a colon, in lower case, and moves behind the colon; null when there is none.
    private String operator() {
        int end = at;
        while (end < text.length() && (Character.isLetter(text.charAt(end)) || isJoint(end))) end++;
        if (end == at || end == text.length()) return null;
        char c = text.charAt(end);
        if (c != ':' && c != '\uFF1A') return null;
        String operator = text.substring(at, end).toLowerCase(Locale.ROOT);
        at = end + 1;
        return operator;
    }

    private boolean isJoint(int i) {
        return i > at && text.charAt(i) == '_';
    }

    /// Null when there is no such operator.
    private SearchQuery operated(String operator) throws Unreadable {
        Field field = FIELDS.get(operator);
        int start = at;
        if (field != null) return new Text(field, needed());
        return switch (operator) {
            case "list" -> new Header("list-id", bare(needed()));
            case "in" -> new In(bare(needed()));
            case "label", "keyword" -> new Keyword(bare(needed()));
            case "has" -> has(bare(needed()), start);
            case "is" -> is(bare(needed()), start);
            case "before" -> new Before(date(needed(), start).first);
            case "after", "since" -> new From(date(needed(), start).first);
            case "on" -> {
                Days days = date(needed(), start);
                yield new All(List.of(new From(days.first), new Before(days.next)));
            }
            case "older_than" -> new Age(age(needed(), start), true);
            case "newer_than" -> new Age(age(needed(), start), false);
            case "larger" -> new Larger(size(needed(), start));
            case "smaller" -> new Smaller(size(needed(), start));
            case "size" -> size(start);
            default -> null;
        };
    }

    private SearchQuery size(int start) throws Unreadable {
        String value = needed();
        if (value.startsWith(">")) return new Larger(size(value.substring(1), start + 1));
        if (value.startsWith("<")) return new Smaller(size(value.substring(1), start + 1));
        return new Larger(size(value, start));
    }

    private static SearchQuery has(String value, int start) throws Unreadable {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "attachment", "attachments", "file", "添付" -> new HasAttachment();
            default -> throw new Unreadable(Why.UNKNOWN_VALUE, start);
        };
    }

    private static SearchQuery is(String value, int start) throws Unreadable {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "unread", "unseen", "未読" -> new Not(new Keyword("$seen"));
            case "read", "seen", "既読" -> new Keyword("$seen");
            case "starred", "flagged" -> new Keyword("$flagged");
            case "answered", "replied" -> new Keyword("$answered");
            case "unanswered" -> new Not(new Keyword("$answered"));
            case "draft" -> new Keyword("$draft");
            default -> throw new Unreadable(Why.UNKNOWN_VALUE, start);
        };
    }

    private record Days(LocalDate first, LocalDate next) {}

    /// `2026-11-25`, `2026/11/25`, a month or a year.
    private static Days date(String value, int start) throws Unreadable {
        String[] parts = bare(value).split("[-/.]", 4);
        try {
            int year = number(parts[0], 4);
            return switch (parts.length) {
                case 1 -> {
                    LocalDate first = LocalDate.of(year, 1, 1);
                    yield new Days(first, first.plusYears(1));
                }
                case 2 -> {
                    LocalDate first = LocalDate.of(year, number(parts[1], 2), 1);
                    yield new Days(first, first.plusMonths(1));
                }
                case 3 -> {
                    LocalDate day = LocalDate.of(year, number(parts[1], 2), number(parts[2], 2));
                    yield new Days(day, day.plusDays(1));
                }
                default -> throw new Unreadable(Why.BAD_DATE, start);
            };
        } catch (NumberFormatException | DateTimeException e) {
            throw new Unreadable(Why.BAD_DATE, start);
        }
    }

    private static int number(String digits, int most) {
        if (digits.isEmpty() || digits.length() > most || digits.charAt(0) == '-') {
            throw new NumberFormatException(digits);
        }
        return Integer.parseInt(digits);
    }

    private static int age(String value, int start) throws Unreadable {
        String text = bare(value).toLowerCase(Locale.ROOT);
        try {
            int days =
                    switch (text.isEmpty() ? ' ' : text.charAt(text.length() - 1)) {
                        case 'd' -> 1;
                        case 'w' -> 7;
                        case 'm' -> 30;
                        case 'y' -> 365;
                        default -> throw new Unreadable(Why.BAD_AGE, start);
                    };
            return days * number(text.substring(0, text.length() - 1), 5);
        } catch (NumberFormatException e) {
            throw new Unreadable(Why.BAD_AGE, start);
        }
    }

    private static long size(String value, int start) throws Unreadable {
        String text = bare(value).toLowerCase(Locale.ROOT);
        if (text.endsWith("b")) text = text.substring(0, text.length() - 1);
        int shift = 0;
        if (!text.isEmpty()) {
            shift =
                    switch (text.charAt(text.length() - 1)) {
                        case 'k' -> 10;
                        case 'm' -> 20;
                        case 'g' -> 30;
                        default -> 0;
                    };
        }
        if (shift > 0) text = text.substring(0, text.length() - 1);
        try {
            return (long) number(text, 9) << shift;
        } catch (NumberFormatException e) {
            throw new Unreadable(Why.BAD_SIZE, start);
        }
    }

    private String needed() throws Unreadable {
        int start = at;
        String value = value();
        if (isEmpty(value)) throw new Unreadable(Why.VALUE_MISSING, start);
        return value;
    }

    /// A quoted phrase with plain quotes around it, or what stands up to the next blank or
    /// parenthesis. A quote that is not closed goes to the end.
    private String value() {
        if (at < text.length() && isQuote(text.charAt(at))) {
            StringBuilder quoted = new StringBuilder("\"");
            at++;
            while (at < text.length() && !isQuote(text.charAt(at))) {
                char c = text.charAt(at++);
                if (c == '\\') quoted.append('\\');
                quoted.append(c);
            }
            if (at < text.length()) at++;
            return quoted.append('"').toString();
        }
        int start = at;
        int open = 0;
        while (at < text.length() && !isBlank(text.charAt(at))) {
            char c = text.charAt(at);
            if (c == '(') open++;
            if (c == ')' && open-- == 0) break;
            at++;
        }
        // What [Phrase] would take for the beginning of a quotation is none here.
        return text.substring(start, at).replace("\\", "\\\\").replace("'", "\\'");
    }

    private static String bare(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        String text = quoted ? value.substring(1, value.length() - 1) : value;
        return text.replace("\\'", "'").replace("\\\\", "\\");
    }

    private void blanks() {
        while (at < text.length() && isBlank(text.charAt(at))) at++;
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || c == '\u3000' || c == '\u00A0';
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\u201C' || c == '\u201D' || c == '\uFF02';
    }

    private boolean seesWord(String word) {
        int end = at + word.length();
        return text.startsWith(word, at) && (end == text.length() || isBlank(text.charAt(end)));
    }

    private boolean takeWord(String word) {
        blanks();
        if (!seesWord(word)) return false;
        at += word.length();
        return true;
    }
}
