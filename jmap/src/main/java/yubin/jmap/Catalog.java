package yubin.jmap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Arrays;
import yubin.mail.AccountId;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.StoreTrouble;

/// The thread of each email, in memory: what counting and collapsing threads asks for every email
/// of a mailbox. Read once from the store; emails that come later are looked up one by one, since
/// an email never changes its thread.
final class Catalog {
    /// Accounts whose threads stay in memory; 4 octets for each email that ever was.
    private static final int ACCOUNTS_KEPT = 2_000;

    private final Boxes boxes;
    private int[] threads; // by email; 0: not known; under this

    /// One for each account that was asked about lately.
    static final class Shelf {
        private final Cache<AccountId, Catalog> known =
                Caffeine.newBuilder().maximumSize(ACCOUNTS_KEPT).executor(Runnable::run).build();

        Catalog of(Boxes boxes) throws StoreTrouble {
            Catalog catalog = known.getIfPresent(boxes.account());
            if (catalog == null || catalog.boxes != boxes) {
                catalog = new Catalog(boxes);
                known.put(boxes.account(), catalog);
            }
            return catalog;
        }
    }

    private Catalog(Boxes boxes) throws StoreTrouble {
        this.boxes = boxes;
        int[][] all = {new int[1024]};
        boxes.eachThreadEmail(
                (thread, email) -> {
                    all[0] = grown(all[0], email);
                    all[0][(int) email] = (int) thread;
                });
        threads = all[0];
    }

    /// The thread of an email; 0 when the email is gone.
    synchronized int thread(long email) throws StoreTrouble {
        if (email < threads.length && threads[(int) email] != 0) return threads[(int) email];
        Email record = boxes.email(email);
        if (record == null) return 0;
        threads = grown(threads, email);
        return threads[(int) email] = (int) record.thread();
    }

    private static int[] grown(int[] threads, long email) {
        if (email >= Integer.MAX_VALUE - 8) throw new IllegalStateException("email " + email);
        if (email < threads.length) return threads;
        return Arrays.copyOf(threads, (int) Math.max(email + 1, threads.length * 3L / 2));
    }
}
