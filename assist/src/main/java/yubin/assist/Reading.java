package yubin.assist;

import java.util.List;

/// What a message turned out to be.
///
/// @param bounces empty unless it is an error mail
public record Reading(Kind kind, List<Bounce> bounces, Returned returned) {
    public Reading {
        bounces = List.copyOf(bounces);
    }

    /// What the notice tells of the letter that came back; each is empty when it does not.
    ///
    /// @param messageId with angle brackets
    /// @param envelopeId as the sender gave it in ENVID. RFC 3461 §4.4
    /// @param receivedIds the ids in its Received fields, the last server's first. RFC 5321 §4.4
    public record Returned(
            String messageId, String subject, String envelopeId, List<String> receivedIds) {
        static final Returned NOTHING = new Returned("", "", "", List.of());

        public Returned {
            receivedIds = List.copyOf(receivedIds);
        }
    }

    /// Kinds of message that a mail system sends by itself, and all others.
    public enum Kind {
        BOUNCE,
        /// A report that the letter arrived.
        DELIVERED,
        /// A complaint report. RFC 5965
        FEEDBACK,
        /// An automatic answer of a person. RFC 3834 §2.
        AUTO_REPLY,
        READ_RECEIPT,
        OTHER
    }

    static Reading of(Kind kind) {
        return new Reading(kind, List.of(), Returned.NOTHING);
    }

    /// A single reply, without any mail around it.
    public static Reading of(Bounce bounce) {
        return new Reading(Kind.BOUNCE, List.of(bounce), Returned.NOTHING);
    }
}
