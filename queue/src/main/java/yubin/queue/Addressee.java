package yubin.queue;

import yubin.mail.Recipient;
import yubin.mail.Reply;

/// One recipient of a letter on the shelf and how far the letter came with it.
///
/// @param attempts tries so far
/// @param nextMillis when to try next, milliseconds since 1970; only while waiting
/// @param lastMillis when it was last tried or settled; 0 for never
/// @param host who spoke last; null for nobody
/// @param reply what was said last; null for nothing yet
/// @param told whether the sender has been told of the final state, as far as one must be
/// @param delayTold whether the delay notice was sent
record Addressee(
        Recipient recipient,
        State state,
        int attempts,
        long nextMillis,
        long lastMillis,
        String host,
        Reply reply,
        boolean told,
        boolean delayTold) {
    /// The octet is what is stored.
    enum State {
        /// To be tried (again).
        WAITING(1),
        /// To be tried again; the last try broke after the final dot.
        UNCERTAIN(2),
        /// In a box here.
        DELIVERED(3),
        /// Taken over by a host that owes the notices itself.
        PASSED_ON(4),
        /// Taken over by a host that knows no DSN.
        RELAYED(5),
        /// An alias that led to several places.
        EXPANDED(6),
        FAILED(7);

        private final int octet;

        State(int octet) {
            this.octet = octet;
        }

        int octet() {
            return octet;
        }

        static State of(int octet) {
            for (State state : values()) if (state.octet == octet) return state;
            throw new yubin.store.Octets.Malformed("state " + octet + " of a recipient");
        }
    }

    static Addressee waiting(Recipient recipient, long nextMillis) {
        return new Addressee(recipient, State.WAITING, 0, nextMillis, 0, null, null, false, false);
    }

    /// Settled in the accepting commit; a report is due only where the sender asked for one.
    static Addressee settled(Recipient recipient, State state, long nowMillis, Reply reply) {
        return new Addressee(recipient, state, 0, 0, nowMillis, null, reply, false, false);
    }

    boolean isWaiting() {
        return state == State.WAITING || state == State.UNCERTAIN;
    }

    /// True when the sender is still to be told how it ended.
    boolean isUntold() {
        if (told) return false;
        return switch (state) {
            case FAILED -> recipient.wantsFailure();
            case DELIVERED, RELAYED, EXPANDED -> recipient.wantsSuccess();
            case WAITING, UNCERTAIN, PASSED_ON -> false;
        };
    }

    String destination() {
        return recipient.address().domain().ascii();
    }

    Addressee next(long nextMillis) {
        return new Addressee(
                recipient, state, attempts, nextMillis, lastMillis, host, reply, told, delayTold);
    }

    Addressee tried(State newState, long nowMillis, long nextMillis, String by, Reply said) {
        return new Addressee(
                recipient,
                newState,
                attempts + 1,
                nextMillis,
                nowMillis,
                by,
                said,
                told,
                delayTold);
    }

    /// Ended without another try.
    Addressee ended(State newState, long nowMillis, Reply said) {
        return new Addressee(
                recipient, newState, attempts, 0, nowMillis, host, said, told, delayTold);
    }

    Addressee asTold() {
        return new Addressee(
                recipient, state, attempts, nextMillis, lastMillis, host, reply, true, delayTold);
    }

    Addressee asDelayTold() {
        return new Addressee(
                recipient, state, attempts, nextMillis, lastMillis, host, reply, told, true);
    }
}
