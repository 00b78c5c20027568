package yubin.dns;

/// Thrown inside a parser of this room and caught at its entry, where it becomes a value. Carries
/// no stack trace, so that hostile packets cost little.
final class Misread extends RuntimeException {
    private static final long serialVersionUID = 1;

    Misread(String why) {
        super(why, null, false, false);
    }
}
