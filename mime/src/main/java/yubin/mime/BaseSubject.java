package yubin.mime;

/// A subject without what answering and forwarding put before it. RFC 5256 §2.1.
///
/// @param text what is left, blanks folded
/// @param isReply whether something was taken away that marks an answer or a forward
public record BaseSubject(String text, boolean isReply) {
    /// @param subject decoded, null when absent
    public static BaseSubject of(String subject) {
        return Later.later();
    }
}
