package yubin.imap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import yubin.imap.ImapCommand.SearchResult;
import yubin.mime.Charsets;
import yubin.store.Flags;

/// Reads the arguments of SEARCH. RFC 3501 §6.4.4, §9; RFC 4731 §3.1; RFC 7162 §3.1.5.
final class SearchParser {
    /// NOT, OR and parentheses inside each other: the key is walked by recursion.
    static final int DEPTH_MAX = 100;

    private final Cursor in;
    private String charset;

    private SearchParser(Cursor in) {
        this.in = in;
    }

    /// `search = "SEARCH" [search-return-opts] [SP "CHARSET" SP astring] 1*(SP search-key)`; the
    /// cursor stands at the first argument.
    static ImapCommand parse(Cursor in, boolean uid) throws Cursor.Unreadable {
        return new SearchParser(in).search(uid);
    }

    private ImapCommand search(boolean uid) throws Cursor.Unreadable {
        Set<SearchResult> results = null;
        if (in.peekWord().equals("RETURN")) {
            in.word();
            in.space();
            results = results();
            in.space();
        }
        if (in.peekWord().equals("CHARSET")) {
            in.word();
            in.space();
            charset = Cursor.text(in.astring());
            in.space();
            if (!Charsets.isKnown(charset)) return new ImapCommand.BadCharset();
        }
        SearchKey key = keys(0);
        in.finish();
        return new ImapCommand.Search(uid, key, results);
    }

    private Set<SearchResult> results() throws Cursor.Unreadable {
        EnumSet<SearchResult> results = EnumSet.noneOf(SearchResult.class);
        in.expect('(');
        while (!in.take(')')) {
            if (!results.isEmpty()) in.space();
            int at = in.at();
            switch (in.word()) {
                case "MIN" -> results.add(SearchResult.MIN);
                case "MAX" -> results.add(SearchResult.MAX);
                case "ALL" -> results.add(SearchResult.ALL);
                case "COUNT" -> results.add(SearchResult.COUNT);
                default -> throw new Cursor.Unreadable("unknown search result option", at);
            }
        }
        return results.isEmpty() ? EnumSet.of(SearchResult.ALL) : results;
    }

    /// `search-key *(SP search-key)`
    private SearchKey keys(int depth) throws Cursor.Unreadable {
        List<SearchKey> keys = new ArrayList<>();
        do {
            keys.add(key(depth));
        } while (in.take(' '));
        return keys.size() == 1 ? keys.getFirst() : new SearchKey.And(List.copyOf(keys));
    }

    private SearchKey key(int depth) throws Cursor.Unreadable {
        if (depth > DEPTH_MAX) throw in.bad("search keys over " + DEPTH_MAX + " levels deep");
        int c = in.peek();
        if (in.take('(')) {
            SearchKey key = keys(depth + 1);
            in.expect(')');
            return key;
        }
        if (c == '*' || c >= '0' && c <= '9') {
            return new SearchKey.Sequence(SequenceSet.parse(in));
        }
        int at = in.at();
        String word = in.word();
        return switch (word) {
            case "ALL" -> new SearchKey.All();
            case "ANSWERED" -> has(Flags.ANSWERED);
            case "DELETED" -> has(Flags.DELETED);
            case "DRAFT" -> has(Flags.DRAFT);
            case "FLAGGED" -> has(Flags.FLAGGED);
            case "SEEN" -> has(Flags.SEEN);
            case "UNANSWERED" -> lacks(Flags.ANSWERED);
            case "UNDELETED" -> lacks(Flags.DELETED);
            case "UNDRAFT" -> lacks(Flags.DRAFT);
            case "UNFLAGGED" -> lacks(Flags.FLAGGED);
            case "UNSEEN" -> lacks(Flags.SEEN);
            case "RECENT" -> new SearchKey.Recent();
            case "OLD" -> new SearchKey.Not(new SearchKey.Recent());
            case "NEW" -> new SearchKey.And(List.of(new SearchKey.Recent(), lacks(Flags.SEEN)));
            case "KEYWORD" -> keyword();
            case "UNKEYWORD" -> new SearchKey.Not(keyword());
            case "BEFORE" -> new SearchKey.Internal(Long.MIN_VALUE, day());
            case "SINCE" -> new SearchKey.Internal(day(), Long.MAX_VALUE);
            case "ON" -> {
                long day = day();
                yield new SearchKey.Internal(day, day + 1);
            }
            case "SENTBEFORE" -> new SearchKey.Sent(Long.MIN_VALUE, day());
            case "SENTSINCE" -> new SearchKey.Sent(day(), Long.MAX_VALUE);
            case "SENTON" -> {
                long day = day();
                yield new SearchKey.Sent(day, day + 1);
            }
            case "LARGER" -> {
                in.space();
                long size = in.number();
                yield new SearchKey.Size(size == Long.MAX_VALUE ? size : size + 1, Long.MAX_VALUE);
            }
            case "SMALLER" -> {
                in.space();
                yield new SearchKey.Size(0, in.number());
            }
            case "FROM", "TO", "CC", "BCC", "SUBJECT" -> new SearchKey.Header(word, needle());
            case "HEADER" -> {
                in.space();
                String field = CommandParser.fieldName(in);
                yield new SearchKey.Header(field, needle());
            }
            case "BODY" -> new SearchKey.Body(needle());
            case "TEXT" -> new SearchKey.Text(needle());
            case "UID" -> {
                in.space();
                yield new SearchKey.Uids(SequenceSet.parse(in));
            }
            case "MODSEQ" -> modSeq();
            case "NOT" -> {
                in.space();
                yield new SearchKey.Not(key(depth + 1));
            }
            case "OR" -> {
                in.space();
                SearchKey left = key(depth + 1);
                in.space();
                yield new SearchKey.Or(left, key(depth + 1));
            }
            default -> throw new Cursor.Unreadable("unknown search key " + word, at);
        };
    }

    private static SearchKey has(long flag) {
        return new SearchKey.HasFlags(flag, flag);
    }

    private static SearchKey lacks(long flag) {
        return new SearchKey.HasFlags(flag, 0);
    }

    private SearchKey keyword() throws Cursor.Unreadable {
        in.space();
        return new SearchKey.Keyword(in.atom());
    }

    private long day() throws Cursor.Unreadable {
        in.space();
        return ImapDate.date(in).toEpochDay();
    }

    private Needle needle() throws Cursor.Unreadable {
        in.space();
        byte[] octets = in.astring();
        return new Needle(charset == null ? Cursor.text(octets) : Charsets.decode(charset, octets));
    }

    /// `"MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer`; we keep one modseq per
    /// message, so the entry changes nothing.
    private SearchKey modSeq() throws Cursor.Unreadable {
        in.space();
        if (in.peek() == '"') {
            in.string();
            in.space();
            in.word();
            in.space();
        }
        return new SearchKey.ModSeq(in.number());
    }
}
