package yubin.queue;

import yubin.mail.Reply;

/// What an attempt to deliver to one recipient came to.
///
/// Later and never differ in type, so that nobody bounces what should be tried again.
public sealed interface Outcome {
    /// The host that spoke; null when none was reached.
    String host();

    /// What the host said, or what we say in its place (no host, no DNS).
    Reply reply();

    /// The host took the letter over.
    ///
    /// @param passesNotices whether it knows DSN and so owes the sender the success notice; if not
    ///     we owe a "relayed" one (RFC 3461 §5.2.2)
    record Delivered(String host, Reply reply, boolean passesNotices) implements Outcome {}

    /// Not now; worth another try.
    ///
    /// @param wholeDestination true when nothing could be reached at all: other letters to the same
    ///     destination would fare alike
    record Later(String host, Reply reply, boolean wholeDestination) implements Outcome {}

    /// Refused for good.
    record Never(String host, Reply reply) implements Outcome {}

    /// The connection ended after the final dot and before its reply: the letter may have arrived.
    /// Tried again with the same Message-ID.
    record Uncertain(String host, Reply reply) implements Outcome {}
}
