package yubin.store;

import java.io.IOException;

/// Why the store could not do what was asked. Each kind is told to the peer in other words.
public abstract sealed class StoreTrouble extends IOException {
    private static final long serialVersionUID = 1;

    private StoreTrouble(String message, Throwable cause) {
        super(message, cause);
    }

    /// Free space is under the low-water mark: nothing may be added; reading and deleting go on.
    /// SMTP says 452 4.3.1, IMAP says `NO [OVERQUOTA]` or `NO`.
    public static final class DiskLow extends StoreTrouble {
        private static final long serialVersionUID = 1;

        public DiskLow(String message) {
            super(message, null);
        }
    }

    /// The data folder belongs to a running program.
    public static final class InUse extends StoreTrouble {
        private static final long serialVersionUID = 1;

        public InUse(String message) {
            super(message, null);
        }
    }

    /// The data folder was written by another version, or is no data folder.
    public static final class OtherVersion extends StoreTrouble {
        private static final long serialVersionUID = 1;

        public OtherVersion(String message) {
            super(message, null);
        }
    }

    /// A record that cannot be read. It is left where it is; others are not touched.
    public static final class Damaged extends StoreTrouble {
        private static final long serialVersionUID = 1;

        public Damaged(String message) {
            super(message, null);
        }
    }

    /// The commit did not happen: the disk failed, a precondition did not hold or the store closes.
    /// Nothing of the batch is on disk; trying again later is right.
    public static final class NotCommitted extends StoreTrouble {
        private static final long serialVersionUID = 1;

        public NotCommitted(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// The account is not any more as a [Precondition] has it; nothing was changed.
    public static final class Changed extends StoreTrouble {
        private static final long serialVersionUID = 1;

        public Changed(String message) {
            super(message, null);
        }
    }

    /// What was asked for is not there (any more), or a bound or a rule of the boxes forbids it.
    public static final class Refused extends StoreTrouble {
        private static final long serialVersionUID = 1;

        /// For the window to choose its words.
        public enum Why {
            NO_SUCH_MAILBOX,
            ALREADY_EXISTS,
            NAME_NOT_ALLOWED,
            OVER_QUOTA,
            LIMIT,
            IN_USE
        }

        private final Why why;

        public Refused(Why why, String message) {
            super(message, null);
            this.why = why;
        }

        public Why why() {
            return why;
        }
    }
}
