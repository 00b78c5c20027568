package yubin.http;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import yubin.directory.Directory;

/// Everybody who waits for news: EventSources and WebSockets. They end when the office closes, and
/// when what they logged in with is revoked.
final class Waiting implements AutoCloseable {
    private final Directory directory;
    private final Set<Guest> guests = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    Waiting(Directory directory) {
        this.directory = directory;
    }

    /// One who waits.
    final class Guest implements AutoCloseable {
        private final String session; // null without one
        private final Runnable end;
        private Directory.Registration registration;

        private Guest(String session, Runnable end) {
            this.session = session;
            this.end = end;
        }

        @Override
        public void close() {
            guests.remove(this);
            if (registration != null) registration.close();
        }
    }

    /// @param end ends the waiting; from any thread, perhaps at once, must not wait
    /// @throws Problem when the account has as many sessions as it may
    Guest admit(Askers.Asker asker, Runnable end) throws IOException, Problem {
        String session = asker.session() == null ? null : asker.session().id();
        Guest guest = new Guest(session, end);
        Optional<Directory.Registration> registration = directory.register(asker.login(), end);
        if (registration.isEmpty()) {
            throw Problem.of(429, "sessions", "this account has too many sessions").retryAfter(60);
        }
        guest.registration = registration.get();
        guests.add(guest);
        if (closing) end.run();
        return guest;
    }

    /// A web session has ended: so does what waits in it.
    void end(String session) {
        for (Guest guest : guests) if (session.equals(guest.session)) guest.end.run();
    }

    @Override
    public void close() {
        closing = true;
        for (Guest guest : guests) guest.end.run();
    }
}
