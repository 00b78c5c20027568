package yubin.postmaster;

import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import yubin.ledger.EventLog;

/// `yubin serve`: opens the post office and keeps it open until a signal closes it.
@Command(
        name = "serve",
        description = {
            "Open the post office and keep it open.",
            "SIGTERM or SIGINT closes it politely; SIGHUP reads the certificate again."
        },
        footer = {"", "Example:", "  yubin serve --config /etc/yubin.toml"})
final class Serve extends Verb {
    /// A close that takes longer is cut: everything acknowledged is on disk already.
    private static final long CLOSE_MILLIS_MAX = 4500;

    @Override
    public Integer call() throws Trouble {
        EventLog.open(System.err, System.Logger.Level.INFO);
        Config config = config();
        CountDownLatch closing = new CountDownLatch(1);
        Signals.on("TERM", closing::countDown);
        Signals.on("INT", closing::countDown);
        try (PostOffice post = PostOffice.open(config, this::say)) {
            Signals.on("HUP", () -> Thread.ofVirtual().start(post::reload));
            say("open: " + config.hostname() + ", data in " + config.data());
            await(closing);
            say("closing");
            Thread.ofPlatform().daemon().name("closing-deadline").start(Serve::cut);
        }
        say("closed");
        return 0;
    }

    private static void await(CountDownLatch closing) {
        while (true) {
            try {
                closing.await();
                return;
            } catch (InterruptedException e) {
                // Only a signal closes the post office.
            }
        }
    }

    private static void cut() {
        try {
            Thread.sleep(CLOSE_MILLIS_MAX);
        } catch (InterruptedException e) {
            return;
        }
        Runtime.getRuntime().halt(0);
    }
}
