package yubin.pop3;

import java.io.IOException;
import yubin.directory.Directory;
import yubin.store.Store;
import yubin.wire.Listener;
import yubin.wire.Patience;
import yubin.wire.Tls;
import yubin.wire.Wire;

/// The POP3 window: one session for each connection. RFC 1939.
public final class Pop3 implements Listener.Session {
    /// When passwords may pass without TLS.
    public enum Plaintext {
        NEVER,
        LOOPBACK,
        ALWAYS
    }

    final String hostname;
    final Store store;
    final Directory directory;
    final Tls tls;
    final Plaintext plaintext;
    final Patience.Bounds strangers;

    /// @param tls for STLS; null: not offered
    public Pop3(String hostname, Store store, Directory directory, Tls tls, Plaintext plaintext) {
        this(hostname, store, directory, tls, plaintext, Patience.Bounds.DEFAULT);
    }

    /// @param strangers what is allowed before a login
    public Pop3(
            String hostname,
            Store store,
            Directory directory,
            Tls tls,
            Plaintext plaintext,
            Patience.Bounds strangers) {
        this.strangers = strangers;
        this.hostname = hostname;
        this.store = store;
        this.directory = directory;
        this.tls = tls;
        this.plaintext = plaintext;
    }

    @Override
    public void serve(Wire wire) throws IOException {
        new Pop3Session(this, wire).run();
    }

    @Override
    public String tooMany() {
        return "-ERR [SYS/TEMP] too many connections\r\n";
    }
}
