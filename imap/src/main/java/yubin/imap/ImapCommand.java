package yubin.imap;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import yubin.store.Boxes.FlagOperation;

/// One command of a client. RFC 3501 §6 and its extensions.
///
/// Mailbox names are decoded already: NFC, `/` between the levels.
sealed interface ImapCommand {
    // Any state, RFC 3501 §6.1; ID is RFC 2971.
    record Capability() implements ImapCommand {}

    record Noop() implements ImapCommand {}

    record Logout() implements ImapCommand {}

    /// @param fields names and values by turns, as text for the log; empty for NIL
    record Id(List<String> fields) implements ImapCommand {}

    // Not authenticated, RFC 3501 §6.2.
    record StartTls() implements ImapCommand {}

    /// @param initial Base64 as it came, `=` for empty, null for none. RFC 4959 §3
    record Authenticate(String mechanism, String initial) implements ImapCommand {}

    record Login(String user, String password) implements ImapCommand {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    // Authenticated, RFC 3501 §6.3.

    /// RFC 5161 §3.1.
    record Enable(List<String> capabilities) implements ImapCommand {}

    /// SELECT or EXAMINE.
    ///
    /// @param resync null without the QRESYNC parameter
    record Select(String mailbox, boolean readOnly, boolean condstore, Resync resync)
            implements ImapCommand {}

    /// What a client knows of a mailbox. RFC 7162 §3.2.5.
    ///
    /// @param knownUids null for all up to the last UID it can have seen
    /// @param sequences and `uids`: pairs that match, both null when not given
    record Resync(
            long uidValidity,
            long modSeq,
            SequenceSet knownUids,
            SequenceSet sequences,
            SequenceSet uids) {}

    /// @param uses special uses asked for, such as `\Sent`; RFC 6154 §3
    record Create(String mailbox, List<String> uses) implements ImapCommand {}

    record Delete(String mailbox) implements ImapCommand {}

    record Rename(String from, String to) implements ImapCommand {}

    record Subscribe(String mailbox, boolean subscribe) implements ImapCommand {}

    /// LIST in its simple and its extended form, RFC 5258 §3; RFC 5819 §2.
    ///
    /// @param status null without RETURN (STATUS ...)
    record ListMailboxes(
            String reference,
            List<String> patterns,
            Set<ListSelect> selection,
            Set<ListReturn> returns,
            List<StatusItem> status)
            implements ImapCommand {}

    enum ListSelect {
        SUBSCRIBED,
        REMOTE,
        RECURSIVEMATCH,
        SPECIAL_USE
    }

    enum ListReturn {
        SUBSCRIBED,
        CHILDREN,
        SPECIAL_USE
    }

    record Lsub(String reference, String pattern) implements ImapCommand {}

    /// RFC 2342 §5.
    record Namespace() implements ImapCommand {}

    record Status(String mailbox, List<StatusItem> items) implements ImapCommand {}

    enum StatusItem {
        MESSAGES,
        RECENT,
        UIDNEXT,
        UIDVALIDITY,
        UNSEEN,
        DELETED,
        SIZE,
        HIGHESTMODSEQ,
        APPENDLIMIT
    }

    /// APPEND up to its first message, which the session takes from the wire.
    record Append(String mailbox, AppendMessage first) implements ImapCommand {}

    /// What stands before a message: `[SP flag-list] [SP date-time] SP literal`.
    ///
    /// @param date null for now
    /// @param size of the literal
    /// @param nonSync the octets come without being asked for, RFC 7888 §3
    /// @param utf8 sent as `UTF8 (~{n}`: a `)` follows the octets, RFC 6855 §4
    record AppendMessage(
            FlagList flags, OffsetDateTime date, long size, boolean nonSync, boolean utf8) {}

    /// RFC 2177 §3.
    record Idle() implements ImapCommand {}

    /// RFC 9208 §4.1.2.
    record GetQuota(String root) implements ImapCommand {}

    record GetQuotaRoot(String mailbox) implements ImapCommand {}

    // Selected, RFC 3501 §6.4.
    record Check() implements ImapCommand {}

    record Close() implements ImapCommand {}

    /// RFC 3691 §2.
    record Unselect() implements ImapCommand {}

    /// @param uids null for all; RFC 4315 §2.1
    record Expunge(SequenceSet uids) implements ImapCommand {}

    /// @param results null for the plain SEARCH response, RFC 4731 §3.1
    record Search(boolean uid, SearchKey key, Set<SearchResult> results) implements ImapCommand {}

    enum SearchResult {
        MIN,
        MAX,
        ALL,
        COUNT
    }

    /// @param changedSince only messages with a greater modseq; -1 for all. RFC 7162 §3.1.4.1
    /// @param vanished also tell what was expunged since. RFC 7162 §3.2.6
    record Fetch(
            boolean uid,
            SequenceSet set,
            List<FetchItem> items,
            long changedSince,
            boolean vanished)
            implements ImapCommand {}

    /// @param unchangedSince `Long.MAX_VALUE` for an unconditional one. RFC 7162 §3.1.3
    record Store(
            boolean uid,
            SequenceSet set,
            FlagOperation operation,
            boolean silent,
            FlagList flags,
            long unchangedSince)
            implements ImapCommand {}

    record Copy(boolean uid, SequenceSet set, String mailbox) implements ImapCommand {}

    /// RFC 6851 §3.1.
    record Move(boolean uid, SequenceSet set, String mailbox) implements ImapCommand {}

    /// SEARCH in a charset that is not known here: NO, not BAD. RFC 3501 §6.4.4.
    record BadCharset() implements ImapCommand {}

    /// What cannot be read; `at` is the first octet not understood, counted from 0.
    record Malformed(String problem, int at) implements ImapCommand {}

    /// Flags as a client wrote them.
    ///
    /// @param system bits of `yubin.store.Flags`
    record FlagList(long system, List<String> keywords) {
        static final FlagList NONE = new FlagList(0, List.of());
    }
}
