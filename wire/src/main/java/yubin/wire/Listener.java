package yubin.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Accepts connections at one address and runs a session on a virtual thread for each.
public final class Listener implements AutoCloseable {
    /// What is spoken on a connection. The wire is closed when `serve` returns or throws.
    @FunctionalInterface
    public interface Session {
        void serve(Wire wire) throws IOException;

        /// The line for a peer who has too many connections, with CRLF; null to say nothing.
        default String tooMany() {
            return null;
        }
    }

    /// @param perAddress connections of one peer address
    /// @param total connections of this listener
    public record Limits(int perAddress, int total) {
        public static final Limits DEFAULT = new Limits(1000, 20_000);
    }

    private Listener() {}

    /// Binds and begins to accept.
    ///
    /// @param name for logs and counters: `smtp`, `imaps`
    /// @param implicitTls null for a plain listener (STARTTLS is the session's affair)
    /// @throws IOException with one clear sentence when the address is occupied or not allowed
    public static Listener open(
            String name, InetSocketAddress at, Tls implicitTls, Limits limits, Session session)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    /// The bound address, with the real port where 0 was asked for.
    public InetSocketAddress address() {
        throw new UnsupportedOperationException();
    }

    public int connections() {
        throw new UnsupportedOperationException();
    }

    /// Stops accepting, asks every session to end ([Wire#farewell]), waits up to `grace`, then
    /// cuts.
    public void close(Duration grace) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }
}
