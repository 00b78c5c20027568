package yubin.smtp;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import yubin.directory.Directory;
import yubin.mail.Domain;
import yubin.queue.Intake;
import yubin.store.Store;
import yubin.wire.Listener;
import yubin.wire.Patience;
import yubin.wire.Tls;
import yubin.wire.Wire;

/// One of the doors: MX, submission or LMTP. Serves each connection with a session of its own.
public final class Smtp implements Listener.Session {
    /// Who comes through the door.
    public enum Kind {
        /// Strangers, with letters for people here. RFC 5321.
        MX,
        /// People here, who must log in, with letters for anybody. RFC 6409.
        SUBMISSION,
        /// Neighbours who deliver, with one reply for each recipient. RFC 2033.
        LMTP
    }

    /// When passwords may pass without TLS.
    public enum Plaintext {
        NEVER,
        LOOPBACK,
        ALWAYS
    }

    /// Whose address a person may write as, in MAIL and in From.
    public enum Sender {
        /// Their own, RFC 6409 §6.1.
        OWN,
        ANY
    }

    /// @param hostname what we call ourselves
    /// @param messageOctetsMax the largest letter, as SIZE says it
    public record Settings(
            Domain hostname,
            Plaintext plaintext,
            Sender sender,
            long messageOctetsMax,
            Bounds bounds) {
        public Settings(
                Domain hostname, Plaintext plaintext, Sender sender, long messageOctetsMax) {
            this(hostname, plaintext, sender, messageOctetsMax, Bounds.DEFAULT);
        }
    }

    /// How much and how long.
    ///
    /// @param recipientsMax of one letter; RFC 5321 §4.5.3.1.8 wants 100 at least
    /// @param messagesMax of one session
    /// @param mistakesMax commands in one session that make no sense, before it is ended
    /// @param receivedMax Received fields: more mean a loop, RFC 5321 §6.3
    /// @param command wait for the next command, RFC 5321 §4.5.3.2.7
    /// @param line wait for a line's end once it has begun: a drip is cut
    /// @param data wait for more of a letter, RFC 5321 §4.5.3.2.5
    /// @param letter wait for the end of a letter, and a second more for each 4 KiB
    /// @param strangers on submission, before the login
    public record Bounds(
            int recipientsMax,
            int messagesMax,
            int mistakesMax,
            int receivedMax,
            Duration command,
            Duration line,
            Duration data,
            Duration letter,
            Patience.Bounds strangers) {
        public static final Bounds DEFAULT =
                new Bounds(
                        1000,
                        100_000,
                        20,
                        50,
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(3),
                        Duration.ofMinutes(10),
                        Patience.Bounds.DEFAULT);
    }

    private final Kind kind;
    private final Settings settings;
    private final Rooms rooms;
    private final Tls tls;
    private final InstantSource clock;

    /// @param tls for STARTTLS; null: not offered
    public Smtp(
            Kind kind,
            Settings settings,
            Store store,
            Directory directory,
            Intake intake,
            Tls tls,
            InstantSource clock) {
        this(kind, settings, new Rooms(store, directory, intake), tls, clock);
    }

    Smtp(Kind kind, Settings settings, Rooms rooms, Tls tls, InstantSource clock) {
        this.kind = kind;
        this.settings = settings;
        this.rooms = rooms;
        this.tls = tls;
        this.clock = clock;
    }

    @Override
    public void serve(Wire wire) throws IOException {
        new SmtpSession(wire, kind, settings, rooms, tls, clock).run();
    }

    @Override
    public String tooMany() {
        return "421 4.7.0 " + settings.hostname() + " too many connections\r\n";
    }
}
