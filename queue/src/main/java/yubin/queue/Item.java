package yubin.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import yubin.mail.QueueId;

/// An entry of the shelf as an operator sees it.
///
/// @param version grows with each change of the entry
/// @param notBefore null for at once
/// @param held why it is held, null when it is not
/// @param from empty for `<>`
/// @param messageId without angle brackets, null when there is none
public record Item(
        QueueId id,
        int version,
        Instant accepted,
        Instant notBefore,
        String held,
        String from,
        String messageId,
        long octets,
        Origin origin,
        List<Waiting> recipients) {
    /// One recipient.
    ///
    /// @param state `waiting`, `uncertain`, `delivered`, `passed_on`, `relayed`, `expanded`,
    ///     `failed`
    /// @param next when it is tried next, null when it is not
    /// @param last null for never
    /// @param host who spoke last, null for nobody
    /// @param reply what was said last, null for nothing
    public record Waiting(
            String address,
            String state,
            int attempts,
            Instant next,
            Instant last,
            String host,
            String reply) {}

    /// An entry that could not be read and was put aside.
    public record Parked(QueueId id, Instant at, String reason) {}

    static Item of(Entry entry) {
        List<Waiting> recipients = new ArrayList<>(entry.addressees().size());
        for (Addressee addressee : entry.addressees()) {
            boolean tried = addressee.isWaiting() && !entry.isHeld();
            recipients.add(
                    new Waiting(
                            addressee.recipient().address().toString(),
                            Journey.lower(addressee.state().name()),
                            addressee.attempts(),
                            tried ? Instant.ofEpochMilli(addressee.nextMillis()) : null,
                            addressee.lastMillis() == 0
                                    ? null
                                    : Instant.ofEpochMilli(addressee.lastMillis()),
                            addressee.host(),
                            addressee.reply() == null ? null : addressee.reply().toString()));
        }
        return new Item(
                entry.id(),
                entry.version(),
                Instant.ofEpochMilli(entry.acceptedMillis()),
                entry.notBeforeMillis() == 0 ? null : Instant.ofEpochMilli(entry.notBeforeMillis()),
                entry.heldWhy(),
                entry.from().toString(),
                entry.content().messageId(),
                entry.blob().size(),
                entry.origin(),
                recipients);
    }
}
