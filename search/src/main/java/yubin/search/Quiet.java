package yubin.search;

import java.util.logging.Level;
import java.util.logging.Logger;

/// Lucene tells at its start which instructions of the processor it does not use. Nobody who runs a
/// post office can do anything about that.
final class Quiet {
    /// Held, as a logger that nobody holds forgets its level.
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

    private static final Logger PDF = Logger.getLogger("org.apache.pdfbox");
    private static final Logger FONTS = Logger.getLogger("org.apache.fontbox");

    private Quiet() {}

    static void lucene() {
        LUCENE.setLevel(Level.SEVERE);
        PDF.setLevel(Level.OFF);
        FONTS.setLevel(Level.OFF);
    }
}
