package yubin.postmaster;

import java.util.concurrent.CountDownLatch;

/// The end of a run that lasts until a signal comes: SIGTERM and SIGINT close politely, and a close
/// that takes too long is cut.
final class Closing {
    /// Everything acknowledged is on disk already, so cutting loses nothing.
    private static final long CLOSE_MILLIS_MAX = 4500;

    private final CountDownLatch asked = new CountDownLatch(1);

    private Closing() {}

    /// From now on signals no longer end the JVM by themselves.
    static Closing onSignals() {
        Closing closing = new Closing();
        Signals.on("TERM", closing.asked::countDown);
        Signals.on("INT", closing.asked::countDown);
        return closing;
    }

    /// Returns when a signal has come; from then on the deadline runs.
    void await() {
        while (true) {
            try {
                asked.await();
                Thread.ofPlatform().daemon().name("closing-deadline").start(Closing::cut);
                return;
            } catch (InterruptedException e) {
                // Only a signal closes the post office.
            }
        }
    }

    private static void cut() {
        try {
            Thread.sleep(CLOSE_MILLIS_MAX);
            Runtime.getRuntime().halt(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
