package yubin.store;

/// The flags of a message as bits of one long. RFC 3501 §2.3.2.
///
/// Bits 0 to 4 are the system flags, bits 5 to 61 the keywords of the account in the order of its
/// keyword table ([Boxes#keywords]). `\Recent` is not stored here: it belongs to a session.
public final class Flags {
    public static final long SEEN = 1;
    public static final long ANSWERED = 1 << 1;
    public static final long FLAGGED = 1 << 2;
    public static final long DELETED = 1 << 3;
    public static final long DRAFT = 1 << 4;

    /// The bit of the first keyword.
    public static final int KEYWORD_FIRST = 5;

    /// Keywords that one account may use. A further one is refused with LIMIT.
    public static final int KEYWORDS_MAX = 57;

    public static final long SYSTEM = SEEN | ANSWERED | FLAGGED | DELETED | DRAFT;

    private Flags() {}
}
