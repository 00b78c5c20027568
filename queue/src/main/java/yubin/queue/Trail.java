package yubin.queue;

import java.time.Instant;
import java.util.List;
import yubin.mail.QueueId;

/// The journey of one letter, as `yubin trace` shows it.
///
/// @param from the reverse-path, empty for `<>`
/// @param messageId without angle brackets, null when there is none
/// @param envelopeId ENVID as the sender gave it, null when there was none
/// @param recipients as the envelope named them
/// @param steps in the order in which they happened; never empty
public record Trail(
        QueueId id,
        Instant accepted,
        String from,
        List<String> recipients,
        String messageId,
        String envelopeId,
        long octets,
        Origin origin,
        List<Step> steps) {
    public Trail {
        recipients = List.copyOf(recipients);
        steps = List.copyOf(steps);
    }

    /// One thing that happened to a letter.
    ///
    /// @param recipient whom it concerns; null for the whole letter
    /// @param host who spoke, or the mailbox for [What#STORED]; null for none
    /// @param text the reply or the reason; null for none
    /// @param returned what the error mail said; only for [What#CAME_BACK] and [What#LATE]
    public record Step(
            Instant at, What what, String recipient, String host, String text, Returned returned) {
        Step(Instant at, What what, String recipient, String host, String text) {
            this(at, what, recipient, host, text, null);
        }
    }

    /// What an error mail of another post office said of a recipient.
    ///
    /// @param letter the error mail
    /// @param bounce as the clerk read it
    /// @param forwarded it names an address that we never wrote to: one behind the recipient
    public record Returned(QueueId letter, yubin.assist.Bounce bounce, boolean forwarded) {}

    /// What can happen to a letter. The octet is what is stored.
    public enum What {
        ACCEPTED(1),
        REFUSED(2),
        /// In a mailbox: the end for this recipient.
        STORED(3),
        /// On the shelf, for elsewhere.
        SHELVED(4),
        /// An alias led to other addresses.
        EXPANDED(5),
        HELD(6),
        RELEASED(7),
        /// A host took it over: the end for this recipient, here.
        SENT(8),
        /// A try failed; another will follow.
        DEFERRED(9),
        /// The connection broke after the final dot.
        UNCERTAIN(10),
        FAILED(11),
        /// The sender was told: `text` names the letter that says so.
        TOLD(12),
        /// It failed and nobody is told, for the reason in `text`.
        DROPPED(13),
        /// The entry cannot be read and was put aside.
        PARKED(14),
        RETRIED(15),
        /// Another post office gave up, and its error mail came: `returned` has what it said.
        CAME_BACK(16),
        /// Another post office goes on trying, and told so.
        LATE(17),
        /// This is an error mail; `text` is the queue id of the letter that it is about.
        ABOUT(18);

        private final int octet;

        What(int octet) {
            this.octet = octet;
        }

        int octet() {
            return octet;
        }

        boolean isReturned() {
            return this == CAME_BACK || this == LATE;
        }

        static What of(int octet) {
            for (What what : values()) if (what.octet == octet) return what;
            throw new yubin.store.Octets.Malformed("step " + octet);
        }
    }
}
