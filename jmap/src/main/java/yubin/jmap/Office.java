package yubin.jmap;

import java.time.InstantSource;
import yubin.directory.Directory;
import yubin.queue.Intake;
import yubin.search.Catalogue;
import yubin.store.Store;

/// The rooms that the methods call, and what they share.
///
/// @param catalogue null where there is none: messages are then read one by one
record Office(
        Store store,
        Directory directory,
        Intake intake,
        InstantSource clock,
        Jmap.Settings settings,
        Blobs blobs,
        Catalog.Shelf catalogs,
        PushSubscriptions pushes,
        Catalogue catalogue) {}
