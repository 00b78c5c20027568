package yubin.jmap;

/// Why one method call failed; the calls after it go on. RFC 8620 §3.6.2.
final class MethodError extends Exception {
    private static final long serialVersionUID = 1;

    private final String type;

    MethodError(String type, String description) {
        super(description);
        this.type = type;
    }

    /// Such as `invalidArguments`.
    String type() {
        return type;
    }
}
