package yubin.mime;

import java.util.List;

/// Address lists of header fields. RFC 5322 §3.4, with what people send besides (§4.4).
public final class Addresses {
    private Addresses() {}

    /// A mailbox or a group.
    public sealed interface Entry {}

    /// @param name the display name, null when none
    /// @param local as written without quotes; empty when it could not be read
    /// @param domain as written, empty when there is none
    /// @param route a source route without `<`, such as `@a,@b`, null when none (RFC 5322 §4.4)
    public record Mailbox(String name, String local, String domain, String route) implements Entry {
        /// `local@domain`, or only what is there.
        public String address() {
            return domain.isEmpty() ? local : local + "@" + domain;
        }
    }

    public record Group(String name, List<Mailbox> members) implements Entry {}

    /// Reads an address list, encoded-words decoded. Total.
    ///
    /// @param body a field body, folds allowed
    public static List<Entry> parse(String body) {
        return Later.later();
    }

    /// The same with encoded-words left as they are, as ENVELOPE wants them.
    public static List<Entry> parseRaw(String body) {
        return Later.later();
    }

    /// All mailboxes, those of groups in their place.
    public static List<Mailbox> flatten(List<Entry> entries) {
        return Later.later();
    }
}
