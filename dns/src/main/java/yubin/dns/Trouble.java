package yubin.dns;

/// A resolution cannot go on. Carries no stack trace; caught where the resolution began.
final class Trouble extends Exception {
    private static final long serialVersionUID = 1;

    /// INFO-CODE of RFC 8914 §4.
    final int extendedError;

    Trouble(String why, int extendedError) {
        super(why, null, false, false);
        this.extendedError = extendedError;
    }
}
