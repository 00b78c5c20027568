package yubin.directory;

/// What became of an administrator's wish. The text is one clear sentence for a person.
public sealed interface Outcome {
    String text();

    record Ok(String text) implements Outcome {}

    record Refused(Why why, String text) implements Outcome {}

    enum Why {
        /// It is there already.
        EXISTS,
        /// What was named is not there.
        MISSING,
        /// What was given cannot be read or is not allowed.
        BAD,
        /// The disk or the store: try again.
        TROUBLE
    }
}
