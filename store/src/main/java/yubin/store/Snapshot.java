package yubin.store;

/// The messages of a mailbox at one commit, in UID order. Immutable, shared by all its sessions.
///
/// An index here is a sequence number minus one. A session keeps the snapshot that its client knows
/// and compares it with the newest when it may tell.
public abstract class Snapshot {
    /// How many messages there are.
    public abstract int count();

    public abstract long highestModSeq();

    public abstract int uidNext();

    /// All of these take `0 <= index < count()`.
    public abstract int uid(int index);

    public abstract long flags(int index);

    public abstract long modSeq(int index);

    public abstract long emailId(int index);

    public abstract long size(int index);

    public abstract long receivedMillis(int index);

    public abstract int zoneMinutes(int index);

    /// The index of the first message whose UID is `>= uid` (unsigned); `count()` if there is none.
    public abstract int indexFrom(int uid);

    /// The index of exactly this UID, or -1.
    public int indexOf(int uid) {
        int index = indexFrom(uid);
        return index < count() && uid(index) == uid ? index : -1;
    }
}
