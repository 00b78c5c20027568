package yubin.store;

/// A mailbox as it was at one commit.
///
/// @param id stable over renaming, never used again in this account; 1 and up
/// @param parent id of the mailbox above, 0 at the top
/// @param name its own name in NFC, without those above; 1 to 255 octets, no `/`
/// @param path names from the top, joined by `/`; `INBOX` for the inbox
/// @param role null for most
/// @param uidValidity 1 to 2^32 - 1 as an unsigned int, RFC 3501 §2.3.1.1
/// @param uidNext the UID that the next message gets, unsigned
/// @param highestModSeq RFC 7162 §3.1.2.1; 1 and up
/// @param messages how many there are
/// @param unseen how many lack `\Seen`
/// @param deleted how many have `\Deleted`
/// @param octets sum of their sizes
/// @param subscribed RFC 3501 §6.3.6
/// @param sortOrder where a person wants it among its siblings, RFC 8621 §2
public record Mailbox(
        int id,
        int parent,
        String name,
        String path,
        Role role,
        int uidValidity,
        int uidNext,
        long highestModSeq,
        int messages,
        int unseen,
        int deleted,
        long octets,
        boolean subscribed,
        int sortOrder) {
    /// What separates the names of a path.
    public static final char SEPARATOR = '/';

    /// Octets of a path in UTF-8 that may be given to a mailbox.
    public static final int PATH_OCTETS_MAX = 1000;
}
