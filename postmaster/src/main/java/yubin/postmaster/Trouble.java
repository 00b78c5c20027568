package yubin.postmaster;

/// Something that ends a verb with one clear sentence and an exit code.
final class Trouble extends Exception {
    private static final long serialVersionUID = 1;

    /// The thing asked about is bad: no such account, an import with bad lines.
    static final int BAD = 1;

    /// Wrong usage: arguments or configuration.
    static final int USAGE = 2;

    /// Server trouble: a port in use, a data folder that does not open.
    static final int SERVER = 3;

    private final int exitCode;

    Trouble(int exitCode, String sentence) {
        super(sentence, null, false, false);
        this.exitCode = exitCode;
    }

    static Trouble bad(String sentence) {
        return new Trouble(BAD, sentence);
    }

    static Trouble usage(String sentence) {
        return new Trouble(USAGE, sentence);
    }

    static Trouble server(String sentence) {
        return new Trouble(SERVER, sentence);
    }

    int exitCode() {
        return exitCode;
    }
}
