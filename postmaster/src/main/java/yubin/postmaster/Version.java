package yubin.postmaster;

/// The version of this program.
final class Version {
    /// As in `pom.xml`; a test holds the two together.
    static final String NUMBER = "0.1.0";

    private Version() {}

    static String line() {
        return "yubin "
                + NUMBER
                + " (Java "
                + System.getProperty("java.version")
                + ", "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ")";
    }
}
