package yubin.mail;

/// Where a bounce goes: an address, or nowhere for `<>`. RFC 5321 §4.1.1.2.
public sealed interface ReversePath {
    /// `<>`: the sender of bounces, to whom nothing is ever bounced. RFC 5321 §4.5.5.
    record Null() implements ReversePath {
        @Override
        public String toString() {
            return "";
        }
    }

    record Mailbox(Address address) implements ReversePath {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    Null NULL = new Null();

    static ReversePath of(Address address) {
        return new Mailbox(address);
    }
}
