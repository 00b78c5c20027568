package yubin.jmap;

/// The types of objects that are kept as JSON beside the boxes. The number is what is stored.
final class Objects {
    static final int IDENTITY = 1;
    static final int SUBMISSION = 2;
    static final int PUSH = 3;

    private Objects() {}

    static String name(int type) {
        return switch (type) {
            case IDENTITY -> "Identity";
            case SUBMISSION -> "EmailSubmission";
            default -> "PushSubscription";
        };
    }
}
