package yubin.postmaster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import yubin.directory.Directory;
import yubin.queue.Inspector;
import yubin.queue.Intake;
import yubin.queue.RetryTimes;
import yubin.search.Catalogue;
import yubin.store.Store;
import yubin.store.StoreTrouble;
import yubin.zones.Zones;

/// An open data folder with all rooms that keep something in it; no socket is open yet.
///
/// Closing goes the other way round, so that whoever uses a room is gone before it.
final class Office implements AutoCloseable {
    /// Where in the data folder the search index lies: it may be deleted at any time.
    static final String SEARCH = "search";

    private final Path folder;
    private final Store store;
    private final Directory directory;
    private final Intake intake;
    private final Zones zones;
    private final Catalogue catalogue;
    private final InstantSource clock;

    private Office(
            Path folder,
            Store store,
            Directory directory,
            Intake intake,
            Zones zones,
            Catalogue catalogue,
            InstantSource clock) {
        this.folder = folder;
        this.store = store;
        this.directory = directory;
        this.intake = intake;
        this.zones = zones;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /// @throws Trouble with exit code 3 when the folder cannot be had
    static Office open(Config config) throws Trouble {
        InstantSource clock = InstantSource.system();
        Store store = null;
        Directory directory = null;
        Intake intake = null;
        try {
            store = Store.open(config.data(), clock);
            directory = Directory.open(store, clock, Directory.Settings.of(config.hostname()));
            intake =
                    Intake.open(
                            store,
                            directory,
                            Inspector.PASS_ALL,
                            config.hostname(),
                            clock,
                            RetryTimes.standard());
            Zones zones = Zones.open(store, directory, config.zones(), clock);
            Catalogue catalogue = Catalogue.of(store, config.data().resolve(SEARCH));
            return new Office(config.data(), store, directory, intake, zones, catalogue, clock);
        } catch (IOException e) {
            if (intake != null) intake.close();
            if (directory != null) directory.close();
            if (store != null) store.close();
            throw Trouble.server(sentence(config, e));
        }
    }

    static String sentence(Config config, IOException e) {
        return switch (e) {
            case StoreTrouble.InUse _, StoreTrouble.OtherVersion _ -> e.getMessage();
            default ->
                    "the data folder "
                            + config.data()
                            + " cannot be opened: "
                            + ConfigFile.reason(e);
        };
    }

    /// The data folder.
    Path folder() {
        return folder;
    }

    Store store() {
        return store;
    }

    Directory directory() {
        return directory;
    }

    Intake intake() {
        return intake;
    }

    /// What we publish about our domains.
    Zones zones() {
        return zones;
    }

    /// Which letters hold a text. Only a post office that runs starts it.
    Catalogue catalogue() {
        return catalogue;
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public void close() {
        catalogue.close();
        zones.close();
        intake.close();
        directory.close();
        store.close();
    }
}
