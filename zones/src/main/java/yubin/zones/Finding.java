package yubin.zones;

/// One line of a comparison with the world.
///
/// @param what the record or the property, such as "example.com. MX"
/// @param words what was seen and what to do, for a person
public record Finding(Verdict verdict, String what, String words) {
    public enum Verdict {
        GOOD,
        /// Works, but could be better.
        HINT,
        /// Not there, or other than it ought to be.
        BAD,
        /// Nobody could say.
        UNKNOWN
    }
}
