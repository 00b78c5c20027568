package yubin.mime;

/// One header field as it was written. RFC 5322 §2.2.
///
/// @param name as written, without the colon and without blanks before it
/// @param raw the octets after the colon up to the final line end (not included), folds and all
public record Field(String name, byte[] raw) {
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }

    /// The body unfolded and trimmed, encoded-words left as they are. Octets beyond ASCII are read
    /// as UTF-8 where they are UTF-8, else as Windows-1252.
    public String unfolded() {
        return Later.later();
    }

    /// The body as a person reads it: unfolded, encoded-words decoded. RFC 2047 §6.
    public String text() {
        return Later.later();
    }
}
