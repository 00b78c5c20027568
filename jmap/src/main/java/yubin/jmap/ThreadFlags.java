package yubin.jmap;

import java.util.Arrays;
import yubin.store.Boxes;
import yubin.store.StoreTrouble;

/// Which flags all, and which some of the emails of each thread have.
final class ThreadFlags {
    private final Catalog catalog;
    private long[] all = new long[1024];
    private long[] some = new long[1024];

    ThreadFlags(Boxes boxes, Catalog catalog) throws StoreTrouble {
        this.catalog = catalog;
        Arrays.fill(all, -1L);
        Sweep sweep = Sweep.all(boxes);
        for (int i = 0; i < sweep.count; i++) {
            int thread = catalog.thread(sweep.emails[i]);
            if (thread >= all.length) grow(thread + 1);
            all[thread] &= sweep.flags[i];
            some[thread] |= sweep.flags[i];
        }
    }

    private void grow(int room) {
        int before = all.length;
        all = Arrays.copyOf(all, Math.max(room, before * 2));
        Arrays.fill(all, before, all.length, -1L);
        some = Arrays.copyOf(some, all.length);
    }

    boolean matches(long email, long bit, EmailFilter.Of of) throws StoreTrouble {
        int thread = catalog.thread(email);
        if (thread >= all.length) return of == EmailFilter.Of.NONE;
        return switch (of) {
            case ALL -> bit != 0 && (all[thread] & bit) != 0;
            case SOME -> (some[thread] & bit) != 0;
            case NONE -> (some[thread] & bit) == 0;
        };
    }
}
