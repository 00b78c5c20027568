package yubin.postmaster;

import java.io.IOException;
import java.time.InstantSource;
import yubin.directory.Directory;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// An open data folder with all rooms that keep something in it; no socket is open yet.
///
/// Closing goes the other way round, so that whoever uses a room is gone before it.
final class Office implements AutoCloseable {
    private final Store store;
    private final Directory directory;

    private Office(Store store, Directory directory) {
        this.store = store;
        this.directory = directory;
    }

    /// @throws Trouble with exit code 3 when the folder cannot be had
    static Office open(Config config) throws Trouble {
        InstantSource clock = InstantSource.system();
        Store store = null;
        try {
            store = Store.open(config.data(), clock);
            Directory directory =
                    Directory.open(store, clock, Directory.Settings.of(config.hostname()));
            return new Office(store, directory);
        } catch (IOException e) {
            if (store != null) store.close();
            throw Trouble.server(sentence(config, e));
        }
    }

    private static String sentence(Config config, IOException e) {
        String folder = "the data folder " + config.data();
        return switch (e) {
            case StoreTrouble.InUse _ -> folder + " is in use: " + e.getMessage();
            case StoreTrouble.OtherVersion _ -> folder + " does not fit: " + e.getMessage();
            default -> folder + " cannot be opened: " + ConfigFile.reason(e);
        };
    }

    Store store() {
        return store;
    }

    Directory directory() {
        return directory;
    }

    @Override
    public void close() {
        directory.close();
        store.close();
    }
}
