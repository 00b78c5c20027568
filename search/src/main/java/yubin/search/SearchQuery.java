package yubin.search;

import java.time.LocalDate;
import java.util.List;

/// What somebody typed into a search box, understood.
///
/// ```
/// query     = all *( "OR" all )
/// all       = 1*( [ "-" / "NOT" ] term )
/// term      = "(" query ")" / operator ":" value / value
/// value     = quoted / word
/// from: to: cc: bcc: subject: body: filename:   text in that place
/// list:                                         text in List-Id
/// has:attachment                                 is:unread read starred answered draft
/// in:MAILBOX   label:KEYWORD
/// before:DATE after:DATE on:DATE                 DATE = 2026-11-25 / 2026/11 / 2026
/// older_than:7d newer_than:2w                    d, w, m, y
/// larger:5M smaller:10K size:>5M size:<10K       octets, K, M, G
/// ```
///
/// Words in Japanese for the operators (差出人 宛先 件名 本文 添付) and full-width colons, blanks and
/// quotes are taken as well. What looks like an operator and is none, as in `http://…`, is text.
public sealed interface SearchQuery {
    /// Nothing was asked: every message.
    record Everything() implements SearchQuery {}

    record All(List<SearchQuery> queries) implements SearchQuery {}

    record Any(List<SearchQuery> queries) implements SearchQuery {}

    record Not(SearchQuery query) implements SearchQuery {}

    /// @param text as [Wanted#in] takes it, quotes and all
    record Text(Field field, String text) implements SearchQuery {
        public Wanted wanted() {
            return Wanted.in(field, text);
        }
    }

    /// A header field holds the text.
    record Header(String name, String text) implements SearchQuery {
        public Wanted wanted() {
            return Wanted.header(name, text);
        }
    }

    record HasAttachment() implements SearchQuery {}

    /// In the mailbox of this path, name or use (inbox, sent, drafts, junk, trash, archive).
    record In(String mailbox) implements SearchQuery {}

    /// Has the keyword: an IMAP keyword or `$seen`, `$flagged`, `$answered`, `$draft` as in
    /// RFC 8621 §4.1.1. `is:unread` is the [Not] of `$seen`.
    record Keyword(String keyword) implements SearchQuery {}

    /// Received before this day began, where the reader lives.
    record Before(LocalDate day) implements SearchQuery {}

    /// Received on this day or later.
    record From(LocalDate day) implements SearchQuery {}

    /// Received longer ago than so many days, or less long.
    record Age(int days, boolean older) implements SearchQuery {}

    /// More octets than this.
    record Larger(long octets) implements SearchQuery {}

    /// Fewer octets than this.
    record Smaller(long octets) implements SearchQuery {}

    /// The outcome of reading: a query, or why there is none.
    sealed interface Parsed {}

    record Query(SearchQuery query) implements Parsed {}

    /// @param at of the character that is not understood, counted from 0 in UTF-16 units
    record Problem(Why why, int at) implements Parsed {}

    enum Why {
        BAD_DATE,
        BAD_SIZE,
        BAD_AGE,
        UNKNOWN_VALUE,
        VALUE_MISSING,
        UNBALANCED,
        TOO_LONG,
        TOO_DEEP
    }

    /// Reads what was typed. Total: never null, never throws.
    static Parsed parse(String text) {
        return new SearchQueryParser(text).parse();
    }
}
