package yubin.search;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import yubin.mail.AccountId;
import yubin.mime.Message;
import yubin.store.Boxes;
import yubin.store.Change;
import yubin.store.NewEmail;
import yubin.store.Role;
import yubin.store.Store;
import yubin.store.Upload;

/// A data folder with a catalogue that follows it.
final class TestBox implements AutoCloseable {
    static final AccountId ANN = new AccountId(7);
    static final AccountId BOB = new AccountId(8);
    static final Duration PATIENCE = Duration.ofSeconds(60);

    final Path folder;
    Store store;
    Catalogue catalogue;

    TestBox(Path folder) throws IOException {
        this.folder = folder;
        open();
    }

    void open() throws IOException {
        store = Store.open(folder, InstantSource.system());
        start();
    }

    /// A catalogue on what lies there.
    void start() {
        catalogue = Catalogue.of(store, folder.resolve("search"));
        catalogue.follower().retryAfter = Duration.ofMillis(20);
        catalogue.start();
    }

    /// Waits until the index is on disk and shows everything.
    void commit() throws Exception {
        settle();
        catalogue.follower().commitSoon();
        settle();
    }

    long put(AccountId account, String message) throws IOException {
        return put(account, message.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    long put(AccountId account, byte[] octets) throws IOException {
        try (Change change = store.change(List.of(account))) {
            Change.Placed placed =
                    change.add(account, change.mailbox(account, Role.INBOX), email(octets));
            change.commit();
            return placed.emailId();
        }
    }

    private NewEmail email(byte[] octets) throws IOException {
        Upload upload = store.blobs().upload(1);
        upload.write(octets, 0, octets.length);
        upload = upload.finish();
        return new NewEmail(upload, Message.parse(octets), new byte[0], 0, 0, 0);
    }

    Boxes boxes(AccountId account) throws IOException {
        return store.boxes(account);
    }

    /// A letter with a subject and a text, both as they are.
    long write(AccountId account, String subject, String text) throws IOException {
        return put(
                account,
                "From: Zoe <zoe@example.org>\nTo: ann@example.com\nSubject: "
                        + subject
                        + "\nContent-Type: text/plain; charset=utf-8\n\n"
                        + text
                        + "\n");
    }

    long[] find(AccountId account, Field field, String text) throws IOException {
        Found found = catalogue.find(account, Wanted.in(field, text), PATIENCE);
        if (!found.complete()) throw new AssertionError("not complete within a minute");
        return found.emails();
    }

    long[] find(String text) throws IOException {
        return find(ANN, Field.ANYWHERE, text);
    }

    /// Waits until the index has everything.
    void settle() throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!catalogue.isCaughtUp(ANN) || !catalogue.isCaughtUp(BOB)) {
            if (System.nanoTime() > end) throw new AssertionError("the index does not catch up");
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        catalogue.close();
        store.close();
    }
}
