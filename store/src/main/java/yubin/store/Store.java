package yubin.store;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import yubin.mail.AccountId;

/// A data folder, opened: the boxes of all accounts, message octets and the records of the office.
public final class Store implements AutoCloseable {
    private Store() {}

    /// Opens or makes a data folder.
    ///
    /// @throws StoreTrouble.InUse when another program has it
    /// @throws StoreTrouble.OtherVersion when it is of another format
    public static Store open(Path folder, InstantSource clock) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    public Keys keys() {
        throw new UnsupportedOperationException();
    }

    public Committer committer() {
        throw new UnsupportedOperationException();
    }

    public Blobs blobs() {
        throw new UnsupportedOperationException();
    }

    /// A number that is never given twice, also after a crash. One sequence per name, from 1; gaps
    /// happen.
    public long next(String sequence) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// The boxes of an account. An account that was never used has an empty inbox.
    public Boxes boxes(AccountId account) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Begins a change to these accounts, waiting for whoever changes them now.
    ///
    /// @throws StoreTrouble.DiskLow when free space is under the low-water mark
    public Change change(Collection<AccountId> accounts) throws StoreTrouble {
        throw new UnsupportedOperationException();
    }

    /// Free octets on the disk minus the low-water mark; negative when nothing may be added.
    public long room() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
