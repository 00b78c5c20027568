package yubin.mime;

/// Stands where a body is still to be written.
final class Later {
    private static final boolean WRITTEN = Boolean.getBoolean("yubin.mime.written");

    private Later() {}

    @SuppressWarnings("TypeParameterUnusedInFormals")
    static <T> T later() {
        if (WRITTEN) return null;
        throw new UnsupportedOperationException();
    }
}
