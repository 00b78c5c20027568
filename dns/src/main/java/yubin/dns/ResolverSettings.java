package yubin.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// How a [Resolver] finds its answers.
///
/// @param recursion how it asks name servers; null: nobody is asked, only fixed answers exist
/// @param hosts fixed answers that go before all servers; null for none
/// @param prefetch ask again for what is popular before it has run out
public record ResolverSettings(RecursionSettings recursion, FixedAnswers hosts, boolean prefetch) {
    /// As a post office has it whose configuration says nothing.
    public static ResolverSettings defaults() {
        return new ResolverSettings(RecursionSettings.defaults(InstantSource.system()), null, true);
    }

    /// Nobody is asked: every name is among the fixed answers or does not exist.
    public static ResolverSettings closed(FixedAnswers hosts) {
        return new ResolverSettings(null, hosts, false);
    }

    /// Recursive servers are asked, and what they say is not validated.
    public static ResolverSettings forwarding(
            List<InetSocketAddress> servers,
            FixedAnswers hosts,
            Duration deadline,
            InstantSource clock) {
        return new ResolverSettings(
                RecursionSettings.defaults(clock)
                        .change()
                        .rootHints(List.of())
                        .forwards(Map.of(Name.ROOT, List.copyOf(servers)))
                        .anchors(List.of())
                        .minimise(false)
                        .prime(false)
                        .allowPrivate(true)
                        .deadline(deadline)
                        .build(),
                hosts,
                true);
    }
}
