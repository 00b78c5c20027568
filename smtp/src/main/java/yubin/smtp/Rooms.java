package yubin.smtp;

import java.io.IOException;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.queue.Intake;
import yubin.store.Store;

/// The rooms behind the door.
record Rooms(Store store, Directory directory, Intake intake) {
    /// What is left in a box, in octets.
    long roomOf(Found.Target target) throws IOException {
        if (target.quotaOctets() == Long.MAX_VALUE) return Long.MAX_VALUE;
        return target.quotaOctets() - store.boxes(target.account()).usage().octets();
    }

    /// False under the disk's low-water mark: new letters must wait outside.
    boolean hasRoom() {
        return store.room() > 0;
    }
}
