package yubin.dns;

import java.time.Duration;
import java.util.function.Function;

/// What a question to the DNS came to. Each caller names what it does for each arm.
///
/// Only [Answer], [NoData] and [NxDomain] say something about the domain asked for; [Bogus] and
/// [Unavailable] say that nobody knows, so they never mean "there is none" (RFC 7672 §2.1).
public sealed interface Lookup<T> {
    /// The records exist.
    ///
    /// @param value never null; a list in it is never empty
    /// @param secure proven by DNSSEC from a trust anchor down
    /// @param ttl how long the answer holds from now
    record Answer<T>(T value, boolean secure, Duration ttl) implements Lookup<T> {}

    /// The name exists and has no record of this type. RFC 2308 §2.2.
    record NoData<T>(boolean secure) implements Lookup<T> {}

    /// The name does not exist. RFC 2308 §2.1.
    record NxDomain<T>(boolean secure) implements Lookup<T> {}

    /// The answer contradicts its DNSSEC proof: forged, or a mistake of its owner. RFC 4033 §5.
    record Bogus<T>(String why) implements Lookup<T> {}

    /// No usable answer within the deadline: servers silent, failing or refusing.
    ///
    /// @param why a sentence for a person, such as "the name servers of example.com do not answer"
    record Unavailable<T>(String why, Duration tryAgainAfter) implements Lookup<T> {}

    /// The same outcome with another value.
    default <U> Lookup<U> map(Function<? super T, ? extends U> change) {
        return switch (this) {
            case Answer<T>(var value, var secure, var ttl) ->
                    new Answer<>(change.apply(value), secure, ttl);
            case NoData<T>(var secure) -> new NoData<>(secure);
            case NxDomain<T>(var secure) -> new NxDomain<>(secure);
            case Bogus<T>(var why) -> new Bogus<>(why);
            case Unavailable<T>(var why, var after) -> new Unavailable<>(why, after);
        };
    }
}
