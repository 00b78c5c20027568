package yubin.queue;

import yubin.mail.Reply;

/// Looks at a letter before it is committed. The seam for `policy`.
@FunctionalInterface
public interface Inspector {
    /// Lets every letter pass.
    Inspector PASS_ALL = letter -> Verdict.PASS;

    /// Called once for each letter, on the thread that hands it in, before any lock is taken.
    Verdict inspect(Letter letter);

    /// What is to be done with a letter; `why` goes into its journey (null for nothing to say).
    sealed interface Verdict {
        Verdict PASS = new Pass(null);

        record Pass(String why) implements Verdict {}

        /// Local copies go to the Junk mailbox.
        record Junk(String why) implements Verdict {}

        /// The letter waits on the shelf until somebody releases it.
        record Hold(String why) implements Verdict {}

        record Refuse(Reply reply, String why) implements Verdict {}
    }
}
