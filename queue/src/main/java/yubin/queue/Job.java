package yubin.queue;

import java.util.List;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.store.Blob;

/// One letter to be carried to one destination now: what [Shelf#take] hands out.
///
/// Every job is given back by [Shelf#settle] or [Shelf#putBack].
///
/// @param destination the domain of all its recipients, A-labels or an address literal
/// @param envelope with the recipients of this destination only
/// @param blob the octets of the message
/// @param eightBit a body or header has octets above 127: the hop must have 8BITMIME
/// @param binary only BINARYMIME carries it unchanged
/// @param utf8Header a header field has octets above 127: the hop must have SMTPUTF8
/// @param attempt 1 for the first
/// @param which indices of the recipients in the entry
public record Job(
        QueueId id,
        String destination,
        Envelope envelope,
        Blob blob,
        boolean eightBit,
        boolean binary,
        boolean utf8Header,
        int attempt,
        List<Integer> which) {
    public Job {
        which = List.copyOf(which);
    }

    /// True when the hop must have SMTPUTF8: an address or a header field is not ASCII. That MAIL
    /// once said SMTPUTF8 is no reason, nor is an A-label domain (RFC 6531 §3.4).
    public boolean needsSmtpUtf8() {
        if (utf8Header) return true;
        if (envelope.from() instanceof yubin.mail.ReversePath.Mailbox(var address)
                && address.needsSmtpUtf8()) {
            return true;
        }
        return envelope.recipients().stream().anyMatch(r -> r.address().needsSmtpUtf8());
    }
}
