package yubin.dns;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
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
        Front front =
                new Front(recursion, authority, settings.clients(), settings.minimalResponses());
        try {
            DnsListener listener = DnsListener.open(settings.listen(), front, settings.threads());
            DnsServe serve = new DnsServe(recursion, front, listener);
            serve.onHangup();
            return serve;
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

    /// SIGHUP empties the caches. The class of signals is no part of the Java API, so it is used
    /// where it exists.
    private void onHangup() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle flush =
                    MethodHandles.lookup().bind(this, "flush", MethodType.methodType(void.class));
            Object proxy =
                    MethodHandleProxies.asInterfaceInstance(
                            handler, MethodHandles.dropArguments(flush, 0, signal));
            Object hangup = signal.getConstructor(String.class).newInstance("HUP");
            signal.getMethod("handle", signal, handler).invoke(null, hangup, proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            System.getLogger("yubin.dns.DnsServe")
                    .log(System.Logger.Level.DEBUG, "no signals here", e);
        }
    }

    /// The command alone, for people without the rest: `DnsServe FILE`.
    public static void main(String[] arguments) throws Exception {
        try (DnsServe serve = open(Path.of(arguments[0]))) {
            serve.await();
        }
    }
}
