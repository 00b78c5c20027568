package yubin.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// How a [Resolver] finds its answers.
///
/// @param servers asked in order; empty: nobody is asked, only fixed answers exist
/// @param hosts fixed answers that go before all servers; null for none
/// @param deadline for each lookup as a whole
public record ResolverSettings(
        List<InetSocketAddress> servers, FixedAnswers hosts, Duration deadline) {
    public static final Duration DEADLINE = Duration.ofSeconds(5);

    public ResolverSettings {
        servers = List.copyOf(servers);
    }

    public ResolverSettings(List<InetSocketAddress> servers, FixedAnswers hosts) {
        this(servers, hosts, DEADLINE);
    }
}
