package yubin.queue;

import java.time.Instant;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mime.Message;
import yubin.store.Upload;

/// A letter as it is handed in at the counter.
///
/// @param id from [Intake#nextId], so that a Received field can name it
/// @param envelope where it goes; each recipient was already accepted at RCPT
/// @param upload its octets, finished, with our Received field on top; stays the caller's to close
/// @param message what one pass over just these octets found
/// @param notBefore when it may go at the earliest; null for now
/// @param held true: it waits on the shelf until somebody releases it
public record Letter(
        QueueId id,
        Envelope envelope,
        Upload upload,
        Message message,
        Origin origin,
        Instant notBefore,
        boolean held) {
    /// A letter that goes at once.
    public static Letter now(
            QueueId id, Envelope envelope, Upload upload, Message message, Origin origin) {
        return new Letter(id, envelope, upload, message, origin, null, false);
    }
}
