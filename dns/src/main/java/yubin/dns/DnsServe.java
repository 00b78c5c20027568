package yubin.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// `yubin dns serve --json FILE`: the resolver, and the authority for zones given, alone. Needs no
/// yubin.toml and no data folder.
public final class DnsServe implements AutoCloseable {
    private final Recursion recursion;
    private final Front front;
    private final DnsListener listener;
    private final CountDownLatch closed = new CountDownLatch(1);

    private DnsServe(Recursion recursion, Front front, DnsListener listener) {
        this.recursion = recursion;
        this.front = front;
        this.listener = listener;
    }

    /// Starts as the file says ([ServeSettings]).
    ///
    /// @throws IOException in one sentence for the person who started it
    public static DnsServe open(Path json) throws IOException {
        ServeSettings settings = ServeSettings.read(json);
        Recursion recursion = new Recursion(settings.recursion());
        Authority authority = settings.zones().isEmpty() ? null : new Authority(settings.zones());
        if (authority != null && settings.minimalResponses()) authority.minimalResponses();
        Front front =
                new Front(
                        recursion,
                        new Inquiries(recursion, true),
                        null,
                        authority,
                        settings.clients(),
                        settings.rateLimit(),
                        Front.Limited.ALL,
                        settings.minimalResponses());
        try {
            DnsListener listener = DnsListener.open(settings.listen(), front, settings.threads());
            return new DnsServe(recursion, front, listener);
        } catch (IOException e) {
            recursion.close();
            throw new IOException(settings.listen() + ": " + e.getMessage(), e);
        }
    }

    public InetSocketAddress address() {
        return listener.address();
    }

    /// Forgets all answers, round trip times and lame servers.
    public void flush() {
        front.clear();
    }

    /// Returns when closed.
    public void await() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() {
        listener.close();
        recursion.close();
        closed.countDown();
    }
}
