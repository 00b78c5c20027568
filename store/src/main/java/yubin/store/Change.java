package yubin.store;

import yubin.mail.AccountId;

/// Everything that one event changes, in any number of accounts and in the office, as one commit.
///
/// ```java
/// try (Change change = store.change(accounts)) {   // locks them in number order
///     Change.Placed placed = change.add(account, mailboxId, email);
///     Blob blob = change.keep(upload);                // for the shelf
///     change.link(blob, AccountId.OFFICE, queueId);
///     change.batch().put(key, value);                 // rows of other rooms
///     change.commit();                                // returns when it is on disk
/// }
/// ```
///
/// The locks are let go as soon as the batch is queued: later changes to the same account are
/// written behind it.
public final class Change implements AutoCloseable {
    Change() {}

    /// Where a copy went.
    public record Placed(
            AccountId account, int mailbox, int uidValidity, int uid, long emailId, long modSeq) {}

    /// The batch, for rows of other rooms.
    public Batch batch() {
        throw new UnsupportedOperationException();
    }

    /// Puts a message into a mailbox of an account that was named when the change began.
    ///
    /// @throws StoreTrouble.Refused when there is no such mailbox
    public Placed add(AccountId account, int mailbox, NewEmail email) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// The mailbox of this role in an account that was named, made in this change if there is none.
    public int mailbox(AccountId account, Role role) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Makes the octets part of the change, for a holder that is no email. Follow with [#link].
    public Blob keep(Upload upload) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Holds the blob for something of `account` with the number `holder` (a queue id in the
    /// office).
    public void link(Blob blob, AccountId account, long holder) {
        throw new UnsupportedOperationException();
    }

    /// Lets the blob go; it is purged later when nobody else holds it.
    public void unlink(Blob blob, AccountId account, long holder) {
        throw new UnsupportedOperationException();
    }

    /// Returns when all of it is on disk.
    ///
    /// @throws StoreTrouble when nothing of it happened
    public void commit() throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Lets go of everything that was not committed.
    @Override
    public void close() {}
}
