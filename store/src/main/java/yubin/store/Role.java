package yubin.store;

/// The special use of a mailbox. RFC 6154 §2; at most one mailbox of an account has each.
///
/// `octet` is what is stored.
public enum Role {
    INBOX(1, "INBOX", null),
    SENT(2, "Sent", "\\Sent"),
    DRAFTS(3, "Drafts", "\\Drafts"),
    JUNK(4, "Junk", "\\Junk"),
    TRASH(5, "Trash", "\\Trash"),
    ARCHIVE(6, "Archive", "\\Archive");

    private final int octet;
    private final String mailboxName;
    private final String attribute;

    Role(int octet, String mailboxName, String attribute) {
        this.octet = octet;
        this.mailboxName = mailboxName;
        this.attribute = attribute;
    }

    int octet() {
        return octet;
    }

    /// The name under which the mailbox is made on first use.
    public String mailboxName() {
        return mailboxName;
    }

    /// The LIST attribute, `\Sent`; null for the inbox.
    public String attribute() {
        return attribute;
    }

    static Role of(int octet) {
        for (Role role : values()) if (role.octet == octet) return role;
        return null;
    }
}
