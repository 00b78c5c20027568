package yubin.wire;

import java.io.IOException;
import java.time.Duration;

/// How long a peer may talk, and how much, before it has logged in: a stranger who only keeps a
/// connection busy is told so and sent away. Belongs to one session.
public final class Patience {
    /// @param time from the greeting to the login
    /// @param commands in that time
    public record Bounds(Duration time, int commands) {
        public static final Bounds DEFAULT = new Bounds(Duration.ofMinutes(10), 100);
    }

    /// How much longer than its time a stranger may wait for itself: who is busy hears why at its
    /// next command, who is silent ends as any silence does.
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Wire wire;
    private final Duration perRead;
    private final Duration perCommand;
    private final long due;
    private int commandsLeft;

    /// @param perRead the longest wait for a command, as [Wire#deadline]; the end of the time makes
    ///     it shorter
    public Patience(Wire wire, Bounds bounds, Duration perRead, Duration perCommand) {
        this.wire = wire;
        this.perRead = perRead;
        this.perCommand = perCommand;
        this.due = System.nanoTime() + bounds.time().toNanos();
        this.commandsLeft = bounds.commands();
    }

    /// Before each command of a stranger is read.
    ///
    /// @throws Ended when it has had its time or its commands
    public void spend() throws IOException {
        long left = due - System.nanoTime();
        if (left <= 0) throw new Ended("no login in all this time");
        if (commandsLeft-- <= 0) throw new Ended("too many commands before a login");
        Duration time = Duration.ofNanos(left).plus(GRACE);
        wire.deadline(time.compareTo(perRead) < 0 ? time : perRead, perCommand);
    }

    /// The stranger is to be told and sent away.
    public static final class Ended extends Wire.Trouble {
        private static final long serialVersionUID = 1;

        Ended(String message) {
            super(message);
        }
    }
}
