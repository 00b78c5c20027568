package yubin.queue;

import java.util.List;
import yubin.mail.QueueId;
import yubin.mail.Reply;

/// What came of handing a letter in.
public sealed interface Submitted {
    /// The letter is on disk: in boxes, on the shelf, or both.
    ///
    /// @param results one reply for each recipient of the envelope, in its order: LMTP says each
    ///     (RFC 2033 §4.2); other windows find only positive ones here
    record Accepted(QueueId id, List<Reply> results) implements Submitted {
        public Accepted {
            results = List.copyOf(results);
        }

        /// What SMTP says after the final dot.
        public Reply reply() {
            return Reply.of(250, "2.0.0", "accepted as " + id);
        }
    }

    /// Nothing of the letter was kept, for no recipient.
    record Refused(Reply reply) implements Submitted {}
}
