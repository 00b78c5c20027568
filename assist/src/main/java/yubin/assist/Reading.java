package yubin.assist;

import java.util.List;

/// What a message turned out to be.
///
/// @param bounces empty unless it is an error mail
/// @param messageId of the letter that came back, with angle brackets; empty when not returned
/// @param subject of the letter that came back; empty when not returned
public record Reading(Kind kind, List<Bounce> bounces, String messageId, String subject) {
    public Reading {
        bounces = List.copyOf(bounces);
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
        return new Reading(kind, List.of(), "", "");
    }
}
