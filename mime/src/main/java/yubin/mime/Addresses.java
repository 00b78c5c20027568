package yubin.mime;

import java.util.ArrayList;
import java.util.List;

/// Address lists of header fields. RFC 5322 §3.4, with what people send besides (§4.4).
///
/// ```
/// address      = mailbox / group
/// mailbox      = [display-name] "<" [route ":"] addr-spec ">" / addr-spec
/// group        = display-name ":" [mailbox-list] ";"
/// ```
/// A name may also come as a comment behind the address. Encoded-words are taken whole before
/// anything else (some hold bare commas), and decoded last.
public final class Addresses {
    /// Addresses of one field; more are passed over.
    static final int ADDRESSES_MAX = 10_000;

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

    public record Group(String name, List<Mailbox> members) implements Entry {
        public Group {
            members = List.copyOf(members);
        }
    }

    /// Reads an address list, encoded-words decoded. Total.
    ///
    /// @param body a field body, folds allowed
    public static List<Entry> parse(String body) {
        return new AddressReader(body, true).list();
    }

    /// The same with encoded-words left as they are, as ENVELOPE wants them.
    public static List<Entry> parseRaw(String body) {
        return new AddressReader(body, false).list();
    }

    /// All mailboxes, those of groups in their place.
    public static List<Mailbox> flatten(List<Entry> entries) {
        List<Mailbox> mailboxes = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            switch (entry) {
                case Mailbox mailbox -> mailboxes.add(mailbox);
                case Group group -> mailboxes.addAll(group.members());
            }
        }
        return mailboxes;
    }

    /// After the comment that opens at `at`; nested ones are counted, not followed.
    static int skipComment(String body, int at) {
        int depth = 0;
        int i = at;
        while (i < body.length()) {
            char c = body.charAt(i++);
            if (c == '\\') {
                i++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return i;
            }
        }
        return body.length();
    }
}
