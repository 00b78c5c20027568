package yubin.dns;

/// What came of reading a packet.
sealed interface Reading permits Message, Reading.Unreadable {
    /// Not a DNS message; an answer to it is FORMERR if even its header could be read.
    record Unreadable(String why) implements Reading {}
}
