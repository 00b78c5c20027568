package yubin.postmaster;

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
    @Override
    public Integer call() throws Trouble {
        EventLog.open(System.err, System.Logger.Level.INFO);
        Config config = config();
        Closing closing = Closing.onSignals();
        try (PostOffice post = PostOffice.open(config, this::say)) {
            Signals.onHangup(() -> Thread.ofVirtual().start(post::reload));
            say("open: " + config.hostname() + ", data in " + config.data());
            closing.await();
            say("closing");
        }
        say("closed");
        return 0;
    }
}
