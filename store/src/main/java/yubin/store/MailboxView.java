package yubin.store;

/// An open mailbox: what all sessions that have it selected share.
public final class MailboxView {
    MailboxView() {}

    /// The newest committed state.
    public Snapshot now() {
        throw new UnsupportedOperationException();
    }

    /// The mailbox record as of the newest commit; null once it is deleted.
    public Mailbox mailbox() {
        throw new UnsupportedOperationException();
    }

    /// Calls `wake` after every commit that changed this mailbox, on the committer's thread: it may
    /// only wake somebody up. The same object is given to [#unlisten].
    public void listen(Runnable wake) {
        throw new UnsupportedOperationException();
    }

    public void unlisten(Runnable wake) {
        throw new UnsupportedOperationException();
    }

    /// The first UID that is `\Recent` to a session that selects now; `claim` (SELECT, not EXAMINE)
    /// takes them for this session, so that the next one does not see them. RFC 3501 §2.3.2.
    public int recentFrom(boolean claim) {
        throw new UnsupportedOperationException();
    }
}
