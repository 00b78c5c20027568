package yubin.imap;

import java.util.List;

/// One condition of SEARCH. RFC 3501 §6.4.4.
sealed interface SearchKey {
    record All() implements SearchKey {}

    record And(List<SearchKey> keys) implements SearchKey {}

    record Or(SearchKey left, SearchKey right) implements SearchKey {}

    record Not(SearchKey key) implements SearchKey {}

    /// Of the bits in `mask`, exactly those in `value` are set.
    record HasFlags(long mask, long value) implements SearchKey {}

    record Keyword(String keyword) implements SearchKey {}

    record Recent() implements SearchKey {}

    /// INTERNALDATE in days since 1970-01-01: `from <= day < to`.
    record Internal(long from, long to) implements SearchKey {}

    /// The Date header field, likewise.
    record Sent(long from, long to) implements SearchKey {}

    /// `from <= size < to` octets.
    record Size(long from, long to) implements SearchKey {}

    record Uids(SequenceSet set) implements SearchKey {}

    record Sequence(SequenceSet set) implements SearchKey {}

    /// @param text empty: the field is there
    record Header(String field, Needle text) implements SearchKey {}

    record Body(Needle text) implements SearchKey {}

    record Text(Needle text) implements SearchKey {}

    /// A modseq of at least this. RFC 7162 §3.1.5.
    record ModSeq(long least) implements SearchKey {}
}
