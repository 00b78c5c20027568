package yubin.imap;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import yubin.directory.Directory;
import yubin.ledger.Counters;
import yubin.search.Catalogue;
import yubin.store.Store;
import yubin.wire.Listener;
import yubin.wire.Wire;

/// The IMAP window: gives every connection its session, and keeps what they share.
public final class ImapServer implements Listener.Session {
    /// Buffers that wait for the next command of whichever session; more than these are left to the
    /// garbage collector.
    private static final int SPARE_MAX = 64;

    private final ImapSettings settings;
    private final Store store;
    private final Directory directory;
    private final Catalogue catalogue;
    private final InstantSource clock;
    private final Rows rows = new Rows();
    private final ArrayBlockingQueue<byte[]> spareLines = new ArrayBlockingQueue<>(SPARE_MAX);
    private final ArrayBlockingQueue<Out> spareOuts = new ArrayBlockingQueue<>(SPARE_MAX);

    /// @param catalogue for SEARCH; null to look through all messages each time
    public ImapServer(
            ImapSettings settings,
            Store store,
            Directory directory,
            Catalogue catalogue,
            InstantSource clock) {
        this.settings = settings;
        this.store = store;
        this.directory = directory;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    @Override
    public void serve(Wire wire) throws IOException {
        Counters.of("imap.connections").increment();
        new ImapSession(this, wire).run();
    }

    @Override
    public String tooMany() {
        return "* BYE [LIMIT] Too many connections, try again later\r\n";
    }

    ImapSettings settings() {
        return settings;
    }

    Store store() {
        return store;
    }

    Directory directory() {
        return directory;
    }

    Catalogue catalogue() {
        return catalogue;
    }

    InstantSource clock() {
        return clock;
    }

    Rows rows() {
        return rows;
    }

    byte[] takeLine() {
        byte[] line = spareLines.poll();
        return line != null ? line : new byte[CommandReader.LINE_OCTETS_MAX];
    }

    void give(byte[] line) {
        boolean kept = spareLines.offer(line);
    }

    Out takeOut() {
        Out out = spareOuts.poll();
        return out != null ? out : new Out();
    }

    void give(Out out) {
        out.cut(0);
        boolean kept = spareOuts.offer(out);
    }
}
