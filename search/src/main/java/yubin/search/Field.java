package yubin.search;

/// Where in a letter a text is looked for.
public enum Field {
    FROM("from"),
    TO("to"),
    CC("cc"),
    BCC("bcc"),
    SUBJECT("subject"),
    /// Text parts, and the text of attachments that we can read.
    BODY("body"),
    /// The names of attachments.
    FILE_NAMES("files"),
    /// Any of those above: each word may be in another one.
    ANYWHERE(null);

    static final Field[] SINGLE = {FROM, TO, CC, BCC, SUBJECT, BODY, FILE_NAMES};

    /// How the index calls it, and for the first five the header field.
    final String key;

    Field(String key) {
        this.key = key;
    }

    boolean isHeaderField() {
        return ordinal() <= SUBJECT.ordinal();
    }
}
