package yubin.assist;

import java.util.Locale;

/// The one thing that a program can offer the sender of a letter that did not arrive: `step` in
/// `reasons.txt`.
public enum NextStep {
    /// Correct the address and send the letter again.
    ADDRESS,
    /// Send a smaller file, or a link to it.
    SMALLER,
    /// Nothing now: it is tried again, or may be sent again later as it is.
    WAIT,
    /// Show the notice to the administrator here.
    POSTMASTER,
    /// Reach the recipient in another way than by mail.
    CALL,
    /// Change what the letter says or how it is sent, and send it again.
    EDIT,
    /// It has arrived, or needs nothing.
    NOTHING;

    /// The step of a topic such as `userunknown`.
    public static NextStep of(String topic) {
        return Reasons.entry(topic).step();
    }

    static NextStep named(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /// As `reasons.txt` and answers for programs write it.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
