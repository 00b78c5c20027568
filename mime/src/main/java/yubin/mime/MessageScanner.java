package yubin.mime;

/// Reads a message in one pass, in pieces of any size, in constant memory.
public final class MessageScanner {
    /// Takes the next octets. Total: never throws, keeps no reference to `octets`.
    public void feed(byte[] octets, int offset, int length) {
        Later.later();
    }

    /// The end of the message; the scanner cannot be used afterwards.
    public Message finish() {
        return Later.later();
    }
}
