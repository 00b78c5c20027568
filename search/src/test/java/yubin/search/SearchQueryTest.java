package yubin.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is typed, and what it means.
class SearchQueryTest {
    private static String read(String text) {
        return switch (SearchQuery.parse(text)) {
            case SearchQuery.Query(SearchQuery query) -> show(query);
            case SearchQuery.Problem(SearchQuery.Why why, int at) -> why + " at " + at;
        };
    }

    private static String show(SearchQuery query) {
        return switch (query) {
            case SearchQuery.Everything() -> "everything";
            case SearchQuery.All all -> join("and", all.queries());
            case SearchQuery.Any any -> join("or", any.queries());
            case SearchQuery.Not(SearchQuery inner) -> "not " + show(inner);
            case SearchQuery.Text(Field field, String text) ->
                    field.name().toLowerCase(java.util.Locale.ROOT) + "=" + text;
            case SearchQuery.Header(String name, String text) -> name + "=" + text;
            case SearchQuery.HasAttachment() -> "attachment";
            case SearchQuery.In(String mailbox) -> "in " + mailbox;
            case SearchQuery.Keyword(String keyword) -> keyword;
            case SearchQuery.Before(var day) -> "before " + day;
            case SearchQuery.From(var day) -> "from " + day;
            case SearchQuery.Age(int days, boolean older) -> (older ? "older " : "newer ") + days;
            case SearchQuery.Larger(long octets) -> "> " + octets;
            case SearchQuery.Smaller(long octets) -> "< " + octets;
        };
    }

    private static String join(String word, java.util.List<SearchQuery> queries) {
        StringBuilder out = new StringBuilder("(");
        for (SearchQuery query : queries) {
            if (out.length() > 1) out.append(' ').append(word).append(' ');
            out.append(show(query));
        }
        return out.append(")").toString();
    }

    @Test
    void whatIsTypedAndWhatItMeans() {
        String table =
                """
                | everything
                hello | anywhere=hello
                hello world | (anywhere=hello and anywhere=world)
                "hello world" | anywhere="hello world"
                “hello world” | anywhere="hello world"
                請求書　東京 | (anywhere=請求書 and anywhere=東京)
                -spam | not anywhere=spam
                NOT spam ham | (not anywhere=spam and anywhere=ham)
                e-mail | anywhere=e-mail
                a - b | (anywhere=a and anywhere=- and anywhere=b)
                from:ann | from=ann
                From:"Ann Smith" | from="Ann Smith"
                差出人：田中 件名:見積 | (from=田中 and subject=見積)
                from:ann OR from:bob x | (from=ann or (from=bob and anywhere=x))
                (a OR b) c | ((anywhere=a or anywhere=b) and anywhere=c)
                -(a OR b) | not (anywhere=a or anywhere=b)
                -from:ann | not from=ann
                has:attachment filename:pdf | (attachment and file_names=pdf)
                has:添付 | attachment
                in:"Old letters" | in Old letters
                is:unread | not $seen
                is:starred is:answered | ($flagged and $answered)
                label:Work | Work
                before:2026-11-25 | before 2026-11-25
                after:2026/3 | from 2026-03-01
                on:2026-11-25 | (from 2026-11-25 and before 2026-11-26)
                on:2026 | (from 2026-01-01 and before 2027-01-01)
                older_than:2w newer_than:1y | (older 14 and newer 365)
                size:>5M | > 5242880
                size:<10k | < 10240
                smaller:1GB | < 1073741824
                larger:700 | > 700
                list:dev@lists.example.org | list-id=dev@lists.example.org
                http://example.com/a | anywhere=http://example.com/a
                10:30 | anywhere=10:30
                O'Brien | anywhere=O\\'Brien
                "never closed | anywhere="never closed"
                "" | everything
                OR a OR | anywhere=a
                before:yesterday | BAD_DATE at 7
                x before:2026-13-01 | BAD_DATE at 9
                before:2026-02-30 | BAD_DATE at 7
                size:big | BAD_SIZE at 5
                size:>99999999999G | BAD_SIZE at 6
                older_than:5 | BAD_AGE at 11
                is:blue | UNKNOWN_VALUE at 3
                has:fun | UNKNOWN_VALUE at 4
                from: | VALUE_MISSING at 5
                from:"" | VALUE_MISSING at 5
                (a | UNBALANCED at 0
                a) b | UNBALANCED at 1
                """;
        for (String line : table.lines().toList()) {
            int bar = line.lastIndexOf(" | ");
            String typed = bar < 0 ? "" : line.substring(0, bar);
            assertEquals(line.substring(line.lastIndexOf("| ") + 2), read(typed), typed);
        }
    }

    @Test
    void aMillionParenthesesAreRefused() {
        assertEquals("TOO_DEEP at 21", read("(".repeat(3000)));
        assertEquals("TOO_LONG at 4000", read("(".repeat(1_000_000)));
    }

    @Test
    void whateverIsTypedIsRead() {
        long seed = System.nanoTime();
        System.out.println("SearchQueryTest seed " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "(",
            ")",
            "\"",
            "'",
            "\\",
            "-",
            "NOT",
            "OR",
            " ",
            "from:",
            "size:",
            ">",
            "before:",
            "2026-",
            "1",
            "あ",
            "　",
            "\uD842",
            ":",
            "on:",
            "is:",
            "unread",
            "older_than:",
            "d",
            "9999999",
            "in:"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(12); k >= 0; k--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            SearchQuery.Parsed parsed = SearchQuery.parse(text.toString());
            assertNotNull(parsed, "seed " + seed);
            if (parsed instanceof SearchQuery.Query(SearchQuery query)) wantAll(query);
        }
    }

    private static void wantAll(SearchQuery query) {
        switch (query) {
            case SearchQuery.All(var queries) -> queries.forEach(SearchQueryTest::wantAll);
            case SearchQuery.Any(var queries) -> queries.forEach(SearchQueryTest::wantAll);
            case SearchQuery.Not(var inner) -> wantAll(inner);
            case SearchQuery.Text text -> assertInstanceOf(Wanted.Words.class, text.wanted());
            default -> {}
        }
    }
}
