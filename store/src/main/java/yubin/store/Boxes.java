package yubin.store;

import java.util.List;
import java.util.Optional;
import yubin.mail.AccountId;

/// All mailboxes and messages of one account: the unit of consistency, one writer at a time.
///
/// Reads see what is committed. A method that changes something returns when it is on disk. UIDs
/// are unsigned ints in `int`; lists of UIDs are ascending.
public final class Boxes {
    Boxes() {}

    /// How a STORE combines the given flags with those that a message has. RFC 3501 §6.4.6.
    public enum FlagOperation {
        SET,
        ADD,
        REMOVE
    }

    /// @param modSeq what the changed messages got; 0 when nothing changed
    /// @param changed UIDs whose flags are now different
    /// @param conflicts UIDs that were left alone since they changed after `unchangedSince`,
    ///     RFC 7162 §3.1.3
    public record Stored(long modSeq, int[] changed, int[] conflicts) {}

    /// @param sources UIDs that were copied or moved, ascending, and `targets` what they got
    public record Copied(int uidValidity, int[] sources, int[] targets) {}

    /// @param vanished UIDs expunged after the given modseq, ascending
    /// @param complete false when the log no longer reaches back that far; `vanished` is then empty
    public record Vanished(int[] vanished, boolean complete) {}

    /// @param octets what counts against the quota
    public record Usage(long octets, long messages) {}

    public AccountId account() {
        throw new UnsupportedOperationException();
    }

    /// In order of their paths, the inbox first.
    public List<Mailbox> mailboxes() {
        throw new UnsupportedOperationException();
    }

    public Optional<Mailbox> mailbox(int id) {
        throw new UnsupportedOperationException();
    }

    /// By path; `inbox` in any case is the inbox (RFC 3501 §5.1).
    public Optional<Mailbox> find(String path) {
        throw new UnsupportedOperationException();
    }

    /// The mailbox of this role, made if there is none. The inbox always is there.
    public Mailbox ensure(Role role) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Makes a mailbox and those above it that are missing.
    ///
    /// @param role null for none
    public Mailbox create(String path, Role role) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Renames with everything below. Renaming the inbox moves its messages to a new mailbox and
    /// leaves it empty, RFC 3501 §6.3.5.
    public void rename(int id, String path) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Deletes a mailbox with its messages; refused for the inbox and while others lie below it.
    public void delete(int id) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    public void subscribe(int id, boolean subscribed) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// The keywords of the account; the first has the bit `1L << Flags.KEYWORD_FIRST`.
    public List<String> keywords() {
        throw new UnsupportedOperationException();
    }

    /// The bit of a keyword (any case), made if `make`; 0 when unknown and not made.
    ///
    /// @throws StoreTrouble.Refused with LIMIT when the table is full
    public long keyword(String keyword, boolean make) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Opens a mailbox. Cheap when another session has it open.
    public MailboxView view(int mailbox) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// The record of an email, or null when it is gone.
    public Email email(long id) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Octets of the whole message (prefix and blob), from `offset`, fewer than `length` at the
    /// end.
    public byte[] read(Email email, long offset, int length) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    public Usage usage() {
        throw new UnsupportedOperationException();
    }

    /// Puts one message into a mailbox.
    ///
    /// @param quotaOctets refused with OVER_QUOTA beyond this; `Long.MAX_VALUE` for no quota
    public Change.Placed append(int mailbox, NewEmail email, long quotaOctets) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Changes flags. Messages that are gone are passed over.
    ///
    /// @param unchangedSince only messages with a modseq up to this; `Long.MAX_VALUE` for all
    public Stored store(
            int mailbox, int[] uids, FlagOperation operation, long flags, long unchangedSince)
            throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Removes those of `uids` (null: all) that have `\Deleted`; returns what was removed.
    public int[] expunge(int mailbox, int[] uids) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Removes messages whatever their flags: POP3's QUIT.
    public int[] remove(int mailbox, int[] uids) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Copies within the account: all or none. Flags and INTERNALDATE come along.
    public Copied copy(int mailbox, int[] uids, int target, long quotaOctets) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Moves within the account in one commit, RFC 6851 §3.
    public Copied move(int mailbox, int[] uids, int target) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// What left a mailbox after `modSeq`. RFC 7162 §3.2.10.
    public Vanished vanishedSince(int mailbox, long modSeq) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }
}
