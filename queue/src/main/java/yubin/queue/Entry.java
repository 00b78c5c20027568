package yubin.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.ReversePath;
import yubin.mime.Message;
import yubin.store.Blob;

/// One letter on the shelf: its envelope, its octets and the state of each recipient.
///
/// @param version grows by one with each change of the entry; numbers the steps of its journey
/// @param acceptedMillis when the letter was accepted, milliseconds since 1970
/// @param notBeforeMillis when it may go at the earliest; 0 for at once
/// @param heldWhy why it is held; null while it is not
record Entry(
        QueueId id,
        int version,
        long acceptedMillis,
        long notBeforeMillis,
        String heldWhy,
        ReversePath from,
        Envelope.Body body,
        boolean smtpUtf8,
        Envelope.Ret ret,
        String envelopeId,
        Origin origin,
        Blob blob,
        Content content,
        List<Addressee> addressees) {
    /// The line of the schedule for entries that only have reports to write.
    static final String REPORTS = "";

    /// What a hop must be able to carry, and how the letter is called.
    ///
    /// @param messageId without angle brackets, null when there is none
    record Content(boolean eightBit, boolean binary, boolean utf8Header, String messageId) {
        static Content of(Message message) {
            return new Content(
                    message.isEightBit(),
                    message.isBinary(),
                    message.needsSmtpUtf8(),
                    message.messageId());
        }
    }

    Entry {
        addressees = List.copyOf(addressees);
    }

    boolean isHeld() {
        return heldWhy != null;
    }

    /// Nothing is left to do.
    boolean isDone() {
        for (Addressee addressee : addressees) {
            if (addressee.isWaiting()) return false;
            if (from instanceof ReversePath.Mailbox && addressee.isUntold()) return false;
        }
        return true;
    }

    /// The clock of expiry starts when the letter may go.
    long startMillis() {
        return Math.max(acceptedMillis, notBeforeMillis);
    }

    /// When each destination is to be tried next; empty while held. This, and nothing else, is what
    /// stands in the due index for the entry.
    Map<String, Long> dues() {
        if (isHeld()) return Map.of();
        Map<String, Long> dues = new HashMap<>(4);
        for (Addressee addressee : addressees) {
            if (addressee.isWaiting()) {
                dues.merge(addressee.destination(), addressee.nextMillis(), Math::min);
            } else if (from instanceof ReversePath.Mailbox && addressee.isUntold()) {
                long due = Math.max(addressee.nextMillis(), addressee.lastMillis());
                dues.merge(REPORTS, due, Math::min);
            }
        }
        return dues;
    }

    Entry with(List<Addressee> changed) {
        return new Entry(
                id,
                version + 1,
                acceptedMillis,
                notBeforeMillis,
                heldWhy,
                from,
                body,
                smtpUtf8,
                ret,
                envelopeId,
                origin,
                blob,
                content,
                changed);
    }

    Entry withHold(String why) {
        return new Entry(
                id,
                version + 1,
                acceptedMillis,
                notBeforeMillis,
                why,
                from,
                body,
                smtpUtf8,
                ret,
                envelopeId,
                origin,
                blob,
                content,
                addressees);
    }

    /// The envelope for some of the recipients.
    Envelope envelope(List<Integer> which) {
        List<yubin.mail.Recipient> recipients = new ArrayList<>(which.size());
        for (int index : which) recipients.add(addressees.get(index).recipient());
        return new Envelope(from, recipients, body, smtpUtf8, ret, envelopeId);
    }
}
