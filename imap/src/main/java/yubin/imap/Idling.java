package yubin.imap;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import yubin.wire.Wire;

/// IDLE: tells what happens in the mailbox while the client waits. RFC 2177 §3.
///
/// The session's thread waits for DONE and holds no buffer. A commit to the mailbox calls [#wake]
/// on the committer's thread, which only starts a short virtual thread, unless one is on its way
/// already; that one writes the news. The lock is this session's own: a client that reads slowly
/// holds up nobody else, and finds all of the news in its next piece.
final class Idling {
    private static final System.Logger LOG = System.getLogger("yubin.imap");

    private final ImapSession session;
    private final Wire wire;
    private final Selected selected;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean onItsWay = new AtomicBoolean();

    /// False once DONE has come; under [#lock].
    private boolean idle = true;

    Idling(ImapSession session) {
        this.session = session;
        this.wire = session.wire();
        this.selected = session.selected();
    }

    Answer idle() throws IOException {
        session.out().ascii("+ idling\r\n");
        session.out().drain(wire);
        session.releaseWhileWaiting();
        Runnable wake = this::wake;
        if (selected != null) selected.view().listen(wake);
        try {
            // What was committed before the listener was there.
            push();
            wire.awaitInput();
        } finally {
            if (selected != null) selected.view().unlisten(wake);
            lock.lock();
            idle = false;
            lock.unlock();
            session.takeAgain();
        }
        byte[] line = new byte[64];
        try {
            int length = wire.readLine(line);
            boolean done =
                    length == 4
                            && new String(line, 0, 4, java.nio.charset.StandardCharsets.US_ASCII)
                                    .equalsIgnoreCase("DONE");
            return done ? Answer.ok("Idle no more") : Answer.bad("Expected DONE");
        } catch (Wire.LineTooLong | Wire.BareLineEnd e) {
            return Answer.bad("Expected DONE");
        }
    }

    private void wake() {
        if (onItsWay.compareAndSet(false, true)) {
            Thread.ofVirtual().name("idle " + wire.id()).start(this::pushQuietly);
        }
    }

    private void pushQuietly() {
        try {
            push();
        } catch (IOException e) {
            // The client is gone or does not read: its own thread finds out and ends the session.
            wire.abort();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "connection " + wire.id(), e);
            wire.abort();
        }
    }

    private void push() throws IOException {
        lock.lock();
        try {
            onItsWay.set(false);
            if (!idle) return;
            if (selected != null) {
                Out out = session.server().takeOut();
                try {
                    selected.sync(out, session.manner(new ImapCommand.Idle()), true);
                    out.drain(wire);
                } finally {
                    session.server().give(out);
                }
            }
            wire.flush();
        } finally {
            lock.unlock();
        }
    }
}
