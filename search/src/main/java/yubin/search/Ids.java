package yubin.search;

import java.util.Arrays;

/// A growing list of email ids.
final class Ids {
    private long[] ids = new long[64];
    private int count;

    void add(long id) {
        if (count == ids.length) ids = Arrays.copyOf(ids, count * 2);
        ids[count++] = id;
    }

    int count() {
        return count;
    }

    /// Ascending, each once.
    long[] sorted() {
        long[] all = Arrays.copyOf(ids, count);
        Arrays.sort(all);
        int n = 0;
        for (int i = 0; i < all.length; i++) {
            if (i == 0 || all[i] != all[i - 1]) all[n++] = all[i];
        }
        return n == all.length ? all : Arrays.copyOf(all, n);
    }
}
