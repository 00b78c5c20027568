package yubin.html;

/// What happens to images and styles that would be fetched from elsewhere when the mail is shown.
/// Links that a person may follow stay in either case.
public enum Remote {
    /// They stay: the person has asked for them.
    KEEP,
    /// They are left out: showing the mail tells nobody that it was read.
    BLOCK
}
